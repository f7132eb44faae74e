"""How a source is doing, in one word, since when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from detectors.courses import is_silent
from detectors.model import Feed, FeedState, Notice
from detectors.polling import CYCLE

LATE_CYCLES = 3  # one cycle may be slow and the next one busy; three are our fault


class HealthState(StrEnum):
    """How a feed is, worst first."""

    GONE = "gone"
    FAILING = "failing"
    SILENT = "silent"
    LATE = "late"
    NEW = "new"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A feed's state.

    Args:
        since: Since when it is so; None while it is well.
        why: In a sentence's words; "" while it is well.
        gap: The time that is usual between two new entries, once it is known.
        notices: What the desk was told of it that is not over.
    """

    feed: Feed
    state: HealthState
    since: datetime | None = None
    why: str = ""
    gap: timedelta | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.state in (HealthState.NEW, HealthState.OK)


def healths(
    feeds: Iterable[Feed],
    notices: Iterable[Notice],
    *,
    now: datetime,
    cycle: timedelta = CYCLE,
) -> tuple[Health, ...]:
    """How each feed is, the worst first, those of one state in their order.

    Args:
        feeds: As they are stored.
        notices: Open ones, of any subject.
        now: Feeds are late against this.
        cycle: How often what is due is asked.
    """
    open_notices = tuple(notices)
    found = [_health(feed, open_notices, now, cycle) for feed in feeds]
    order = {state: place for place, state in enumerate(HealthState)}
    return tuple(sorted(found, key=lambda health: order[health.state]))


def _health(
    feed: Feed, notices: tuple[Notice, ...], now: datetime, cycle: timedelta
) -> Health:
    state, since, why = _state(feed, now, cycle)
    own = tuple(notice for notice in notices if notice.subject == f"feed:{feed.id}")
    gap = feed.course.pace
    return Health(feed=feed, state=state, since=since, why=why, gap=gap, notices=own)


def _state(
    feed: Feed, now: datetime, cycle: timedelta
) -> tuple[HealthState, datetime | None, str]:
    course = feed.course
    if feed.state is FeedState.GONE:
        return HealthState.GONE, feed.polled_at, feed.failure or "its server said so"
    if feed.failures:
        since = course.first_failed_at or feed.polled_at
        return HealthState.FAILING, since, feed.failure or ""
    if feed.polled_at is not None and is_silent(feed, now):
        since = course.changed_at or feed.baseline_at
        return HealthState.SILENT, since, "nothing for longer than is usual for it"
    if now - feed.next_due_at > LATE_CYCLES * cycle:
        return HealthState.LATE, feed.next_due_at, "due, and nobody asked it"
    if feed.polled_at is None:
        return HealthState.NEW, feed.added_at, "not asked yet"
    return HealthState.OK, None, ""
