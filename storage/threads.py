"""Threads: the root of each story in each channel, and which of them are stale."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)

from detectors.model import Thread
from storage import tables
from storage.channels import is_open
from storage.repository import Repository, columns_of, inserting, parts, values_of
from storage.statements import Prepared

_thread = tables.table(tables.Thread)
_channel = tables.table(tables.Channel)
_story = tables.table(tables.Story)
_columns = columns_of(_thread, Thread)

_OF: BindParameter[str] = bindparam("of")
_MOVE = Prepared(
    update(_thread).where(_thread.c.story == _OF).values(moves=_thread.c.moves + 1)
)
# Word for word as in its index.
_STALE = (
    _thread.c.ts.is_not(None),
    _thread.c.moves != _thread.c.shown,
    _thread.c.problem == literal_column("''"),
)


class Threads(Repository):
    """One thread a story and channel.

    Moves are counted rather than marked: an edit that took long says which state it
    showed, and whatever moved meanwhile leaves the root stale.
    """

    def get(self, story: str, channel: str) -> Thread | None:
        """The thread of a story in a channel, if one was begun."""
        found = self._records(Thread, select(*_columns).where(_is(story, channel)))
        return next(iter(found), None)

    def of_story(self, story: str) -> tuple[Thread, ...]:
        """The threads of a story, by channel."""
        query = select(*_columns).where(_thread.c.story == story)
        return self._records(Thread, query.order_by(_thread.c.channel))

    def standing(self, channel: str, stories: Iterable[str]) -> frozenset[str]:
        """Those of the stories that have a root in the channel."""
        return frozenset(
            story
            for some in parts(tuple(dict.fromkeys(stories)))
            for story in self._connection.execute(
                select(_thread.c.story).where(
                    _thread.c.story.in_(some),
                    _thread.c.channel == channel,
                    _thread.c.ts.is_not(None),
                )
            ).scalars()
        )

    def begin(self, story: str, channel: str, now: datetime) -> None:
        """Its root is on its way, and shows all that is known by now.

        Until the unit ends nobody moves the story: read it after this.
        """
        self._hold(story)
        values = values_of(Thread(story=story, channel=channel, opened_at=now))
        fresh = {"shown": _thread.c.moves, "not_before_at": None, "problem": ""}
        self._connection.execute(
            inserting(self._connection.dialect.name, _thread)
            .values(values)
            .on_conflict_do_update(index_elements=["story", "channel"], set_=fresh)
        )

    def stand(self, story: str, channel: str, *, ts: str, at: datetime) -> None:
        """Its root stands in the channel as ``ts``; an earlier root stays the root.

        One that was found without being begun here may tell less than is known.
        """
        found = Thread(story=story, channel=channel, opened_at=at, moves=1)
        self._insert_new(_thread, values_of(found), ("story", "channel"), "story")
        self._set(story, channel, _thread.c.ts.is_(None), ts=ts, opened_at=at)

    def move(self, story: str) -> None:
        """The story's state moved: what its roots tell is not all any more."""
        self._hold(story)
        _MOVE.run(self._connection, {"of": story})

    def next_stale(self, now: datetime) -> Thread | None:
        """The youngest stale root that may be edited now; locked for this unit."""
        return self._first(
            select(*_columns)
            .join(_channel, _channel.c.name == _thread.c.channel)
            .where(
                *_STALE,
                or_(_thread.c.not_before_at.is_(None), _thread.c.not_before_at <= now),
                is_open(now),
            )
            .order_by(_thread.c.opened_at.desc())
            .limit(1)
            .with_for_update(skip_locked=True, of=_thread)
        )

    def put_off(self, thread: Thread, *, until: datetime) -> None:
        """Edit it not sooner: another edit is on its way, or may be."""
        self._set(thread.story, thread.channel, not_before_at=until)

    def put_off_channel(self, channel: str, *, until: datetime) -> None:
        """Edit none of a channel sooner: it asked to wait."""
        self._connection.execute(
            update(_thread)
            .where(_thread.c.channel == channel, *_STALE)
            .values(not_before_at=until)
        )

    def show(self, thread: Thread) -> None:
        """Its root shows the story as it was when ``thread`` was read.

        Of two edits the one that ends last decides: an older one leaves it stale.
        """
        same_root = _thread.c.ts == thread.ts
        shown = {"shown": thread.moves, "not_before_at": None}
        self._set(thread.story, thread.channel, same_root, **shown)

    def lose(self, story: str, channel: str, *, ts: str | None, problem: str) -> None:
        """Its root ``ts`` was deleted: the next message begins another."""
        gone = {"ts": None, "not_before_at": None, "problem": problem}
        self._set(story, channel, _thread.c.ts == ts, **gone)

    def freeze(self, thread: Thread, *, problem: str) -> None:
        """Its root cannot be edited any more; replies still go there."""
        self._set(thread.story, thread.channel, problem=problem)

    def _hold(self, story: str) -> None:
        """Wait for who moves the story, or claims a root that shows it, right now.

        Where many write at once, a move would not see a thread that is being begun,
        nor its root what moves: it would stay untrue. SQLite has one writer.
        """
        if self._connection.dialect.name != "sqlite":
            itself = select(_story.c.id).where(_story.c.id == story)
            self._connection.execute(itself.with_for_update())

    def _set(
        self, story: str, channel: str, *which: ColumnElement[bool], **values: object
    ) -> None:
        statement = update(_thread).where(_is(story, channel), *which)
        self._connection.execute(statement.values(**values))

    def _first(self, query: Select[Any]) -> Thread | None:
        return next(iter(self._records(Thread, query)), None)


def _is(story: str, channel: str) -> ColumnElement[bool]:
    return and_(_thread.c.story == story, _thread.c.channel == channel)
