from datetime import timedelta

import pytest

from detectors.model import FeedWishes
from flows.errors import FetchError
from flows.poll import poll_feeds
from flows.subscriptions import discover
from flows.web.fetch import Terms, Want, Web
from flows.web.guard import Guard
from flows.web.indexes import IndexedWeb
from tests.servers.stand import Reply, document, open_stand


def index(*parts):
    listed = "".join(
        f"<sitemap><loc>{loc}</loc>"
        + (f"<lastmod>{changed}</lastmod>" if changed else "")
        + "</sitemap>"
        for loc, changed in parts
    )
    return f"<sitemapindex>{listed}</sitemapindex>".encode()


def sitemap(*titles):
    told = "".join(
        f"<url><loc>https://harbour.test/{title}</loc><news><publication>"
        f"<name>Harbour Post</name></publication><title>{title}</title></news></url>"
        for title in titles
    )
    return f"<urlset>{told}</urlset>".encode()


@pytest.fixture
def web(fetch, workers):
    return IndexedWeb(fetch, workers)


async def test_an_index_is_watched_and_brings_its_latest_news(stand, web, workers):
    stand.publish("/sitemap.xml", index(("/news-1.xml", "2026-05-04")))
    stand.publish("/news-1.xml", sitemap("ferry"))
    found = await discover(stand.url("/sitemap.xml"), web, workers)
    assert found.best.url == stand.url("/sitemap.xml")
    assert found.best.title == "Harbour Post"


async def test_news_go_on_where_the_index_goes_on(stand, web, workers, news, now):
    stand.publish("/sitemap.xml", index(("/news-1.xml", "2026-05-04")), etag=b'"1"')
    stand.publish("/news-1.xml", sitemap("ferry"))
    with news.unit() as unit:
        unit.feeds.add(stand.url("/sitemap.xml"), title="", source="H", now=now)
    polled = await poll_feeds(news, web, workers, now=now)
    assert polled.baseline == 1
    later = now + timedelta(hours=1)
    await poll_feeds(news, web, workers, now=later, force=True)
    assert len(stand.asked("/news-1.xml")) == 1  # the index said "not modified"
    parts = index(("/news-1.xml", "2026-05-04"), ("/news-2.xml", "2026-05-05"))
    stand.publish("/sitemap.xml", parts, etag=b'"2"')
    stand.publish("/news-2.xml", sitemap("pier", "lamps"))
    later += timedelta(hours=1)
    polled = await poll_feeds(news, web, workers, now=later, force=True)
    assert polled.entries == 2
    with news.unit(reading=True) as unit:
        (feed,) = unit.feeds.all()
    assert feed.validators.etag == b'"2"'


async def test_an_index_that_tells_no_times_is_asked_for_all_each_time(stand, web):
    stand.publish("/sitemap.xml", index(("/news-1.xml", "")))
    stand.publish("/news-1.xml", sitemap("ferry"))
    answer = await web(stand.url("/sitemap.xml"), Want.FEED)
    assert answer.body == sitemap("ferry")
    assert answer.validators.etag is None


async def test_a_part_that_fails_fails_the_feed(stand, web):
    stand.publish("/sitemap.xml", index(("/news-1.xml", "2026-05-04")))
    stand.say("/news-1.xml", Reply(status=503))
    with pytest.raises(FetchError, match="HTTP 503"):
        await web(stand.url("/sitemap.xml"), Want.FEED)


async def test_what_lets_us_in_goes_to_no_other_site(stand, workers, monkeypatch):
    monkeypatch.setenv("WIRE_KEY", "kestrel-77")
    wishes = FeedWishes(headers={"X-Key": "env:WIRE_KEY"}, agent="reader/2")
    async with open_stand() as other:
        guard = Guard([f"127.0.0.1:{stand.port}", f"127.0.0.1:{other.port}"])
        async with Web(guard, agent="t") as fetch:
            web = IndexedWeb(fetch, workers)
            other.publish("/news.xml", sitemap("ferry"))
            parts = index((other.url("/news.xml"), "2026-05-04"))
            stand.publish("/sitemap.xml", parts)
            url = stand.url("/sitemap.xml")
            await web(url, Want.FEED, Terms(wishes=wishes))
    (at_home,), (away,) = stand.asked("/sitemap.xml"), other.asked("/news.xml")
    assert at_home.header("X-Key") == b"kestrel-77"
    assert away.header("X-Key") is None
    assert away.header("User-Agent") == b"reader/2"


async def test_other_documents_come_as_they_are(stand, web):
    stand.say("/rss", document(b"<rss/>"))
    assert (await web(stand.url("/rss"), Want.FEED)).body == b"<rss/>"
    stand.publish("/empty.xml", index())
    assert (await web(stand.url("/empty.xml"), Want.FEED)).body == index()
