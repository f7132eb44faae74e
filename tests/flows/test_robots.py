"""A46: the pages of articles, as far as their publishers let machines read them."""

import asyncio
from datetime import timedelta

import pytest

from detectors.model import RobotRules
from flows.collect import collect_entries
from flows.errors import FailureReason, FetchError
from flows.poll import poll_feeds
from flows.web.fetch import Want, Web
from flows.web.guard import Guard
from flows.web.robots import FAILED_FOR, GOOD_FOR, MAX_CHARACTERS, PoliteWeb
from tests.servers.stand import Reply, document, item, open_stand, page, redirect, rss

PARAGRAPHS = [
    f"The ferry to Orrin sailed again on day {day} after a week of storms, and its"
    f" captain said that {day * 40} people had waited at the pier since the morning."
    for day in range(2, 8)
]
CLOSED = "User-agent: *\nDisallow: /story\nDisallow: /rss\n"


@pytest.fixture
def slowed():
    return {}


@pytest.fixture
def polite(fetch, news, clock, slowed):
    return PoliteWeb(fetch, news, now=clock, slow=slowed.__setitem__)


def rules(text, **more):
    return Reply(body=text.encode(), headers={"Content-Type": "text/plain"}, **more)


async def refused(polite, url):
    with pytest.raises(FetchError) as caught:
        await polite(url, Want.PAGE)
    return caught.value


async def alerting(stand, polite, workers, news, now):
    """A feed with one story, polled and collected; the article it made."""
    words = "The ferry to Orrin sails again. " * 5
    stand.say("/rss", document(rss(item(1, description=words))))
    stand.say("/story/1", page(*PARAGRAPHS))
    with news.unit() as unit:
        unit.feeds.add(
            stand.url("/rss"), title="", source="W", now=now, backfill=timedelta(days=9)
        )
    await poll_feeds(news, polite, workers, now=now)
    await collect_entries(news, polite, workers, now=now)
    with news.unit(reading=True) as unit:
        (article,) = unit.articles.undecided(9)
    return article


async def test_a46_a_configured_feed_is_fetched_whatever_robots_say_and_pages_are_not(
    stand, polite, workers, news, now
):
    stand.say("/robots.txt", rules(CLOSED))
    article = await alerting(stand, polite, workers, news, now)
    assert "feed-text" in article.flags
    assert "The ferry to Orrin sails again." in article.text
    assert len(stand.asked("/rss")) == len(stand.asked("/robots.txt")) == 1
    assert stand.asked("/story/1") == []


async def test_a46_robots_that_fail_cost_the_page_and_never_the_article(
    stand, polite, workers, news, now
):
    stand.say("/robots.txt", Reply(status=500))
    article = await alerting(stand, polite, workers, news, now)
    assert "feed-text" in article.flags
    assert stand.asked("/story/1") == []


async def test_a46_a_page_that_is_open_is_read(stand, polite, workers, news, now):
    stand.say("/robots.txt", rules("User-agent: *\nDisallow: /private\n"))
    article = await alerting(stand, polite, workers, news, now)
    assert article.flags == ()


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
async def test_a46_a_site_without_rules_allows_all(stand, polite, status):
    stand.say("/robots.txt", Reply(status=status))
    stand.say("/story/1", page(*PARAGRAPHS))
    assert (await polite(stand.url("/story/1"), Want.PAGE)).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a46_rules_that_cannot_be_had_close_the_site(stand, polite, status):
    stand.say("/robots.txt", Reply(status=status))
    error = await refused(polite, stand.url("/story/1"))
    assert error.reason is FailureReason.ROBOTS
    assert f"HTTP {status}" in str(error)


async def test_a46_rules_of_more_than_two_megabytes_close_the_site(stand, polite):
    stand.say("/robots.txt", rules("#" * 2_000_001))
    error = await refused(polite, stand.url("/story/1"))
    assert "too large" in str(error)


async def test_rules_are_read_as_far_as_everybody_must(stand, polite, news):
    stand.say("/robots.txt", rules("#" * MAX_CHARACTERS + f"\n{CLOSED}"))
    stand.say("/story/1", page(*PARAGRAPHS))
    await polite(stand.url("/story/1"), Want.PAGE)


async def test_a46_rules_are_asked_for_once_a_day(stand, fetch, news, clock, now):
    stand.say("/robots.txt", rules(CLOSED), rules(""))
    for hours, asked, why in (
        (0, 1, "robots.txt"),
        (23, 1, "robots.txt"),
        (24, 2, ""),
        (47, 2, ""),
    ):
        clock.now = now + timedelta(hours=hours)
        run = PoliteWeb(fetch, news, now=clock)
        pages = [stand.url(f"/story/{number}") for number in range(9)]
        assert {*await asyncio.gather(*map(run.refusal, pages))} == {why}
        assert len(stand.asked("/robots.txt")) == asked


async def test_rules_that_stood_go_on_while_the_site_fails(stand, fetch, news, clock):
    stand.say("/robots.txt", rules(CLOSED), Reply(status=503), Reply(status=404))
    for wait, why in (
        (timedelta(0), "robots.txt"),
        (GOOD_FOR, "robots.txt"),
        (FAILED_FOR, ""),
    ):
        clock.now += wait
        run = PoliteWeb(fetch, news, now=clock)
        assert await run.refusal(stand.url("/story/1")) == why
        assert await run.refusal(stand.url("/other")) == ""
    assert len(stand.asked("/robots.txt")) == 3


async def test_who_stops_waiting_for_rules_leaves_no_work_behind(stand, polite):
    stand.say("/robots.txt", rules(CLOSED, before=0.2))
    asked = asyncio.create_task(polite.refusal(stand.url("/story/1")))
    other = asyncio.create_task(polite.refusal(stand.url("/story/2")))
    await asyncio.sleep(0.05)
    asked.cancel()
    assert await other == "robots.txt"
    assert asked.cancelled()
    assert len(asyncio.all_tasks()) == 1 + len(
        [task for task in asyncio.all_tasks() if "_serve" in repr(task)]
    )


@pytest.mark.parametrize(
    "text",
    ["\x00\xff", "User-agent: *\nDisallow: /%zz%\n", "Disallow\n:\n*" * 99, "<html>"],
)
async def test_rules_that_make_no_sense_close_nothing(stand, polite, text):
    stand.say("/robots.txt", rules(text))
    assert await polite.refusal(stand.url("/story/1")) == ""


async def test_we_are_known_by_name(stand, polite):
    stand.say(
        "/robots.txt",
        rules("User-agent: *\nDisallow: /\n\nUser-agent: Tocsin\nDisallow: /story\n"),
    )
    assert await polite.refusal(stand.url("/other")) == ""
    assert await polite.refusal(stand.url("/story/1")) == "robots.txt"


@pytest.mark.parametrize(("stated", "heeded"), [("2", 2), ("0.5", 0.5), ("3600", 10)])
async def test_a_crawl_delay_is_heeded_within_bounds(
    stand, polite, slowed, stated, heeded
):
    stand.say("/robots.txt", rules(f"User-agent: *\nCrawl-delay: {stated}\n"))
    await polite.refusal(stand.url("/story/1"))
    assert slowed == {f"127.0.0.1:{stand.port}": timedelta(seconds=heeded)}


@pytest.mark.parametrize("stated", ["-5", "soon", "0", "1e400", "nan"])
async def test_a_crawl_delay_that_is_none_changes_nothing(
    stand, polite, slowed, stated
):
    stand.say("/robots.txt", rules(f"User-agent: *\nCrawl-delay: {stated}\n"))
    await polite.refusal(stand.url("/story/1"))
    assert all(timedelta(0) < wait <= timedelta(seconds=10) for wait in slowed.values())


async def test_a_web_takes_its_time_where_a_site_wants_it(stand):
    async with Web(Guard([f"127.0.0.1:{stand.port}"]), agent="t") as web:
        stand.say("/a", page("x"))
        await web(stand.url("/a"), Want.PAGE)
        web.slow_down(f"127.0.0.1:{stand.port}", timedelta(seconds=0.3))
        await web(stand.url("/a"), Want.PAGE)
        began = asyncio.get_running_loop().time()
        await web(stand.url("/a"), Want.PAGE)
        assert asyncio.get_running_loop().time() - began >= 0.29


async def test_a_page_that_another_site_gave_must_be_open_there(stand, news, clock):
    async with open_stand() as other:
        guard = Guard([f"127.0.0.1:{stand.port}", f"127.0.0.1:{other.port}"])
        async with Web(guard, agent="t") as web:
            other.say("/robots.txt", rules(CLOSED))
            other.say("/story/1", page(*PARAGRAPHS))
            stand.say("/go", redirect(other.url("/story/1")))
            polite = PoliteWeb(web, news, now=clock)
            error = await refused(polite, stand.url("/go"))
            assert error.reason is FailureReason.ROBOTS
            assert error.subject == other.url("/story/1")


async def test_an_opt_out_from_mining_is_honoured_unless_the_desk_says_not(
    stand, fetch, news, clock
):
    reply = page(*PARAGRAPHS)
    headers = {**reply.headers, "TDM-Reservation": "1"}
    stand.say("/story/1", Reply(body=reply.body, headers=headers))
    run = PoliteWeb(fetch, news, now=clock)
    assert (await refused(run, stand.url("/story/1"))).reason is FailureReason.OPTED_OUT
    heedless = PoliteWeb(fetch, news, now=clock, heeds_opt_outs=False)
    assert (await heedless(stand.url("/story/1"), Want.PAGE)).body == reply.body


def test_rules_are_kept_by_site(news, now):
    one = RobotRules(origin="https://a.test", asked_at=now, rules="User-agent: *")
    other = RobotRules(
        origin="https://a.test:8443", asked_at=now, rules=None, problem="HTTP 500"
    )
    with news.unit() as unit:
        unit.hosts.keep_robots(one)
        unit.hosts.keep_robots(other)
        unit.hosts.keep_robots(one)
        kept = unit.hosts.robots(["https://a.test", "https://a.test:8443", "https://b"])
    assert kept == {one.origin: one, other.origin: other}
