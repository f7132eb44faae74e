"""Acceptance: how late entries are seen on a simulated day of 500 feeds.

Their paces are those of 52 streams that were polled for months: 50 sections of a news
site's front page, that front page, and a live blog. They publish at random by the hours
of that front page's day, in the bursts that it has. No socket: what is judged is when.
"""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from detectors import courses
from detectors.courses import Heard, Seen
from detectors.model import (
    Feed,
    FeedCourse,
    FeedDocument,
    FeedEntry,
    FeedHints,
    FeedState,
    Validators,
)
from detectors.polling import CYCLE, next_due

SEED = 20261124
FEEDS = 500
DAYS = 3  # the last of which counts
BEGAN_AT = datetime(2026, 3, 2, tzinfo=UTC)
COUNTED_FROM = BEGAN_AT + timedelta(days=DAYS - 1)
ENDED_AT = BEGAN_AT + timedelta(days=DAYS)
# Hours between two entries: deciles of the 52 streams.
GAPS = (0.5, 6.7, 16.4, 26.9, 30.3, 43.0, 51.4, 71.1, 140.1, 186.1, 348.2)
SPREAD = 1.17  # standard deviation of the gaps over their mean, their median
BY_HOUR = (  # UTC, of 1
    1.42, 0.86, 0.68, 0.52, 0.57, 0.66, 0.88, 0.82, 1.11, 1.22, 1.14, 1.10,
    0.97, 1.00, 0.99, 1.10, 1.00, 1.18, 1.11, 0.82, 0.93, 1.17, 1.09, 1.64,
)  # fmt: skip
SPOKE_EVERY = 10  # every tenth feed made us speak in the last week,
WISHES_EVERY = 4  # and every fourth has a wish of its server or publisher
WISHES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
STORED_WITHIN = 30.0  # seconds, from a cycle's start to an entry's row (P6)


@dataclass
class Publisher:
    """One feed: what it publishes when, and how we fare with it."""

    feed: Feed
    publishes: Sequence[datetime]
    wish: timedelta | None
    hinted: bool
    seen: int = 0
    polls: int = 0

    def poll(self, now: datetime, stored_at: datetime) -> Iterator[timedelta]:
        """Ask it as `flows.keeping` does; how late what is new was stored."""
        upto = bisect_right(self.publishes, now, self.seen)
        new, self.seen = self.publishes[self.seen : upto], upto
        self.polls += now >= COUNTED_FROM
        hints = FeedHints(every=self.wish if self.hinted else None)
        fresh_until = now + self.wish if self.wish and not self.hinted else None
        heard = Heard(
            validators=Validators(), issuer=self.feed.url, fresh_until=fresh_until
        )
        if new:
            entries = (FeedEntry(entry_id="1", url="", title=""),)
            document = FeedDocument(
                title="", language=None, entries=entries, parser="", hints=hints
            )
            seen = Seen(new=len(new), known=1)
            folded = courses.read(self.feed, heard, document, seen, now=now)
        else:
            folded = courses.unchanged(self.feed, heard, now=now, was_read=False)
        due = next_due(folded.feed, now=now)
        self.feed = replace(folded.feed, next_due_at=due.due_at)
        yield from (stored_at - at for at in new if at >= COUNTED_FROM)


def publisher(number: int, rng: np.random.Generator) -> Publisher:
    hours = float(np.interp(rng.uniform(0, 10), range(11), GAPS))
    spoke = number % SPOKE_EVERY == 0
    wishes = not spoke and number % WISHES_EVERY == 1
    feed = Feed(
        id=number,
        url=f"https://wire{number}.test/feed",
        title="",
        source="",
        state=FeedState.ACTIVE,
        added_at=BEGAN_AT,
        next_due_at=BEGAN_AT,
        baseline_at=BEGAN_AT,
        alerted_at=COUNTED_FROM - timedelta(days=2) if spoke else None,
        course=FeedCourse(pace=timedelta(hours=hours)),
    )
    return Publisher(
        feed=feed,
        publishes=moments(hours, rng),
        wish=WISHES[number % len(WISHES)] if wishes else None,
        hinted=bool(rng.integers(2)),
    )


def moments(hours: float, rng: np.random.Generator) -> list[datetime]:
    """Entries of one feed, in bursts and by the hour of the day."""
    shape, most = 1 / SPREAD**2, max(BY_HOUR)
    at, found = BEGAN_AT - timedelta(hours=float(rng.uniform(0, hours))), []
    while at < ENDED_AT:
        gap = rng.gamma(shape, hours / most / shape)
        at += timedelta(hours=float(gap))
        if rng.uniform(0, most) < BY_HOUR[at.hour] and at >= BEGAN_AT:
            found.append(at)
    return found


@pytest.fixture(scope="module")
def day():
    return simulated()


def simulated() -> tuple[list[Publisher], dict[bool, list[float]]]:
    """Every feed after its days, and minutes of delay by whether it spoke lately."""
    rng = np.random.default_rng(SEED)
    publishers = [publisher(number, rng) for number in range(FEEDS)]
    late: dict[bool, list[float]] = {True: [], False: []}
    start = BEGAN_AT
    while start < ENDED_AT:
        now = start + timedelta(seconds=float(rng.uniform(-5, 5)))
        for each in publishers:
            if each.feed.next_due_at <= now:
                stored_at = now + timedelta(seconds=rng.uniform(0, STORED_WITHIN))
                spoke = each.feed.alerted_at is not None
                late[spoke] += [
                    delay / timedelta(minutes=1) for delay in each.poll(now, stored_at)
                ]
        start += CYCLE
    return publishers, late


def test_how_late_entries_are_seen_on_a_day_of_500_feeds(day, capsys):
    """Of feeds that spoke in the last week within 6 minutes at p95."""
    publishers, late = day
    everything = late[True] + late[False]
    quiet = [each.polls for each in publishers if each.feed.alerted_at is None]
    loud = [each.polls for each in publishers if each.feed.alerted_at is not None]
    figures = {
        "entries": len(everything),
        "all p50": np.percentile(everything, 50),
        "all p95": np.percentile(everything, 95),
        "spoke p50": np.percentile(late[True], 50),
        "spoke p95": np.percentile(late[True], 95),
        "others p50": np.percentile(late[False], 50),
        "others p95": np.percentile(late[False], 95),
        "requests a feed": np.mean(quiet + loud),
        "requests a feed that spoke": np.mean(loud),
        "requests another": np.mean(quiet),
    }
    told = ", ".join(f"{name} {value:.1f}" for name, value in figures.items())
    with capsys.disabled():
        sys.stdout.write(f"\na day of {FEEDS} feeds, minutes: {told}\n")
    assert figures["spoke p95"] <= 6
    assert figures["others p50"] <= 20
    assert figures["others p95"] <= 120
    assert figures["requests another"] <= 24


def test_a_server_that_calls_it_fresh_is_not_asked_sooner(day):
    publishers, _ = day
    hourly = [each for each in publishers if each.wish == timedelta(hours=1)]
    assert hourly
    assert all(each.polls <= 24 for each in hourly)
