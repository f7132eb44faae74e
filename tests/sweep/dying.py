"""What passes points: a store, a Slack's door, and what is done with them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import event

from detectors.model import MessageState
from flows.demo.slack import TOKEN
from flows.slack.client import WINDOW, SlackPoster
from storage.database import Store, UnitOfWork
from tests.sweep.points import Shared

BETWEEN_RUNS = WINDOW + timedelta(minutes=15)  # longer than any channel stays closed
MOST_RUNS = 12
ENDED = (MessageState.SENT, MessageState.FOLDED)


class DyingStore(Store):
    """A store that passes a point around every transaction that writes."""

    shared: ClassVar[Shared]

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work between two points, with a third before its commit."""
        if reading:
            with super().unit(reading=True) as unit:
                yield unit
            return
        with self.shared.around("writing"), super().unit() as unit:
            yield unit
            self.shared.passing("before the commit")


class StatementStore(DyingStore):
    """A store that passes a point before every statement too."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work; what is before a statement is within a transaction."""
        with super().unit(reading=reading) as unit:
            event.listen(unit._connection, "before_cursor_execute", self._pass)
            yield unit

    def _pass(self, *_: object) -> None:
        self.shared.passing("before a statement")


class DyingPoster(SlackPoster):
    """A poster that passes a point before and after every request."""

    def __init__(self, shared: Shared, base_url: str, *, patience: float) -> None:
        """Speak to the loopback Slack, and wait by the shared clock."""
        super().__init__(TOKEN, base_url=base_url, sleep=shared.sleep)
        self._web.timeout = patience  # type: ignore[assignment]  # whole seconds to us
        ask = self._web.api_call

        async def asked(api_method: str, **given: Any) -> Any:
            with shared.around(api_method):
                return await ask(api_method, **given)

        self._web.api_call = asked  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What a process is made of; the wrong variants are made of something else."""

    name: str = ""
    store: type[DyingStore] = DyingStore
    poster: type[DyingPoster] = DyingPoster


@dataclass(slots=True, kw_only=True)
class Bench:
    """What a piece of work works with."""

    errand: "Errand"
    shared: Shared
    store: Store
    poster: SlackPoster


Work: TypeAlias = Callable[[Bench], Coroutine[Any, Any, None]]
Rest: TypeAlias = Callable[[UnitOfWork], bool]


def after_one_run(_: UnitOfWork) -> bool:
    """The rest of work that is done by one run."""
    return True


def all_told(unit: UnitOfWork) -> bool:
    """Whether no message waits, and no root shows less than is known."""
    counts = unit.outbox.counts()
    return counts.keys() <= set(ENDED) and not any(
        thread.is_stale for thread in threads(unit)
    )


def threads(unit: UnitOfWork) -> list[Any]:
    """Those of every story that was or will be told."""
    stories = dict.fromkeys(each.alert.story for each in unit.outbox.all())
    return [thread for story in stories for thread in unit.threads.of_story(story)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A piece of work, and everything that a process needs for it.

    Args:
        work: One run of it, from a module: a child finds it by its name.
        database: The URL of the store.
        shared: The file of clock and points.
        newsroom: The ``host:port`` of the feeds, where there are any.
        rests: When nothing is left to do. Until then it runs again and again, as the
            schedule would have it.
        patience: Seconds of real time that a request may take.
    """

    work: Work
    database: str
    base_url: str
    shared: Path
    newsroom: str = ""
    rests: Rest = all_told
    build: Build = field(default_factory=Build)
    patience: float = 5.0

    def run(self, shared: Shared) -> None:
        """Do it in this process, until there is nothing left to do."""
        build = self.build
        build.store.shared = shared
        store = opened(build, self.database)
        try:
            for _ in range(MOST_RUNS):
                poster = build.poster(shared, self.base_url, patience=self.patience)
                bench = Bench(errand=self, shared=shared, store=store, poster=poster)
                asyncio.run(self.work(bench))
                with Store.unit(store, reading=True) as unit:
                    if self.rests(unit):
                        return
                shared.ahead += BETWEEN_RUNS
        finally:
            store.close()


@cache
def opened(build: Build, url: str) -> Store:
    """A store that has no connection yet; what it compiled before is kept.

    Compiling its statements anew takes ten times as long as a delivery.
    """
    store = build.store.open(url, migrate=False)
    store.close()
    return store
