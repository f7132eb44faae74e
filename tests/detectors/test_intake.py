from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.echoes import UNREAD
from detectors.intake import Intake, plan_intake
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
HOUR = timedelta(hours=1)
ADDED = NOW - timedelta(days=9)


def feed(*, is_new=False, **course):
    """A feed that was last read an hour ago."""
    return Feed(
        id=1,
        url="https://wire.test/feed",
        title="Wire",
        source="Wire",
        state=FeedState.ACTIVE,
        added_at=ADDED,
        next_due_at=NOW,
        baseline_at=None if is_new else ADDED,
        course=FeedCourse(**({"read_at": NOW - HOUR} | course)),
    )


def entry(number, *, entry_id=None, url=None, title=None, hours=None):
    return FeedEntry(
        entry_id=entry_id or f"guid-{number}",
        url=f"https://wire.test/{number}" if url is None else url,
        title=title or f"Story {number}",
        published_at=None if hours is None else NOW - timedelta(hours=hours),
    )


def document(*entries):
    return FeedDocument(title="Wire", language=None, entries=entries, parser="test")


def stated(*entries, outcome=None, seen_at=ADDED):
    return remembered(entries, outcome=outcome, seen_at=seen_at)


def plan(entries, known=(), *, outcome=None, is_first=False, since=None, **course):
    """What becomes of entries; how many are known is not asked here."""
    intake = plan_intake(
        document(*entries),
        stated(*known, outcome=outcome),
        feed=feed(is_new=is_first, **course),
        now=NOW,
        since=since,
    )
    return replace(intake, known=0)


@pytest.mark.parametrize("hours", [None, 1, 24 * 3000, -24 * 365 * 15])
def test_an_unseen_entry_is_news_whatever_its_date(hours):
    assert len(plan([entry(1, hours=hours)], [entry(2)]).pending) == 1


def test_the_first_document_is_what_was_there():
    intake = plan([entry(1, hours=1), entry(2)], is_first=True)
    assert len(intake.baseline) == 2
    assert intake.pending == ()


def test_a_backfill_wants_the_recent_and_the_undated():
    entries = [entry(1, hours=1), entry(2, hours=47), entry(3, hours=49), entry(4)]
    since = NOW - timedelta(hours=48)
    intake = plan(entries, is_first=True, since=since)
    assert [e.entry_id for e in intake.pending] == ["guid-1", "guid-2", "guid-4"]
    assert [e.entry_id for e in intake.baseline] == ["guid-3"]


def test_an_old_entry_that_was_updated_lately_is_wanted():
    old = FeedEntry(
        entry_id="1",
        url="https://wire.test/1",
        title="T",
        published_at=NOW - timedelta(days=90),
        updated_at=NOW - timedelta(hours=1),
    )
    since = NOW - timedelta(hours=48)
    assert plan([old], is_first=True, since=since).pending == (old,)


def test_new_ids_for_known_addresses_and_titles_are_no_news():
    """All ids change with the scheme; three new entries stand among them."""
    before = [entry(n, entry_id=f"http://wire.test/{n}") for n in range(20)]
    after = [
        entry(n, entry_id=f"https://wire.test/{n}", url=f"http://www.wire.test/{n}/")
        for n in range(23)
    ]
    intake = plan(after, before)
    assert len(intake.repeated) == 20
    assert [e.title for e in intake.pending] == ["Story 20", "Story 21", "Story 22"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(entry(9, url="https://wire.test/1"), id="same-address-new-title"),
        pytest.param(entry(9, title="Story 1"), id="same-title-new-address"),
        pytest.param(entry(9, title="Story 1", url=""), id="no-address"),
    ],
)
def test_one_sign_alone_does_not_make_a_repeat(other):
    known = [entry(1), entry(1, entry_id="x", url="")]
    assert plan([other], known).pending == (other,)


def test_what_is_known_is_left_out():
    assert plan([entry(1, hours=1)], [entry(1, hours=1)]) == Intake()


def test_every_unseen_entry_ends_in_one_place():
    entries = [entry(n, hours=n) for n in range(50)]
    intake = plan(entries, [entry(3)], is_first=True, since=NOW - timedelta(hours=10))
    placed = [*intake.pending, *intake.baseline, *intake.repeated]
    assert sorted(e.entry_id for e in placed) == sorted(
        e.entry_id for e in entries if e.entry_id != "guid-3"
    )


def before_now(hours):
    return None if hours is None else NOW - timedelta(hours=hours)


def dated(*, published=None, updated=None, title="Story 1"):
    """Entry 1 with its dates, in hours before now."""
    return FeedEntry(
        entry_id="guid-1",
        url="https://wire.test/1",
        title=title,
        published_at=before_now(published),
        updated_at=before_now(updated),
    )


CHANGES = [
    pytest.param({"title": "Story 1: six killed"}, True, id="another-title"),
    pytest.param({"title": "  STORY\n 1 "}, False, id="case-and-space"),
    pytest.param({"title": ""}, False, id="title-lost"),
    pytest.param({"updated": 1}, True, id="updated-later"),
    pytest.param({"published": 1}, True, id="published-later"),
    pytest.param({"published": None}, False, id="publication-lost"),
    pytest.param({"updated": None}, False, id="update-lost"),
    pytest.param({"published": None, "updated": None}, False, id="dates-lost"),
    pytest.param({"updated": 3}, False, id="updated-earlier"),
    pytest.param({"published": 9, "updated": 8}, False, id="both-earlier"),
    pytest.param({"published": 3}, False, id="published-later-than-it-was-only"),
    pytest.param({"published": 9, "updated": 1}, True, id="one-back-one-forth"),
    pytest.param({"updated": -1}, True, id="a-date-to-come"),
]
BEFORE = {"published": 4, "updated": 2}


@pytest.mark.parametrize(("change", "is_restated"), CHANGES)
@pytest.mark.parametrize(
    "outcome", [None, *(word for word in Outcome if word not in UNREAD)]
)
def test_another_title_or_a_later_date_is_news_of_a_known_entry(
    change, is_restated, outcome
):
    now_stated = dated(**(BEFORE | change))
    intake = plan([now_stated], [dated(**BEFORE)], outcome=outcome)
    assert intake == Intake(restated=(now_stated,) if is_restated else ())


def test_the_first_date_that_an_entry_gets_is_news():
    now_stated = dated(published=4)
    assert plan([now_stated], [dated()]).restated == (now_stated,)


@pytest.mark.parametrize("outcome", UNREAD)
@pytest.mark.parametrize("change", [change.values[0] for change in CHANGES])
def test_what_nobody_read_stays_aside(change, outcome):
    intake = plan([dated(**(BEFORE | change))], [dated(**BEFORE)], outcome=outcome)
    assert intake == Intake()


@pytest.mark.parametrize("more", [{"title": "Another"}, {"hours": 1}])
def test_a_repeat_of_the_baseline_under_a_new_id_stays_out_too(more):
    """A feed changes all its ids, and dates its archive anew a day later."""
    before, after = entry(1, hours=9), entry(1, hours=9, entry_id="new")
    [fate] = plan([after], [before], outcome=Outcome.BASELINE).baseline
    assert fate == after
    known = stated(before, after, outcome=Outcome.BASELINE)
    later = document(entry(1, **({"hours": 9} | more), entry_id="new"))
    assert plan_intake(later, known, feed=feed(), now=NOW) == Intake(known=1)


hours = st.none() | st.integers(-48, 48)
statements = st.lists(
    st.tuples(
        st.integers(0, 5), hours, hours, st.sampled_from(["", "A", "a ", "B"])
    ).map(
        lambda drawn: FeedEntry(
            entry_id=f"guid-{drawn[0]}",
            url=f"https://wire.test/{drawn[0]}",
            title=drawn[3],
            published_at=before_now(drawn[1]),
            updated_at=before_now(drawn[2]),
        )
    ),
    unique_by=lambda each: each.entry_id,
)


@given(
    now_stated=statements,
    before=statements,
    outcome=st.sampled_from([None, *Outcome]),
)
def test_an_entry_ends_in_one_place_or_in_none(now_stated, before, outcome):
    intake = plan(now_stated, before, outcome=outcome)
    known = {each.entry_id for each in before}
    unseen = [
        *intake.pending,
        *intake.baseline,
        *intake.beneath,
        *intake.repeated,
        *intake.quarantined,
    ]
    placed = [*unseen, *intake.restated, *intake.retold]
    assert len(placed) == len({each.entry_id for each in placed})
    assert {e.entry_id for e in unseen} == {e.entry_id for e in now_stated} - known
    assert {e.entry_id for e in intake.restated} <= known


@given(now_stated=statements, before=statements)
def test_what_was_taken_is_not_news_again(now_stated, before):
    """The store keeps the last title, and the later date that had come."""
    intake = plan(now_stated, before)
    kept = {each.entry_id: each for each in before}
    for each in intake.restated:
        old = kept[each.entry_id]
        known_at = old.touched_at if (old.touched_at or NOW) <= NOW else None
        dates = [d for d in (each.touched_at, known_at) if d]
        kept[each.entry_id] = FeedEntry(
            entry_id=each.entry_id,
            url=each.url,
            title=each.title or old.title,
            updated_at=max(dates, default=None),
        )
    again = plan(now_stated, [*kept.values(), *intake.pending, *intake.repeated])
    assert again == Intake()
