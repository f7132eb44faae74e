"""A store, the web and workers, and the same poll again and again."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from flows.keeping import Rules
from flows.poll import poll_feeds
from tests.flows import archive


class Pollster:
    def __init__(self, news, fetch, workers, now):
        self.news, self.fetch, self.workers, self.now = news, fetch, workers, now

    def watch(self, url, *, wishes=None, interval=None, **more):
        with self.news.unit() as unit:
            feed = unit.feeds.add(url, title="", source="Wire", now=self.now, **more)
            assert feed is not None
            if wishes is not None or interval is not None:
                wished = replace(feed, wishes=wishes or feed.wishes, interval=interval)
                unit.feeds.wish(wished)
        return feed.id

    def feed(self, feed_id):
        with self.news.unit(reading=True) as unit:
            return unit.feeds.get(feed_id)

    def entries(self, feed_id):
        with self.news.unit(reading=True) as unit:
            return archive.entries(unit, feed_id)

    def outcomes(self, feed_id):
        return Counter(entry.outcome for entry in self.entries(feed_id))

    def notices(self):
        """Kind and whether it is open, of every notice, in order."""
        with self.news.unit(reading=True) as unit:
            told = unit.notices.since(self.now - timedelta(days=9999))
        return [(each.kind, each.ended_at is None) for each in told]

    async def ask(self, *, after=timedelta(minutes=1), **rules):
        """Poll whatever is due when."""
        return await self.poll(after=after, force=True, **rules)

    async def poll(self, *, after=timedelta(0), force=False, limit=None, **rules):
        self.now += after
        return await poll_feeds(
            self.news,
            self.fetch,
            self.workers,
            now=self.now,
            force=force,
            limit=limit,
            rules=Rules(**rules),
        )

    async def until(self, moment, *, every=timedelta(minutes=5)):
        """Run a cycle each five minutes up to ``moment``."""
        while self.now + every <= moment:
            await self.poll(after=every)
