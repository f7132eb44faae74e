from datetime import timedelta

import pytest

from detectors.model import FeedEntry, Outcome
from detectors.opml import Subscription
from flows.subscriptions import (
    Discovery,
    SubscriptionError,
    discover,
    look_back,
    spelled,
    subscribe,
    unsubscribe,
)
from tests.servers.stand import Reply, document, item, rss


def test_one_feed_has_one_spelling():
    assert spelled("HTTPS://Wire.test/rss#top") == spelled("https://wire.test/rss")
    with pytest.raises(SubscriptionError, match="not a web address"):
        spelled("file:///etc/passwd")


def test_a_feed_watched_already_stays_as_it_is(news, now):
    wanted = [Subscription(url="https://wire.test/rss", title="Wire")]
    first, _ = subscribe(news, wanted, now=now)
    second, _ = subscribe(news, wanted, now=now)
    assert [feed.title for feed in first] == ["Wire"]
    assert second == ()


def test_what_a_watched_feed_listed_at_first_can_be_news_after_all(news, now):
    hour = timedelta(hours=1)
    wanted = [Subscription(url="https://wire.test/rss#top", title="Wire")]
    (feed,), _ = subscribe(news, wanted, now=now)
    with news.unit() as unit:
        unit.entries.add_new(
            feed.id,
            [
                FeedEntry(
                    entry_id=str(age), url="", title="", published_at=now - age * hour
                )
                for age in (1, 3)
            ],
            seen_at=now,
            outcome=Outcome.BASELINE,
        )
    assert look_back(news, wanted, now=now, backfill=2 * hour) == 1
    with news.unit(reading=True) as unit:
        (waiting,) = unit.entries.to_collect(9)
        assert waiting.entry_id == "1"
        kept = unit.feeds.by_url("https://wire.test/rss")
    assert kept is not None
    assert kept.backfill == 2 * hour


def test_nothing_is_woken_of_what_is_not_watched(news, now):
    wanted = [Subscription(url="https://wire.test/rss"), Subscription(url="mailto:x")]
    assert look_back(news, wanted, now=now, backfill=timedelta(days=2)) == 0


def test_a_feed_is_taken_out_by_number_or_address(news, now):
    wanted = [Subscription(url=f"https://wire.test/{n}") for n in "ab"]
    (one, _two), _ = subscribe(news, wanted, now=now)
    unsubscribe(news, str(one.id), now=now)
    unsubscribe(news, "https://wire.test/b", now=now)
    with news.unit(reading=True) as unit:
        assert unit.feeds.all() == ()
    with pytest.raises(SubscriptionError, match="not watched"):
        unsubscribe(news, "https://wire.test/b", now=now)


async def test_a_page_leads_to_its_feed(stand, fetch, workers):
    stand.say(
        "/",
        Reply(
            body=b'<html><head><link rel="alternate" type="application/rss+xml" '
            b'href="/broken"><link rel="alternate" type="application/atom+xml" '
            b'href="/rss"></head></html>'
        ),
    )
    stand.say("/broken", Reply(body=b"<html>no feed either</html>"))
    stand.say("/rss", Reply(body=rss(item(1), title="Harbour Post")))
    found = await discover(stand.url(), fetch, workers)
    assert found == Discovery(
        best=Subscription(url=stand.url("/rss"), title="Harbour Post"),
        others=(stand.url("/broken"),),
    )


async def test_of_several_feeds_the_best_is_taken_and_the_others_are_named(
    stand, fetch, workers
):
    named = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{path}">'
        for path in ("/comments/feed", "/all/rss", "/world/rss")
    )
    stand.say("/world/", Reply(body=f"<html><head>{named}</head></html>".encode()))
    stand.say("/world/rss", document(rss(item(1), title="World")))
    found = await discover(stand.url("/world/"), fetch, workers)
    assert found.best.url == stand.url("/world/rss")
    assert found.others == (stand.url("/all/rss"), stand.url("/comments/feed"))


async def test_a_page_that_names_no_feed_is_asked_where_feeds_usually_are(
    stand, fetch, workers
):
    stand.say("/", Reply(body=b"<html><p>hello</p></html>"))
    stand.say("/rss.xml", document(rss(item(1), title="Harbour Post")))
    found = await discover(stand.url(), fetch, workers)
    assert found.best == Subscription(url=stand.url("/rss.xml"), title="Harbour Post")
    assert [request.path for request in stand.requests] == ["/", "/feed/", "/rss.xml"]


async def test_a_site_without_any_feed_costs_few_requests(stand, fetch, workers):
    stand.say("/", Reply(body=b"<html><p>hello</p></html>"))
    with pytest.raises(SubscriptionError, match="neither a feed nor a page"):
        await discover(stand.url(), fetch, workers)
    assert len(stand.requests) <= 9
