"""Feeds that the desk watches: found, added, taken from and written to OPML."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urldefrag

from detectors import feeds, urls
from detectors.credentials import secret_in
from detectors.discovery import find_feeds, well_known
from detectors.errors import MonitorError, NotAFeedError
from detectors.model import Feed, FeedState, NoticeKind
from detectors.opml import Subscription
from flows.errors import FetchError
from flows.intake import subject
from flows.notices import end_notice
from flows.seeds import SHIPPED
from flows.web.fetch import Fetch, Want
from flows.web.workers import PARSE_WITHIN, Run
from storage.database import Store, UnitOfWork

SHIPPED_FEEDS = SHIPPED / "feeds.opml"
TRIED = 4  # of the feeds that a page names
CURE = (
    "leave it out, and send it as a header that is kept elsewhere: tocsin feeds add"
    " URL --no-check, then tocsin feeds set URL --header Authorization=env:NAME"
)


class SubscriptionError(MonitorError):
    """A feed cannot be added, or is not watched."""

    what = "no such feed"


def spelled(url: str) -> str:
    """One spelling of a feed's URL, so that it is watched once.

    Raises:
        SubscriptionError: It is no web address, or one that holds a secret: those are
            kept in no store, backup, list or log.
    """
    link = urldefrag(urls.link(url)).url
    if not link:
        raise SubscriptionError(url, "not a web address: they begin with https://")
    if secret := secret_in(url):
        raise SubscriptionError(url, f"{secret} is a secret: {CURE}")
    return link


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The feed at an address, or the best that its page leads to, and the others."""

    best: Subscription
    others: tuple[str, ...] = ()


async def discover(url: str, fetch: Fetch, run: Run) -> Discovery:
    """Find the feed at ``url``, or the best one that the page there leads to.

    A page that names none is asked for in the few places where feeds usually are, one
    after the other.

    Raises:
        FetchError: The address cannot be had, or nothing that its page names.
        SubscriptionError: There is neither a feed nor a page that names one.
        WorkerError: What was found there cannot be read in time.
    """
    answer = await fetch(spelled(url), Want.FEED)
    try:
        return Discovery(best=await _read(url, answer.body, run))
    except NotAFeedError:
        named = await run(PARSE_WITHIN, find_feeds, answer.body, answer.url)
    failure: FetchError | None = None
    for address in named[:TRIED] or well_known(answer.url):
        try:
            found = await fetch(address, Want.FEED)
            best = await _read(address, found.body, run)
        except FetchError as error:
            failure = failure or error
        except (NotAFeedError, SubscriptionError):
            continue
        else:
            others = tuple(other for other in named if other != address)
            return Discovery(best=best, others=others)
    if named and failure is not None:
        raise failure
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

    One whose server said that it is gone is asked again.

    Returns:
        The feeds that are new or asked again, and a sentence for each address that
        cannot be one.
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
                added.append(_wished(unit, feed, each))
            elif (revived := _revived(unit, url, now)) is not None:
                added.append(revived)
    return tuple(added), tuple(refused)


def _revived(unit: UnitOfWork, url: str, now: datetime) -> Feed | None:
    """A feed that was gone, due again; None for any other."""
    feed = unit.feeds.by_url(url)
    if feed is None or feed.state is not FeedState.GONE:
        return None
    revived = replace(
        feed,
        state=FeedState.ACTIVE,
        failures=0,
        failure=None,
        next_due_at=now,
        due_reason="the desk wants it asked again",
    )
    unit.feeds.record_poll(revived)
    told = f"{feed.title or feed.source} is asked again, as the desk wants"
    end_notice(unit, NoticeKind.GONE, subject(feed), told, now=now)
    return revived


def _wished(unit: UnitOfWork, feed: Feed, listed: Subscription) -> Feed:
    """What its list says of a new feed is what the desk wants of it.

    One that was watched before has what it had then, where the list says nothing.
    """
    wished = replace(
        feed,
        tags=listed.tags or feed.tags,
        owner=listed.owner or feed.owner,
        interval=listed.interval or feed.interval,
        wishes=replace(feed.wishes, why=listed.why or feed.wishes.why),
    )
    if wished != feed:
        unit.feeds.wish(wished)
    return wished


def subscriptions(feeds: Iterable[Feed]) -> tuple[Subscription, ...]:
    """Feeds as a list of them says it: no secret, nor where one is kept."""
    return tuple(
        Subscription(
            url=feed.url,
            title=feed.title or feed.source,
            tags=feed.tags,
            owner=feed.owner,
            why=feed.wishes.why,
            interval=feed.interval,
        )
        for feed in feeds
    )


def watched(unit: UnitOfWork, url_or_id: str) -> Feed:
    """The feed of that number or address.

    Raises:
        SubscriptionError: No feed has it.
    """
    feed = (
        unit.feeds.get(int(url_or_id))
        if url_or_id.isdecimal()
        else unit.feeds.by_url(spelled(url_or_id))
    )
    if feed is None:
        raise SubscriptionError(url_or_id, "not watched")
    return feed


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
        feed = watched(unit, url_or_id)
        unit.feeds.remove(feed.id, now=now)
    return feed
