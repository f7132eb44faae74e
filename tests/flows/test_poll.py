from datetime import UTC, datetime, timedelta

import pytest

from detectors.model import FeedState, Outcome, Validators
from detectors.polling import CYCLE, FLOOR
from flows.errors import FailureReason
from flows.keeping import PollResult
from tests.flows.pollster import Pollster
from tests.servers.stand import (
    CLOSES,
    Reply,
    document,
    item,
    redirect,
    rss,
    zipped,
)

HOUR = timedelta(hours=1)
PAGE = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


@pytest.fixture
def desk(news, fetch, workers, now):
    return Pollster(news, fetch, workers, now)


async def test_a_new_feed_is_remembered_and_stays_silent(desk, stand):
    feed_id = desk.watch(stand.publish("/feed", rss(item(1), item(2), title="Quay")))
    polled = await desk.poll()
    assert (polled.feeds, polled.baseline) == ({PollResult.READ: 1}, 2)
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 2}
    feed = desk.feed(feed_id)
    assert (feed.title, feed.baseline_at) == ("Quay", desk.now)


async def test_a_backfill_makes_recent_and_undated_entries_news(desk, stand):
    at = "Wed, 04 Mar 2026 {:02}:00:00 GMT"
    body = rss(
        item(1, pubDate=at.format(11)),
        item(2, pubDate="Sun, 01 Mar 2026 00:00:00 GMT"),
        item(3),
    )
    feed_id = desk.watch(stand.publish("/feed", body), backfill=timedelta(hours=48))
    polled = await desk.poll()
    assert (polled.pending, polled.baseline) == (2, 1)
    pending = [e.entry_id for e in desk.entries(feed_id) if e.outcome is None]
    assert pending == ["guid-1", "guid-3"]


async def test_the_runs_own_backfill_holds_for_new_feeds_only(desk, stand):
    feed_id = desk.watch(stand.say("/feed", document(rss(item(1)))))
    assert (await desk.poll(backfill=HOUR)).pending == 1
    assert desk.outcomes(feed_id) == {None: 1}


async def test_later_entries_are_news_whatever_their_date(desk, stand):
    dates = ["Thu, 01 Jan 2015 00:00:00 GMT", "Tue, 01 Jan 2041 00:00:00 GMT", "soon"]
    later = [item(n, pubDate=date) for n, date in enumerate(dates, 10)]
    url = stand.say("/feed", document(rss(item(1))), document(rss(item(1), *later)))
    feed_id = desk.watch(url)
    await desk.poll()
    polled = await desk.poll(after=HOUR)
    assert polled.pending == 3
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 1, None: 3}


async def test_the_first_entry_of_an_empty_feed_is_news(desk, stand):
    url = stand.say("/feed", document(rss()), document(rss(item(1))))
    desk.watch(url)
    assert (await desk.poll()).feeds == {PollResult.READ: 1}
    assert (await desk.poll(after=HOUR)).pending == 1


async def test_a01_a02_the_second_poll_is_conditional_and_finds_nothing(desk, stand):
    feed_id = desk.watch(stand.publish("/feed", rss(item(1)), etag=b'W/"a b"'))
    await desk.poll()
    polled = await desk.poll(after=HOUR)
    assert polled.feeds == {PollResult.UNCHANGED: 1}
    assert polled.entries == 0
    assert stand.requests[1].header("If-None-Match") == b'W/"a b"'
    assert len(desk.entries(feed_id)) == 1


async def test_a09_validators_outlive_the_process(desk, stand):
    """Another store object on the same file is what a restart leaves."""
    feed_id = desk.watch(stand.publish("/feed", rss(item(1))))
    await desk.poll()
    assert desk.feed(feed_id).validators == Validators(etag=b'"1"')


async def test_a05_without_validators_the_body_decides(desk, stand):
    desk.watch(stand.say("/feed", document(rss(item(1)))))
    await desk.poll()
    assert (await desk.poll(after=HOUR)).feeds == {PollResult.UNCHANGED: 1}
    assert stand.requests[1].header("If-None-Match") is None
    assert stand.requests[1].header("If-Modified-Since") is None


async def test_a10_a_changed_body_under_the_same_tag_is_read(desk, stand):
    url = stand.say(
        "/feed",
        document(rss(item(1)), ETag='"same"'),
        document(rss(item(1), item(2)), ETag='"same"'),
    )
    desk.watch(url)
    await desk.poll()
    assert (await desk.poll(after=HOUR)).pending == 1


async def test_a07_a08_validators_are_replaced_as_a_pair(desk, stand):
    url = stand.say(
        "/feed",
        document(rss(item(1)), ETag='"1"', Last_Modified="Monday"),
        document(rss(item(2)), Last_Modified="Monday"),
    )
    feed_id = desk.watch(url)
    await desk.poll()
    await desk.poll(after=HOUR)
    assert desk.feed(feed_id).validators == Validators(last_modified=b"Monday")


async def test_a06_a_304_renews_what_it_repeats_and_forgives(desk, stand):
    url = stand.say(
        "/feed",
        document(rss(item(1)), ETag='"1"', Last_Modified="Monday"),
        Reply(status=500, headers=CLOSES),
        Reply(status=304, headers={"ETag": '"2"'}),
    )
    feed_id = desk.watch(url)
    await desk.poll()
    await desk.ask(after=HOUR)
    assert desk.feed(feed_id).failures == 1
    await desk.ask(after=HOUR)
    feed = desk.feed(feed_id)
    assert feed.validators == Validators(etag=b'"2"', last_modified=b"Monday")
    assert (feed.failures, feed.failure) == (0, None)
    assert feed.next_due_at > desk.now


FAILURES = [
    pytest.param(Reply(status=404), FailureReason.NOT_FOUND, id="404"),
    pytest.param(Reply(status=500), FailureReason.SERVER, id="500"),
    pytest.param(Reply(status=204), FailureReason.STATUS, id="204"),
    pytest.param(document(PAGE, ETag='"9"'), "a web page", id="login-page"),
    pytest.param(document(b"", ETag='"9"'), "empty", id="empty"),
    pytest.param(
        zipped(document(rss(item(1), item(2)), ETag='"9"'), keep=60),
        FailureReason.BROKEN_BODY,
        id="cut-gzip",
    ),
    pytest.param(
        Reply(body=rss(item(2)), length=9_999, headers={"ETag": '"9"'}),
        FailureReason.BROKEN_BODY,
        id="cut-body",
    ),
    pytest.param(
        redirect("http://169.254.169.254/"), FailureReason.REFUSED_ADDRESS, id="inside"
    ),
]


@pytest.mark.parametrize(("reply", "problem"), FAILURES)
async def test_a13_a14_a_failure_costs_patience_and_nothing_else(
    desk, stand, reply, problem
):
    """Validators stay; once it works again, what came meanwhile is news."""
    good = document(rss(item(1)), ETag='"1"')
    better = document(rss(item(1), item(2)), ETag='"2"')
    feed_id = desk.watch(stand.say("/feed", good, reply, reply, better))
    await desk.poll()
    for failures in (1, 2):
        polled = await desk.ask(after=HOUR)
        feed = desk.feed(feed_id)
        assert polled.feeds == {PollResult.FAILED: 1}
        assert problem in polled.failures[0][1]
        assert feed.failures == failures
        assert feed.next_due_at >= desk.now + CYCLE * 2**failures
        assert feed.validators == Validators(etag=b'"1"')
        assert stand.requests[-1].header("If-None-Match") in (b'"1"', None)
    assert (await desk.ask(after=HOUR)).pending == 1
    assert desk.feed(feed_id).failures == 0


async def test_a_failing_feed_is_left_alone_until_it_is_due(desk, stand):
    desk.watch(stand.say("/feed", Reply(status=500)))
    await desk.poll()
    assert (await desk.poll(after=timedelta(minutes=6))).asked == 0
    assert (await desk.poll(after=timedelta(minutes=6))).asked == 1


async def test_a_first_document_that_fails_leaves_the_baseline_open(desk, stand):
    url = stand.say("/feed", Reply(status=503), document(rss(item(1))))
    feed_id = desk.watch(url)
    await desk.poll()
    assert desk.feed(feed_id).baseline_at is None
    assert (await desk.poll(after=HOUR)).baseline == 1


async def test_a18_no_request_goes_out_before_the_server_allows(desk, stand):
    headers = {"Retry-After": "7200"}
    feed_id = desk.watch(stand.say("/feed", Reply(status=429, headers=headers)))
    await desk.poll()
    assert desk.feed(feed_id).next_due_at >= desk.now + 2 * HOUR
    assert (await desk.poll(after=1.9 * HOUR)).asked == 0
    assert (await desk.poll(force=True)).asked == 0
    assert (await desk.poll(after=0.4 * HOUR)).asked == 1


async def test_a32_a_feed_that_is_gone_is_not_asked_again(desk, stand):
    feed_id = desk.watch(stand.say("/feed", Reply(status=410)))
    assert (await desk.poll()).feeds == {PollResult.GONE: 1}
    assert desk.feed(feed_id).state is FeedState.GONE
    assert (await desk.poll(after=timedelta(days=400), force=True)).asked == 0
    assert len(stand.requests) == 1


async def test_a27_one_redirect_does_not_move_a_feed(desk, stand):
    stand.say("/feed", redirect("/new", 301))
    stand.publish("/new", rss(item(1)))
    feed_id = desk.watch(stand.url("/feed"))
    await desk.poll()
    assert desk.feed(feed_id).url == stand.url("/feed")
    assert desk.entries(feed_id)[0].url == stand.url("/story/1")


async def test_a30_ids_that_change_with_the_scheme_are_no_news(desk, stand):
    old = [item(n, guid=f"http://wire.test/{n}") for n in range(20)]
    new = [item(n, guid=f"https://wire.test/{n}") for n in range(23)]
    feed_id = desk.watch(stand.say("/feed", document(rss(*old)), document(rss(*new))))
    await desk.poll()
    polled = await desk.ask(after=HOUR)
    assert (polled.pending, polled.baseline) == (3, 20)
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 40, None: 3}


async def test_an_entry_that_says_more_is_to_be_read_again(desk, stand):
    at = "Wed, 04 Mar 2026 0{}:00:00 GMT"
    first = [item(n, pubDate=at.format(1)) for n in (1, 2, 3)]
    later = [
        item(1, title="One: six hurt", pubDate=at.format(1)),
        item(2, pubDate=at.format(2)),
        item(3, pubDate=at.format(1)),
        item(4, pubDate=at.format(2)),
    ]
    shapes = [rss(item(9)), rss(*first), rss(*later), rss(*later, title="Other")]
    feed_id = desk.watch(stand.say("/feed", *map(document, shapes)))
    await desk.poll()
    await desk.ask(after=HOUR)
    with desk.news.unit() as unit:
        for entry in desk.entries(feed_id):
            if entry.outcome is None:
                unit.entries.finish(entry.id, Outcome.KNOWN)
    polled = await desk.ask(after=HOUR)
    assert (polled.restated, polled.pending, polled.entries) == (2, 1, 1)
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 1, None: 3, Outcome.KNOWN: 1}
    waiting = [e.title for e in desk.entries(feed_id) if e.restated_at]
    assert waiting == ["One: six hurt", "Story 2"]
    assert (await desk.ask(after=HOUR)).restated == 0


async def test_a_baseline_that_is_dated_anew_stays_silent(desk, stand):
    shapes = [
        rss(*(item(n, pubDate=f"Wed, 04 Mar 2026 0{hour}:00:00 GMT") for n in range(9)))
        for hour in (1, 2)
    ]
    feed_id = desk.watch(stand.say("/feed", *map(document, shapes)))
    await desk.poll()
    polled = await desk.ask(after=HOUR)
    assert (polled.restated, polled.entries) == (0, 0)
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 9}


async def test_an_entry_that_moves_or_changes_its_date_stays_known(desk, stand):
    shapes = [
        document(rss(*(item(n, pubDate=f"Wed, 04 Mar 2026 0{hour}:00:00 GMT")
                       for n in order)))
        for hour, order in enumerate([(1, 2, 3), (3, 2, 1), (2, 3), (1, 2, 3)])
    ]  # fmt: skip
    desk.watch(stand.say("/feed", *shapes))
    found = [(await desk.ask(after=HOUR)).entries for _ in shapes]
    assert found == [3, 0, 0, 0]


async def test_a_hostile_feed_costs_its_neighbours_nothing(desk, stand, monkeypatch):
    monkeypatch.setattr("flows.asking.PARSE_WITHIN", timedelta(seconds=1))
    attributes = " ".join(f'a{n}="1"' for n in range(60_000))
    poison = rss(f"<item {attributes}><title>T &nbsp;</title></item>")
    bad = desk.watch(stand.say("/bad", document(poison)))
    good = [
        desk.watch(stand.publish(f"/{n}", rss(item(1), item(2)))) for n in range(20)
    ]
    polled = await desk.poll()
    assert polled.feeds == {PollResult.READ: 20, PollResult.FAILED: 1}
    assert "not done within" in (desk.feed(bad).failure or "")
    assert all(len(desk.entries(feed_id)) == 2 for feed_id in good)


async def test_a_kill_between_two_feeds_loses_nothing(desk, stand):
    """What was kept is whole; what was not is still due, and found the next time."""
    first = desk.watch(stand.publish("/1", rss(item(1))))
    second = desk.watch(stand.publish("/2", rss(item(2))))
    assert (await desk.poll(limit=1)).asked == 1
    kept = [bool(desk.entries(feed_id)) for feed_id in (first, second)]
    validators = [desk.feed(f).validators.etag is not None for f in (first, second)]
    assert kept == validators == [True, False]
    assert (await desk.poll()).asked == 1
    assert len(desk.entries(second)) == 1


async def test_a_limit_and_a_force_are_obeyed(desk, stand):
    for n in range(5):
        desk.watch(stand.publish(f"/{n}", rss(item(n))))
    assert (await desk.poll(limit=2)).asked == 2
    assert (await desk.poll()).asked == 3
    assert (await desk.poll()).asked == 0
    assert (await desk.poll(force=True)).asked == 0
    assert (await desk.ask(after=FLOOR)).feeds == {PollResult.UNCHANGED: 5}


async def test_a39_half_a_day_of_silence_is_caught_up_by_one_poll(desk, stand):
    desk.watch(stand.publish("/feed", rss(item(1))))
    await desk.poll()
    assert (await desk.poll(after=12 * HOUR)).asked == 1
    assert (await desk.poll()).asked == 0


async def test_moments_are_kept_in_utc(desk, stand):
    body = rss(item(1, pubDate="Wed, 04 Mar 2026 01:30:00 +0200"))
    feed_id = desk.watch(stand.publish("/feed", body))
    await desk.poll()
    [entry] = desk.entries(feed_id)
    assert entry.published_at == datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert entry.seen_at == desk.now
