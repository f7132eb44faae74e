"""Processes that may be killed: where strangers' bytes are parsed and extracted.

One element with 40,000 attributes holds feedparser for 29 seconds, and neither a
thread nor a signal stops C code. A worker has a deadline and a memory limit; one
that breaks either is killed, and only its own document is lost.
"""

import asyncio
import fcntl
import os
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import timedelta
from functools import partial
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.popen_forkserver import Popen
from multiprocessing.process import BaseProcess, parent_process
from types import ModuleType, TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from detectors.errors import MonitorError
from flows.logs import keep_to_lines

P = ParamSpec("P")
T = TypeVar("T")

PARSE_WITHIN = timedelta(seconds=5)
EXTRACT_WITHIN = timedelta(seconds=10)
MEMORY_BYTES = 1_000_000_000  # extraction needs 200 MB a hostile megabyte, of 3
CPU_SECONDS = 1_800  # of a whole worker's life; the last net under one that is lost
TASKS_A_WORKER = 500  # parsers leak; the forkserver makes a new one in 10 ms
MOST_WORKERS = 4
PRELOADED = ("detectors.feeds", "detectors.pages")


class WorkerError(MonitorError):
    """A worker was killed or died over one document; the next has a fresh one."""

    what = "document could not be worked on"


class Run(Protocol):
    """How the flows have a function run apart from themselves."""

    async def __call__(
        self,
        within: timedelta,
        function: Callable[P, T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run ``function`` on plain values.

        Raises:
            WorkerError: It took too long, too much memory, or the process died.
        """
        ...


class Workers:
    """A pool of killable processes, started at the first task; a context manager.

    Args:
        count: How many; the number of cores unless given.
        memory: Address space of each, in bytes.
        tasks: Documents after which a worker makes room for a new one.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        memory: int = MEMORY_BYTES,
        tasks: int = TASKS_A_WORKER,
    ) -> None:
        """Keep the figures; no process yet."""
        self._count = count or min(os.cpu_count() or 1, MOST_WORKERS)
        self._memory = memory
        self._tasks = tasks
        self._pool: ProcessPool | None = None

    async def __call__(
        self,
        within: timedelta,
        function: Callable[P, T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a module's function, found there by its name, on values that pickle.

        A `MonitorError` that it raises comes back as it was raised.

        Raises:
            WorkerError: The document killed its worker, or broke the function.
        """
        name = getattr(function, "__name__", "work")
        future = self._open().schedule(
            partial(function, *args, **kwargs), timeout=within.total_seconds()
        )
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError as error:
            seconds = f"{within.total_seconds():g} s"
            raise WorkerError(name, f"not done within {seconds}") from error
        except ProcessExpired as error:
            raise WorkerError(name, "its process died") from error
        except MemoryError as error:
            raise WorkerError(name, "too little memory") from error
        except CancelledError as error:
            raise asyncio.CancelledError from error
        except MonitorError:
            raise
        except Exception as error:  # what is foreign breaks itself alone
            raise WorkerError(name, f"{type(error).__name__} in it") from error

    async def __aenter__(self) -> Self:
        """Start nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every worker at once; what they were at is not waited for."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Stop every worker; the next task would start new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def _open(self) -> ProcessPool:
        if self._pool is None:
            context = _ForkServer()
            context.set_forkserver_preload(list(PRELOADED))
            self._pool = ProcessPool(
                max_workers=self._count,
                max_tasks=self._tasks,
                initializer=_confine,
                initargs=(self._memory,),
                context=context,
            )
        return self._pool


class _Process(ForkServerProcess):
    """A process that does not run the caller's main module over again.

    multiprocessing does so for functions that were defined there; ours never are.
    It would cost each worker the imports of the command line, or of a Prefect run,
    and fails where the main module is no file.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802  # its own name
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return Popen(process_obj)
        finally:
            sys.modules["__main__"] = main


class _ForkServer(ForkServerContext):
    """New workers fork from one clean process that has the parsers loaded."""

    Process = _Process


def _confine(memory: int) -> None:
    """Limit this process, and have it end with the one that it works for.

    A run that is killed cannot stop its workers, and one that hangs in a hostile
    document would burn a core for ever.
    """
    keep_to_lines()
    # Python's handler, which pebble sets, waits for C code to return: three seconds
    # in which nobody else is served.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parent = parent_process()
    if sys.platform == "linux" and parent is not None:  # elsewhere neither is kept
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        _end_with(parent.sentinel)


def _end_with(sentinel: int) -> None:
    """Have the kernel kill this process when the pipe ``sentinel`` breaks.

    A thread that waits for it would never get the lock from C code that hangs.
    """
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(sentinel, fcntl.F_GETFL)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
