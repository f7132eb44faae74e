from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.feed_hints import read_hints
from detectors.feeds import parse
from detectors.model import FeedHints

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ITEM = "<item><title>T</title><link>https://a.test/1</link></item>"


def rss(head, item=ITEM):
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>T</title>{head}{item}</channel></rss>"
    ).encode()


def hours(*named):
    return f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in named)}</skipHours>"


def days(*named):
    return f"<skipDays>{''.join(f'<day>{n}</day>' for n in named)}</skipDays>"


def pace(period, times=None):
    often = "" if times is None else f"<sy:updateFrequency>{times}</sy:updateFrequency>"
    return f"<sy:updatePeriod>\n\t{period}\t</sy:updatePeriod>{often}"


@pytest.mark.parametrize(
    ("head", "every"),
    [
        ("<ttl>60</ttl>", HOUR),
        ("<ttl><![CDATA[ 60 ]]></ttl>", HOUR),
        ("<TTL >60</TTL>", HOUR),
        ("<ttl>99999999999</ttl>", DAY),
        ("<ttl>-5</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>abc</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>²</ttl>", None),
        ("<ttl/>", None),
        (pace("hourly", 2), HOUR / 2),
        (pace("hourly", 1), HOUR),
        (pace("HOURLY"), HOUR),
        (pace("daily", 0), DAY),
        (pace("daily", -3), DAY),
        (pace("daily", "often"), DAY),
        (pace("daily", 10**40), timedelta(minutes=1)),
        (pace("weekly", 14), DAY / 2),
        (pace("yearly"), DAY),
        (pace("now and then"), None),
        ("<sy:updateFrequency>4</sy:updateFrequency>", None),
        ("<ttl>60</ttl>" + pace("hourly", 4), HOUR),
    ],
)
def test_a25_a_wish_for_a_pace_is_heard_for_a_day_at_most(head, every):
    assert read_hints(rss(head)).every == every


def test_what_wordpress_writes_in_every_feed_is_no_wish():
    own = "<generator>https://wordpress.org/?v=6.9</generator>"
    assert read_hints(rss(own + pace("hourly", 1))).every is None
    assert read_hints(rss(own + pace("hourly", 2))).every == HOUR / 2


def test_a25_hours_and_days_without_news_are_heard():
    hints = read_hints(rss(hours(0, 1, 23, 24, 25, -1, "x") + days("Sunday", "MONDAY")))
    assert hints.skip_hours == {0, 1, 23}
    assert hints.skip_days == {6, 0}


def test_a25_what_leaves_no_time_to_ask_is_no_hint():
    week = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
    assert read_hints(rss(hours(*range(24)) + days(*week))) == FeedHints()
    assert read_hints(rss(hours(*range(23)))).skip_hours == set(range(23))
    assert read_hints(rss(days(*week[1:]))).skip_days == set(range(1, 7))


def test_an_article_about_feeds_gives_no_hint():
    item = f"<item><title>T</title>{hours(3)}<ttl>5</ttl></item>"
    assert read_hints(rss("", item)) == FeedHints()


def test_a_feed_is_parsed_with_its_hints():
    document = parse(rss(hours(3) + "<ttl>60</ttl>"), url="https://a.test/rss")
    assert document.hints == FeedHints(every=HOUR, skip_hours=frozenset({3}))


def test_other_prefixes_of_the_module_are_known():
    body = b"<feed><up:updatePeriod>daily</up:updatePeriod><entry/></feed>"
    assert read_hints(body).every == DAY


@given(st.binary(max_size=200), st.sampled_from([b"ttl", b"skipHours", b"skipDays"]))
def test_no_bytes_break_it(junk, name):
    read_hints(b"<rss><" + name + b">" + junk + b"</" + name + b">")
