"""Front pages as they were polled for years, taken for feeds and read by the real way.

Each poll becomes a document of what stood there, without dates: parsed, parted and kept
in a store of SQLite in memory; its entries become articles of what the page says of
them, and are decided on for a topic that takes in everything. All of it is replayed by
``python -m tests.quality.front_pages``, a part by the tests.
"""

import asyncio
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import xxhash

from detectors import feeds
from detectors.courses import Heard
from detectors.echoes import folded
from detectors.model import Article, Decision, Feed, Outcome, Validators
from flows.asking import Document
from flows.collect import collect_entries
from flows.desk import Desk
from flows.errors import FailureReason, FetchError
from flows.follow import follow_articles
from flows.intake import Taken
from flows.keeping import Rules, keep
from flows.seeds import load_seeds
from storage.database import Store

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FRONT = SHARED / "bbc_front"
LIVE = SHARED / "cnn_ukraine_live"
TOPICS = Path(__file__).parent / "desks"

FEED = "https://front.test/feed"
RULES = Rules()
EVERY = 12  # polls; collected and decided on together, as after a pause of two hours


class Line(NamedTuple):
    """What stands on a front page of one thing."""

    address: str
    title: str
    summary: str


class Poll(NamedTuple):
    """All that stands there at one moment."""

    at: datetime
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Told:
    """What came of a replay.

    Args:
        news: How often each entry was taken for new, by its id in the feed.
        repeated: Entries that were taken for a repeat, for old or for a flood.
        versions: What was decided, by address, with its title.
        alerts: Developments told, each with its story.
    """

    polls: int = 0
    listed: set[str] = field(default_factory=set)
    news: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    gaps: int = 0
    versions: dict[str, list[tuple[Article, Decision]]] = field(default_factory=dict)
    alerts: Counter[tuple[object, ...]] = field(default_factory=Counter)
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    entries: int = 0
    pending: int = 0

    @property
    def twice(self) -> list[str]:
        """What was announced twice."""
        again = [name for name, times in self.news.items() if times > 1]
        return again + [str(each) for each, times in self.alerts.items() if times > 1]


class Edit(NamedTuple):
    """A headline that was changed, and what a reader called the change."""

    address: str
    title: str
    label: str


def front_polls(wanted: frozenset[str] | None = None) -> Iterator[Poll]:
    """What stood on the front page, poll by poll; of the ``wanted`` lines alone.

    Polls that changed none of them are left out: a server would say so.
    """
    standing: dict[str, Line] = {}
    for record in _records(FRONT / "poll_deltas.jsonl.gz"):
        before = dict(standing)
        for each in record["removed"]:
            standing.pop(each, None)
        for each in (*record["added"], *record["changed"]):
            if wanted is None or each["href"] in wanted:
                line = Line(each["href"], each["title"], each["summary"])
                standing[line.address] = line
        if standing != before:
            yield Poll(_moment(record["ts"]), tuple(standing.values()))


def live_polls() -> Iterator[Poll]:
    """What stood on a live page, poll by poll: headlines, each its own entry."""
    for record in _records(LIVE / "poll_deltas.jsonl.gz"):
        lines = (Line("", headline, "") for headline in record["headlines"])
        yield Poll(_moment(record["ts"]), tuple(lines))


def edits() -> tuple[Edit, ...]:
    """The changes that a reader labelled."""
    lines = (FRONT / "title_transitions_labelled.jsonl").read_text("utf-8").splitlines()
    return tuple(
        Edit(each["href"], each["new_title"], each["label"])
        for each in map(json.loads, filter(None, lines))
    )


def some_of(labelled: Iterable[Edit], share: int) -> frozenset[str]:
    """The labelled addresses, and one in ``share`` of all others."""
    first = {each.address for each in labelled}
    for record in _records(FRONT / "poll_deltas.jsonl.gz"):
        for each in record["added"]:
            if xxhash.xxh3_64_intdigest(each["href"].encode()) % share == 0:
                first.add(each["href"])
    return frozenset(first)


def replay(polls: Iterable[Poll], *, decides: bool = True) -> Told:
    """Let a feed say all of it, and the real flows take it in."""
    told = Told()
    desk = Desk(seeds=load_seeds(TOPICS)) if decides else None
    with closing(Store.open("sqlite://")) as store, asyncio.Runner() as runner:
        number = 0
        for number, poll in enumerate(polls, 1):
            if number == 1:
                with store.unit() as unit:
                    unit.feeds.add(FEED, title="Front", source="Front", now=poll.at)
            told.listed.update(line.address or line.title for line in poll.lines)
            taken = _take(store, poll)
            told.repeated += taken.repeated + taken.quarantined
            told.repeated += taken.baseline if number > 1 else 0
            told.gaps += taken.has_gap
            if taken.pending or taken.restated:
                _count_news(store, told, ends=desk is None)
                if desk is not None:
                    runner.run(collect_entries(store, _nothing, _inline, now=poll.at))
            if desk is not None and number % EVERY == 0:
                _follow(store, desk, told, poll.at)
        if desk is not None:
            _follow(store, desk, told, poll.at)
        told.polls = number
        with store.unit(reading=True) as unit:
            told.outcomes = unit.entries.counts()
            told.entries, told.pending = unit.entries.total(), unit.entries.pending()
    return told


def _take(store: Store, poll: Poll) -> Taken:
    """Keep one document as a poll would."""
    with store.unit(reading=True) as unit:
        feed = unit.feeds.by_url(FEED)
    assert isinstance(feed, Feed)
    body = _document(poll)
    found = Document(
        document=feeds.parse(body, url=FEED),
        heard=Heard(validators=Validators(), issuer=FEED),
        body_hash=xxhash.xxh3_128_hexdigest(body),
    )
    return keep(store, feed, found, now=poll.at, rules=RULES).taken


def _document(poll: Poll) -> bytes:
    """A feed that lists what stands there, under lasting ids and without dates."""
    listed = "".join(
        f"<item><title>{escape(line.title)}</title>"
        + (
            f"<link>https://front.test{escape(line.address)}</link>"
            f"<guid>{escape(line.address)}</guid>"
            if line.address
            else ""
        )
        + f"<description>{escape(line.summary)}</description></item>"
        for line in poll.lines
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Front</title>{listed}</channel></rss>"
    ).encode()


def _count_news(store: Store, told: Told, *, ends: bool) -> None:
    """Count what waits to be read for the first time; end it, if nobody will."""
    with store.unit() as unit:
        for entry in unit.entries.to_collect(10_000):
            if entry.restated_at is None:
                told.news[entry.entry_id] += 1
            if ends:
                unit.entries.finish(entry.id, Outcome.OFF_TOPIC)


async def _nothing(url: str, *_: object) -> Any:
    """No page can be had: what the front page says is all there is."""
    raise FetchError(url, FailureReason.NOT_FOUND)


async def _inline(_within: object, function: Any, /, *args: Any, **more: Any) -> Any:
    return function(*args, **more)


def _follow(store: Store, desk: Desk, told: Told, at: datetime) -> None:
    """Decide on what waits, and count what is told of it."""
    decisions = follow_articles(store, desk, now=at)
    with store.unit(reading=True) as unit:
        articles = unit.articles.get_many(each.article_id for each in decisions)
    for decision in decisions:
        article = articles[decision.article_id]
        told.versions.setdefault(article.url, []).append((article, decision))
        for alert in decision.alerts:
            for each in alert.developments:
                told.alerts[each.story, each.slot, each.old, each.new] += 1


def of_edit(told: Told, edit: Edit) -> Decision | None:
    """The decision on the revision that an edit made; None if none was."""
    made = told.versions.get(f"https://front.test{edit.address}", [])
    for article, decision in made:
        is_it = folded(article.title) == folded(edit.title)
        if is_it and article.revision_of is not None:
            return decision
    return None


def _records(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, filter(str.strip, lines))


def _moment(stated: str) -> datetime:
    return datetime.fromisoformat(stated)


def main() -> None:
    """Replay both front pages whole, and say what came of it.

    With ``--identity`` nothing is decided, which takes a third of the time.
    """
    labelled = edits()
    decides = "--identity" not in sys.argv
    for name, polls in (("live", live_polls()), ("front", front_polls())):
        begun = time.perf_counter()
        told = replay(polls, decides=decides)
        sys.stdout.write(
            f"{name}: {told.polls} polls, {len(told.listed)} listed, {told.entries}"
            f" entries, {sum(told.news.values())} news, {len(told.twice)} twice,"
            f" {told.repeated} repeated, {told.gaps} gaps,"
            f" {time.perf_counter() - begun:.0f} s\n"
        )
        if name == "front" and decides:
            for line in judged(told, labelled):
                sys.stdout.write(f"  {line}\n")


def judged(told: Told, labelled: Iterable[Edit]) -> Iterator[str]:
    """How many edits of each kind came as revisions, and raised a development."""
    came: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    for each in labelled:
        decision = of_edit(told, each)
        all_of[each.label] += 1
        came[each.label] += decision is not None
        raised[each.label] += bool(decision and decision.developments)
    for label, count in sorted(all_of.items()):
        yield f"{label}: {count}, as revisions {came[label]}, raised {raised[label]}"


if __name__ == "__main__":
    main()
