"""What facts, stories and developments cost an article, against extracting it.

``python -m tests.bench.stories`` prints the figures as JSON. The articles are the
demo's that are on a topic, as the day brings them: what comes near another topic is
looked at too, their stories are opened and grow, and each round begins before the
first. The same under a topic that has only words to go by. A thousand other stories
run, made of theirs in other places.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from detectors import lookup
from detectors.model import (
    Article,
    DuplicateReason,
    DuplicateVerdict,
    Fact,
    Story,
    Topic,
    TopicVerdict,
)
from detectors.streams import parse_stream
from detectors.text import Reading
from flows.desk import Desk
from flows.following import Case, follow_topic
from flows.matching import Judgement, match_topics, understand
from flows.seeds import SHIPPED, Seeds, load_seeds
from storage import tables
from storage.database import Store, UnitOfWork
from storage.repository import values_of
from tests.bench import reference
from tests.bench.rounds import CannotMeasureError, in_turn, peak_memory

DEMO = SHIPPED / "demo" / "articles.jsonl"
ROUNDS = 3
SEED = 20_260_501
RUNNING = 1_000  # stories
ARCHIVED = 100_000  # articles
EACH = 10  # of them to a story that sleeps
PLACES = 400  # that the others run in, the demo's among them
AWAKE, KEPT = timedelta(days=13), timedelta(days=70)  # how long; and found by keys
FAMILIAR = 0.3  # of a story's words are in another that was made of it
WORDED = Topic(id="anything", title="Anything")
NEW = DuplicateVerdict(
    original=None, nearest=None, containment=0.0, reason=DuplicateReason.NO_CANDIDATE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article that was read and matched, before anything of it is followed."""

    article: Article
    reading: Reading
    verdicts: tuple[TopicVerdict, ...]


def stories_of() -> dict[str, float]:
    """Follow the demo's articles beside a thousand stories, and after 100,000 more.

    Returns:
        CPU an article over trafilatura's a page; the same where words are all there
        is; CPU in the archive over CPU without; the process's peak memory in MB.
    """
    shipped = load_seeds()
    seeds = replace(shipped, topics=(*shipped.topics, WORDED))
    with DEMO.open(encoding="utf-8") as lines:
        articles = parse_stream(lines, DEMO.name)
    matched, worded = tuple(_matched(seeds, articles)), tuple(_worded(articles))
    pages = reference.pages()[::4]
    with _newsroom(seeds, articles, (*matched, *worded), archived=0) as young:
        extract = partial(reference.extract, pages)
        ratio = in_turn(_work(young, seeds, matched), extract, rounds=ROUNDS)
        plain = in_turn(_work(young, seeds, worded), extract, rounds=ROUNDS)
        with _newsroom(seeds, articles, (*matched, *worded), archived=ARCHIVED) as old:
            some = (*matched, *worded)[::2]
            aged = in_turn(
                _work(old, seeds, some), _work(young, seeds, some), rounds=ROUNDS
            )
    return {
        "vs_trafilatura": ratio * len(pages) / len(matched),
        "worded_vs_trafilatura": plain * len(pages) / len(worded),
        "archived_vs_young": aged,
        "peak_mb": peak_memory(),
    }


def _work(store: Store, seeds: Seeds, some: Sequence[Read]) -> Callable[[], None]:
    """Facts, stories and developments of each article; then all is as it was."""

    def follow() -> None:
        with store.unit() as unit:
            _follow(unit, seeds, some)
            unit.write()
            unit.rollback()

    return follow


def _follow(unit: UnitOfWork, seeds: Seeds, some: Iterable[Read]) -> None:
    """What `flows.follow` does of an article that was matched and is no copy."""
    desk = Desk(seeds=seeds, dry=True)
    for each in some:
        judgement = Judgement(
            unit=unit,
            desk=desk,
            article=each.article,
            reading=each.reading,
            original=None,
        )
        verdicts, found = judgement.of(each.verdicts)
        for verdict in verdicts:
            if verdict.matched:
                facts = found[verdict.topic]
                follow_topic(unit, desk, _case(each, seeds, verdict, facts))


@contextmanager
def _newsroom(
    seeds: Seeds, articles: Sequence[Article], some: Sequence[Read], *, archived: int
) -> Iterator[Store]:
    """A store on disk where stories run and sleep; the articles wait in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'stories.db'}")
        try:
            with store.unit() as unit:
                for article in articles:
                    unit.articles.add(article)
                unit.commit()
                _follow(unit, seeds, some)
                models = unit.stories.all()
                unit.rollback()
                _fill(unit, models, now=articles[0].published_at, archived=archived)
            yield store
        finally:
            store.close()


def _matched(seeds: Seeds, articles: Sequence[Article]) -> Iterator[Read]:
    """The articles that are on a topic, with the verdicts of all."""
    for article in articles:
        language, reading = understand(article)
        verdicts = match_topics(seeds, reading, language)
        if any(verdict.matched for verdict in verdicts):
            yield Read(article=article, reading=reading, verdicts=verdicts)


def _worded(articles: Sequence[Article]) -> Iterator[Read]:
    """Each article, whole, under a topic that has only words to go by."""
    for article in articles:
        _, reading = understand(article)
        verdict = TopicVerdict(
            topic=WORDED.id,
            probability=1.0,
            threshold=0.0,
            matched=True,
            passages=reading.paragraphs,
            because=(),
        )
        yield Read(article=article, reading=reading, verdicts=(verdict,))


def _case(
    read: Read, seeds: Seeds, verdict: TopicVerdict, facts: tuple[Fact, ...]
) -> Case:
    return Case(
        article=read.article,
        reading=read.reading,
        duplicate=NEW,
        topic=seeds.topic(verdict.topic),
        verdict=verdict,
        facts=facts,
        now=read.article.published_at,
    )


def _fill(
    unit: UnitOfWork, models: Sequence[Story], *, now: datetime, archived: int
) -> None:
    """Let stories run that are like those of the demo, and others sleep."""
    rng = np.random.default_rng(SEED)
    cities = (SHIPPED / "places" / "cities.tsv").read_text(encoding="utf-8")
    places = [line.partition("\t")[0] for line in islice(cities.split("\n"), PLACES)]
    places += [place for story in models for place in story.profile.places]
    running = [
        _other(models, places, rng, f"r{n}", now - rng.random() * AWAKE)
        for n in range(RUNNING)
    ]
    asleep = [
        _other(models, places, rng, f"s{n}", now - AWAKE - rng.random() * KEPT)
        for n in range(archived // EACH)
    ]
    _insert(unit, [*running, *asleep])
    members = [
        {"story": story.id, "article_id": f"{story.id}-{n}"}
        for story in asleep
        for n in range(EACH)
    ]
    _archive(unit, members, now - KEPT)


def _other(
    models: Sequence[Story],
    places: Sequence[str],
    rng: "np.random.Generator",
    name: str,
    at: datetime,
) -> Story:
    """A story like one of the demo's: elsewhere, with other figures and words."""
    model = models[int(rng.integers(len(models)))]
    known = model.profile
    familiar = rng.random(len(known.terms)) < FAMILIAR
    terms = {
        term if keeps else f"{term}{int(rng.integers(9_999))}": weight
        for (term, weight), keeps in zip(known.terms.items(), familiar, strict=True)
    }
    place = places[int(rng.integers(len(places)))]
    figures = {slot: int(rng.integers(1, 60)) for slot in known.numbers}
    profile = replace(
        known,
        places=(place,) if known.places else (),
        days=(at.date().isoformat(),),
        terms=terms,
        numbers=figures,
        figures={slot: (value,) for slot, value in figures.items()},
    )
    return replace(model, id=name, opened_at=at, changed_at=at, profile=profile)


def _insert(unit: UnitOfWork, stories: Sequence[Story]) -> None:
    """As `Stories.add` and `index` would, in two statements."""
    connection = unit.stories._connection
    story, key = tables.table(tables.Story), tables.table(tables.StoryKey)
    numbered = list(enumerate(stories, 1))
    rows = [values_of(each) | {"number": number} for number, each in numbered]
    connection.execute(insert(story), rows)
    keys = [
        (number, hash_ - 2**63, each.changed_at.date().toordinal())
        for number, each in numbered
        for hash_ in lookup.keys(each.profile, topic=each.topic)
    ]
    statement = f"INSERT INTO {key.name} (story, hash, day) VALUES (?, ?, ?)"  # noqa: S608  # our own names
    connection.exec_driver_sql(statement, keys)


def _archive(unit: UnitOfWork, members: Sequence[dict[str, str]], at: datetime) -> None:
    """Articles of the stories that sleep, decided long ago, without their texts."""
    if not members:
        return
    article = tables.table(tables.Article)
    blank = Article(
        id="",
        url="",
        source="Meridian Wire",
        title="",
        text="",
        published_at=at,
        fetched_at=at,
    )
    rows = [
        values_of(blank)
        | {
            "id": each["article_id"],
            "url": f"https://wire.test/{each['article_id']}",
            "url_hash": each["article_id"],
            "decided_at": at,
        }
        for each in members
    ]
    unit.stories._connection.execute(insert(article), rows)
    member = tables.table(tables.StoryMember)
    unit.stories._connection.execute(insert(member), list(members))


def main() -> None:
    """Print the figures, or why there are none."""
    try:
        found = stories_of()
    except CannotMeasureError as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
