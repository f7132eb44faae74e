"""Slack's rate limits: so many requests a minute, and short bursts beyond.

References:
    docs.slack.dev/apis/web-api/rate-limits, for the tiers, for one message a second a
    channel, and for reading by apps that are sold outside Slack's marketplace.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

BURST = 10  # "short bursts are tolerated": their size is not documented


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One request ``every`` so long, and ``burst`` of them at once after a rest."""

    every: timedelta
    burst: int = BURST


POSTING = Allowance(every=timedelta(seconds=1))  # a channel
TIER_2 = Allowance(every=timedelta(minutes=1) / 20)
TIER_3 = Allowance(every=timedelta(minutes=1) / 50)
TIER_4 = Allowance(every=timedelta(minutes=1) / 100)
STRICT_READING = Allowance(every=timedelta(minutes=1), burst=1)
STRICT_PAGE = 15  # objects, with STRICT_READING


@dataclass(slots=True)
class Limiter:
    """Remembers by key when the next request would have been due (GCRA)."""

    _due: dict[str, datetime] = field(default_factory=dict)

    def wait(self, key: str, allowance: Allowance, now: datetime) -> timedelta | None:
        """None if the request may pass, and how long to wait if not.

        >>> from datetime import UTC
        >>> limiter, now = Limiter(), datetime(2026, 3, 1, tzinfo=UTC)
        >>> [limiter.wait("history", STRICT_READING, now) for _ in range(2)]
        [None, datetime.timedelta(seconds=60)]
        """
        due = max(self._due.get(key, now), now)
        early = due - now - allowance.every * (allowance.burst - 1)
        if early > timedelta(0):
            return early
        self._due[key] = due + allowance.every
        return None
