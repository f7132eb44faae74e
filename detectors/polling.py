"""When to ask a feed again, out of what is stored of it: one function, with its reason.

A feed with a ninth of another's entries is asked a third as often: of all ways to share
out requests, that by the root of the pace leaves the least delay. What its publisher
says of it, what its server asks for, and how it failed make it wait longer, never
shorter; only the desk may go below the first.

No clock here: ``now`` is given, and chance is a hash of the feed's address, so that the
same feed always gets the same share of jitter.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter

import xxhash

from detectors import urls
from detectors.durations import render_duration
from detectors.model import Feed, FeedState, Host, Validators, WaitScope

CYCLE = timedelta(minutes=5)  # how often what is due is asked, unless set otherwise
SLOWEST = timedelta(days=1)  # a feed that failed for a week is still asked daily
FLOOR = timedelta(
    seconds=60
)  # however often somebody forces it (FreshRSS waits 15 min)

# A feed with an entry each `HASTE` is asked as often; one with four times that gap
# twice as rarely. Over 52 streams as they came (51 sections of a front page over 76
# days, a live blog): 19 requests a feed a day, entries 9 minutes late at the median
# and 62 at p95. Half the gap takes 10 requests for p95 307, where the root with three
# times this haste takes 11 for 106 (2026-11).
HASTE = timedelta(minutes=5)
# A feed that was silent for four of its gaps is taken to have slowed down: a tenth of
# the requests, for two minutes of p95.
SILENCE_SHARE = 4
LATELY = timedelta(days=7)  # who made us speak in that time is asked in each cycle
SLOWEST_LATELY = timedelta(hours=1)  # and not left alone for a day when it fails

JITTER = 0.1  # of the interval: 200 feeds of one cycle spread over half a minute
EARLY = 0.1  # of a cycle: cycles start seconds late or early, and find what is due

# A server that says "not modified" for so long is asked once without conditions.
CHECK_AFTER = timedelta(hours=48)

_MOST_DOUBLINGS = 20
_HOURS_A_DAY = 24
_MOMENTS = (
    "answered_at",
    "read_at",
    "changed_at",
    "goes_stale_at",
    "rest_ends_at",
    "first_failed_at",
    "moved_at",
    "gap_at",
)


class PollReason(StrEnum):
    """What decided when a feed is due."""

    NEW = "new"
    PACE = "pace"
    SPOKE = "spoke lately"
    DESK = "desk's interval"
    GAP = "may have missed entries"
    HINTS = "publisher's wish"
    FRESH = "server calls it fresh"
    BACK_OFF = "failed"
    RETRY_AFTER = "server asked to wait"
    GONE = "gone for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When a feed is asked again, and why, in a sentence's words.

    It is never asked again where ``reason`` is GONE, until somebody revives it.
    """

    due_at: datetime
    reason: PollReason
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pace:
    """An interval, and what set it."""

    interval: timedelta
    reason: PollReason
    why: str


def next_due(feed: Feed, *, now: datetime, cycle: timedelta = CYCLE) -> NextPoll:
    """Decide when ``feed`` is asked again, from all that is stored of it.

    A good answer comes a little *before* its interval is over, else a cycle of
    the same length would only find it due every second time. After failures the
    interval doubles each time, up to a day. What a server asks for is a floor.

    Args:
        feed: As its last poll left it.
        now: A feed that was not asked yet is due at once; and one that was asked
            later than that, by a clock that was wrong, was asked just now.
        cycle: How often we look what is due: no feed is asked more often.
    """
    if feed.state is FeedState.GONE:
        return NextPoll(
            due_at=now + SLOWEST, reason=PollReason.GONE, why="its server said so: gone"
        )
    if feed.polled_at is None:
        return NextPoll(due_at=now, reason=PollReason.NEW, why="new")
    asked_at = min(feed.polled_at, now)
    pace = _pace(feed, asked_at, cycle)
    due = (
        _patient(feed, pace, asked_at)
        if feed.failures
        else _paced(feed, pace, asked_at, cycle)
    )
    rest = feed.course.rest_ends_at
    if rest is not None and rest > due.due_at:
        why = f"its server asked to wait until {_moment(rest)}"
        return _after(feed, rest, PollReason.RETRY_AFTER, why, cycle)
    return due


def usual_gap(feed: Feed, now: datetime) -> timedelta:
    """The time to expect between two entries: its pace, unless it has fallen silent.

    Without a pace yet, it is how long nothing came: such a feed is asked at moments
    that lie ever farther apart.
    """
    course = feed.course
    began_at = course.changed_at or feed.baseline_at or feed.added_at
    silence = max(now - began_at, timedelta(0))
    if course.pace is None:
        return silence
    return max(course.pace, silence / SILENCE_SHARE)


def spoke_lately(feed: Feed, now: datetime) -> bool:
    """Whether an entry of it made us speak in the last days."""
    return feed.alerted_at is not None and now - feed.alerted_at < LATELY


def may_force(feed: Feed, now: datetime) -> bool:
    """Whether haste may ask it at ``now``: not within a minute, nor while it rests."""
    if feed.state is FeedState.GONE:
        return False
    polled_at = feed.polled_at
    return polled_at is None or not timedelta(0) <= now - polled_at < FLOOR


def rests(feed: Feed, now: datetime) -> bool:
    """Whether its server asked us not to ask yet."""
    rest = feed.course.rest_ends_at
    return rest is not None and rest > now


def conditions(feed: Feed) -> tuple[Validators, str | None]:
    """The validators to ask with, and the only address that they may go to.

    None are sent to a server whose validators lied, and no ETag where the desk says
    that it mistakes them.
    """
    if feed.course.distrusted:
        return Validators(), None
    kept = feed.validators
    if feed.wishes.dates_only:
        kept = replace(kept, etag=None)
    return kept, feed.course.issuer


def wants_check(feed: Feed, now: datetime) -> bool:
    """Whether "not modified" is to be checked once by asking without conditions.

    A day after the last body at the earliest, and three at the latest: spread, so that
    feeds that were added together are not all asked so in one cycle.
    """
    read_at = feed.course.read_at
    if read_at is None or feed.body_hash is None:
        return False
    return now - read_at >= CHECK_AFTER * (0.75 + 0.5 * _chance(feed.url))


def wait_scope(
    wish: WaitScope | None, setting: WaitScope | None, *, own: bool
) -> WaitScope:
    """Who rests when a server asks to wait.

    Args:
        wish: Of the desk, for the feed that was asked; it goes first.
        setting: The desk's, for all feeds; None: the host, but the feed alone where it
            comes from a network of ours: such a server speaks for many sites.
        own: Whether it comes from there.
    """
    usual = WaitScope.FEED if own else WaitScope.HOST
    return wish or setting or usual


def set_back(feed: Feed, now: datetime) -> Feed:
    """A feed that was asked by a clock that ran ahead, as if asked at ``now``.

    Every moment of it moves by as much: so a wait is as long as it was, and nothing
    is due a day late because the clock was a day wrong.
    """
    if feed.polled_at is None or feed.polled_at <= now:
        return feed
    ahead = feed.polled_at - now
    course = feed.course
    moved = {
        name: moment - ahead
        for name in _MOMENTS
        if (moment := getattr(course, name)) is not None and moment > now
    }
    return replace(
        feed,
        polled_at=now,
        next_due_at=max(feed.next_due_at - ahead, now),
        course=replace(course, **moved),
    )


def postponed(feed: Feed, host: Host, *, cycle: timedelta = CYCLE) -> Feed:
    """A feed that is left in peace because its host wants no request."""
    why = f"{host.name} asked us to wait until {_moment(host.rest_ends_at)}"
    after = _after(feed, host.rest_ends_at, PollReason.RETRY_AFTER, why, cycle)
    return replace(feed, next_due_at=after.due_at, due_reason=after.why)


def in_turn(feeds: Iterable[Feed]) -> tuple[Feed, ...]:
    """Feeds in the order of asking: heavier ones first, hosts in turn among equals.

    Of one host's feeds the longest due comes first; a host with sixty of them does
    not keep those of the others waiting.

    Args:
        feeds: Longest due first.
    """
    asked: Counter[tuple[float, str]] = Counter()
    order = []
    for number, feed in enumerate(feeds):
        key = (feed.wishes.weight, urls.place(feed.url))
        asked[key] += 1
        order.append((-feed.wishes.weight, asked[key], number, feed))
    return tuple(feed for *_, feed in sorted(order, key=itemgetter(0, 1, 2)))


def _pace(feed: Feed, now: datetime, cycle: timedelta) -> _Pace:
    """How often it is wanted, whatever server and publisher say."""
    if feed.interval is not None:
        why = f"every {_length(feed.interval)}, as the desk wants"
        return _Pace(
            interval=max(feed.interval, cycle), reason=PollReason.DESK, why=why
        )
    if spoke_lately(feed, now):
        why = f"in each cycle: it made us speak on {_day(feed.alerted_at)}"
        return _Pace(interval=cycle, reason=PollReason.SPOKE, why=why)
    gap = usual_gap(feed, now)
    interval = min(max(_root(gap), cycle), SLOWEST)
    hurry = feed.course.hurry
    if hurry is not None and hurry < interval:
        why = f"sooner: entries may have been missed on {_day(feed.course.gap_at)}"
        return _Pace(interval=max(hurry, cycle), reason=PollReason.GAP, why=why)
    return _Pace(interval=interval, reason=PollReason.PACE, why=_told_pace(feed, gap))


def _root(gap: timedelta) -> timedelta:
    """How often to ask a feed with this time between two entries.

    Over sources that come at random, requests at rates that go as the roots of theirs
    make the sum of all delays the least that so many requests can (by Lagrange; compare
    Cho and Garcia-Molina 2003, "Effective page refresh policies for web crawlers").
    """
    return timedelta(seconds=math.sqrt(gap.total_seconds() * HASTE.total_seconds()))


def _told_pace(feed: Feed, gap: timedelta) -> str:
    if feed.course.pace is None:
        return "nothing new yet: ever more rarely"
    if gap > feed.course.pace:
        return f"silent since {_moment(feed.course.changed_at)}: ever more rarely"
    return f"a new entry about every {_length(gap)}"


def _paced(feed: Feed, pace: _Pace, asked_at: datetime, cycle: timedelta) -> NextPoll:
    """After a good answer: by its pace, not before hints and freshness allow."""
    early = pace.interval * JITTER * _chance(feed.url) + cycle * EARLY
    due_at, reason, why = asked_at + pace.interval - early, pace.reason, pace.why
    if pace.reason is PollReason.DESK:  # it may go below what publishers wish
        return NextPoll(due_at=due_at, reason=reason, why=why)
    hinted = _hinted(feed, max(due_at, asked_at), asked_at, cycle)
    if hinted > due_at:
        due_at, reason, why = hinted, PollReason.HINTS, "its publisher wants it so"
    fresh = feed.course.goes_stale_at
    if fresh is not None and spoke_lately(feed, asked_at):
        fresh = min(fresh, asked_at + SLOWEST)
    if fresh is not None and fresh > due_at:
        why = f"its server calls its answer fresh until {_moment(fresh)}"
        return _after(feed, fresh, PollReason.FRESH, why, cycle)
    return NextPoll(due_at=due_at, reason=reason, why=why)


def _hinted(
    feed: Feed, due_at: datetime, asked_at: datetime, cycle: timedelta
) -> datetime:
    """Not before the publisher's wish allows, which is heard for a day at most."""
    hints = feed.course.hints
    every = min(hints.every or timedelta(0), SLOWEST)
    if every > cycle:
        due_at = max(due_at, asked_at + every)
    for _ in range(_HOURS_A_DAY + 1):
        if due_at.hour not in hints.skip_hours and (
            due_at.weekday() not in hints.skip_days
        ):
            break
        due_at = due_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(due_at, max(asked_at + SLOWEST, asked_at + every))


def _patient(feed: Feed, pace: _Pace, asked_at: datetime) -> NextPoll:
    """After failures twice as long each time; once as their day ends, to tell of it."""
    course = feed.course
    lately = spoke_lately(feed, asked_at) and not course.throttled
    longest = SLOWEST_LATELY if lately else SLOWEST
    doublings = min(feed.failures, _MOST_DOUBLINGS)
    patience = min(pace.interval * 2**doublings, max(longest, pace.interval))
    due_at = asked_at + patience * (1 + JITTER * _chance(feed.url))
    first = course.first_failed_at
    if first is not None and not course.throttled:
        day = first + SLOWEST
        due_at = min(due_at, day) if day > asked_at + pace.interval * 2 else due_at
    times = "once" if feed.failures == 1 else f"{feed.failures} times in a row"
    return NextPoll(
        due_at=due_at, reason=PollReason.BACK_OFF, why=f"failed {times}, so later"
    )


def _after(
    feed: Feed, moment: datetime, reason: PollReason, why: str, cycle: timedelta
) -> NextPoll:
    """Soon after a moment before which it may not be; feeds of a host are spread."""
    share = cycle * JITTER * _chance(feed.url)
    return NextPoll(due_at=moment + share, reason=reason, why=why)


def _length(length: timedelta) -> str:
    """A length of time, rounded to what a reader wants to know of it."""
    minutes = round(length / timedelta(minutes=1))
    if length < timedelta(hours=3):
        return render_duration(timedelta(minutes=max(minutes, 1)))
    if length < timedelta(days=3):
        return render_duration(timedelta(hours=round(minutes / 60)))
    return render_duration(timedelta(days=round(length / timedelta(days=1))))


def _moment(moment: datetime | None) -> str:
    return f"{_day(moment)} {moment:%H:%M} UTC" if moment else "it was added"


def _day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B}" if moment else ""


def _chance(url: str) -> float:
    """A number 0..1 that is settled by the feed alone."""
    return float(xxhash.xxh3_64_intdigest(url.encode("utf-8", "replace")) / 2**64)
