"""Articles labelled by the event that they tell of: how stories bring them together.

They run through the monitor itself, store and all, under one topic that asks for no
facts and takes every article, so that only the way of following stories is measured.
The thresholds of `detectors.likeness` were set on the shootings before July 2015.
"""

import json
import re
from calendar import month_abbr
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from detectors import walls
from detectors.furniture import furniture
from detectors.likeness import liken
from detectors.metrics import b_cubed
from detectors.model import (
    Article,
    Story,
    StoryProfile,
    Topic,
    TopicVerdict,
    Vocabulary,
)
from detectors.recognition import Excerpt, Surroundings, profile
from detectors.text import Reading, read
from detectors.topics import TopicModel
from detectors.vocabulary import counted
from flows.desk import Desk
from flows.replay import replay
from flows.seeds import load_seeds
from storage.database import Store
from tests.quality.resampling import RESAMPLES, SEED

Record: TypeAlias = Mapping[str, Any]
Groups: TypeAlias = Mapping[str, frozenset[str]]

TOPIC = Topic(id="anything", title="Anything")
FIRST, SCORED, LAST = "2014-10-01", "2015-07-01", "2015-12-31"
EARLY = datetime(2009, 1, 15, tzinfo=UTC)  # ECB: a winter's news, all of it undated
DOWNLOADED = datetime(2013, 10, 2, tzinfo=UTC)  # ECB+, as its own dates tell
SECOND = timedelta(seconds=1)
_MONTHS = tuple(name.lower() for name in month_abbr if name)
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<month>{_MONTH})[\s.-]*(?P<day>{_DAY})\b[\s,]*(?P<year>20\d\d)",
        rf"(?P<day>{_DAY})[\s.-]*(?P<month>{_MONTH})[\s,.]*(?P<year>20\d\d)",
        r"(?P<month>\d{1,2}) ?[/.] ?(?P<day>\d{1,2}) ?[/.] ?(?P<year>20\d\d)",
    )
)


class Everything(TopicModel):
    """A model with one topic, which every paragraph that is an article's matches."""

    def __init__(self) -> None:
        """Nothing is fitted."""

    def match(self, reading: Reading) -> tuple[TopicVerdict, ...]:
        """All of the article, but what is no part of it."""
        skip = furniture([reading.quote(span) for span in reading.paragraphs])
        return (
            TopicVerdict(
                topic=TOPIC.id,
                probability=1.0,
                threshold=0.0,
                matched=True,
                passages=tuple(
                    span
                    for span, out in zip(reading.paragraphs, skip, strict=True)
                    if not out
                ),
                because=(),
            ),
        )


def incidents(path: Path) -> dict[str, float]:
    """Follow local news of shootings: thousands of events of one kind.

    Of October 2014 to December 2015; ``early`` are those before July, on which the
    thresholds were set, the others are the score. An article may tell of two events.
    """
    records = [r for r in _lines(path) if FIRST <= r["date"] <= LAST]
    truth: defaultdict[str, set[str]] = defaultdict(set)
    for record in records:
        truth[record["id"]].add(record["incident"])
    known = {record["id"]: record for record in records}
    articles = [
        _article(record, datetime.fromisoformat(record["date"]).replace(tzinfo=UTC))
        for record in sorted(known.values(), key=lambda r: (r["date"], r["id"]))
    ]
    told = follow(articles)
    early = {key for key, record in known.items() if record["date"] < SCORED}
    before = _only(truth, early)
    figures = measured(_only(truth, known.keys() - early), told)
    if before:
        figures |= {f"early.{name}": v for name, v in measured(before, told).items()}
    return figures


def look_alikes(path: Path) -> dict[str, float]:
    """Follow events that come in pairs: two quakes, two arrests of one player.

    By the day that an article states; what states none came when it was collected.
    """
    records = _lines(path)
    articles = [
        _article(record, _stated(record) + number * SECOND)
        for number, record in enumerate(records)
    ]
    articles.sort(key=lambda article: article.published_at)
    truth = {record["id"]: frozenset({record["cluster"]}) for record in records}
    return measured(truth, follow(articles))


def same_story(path: Path) -> dict[str, float]:
    """Tell of pairs whether they are one news cluster (``gold`` OK), by language.

    All articles of a language run as one stream, one a second. ``plain`` is their
    cosine (TF-IDF), ``likeness`` that of `detectors.likeness`, each at the threshold
    that suits these very pairs best. Ours is lower: set on shootings, it lets what is
    told of a year later join, and these pairs part a day's news of one subject. At
    a threshold that suits them, pairs of shootings fall from .83 to .65.
    """
    figures: dict[str, float] = {}
    pairs = _lines(path)
    for language in sorted({str(pair["lang"]) for pair in pairs}):
        some = [pair for pair in pairs if pair["lang"] == language]
        texts = {p[side]["url"]: p[side] for p in some for side in ("first", "second")}
        told = follow(
            _article({**text, "id": url}, EARLY + number * SECOND)
            for number, (url, text) in enumerate(texts.items())
        )
        keys = [(pair["first"]["url"], pair["second"]["url"]) for pair in some]
        right = [pair["gold"] == "OK" for pair in some]
        ours = [bool(told[a] & told[b]) for a, b in keys]
        figures[f"{language}.precision"] = _share(right, ours)
        figures[f"{language}.recall"] = _share(ours, right)
        figures[f"{language}.f1"] = _f1(right, ours)
        figures[f"{language}.plain.f1"] = _best_f1(right, _plain(texts, keys))
        figures[f"{language}.likeness.f1"] = _best_f1(
            right, _alike(texts, keys, language)
        )
    return figures


def follow(articles: Iterable[Article]) -> dict[str, frozenset[str]]:
    """The stories of each article by the monitor; one of its own where it has none."""
    seeds = replace(load_seeds(), topics=(TOPIC,), model=Everything())
    store = Store.open("sqlite://")
    try:
        decisions = list(replay(store, Desk(seeds=seeds, dry=True), tuple(articles)))
    finally:
        store.close()
    return {
        each.article_id: frozenset(
            each.stories.get(TOPIC.id) or {f"alone: {each.article_id}"}
        )
        for each in decisions
    }


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of one article: how many belong with it, were put with it, and both.

    Each counts the article itself.
    """

    related: int
    together: int
    both: int


def measured(truth: Mapping[str, AbstractSet[str]], told: Groups) -> dict[str, float]:
    """B-cubed and pair scores with 95 % intervals over events; the largest story."""
    wanted = {key: frozenset(events) for key, events in truth.items()}
    score = b_cubed(wanted, told)
    counts = _counts(wanted, told)
    events: defaultdict[str, list[_Counts]] = defaultdict(list)
    for key, its in sorted(wanted.items()):
        events[min(its)].append(counts[key])
    groups = list(events.values())
    chance = np.random.default_rng(SEED)
    drawn = [
        [each for n in pick for each in groups[int(n)]]
        for pick in chance.integers(len(groups), size=(RESAMPLES, len(groups)))
    ]
    everything = list(counts.values())
    return {
        "articles": float(len(wanted)),
        "events": float(len(groups)),
        "stories": float(len({min(told[key]) for key in wanted})),
        "largest": float(max(each.together for each in everything)),
        "b_cubed.precision": score.precision,
        "b_cubed.recall": score.recall,
        "b_cubed.f1": score.f1,
        **_interval("b_cubed.f1", [_b_cubed_f1(some) for some in drawn]),
        "pairs.precision": _pair_rates(everything)[0],
        "pairs.recall": _pair_rates(everything)[1],
        "pairs.f1": _pair_f1(everything),
        **_interval("pairs.f1", [_pair_f1(some) for some in drawn]),
    }


def _counts(wanted: Groups, told: Groups) -> dict[str, _Counts]:
    of_event, of_story = _members(wanted, wanted), _members(wanted, told)
    found = {}
    for key in wanted:
        related = frozenset().union(*(of_event[each] for each in wanted[key]))
        together = frozenset().union(*(of_story[each] for each in told[key]))
        found[key] = _Counts(len(related), len(together), len(related & together))
    return found


def _members(keys: Iterable[str], groups: Groups) -> Groups:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key in keys:
        for group in groups[key]:
            found[group].add(key)
    return {group: frozenset(members) for group, members in found.items()}


def _b_cubed_f1(some: Sequence[_Counts]) -> float:
    precision = sum(each.both / each.together for each in some)
    recall = sum(each.both / each.related for each in some)
    return 2 * precision * recall / (precision + recall) / len(some)


def _pair_rates(some: Sequence[_Counts]) -> tuple[float, float]:
    both = sum(each.both - 1 for each in some)
    together = sum(each.together - 1 for each in some)
    related = sum(each.related - 1 for each in some)
    return both / max(1, together), both / max(1, related)


def _pair_f1(some: Sequence[_Counts]) -> float:
    both = sum(each.both - 1 for each in some)
    total = sum(each.together + each.related - 2 for each in some)
    return 2 * both / max(1, total)


def _article(record: Record, at: datetime) -> Article:
    """As `flows.collect` would make it: of a page that is refused, only its title."""
    text = record["text"]
    return Article(
        id=record["id"],
        url=record.get("url_original") or f"https://wire.test/{record['id']}",
        source="",
        title=record["title"],
        text=record["title"] if walls.refuse(text) else text,
        published_at=at,
        fetched_at=at,
    )


def _stated(record: Record) -> datetime:
    """The day that an article of the look-alikes was published, as far as it says."""
    for pattern in _DATES:
        found = pattern.search(record["date"] or "")
        if found is None:
            continue
        month = found["month"][:3].lower()
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        day = int(re.sub(r"\D", "", found["day"]))
        number, day = (number, day) if number <= len(_MONTHS) else (day, number)
        return datetime(int(found["year"]), number, day, tzinfo=UTC)
    return EARLY if record["id"].endswith("ecb") else DOWNLOADED


def _plain(texts: Mapping[str, Record], keys: Sequence[tuple[str, str]]) -> list[float]:
    """The cosine of whole texts, for each pair."""
    rows = {url: number for number, url in enumerate(texts)}
    vectors = TfidfVectorizer(sublinear_tf=True).fit_transform(
        f"{text['title']}\n{text['text']}" for text in texts.values()
    )
    return [float(vectors[rows[a]].multiply(vectors[rows[b]]).sum()) for a, b in keys]


def _alike(
    texts: Mapping[str, Record], keys: Sequence[tuple[str, str]], language: str
) -> list[float]:
    """The likeness by which stories are followed, for each pair."""
    vocabulary = Vocabulary(topic=TOPIC.id)
    around = Surroundings(vocabulary=vocabulary)
    profiles = {}
    for url, text in texts.items():
        reading = read(text["text"], title=text["title"], language=language)
        profiles[url] = profile(
            Excerpt(reading=reading, spans=reading.paragraphs, heading=reading.title),
            (),
            topic=TOPIC,
            published_at=EARLY,
            surroundings=around,
        )
        vocabulary = counted(vocabulary, profiles[url].terms)
    return [
        liken(
            profiles[b],
            [_story(profiles[a])],
            vocabulary=vocabulary,
            now=EARLY,
        )[0].points
        for a, b in keys
    ]


def _story(of: StoryProfile) -> Story:
    """A story of one article, just told."""
    return Story(
        id="",
        topic=TOPIC.id,
        headline="",
        opened_at=EARLY,
        changed_at=EARLY,
        profile=of,
    )


def _best_f1(right: Sequence[bool], scores: Sequence[float]) -> float:
    """The best F1 that a threshold on the scores reaches."""
    return max(_f1(right, [s >= least for s in scores]) for least in scores)


def _f1(right: Sequence[bool], ours: Sequence[bool]) -> float:
    both = sum(a and b for a, b in zip(right, ours, strict=True))
    return 2 * both / max(1, sum(right) + sum(ours))


def _share(of: Sequence[bool], among: Sequence[bool]) -> float:
    both = sum(a and b for a, b in zip(of, among, strict=True))
    return both / max(1, sum(among))


def _only(truth: Mapping[str, set[str]], keys: AbstractSet[str]) -> dict[str, set[str]]:
    return {key: events for key, events in truth.items() if key in keys}


def _interval(name: str, values: Sequence[float]) -> dict[str, float]:
    ranked = sorted(values)
    cut = len(ranked) // 40
    return {f"{name}.low": ranked[cut], f"{name}.high": ranked[-1 - cut]}


def _lines(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
