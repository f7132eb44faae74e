from datetime import timedelta

import pytest

from detectors.model import Notice, NoticeKind
from tests.storage.records import AWKWARD, NOW

HOUR = timedelta(hours=1)


def notice(subject="feed:1", kind=NoticeKind.SILENT, **more):
    return Notice(id=0, kind=kind, subject=subject, text=AWKWARD, raised_at=NOW, **more)


@pytest.fixture
def notices(store):
    with store.unit() as unit:
        yield unit.notices


def test_one_of_a_kind_and_subject_is_open_at_a_time(notices):
    assert notices.begin(notice())
    assert not notices.begin(notice())
    assert notices.begin(notice("feed:2"))
    assert notices.begin(notice(kind=NoticeKind.FAILING))
    assert [each.text for each in notices.open()] == [AWKWARD] * 3


def test_what_is_over_may_come_again(notices):
    notices.begin(notice())
    assert notices.end(NoticeKind.SILENT, "feed:1", ending="talks", now=NOW + HOUR)
    assert not notices.end(NoticeKind.SILENT, "feed:1", ending="", now=NOW + HOUR)
    assert notices.open() == ()
    assert notices.begin(notice())
    first, second = notices.since(NOW)
    assert (first.ended_at, first.ending, second.ended_at) == (
        NOW + HOUR,
        "talks",
        None,
    )


def test_what_only_happens_is_never_open_and_always_new(notices):
    once = {"kind": NoticeKind.FLOOD, "ended_at": NOW, "end_told": True}
    assert notices.begin(notice(**once))
    assert notices.begin(notice(**once))
    assert (len(notices.untold()), notices.open()) == (2, ())


def test_a_notice_and_its_end_are_each_told_once(notices):
    notices.begin(notice())
    (first,) = notices.untold()
    notices.tell([first.id], "notice:1")
    assert notices.untold() == ()
    notices.end(NoticeKind.SILENT, "feed:1", ending="talks", now=NOW + HOUR)
    (ended,) = notices.untold()
    assert ended.told_as == "notice:1"
    notices.tell_end([ended.id])
    assert notices.untold() == ()


def test_one_that_ended_before_it_was_told_is_told_first(notices):
    notices.begin(notice())
    notices.end(NoticeKind.SILENT, "feed:1", ending="talks", now=NOW + HOUR)
    (late,) = notices.untold()
    assert late.told_as is None
    notices.tell([late.id], "notice:1")
    assert [each.id for each in notices.untold()] == [late.id]


def test_those_raised_earlier_are_left_out(notices):
    notices.begin(notice())
    assert notices.since(NOW + HOUR) == ()
