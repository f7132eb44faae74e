from datetime import UTC, datetime, timedelta

import pytest

from detectors.polling import (
    JITTER,
    LONGEST_WAIT,
    SLOWEST,
    PollReason,
    asked_wait,
    next_due,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
FEEDS = [f"https://wire{n}.test/feed" for n in range(200)]


def test_a_good_answer_is_due_again_within_its_interval():
    """Not after it: the next cycle of the same length would find it not yet due."""
    dues = [next_due(url, now=NOW, interval=FIVE).due_at for url in FEEDS]
    assert all(NOW + FIVE * (1 - JITTER) <= due <= NOW + FIVE for due in dues)
    assert len(set(dues)) == len(FEEDS)


def test_a_feed_always_has_the_same_jitter():
    assert next_due(FEEDS[0], now=NOW, interval=FIVE) == next_due(
        FEEDS[0], now=NOW, interval=FIVE
    )


def test_failures_make_it_wait_longer_each_time_up_to_a_day():
    waits = [
        next_due(FEEDS[0], now=NOW, interval=FIVE, failures=failures).due_at - NOW
        for failures in (1, 2, 3, 20, 10**9)
    ]
    assert waits[0] >= 2 * FIVE
    assert waits == sorted(waits)
    assert SLOWEST <= waits[-1] <= SLOWEST * (1 + JITTER)


@pytest.mark.parametrize("wait", [timedelta(hours=2), timedelta(days=31)])
def test_no_feed_is_asked_before_its_server_allows(wait):
    for url in FEEDS:
        due = next_due(url, now=NOW, interval=FIVE, failures=1, wait=wait)
        assert due.due_at >= NOW + wait
        assert due.reason is PollReason.RETRY_AFTER


def test_a_short_wish_does_not_shorten_the_patience():
    due = next_due(FEEDS[0], now=NOW, interval=FIVE, failures=3, wait=timedelta(0))
    assert due.reason is PollReason.BACK_OFF


def test_what_is_gone_is_not_asked_again():
    due = next_due(FEEDS[0], now=NOW, interval=FIVE, failures=1, gone=True)
    assert due.is_gone
    assert due.reason is PollReason.GONE


@pytest.mark.parametrize(
    ("retry_after", "date", "wait"),
    [
        pytest.param("7200", None, timedelta(hours=2), id="seconds"),
        pytest.param(" 0 ", None, timedelta(0), id="at-once"),
        pytest.param("999999999999", None, LONGEST_WAIT, id="for-ever"),
        pytest.param("-5", None, None, id="negative"),
        pytest.param("abc", None, None, id="word"),
        pytest.param("9" * 400, None, None, id="endless"),
        pytest.param("", None, None, id="empty"),
        pytest.param(None, None, None, id="missing"),
        pytest.param(
            "Wed, 04 Mar 2026 12:10:00 GMT", None, timedelta(minutes=10), id="date"
        ),
        pytest.param(
            "Wed, 04 Mar 2026 11:10:00 GMT",
            "Wed, 04 Mar 2026 11:00:00 GMT",
            timedelta(minutes=10),
            id="date-by-a-clock-that-is-an-hour-off",
        ),
        pytest.param("Wed, 04 Mar 2026 11:00:00 GMT", None, timedelta(0), id="past"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", None, LONGEST_WAIT, id="9999"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -2359", "no date", LONGEST_WAIT,
                     id="past-the-end-of-time"),
        pytest.param("Wed, 04 Mar 2026 12:10:00", None, timedelta(minutes=10),
                     id="no-zone"),
    ],
)  # fmt: skip
def test_retry_after_is_read_or_left(retry_after, date, wait):
    assert asked_wait(retry_after, date=date, now=NOW) == wait
