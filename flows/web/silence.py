"""Hosts that do not answer, remembered for a minute.

Sixty feeds of a host that swallows every packet would hold a cycle for half an
hour, one time-out after the other.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

from flows.errors import FailureReason, FetchError

PATIENCE = 3  # time-outs in a row: one may be chance, two a pause
SECONDS = 60.0  # less than any cycle, so that the next one tries again

_SILENT = frozenset(
    {
        FailureReason.CONNECT,
        FailureReason.NAME,
        FailureReason.TIMEOUT,
        FailureReason.TLS,
    }
)


@dataclass(slots=True)
class _Record:
    """How often in a row, how at last, and when by the loop's clock."""

    times: int = 0
    reason: FailureReason = FailureReason.TIMEOUT
    at: float = 0.0


class Silence:
    """Who did not answer lately; one for a whole `Web`."""

    def __init__(self) -> None:
        """Know nothing of anybody."""
        self._records: defaultdict[str, _Record] = defaultdict(_Record)

    def check(self, host: str, url: str) -> None:
        """Spare a host that was silent three times in a row, and ourselves.

        Raises:
            FetchError: With the reason of the last time.
        """
        record = self._records[host]
        lately = asyncio.get_running_loop().time() - record.at < SECONDS
        if record.times >= PATIENCE and lately:
            raise FetchError(url, record.reason, "its host is silent, not asked")

    def note(self, host: str, reason: FailureReason | None) -> None:
        """Remember how a request to ``host`` ended; None is an answer."""
        if reason not in _SILENT:
            self._records.pop(host, None)
            return
        record = self._records[host]
        record.times += 1
        record.reason = reason
        record.at = asyncio.get_running_loop().time()
