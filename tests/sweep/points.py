"""Time and points that processes share: where one can die, and at what hour.

A point is a moment just before or after something is written or sent. Points are
numbered from 1 in the order in which they are passed, by whoever passes them: the
process that delivers, and the Slack that takes its messages.
"""

import mmap
import os
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.clock import Clock

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)

_AHEAD, _PASSED, _ENDS_AT, _SIGNAL, _PID = (8 * place for place in range(5))
_SIZE = 40


class Shared:
    """One clock and one row of points, in a file that every process maps.

    The clock stands still but where somebody sleeps, so that a run passes the same
    points each time.

    Args:
        path: The file; made if it is not there. The names of points are written to
            another beside it.

    Attributes:
        wrong: By how much senders in this process are told a wrong time.
    """

    def __init__(self, path: Path) -> None:
        """Map the file."""
        self.path = path
        self.wrong = timedelta(0)
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)
        self._log = os.open(self._names, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def close(self) -> None:
        """Let go of the files."""
        self._page.close()
        os.close(self._log)

    # --- the clock -------------------------------------------------------------------

    @property
    def ahead(self) -> timedelta:
        """How far the clock went since `START`."""
        (seconds,) = struct.unpack_from("d", self._page, _AHEAD)
        return timedelta(seconds=seconds)

    @ahead.setter
    def ahead(self, passed: timedelta) -> None:
        struct.pack_into("d", self._page, _AHEAD, passed.total_seconds())

    def now(self) -> datetime:
        """The moment that the clock shows."""
        return START + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.ahead += timedelta(seconds=seconds)

    @property
    def clock(self) -> Clock:
        """As what delivers takes it."""
        return Clock(now=self._told, elapsed=self._elapsed, sleep=self.sleep)

    def _told(self) -> datetime:
        return self.now() + self.wrong

    def _elapsed(self) -> float:
        return self.ahead.total_seconds()

    # --- the points ------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The points that were passed."""
        return self._names.read_text(encoding="utf-8").splitlines()

    def begin(
        self, *, ends_at: int | None = None, by: signal.Signals = signal.SIGKILL
    ) -> None:
        """Count from 1 again; whoever is `mortal` is sent ``by`` at point ``ends_at``.

        By SIGSTOP it does not die there but freezes, until somebody wakes it.
        """
        self._set(_PASSED, 0)
        self._set(_ENDS_AT, ends_at or 0)
        self._set(_SIGNAL, by)
        self._set(_PID, 0)
        os.truncate(self._names, 0)

    def mortal(self) -> None:
        """From now on this is the process that passes points, and dies at one."""
        self._set(_PID, os.getpid())

    def passing(self, name: str) -> None:
        """Pass a point, or let the mortal process end there."""
        pid = self._get(_PID)
        if not pid:
            return
        passed = self._get(_PASSED) + 1
        self._set(_PASSED, passed)
        os.write(self._log, f"{name}\n".encode())
        if passed == self._get(_ENDS_AT):
            self._set(_PID, 0)
            os.kill(pid, self._get(_SIGNAL))

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        """A point before something and another after it, whatever becomes of it."""
        self.passing(f"before {name}")
        try:
            yield
        finally:
            self.passing(f"after {name}")

    @property
    def _names(self) -> Path:
        return self.path.with_suffix(".names")

    def _get(self, place: int) -> int:
        (value,) = struct.unpack_from("Q", self._page, place)
        return int(value)

    def _set(self, place: int, value: int) -> None:
        struct.pack_into("Q", self._page, place, value)
