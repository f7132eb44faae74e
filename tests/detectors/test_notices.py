from dataclasses import replace
from datetime import UTC, datetime, timedelta

from detectors.model import Notice, NoticeKind
from detectors.notices import NAMED, tellings

NOW = datetime(2026, 3, 1, 6, 40, tzinfo=UTC)


def notice(number, kind=NoticeKind.FAILING, **more):
    text = f"Outlet {number} fails for a day"
    return Notice(
        id=number,
        kind=kind,
        subject=f"feed:{number}",
        text=text,
        raised_at=NOW,
        **more,
    )


def over(number, name, ending=""):
    ended_at = NOW + timedelta(hours=1)
    return replace(notice(number), told_as=name, ended_at=ended_at, ending=ending)


def test_one_notice_is_told_in_its_own_words():
    (telling,) = tellings([notice(7)])
    assert telling.headline == "Outlet 7 fails for a day"
    assert (telling.name, telling.details) == ("notice:7", ())


def test_what_comes_at_once_is_one_message_a_kind():
    many = [notice(n) for n in range(1, 13)]
    failing, silent = tellings([*many, notice(20, NoticeKind.SILENT)])
    assert failing.headline == "12 sources fail"
    assert failing.details[:2] == (many[0].text, many[1].text)
    assert failing.details[NAMED:] == ("and 2 more",)
    assert [each.id for each in failing.notices] == list(range(1, 13))
    assert silent.headline == "Outlet 20 fails for a day"


def test_an_end_goes_where_its_beginning_was_told():
    ends = tellings(
        [over(1, "notice:1", "Outlet 1 answers again"), over(2, "notice:1"),
         over(9, "notice:9")]
    )  # fmt: skip
    assert [(each.name, each.is_end) for each in ends] == [
        ("notice:1", True),
        ("notice:9", True),
    ]
    assert ends[0].headline == "over for 2 of them"
    assert ends[0].details[0] == "Outlet 1 answers again"
    assert ends[1].headline == "over: Outlet 9 fails for a day"


def test_nothing_to_tell_is_no_message():
    assert tellings([]) == ()
