"""Crisis timelines: each day's update in the words of three people.

The pairs of `keys/timelines.tsv` were chosen by their words alone, before any extractor
saw them: of each update the first two people who both give, in digits and within four
words of a word of death, injury or loss, one figure (not a year); the highest such.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from detectors import facts
from detectors.developments import develop
from detectors.model import (
    AlertPolicy,
    Article,
    Development,
    DevelopmentKind,
    DuplicateReason,
    DuplicateVerdict,
    Fact,
    Story,
    StoryProfile,
    Topic,
    TopicVerdict,
    Words,
)
from detectors.slots import TOLLS
from detectors.text import Reading, read
from flows.desk import Desk
from flows.following import Case, follow_topic
from flows.seeds import Seeds, load_seeds
from storage.database import Store, UnitOfWork
from tests.quality.resampling import share

KEYS = Path(__file__).with_name("keys") / "timelines.tsv"
RISE = 5  # a fifth more, and at least one
_NO_MOVE = frozenset({DevelopmentKind.NEW, DevelopmentKind.CONFIRMATION})
"""A first figure, and one told again by a second source, change no number."""

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STORY = Story(
    id="s",
    topic="strike-reports",
    headline="",
    opened_at=NOON,
    changed_at=NOON,
    profile=StoryProfile(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One update in two people's words, both of which give ``figure``."""

    first: str
    second: str
    figure: int

    @property
    def changed(self) -> tuple[str, int]:
        """The second text with the figure risen by a fifth, and what it is then."""
        risen = self.figure + max(1, self.figure // RISE)
        written = f"{self.figure:,}" if self.figure > 999 else str(self.figure)
        pattern = rf"(?<![\w.,])(?:{self.figure}|{written})(?![\w]|[.,]\d)"
        return re.sub(pattern, str(risen), self.second), risen


def changed_numbers(path: Path, keys: Path = KEYS) -> dict[str, float]:
    """Tell a changed toll from a toll in other words, on the chosen pairs.

    Returns:
        The share of changed figures that move a toll (``recall``), and of unchanged
        ones that do (``false_alarm``), each with its interval; nothing is conditional
        on what was read of either text.
    """
    seeds = load_seeds()
    found = list(pairs(path, keys))
    heard = [_hears(seeds, pair) for pair in found]
    alarmed = [bool(_unchanged(seeds, pair)) for pair in found]
    return {
        "pairs": float(len(found)),
        **share("recall", heard),
        **share("false_alarm", alarmed),
    }


def retellings(path: Path) -> dict[str, float]:
    """Follow each crisis as a topic without slots that asks for updates.

    Of each day's update the first telling is news and the others retell it, in the
    order of the days; all go the whole way from stories to alerts. The threshold was
    set on other crises than those of ``split`` test.

    Returns:
        The share of first tellings that alert (``recall``) and of retellings
        (``redundant``), by split, each with its interval.
    """
    by_crisis: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            by_crisis[record["split"], record["event"]].append(record)
    desk = Desk(seeds=load_seeds(), dry=True)
    told: dict[str, dict[bool, list[bool]]] = defaultdict(lambda: {True: [], False: []})
    for (split, event), updates in by_crisis.items():
        updates.sort(key=lambda record: record["seq"])
        for is_first, alerts in _followed(desk, event, updates):
            told[split][is_first].append(alerts)
    figures: dict[str, float] = {}
    for split, which in told.items():
        figures |= share(f"{split}.recall", which[True])
        figures |= share(f"{split}.redundant", which[False])
    return figures


def _followed(
    desk: Desk, event: str, updates: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[bool, bool]]:
    """For each telling whether it is the first of its update, and whether it alerts."""
    topic = Topic(
        id=event,
        title=event,
        words=Words(any=(event,)),
        alert=AlertPolicy(updates=True),
    )
    with closing(Store.open("sqlite://")) as store, store.unit() as unit:
        for update in updates:
            day = datetime.fromisoformat(update["date"]).replace(tzinfo=UTC)
            texts = [text for _, text in sorted(update["updates"].items())]
            for number, text in enumerate(filter(str.strip, texts)):
                article = replace(
                    _article(text, number),
                    id=f"{event}-{update['seq']}-{number}",
                    published_at=day + timedelta(hours=number),
                )
                unit.articles.add(article)
                yield number == 0, _alerts(unit, desk, topic, article)


def _alerts(unit: UnitOfWork, desk: Desk, topic: Topic, article: Article) -> bool:
    reading = read(article.text, language="en")
    case = Case(
        article=article,
        reading=reading,
        duplicate=DuplicateVerdict(
            original=None,
            nearest=None,
            containment=0.0,
            reason=DuplicateReason.NO_CANDIDATE,
        ),
        topic=topic,
        verdict=_matched(topic.id, reading),
        facts=(),
        now=article.published_at,
    )
    return bool(follow_topic(unit, desk, case).alerts)


def pairs(path: Path, keys: Path = KEYS) -> Iterator[Pair]:
    """The chosen pairs, out of the timelines at ``path``."""
    updates: dict[tuple[str, int], Mapping[str, str]] = {}
    with path.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            updates[record["event"], record["seq"]] = record["updates"]
    for line in keys.read_text(encoding="utf-8").splitlines():
        event, seq, one, other, figure = line.split("\t")
        texts = updates[event, int(seq)]
        yield Pair(first=texts[one], second=texts[other], figure=int(figure))


def _hears(seeds: Seeds, pair: Pair) -> bool:
    """Whether the changed figure moves a toll that the unchanged one did not move.

    It need not be the figure itself: "13 policemen and four others" are 17.
    """
    text, _ = pair.changed
    told = {(one.slot, one.new) for one in _moves(seeds, pair.first, text)}
    return bool(told - {(one.slot, one.new) for one in _unchanged(seeds, pair)})


def _unchanged(seeds: Seeds, pair: Pair) -> Sequence[Development]:
    return _moves(seeds, pair.first, pair.second)


def _moves(seeds: Seeds, first: str, second: str) -> Sequence[Development]:
    """What the second text changes in the tolls that the first one gave."""
    known = develop(STORY, (), _facts(seeds, first, 0), article=_article(first, 0))
    told = develop(
        STORY, known.claims, _facts(seeds, second, 1), article=_article(second, 1)
    )
    return [
        one
        for one in told.developments
        if one.slot in TOLLS and one.kind not in _NO_MOVE
    ]


def _facts(seeds: Seeds, text: str, hour: int) -> Sequence[Fact]:
    reading = read(text, language="en")
    return facts.extract(
        reading,
        _matched(STORY.topic, reading),
        topic=seeds.topic(STORY.topic),
        lexicon=seeds.lexicon("en"),
        gazetteer=seeds.gazetteer,
        published_at=_article(text, hour).published_at,
    )


def _matched(topic: str, reading: Reading) -> TopicVerdict:
    return TopicVerdict(
        topic=topic,
        probability=1.0,
        threshold=0.5,
        matched=True,
        passages=reading.paragraphs,
        because=(),
    )


def _article(text: str, hour: int) -> Article:
    at = NOON + timedelta(hours=hour)
    return Article(
        id=f"a{hour}",
        url=f"https://outlet{hour}.test/",
        source=f"Outlet {hour}",
        title="",
        text=text,
        published_at=at,
        fetched_at=at,
    )
