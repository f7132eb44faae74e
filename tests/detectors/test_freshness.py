from datetime import UTC, datetime, timedelta

import pytest

from detectors.freshness import LONGEST_WAIT, asked_wait, fresh_for

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WHEN = "Wed, 04 Mar 2026 {} GMT"


@pytest.mark.parametrize(
    ("retry_after", "date", "wait"),
    [
        pytest.param("7200", None, 2 * HOUR, id="A18-seconds"),
        pytest.param(" 0 ", None, timedelta(0), id="A21-at-once"),
        pytest.param("999999999999", None, LONGEST_WAIT, id="A21-for-ever"),
        pytest.param("-5", None, None, id="A21-negative"),
        pytest.param("abc", None, None, id="A21-word"),
        pytest.param("9" * 400, None, None, id="A21-endless"),
        pytest.param("\u0661\u0662", None, None, id="A21-digits-of-another-script"),
        pytest.param("", None, None, id="empty"),
        pytest.param(None, None, None, id="missing"),
        pytest.param(WHEN.format("12:10:00"), None, 10 * MINUTE, id="date"),
        pytest.param(
            WHEN.format("11:10:00"), WHEN.format("11:00:00"), 10 * MINUTE,
            id="A19-date-by-a-clock-that-is-an-hour-off",
        ),
        pytest.param(WHEN.format("11:00:00"), None, timedelta(0), id="A21-past"),
        pytest.param(
            "Fri, 31 Dec 9999 23:59:59 GMT", None, LONGEST_WAIT, id="A21-9999"
        ),
        pytest.param(
            "Fri, 31 Dec 9999 23:59:59 -2359", "no date", LONGEST_WAIT,
            id="A21-past-the-end-of-time",
        ),
        pytest.param("Wed, 04 Mar 2026 12:10:00", None, 10 * MINUTE, id="no-zone"),
    ],
)  # fmt: skip
def test_retry_after_is_read_or_left(retry_after, date, wait):
    assert asked_wait(retry_after, date=date, now=NOW) == wait


def told(**headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        pytest.param({}, None, id="nothing-said"),
        pytest.param(told(date=WHEN.format("12:00:00")), None, id="a-date-alone"),
        pytest.param(told(cache_control="max-age=3600"), HOUR, id="max-age"),
        pytest.param(told(cache_control="public,MAX-AGE = 60"), MINUTE, id="case"),
        pytest.param(told(cache_control='max-age="60"'), MINUTE, id="quoted"),
        pytest.param(
            told(cache_control="no-cache, max-age=6000"), timedelta(0), id="no-cache"
        ),
        pytest.param(
            told(cache_control="max-age=6000", expires=WHEN.format("12:01:00")),
            timedelta(seconds=6000),
            id="max-age-beats-expires",
        ),
        pytest.param(
            told(cache_control="no-store", expires=WHEN.format("13:00:00")),
            timedelta(0),
            id="no-store",
        ),
        pytest.param(
            told(cache_control="max-age=3600", age="3000"), 10 * MINUTE, id="age"
        ),
        pytest.param(
            told(cache_control="max-age=60", age="3000"), timedelta(0), id="too-old"
        ),
        pytest.param(
            told(cache_control="max-age=3600", age="-4"), HOUR, id="age-of-nonsense"
        ),
        pytest.param(told(cache_control="s-maxage=9000"), None, id="for-shared-caches"),
        pytest.param(
            told(cache_control="s-maxage=9000, max-age=60"), MINUTE, id="for-us"
        ),
        pytest.param(
            told(cache_control="max-age=60, max-age=9000"), MINUTE, id="said-twice"
        ),
        pytest.param(
            told(cache_control='private="a, max-age=5", max-age=60'),
            MINUTE,
            id="inside-a-quote",
        ),
        pytest.param(told(cache_control="max-age=soon"), timedelta(0), id="a-word"),
        pytest.param(told(cache_control="max-age=-1"), timedelta(0), id="negative"),
        pytest.param(told(cache_control="max-age"), timedelta(0), id="no-value"),
        pytest.param(
            told(cache_control="max-age=1" + "0" * 40), LONGEST_WAIT, id="for-ever"
        ),
        pytest.param(told(expires=WHEN.format("12:10:00")), 10 * MINUTE, id="expires"),
        pytest.param(
            told(expires=WHEN.format("11:10:00"), date=WHEN.format("11:00:00")),
            10 * MINUTE,
            id="expires-by-a-clock-that-is-an-hour-off",
        ),
        pytest.param(
            told(expires=WHEN.format("12:10:00"), age="300"), 5 * MINUTE, id="aged"
        ),
        pytest.param(told(expires="0"), timedelta(0), id="expires-nought"),
        pytest.param(told(expires="-1"), timedelta(0), id="expires-minus-one"),
        pytest.param(
            told(expires="Fri, 31 Dec 9999 23:59:59 GMT"), LONGEST_WAIT, id="9999"
        ),
        pytest.param(told(cache_control=',,=;"\\'), None, id="rubbish"),
    ],
)
def test_a24_freshness_is_read_as_rfc_9111_has_it(headers, fresh):
    assert fresh_for(headers, now=NOW) == fresh
