from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import (
    Feed,
    FeedCourse,
    FeedHints,
    FeedState,
    FeedWishes,
    Host,
    Validators,
    WaitScope,
)
from detectors.polling import (
    CYCLE,
    FLOOR,
    JITTER,
    SLOWEST,
    SLOWEST_LATELY,
    PollReason,
    conditions,
    in_turn,
    may_force,
    next_due,
    postponed,
    set_back,
    wait_scope,
    wants_check,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URLS = [f"https://wire{n}.test/feed" for n in range(200)]


def feed(url=URLS[0], **more):
    course = FeedCourse(
        **{
            "pace": HOUR,
            "changed_at": NOW,
            "answered_at": NOW,
            **more.pop("course", {}),
        }
    )
    given = {
        "id": 1, "url": url, "title": "Wire", "source": "Wire", "added_at": NOW - DAY,
        "state": FeedState.ACTIVE, "next_due_at": NOW, "baseline_at": NOW - DAY,
        "polled_at": NOW, "course": course,
    }  # fmt: skip
    return Feed(**{**given, **more})


def wait(of, now=NOW, **more):
    return next_due(of, now=now, **more).due_at - of.polled_at


class TestPace:
    def test_a_feed_with_a_ninth_of_the_entries_is_asked_a_third_as_often(self):
        often = wait(feed(course={"pace": HOUR}), cycle=timedelta(0))
        rarely = wait(feed(course={"pace": 9 * HOUR}), cycle=timedelta(0))
        assert rarely / often == pytest.approx(3)
        assert 15 * MINUTE < often <= 18 * MINUTE

    def test_the_reason_is_told_in_words(self):
        due = next_due(feed(), now=NOW)
        assert due.reason is PollReason.PACE
        assert due.why == "a new entry about every 1h"

    def test_a37_feeds_of_one_pace_are_spread_and_each_keeps_its_place(self):
        dues = [next_due(feed(url), now=NOW).due_at for url in URLS]
        assert len(set(dues)) == len(dues)
        assert max(dues) - min(dues) > JITTER * 15 * MINUTE
        assert dues == [next_due(feed(url), now=NOW).due_at for url in URLS]

    def test_what_is_due_each_cycle_is_found_by_one_that_starts_early(self):
        """Seconds early: else it would be asked every second cycle only."""
        busy = [feed(url, course={"pace": MINUTE}) for url in URLS]
        assert all(CYCLE * 0.75 < wait(each) <= CYCLE * 0.9 for each in busy)

    @pytest.mark.parametrize(
        ("pace", "most"),
        [(timedelta(0), CYCLE), (MINUTE, CYCLE), (999 * DAY, SLOWEST)],
    )
    def test_it_is_never_asked_more_often_than_each_cycle_nor_less_than_daily(
        self, pace, most
    ):
        assert 0.75 * most < wait(feed(course={"pace": pace})) <= most

    def test_the_silent_are_asked_ever_more_rarely_and_never_forgotten(self):
        waits = [
            wait(feed(polled_at=NOW + silence), NOW + silence)
            for silence in (HOUR, 12 * HOUR, 2 * DAY, 20 * DAY, 4000 * DAY)
        ]
        assert waits == sorted(waits)
        assert waits[0] < 20 * MINUTE
        assert waits[2] > 50 * MINUTE
        assert 0.8 * SLOWEST < waits[-1] <= SLOWEST

    def test_one_without_a_pace_is_asked_at_moments_ever_farther_apart(self):
        new = feed(course={"pace": None, "changed_at": None}, baseline_at=NOW)
        gaps = []
        while new.polled_at < NOW + 10 * DAY:
            due = next_due(new, now=new.polled_at).due_at
            gaps.append(due - new.polled_at)
            new = replace(new, polled_at=due)
        assert gaps[0] <= CYCLE
        assert gaps[-1] > 3 * HOUR
        assert all(later > 0.9 * gap for gap, later in pairwise(gaps))
        assert len(gaps) < 120

    def test_one_that_was_never_asked_is_due_at_once(self):
        due = next_due(feed(polled_at=None), now=NOW)
        assert (due.due_at, due.reason) == (NOW, PollReason.NEW)


class TestWhoSpoke:
    def test_who_made_us_speak_in_the_last_week_is_asked_in_each_cycle(self):
        slow = feed(course={"pace": DAY}, alerted_at=NOW - 6 * DAY)
        assert wait(slow) <= CYCLE
        assert next_due(slow, now=NOW).reason is PollReason.SPOKE
        assert wait(replace(slow, alerted_at=NOW - 8 * DAY)) > HOUR

    def test_it_waits_as_long_as_its_server_asks_for(self):
        fresh = feed(course={"goes_stale_at": NOW + HOUR}, alerted_at=NOW)
        assert HOUR <= wait(fresh) < HOUR + MINUTE
        hinted = feed(course={"hints": FeedHints(every=HOUR)}, alerted_at=NOW)
        assert HOUR <= wait(hinted) < HOUR + MINUTE

    def test_it_is_not_left_for_a_month_because_a_cache_says_so(self):
        fresh = feed(course={"goes_stale_at": NOW + 31 * DAY})
        assert wait(fresh) >= 31 * DAY
        assert wait(replace(fresh, alerted_at=NOW)) < SLOWEST + HOUR

    def test_it_is_not_left_alone_for_a_day_when_it_fails(self):
        failing = feed(failures=9, alerted_at=NOW - HOUR)
        assert wait(failing) <= SLOWEST_LATELY * (1 + JITTER)
        throttled = replace(failing, course=replace(failing.course, throttled=True))
        assert wait(throttled) > 20 * HOUR


class TestWishes:
    def test_a24_it_is_not_asked_while_its_server_calls_it_fresh(self):
        for url in URLS:
            fresh = feed(url, course={"pace": MINUTE, "goes_stale_at": NOW + HOUR})
            due = next_due(fresh, now=NOW)
            assert NOW + HOUR <= due.due_at < NOW + HOUR + MINUTE
            assert due.reason is PollReason.FRESH
            assert "fresh until 4 March 13:00 UTC" in due.why

    def test_freshness_that_ends_before_its_pace_changes_nothing(self):
        fresh = feed(course={"goes_stale_at": NOW + MINUTE})
        assert next_due(fresh, now=NOW) == next_due(feed(), now=NOW)

    def test_a26_the_desk_may_go_below_freshness_and_hints(self):
        wished = feed(
            interval=2 * MINUTE,
            course={"goes_stale_at": NOW + HOUR, "hints": FeedHints(every=HOUR)},
        )
        due = next_due(wished, now=NOW, cycle=MINUTE)
        assert due.reason is PollReason.DESK
        assert due.due_at <= NOW + 2 * MINUTE
        assert wait(wished) <= CYCLE

    def test_a26_the_desk_may_not_go_below_what_a_server_asked_for(self):
        wished = feed(interval=2 * MINUTE, course={"rest_ends_at": NOW + HOUR})
        assert wait(wished, cycle=MINUTE) >= HOUR

    @pytest.mark.parametrize(
        "hints",
        [
            pytest.param(FeedHints(every=timedelta(minutes=10**9)), id="ttl-of-ages"),
            pytest.param(FeedHints(skip_hours=frozenset(range(24))), id="all-hours"),
            pytest.param(FeedHints(skip_days=frozenset(range(7))), id="all-days"),
            pytest.param(
                FeedHints(
                    every=300 * DAY,
                    skip_hours=frozenset(range(24)),
                    skip_days=frozenset(range(7)),
                ),
                id="all-at-once",
            ),
        ],
    )
    def test_a25_a_hint_is_heard_for_a_day_at_most(self, hints):
        due = next_due(feed(course={"hints": hints}), now=NOW)
        assert due.reason is PollReason.HINTS
        assert HOUR < due.due_at - NOW <= SLOWEST

    def test_a25_hours_that_are_skipped_are_skipped(self):
        hints = FeedHints(skip_hours=frozenset({12, 13, 14}))
        assert wait(feed(course={"hints": hints})) == 3 * HOUR

    def test_a25_days_that_are_skipped_are_skipped_up_to_a_day(self):
        hints = FeedHints(skip_days=frozenset({2}))
        assert wait(feed(course={"hints": hints})) == 12 * HOUR

    @pytest.mark.parametrize("every", [timedelta(0), timedelta(minutes=-5), CYCLE])
    def test_a25_a_hint_that_says_nothing_changes_nothing(self, every):
        hinted = feed(course={"hints": FeedHints(every=every)})
        assert next_due(hinted, now=NOW) == next_due(feed(), now=NOW)


class TestFailures:
    def test_a20_each_makes_it_wait_twice_as_long_up_to_a_day(self):
        waits = [
            wait(feed(failures=failures, course={"pace": 2 * CYCLE}))
            for failures in (1, 2, 3, 20, 10**9)
        ]
        assert waits[0] >= 2 * CYCLE
        assert waits == sorted(waits)
        assert SLOWEST <= waits[-1] <= SLOWEST * (1 + JITTER)
        assert all(later >= 2 * CYCLE for later in waits)

    def test_a33_it_is_asked_as_its_first_day_ends_so_that_the_desk_is_told(self):
        failing = feed(failures=8, course={"first_failed_at": NOW - 20 * HOUR})
        assert wait(failing) == 4 * HOUR
        told = replace(failing, polled_at=NOW + 5 * HOUR)
        assert wait(told, NOW + 5 * HOUR) > 20 * HOUR

    @pytest.mark.parametrize("rest", [2 * HOUR, 31 * DAY])
    def test_a18_it_is_never_asked_before_its_server_allows(self, rest):
        for url in URLS:
            due = next_due(
                feed(url, failures=1, course={"rest_ends_at": NOW + rest}), now=NOW
            )
            assert due.due_at >= NOW + rest
            assert due.reason is PollReason.RETRY_AFTER

    def test_a21_a_short_wish_does_not_shorten_the_patience(self):
        failing = feed(failures=3, course={"rest_ends_at": NOW})
        assert next_due(failing, now=NOW).reason is PollReason.BACK_OFF

    def test_a32_what_is_gone_says_so(self):
        due = next_due(feed(state=FeedState.GONE, failures=1), now=NOW)
        assert due.reason is PollReason.GONE


class TestGaps:
    def test_g12_a_feed_that_may_have_lost_entries_is_asked_sooner(self):
        hurried = feed(course={"pace": 10 * HOUR, "hurry": 20 * MINUTE, "gap_at": NOW})
        due = next_due(hurried, now=NOW)
        assert due.reason is PollReason.GAP
        assert 15 * MINUTE < due.due_at - NOW <= 20 * MINUTE

    def test_g12_it_is_not_asked_less_often_for_it(self):
        quick = feed(course={"pace": 20 * MINUTE, "hurry": 4 * HOUR})
        assert next_due(quick, now=NOW).reason is PollReason.PACE


def spans(longest):
    return st.timedeltas(min_value=timedelta(0), max_value=longest)


@st.composite
def feeds(draw):
    """Feeds with any course at all."""
    moments = st.none() | spans(400 * DAY).map(lambda ago: NOW - ago)
    later = st.none() | spans(31 * DAY).map(lambda wait: NOW + wait)
    hints = FeedHints(
        every=draw(st.none() | spans(400 * DAY)),
        skip_hours=draw(st.frozensets(st.integers(0, 23))),
        skip_days=draw(st.frozensets(st.integers(0, 6))),
    )
    return feed(
        draw(st.sampled_from(URLS)),
        failures=draw(st.integers(0, 99)),
        interval=draw(st.none() | spans(31 * DAY)),
        alerted_at=draw(moments),
        baseline_at=draw(moments),
        course={
            "pace": draw(st.none() | spans(400 * DAY)),
            "changed_at": draw(moments),
            "goes_stale_at": draw(later),
            "rest_ends_at": draw(later),
            "first_failed_at": draw(moments),
            "hurry": draw(st.none() | spans(DAY)),
            "gap_at": NOW - DAY,
            "throttled": draw(st.booleans()),
            "hints": hints,
        },
    )


class TestAnyFeed:
    @given(feeds())
    def test_it_is_asked_neither_too_soon_nor_never(self, any_feed):
        due = next_due(any_feed, now=NOW)
        course = any_feed.course
        longest = max(any_feed.interval or SLOWEST, SLOWEST) * (1 + JITTER)
        floors = [course.goes_stale_at or NOW, course.rest_ends_at or NOW]
        assert NOW + 0.75 * CYCLE <= due.due_at <= max(NOW + longest, *floors) + CYCLE
        assert due.due_at >= (course.rest_ends_at or NOW)
        assert due.why

    @given(feeds())
    def test_freshness_is_broken_for_the_desk_alone(self, any_feed):
        due = next_due(replace(any_feed, failures=0, alerted_at=None), now=NOW)
        fresh = any_feed.course.goes_stale_at
        if fresh is not None and any_feed.interval is None:
            assert due.due_at >= fresh


class TestConditions:
    KEPT = Validators(etag=b'W/"a b"', last_modified=b"yesterday")

    def test_both_go_back_to_who_gave_them(self):
        moved = feed(validators=self.KEPT, course={"issuer": "https://new.test/f"})
        assert conditions(moved) == (self.KEPT, "https://new.test/f")
        assert conditions(feed(validators=self.KEPT)) == (self.KEPT, None)

    def test_a12_the_desk_may_leave_out_the_tag(self):
        dated = feed(validators=self.KEPT, wishes=FeedWishes(dates_only=True))
        assert conditions(dated)[0] == Validators(last_modified=b"yesterday")

    def test_a11_a_liar_is_sent_none(self):
        liar = feed(validators=self.KEPT, course={"distrusted": True})
        assert conditions(liar)[0] == Validators()

    def test_a11_the_check_comes_between_one_and_three_days(self):
        asked_in = set()
        for url in URLS:
            quiet = feed(url, body_hash="ab", course={"read_at": NOW})
            hours = [h for h in range(100) if wants_check(quiet, NOW + h * HOUR)]
            asked_in.add(hours[0])
        assert min(asked_in) >= 24
        assert max(asked_in) <= 72
        assert len(asked_in) > 20

    def test_a11_nothing_is_checked_of_what_was_never_read(self):
        assert not wants_check(feed(), NOW + 99 * DAY)


class TestHosts:
    @pytest.mark.parametrize(
        ("wish", "setting", "own", "scope"),
        [
            (None, None, False, WaitScope.HOST),
            (None, None, True, WaitScope.FEED),
            (None, WaitScope.HOST, True, WaitScope.HOST),
            (None, WaitScope.FEED, False, WaitScope.FEED),
            (WaitScope.FEED, WaitScope.HOST, False, WaitScope.FEED),
            (WaitScope.HOST, WaitScope.FEED, True, WaitScope.HOST),
        ],
    )
    def test_a23_who_rests_is_the_feeds_wish_then_the_desks(
        self, wish, setting, own, scope
    ):
        assert wait_scope(wish, setting, own=own) is scope

    def test_a_feed_whose_host_rests_is_put_off_until_then(self):
        host = Host(name="wire.test", rest_ends_at=NOW + HOUR, reason="HTTP 429")
        put_off = postponed(feed(), host)
        assert NOW + HOUR <= put_off.next_due_at < NOW + HOUR + MINUTE
        assert (
            put_off.due_reason == "wire.test asked us to wait until 4 March 13:00 UTC"
        )

    def test_hosts_take_turns_and_the_heavier_go_first(self):
        due = [
            *(feed(f"https://big.test/{n}", id=n) for n in range(4)),
            feed("https://small.test/", id=10),
            feed("https://late.test/", id=11, wishes=FeedWishes(weight=2.0)),
        ]
        assert [each.id for each in in_turn(due)] == [11, 0, 10, 1, 2, 3]


class TestHaste:
    def test_a47_a_feed_is_not_forced_twice_in_a_minute(self):
        asked = feed()
        assert not may_force(asked, NOW)
        assert not may_force(asked, NOW + FLOOR - timedelta(seconds=1))
        assert may_force(asked, NOW + FLOOR)
        assert may_force(feed(polled_at=None), NOW)

    def test_a32_what_is_gone_is_not_forced(self):
        assert not may_force(feed(state=FeedState.GONE), NOW + DAY)


class TestClock:
    @pytest.mark.parametrize("ahead", [HOUR, DAY])
    def test_g18_after_a_clock_ran_ahead_waits_are_as_long_as_they_were(self, ahead):
        then = NOW + ahead
        wrong = feed(
            polled_at=then,
            next_due_at=then + CYCLE,
            course={
                "changed_at": NOW - HOUR,
                "rest_ends_at": then + HOUR,
                "goes_stale_at": then + MINUTE,
                "answered_at": then,
            },
        )
        right = set_back(wrong, NOW)
        assert right.polled_at == NOW
        assert right.next_due_at == NOW + CYCLE
        assert right.course == replace(
            wrong.course,
            rest_ends_at=NOW + HOUR,
            goes_stale_at=NOW + MINUTE,
            answered_at=NOW,
        )

    def test_g18_what_is_right_is_left_alone(self):
        assert set_back(feed(), NOW) == feed()
        assert set_back(feed(polled_at=None), NOW).polled_at is None
