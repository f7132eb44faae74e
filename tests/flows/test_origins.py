"""Where an article's parts came from; pages that have but their site's own words."""

from datetime import timedelta

import pytest

from detectors.opml import Subscription
from flows.collect import collect_entries
from flows.keeping import Rules
from flows.poll import poll_feeds
from flows.subscriptions import subscribe
from flows.why import accounts
from tests.servers.stand import Reply, document, item, page, rss

TOLD = "Two ferries collided off the cape at dawn and forty people swam ashore."
PARAGRAPHS = [f"{TOLD} The harbour master counted {n} boats." for n in range(9)]
SITE = (
    "Harbour Courier Staff\n\nMore from the Courier\n\nAna Ruiz answers letters on"
    " gardens and old maps. Look up specific plants with the Courier's own database."
)


@pytest.fixture
def collected(news, stand, fetch, workers, now):
    async def collect(*items):
        url = stand.say("/feed", document(rss(*items)))
        subscribe(news, [Subscription(url=url)], now=now)
        rules = Rules(backfill=timedelta(days=1))
        await poll_feeds(news, fetch, workers, now=now, rules=rules)
        await collect_entries(news, fetch, workers, now=now)
        with news.unit(reading=True) as unit:
            return unit.articles.undecided(9)

    return collect


def signed(title="Ferries collide"):
    reply = page(*PARAGRAPHS, title=title)
    head = (
        b'<head><meta name="author" content="Ana Ruiz"><meta property="article:'
        b'published_time" content="2026-03-02T10:00:00Z">'
    )
    return Reply(body=reply.body.replace(b"<head>", head), headers=reply.headers)


async def test_what_the_feed_says_comes_first_and_is_said_to(collected, stand):
    stand.say("/story/1", signed())
    at = "Wed, 04 Mar 2026 09:00:00 GMT"
    creator = "<author>desk@wire.test (Ivo Petrov)</author>"
    told = item(1, title="Collision", pubDate=at).replace(
        "</item>", f"{creator}</item>"
    )
    [article] = await collected(told)
    assert "Ivo Petrov" in article.author
    assert dict(article.origins) == {
        "title": "feed",
        "published_at": "feed",
        "author": "feed",
        "language": "page",
    }


async def test_what_the_feed_lacks_is_the_pages(collected, stand, news):
    stand.say("/story/1", signed())
    told = "<item><link>/story/1</link><guid>g</guid></item>"
    [article] = await collected(told)
    assert article.title == "Ferries collide"
    assert article.published_at.date().isoformat() == "2026-03-02"
    assert dict(article.origins) == {
        "title": "page",
        "published_at": "page",
        "author": "page",
        "language": "page",
    }
    [account] = accounts(news, article.id)
    record = account.record()
    assert record["author"] == "Ana Ruiz"
    assert record["origins"] == dict(article.origins)


async def test_what_nobody_says_is_when_it_was_seen(collected, now):
    [article] = await collected(item(1, link="", description=TOLD))
    assert article.published_at == now
    assert dict(article.origins) == {"title": "feed", "published_at": "seen"}


async def test_the_same_words_under_two_titles_are_the_sites_own(collected, stand):
    titles = ["Boy arrested over fires", "Teen hurt in a fall", "Mill burns again"]
    for number in range(len(titles)):
        stand.say(f"/story/{number}", page(*SITE.split("\n\n"), title="Courier"))
    items = [item(n, title=title) for n, title in enumerate(titles)]
    first, *others = await collected(*items)
    assert first.flags == ()  # nobody can tell yet
    for article in others:
        assert article.flags == ("title-only", "site text")
        assert article.text == article.title


async def test_an_article_that_is_printed_twice_is_one(collected, stand):
    """It tells of what either title does."""
    for number in (1, 2):
        stand.say(f"/story/{number}", page(*PARAGRAPHS[:3], title="Ferries"))
    found = await collected(
        item(1, title="Ferries collided at dawn"), item(2, title="People swam ashore")
    )
    assert [article.flags for article in found] == [(), ()]
