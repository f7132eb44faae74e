"""A delivery that kills itself at the n-th point of its work, in its own process.

The points: around every transaction (before it, before its commit, after it), and
before and after every request to Slack. `flows.demo.slack` adds one more: once
Slack took a message and before it answers.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from detectors.facts.places import Gazetteer
from detectors.model import Message
from detectors.overviews import Overview
from detectors.topics import TopicModel
from flows import clock, deliver
from flows.demo.slack import TOKEN
from flows.posting import Dispatch, EditResult, LookResult, PostResult
from flows.seeds import Seeds
from flows.slack.client import SlackPoster
from storage.database import Store, UnitOfWork

Point = Callable[[], None]

# Nothing is looked for: what is told was decided before.
NO_SEEDS = Seeds(
    topics=(),
    model=TopicModel((), {}, ""),
    lexicons={},
    gazetteer=Gazetteer(()),
)

CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload([__name__])


@dataclass
class Hands:
    """A clock that can be put forward; sleeping does that, and takes no time."""

    ahead: timedelta = timedelta(0)
    wrong: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The moment that this clock shows."""
        return clock.now() + self.ahead

    def told(self) -> datetime:
        """The moment as a sender is told it, by a clock that may be wrong."""
        return self.now() + self.wrong

    def elapsed(self) -> float:
        """Seconds that passed, those that were put forward among them."""
        return clock.elapsed() + self.ahead.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass at once."""
        self.ahead += timedelta(seconds=seconds)

    @property
    def clock(self) -> clock.Clock:
        """As what delivers takes it."""
        return clock.Clock(now=self.told, elapsed=self.elapsed, sleep=self.sleep)


class FragileStore(Store):
    """A store that passes a point around every transaction."""

    point: Point
    rest: Point = staticmethod(lambda: None)

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work between two points, with a third before its commit."""
        self.point()
        with super().unit(reading=reading) as unit:
            yield unit
            self.point()
        self.point()
        self.rest()


class FragilePoster(SlackPoster):
    """A poster that passes a point before and after every request."""

    point: Point
    rest: Point = staticmethod(lambda: None)

    async def post(self, dispatch: Dispatch, *, plain: bool = False) -> PostResult:
        """Post between two points."""
        self.point()
        result = await super().post(dispatch, plain=plain)
        self.point()
        self.rest()
        return result

    async def edit(self, channel: str, ts: str, overview: Overview) -> EditResult:
        """Edit between two points."""
        self.point()
        result = await super().edit(channel, ts, overview)
        self.point()
        return result

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """Look between two points."""
        self.point()
        result = await super().look(message, since=since)
        self.point()
        return result


@dataclass(frozen=True)
class Errand:
    """What a child is to do, and when it dies or is frozen; both count from 1.

    Args:
        freezes_at: It stops there by SIGSTOP: where no transaction is open, after it
            claimed or after Slack answered.
        patience: Seconds from a claim to its post, where it is not the usual.
    """

    database: str
    base_url: str
    ahead: timedelta
    dies_at: int | None = None
    timeout: timedelta = timedelta(seconds=1)
    freezes_at: int | None = None
    patience: float | None = None


def run_until_killed(errand: Errand) -> None:
    """Deliver; die by SIGKILL at the point that the errand names."""
    passed = rested = 0

    def point() -> None:
        nonlocal passed
        passed += 1
        if passed == errand.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def rest() -> None:
        nonlocal rested
        rested += 1
        if rested == errand.freezes_at:
            os.kill(os.getpid(), signal.SIGSTOP)

    if errand.patience is not None:
        deliver.TOO_LATE_TO_POST = errand.patience
    hands = Hands(errand.ahead)
    store = FragileStore.open(errand.database)
    poster = FragilePoster(TOKEN, base_url=errand.base_url, timeout=errand.timeout)
    FragileStore.point = FragilePoster.point = staticmethod(point)
    FragileStore.rest = FragilePoster.rest = staticmethod(rest)
    asyncio.run(
        deliver.deliver_messages(store, poster, seeds=NO_SEEDS, clock=hands.clock)
    )
    store.close()


def start(errand: Errand) -> ForkServerProcess:
    """Send a child out."""
    child = CHILDREN.Process(target=run_until_killed, args=(errand,))
    child.start()
    return child


def in_child(errand: Errand, started: Callable[[int], None] = lambda _: None) -> bool:
    """Run an errand in a process of its own; whether it was killed."""
    child = start(errand)
    started(child.pid or 0)
    child.join(30)
    killed = child.exitcode == -signal.SIGKILL
    if not killed and child.exitcode != 0:
        raise AssertionError(f"the child failed: {child.exitcode}")
    child.close()
    return killed


def is_frozen(pid: int, within: float = 20) -> bool:
    """Wait until a child is stopped; False if it ended instead."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        if (letter := state.rpartition(")")[2].split()[0]) in "TZX":
            return letter == "T"
        time.sleep(0.02)
    raise AssertionError(f"child {pid} neither stopped nor ended")
