"""Entries: what feeds stated, and the outcome that each one ends in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, or_, select, update

from detectors.model import Entry, FeedEntry, Outcome, Stated
from storage import tables
from storage.columns import digest
from storage.repository import MAX_NUMBER, Repository, columns_of, parts

_entry = tables.table(tables.Entry)
_feed = tables.table(tables.Feed)
_columns = columns_of(_entry, Entry)
_stated_columns = columns_of(_entry, Stated)
_stated_lately = [
    null().label("text") if column.name == "text" else column
    for column in _stated_columns
]

_PENDING = _entry.c.outcome.is_(None)
_RESTATED = _entry.c.restated_at.is_not(None)
REMEMBERED = 2_000  # entries of a feed: the longest document seen lists 500


class Entries(Repository):
    """Entries by feed, by what they wait for, and by outcome.

    An entry is pending until it has an outcome; together with the outcomes the
    pending ones are all there are (the conservation law). One that its feed states
    anew is pending again, and keeps its article until its page was read again.
    """

    def add_new(
        self,
        feed_id: int,
        entries: Iterable[FeedEntry],
        *,
        seen_at: datetime,
        outcome: Outcome | None = None,
        reason: str = "",
    ) -> tuple[Entry, ...]:
        """Remember those of ``entries`` that this feed had not stated before.

        Args:
            feed_id: The feed, which with the entry's own id makes its identity.
            entries: In any number, with repeats; the first of a repeat counts.
            seen_at: When the document was read.
            outcome: Ends the new ones at once (a baseline); None leaves them pending.
            reason: Why they ended so.

        Returns:
            The new ones, in the order given.
        """
        source = self._connection.execute(
            select(_feed.c.source).where(_feed.c.id == feed_id)
        ).scalar_one()
        common = {
            "feed_id": feed_id,
            "source": source,
            "seen_at": seen_at,
            "outcome": outcome,
            "reason": reason,
        }
        stated: dict[str, FeedEntry] = {}
        for entry in entries:
            stated.setdefault(digest(entry.entry_id), entry)
        known = self._known(feed_id, list(stated))
        new = [
            self._add({**common, **_values(entry), "entry_hash": key})
            for key, entry in stated.items()
            if key not in known
        ]
        return self._numbered([number for number in new if number is not None])

    def restate(
        self, feed_id: int, entry: FeedEntry, *, seen_at: datetime, reason: str = ""
    ) -> bool:
        """Take what a feed now says of an entry that it had stated before.

        The entry is pending again and waits for its page to be read again, under the
        article it has. One whose page was never asked for waits for that already.
        What the feed says no more (a title, a text, a date) stays as it was.

        Args:
            feed_id: The feed.
            entry: As it is stated now.
            seen_at: When the document was read.
            reason: Why it is pending again.

        Returns:
            Whether the page is to be read again; False for an unknown entry too.
        """
        itself = _identity(feed_id, entry)
        known = next(iter(self._many(_select(*itself))), None)
        if known is None:
            return False
        values: dict[str, Any] = {
            "title": entry.title or known.title,
            "text": entry.text or known.text,
        }
        told_at = seen_at
        touched_at = entry.touched_at
        if touched_at and _moves_on(known.updated_at, touched_at, seen_at=seen_at):
            values["updated_at"] = touched_at
            told_at = min(touched_at, seen_at)
        again = known.outcome is not None or known.article_id is not None
        if again:
            values |= {"outcome": None, "reason": reason, "restated_at": told_at}
        self._connection.execute(update(_entry).where(*itself).values(**values))
        return again

    def wake(self, feed_id: int, since: datetime) -> int:
        """Let what a feed listed when it was added be news after all; how much it is.

        Args:
            feed_id: The feed.
            since: Entries from then on, or without any date, are pending again.
        """
        dated = or_(_entry.c.updated_at.is_(None), _entry.c.updated_at >= since)
        woken = update(_entry).where(
            _entry.c.feed_id == feed_id, _entry.c.outcome == Outcome.BASELINE, dated
        )
        return self._connection.execute(woken.values(outcome=None, reason="")).rowcount

    def quarantined(self, feed_id: int, limit: int) -> tuple[Entry, ...]:
        """Entries of a flood that are kept aside, first seen first."""
        query = _select(*_kept_aside(feed_id))
        return self._many(query.order_by(_entry.c.id).limit(limit))

    def release(self, feed_id: int, entry_id: int | None = None) -> int:
        """Let a feed's entries in quarantine be news after all; how many they are.

        Args:
            feed_id: The feed.
            entry_id: This one of them alone.
        """
        released = update(_entry).where(*_kept_aside(feed_id))
        if entry_id is not None:
            released = released.where(_entry.c.id == entry_id)
        return self._connection.execute(
            released.values(outcome=None, reason="")
        ).rowcount

    def to_collect(self, limit: int) -> tuple[Entry, ...]:
        """Pending entries whose page is to be read, or read again; first seen first."""
        waiting = _select(_PENDING, or_(_entry.c.article_id.is_(None), _RESTATED))
        return self._many(waiting.order_by(_entry.c.id).limit(limit))

    def give_article(self, entry_id: int, article_id: str) -> None:
        """Say which article stands behind the entry; it was read for that."""
        given = {"article_id": article_id, "restated_at": None}
        self._connection.execute(
            update(_entry).where(_entry.c.id == entry_id).values(**given)
        )

    def turn(self, entry_id: int, article_id: str, *, reason: str) -> None:
        """Let the entry lead to another version of its article, yet to be decided."""
        given = {"article_id": article_id, "outcome": None, "reason": reason}
        self._connection.execute(
            update(_entry).where(_entry.c.id == entry_id).values(**given)
        )

    def finish(self, entry_id: int, outcome: Outcome, reason: str = "") -> None:
        """End one entry."""
        self._finish([_entry.c.id == entry_id], outcome, reason)

    def finish_article(
        self, article_id: str, outcome: Outcome, reason: str = ""
    ) -> int:
        """End every entry that led to this article; how many there are.

        Called again when the article's outcome changes: held, then alerted. An entry
        that waits for its page to be read again may come to lead elsewhere.
        """
        which = [_entry.c.article_id == article_id, ~_RESTATED]
        return self._finish(which, outcome, reason)

    def counts(self, since: datetime | None = None) -> Mapping[Outcome, int]:
        """How many entries ended in each outcome; those without any are left out.

        Args:
            since: Only of those seen at or after it; None counts all.
        """
        which: list[ColumnElement[bool]] = [_entry.c.outcome.is_not(None)]
        which += [] if since is None else [_entry.c.seen_at >= since]
        found = self._pairs(
            select(_entry.c.outcome, func.count())
            .where(*which)
            .group_by(_entry.c.outcome)
        )
        return {outcome: found[outcome] for outcome in Outcome if outcome in found}

    def latest(
        self, outcome: Outcome | None, since: datetime, limit: int
    ) -> tuple[Entry, ...]:
        """Entries with this outcome (None: pending) seen since, last seen first."""
        ended = _PENDING if outcome is None else _entry.c.outcome == outcome
        query = _select(ended, _entry.c.seen_at >= since)
        return self._many(query.order_by(_entry.c.id.desc()).limit(limit))

    def pending(self) -> int:
        """How many entries have no outcome yet."""
        return self._count(_PENDING)

    def total(self) -> int:
        """How many entries there are."""
        return self._count()

    def of_article(self, article_id: str) -> tuple[Entry, ...]:
        """Every entry that led to this article, first seen first."""
        query = _select(_entry.c.article_id == article_id)
        return self._many(query.order_by(_entry.c.id))

    def stated(self, feed_id: int, *, limit: int = REMEMBERED) -> tuple[Stated, ...]:
        """What a feed said lately, without the texts; last seen first."""
        query = select(*_stated_lately).where(_entry.c.feed_id == feed_id)
        return self._records(Stated, query.order_by(_entry.c.id.desc()).limit(limit))

    def stated_of(self, feed_id: int, entry_ids: Iterable[str]) -> tuple[Stated, ...]:
        """What a feed said of these entries, however long ago, with the texts."""
        query = select(*_stated_columns).where(_entry.c.feed_id == feed_id)
        hashes = list(dict.fromkeys(map(digest, entry_ids)))
        return tuple(
            stated
            for some in parts(hashes)
            for stated in self._records(
                Stated, query.where(_entry.c.entry_hash.in_(some))
            )
        )

    def find(self, url_or_id: str) -> tuple[Entry, ...]:
        """Entries by URL, by the id of their article, or by their own number."""
        ways: list[ColumnElement[bool]] = [
            _entry.c.url_hash == digest(url_or_id),
            _entry.c.article_id == url_or_id,
        ]
        if url_or_id.isdecimal() and int(url_or_id) <= MAX_NUMBER:
            ways.append(_entry.c.id == int(url_or_id))
        return self._many(_select(or_(*ways)).order_by(_entry.c.id))

    def _known(self, feed_id: int, hashes: list[str]) -> set[str]:
        """Which of these the feed has stated before: most, in a poll."""
        query = select(_entry.c.entry_hash).where(_entry.c.feed_id == feed_id)
        return {
            known
            for some in parts(hashes)
            for known in self._connection.execute(
                query.where(_entry.c.entry_hash.in_(some))
            ).scalars()
        }

    def _add(self, values: Mapping[str, Any]) -> int | None:
        """Insert one; None if another process was quicker."""
        return self._insert_new(_entry, values, ("feed_id", "entry_hash"), "id")

    def _numbered(self, numbers: list[int]) -> tuple[Entry, ...]:
        """Entries by their numbers, in that order."""
        found = {
            entry.id: entry
            for some in parts(numbers)
            for entry in self._many(_select(_entry.c.id.in_(some)))
        }
        return tuple(found[number] for number in numbers)

    def _finish(
        self, which: Iterable[ColumnElement[bool]], outcome: Outcome, reason: str
    ) -> int:
        end = {"outcome": outcome, "reason": reason, "restated_at": None}
        ended = update(_entry).where(*which).values(**end)
        return self._connection.execute(ended).rowcount

    def _count(self, *which: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(_entry).where(*which)
        return self._connection.execute(query).scalar_one()

    def _many(self, query: Select[Any]) -> tuple[Entry, ...]:
        return self._records(Entry, query)


def _select(*which: ColumnElement[bool]) -> Select[Any]:
    """The columns of an `Entry`."""
    return select(*_columns).where(*which)


def _kept_aside(feed_id: int) -> tuple[ColumnElement[bool], ...]:
    """What tells the entries of a feed's flood."""
    return _entry.c.feed_id == feed_id, _entry.c.outcome == Outcome.QUARANTINED


def _moves_on(
    known_at: datetime | None, touched_at: datetime, *, seen_at: datetime
) -> bool:
    """Whether a date takes the place of the known one: a later one, or a true one."""
    return known_at is None or touched_at > known_at or known_at > seen_at


def _identity(feed_id: int, entry: FeedEntry) -> tuple[ColumnElement[bool], ...]:
    """What tells an entry from all others."""
    return _entry.c.feed_id == feed_id, _entry.c.entry_hash == digest(entry.entry_id)


def _values(entry: FeedEntry) -> dict[str, Any]:
    """The columns that a stated entry fills."""
    return {
        "entry_id": entry.entry_id,
        "url": entry.url,
        "url_hash": digest(entry.url),
        "title": entry.title,
        "text": entry.text,
        "language": entry.language,
        "author": entry.author,
        "published_at": entry.published_at,
        "updated_at": entry.touched_at,
    }
