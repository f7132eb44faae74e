"""The one place that reads a clock; everything else takes ``now``."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def elapsed() -> float:
    """Seconds since some moment; unlike `now` it never jumps."""
    return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time for what has to wait: the moment, what passed, and how to let it pass."""

    now: Callable[[], datetime] = now
    elapsed: Callable[[], float] = elapsed
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
