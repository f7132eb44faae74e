"""A process of its own that does one piece of work and dies at a point of it."""

import asyncio
import logging
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from flows.demo.slack import TOKEN
from flows.slack.client import SlackPoster
from storage.database import Store, UnitOfWork
from tests.sweep.points import Shared

LONGEST = 60  # seconds that a piece of work may take


class DyingStore(Store):
    """A store that passes a point around every transaction."""

    shared: ClassVar[Shared]

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work between two points, with a third before its commit."""
        kind = "reading" if reading else "writing"
        with self.shared.around(kind), super().unit(reading=reading) as unit:
            yield unit
            self.shared.passing(f"before the commit of {kind}")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A piece of work, and everything that a process needs for it.

    Args:
        work: From a module: a child finds it by its name.
        shared: The file of clock and points.
        newsroom: The ``host:port`` of the feeds, where there are any.
        patience: Seconds of real time that a request may take.
    """

    work: Work
    database: str
    base_url: str
    shared: Path
    newsroom: str = ""
    build: Build = field(default_factory=Build)
    patience: float = 5.0

    def run(self, shared: Shared) -> None:
        """Do it in this process."""
        build = self.build
        build.store.shared = shared
        store = opened(build, self.database)
        poster = build.poster(shared, self.base_url, patience=self.patience)
        bench = Bench(errand=self, shared=shared, store=store, poster=poster)
        try:
            asyncio.run(self.work(bench))
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


# --- the process that forks ----------------------------------------------------------


class Nursery:
    """A process of one thread that did the work once, and forks those that die in it.

    A fork of the tests themselves would carry the threads of their servers; one that
    is started afresh, even by a forkserver, takes 0.4 s to import and compile.
    """

    def __init__(self) -> None:
        """Start it."""
        context = multiprocessing.get_context("forkserver")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_nurse, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def rehearse(self, errand: Errand) -> None:
        """Do it once without dying, so that all is warm."""
        self._ask(errand, forks=False)

    def dies(self, errand: Errand) -> bool:
        """Let a process of its own do it; whether it was killed."""
        return self._ask(errand, forks=True) == -signal.SIGKILL

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()

    def _ask(self, errand: Errand, *, forks: bool) -> int:
        """How a piece of work ended: 0, or the signal that ended it, negative.

        Raises:
            AssertionError: It failed otherwise, or took too long.
        """
        self._ours.send((errand, forks))
        if not self._ours.poll(LONGEST):
            raise AssertionError("the child hangs")
        code: int = self._ours.recv()
        if code not in (0, -signal.SIGKILL):
            raise AssertionError(f"the child failed: {code}")
        return code


def _nurse(asked: Connection) -> None:
    """Answer how each errand ended, until nobody asks any more."""
    logging.disable()  # every fault is told of, and every one is meant
    while True:
        try:
            errand, forks = asked.recv()
        except EOFError:
            return
        asked.send(_forked(errand) if forks else _tried(errand))


def _forked(errand: Errand) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(_tried(errand))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _tried(errand: Errand) -> int:
    """Do it here; 0 if it came to its end."""
    shared = Shared(errand.shared)
    shared.mortal()
    try:
        errand.run(shared)
    except BaseException:  # noqa: BLE001  # told to whoever asked, as a code
        traceback.print_exc()
        return 1
    finally:
        shared.close()
    return 0
