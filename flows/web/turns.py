"""Hosts in turn: few requests to one at a time, and a breath between two."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

PER_HOST = 1  # connections to one host at a time
DELAY = timedelta(seconds=1)  # 60 feeds of one host are asked within a minute


class Turns:
    """Who may be asked now; one for a whole `Web`.

    Args:
        per_host: Requests to one host at a time.
        delay: From the end of one to the start of the next; None: `DELAY`, and none
            to hosts of our own networks, which nobody else loads.
    """

    def __init__(self, *, per_host: int, delay: timedelta | None) -> None:
        """Nobody was asked yet."""
        self._delay = delay
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(per_host)
        )
        self._free_at: dict[str, float] = {}
        self._wished: dict[str, timedelta] = {}

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Have one of the host's slots."""
        async with self._slots[host]:
            yield

    async def breath(self, host: str) -> None:
        """Wait until the host has had its rest since the last request."""
        wait = self._free_at.get(host, 0.0) - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)

    def slow_down(self, host: str, delay: timedelta) -> None:
        """Leave at least ``delay`` between two requests to the host, from now on."""
        self._wished[host] = delay

    def asked(self, host: str, *, own: bool) -> None:
        """A request to the host ended; ``own``: it is in a network of ours."""
        usual = timedelta(0) if own else DELAY
        delay = usual if self._delay is None else self._delay
        delay = max(delay, self._wished.get(host, delay))
        now = asyncio.get_running_loop().time()
        self._free_at[host] = now + delay.total_seconds()
