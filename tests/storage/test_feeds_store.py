from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import (
    FeedCourse,
    FeedHints,
    FeedState,
    FeedWishes,
    Outcome,
    Validators,
    WaitScope,
)
from tests.storage.records import AWKWARD, MINUTE, NOW, article, entry

URL = "https://wire.test/feed.xml"


@pytest.fixture
def feed(unit):
    return unit.feeds.add(URL, title="Wire", source="Meridian Wire", now=NOW)


def test_a_new_feed_is_due_at_once_and_has_no_baseline(unit, feed):
    assert unit.feeds.due(NOW) == (feed,)
    assert feed.state is FeedState.ACTIVE
    assert feed.baseline_at is None
    assert feed.validators == Validators()


def test_a_url_is_watched_once(unit, feed):
    assert unit.feeds.add(URL, title="Again", source="S", now=NOW) is None
    assert unit.feeds.all() == (feed,)


def test_the_outlets_are_those_of_the_feeds_that_are_watched(unit, feed):
    other = unit.feeds.add("https://q.test/f", title="", source=AWKWARD, now=NOW)
    assert unit.feeds.outlets() == (
        ("Meridian Wire", URL, None),
        (AWKWARD, "https://q.test/f", None),
    )
    assert unit.feeds.outlets_of([AWKWARD, "None of ours"]) == (
        (AWKWARD, "https://q.test/f", None),
    )
    unit.feeds.remove(other.id, now=NOW)
    assert unit.feeds.outlets() == (("Meridian Wire", URL, None),)
    assert unit.feeds.outlets_of([AWKWARD]) == ()


def test_a_feed_is_found_by_id_and_by_url(unit, feed):
    assert unit.feeds.get(feed.id) == unit.feeds.by_url(URL) == feed
    assert unit.feeds.get(feed.id + 1) is unit.feeds.get(10**30) is None
    assert unit.feeds.by_url(URL + "?") is None


def test_what_a_poll_left_is_what_comes_back(unit, feed):
    polled = replace(
        feed,
        title=AWKWARD,
        state=FeedState.GONE,
        next_due_at=NOW + MINUTE,
        baseline_at=NOW,
        polled_at=NOW,
        validators=Validators(etag=b'W/"\xff\x00"', last_modified=b"yesterday "),
        body_hash="ab" * 32,
        course=FeedCourse(
            pace=timedelta(minutes=7, microseconds=3),
            hints=FeedHints(skip_hours=frozenset({1, 23})),
            issuer=URL + "?at=1",
            came_from=(URL + "0",),
            rest_ends_at=NOW + MINUTE,
        ),
        failures=3,
        failure="too slow",
    )
    unit.feeds.record_poll(polled)
    assert unit.feeds.get(feed.id) == polled


def test_what_the_desk_wishes_is_kept_whatever_a_poll_of_before_writes(unit, feed):
    wished = replace(
        feed,
        interval=timedelta(minutes=7, microseconds=1),
        tags=("Ukraine/Agencies", AWKWARD),
        owner="Quay Media",
        wishes=FeedWishes(
            headers={"X-Key": "env:WIRE_KEY"},
            agent="reader/2",
            proxy="env:PROXY",
            authority="/etc/ours.pem",
            waits=WaitScope.FEED,
            dates_only=True,
            weight=2.5,
            why="first on the harbour",
        ),
    )
    unit.feeds.wish(wished)
    assert unit.feeds.get(feed.id) == wished
    assert unit.feeds.outlets() == (("Meridian Wire", URL, "Quay Media"),)
    unit.feeds.record_poll(replace(feed, failures=1))
    assert unit.feeds.get(feed.id) == replace(wished, failures=1)


def test_a_poll_that_began_before_takes_back_neither_alert_nor_look_back(unit, feed):
    unit.feeds.look_back(feed.id, timedelta(hours=48))
    unit.articles.add(article("a1"))
    unit.entries.add_new(feed.id, [entry()], seen_at=NOW)
    [pending] = unit.entries.to_collect(10)
    unit.entries.give_article(pending.id, "a1")
    unit.feeds.spoke("a1", NOW)
    unit.feeds.record_poll(replace(feed, failures=1))
    kept = unit.feeds.get(feed.id)
    assert (kept.alerted_at, kept.backfill) == (NOW, timedelta(hours=48))
    assert unit.feeds.spoken() == ()
    unit.feeds.record_poll(replace(kept, polled_at=NOW - MINUTE))
    assert [each.id for each in unit.feeds.spoken()] == [feed.id]
    unit.feeds.record_poll(replace(kept, polled_at=NOW + MINUTE))
    assert unit.feeds.spoken() == ()


def test_only_the_feeds_behind_an_article_spoke(unit, feed):
    other = unit.feeds.add(URL + "2", title="", source="S", now=NOW)
    unit.feeds.spoke("unknown", NOW)
    assert unit.feeds.get(feed.id).alerted_at is None
    assert unit.feeds.get(other.id).alerted_at is None


def test_feeds_asked_by_a_clock_that_ran_ahead_are_found(unit, feed):
    unit.feeds.record_poll(replace(feed, polled_at=NOW + MINUTE))
    unit.feeds.add(URL + "2", title="", source="S", now=NOW)
    assert [each.id for each in unit.feeds.ahead(NOW)] == [feed.id]
    assert unit.feeds.ahead(NOW + MINUTE) == ()


def test_a_claim_holds_off_others_and_shortens_no_wait(unit, feed):
    later = unit.feeds.add(URL + "2", title="", source="S", now=NOW + 9 * MINUTE)
    unit.feeds.claim([feed.id, later.id], NOW + MINUTE)
    assert unit.feeds.due(NOW) == ()
    assert [each.id for each in unit.feeds.due(NOW + MINUTE)] == [feed.id]
    assert unit.feeds.get(later.id) == later


def test_a_feed_that_is_put_off_keeps_the_rest(unit, feed):
    put_off = replace(feed, next_due_at=NOW + MINUTE, due_reason="it rests")
    unit.feeds.postpone(replace(put_off, failures=9))
    assert unit.feeds.get(feed.id) == put_off


def test_a_feed_moves_to_an_address_that_nobody_has(unit, feed):
    other = unit.feeds.add(URL + "2", title="", source="S", now=NOW)
    assert unit.feeds.move(feed.id, URL + "3")
    assert unit.feeds.by_url(URL) is None
    assert unit.feeds.by_url(URL + "3") == replace(feed, url=URL + "3")
    assert not unit.feeds.move(other.id, URL + "3")
    assert unit.feeds.move(feed.id, URL)
    unit.feeds.remove(other.id, now=NOW)
    assert not unit.feeds.move(feed.id, URL + "2")


def test_feeds_are_due_longest_first_and_only_when_it_is_time(unit, feed):
    later = unit.feeds.add(URL + "2", title="", source="S", now=NOW + 2 * MINUTE)
    sooner = unit.feeds.add(URL + "1", title="", source="S", now=NOW - MINUTE)
    assert unit.feeds.due(NOW) == (sooner, feed)
    assert unit.feeds.due(NOW, limit=1) == (sooner,)
    assert unit.feeds.due(NOW, everything=True) == (sooner, feed, later)


def test_a_feed_that_is_gone_is_not_due(unit, feed):
    gone = replace(feed, state=FeedState.GONE)
    unit.feeds.record_poll(gone)
    assert unit.feeds.due(NOW, everything=True) == ()
    assert unit.feeds.all() == (gone,)


def test_a_removed_feed_is_seen_no_more_but_its_entries_stay(unit, feed):
    unit.entries.add_new(feed.id, [entry()], seen_at=NOW, outcome=Outcome.BASELINE)
    assert unit.feeds.remove(feed.id, now=NOW)
    assert not unit.feeds.remove(feed.id, now=NOW)
    assert unit.feeds.all() == unit.feeds.due(NOW, everything=True) == ()
    assert unit.feeds.get(feed.id) is unit.feeds.by_url(URL) is None
    assert unit.entries.total() == 1


def test_a_feed_added_again_knows_its_entries_and_takes_its_baseline_anew(unit, feed):
    unit.entries.add_new(feed.id, [entry("old")], seen_at=NOW)
    validators = Validators(etag=b"1", last_modified=b"2")
    polled = replace(feed, validators=validators, baseline_at=NOW, body_hash="h")
    unit.feeds.record_poll(replace(polled, failures=2, failure="gone"))
    unit.feeds.remove(feed.id, now=NOW)

    later = NOW + timedelta(days=30)
    back = unit.feeds.add(URL, title="Wire", source="Meridian Wire", now=later)

    assert back == replace(feed, added_at=later, next_due_at=later)
    new = unit.entries.add_new(back.id, [entry("old"), entry("new")], seen_at=later)
    assert [each.entry_id for each in new] == ["new"]


def test_a_url_of_six_thousand_letters_is_kept_and_found(unit):
    long = "https://wire.test/" + "я" * 6000
    added = unit.feeds.add(long, title="", source="S", now=NOW)
    assert unit.feeds.by_url(long) == added
    assert added.url == long
    assert unit.feeds.add(long, title="", source="S", now=NOW) is None
