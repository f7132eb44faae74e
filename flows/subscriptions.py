"""Feeds that the desk watches: found, added, taken from and written to OPML."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urldefrag

from detectors import feeds, urls
from detectors.discovery import find_feeds
from detectors.errors import MonitorError, NotAFeedError
from detectors.model import Feed
from detectors.opml import Subscription
from flows.web.fetch import Fetch, Want
from flows.web.workers import PARSE_WITHIN, Run
from storage.database import Store


class SubscriptionError(MonitorError):
    """A feed cannot be added, or is not watched."""

    what = "no such feed"


def spelled(url: str) -> str:
    """One spelling of a feed's URL, so that it is watched once.

    Raises:
        SubscriptionError: It is no web address.
    """
    link = urldefrag(urls.link(url)).url
    if not link:
        raise SubscriptionError(url, "not a web address: they begin with https://")
    return link


async def discover(url: str, fetch: Fetch, run: Run) -> Subscription:
    """The feed at ``url``, or the first one that the page there names.

    Raises:
        FetchError: The address, or the feed that its page names, cannot be had.
        SubscriptionError: There is neither a feed nor a page that names one.
    """
    answer = await fetch(spelled(url), Want.FEED)
    try:
        return await _read(url, answer.body, run)
    except NotAFeedError:
        found = find_feeds(answer.body, answer.url)
    for address in found:
        named = await fetch(address, Want.FEED)
        try:
            return await _read(address, named.body, run)
        except NotAFeedError:
            continue
    raise SubscriptionError(url, "neither a feed nor a page that names one")


async def _read(url: str, body: bytes, run: Run) -> Subscription:
    document = await run(PARSE_WITHIN, feeds.parse, body, url=url)
    return Subscription(url=spelled(url), title=document.title)


def subscribe(
    store: Store,
    subscriptions: Iterable[Subscription],
    *,
    now: datetime,
    backfill: timedelta | None = None,
) -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Watch each feed; those watched already stay as they are.

    Returns:
        The feeds that are new, and a sentence for each that is no web address.
    """
    added, refused = [], []
    with store.unit() as unit:
        for each in subscriptions:
            try:
                url = spelled(each.url)
            except SubscriptionError as error:
                refused.append(str(error))
                continue
            feed = unit.feeds.add(
                url,
                title=each.title,
                source=each.title or urls.site(url),
                now=now,
                backfill=backfill,
            )
            if feed is not None:
                added.append(feed)
    return tuple(added), tuple(refused)


def look_back(
    store: Store,
    subscriptions: Iterable[Subscription],
    *,
    now: datetime,
    backfill: timedelta,
) -> int:
    """Let what watched feeds listed when they were added be news after all.

    Returns:
        How many entries are news that were not; those of a feed that was not asked
        yet are still to come.
    """
    woken = 0
    with store.unit() as unit:
        for each in subscriptions:
            feed = unit.feeds.by_url(urldefrag(urls.link(each.url)).url)
            if feed is not None:
                unit.feeds.look_back(feed.id, backfill)
                woken += unit.entries.wake(feed.id, now - backfill)
    return woken


def unsubscribe(store: Store, url_or_id: str, *, now: datetime) -> Feed:
    """Watch a feed no more; its entries stay in the archive.

    Raises:
        SubscriptionError: No feed has that URL or number.
    """
    with store.unit() as unit:
        feed = (
            unit.feeds.get(int(url_or_id))
            if url_or_id.isdecimal()
            else unit.feeds.by_url(spelled(url_or_id))
        )
        if feed is None:
            raise SubscriptionError(url_or_id, "not watched")
        unit.feeds.remove(feed.id, now=now)
    return feed
