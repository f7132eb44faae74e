from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from detectors import courses
from detectors.courses import (
    EMPTY_POLLS,
    LEAST_LULL,
    MOVED_POLLS,
    ODD_POLLS,
    SILENT_TIMES,
    Fault,
    Heard,
    Seen,
)
from detectors.model import (
    Feed,
    FeedCourse,
    FeedDocument,
    FeedEntry,
    FeedHints,
    FeedState,
    NoticeKind,
    Validators,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "https://wire.test/feed"
TAG = Validators(etag=b'"1"')
HEARD = Heard(validators=TAG, issuer=URL)


def feed(**more):
    course = FeedCourse(**more.pop("course", {}))
    given = {
        "id": 1, "url": URL, "title": "Wire", "source": "Wire", "added_at": NOW - DAY,
        "state": FeedState.ACTIVE, "next_due_at": NOW, "baseline_at": NOW - DAY,
        "polled_at": NOW - HOUR, "course": course,
    }  # fmt: skip
    return Feed(**{**given, **more})


def document(entries=1, *, dates=(), **more):
    listed = tuple(
        FeedEntry(
            entry_id=str(number),
            url="",
            title="",
            published_at=dates[number] if dates else None,
        )
        for number in range(len(dates) or entries)
    )
    return FeedDocument(title="", language=None, entries=listed, parser="x", **more)


def read(of, *, at=NOW, listed=None, heard=HEARD, **seen):
    """After a document with a new entry among known ones, unless ``seen`` says so."""
    compared = Seen(**{"new": 1, "known": 1, **seen})
    return courses.read(of, heard, listed or document(), compared, now=at)


def unchanged(of, *, at=NOW, was_read=False, heard=HEARD):
    return courses.unchanged(of, heard, now=at, was_read=was_read)


def kinds(folded):
    return [(note.kind, note.is_end) for note in folded.notes]


class TestPace:
    def test_a_new_feed_has_the_pace_of_the_dates_that_it_lists(self):
        dates = [NOW - hours * HOUR for hours in (0, 1, 2, 9, 12)]
        listed = document(dates=dates)
        new = read(feed(baseline_at=None), new=0, known=0, listed=listed).feed.course
        assert new.pace == 3 * HOUR
        assert new.lull == 7 * HOUR
        assert new.window == 12 * HOUR
        assert new.changed_at is None

    @pytest.mark.parametrize("dates", [(), (NOW, NOW - HOUR), (NOW, NOW, NOW)])
    def test_too_few_dates_tell_no_pace(self, dates):
        listed = document(dates=dates)
        assert read(feed(baseline_at=None), listed=listed).feed.course.pace is None

    def test_the_first_entry_sets_it_and_later_ones_bend_it(self):
        first = read(feed(), at=NOW).feed
        assert first.course.pace == DAY
        then = read(first, at=NOW + HOUR).feed
        assert HOUR < then.course.pace < DAY
        for hour in range(2, 40):
            then = read(then, at=NOW + hour * HOUR).feed
        assert then.course.pace < 1.1 * HOUR

    def test_entries_that_come_together_count_as_many(self):
        """Ten in one poll say as much of a pace as ten in a row."""
        slow = feed(course={"pace": DAY, "changed_at": NOW - HOUR})
        at_once = read(slow, new=10).feed.course.pace
        in_a_row = slow
        for number in range(1, 11):
            at = NOW - HOUR + number * 6 * MINUTE
            in_a_row = read(in_a_row, at=at).feed
        assert at_once / in_a_row.course.pace == pytest.approx(1)

    def test_an_answer_without_news_leaves_it_alone(self):
        asked = feed(course={"pace": HOUR, "changed_at": NOW - DAY, "lull": HOUR})
        for after in (unchanged(asked), read(asked, new=0)):
            assert after.feed.course.pace == HOUR
            assert after.feed.course.changed_at == NOW - DAY

    def test_a_clock_that_went_back_makes_no_negative_pace(self):
        asked = feed(course={"pace": HOUR, "changed_at": NOW + DAY})
        assert read(asked).feed.course.pace >= timedelta(0)


def failing():
    course = {"rest_ends_at": NOW, "first_failed_at": NOW - DAY, "throttled": True}
    return feed(failures=3, failure="HTTP 500", course=course)


class TestAnswers:
    def test_every_good_answer_forgives(self):
        for after in (unchanged(failing()), read(failing())):
            assert (after.feed.failures, after.feed.failure) == (0, None)
            assert after.feed.course.rest_ends_at is None
            assert after.feed.course.first_failed_at is None
            assert not after.feed.course.throttled
            assert after.feed.polled_at == after.feed.course.answered_at == NOW
            assert after.feed.validators == TAG
            assert (NoticeKind.FAILING, True) in kinds(after)

    def test_freshness_is_of_the_last_answer_alone(self):
        fresh = replace(HEARD, fresh_until=NOW + HOUR)
        after = unchanged(feed(), heard=fresh).feed
        assert after.course.goes_stale_at == NOW + HOUR
        assert unchanged(after).feed.course.goes_stale_at is None

    def test_hints_are_those_of_the_last_document(self):
        hinted = document(hints=FeedHints(every=HOUR))
        after = read(feed(), listed=hinted).feed
        assert after.course.hints.every == HOUR
        assert unchanged(after).feed.course.hints.every == HOUR
        assert read(after).feed.course.hints == FeedHints()

    @pytest.mark.parametrize("was_read", [False, True])
    def test_a11_only_a_body_shows_that_not_modified_was_true(self, was_read):
        asked = feed(course={"read_at": NOW - DAY})
        after = unchanged(asked, was_read=was_read).feed
        assert after.course.read_at == (NOW if was_read else NOW - DAY)

    def test_a11_who_lied_is_told_of_and_trusted_no_more(self):
        lied = courses.distrusting(feed())
        assert lied.feed.course.distrusted
        assert kinds(lied) == [(NoticeKind.DISTRUSTED, False)]
        assert not lied.notes[0].lasts


class TestFailures:
    def test_a15_no_feed_three_times_is_told_before_a_day_is_over(self):
        asked, told = feed(), []
        for number in range(ODD_POLLS + 1):
            at = NOW + number * HOUR
            folded = courses.failed(
                asked, Fault(text="a web page", is_odd=True), now=at
            )
            asked = folded.feed
            told.append(bool(folded.notes))
        assert told == [False] * (ODD_POLLS - 1) + [True, True]

    def test_a15_another_failure_between_them_counts_anew(self):
        odd, other = Fault(text="a web page", is_odd=True), Fault(text="HTTP 500")
        asked = feed()
        for fault in (odd, odd, other, odd, odd):
            folded = courses.failed(asked, fault, now=NOW)
            asked = folded.feed
            assert not folded.notes

    def test_a33_a_day_of_failures_is_told(self):
        asked = courses.failed(feed(), Fault(text="HTTP 500"), now=NOW).feed
        assert asked.course.first_failed_at == NOW
        soon = courses.failed(asked, Fault(text="HTTP 500"), now=NOW + 23 * HOUR)
        assert not soon.notes
        late = courses.failed(soon.feed, Fault(text="HTTP 500"), now=NOW + DAY)
        assert kinds(late) == [(NoticeKind.FAILING, False)]
        assert late.notes[0].text == "Wire gives nothing: HTTP 500"
        assert late.feed.validators == asked.validators

    def test_a_failure_long_ago_does_not_count_for_one_today(self):
        asked = feed(course={"first_failed_at": NOW - 9 * DAY})
        after = courses.failed(asked, Fault(text="HTTP 500"), now=NOW)
        assert after.feed.course.first_failed_at == NOW

    def test_a18_a_rest_is_that_of_the_last_answer(self):
        rest = Fault(text="HTTP 429", rest_ends_at=NOW + HOUR, is_throttled=True)
        after = courses.failed(feed(), rest, now=NOW).feed
        assert after.course.rest_ends_at == NOW + HOUR
        assert after.course.throttled
        later = courses.failed(after, Fault(text="HTTP 500"), now=NOW + HOUR).feed
        assert later.course.rest_ends_at is None
        assert not later.course.throttled

    def test_a32_what_is_gone_is_told(self):
        gone = courses.failed(feed(), Fault(text="HTTP 410", is_gone=True), now=NOW)
        assert gone.feed.state is FeedState.GONE
        assert kinds(gone) == [(NoticeKind.GONE, False)]


class TestEmptiness:
    def test_a17_it_is_told_the_second_time_and_its_end(self):
        asked = feed(course={"entries": 50})
        folded = [read(asked, new=0, known=0, listed=document(0))]
        for _ in range(EMPTY_POLLS):
            folded.append(unchanged(folded[-1].feed))
        assert [kinds(each) for each in folded] == [
            [], [(NoticeKind.EMPTY, False)], [],
        ]  # fmt: skip
        assert folded[-1].feed.course.entries == 50
        assert kinds(read(folded[-1].feed, new=0)) == [(NoticeKind.EMPTY, True)]

    def test_a17_a_feed_that_never_had_entries_is_not_told_of(self):
        asked = feed()
        for _ in range(5):
            folded = read(asked, new=0, known=0, listed=document(0))
            assert not folded.notes
            asked = folded.feed


QUIET = {"pace": HOUR, "lull": 2 * DAY, "changed_at": NOW - 5 * DAY}


class TestSilence:
    def test_it_is_told_after_three_of_its_longest_lulls(self):
        asked = feed(course=QUIET)
        assert not unchanged(asked).notes
        late = unchanged(asked, at=NOW + 2 * DAY)
        assert kinds(late) == [(NoticeKind.SILENT, False)]
        assert late.notes[0].text == "Wire has had nothing new since 27 February"
        assert kinds(read(asked, at=NOW + 2 * DAY)) == [(NoticeKind.SILENT, True)]

    def test_a_night_is_no_silence(self):
        asked = feed(course={**QUIET, "lull": HOUR, "changed_at": NOW - DAY})
        assert not unchanged(asked).notes
        silent_at = NOW - DAY + SILENT_TIMES * LEAST_LULL + MINUTE
        assert unchanged(asked, at=silent_at).notes

    def test_nothing_is_told_of_a_feed_whose_lulls_are_not_known(self):
        assert not unchanged(feed(), at=NOW + 99 * DAY).notes

    def test_a_long_lull_is_remembered_and_fades(self):
        asked = feed(course={**QUIET, "changed_at": NOW - 9 * DAY})
        after = read(asked).feed
        assert after.course.lull == 9 * DAY
        for day in range(1, 60):
            after = read(after, at=NOW + day * DAY).feed
        assert DAY < after.course.lull < 4 * DAY


class TestGaps:
    def test_g12_a_gap_is_told_once_a_day_and_hurries(self):
        gap = read(feed(), has_gap=True)
        assert kinds(gap) == [(NoticeKind.GAP, False)]
        assert gap.feed.course.gap_at == NOW
        assert gap.feed.course.hurry == HOUR / 2
        again = read(gap.feed, has_gap=True, at=NOW + 20 * MINUTE)
        assert not again.notes
        assert again.feed.course.hurry == 10 * MINUTE
        next_day = read(again.feed, has_gap=True, at=NOW + 2 * DAY)
        assert kinds(next_day) == [(NoticeKind.GAP, False)]

    def test_g12_the_hurry_ends_a_day_after_the_last_gap(self):
        gap = read(feed(), has_gap=True).feed
        assert read(gap, at=NOW + 23 * HOUR).feed.course.hurry is not None
        assert read(gap, at=NOW + 25 * HOUR).feed.course.hurry is None


class TestMoves:
    THERE = replace(HEARD, moved_to="https://new.test/feed")

    def redirected(self, *, polls, over, shares=True):
        folded = courses.Folded(feed=feed(course={"entries": 1}))
        for number in range(polls):
            at = NOW + over * number / max(polls - 1, 1)
            folded = read(folded.feed, at=at, known=int(shares), heard=self.THERE)
        return folded

    def test_a28_it_moves_once_it_held_for_a_day_of_polls(self):
        assert self.redirected(polls=MOVED_POLLS, over=DAY).moves_to == (
            "https://new.test/feed"
        )

    @pytest.mark.parametrize(
        "held",
        [
            pytest.param({"polls": 2, "over": 9 * DAY}, id="two-polls"),
            pytest.param({"polls": 99, "over": 23 * HOUR}, id="not-a-day"),
            pytest.param({"polls": 99, "over": DAY, "shares": False}, id="a-stranger"),
        ],
    )
    def test_a28_it_does_not_move_before(self, held):
        assert self.redirected(**held).moves_to is None

    def test_a27_one_answer_at_home_begins_it_anew(self):
        away = self.redirected(polls=9, over=23 * HOUR).feed
        home = unchanged(away, at=NOW + DAY).feed
        assert home.course.moved_to is None
        assert unchanged(home, at=NOW + 2 * DAY, heard=self.THERE).moves_to is None

    def test_a28_an_unchanged_feed_moves_as_well(self):
        away = self.redirected(polls=2, over=DAY).feed
        after = unchanged(away, at=NOW + DAY, heard=self.THERE)
        assert after.moves_to == "https://new.test/feed"

    def test_a28_where_it_was_is_kept(self):
        moved = courses.moved(feed(), "https://new.test/feed")
        assert moved.feed.url == "https://new.test/feed"
        assert moved.feed.course.came_from == (URL,)
        assert moved.feed.course.issuer == URL
        assert kinds(moved) == [(NoticeKind.MOVED, False)]
        assert URL in moved.notes[0].text
