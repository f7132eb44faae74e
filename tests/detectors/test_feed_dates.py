from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.feed_dates import is_plain, read_date

AT = datetime(2026, 3, 4, 15, 4, 5, tzinfo=UTC)
GUESS = datetime(1999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("Wed, 04 Mar 2026 15:04:05 GMT", "2026-03-04T15:04:05"),
        ("Wed, 04 Mar 2026 15:04:05 +0200", "2026-03-04T13:04:05"),
        ("Wed,4 Mar 2026 4:35:5 GMT+9", "2026-03-03T19:35:05"),
        ("04 March 2026 15:04:05 UTC-0330", "2026-03-04T18:34:05"),
        ("Wed, 04 Mar 2026 15:04:05 +03", "2026-03-04T12:04:05"),
        ("Wed, 04 Mar 2026 3:04 PM EST", "2026-03-04T20:04:00"),
        ("Wed, 04 Mar 2026 12:04 a.m. GMT", "2026-03-04T00:04:00"),
        ("Wed, 04 Mar 2026 15:04:05 CET", "2026-03-04T14:04:05"),
        ("Wed, 04 Mar 2026 15:04:05 MSK", "2026-03-04T12:04:05"),
        ("Wed, 04 Mar 2026 24:00:00 GMT", "2026-03-05T00:00:00"),
        ("Wed, 04 Mar 2026 23:59:60 GMT", "2026-03-04T23:59:59"),
        ("2026-03-04T15:04:05.123456789+02:00", "2026-03-04T13:04:05.123456"),
        ("4 Mar 26 10:00 EST", "2026-03-04T15:00:00"),
        ("2026-03-04 15:04", "2026-03-04T15:04:00"),
        ("2026-03-04", "2026-03-04T00:00:00"),
        ("04.03.2026 15:04", "2026-03-04T15:04:00"),
        ("4.3.2026", "2026-03-04T00:00:00"),
        ("13/04/2026", "2026-04-13T00:00:00"),
        ("04/13/2026", "2026-04-13T00:00:00"),
        ("04/04/2026", "2026-04-04T00:00:00"),
        ("1767366245", "2026-01-02T15:04:05"),
        ("1767366245000", "2026-01-02T15:04:05"),
    ],
)
def test_c19_a_date_is_read_to_the_second_in_utc(stated, told):
    expected = datetime.fromisoformat(told).replace(tzinfo=UTC)
    assert read_date(stated, guess=GUESS) == expected


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("2026-13-45", id="no-month"),
        pytest.param("Tue, 30 Feb 2026 10:00:00 GMT", id="no-day"),
        pytest.param("Wed, 04 Mar 2026 25:00:00 GMT", id="no-hour"),
        pytest.param("Wed, 04 Mar 2026 15:04:05 IST", id="india-ireland-or-israel"),
        pytest.param("Wed, 04 Mar 2026 15:04:05 XYZ", id="no-zone"),
        pytest.param("Wed, 04 Mar 2026 15:04:05 +3000", id="too-far-east"),
        pytest.param("05/04/2026", id="april-or-may"),
        pytest.param("9999-12-31T23:59:59Z", id="never"),
        pytest.param("0000-01-01T00:00:00Z", id="year-0"),
        pytest.param("Mon, 01 Jan 0001 00:00:00 +0000", id="year-1"),
    ],
)
def test_c19_what_cannot_be_told_is_no_date_whatever_a_parser_guessed(stated):
    assert read_date(stated, guess=AT) is None


@pytest.mark.parametrize(
    "stated", ["Mi, 04 März 2026 15:04:05 +0100", "Mittwoch, 4. März 2026", "2026W10"]
)
def test_c19_what_is_written_in_another_way_is_left_to_the_parser(stated):
    assert read_date(stated, guess=AT) == AT
    assert read_date(stated, guess=None) is None


@pytest.mark.parametrize(
    ("stated", "plain"),
    [
        ("Wed, 04 Mar 2026 15:04:05 GMT", True),
        ("4 Mar 2026 15:04 +0200", True),
        ("2026-03-04T15:04:05.123Z", True),
        ("2026-03-04", True),
        ("Wed, 04 Mar 2026 15:04:05 GMT+9", False),
        ("Wed, 04 Mar 2026 15:04:05 IST", False),
        ("Wed, 04 Mar 2026 3:04 PM EST", False),
        ("Wed, 04 Mar 2026 23:59:60 GMT", False),
        ("04.03.2026", False),
        ("1767366245", False),
        ("17:00", False),
    ],
)
def test_what_every_parser_reads_alike_is_known(stated, plain):
    assert is_plain(stated) is plain


@given(st.text(max_size=40) | st.from_regex(r"\d{1,2}[./ -]\w{1,4}[./ -]\d{4} \d+:\d+"))
def test_no_text_breaks_it(stated):
    moment = read_date(stated, guess=None)
    assert moment is None or moment.tzinfo is UTC
