"""How long a server wants us to wait, or calls its answer fresh, by its headers.

Servers' clocks are wrong by hours: every moment is read against the ``Date`` of the
same answer. What is said twice, or said wrong, never shortens a wait.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=31)  # a server may not ask for more
_SECONDS = re.compile(r"[0-9]{1,12}")
_NUMBER = re.compile(r"[0-9]+")
_MOST_DIGITS = 12
_DIRECTIVE = re.compile(
    r'\s*([^\s=,"]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,]*))?\s*(?:,|$)'
)
_ASK_ALWAYS = frozenset({"no-cache", "no-store"})


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
        return _seconds(stated)
    until, told_at = _http_date(stated), _http_date(date or "") or now
    if until is None or told_at is None:
        return None
    return _clamped(until - told_at)


def fresh_for(told: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long an answer stays fresh, from when it came.

    ``no-cache`` and ``no-store`` beat ``max-age``, which beats ``Expires``; what it
    has lain in caches already (``Age``) is taken off. ``s-maxage`` is for caches that
    many share, and says nothing to us.

    Args:
        told: Headers by lower-case name.
        now: Stands in where the server told no time.

    Returns:
        0 to 31 days; None where nothing is said of it.

    References:
        RFC 9111 §4.2 and §5; a value that cannot be read is stale (§4.2.1).
    """
    directives = _directives(told.get("cache-control", ""))
    if not _ASK_ALWAYS.isdisjoint(directives):
        return timedelta(0)
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    elif "expires" in told:
        until = _http_date(told["expires"])
        told_at = _http_date(told.get("date", "")) or now
        lifetime = _clamped(until - told_at) if until else timedelta(0)
    else:
        return None
    return max(lifetime - _seconds(told.get("age", "").strip()), timedelta(0))


def _directives(stated: str) -> dict[str, str]:
    """Each directive once, the first of those that are said twice."""
    found: dict[str, str] = {}
    for name, value in _DIRECTIVE.findall(stated):
        found.setdefault(name.lower(), value.strip('"').strip())
    return found


def _seconds(stated: str) -> timedelta:
    """A number of seconds, at most 31 days; 0 for what is none."""
    if not _NUMBER.fullmatch(stated):
        return timedelta(0)
    if len(stated) > _MOST_DIGITS:
        return LONGEST_WAIT
    return min(timedelta(seconds=int(stated)), LONGEST_WAIT)


def _clamped(wait: timedelta) -> timedelta:
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _http_date(stated: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
