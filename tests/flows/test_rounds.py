from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from detectors.model import Feed, FeedState, FeedWishes, Host
from flows.rounds import Round, running

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def feed(number, host, **more):
    url = f"https://{host}.test/{number}"
    return Feed(
        id=number, url=url, title="", source="", state=FeedState.ACTIVE, added_at=NOW,
        next_due_at=NOW, **more,
    )  # fmt: skip


def taken(order):
    """Every feed in turn, each host let go as soon as it was asked."""
    ids = []
    while (asked := order.next()) is not None:
        ids.append(asked.id)
        order.done(asked, None)
    return ids


def round_of(*feeds, resting=None):
    return Round(feeds, resting=resting or {}, moment=lambda: NOW)


def test_a37_a_host_with_many_feeds_lets_the_others_through():
    many = [feed(number, "big") for number in range(60)]
    few = [feed(100 + number, f"small{number}") for number in range(5)]
    assert taken(round_of(*many, *few))[:8] == [0, 100, 101, 102, 103, 104, 1, 2]


def test_a37_no_host_is_asked_for_two_at_once():
    order = round_of(feed(1, "a"), feed(2, "a"), feed(3, "b"))
    first, second = order.next(), order.next()
    assert (first.id, second.id) == (1, 3)
    assert order.next() is None
    order.done(first, None)
    assert order.next().id == 2


def test_the_heavier_go_first():
    heavy = feed(3, "a", wishes=FeedWishes(weight=3))
    assert taken(round_of(feed(1, "a"), feed(2, "b"), heavy)) == [3, 1, 2]


def test_every_feed_has_its_turn_once():
    feeds = [feed(number, f"host{number % 7}") for number in range(200)]
    assert sorted(taken(round_of(*feeds))) == list(range(200))


def test_a23_a_host_that_asks_for_a_rest_is_asked_for_nothing_more():
    order = round_of(feed(1, "a"), feed(2, "a"), feed(3, "b"), feed(4, "a"))
    first = order.next()
    rests = Host(name="a.test", rest_ends_at=NOW + HOUR, reason="HTTP 429")
    order.done(first, rests)
    assert taken(order) == [3]
    assert [(each.id, host) for each, host in order.left] == [(2, rests), (4, rests)]


@pytest.mark.parametrize(("ends_at", "asked"), [(NOW + HOUR, []), (NOW, [1])])
def test_a18_a_host_rests_until_its_rest_ends(ends_at, asked):
    rests = Host(name="a.test", rest_ends_at=ends_at, reason="HTTP 503")
    assert taken(round_of(feed(1, "a"), resting={"a.test": rests})) == asked


def test_another_port_is_another_host():
    elsewhere = replace(feed(2, "a"), url="https://a.test:8443/2")
    rests = Host(name="a.test", rest_ends_at=NOW + HOUR, reason="HTTP 503")
    order = round_of(feed(1, "a"), elsewhere, resting={"a.test": rests})
    assert taken(order) == [2]


def test_a_running_clock_starts_where_it_is_put():
    moment = running(NOW)
    assert NOW <= moment() <= moment() < NOW + HOUR
