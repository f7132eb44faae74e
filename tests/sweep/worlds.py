"""A desk before a Slack, made once and copied: what waits there and what must stand."""

import asyncio
import copy
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from detectors.model import Message, MessageState, Severity
from flows.demo.slack import Fault, LoopbackSlack, loopback_slack
from flows.demo.slack.workspace import Channel
from flows.overviews import overview_of
from flows.seeds import Seeds
from flows.slack.blocks import render_root
from flows.slack.client import WINDOW
from flows.slack.readings import hashed
from storage.database import Store, UnitOfWork
from tests.flows.outpost import Outpost
from tests.sweep import works
from tests.sweep.dying import Build, Errand, Work
from tests.sweep.points import Shared

if TYPE_CHECKING:
    from tests.flows.killable import Hands

BETWEEN_RUNS = WINDOW + timedelta(minutes=15)  # longer than any channel stays closed
MOST_RUNS = 12
LATE = 20.0  # seconds until a late post or edit is seen; within the window
ENDED = (MessageState.SENT, MessageState.FOLDED)
DESK = "#desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A state to begin from.

    Args:
        database: A file of SQLite.
        ahead: What the clock shows there.
        messages: What stands in Slack already.
        told: Every key that must stand there in the end, once.
        stories: Of the store in the end, where that is known.
    """

    database: Path
    ahead: timedelta
    messages: Sequence[Mapping[str, Any]]
    posted_at: Sequence[datetime]
    told: frozenset[str]
    work: Work = works.deliver
    newsroom: str = ""
    seeds: Seeds = works.NO_SEEDS
    wanted: object = None


@dataclass(slots=True, kw_only=True)
class World:
    """One copy of a prepared state, with a Slack of its own."""

    prepared: Prepared
    errand: Errand
    shared: Shared
    slack: LoopbackSlack
    problems: list[str] = field(default_factory=list)

    def run_on(self) -> None:
        """Run as the schedule does until nothing waits, and no root is stale."""
        self.shared.begin()
        for _ in range(MOST_RUNS):
            self.shared.ahead += BETWEEN_RUNS
            self.errand.run(self.shared)
            with self.read() as (_, unit):
                if _is_quiet(unit):
                    break
        self.shared.ahead += BETWEEN_RUNS
        self.slack.settle()

    @contextmanager
    def read(self) -> Iterator[tuple[Store, UnitOfWork]]:
        """The store as it stands now."""
        with (
            closing(Store.open(self.errand.database, migrate=False)) as store,
            store.unit(reading=True) as unit,
        ):
            yield store, unit

    def complaints(self) -> tuple[str, ...]:
        """What is not as it must be; () if all is well."""
        with self.read() as (store, unit):
            return (
                *self._miscounted(),
                *store.check(),
                *_unbalanced(unit),
                *(f"left {each.state}: {each.key}" for each in _waiting(unit)),
                *_misplaced(unit, self.slack),
                *_untrue(unit, self.slack, self.prepared.seeds),
                *self._otherwise(unit),
            )

    def _miscounted(self) -> Iterator[str]:
        """Keys that Slack does not hold once, alone or within another message."""
        held = told_in(self.slack)
        wanted = {hashed(key): key for key in self.prepared.told}
        for short, key in wanted.items():
            if held[short] != 1:
                yield f"{'doubled' if held[short] else 'lost'}: {key}"
        if strange := held.keys() - wanted.keys():
            yield f"strange: {len(strange)}"

    def _otherwise(self, unit: UnitOfWork) -> Iterator[str]:
        """Whether the store ended as one does that nobody killed."""
        if self.prepared.wanted and ended(unit) != self.prepared.wanted:
            yield "the store ended in another state"


def told_in(slack: LoopbackSlack) -> Counter[str]:
    """How often Slack holds each key, hashed, alone or within another message."""
    held: Counter[str] = Counter()
    for message in slack.messages:
        payload = message.get("metadata", {}).get("event_payload", {})
        held.update([hashed(payload["k"])] if "k" in payload else [])
        held.update(payload.get("f", ()))
    return held


def ended(unit: UnitOfWork) -> object:
    """What must not depend on who was killed."""
    return (
        unit.entries.counts(),
        [each.key for each in unit.outbox.all()],
        [(s.id, s.articles, s.sources) for s in unit.stories.all()],
    )


@contextmanager
def world(
    prepared: Prepared, folder: Path, *, build: Build | None = None
) -> Iterator[World]:
    """A copy of a prepared state, in a folder that is gone with it."""
    folder.mkdir()
    database = shutil.copy(prepared.database, folder / "tocsin.db")
    with (
        closing(Shared(folder / "shared")) as shared,
        loopback_slack(
            now=shared.now,
            late=LATE,
            channels=channels(),
            messages=copy.deepcopy(list(prepared.messages)),
            posted_at=list(prepared.posted_at),
            on_taken=lambda: shared.passing("Slack took it"),
        ) as slack,
    ):
        shared.ahead = prepared.ahead
        errand = Errand(
            work=prepared.work,
            database=f"sqlite:///{database}",
            base_url=slack.base_url,
            shared=shared.path,
            newsroom=prepared.newsroom,
            build=build or Build(),
        )
        yield World(prepared=prepared, errand=errand, shared=shared, slack=slack)
    shutil.rmtree(folder)


def channels() -> list[Channel]:
    """Those of the workspace."""
    return [
        Channel(id="C0TOCSIN", name="tocsin"),
        Channel(id="C0DESK", name=DESK[1:]),
    ]


def prepare(folder: Path) -> Prepared:
    """A delivery with all that there is: roots, replies, folds, a digest, edits, doubt.

    Roots stand of two stories, one of them stale; of two messages nobody knows whether
    Slack took them; of another story two states wait; two stories share an article;
    and one channel is flooded.
    """
    path = folder / "prepared.db"
    with (
        closing(Shared(folder / "prepared")) as shared,
        loopback_slack(now=shared.now, channels=channels()) as slack,
        closing(Store.open(f"sqlite:///{path}")) as store,
    ):
        post = Outpost(store, slack, cast("Hands", shared))
        asyncio.run(_begin(post))
        shared.ahead += BETWEEN_RUNS
        _decide(post)
        return Prepared(
            database=path,
            ahead=shared.ahead,
            messages=slack.messages,
            posted_at=slack.posted_at,
            told=frozenset(each.key for each in post.messages),
        )


async def _begin(post: Outpost) -> None:
    """Two roots, and two posts that Slack took or not: nobody knows."""
    for name in ("s1", "s2"):
        post.decide(name, 3)
    await post.deliver()
    for name in ("s3", "s4"):
        post.decide(name, 3)
    post.slack.faults = [Fault.DROPPED, Fault.INTERNAL]
    await post.deliver()


def _decide(post: Outpost) -> None:
    """What waits when the run begins."""
    post.decide("s1", 5)
    post.decide("s1", 50, severity=Severity.CRITICAL)
    post.decide("s2", 4, speaks=False)
    for killed in (3, 7):
        post.decide("s5", killed)
    for name in ("s6", "s7"):
        post.decide(name, 2, article_id="shared")
    for number in range(works.BURST + 1):
        post.decide(f"d{number}", 1, channel=DESK)


def _is_quiet(unit: UnitOfWork) -> bool:
    stale = (each.is_stale for each in _threads(unit))
    return not _waiting(unit) and not any(stale)


def _waiting(unit: UnitOfWork) -> list[Message]:
    return [each for each in unit.outbox.all() if each.state not in ENDED]


def _threads(unit: UnitOfWork) -> list[Any]:
    stories = dict.fromkeys(each.alert.story for each in unit.outbox.all())
    return [thread for story in stories for thread in unit.threads.of_story(story)]


def _unbalanced(unit: UnitOfWork) -> Iterator[str]:
    """The conservation law: entries = the sum of the outcomes + pending."""
    total, pending = unit.entries.total(), unit.entries.pending()
    if total != sum(unit.entries.counts().values()) + pending:
        yield "entries are not the sum of the outcomes and pending"
    if pending:
        yield f"{pending} entries are left pending"


def _misplaced(unit: UnitOfWork, slack: LoopbackSlack) -> Iterator[str]:
    """Stories that are not one thread, or out of order in it."""
    known = {each.key: each for each in unit.outbox.all()}
    told: defaultdict[tuple[str, str], list[tuple[Message, Any]]] = defaultdict(list)
    for posted in slack.messages:
        message = known.get(posted["metadata"]["event_payload"]["k"])
        if message is not None and not message.is_digest:
            told[message.alert.story, message.channel].append((message, posted))
    for (story, _), parts in told.items():
        order = [message.id for message, _ in parts]
        if order != sorted(order):
            yield f"out of order: {story}"
        (_, root), *replies = parts
        if "thread_ts" in root or any(
            reply.get("thread_ts") != root["ts"] for _, reply in replies
        ):
            yield f"more than one thread: {story}"


def _untrue(unit: UnitOfWork, slack: LoopbackSlack, seeds: Seeds) -> Iterator[str]:
    """Roots that do not show their story as it stands in the end."""
    for thread in _threads(unit):
        found = overview_of(unit, seeds, thread.story)
        if thread.ts is None or found is None:
            continue
        state = [_bare(block) for block in render_root(found).blocks]
        shown = [_bare(block) for block in slack.message(thread.ts)["blocks"]]
        # One that was never edited may say besides which change it was posted for.
        if [block for block in shown if block in state] != state:
            yield f"an untrue root: {thread.story}"


def _bare(block: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in block.items() if name != "block_id"}
