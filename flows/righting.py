"""A clock that ran ahead and was put right: what was kept by it, mended.

Else a feed that was asked "tomorrow" would be due the day after, and a server that
asked for two hours would have a day and two hours.
"""

from dataclasses import replace
from datetime import datetime

from detectors.polling import set_back
from detectors.urls import place
from storage.database import UnitOfWork


def right_clock(unit: UnitOfWork, now: datetime) -> int:
    """Let waits be as long as they were; of how many feeds that was asked."""
    ahead = unit.feeds.ahead(now)
    for feed in ahead:
        right = set_back(feed, now)
        unit.feeds.record_poll(right)
        wrong_end, end = feed.course.rest_ends_at, right.course.rest_ends_at
        if wrong_end is not None and end is not None:
            _right_host(unit, place(feed.url), wrong_end, end)
    return len(ahead)


def _right_host(unit: UnitOfWork, host: str, wrong: datetime, right: datetime) -> None:
    """The rest of a host, and its feeds that were put off until its end."""
    if not unit.hosts.correct(host, wrong, right):
        return
    for feed in unit.feeds.all():
        if place(feed.url) == host and feed.next_due_at >= wrong:
            due_at = feed.next_due_at - (wrong - right)
            unit.feeds.postpone(replace(feed, next_due_at=due_at))
