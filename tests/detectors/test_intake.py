from datetime import UTC, datetime, timedelta

import pytest

from detectors.intake import Stated, plan_intake
from detectors.model import FeedDocument, FeedEntry

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def entry(number, *, entry_id=None, url=None, title=None, hours=None):
    return FeedEntry(
        entry_id=entry_id or f"guid-{number}",
        url=f"https://wire.test/{number}" if url is None else url,
        title=title or f"Story {number}",
        published_at=None if hours is None else NOW - timedelta(hours=hours),
    )


def document(*entries):
    return FeedDocument(title="Wire", language=None, entries=entries, parser="test")


def stated(*entries):
    return [Stated(entry_id=e.entry_id, url=e.url, title=e.title) for e in entries]


def plan(entries, known=(), *, is_first=False, since=None):
    return plan_intake(
        document(*entries), stated(*known), is_first=is_first, since=since
    )


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
    intake = plan([entry(1)], [entry(1)])
    assert (intake.pending, intake.baseline, intake.repeated) == ((), (), ())


def test_every_unseen_entry_ends_in_one_place():
    entries = [entry(n, hours=n) for n in range(50)]
    intake = plan(entries, [entry(3)], is_first=True, since=NOW - timedelta(hours=10))
    placed = [*intake.pending, *intake.baseline, *intake.repeated]
    assert sorted(e.entry_id for e in placed) == sorted(
        e.entry_id for e in entries if e.entry_id != "guid-3"
    )
