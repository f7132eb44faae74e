"""Rows G01-G16 of the matrix, as far as one document decides them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from detectors.echoes import MOVED_LEAST, UNREAD, folded
from detectors.intake import FLOOD_LEAST, FLOOD_TIMES, plan_intake
from detectors.model import (
    Feed,
    FeedCourse,
    FeedDocument,
    FeedEntry,
    FeedState,
    Outcome,
)
from tests.detectors.remembered import remembered

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ADDED = NOW - 9 * DAY


def feed(**course):
    """A feed whose last document was read an hour ago."""
    return Feed(
        id=1,
        url="https://wire.test/feed",
        title="Wire",
        source="Wire",
        state=FeedState.ACTIVE,
        added_at=ADDED,
        next_due_at=NOW,
        baseline_at=ADDED,
        course=FeedCourse(**({"read_at": NOW - HOUR} | course)),
    )


def entry(n, *, ago=None, **more):
    at = None if ago is None else NOW - ago
    given: dict[str, Any] = {
        "entry_id": f"tag:{n}",
        "url": f"https://wire.test/{n}",
        "title": f"Report {n}",
        "published_at": at,
    }
    return FeedEntry(**(given | more))


def known(*entries, outcome=Outcome.OFF_TOPIC, seen_at=ADDED):
    return remembered(entries, outcome=outcome, seen_at=seen_at)


def plan(entries, before, /, **course):
    document = FeedDocument(
        title="Wire", language=None, entries=tuple(entries), parser="test"
    )
    return plan_intake(document, before, feed=feed(**course), now=NOW)


def churned(how, n):
    """The same entry, as its site states it after a change of ``how``."""
    return {
        "scheme": {"entry_id": f"https://wire.test/{n}"},
        "host": {"entry_id": f"mail:{n}", "url": f"http://mail.wire.test/{n}"},
        "slash": {"entry_id": f"/{n}/", "url": f"https://www.wire.test/{n}/"},
        "permalink": {"entry_id": f"/2026/{n}", "url": f"https://wire.test/2026/r-{n}"},
    }[how]


@pytest.mark.parametrize("is_dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize("how", ["scheme", "host", "slash", "permalink"])
@pytest.mark.parametrize("outcome", [Outcome.KNOWN, *UNREAD])
def test_g01_all_ids_change_and_only_the_three_new_ones_are_new(how, is_dated, outcome):
    def at(n):
        return n * MINUTE if is_dated else None

    before = [entry(n, ago=at(n), url=f"https://wire.test/{n}") for n in range(3, 203)]
    after = [entry(n, ago=at(n), **churned(how, n)) for n in range(203)]
    intake = plan(after, known(*before, outcome=outcome))
    assert intake.pending == tuple(after[:3])
    aside = {
        Outcome.KNOWN: intake.repeated,
        Outcome.BASELINE: intake.baseline,
        Outcome.QUARANTINED: intake.quarantined,
    }
    assert aside[outcome] == tuple(after[3:])


def test_g01_ids_that_change_with_each_poll_are_never_news():
    before = known(*(entry(n) for n in range(20)))
    for poll in range(9):
        stated = [entry(n, entry_id=f"{poll}-{n}") for n in range(20)]
        intake = plan(stated, before)
        assert len(intake.repeated) == 20
        before += known(*stated, outcome=Outcome.DUPLICATE)


def test_g02_an_entry_alone_that_is_dated_anew_is_looked_at_again():
    [old] = before = known(entry(1, ago=2 * HOUR))
    again = entry(1, ago=5 * MINUTE)
    assert plan([again], before).restated == (again,)
    assert plan([entry(1, ago=2 * HOUR)], [old]).restated == ()


def test_g02_a_feed_that_dates_all_anew_is_believed_once_an_hour():
    def restated(ahead):
        before = known(*(entry(n, ago=3 * HOUR) for n in range(40)))
        after = [entry(n, ago=3 * HOUR - ahead) for n in range(40)]
        after[7] = replace(after[7], title="Report 7: more hurt")
        return [e.entry_id for e in plan(after, before).restated]

    assert restated(5 * MINUTE) == ["tag:7"]
    assert len(restated(61 * MINUTE)) == 40


def test_g02_a_footer_that_changes_is_no_new_date():
    before = known(entry(1, ago=HOUR, text="A quay burned. Read by 12."))
    again = entry(1, ago=HOUR, text="A quay burned. Read by 19.")
    intake = plan([again], before)
    assert (intake.restated, intake.retold) == ((), (again,))


@pytest.mark.parametrize(
    "ago",
    [
        pytest.param(lambda n: (n + 3) * DAY, id="old"),
        pytest.param(lambda _: None, id="undated"),
        pytest.param(lambda _: MINUTE, id="dated-now"),
    ],
)
def test_g04_five_hundred_at_once_are_kept_aside(ago):
    before = known(*(entry(n, ago=n * HOUR) for n in range(30)))
    old = [entry(n, ago=ago(n)) for n in range(1000, 1500)]
    intake = plan([*old, *(entry(n, ago=n * HOUR) for n in range(30))], before)
    assert intake.quarantined == tuple(old)
    assert (intake.pending, intake.has_gap) == ((), False)


def test_g04_what_is_new_in_a_flood_of_old_stock_is_news():
    new = [entry(n, ago=MINUTE) for n in (1, 2)]
    old = [entry(n, ago=n * DAY) for n in range(1000, 1500)]
    intake = plan([*new, *old], known(entry(9, ago=HOUR)))
    assert intake.pending == tuple(new)
    assert intake.quarantined == tuple(old)


@pytest.mark.parametrize(
    ("course", "count", "is_flood"),
    [
        pytest.param({}, FLOOD_LEAST, False, id="few"),
        pytest.param({}, FLOOD_LEAST + 1, True, id="more-than-anybody-writes"),
        pytest.param({"pace": MINUTE, "read_at": NOW - 6 * HOUR}, 360, False,
                     id="a-busy-wire-after-six-hours"),
        pytest.param({"pace": MINUTE}, 360, False, id="its-busiest-hour"),
        pytest.param({"pace": MINUTE}, 60 * FLOOD_TIMES + 1, True,
                     id="a-busy-wire-at-once"),
        pytest.param({"pace": 2 * HOUR, "read_at": NOW - 6 * HOUR}, 360, True,
                     id="a-slow-feed-after-six-hours"),
        pytest.param({"window": 6 * HOUR, "entries": 360, "read_at": NOW - 6 * HOUR},
                     360, False, id="by-how-close-its-last-document-stood"),
        pytest.param({"window": timedelta(0), "entries": 9}, 101, True, id="one-date"),
    ],
)  # fmt: skip
def test_g04_a_flood_is_more_than_the_feed_can_have_written(course, count, is_flood):
    fresh = [entry(n) for n in range(1000, 1000 + count)]
    intake = plan([*fresh, entry(1)], known(entry(1)), **course)
    assert bool(intake.quarantined) is is_flood
    assert len(intake.quarantined) + len(intake.pending) == count


def test_g05_the_first_entry_of_an_empty_feed_is_news():
    intake = plan([entry(1, ago=99 * DAY)], [])
    assert len(intake.pending) == 1
    assert not intake.has_gap


def test_g07_what_slides_into_view_below_the_baseline_was_there():
    before = [entry(n, ago=n * HOUR) for n in range(1, 11)]
    slid = entry(11, ago=11 * HOUR)
    intake = plan([*before[1:], slid], known(*before, outcome=Outcome.BASELINE))
    assert (intake.beneath, intake.pending) == ((slid,), ())


@pytest.mark.parametrize(
    ("new", "first"),
    [
        pytest.param(entry(11, ago=9.5 * HOUR), False, id="younger-than-the-oldest"),
        pytest.param(entry(11, ago=99 * DAY), True, id="on-top"),
        pytest.param(entry(11), False, id="undated"),
        pytest.param(entry(11, ago=-99 * DAY), False, id="to-come"),
    ],
)
def test_g07_nothing_else_is_left_aside_by_its_date(new, first):
    before = [entry(n, ago=n * HOUR) for n in range(1, 11)]
    listed = [new, *before] if first else [*before, new]
    intake = plan(listed, known(*before, outcome=Outcome.BASELINE))
    assert intake.pending == (new,)


def test_g07_a_feed_that_came_back_has_the_horizon_of_its_new_baseline():
    old = known(
        entry(1, ago=300 * DAY),
        outcome=Outcome.BASELINE,
        seen_at=ADDED - 99 * DAY,
    )
    before = [entry(n, ago=n * HOUR) for n in range(2, 11)]
    slid = entry(11, ago=11 * HOUR)
    baseline = known(*before, outcome=Outcome.BASELINE)
    assert plan([*before, slid], [*old, *baseline]).beneath == (slid,)


def test_g08_an_entry_dated_before_the_last_poll_is_news():
    assert len(plan([entry(2, ago=7 * HOUR)], known(entry(1, ago=HOUR))).pending) == 1


def test_g09_five_entries_of_one_moment_are_five():
    five = [entry(n, ago=MINUTE) for n in range(5)]
    assert plan(five, known(entry(9, ago=MINUTE))).pending == tuple(five)


@pytest.mark.parametrize("ahead", [DAY, 5_500 * DAY], ids=["tomorrow", "in-2041"])
def test_g10_a_date_to_come_is_news_now_and_not_again(ahead):
    [first] = [entry(1, ago=-ahead)]
    assert plan([first], known(entry(9))).pending == (first,)
    assert plan([first], known(first)).restated == ()
    later = plan_intake(
        FeedDocument(title="", language=None, entries=(first,), parser=""),
        known(first),
        feed=feed(),
        now=NOW + ahead + HOUR,
    )
    assert (later.pending, later.restated) == ((), ())


def test_g10_a_date_to_come_that_is_put_right_blocks_no_later_one():
    right = entry(1, ago=MINUTE)
    assert plan([right], known(entry(1, ago=-5_500 * DAY))).restated == (right,)


@pytest.mark.parametrize("ago", [None, NOW - datetime(2000, 1, 1, tzinfo=UTC)])
def test_g11_without_a_usable_date_it_is_news_all_the_same(ago):
    assert len(plan([entry(1, ago=ago)], known(entry(9, ago=HOUR))).pending) == 1


@pytest.mark.parametrize(
    ("listed", "has_gap"),
    [
        pytest.param(range(40, 50), True, id="all-new"),
        pytest.param(range(18, 28), False, id="one-known"),
        pytest.param(range(40, 42), False, id="too-short-to-tell"),
    ],
)
def test_g12_a_document_without_any_known_entry_may_hide_others(listed, has_gap):
    before = known(*(entry(n) for n in range(9, 19)))
    intake = plan([entry(n) for n in listed], before)
    assert intake.has_gap is has_gap
    assert len(intake.pending) == len([n for n in listed if n > 18])


def test_g12_new_ids_for_old_entries_are_no_gap():
    before = known(*(entry(n) for n in range(9)))
    intake = plan([entry(n, entry_id=f"new-{n}") for n in range(12)], before)
    assert (intake.known, intake.has_gap) == (9, False)


def test_g13_twins_that_change_places_are_told_once():
    one, two = entry(1, entry_id="a"), entry(1, entry_id="b")
    first = plan([one, two], known(entry(9)))
    assert (first.pending, first.repeated) == ((one,), (two,))
    before = [*known(one), *known(two, outcome=Outcome.DUPLICATE)]
    for listed in ([two, one], [one, two], [two], [one]):
        intake = plan(listed, before)
        assert (intake.pending, intake.restated, intake.retold) == ((), (), ())


def test_g14_two_stories_of_one_headline_are_two():
    before = known(entry(1, ago=HOUR, title="Weather warning"))
    other = entry(2, ago=MINUTE, title="Weather warning")
    assert plan([other, entry(1, ago=HOUR)], before).pending == (other,)
    assert plan([other], before).pending == (other,)


def test_g14_headlines_that_come_again_make_no_move_of_a_site():
    """Fewer than half of what is new; or dated otherwise, however many."""
    titles = ["Live", "Weather warning", "Briefing", "Scores"][: MOVED_LEAST + 1]
    old = [entry(n, ago=DAY, title=t) for n, t in enumerate(titles)]
    new = [entry(n, ago=HOUR, title=t) for n, t in enumerate(titles, 50)]
    assert plan(new, known(*old)).pending == tuple(new)
    undated = [replace(e, published_at=None) for e in old]
    listed = [replace(e, published_at=None) for e in new]
    more = [entry(n) for n in range(60, 66)]
    assert len(plan([*listed, *more], known(*undated)).pending) == 10


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({"title": "Cafe\u0301 fire"}, id="composed"),
        pytest.param({"title": "Caf\u00e9\u200b fi\u00adre"}, id="no-width"),
        pytest.param({"title": "CAF\u00c9  \ufb01re"}, id="ligature"),
        pytest.param({"url": "https://wire.test/a%2Fb"}, id="escape"),
        pytest.param({"url": "https://wire.test/a%2fb?utm_source=rss"}, id="utm"),
        pytest.param({"url": "https://www.wire.test/a%2fb/amp"}, id="amp"),
    ],
)
def test_g16_another_spelling_is_the_same_entry(again):
    first = entry(1, url="https://wire.test/a%2fb", title="Caf\u00e9 fire")
    same = replace(first, entry_id="other", **again)
    assert plan([same], known(first)).repeated == (same,)
    assert plan([replace(same, entry_id=first.entry_id)], known(first)).restated == ()


def test_g16_letters_that_differ_make_two_titles():
    assert folded("Київ") != folded("Киів")
    assert folded("12 hurt") != folded("13 hurt")
