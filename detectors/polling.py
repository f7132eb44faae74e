"""When to ask a feed again: its pace, a server's wish, and patience after failures.

No clock here: ``now`` is given, and chance is a hash of the feed's address, so
that the same feed always gets the same share of jitter.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import xxhash

CYCLE = timedelta(minutes=5)  # what a feed without any other pace is asked by
JITTER = 0.1  # of the interval: 200 feeds of one cycle spread over half a minute
SLOWEST = timedelta(days=1)  # a feed that failed for a week is still asked daily
LONGEST_WAIT = timedelta(days=31)  # a server may not ask for more
_MOST_DOUBLINGS = 20
_SECONDS = re.compile(r"\d{1,12}")


class PollReason(StrEnum):
    """Why a feed is due when it is."""

    PACE = "its interval"
    BACK_OFF = "failed, longer each time"
    RETRY_AFTER = "the server asked to wait"
    GONE = "gone for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When a feed is asked again, and why; never again when it is gone."""

    due_at: datetime
    reason: PollReason

    @property
    def is_gone(self) -> bool:
        """Whether asking ends here, until somebody revives the feed."""
        return self.reason is PollReason.GONE


def next_due(
    url: str,
    *,
    now: datetime,
    interval: timedelta,
    failures: int = 0,
    wait: timedelta | None = None,
    gone: bool = False,
) -> NextPoll:
    """Decide when to ask the feed at ``url`` again.

    A good answer comes a little *before* its interval is over, else a cycle of
    the same length would only find it due every second time. After failures the
    interval doubles each time, up to a day, and a server's wish is a floor.

    Args:
        url: The feed's address, which settles its jitter.
        now: When it was asked.
        interval: The pace that its owner wants.
        failures: How often in a row it has now failed; 0 after a good answer.
        wait: What the server asked for, as `asked_wait` reads it.
        gone: The server said 410.
    """
    if gone:
        return NextPoll(due_at=now + LONGEST_WAIT, reason=PollReason.GONE)
    share = JITTER * _chance(url)
    if failures == 0:
        due, reason = now + interval * (1 - share), PollReason.PACE
    else:
        patience = min(interval * 2 ** min(failures, _MOST_DOUBLINGS), SLOWEST)
        due, reason = now + patience * (1 + share), PollReason.BACK_OFF
    if wait is not None and now + wait > due:
        return NextPoll(due_at=now + wait * (1 + share), reason=PollReason.RETRY_AFTER)
    return NextPoll(due_at=due, reason=reason)


def asked_wait(
    retry_after: str | None, *, date: str | None, now: datetime | None = None
) -> timedelta | None:
    """Read ``Retry-After``: seconds, or a date relative to the server's own clock.

    Args:
        retry_after: The header as it came.
        date: The ``Date`` header of the same answer.
        now: Stands in where the server told no time; without it such a date is none.

    Returns:
        0 to 31 days; None for what is neither.

    References:
        RFC 9110 §10.2.3.
    """
    stated = (retry_after or "").strip()
    if _SECONDS.fullmatch(stated):
        wait = timedelta(seconds=min(int(stated), LONGEST_WAIT.total_seconds()))
    else:
        until, told_at = _http_date(stated), _http_date(date or "") or now
        if until is None or told_at is None:
            return None
        wait = until - told_at
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _http_date(stated: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _chance(url: str) -> float:
    """A number 0..1 that is settled by the feed alone."""
    return float(xxhash.xxh3_64_intdigest(url.encode("utf-8", "replace")) / 2**64)
