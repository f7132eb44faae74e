"""Several coroutines side by side, none of them left behind.

Not `asyncio.TaskGroup`: it wraps the one error that matters into a group, and the
command line would not know it for ours.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

K = TypeVar("K")
T = TypeVar("T")


@asynccontextmanager
async def side_by_side(
    jobs: Mapping[K, Coroutine[Any, Any, T]],
) -> AsyncIterator[Mapping[K, "asyncio.Task[T]"]]:
    """Start every job; at the end, also by an error, whatever still runs is ended."""
    tasks = {key: asyncio.create_task(job) for key, job in jobs.items()}
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def finished(tasks: Mapping[K, "asyncio.Task[T]"], *, by: float) -> Mapping[K, T]:
    """What came of those that are done when the loop's own time is ``by``."""
    if tasks:
        left = by - asyncio.get_running_loop().time()
        await asyncio.wait(tasks.values(), timeout=max(left, 0))
    return {key: task.result() for key, task in tasks.items() if task.done()}
