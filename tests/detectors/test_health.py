from dataclasses import replace
from datetime import UTC, datetime, timedelta

from detectors.health import HealthState, healths
from detectors.model import Feed, FeedCourse, FeedState, Notice, NoticeKind

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def feed(number=1, **more):
    course = FeedCourse(answered_at=NOON, changed_at=NOON - HOUR, pace=HOUR, lull=HOUR)
    usual = {
        "title": f"Feed {number}", "source": "S", "state": FeedState.ACTIVE,
        "added_at": NOON - 30 * DAY, "next_due_at": NOON + HOUR, "polled_at": NOON,
        "baseline_at": NOON - 30 * DAY, "course": course,
    }  # fmt: skip
    return Feed(id=number, url=f"https://w.test/{number}", **{**usual, **more})


def one(given, *notices, now=NOON):
    (health,) = healths([given], notices, now=now)
    return health


def test_a_feed_that_answers_is_well():
    health = one(feed())
    assert (health.state, health.since, health.why) == (HealthState.OK, None, "")
    assert health.gap == HOUR


def test_a_feed_that_fails_does_so_since_its_first_failure():
    course = replace(feed().course, first_failed_at=NOON - 3 * HOUR)
    health = one(feed(failures=4, failure="HTTP 503", course=course))
    assert health.state is HealthState.FAILING
    assert (health.since, health.why) == (NOON - 3 * HOUR, "HTTP 503")


def test_a_feed_without_news_for_long_is_silent_since_its_last():
    health = one(feed(next_due_at=NOON + 10 * DAY), now=NOON + 3 * DAY)
    assert health.state is HealthState.SILENT
    assert health.since == NOON - HOUR


def test_a_feed_that_nobody_asked_though_it_was_due_is_late():
    late = feed(next_due_at=NOON - timedelta(minutes=16))
    assert one(late).state is HealthState.LATE
    assert one(late).since == late.next_due_at
    soon = feed(next_due_at=NOON - timedelta(minutes=14))
    assert one(soon).state is HealthState.OK
    new = feed(polled_at=None, baseline_at=None, added_at=NOON, next_due_at=NOON)
    assert one(new).state is HealthState.NEW
    assert one(new, now=NOON + HOUR).state is HealthState.LATE


def test_what_is_gone_is_gone_whatever_else():
    health = one(feed(state=FeedState.GONE, failures=1, failure="HTTP 410"))
    assert (health.state, health.why) == (HealthState.GONE, "HTTP 410")


def test_the_worst_comes_first_and_each_has_its_own_notices():
    notices = [
        Notice(
            id=n, kind=NoticeKind.FAILING, subject=f"feed:{n}", text="", raised_at=NOON
        )
        for n in (2, 12)
    ]
    feeds = [feed(1), feed(2, failures=1), feed(3, state=FeedState.GONE), feed(4)]
    found = healths(feeds, notices, now=NOON)
    assert [health.feed.id for health in found] == [3, 2, 1, 4]
    assert [[n.id for n in health.notices] for health in found] == [[], [2], [], []]
