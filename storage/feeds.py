"""Feeds: where they are, what their servers gave, when to ask again."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from detectors.model import Feed, FeedCourse, FeedState, FeedWishes, Validators
from storage import tables
from storage.columns import digest
from storage.repository import MAX_NUMBER, Repository, parts

_feed = tables.table(tables.Feed)
_entry = tables.table(tables.Entry)

# What a feed that comes back no longer has.
_FORGOTTEN = (
    "baseline_at",
    "polled_at",
    "etag",
    "last_modified",
    "body_hash",
    "failure",
    "removed_at",
)
_VALIDATORS = ("etag", "last_modified")
_FIELDS = tuple(f.name for f in fields(Feed) if f.name != "validators")
_WISHED = frozenset({"interval", "tags", "owner", "wishes"})  # the desk's, at any time
_KEPT = _WISHED | {  # of a feed, whatever its poll found
    "id", "url", "source", "added_at", "backfill", "alerted_at",
}  # fmt: skip

_OUTLETS = (
    select(_feed.c.source, _feed.c.url, _feed.c.owner)
    .where(_feed.c.removed_at.is_(None))
    .order_by(_feed.c.id)
)


class Feeds(Repository):
    """Feeds by id and by URL; one spelling of a URL is the caller's business.

    A removed feed keeps its row, unseen: its entries stay in the archive, and when
    it is added again they are still known, so that nothing is told twice.
    """

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._outlets: tuple[tuple[str, str, str | None], ...] | None = None

    def forget(self) -> None:
        """Read the outlets anew."""
        self._outlets = None

    def add(
        self,
        url: str,
        *,
        title: str,
        source: str,
        now: datetime,
        backfill: timedelta | None = None,
    ) -> Feed | None:
        """Watch ``url`` from ``now`` on, due at once; None if it is watched already.

        A feed that was removed comes back with its entries known and its baseline
        to be taken anew: what it listed meanwhile does not alert.
        """
        values = {
            "title": title,
            "source": source,
            "state": FeedState.ACTIVE,
            "added_at": now,
            "next_due_at": now,
            "backfill": backfill,
            "due_reason": "new",
            "failures": 0,
            "course": FeedCourse(),
        }
        wished = {"tags": (), "wishes": FeedWishes()}
        new = {"url": url, "url_hash": digest(url), **wished, **values}
        self.forget()
        if self._insert_new(_feed, new, ("url_hash",), "id") is None:
            revived = self._connection.execute(
                update(_feed)
                .where(_feed.c.url_hash == digest(url), _feed.c.removed_at.is_not(None))
                .values(**values, **dict.fromkeys(_FORGOTTEN))
            )
            if revived.rowcount == 0:
                return None
        return self.by_url(url)

    def look_back(self, feed_id: int, backfill: timedelta) -> None:
        """Let so much of its first document be news, should that be still to come."""
        itself = update(_feed).where(_feed.c.id == feed_id)
        self._connection.execute(itself.values(backfill=backfill))

    def wish(self, feed: Feed) -> None:
        """Keep what the desk wants of ``feed``: interval, tags, owner and wishes."""
        self.forget()
        self._connection.execute(
            update(_feed)
            .where(_feed.c.id == feed.id)
            .values({name: getattr(feed, name) for name in _WISHED})
        )

    def get(self, feed_id: int) -> Feed | None:
        """The feed with this id."""
        if feed_id > MAX_NUMBER:
            return None
        return self._one(_watched().where(_feed.c.id == feed_id))

    def by_url(self, url: str) -> Feed | None:
        """The feed at this URL."""
        return self._one(_watched().where(_feed.c.url_hash == digest(url)))

    def all(self) -> tuple[Feed, ...]:
        """Every feed, in the order of adding."""
        return self._many(_watched().order_by(_feed.c.id))

    def outlets(self) -> tuple[tuple[str, str, str | None], ...]:
        """Source, URL and owner of every feed: what an article is judged by, no more.

        Read once a transaction: of 5,000 feeds that takes 8 ms.
        """
        if self._outlets is None:
            rows = self._connection.execute(_OUTLETS).all()
            self._outlets = tuple((row.source, row.url, row.owner) for row in rows)
        return self._outlets

    def outlets_of(
        self, sources: Iterable[str]
    ) -> tuple[tuple[str, str, str | None], ...]:
        """Those of `outlets` that some sources are: 1 ms where all take 8 ms."""
        return tuple(
            (row.source, row.url, row.owner)
            for some in parts(tuple(dict.fromkeys(sources)))
            for row in self._connection.execute(
                _OUTLETS.where(_feed.c.source.in_(some))
            )
        )

    def due(
        self, now: datetime, *, limit: int | None = None, everything: bool = False
    ) -> tuple[Feed, ...]:
        """Feeds to ask at ``now``, longest due first.

        Args:
            now: Feeds whose time is later are left out, as are those gone.
            limit: At most so many.
            everything: All that are not gone, whenever they are due.
        """
        query = _watched().where(_feed.c.state == FeedState.ACTIVE)
        if not everything:
            query = query.where(_feed.c.next_due_at <= now)
        order = query.order_by(_feed.c.next_due_at, _feed.c.id)
        return self._many(order.limit(limit))

    def record_poll(self, feed: Feed) -> None:
        """Keep ``feed`` as its poll left it, in the transaction of its entries.

        Validators that are kept before the entries they stand for lose them: the
        server would answer "not modified" for ever. Everything but the id, the URL,
        the time of adding and what the desk wishes is written: that may have changed
        since ``feed`` was read.
        """
        self.forget()
        self._connection.execute(
            update(_feed).where(_feed.c.id == feed.id).values(**_columns_of(feed))
        )

    def ahead(self, now: datetime) -> tuple[Feed, ...]:
        """Feeds that were asked later than ``now``: by a clock that was wrong."""
        return self._many(_watched().where(_feed.c.polled_at > now))

    def claim(self, feed_ids: Iterable[int], until: datetime) -> None:
        """Let no other run ask these before ``until``, should this one be killed."""
        for some in parts(tuple(feed_ids)):
            claimed = update(_feed).where(
                _feed.c.id.in_(some), _feed.c.next_due_at < until
            )
            self._connection.execute(claimed.values(next_due_at=until))

    def postpone(self, feed: Feed) -> None:
        """Keep when ``feed`` is due and why: planned anew, without being asked."""
        itself = update(_feed).where(_feed.c.id == feed.id)
        self._connection.execute(
            itself.values(next_due_at=feed.next_due_at, due_reason=feed.due_reason)
        )

    def move(self, feed_id: int, url: str) -> bool:
        """Ask the feed at ``url`` from now on; False if another has that address.

        Validators go with it where it is known who gave them, and to nobody else.
        """
        self.forget()
        owner = select(_feed.c.id).where(_feed.c.url_hash == digest(url))
        if self._connection.execute(owner).scalar_one_or_none() not in (None, feed_id):
            return False
        feed = self.get(feed_id)
        strange = feed is None or feed.course.issuer is None
        itself = update(_feed).where(_feed.c.id == feed_id)
        self._connection.execute(
            itself.values(
                url=url,
                url_hash=digest(url),
                **(dict.fromkeys(_VALIDATORS) if strange else {}),
            )
        )
        return True

    def spoke(self, article_id: str, now: datetime) -> None:
        """Remember that an entry behind this article made us speak."""
        of_article = select(_entry.c.feed_id).where(_entry.c.article_id == article_id)
        spoke = update(_feed).where(_feed.c.id.in_(of_article))
        self._connection.execute(spoke.values(alerted_at=now))

    def spoken(self) -> tuple[Feed, ...]:
        """Feeds that made us speak since they were asked last."""
        since = _feed.c.alerted_at >= _feed.c.polled_at
        return self._many(_watched().where(_feed.c.state == FeedState.ACTIVE, since))

    def remove(self, feed_id: int, *, now: datetime) -> bool:
        """Watch the feed no more; False if it was not watched."""
        self.forget()
        removed = self._connection.execute(
            update(_feed)
            .where(_feed.c.id == feed_id, _feed.c.removed_at.is_(None))
            .values(removed_at=now)
        )
        return removed.rowcount > 0

    def _one(self, query: Select[Any]) -> Feed | None:
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _record(row)

    def _many(self, query: Select[Any]) -> tuple[Feed, ...]:
        return tuple(_record(row) for row in self._connection.execute(query))


def _watched() -> Select[Any]:
    """Feeds that were not removed."""
    return select(_feed).where(_feed.c.removed_at.is_(None))


def _columns_of(feed: Feed) -> dict[str, Any]:
    """The columns that a poll may change, as the feed has them."""
    values = {name: getattr(feed, name) for name in _FIELDS if name not in _KEPT}
    return values | {name: getattr(feed.validators, name) for name in _VALIDATORS}


def _record(row: Row[Any]) -> Feed:
    """The feed that a row stands for."""
    return Feed(
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        **{name: getattr(row, name) for name in _FIELDS},
    )
