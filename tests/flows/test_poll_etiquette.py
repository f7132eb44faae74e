"""Rows A of the matrix as the wire sees them: what is asked, when, what is said."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from detectors.model import (
    FeedState,
    FeedWishes,
    NoticeKind,
    Outcome,
    Validators,
    WaitScope,
)
from detectors.opml import Subscription
from flows.keeping import PollResult
from flows.subscriptions import subscribe
from storage.database import Store
from storage.errors import StoreError
from tests.flows.pollster import Pollster
from tests.servers.stand import CLOSES, Reply, document, item, redirect, rss

MINUTE = timedelta(minutes=1)
CYCLE = 5 * MINUTE
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WHEN = "Wed, 04 Mar 2026 {} GMT"
NO_FEED = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


HOURS = "".join(f"<hour>{hour}</hour>" for hour in range(24))
DAYS = "".join(
    f"<day>{day}day</day>"
    for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")
)
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
HINTS = [
    "<ttl>99999999999</ttl>",
    "<ttl>-5</ttl>",
    "<ttl>abc</ttl>",
    f"<sy:updateFrequency {SY}>0</sy:updateFrequency>",
    f"<skipHours>{HOURS}</skipHours>",
    f"<skipDays>{DAYS}</skipDays>",
]


@pytest.fixture
def desk(news, fetch, workers, now):
    return Pollster(news, fetch, workers, now)


def throttled(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=429, headers={**named, **CLOSES})


def refreshed(*numbers):
    return document(rss(*map(item, numbers)))


class TestValidators:
    async def test_a05_no_date_is_invented(self, desk, stand):
        body = rss(item(1, pubDate=WHEN.format("01:00:00")))
        desk.watch(stand.say("/feed", document(body)))
        for _ in range(3):
            await desk.ask()
        conditional = [r.header("If-Modified-Since") for r in stand.requests]
        assert conditional == [None, None, None]

    async def test_a06_a_304_says_when_to_come_again(self, desk, stand):
        first = document(rss(item(1)), ETag='"1"', Cache_Control="max-age=60")
        later = Reply(status=304, headers={"Cache-Control": "max-age=36000"})
        feed_id = desk.watch(stand.say("/feed", first, later))
        await desk.poll()
        await desk.poll(after=2 * CYCLE)
        feed = desk.feed(feed_id)
        assert feed.validators == Validators(etag=b'"1"')
        assert feed.next_due_at >= desk.now + 10 * HOUR

    async def test_a09_a_new_process_asks_conditionally(
        self, desk, stand, tmp_path, fetch, workers
    ):
        desk.watch(stand.publish("/feed", rss(item(1))))
        await desk.poll()
        again = Store.open(f"sqlite:///{tmp_path / 'news.db'}")
        restarted = Pollster(again, fetch, workers, desk.now)
        assert (await restarted.poll(after=HOUR)).feeds == {PollResult.UNCHANGED: 1}
        again.close()
        assert stand.requests[1].header("If-None-Match") == b'"1"'

    async def test_a11_a_server_that_says_304_for_ever_is_found_out(self, desk, stand):
        """The body changes under a date in the future, as of a broken clock."""
        modified = WHEN.format("00:00:00").replace("2026", "2041")
        numbers = [1]

        def answer(request):
            if request.header("If-Modified-Since"):
                return Reply(status=304)
            return document(rss(*map(item, numbers)), Last_Modified=modified)

        feed_id = desk.watch(stand.answer("/feed", answer))
        await desk.poll()
        numbers.append(2)
        await desk.until(desk.now + 20 * HOUR, every=HOUR / 2)
        assert desk.outcomes(feed_id) == {Outcome.BASELINE: 1}
        await desk.until(desk.now + 76 * HOUR, every=HOUR / 2)
        assert desk.feed(feed_id).course.distrusted
        assert desk.outcomes(feed_id) == {Outcome.BASELINE: 1, None: 1}
        assert desk.notices() == [(NoticeKind.DISTRUSTED, False)]
        bare = [r for r in stand.requests if not r.header("If-Modified-Since")]
        assert len(bare) < 40
        numbers.append(3)
        await desk.ask()
        assert len(desk.entries(feed_id)) == 3
        assert stand.requests[-1].header("If-Modified-Since") is None

    async def test_a11_an_honest_server_stays_trusted(self, desk, stand):
        feed_id = desk.watch(stand.publish("/feed", rss(item(1))))
        await desk.poll()
        await desk.until(desk.now + 4 * DAY, every=HOUR / 2)
        bare = [r for r in stand.requests[1:] if not r.header("If-None-Match")]
        assert 1 <= len(bare) <= 3
        assert not desk.feed(feed_id).course.distrusted
        assert desk.notices() == []

    @pytest.mark.parametrize("wished", [False, True])
    async def test_a12_a_server_that_looks_at_the_tag_alone(self, desk, stand, wished):
        def answer(request):
            if request.header("If-None-Match"):
                return document(rss(item(1)), ETag='"?"', Last_Modified="Monday")
            if request.header("If-Modified-Since") == b"Monday":
                return Reply(status=304)
            return document(rss(item(1)), ETag='"?"', Last_Modified="Monday")

        wishes = FeedWishes(dates_only=wished)
        desk.watch(stand.answer("/feed", answer), wishes=wishes)
        await desk.poll()
        assert (await desk.ask()).feeds == {PollResult.UNCHANGED: 1}
        tag = stand.requests[1].header("If-None-Match")
        assert tag == (None if wished else b'"?"')

    async def test_a31_validators_go_to_nobody_but_who_gave_them(self, desk, stand):
        """Neither to who redirects there, nor to the next who is redirected to."""
        stand.say("/feed", redirect("/a"), redirect("/a"), redirect("/b"))
        stand.publish("/a", rss(item(1)), etag=b'"of a"')
        stand.publish("/b", rss(item(1)), etag=b'"of b"')
        desk.watch(stand.url("/feed"))
        for _ in range(3):
            await desk.ask()
        told = [(r.path, r.header("If-None-Match")) for r in stand.requests]
        assert told == [
            ("/feed", None), ("/a", None),
            ("/feed", None), ("/a", b'"of a"'),
            ("/feed", None), ("/b", None),
        ]  # fmt: skip

    async def test_a31_they_stay_behind_when_a_feed_is_given_another_url(
        self, desk, stand
    ):
        feed_id = desk.watch(stand.publish("/old", rss(item(1))))
        stand.publish("/new", rss(item(1)))
        await desk.ask()
        with desk.news.unit() as unit:
            assert unit.feeds.move(feed_id, stand.url("/new"))
        await desk.ask()
        assert stand.asked("/new")[0].header("If-None-Match") is None
        await desk.ask()
        assert stand.asked("/new")[1].header("If-None-Match") == b'"1"'


class TestOddDocuments:
    async def test_a15_a_login_page_is_told_of_once_and_its_end_too(self, desk, stand):
        wall = document(NO_FEED, ETag='"wall"')
        good = document(rss(item(1)), ETag='"1"')
        better = document(rss(item(1), item(2)), ETag='"2"')
        feed_id = desk.watch(stand.say("/feed", good, *[wall] * 5, better))
        await desk.ask()
        for asked in range(5):
            assert (await desk.ask()).feeds == {PollResult.FAILED: 1}
            assert desk.feed(feed_id).validators == Validators(etag=b'"1"')
            wanted = [(NoticeKind.FAILING, True)] if asked >= 2 else []
            assert desk.notices() == wanted
        await desk.ask()
        assert desk.notices() == [(NoticeKind.FAILING, False)]
        assert len(desk.entries(feed_id)) == 2

    async def test_a16_entries_and_validators_are_kept_together_or_not_at_all(
        self, desk, stand, monkeypatch
    ):
        """The feed never changes again: a tag without its entries would lose them."""
        url = stand.publish("/feed", rss(item(1)))
        feed_id = desk.watch(url, backfill=DAY)

        def killed(*_, **__):
            raise StoreError(url, "killed")

        with monkeypatch.context() as patch:
            patch.setattr("storage.feeds.Feeds.record_poll", killed)
            with pytest.raises(StoreError):
                await desk.poll()
        assert not desk.entries(feed_id)
        assert (await desk.poll(after=MINUTE)).pending == 1

    async def test_a17_a_feed_that_lists_nothing_any_more_is_told_of(self, desk, stand):
        full, empty = document(rss(*map(item, range(50)))), document(rss())
        feed_id = desk.watch(stand.say("/feed", full, empty, empty, empty, full))
        await desk.ask()
        assert (await desk.ask()).feeds == {PollResult.READ: 1}
        assert desk.notices() == []
        await desk.ask()
        await desk.ask()
        assert desk.notices() == [(NoticeKind.EMPTY, True)]
        assert len(desk.entries(feed_id)) == 50
        await desk.ask()
        assert desk.notices() == [(NoticeKind.EMPTY, False)]
        assert len(desk.entries(feed_id)) == 50

    @pytest.mark.parametrize(
        "kind", ["text/html", "application/octet-stream", "image/png", None]
    )
    @pytest.mark.parametrize("front", [b"", b"\xef\xbb\xbf", b"\n\n  "])
    async def test_a42_a_feed_is_known_by_what_it_is(self, desk, stand, kind, front):
        headers = {"Content-Type": kind} if kind else {}
        feed_id = desk.watch(
            stand.say("/feed", Reply(body=front + rss(item(1)), headers=headers))
        )
        await desk.poll()
        assert len(desk.entries(feed_id)) == 1

    @pytest.mark.parametrize("status", [204, 206, 226, 304])
    async def test_a43_what_is_no_whole_document_is_a_failure(
        self, desk, stand, status
    ):
        reply = Reply(status=status, body=b"" if status == 304 else rss(item(1)))
        feed_id = desk.watch(stand.say("/feed", reply))
        assert (await desk.poll()).feeds == {PollResult.FAILED: 1}
        assert not desk.entries(feed_id)
        assert desk.feed(feed_id).baseline_at is None


class TestWaits:
    async def test_a18_a_wait_outlives_restart_and_force(
        self, desk, stand, tmp_path, fetch, workers
    ):
        desk.watch(stand.say("/feed", throttled(Retry_After="7200"), refreshed(1)))
        await desk.poll()
        again = Store.open(f"sqlite:///{tmp_path / 'news.db'}")
        restarted = Pollster(again, fetch, workers, desk.now)
        await restarted.until(desk.now + 2 * HOUR - CYCLE)
        assert (await restarted.ask()).asked == 0
        assert len(stand.requests) == 1
        assert (await restarted.ask(heedless=True)).asked == 1
        again.close()

    async def test_a18_the_wait_counts_from_the_answer_not_from_the_cycle(
        self, desk, stand
    ):
        reply = throttled(Retry_After="600")
        feed_id = desk.watch(stand.say("/feed", Reply(**vars_of(reply, before=0.3))))
        await desk.poll()
        ends_at = desk.feed(feed_id).course.rest_ends_at
        assert ends_at >= desk.now + timedelta(seconds=600.3)

    async def test_a19_a_date_is_read_by_the_servers_own_clock(self, desk, stand):
        reply = throttled(
            Retry_After=WHEN.format("11:10:00"), Date=WHEN.format("11:00:00")
        )
        feed_id = desk.watch(stand.say("/feed", reply))
        await desk.poll()
        wait = desk.feed(feed_id).course.rest_ends_at - desk.now
        assert timedelta(0) <= wait - 10 * MINUTE < MINUTE

    async def test_a20_without_a_date_it_is_asked_ever_more_rarely(self, desk, stand):
        feed_id = desk.watch(stand.say("/feed", throttled()))
        waits = []
        for _ in range(10):
            await desk.ask(after=MINUTE)
            waits.append(desk.feed(feed_id).next_due_at - desk.now)
        assert waits[0] >= 2 * CYCLE
        assert all(later > wait for wait, later in pairwise(waits[:7]))
        assert max(waits) <= 1.1 * DAY

    @pytest.mark.parametrize(
        "stated", ["-5", "abc", "1" + "0" * 12, "Fri, 31 Dec 9999 23:59:59 GMT", ""]
    )
    async def test_a21_nonsense_is_no_wait_and_no_end(self, desk, stand, stated):
        feed_id = desk.watch(stand.say("/feed", throttled(Retry_After=stated)))
        await desk.poll()
        assert 2 * CYCLE <= desk.feed(feed_id).next_due_at - desk.now <= 32 * DAY

    async def test_a22_a_503_may_ask_for_a_wait_and_a_200_may_not(self, desk, stand):
        busy = Reply(status=503, headers={"Retry-After": "7200", **CLOSES})
        resting = desk.watch(stand.say("/busy", busy))
        served = desk.watch(stand.say("/ok", document(rss(), Retry_After="7200")))
        await desk.poll()
        assert desk.feed(resting).next_due_at >= desk.now + 2 * HOUR
        assert desk.feed(served).next_due_at <= desk.now + CYCLE

    async def test_a23_one_feeds_wait_is_its_hosts(self, desk, stand):
        """Also within the cycle that was told of it, and after a restart."""
        asked = throttled(Retry_After="7200")
        first = desk.watch(stand.say("/0", asked))
        others = [desk.watch(stand.say(f"/{n}", refreshed(n))) for n in range(1, 40)]
        polled = await desk.poll(waits=WaitScope.HOST)
        assert (polled.asked, polled.resting) == (1, 39)
        assert len(stand.requests) == 1
        for feed_id in (first, *others):
            assert desk.feed(feed_id).next_due_at >= desk.now + 2 * HOUR
        assert "asked us to wait until" in desk.feed(others[0]).due_reason
        late = desk.watch(stand.say("/late", refreshed(1)))
        assert (await desk.poll(after=HOUR)).asked == 0
        assert (await desk.ask()).asked == 0
        assert desk.feed(late).polled_at is None
        polled = await desk.poll(after=HOUR)
        assert polled.asked == 41

    async def test_a23_a_feed_of_our_own_networks_rests_alone(self, desk, stand):
        desk.watch(stand.say("/0", throttled(Retry_After="7200")))
        for n in range(1, 40):
            desk.watch(stand.say(f"/{n}", refreshed(n)))
        assert (await desk.poll()).asked == 40

    async def test_a23_a_feeds_own_wish_goes_before_the_setting(self, desk, stand):
        alone = FeedWishes(waits=WaitScope.FEED)
        desk.watch(stand.say("/0", throttled(Retry_After="7200")), wishes=alone)
        desk.watch(stand.say("/1", refreshed(1)))
        assert (await desk.poll(waits=WaitScope.HOST)).asked == 2

    @pytest.mark.parametrize(
        ("headers", "least"),
        [
            ({"Cache-Control": "max-age=3600"}, HOUR),
            ({"Cache-Control": "no-cache, max-age=6000"}, None),
            ({"Cache-Control": "max-age=600", "Expires": WHEN.format("23:00:00")},
             10 * MINUTE),
            ({"Cache-Control": "max-age=3600", "Age": "3000"}, 10 * MINUTE),
            ({"Expires": WHEN.format("12:20:00"), "Date": WHEN.format("12:00:00")},
             20 * MINUTE),
            ({"Cache-Control": "max-age=99999999"}, 31 * DAY),
        ],
    )  # fmt: skip
    async def test_a24_nothing_is_asked_while_it_is_fresh(
        self, desk, stand, headers, least
    ):
        feed_id = desk.watch(stand.say("/feed", Reply(body=rss(), headers=headers)))
        await desk.poll()
        wait = desk.feed(feed_id).next_due_at - desk.now
        if least is None:
            assert wait <= CYCLE
        else:
            assert least <= wait <= least + 2 * MINUTE

    @pytest.mark.parametrize("head", HINTS)
    async def test_a25_no_hint_silences_a_feed_for_more_than_a_day(
        self, desk, stand, head
    ):
        body = rss(item(1), head=head)
        feed_id = desk.watch(stand.say("/feed", document(body)))
        await desk.poll()
        feed = desk.feed(feed_id)
        assert feed.failure is None
        assert feed.next_due_at <= desk.now + DAY

    async def test_a26_the_desk_may_ask_more_often_than_a_cache_likes(
        self, desk, stand
    ):
        fresh = document(rss(item(1)), Cache_Control="max-age=3600")
        desk.watch(stand.say("/feed", fresh), interval=2 * MINUTE)
        await desk.poll()
        assert (await desk.poll(after=2 * MINUTE, cycle=MINUTE)).asked == 0
        assert (await desk.poll(after=3 * MINUTE, cycle=MINUTE)).asked == 1
        assert (await desk.poll(after=2 * MINUTE, cycle=MINUTE)).asked == 1


def vars_of(reply, **more):
    names = ("status", "headers", "body", "length", "pause", "before")
    return {**{name: getattr(reply, name) for name in names}, **more}


class TestMoves:
    async def redirected(self, desk, stand, *, status=301, body=None):
        feed_id = desk.watch(stand.say("/old", refreshed(1, 2)))
        await desk.ask()
        stand.say("/old", redirect("/new", status))
        stand.publish("/new", body or rss(item(2), item(3)))
        return feed_id

    @pytest.mark.parametrize("status", [301, 308])
    async def test_a28_a_feed_moves_once_it_was_sent_there_for_a_day(
        self, desk, stand, status
    ):
        feed_id = await self.redirected(desk, stand, status=status)
        for _ in range(5):
            await desk.ask(after=4 * HOUR)
            assert desk.feed(feed_id).url == stand.url("/old")
        await desk.ask(after=9 * HOUR)
        moved = desk.feed(feed_id)
        assert moved.url == stand.url("/new")
        assert moved.course.came_from == (stand.url("/old"),)
        assert desk.notices() == [(NoticeKind.MOVED, False)]
        before = len(stand.asked("/old"))
        assert (await desk.ask(after=HOUR)).feeds == {PollResult.UNCHANGED: 1}
        assert len(stand.asked("/old")) == before
        assert stand.requests[-1].header("If-None-Match") == b'"1"'
        assert len(desk.entries(feed_id)) == 3

    async def test_a28_two_polls_a_day_apart_are_not_enough(self, desk, stand):
        feed_id = await self.redirected(desk, stand)
        for _ in range(2):
            await desk.ask(after=25 * HOUR)
        assert desk.feed(feed_id).url == stand.url("/old")

    async def test_a28_it_does_not_move_to_a_stranger(self, desk, stand):
        """A parked domain, or who took it over, has none of its entries."""
        strangers = rss(*(item(n, link=f"/other/{n}") for n in range(90, 95)))
        feed_id = await self.redirected(desk, stand, body=strangers)
        with desk.news.unit() as unit:
            unit.feeds.record_poll(desk.feed(feed_id))
        for number in range(6):
            body = rss(*(item(100 * number + n, link="") for n in range(5)))
            stand.publish("/new", body, etag=b'"%d"' % number)
            await desk.ask(after=9 * HOUR)
        assert desk.feed(feed_id).url == stand.url("/old")

    async def test_a28_two_feeds_never_become_one(self, desk, stand):
        feed_id = await self.redirected(desk, stand)
        desk.watch(stand.url("/new"))
        for _ in range(6):
            await desk.ask(after=9 * HOUR)
        assert desk.feed(feed_id).url == stand.url("/old")
        assert desk.notices() == []

    @pytest.mark.parametrize("status", [302, 303, 307])
    async def test_a29_a_temporary_redirect_is_followed_for_ever(
        self, desk, stand, status
    ):
        feed_id = await self.redirected(desk, stand, status=status)
        for _ in range(6):
            await desk.ask(after=9 * HOUR)
        feed = desk.feed(feed_id)
        assert (feed.url, feed.failures) == (stand.url("/old"), 0)
        assert len(desk.entries(feed_id)) == 3

    async def test_a30_a_move_to_https_with_other_ids_tells_nothing_twice(
        self, desk, stand
    ):
        """The scheme cannot change on a stand; its place in every id does."""
        old = [item(n, guid=f"http://wire.test/{n}") for n in range(9)]
        new = [item(n, guid=f"https://wire.test/{n}") for n in range(9)]
        feed_id = desk.watch(stand.say("/old", document(rss(*old))), backfill=DAY)
        await desk.ask()
        stand.say("/old", redirect("/new", 301))
        stand.publish("/new", rss(*new))
        pending = desk.outcomes(feed_id)[None]
        for _ in range(6):
            await desk.ask(after=9 * HOUR)
        assert desk.outcomes(feed_id)[None] == pending
        assert desk.feed(feed_id).url == stand.url("/new")


class TestFailures:
    async def test_a32_a_feed_that_is_gone_is_told_of_once(self, desk, stand):
        feed_id = desk.watch(stand.say("/feed", Reply(status=410)))
        await desk.poll()
        assert desk.feed(feed_id).state is FeedState.GONE
        assert desk.notices() == [(NoticeKind.GONE, True)]
        await desk.until(desk.now + DAY, every=HOUR)
        assert (await desk.ask(heedless=True)).asked == 0
        assert len(stand.requests) == 1

    @pytest.mark.parametrize("status", [401, 403, 404, 500, 502])
    async def test_a33_three_days_of_failure_cost_nothing_but_time(
        self, desk, stand, status
    ):
        url = stand.say("/feed", refreshed(1), Reply(status=status, headers=CLOSES))
        feed_id = desk.watch(url)
        await desk.poll()
        await desk.until(desk.now + 3 * DAY, every=HOUR / 2)
        asked = len(stand.requests)
        assert asked < 20
        assert desk.feed(feed_id).state is FeedState.ACTIVE
        assert desk.notices() == [(NoticeKind.FAILING, True)]
        stand.say("/feed", refreshed(1, 2, 3))
        await desk.until(desk.now + 28 * HOUR, every=HOUR / 2)
        assert desk.notices() == [(NoticeKind.FAILING, False)]
        assert desk.outcomes(feed_id) == {Outcome.BASELINE: 1, None: 2}

    async def test_a33_the_desk_is_told_within_25_hours(self, desk, stand):
        desk.watch(stand.say("/feed", refreshed(1), Reply(status=404)))
        await desk.poll()
        await desk.until(desk.now + 20 * HOUR)
        assert desk.notices() == []
        await desk.until(desk.now + 5 * HOUR)
        assert desk.notices() == [(NoticeKind.FAILING, True)]

    async def test_a34_neither_cookie_nor_referrer_nor_query_is_sent(self, desk, stand):
        baked = document(rss(item(1)), Set_Cookie="who=desk; Path=/")
        stand.say("/feed", redirect("/real"))
        stand.say("/real", baked)
        desk.watch(stand.url("/feed"))
        for _ in range(3):
            await desk.ask()
        for request in stand.requests:
            assert request.header("Cookie") is None
            assert request.header("Referer") is None
            assert "?" not in request.path


class TestOrder:
    async def test_a36_a_feed_in_many_spellings_is_polled_once(self, desk, stand):
        url = stand.publish("/f", rss(item(1)))
        spellings = [url, url.upper().replace("/F", "/f"), f"{url}#x", f" {url} "]
        listed = [Subscription(url=each) for each in spellings]
        subscribe(desk.news, listed, now=desk.now)
        assert (await desk.poll()).asked == 1

    async def test_a38_ten_restarts_in_a_minute_ask_once(
        self, desk, stand, tmp_path, fetch, workers
    ):
        """Also those that are killed while the answer is on its way."""
        for n in range(5):
            desk.watch(stand.say(f"/{n}", Reply(body=rss(item(n)), before=0.2)))
        for _ in range(10):
            again = Store.open(f"sqlite:///{tmp_path / 'news.db'}")
            restarted = Pollster(again, fetch, workers, desk.now)
            poll = asyncio.create_task(restarted.poll())
            await asyncio.sleep(0.1)
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            again.close()
            desk.now += timedelta(seconds=5)
        asked = [len(stand.asked(f"/{n}")) for n in range(5)]
        assert max(asked) <= 1

    async def test_a39_six_hours_down_are_caught_up_by_one_poll(self, desk, stand):
        desk.watch(stand.publish("/feed", rss(item(1))), interval=CYCLE)
        await desk.poll()
        assert (await desk.poll(after=6 * HOUR)).asked == 1
        assert (await desk.poll()).asked == 0
        assert len(stand.requests) == 2

    async def test_a40_a_poll_that_outlasts_its_interval_is_not_overtaken(
        self, desk, stand
    ):
        desk.watch(stand.say("/feed", Reply(body=rss(item(1)), before=0.4)))
        slow = asyncio.create_task(desk.poll())
        await asyncio.sleep(0.1)
        assert (await desk.poll()).asked == 0
        assert (await slow).asked == 1
        assert stand.busiest == 1

    async def test_a47_haste_by_hand_asks_once_a_minute(self, desk, stand):
        desk.watch(stand.publish("/feed", rss(item(1))))
        for _ in range(20):
            await desk.ask(after=timedelta(seconds=10))
        assert len(stand.requests) <= 4
        tags = [request.header("If-None-Match") for request in stand.requests]
        assert tags[1:] == [b'"1"'] * (len(tags) - 1)


class TestClock:
    @pytest.mark.parametrize("ahead", [HOUR, DAY])
    async def test_g18_a_clock_that_ran_ahead_and_was_put_right(
        self, desk, stand, ahead
    ):
        """Every feed is asked within its interval, and nothing comes twice."""
        feeds = [
            desk.watch(stand.publish(f"/{n}", rss(item(n))), interval=CYCLE)
            for n in range(5)
        ]
        await desk.poll()
        await desk.poll(after=ahead)
        entries = [len(desk.entries(each)) for each in feeds]
        desk.now -= ahead
        stand.requests.clear()
        await desk.until(desk.now + 2 * CYCLE)
        assert all(stand.asked(f"/{n}") for n in range(5))
        assert [len(desk.entries(each)) for each in feeds] == entries

    async def test_g18_a_hosts_rest_is_as_long_as_it_was(self, desk, stand):
        """That was asked for while the clock was a day ahead."""
        asked = throttled(Retry_After="7200")
        desk.watch(stand.say("/0", asked, refreshed(1)))
        desk.watch(stand.say("/1", refreshed(1)))
        assert (await desk.poll(after=DAY, waits=WaitScope.HOST)).resting == 1
        desk.now -= DAY
        await desk.until(desk.now + 2 * HOUR - CYCLE)
        assert len(stand.requests) == 1
        await desk.until(desk.now + 4 * CYCLE)
        assert len(stand.requests) == 3

    async def test_g20_a_night_asleep_is_caught_up_by_one_poll(self, desk, stand):
        desk.watch(stand.publish("/feed", rss(item(1))), interval=CYCLE)
        await desk.poll()
        assert (await desk.poll(after=8 * HOUR)).asked == 1
        assert (await desk.poll(after=MINUTE)).asked == 0


async def test_g12_a_window_that_turned_over_is_told_and_asked_sooner(desk, stand):
    pages = [range(first, first + 10) for first in (0, 40, 45)]
    feed_id = desk.watch(
        stand.say("/feed", *(document(rss(*map(item, page))) for page in pages))
    )
    await desk.ask()
    await desk.ask(after=4 * HOUR)
    assert desk.notices() == [(NoticeKind.GAP, False)]
    feed = desk.feed(feed_id)
    assert feed.course.gap_at == desk.now
    assert feed.next_due_at <= desk.now + 2 * HOUR
    await desk.ask(after=HOUR)
    assert desk.notices() == [(NoticeKind.GAP, False)]
    assert len(desk.entries(feed_id)) == 25
