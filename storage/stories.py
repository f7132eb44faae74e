"""Stories: what runs, which articles tell of it, what is claimed and what changed."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from detectors.model import (
    Claim,
    Development,
    FactValue,
    Story,
    ToldDevelopment,
)
from storage import tables
from storage.columns import digest
from storage.repository import Recurring, Repository, inserting, values_of
from storage.running import STORIES, Running
from storage.statements import Prepared

_story = tables.table(tables.Story)
_member = tables.table(tables.StoryMember)
_article = tables.table(tables.Article)
_claim = tables.table(tables.Claim)
_development = tables.table(tables.Development)
_whole_of = _story.alias("whole_of")

# The ledgers that a morning's articles come back to: 10 MB at most.
_claims = Recurring(_claim, Claim, kept=8_192)
_development_names = tuple(field.name for field in fields(Development))


# What every article asks, built once: to build and to name a statement anew took
# half as long as to run it.
_OF: BindParameter[Any] = bindparam("of")
# A story's id, and those of the stories that were merged into it.
_ITS_IDS = select(_whole_of.c.id).where(
    or_(_whole_of.c.id == _OF, _whole_of.c.merged_into == _OF)
)
_OPEN = Prepared(insert(_story).returning(_story.c.number))
_ADD_CLAIMS = Prepared(insert(_claim))
_MEMBER = select(_member.c.id).where(
    _member.c.story == _OF, _member.c.article_id == bindparam("by")
)
_LEDGER = (
    select(*_claims.columns).where(_claim.c.story.in_(_ITS_IDS)).order_by(_claim.c.id)
)
_DEVELOPMENTS = (
    select(_development)
    .where(_development.c.story.in_(_ITS_IDS))
    .order_by(_development.c.id)
)
_WAITING = _DEVELOPMENTS.where(_development.c.waiting.is_(True))
_ADD_DEVELOPMENTS = Prepared(insert(_development))
_LEFTS = select(_development.c.slot, _development.c.old, _development.c.new).where(
    _development.c.story.in_(_ITS_IDS)
)
_Left: TypeAlias = tuple[str, FactValue | None, FactValue | None]  # slot, old, new


@dataclass(slots=True)
class _Met:
    """What a transaction has read and written of stories, by number or by id.

    Args:
        lefts: Which value each development left for which.
    """

    ledgers: dict[str, tuple[Claim, ...]] = field(default_factory=dict)
    waiting: dict[str, tuple[ToldDevelopment, ...]] = field(default_factory=dict)
    lefts: dict[str, list[_Left]] = field(default_factory=dict)


@dataclass(slots=True)
class _Unwritten:
    """Rows that a transaction writes at its end, or before they are asked for."""

    claims: list[Claim] = field(default_factory=list)
    members: list[tuple[str, str]] = field(default_factory=list)


class Stories(Repository):
    """Stories with their members, ledgers and developments."""

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._running = Running(connection)
        self._met = _Met()
        self._unwritten = _Unwritten()

    def write(self) -> None:
        """Bring the rows up to what is known."""
        self._running.write()
        self._write_members()
        self._write_claims()

    def forget(self) -> None:
        """Read everything anew."""
        self._running.forget()
        self._met = _Met()
        self._unwritten = _Unwritten()

    def renew(self) -> None:
        """Write everything down and read it anew: others are to change its rows."""
        self.write()
        self.forget()

    def add(self, story: Story) -> None:
        """Open a story; its id must be new."""
        number = _OPEN.run(self._connection, values_of(story)).scalar_one()
        self._running.open(number, story)
        self._met.ledgers[story.id] = ()
        self._met.waiting[story.id] = ()
        self._met.lefts[story.id] = []

    def save(self, story: Story) -> None:
        """Keep the story as it is now."""
        self._running.save(story)

    def get(self, story_id: str) -> Story | None:
        """The story with this id."""
        known = self._running.get(story_id)
        if known is not None:
            return known
        found = self._stories(_select(_story.c.id == story_id))
        return next(iter(found), None)

    def active(self, topic: str, since: datetime) -> tuple[Story, ...]:
        """Stories of a topic that changed at or after ``since``, first opened first."""
        query = _select(
            _story.c.topic == topic,
            _story.c.changed_at >= since,
            _story.c.merged_into.is_(None),
        )
        return self._stories(query.order_by(_story.c.number))

    def near(
        self, topic: str, keys: Sequence[int], *, since: datetime
    ) -> tuple[Story, ...]:
        """Active stories that an article may be of, first opened first.

        Costs the same however many are active: those that share the most keys, and
        those that changed last.

        Args:
            topic: Whose stories.
            keys: What the article is looked up by, 0..2**64-1, without repeats.
            since: Stories that changed before are not active.
        """
        return self._running.near(topic, keys, since=since)

    def index(
        self, story_id: str, keys: Iterable[int], *, changed_at: datetime
    ) -> None:
        """Let a story be found by ``keys`` and by no others; without it by none."""
        self._running.index(story_id, keys, changed_at.date())

    def prune(self, before: date) -> int:
        """Forget what stories that last changed before a day are found by.

        The stories stay; none of them is active any more. How many keys went.
        """
        return self._running.prune(before)

    def all(self, since: datetime | None = None) -> tuple[Story, ...]:
        """Stories of every topic, or those changed since, first opened first.

        Those that go on in another are left out.
        """
        query = _select(_story.c.merged_into.is_(None))
        if since is not None:
            query = query.where(_story.c.changed_at >= since)
        return self._stories(query.order_by(_story.c.number))

    def add_member(self, story_id: str, article_id: str) -> None:
        """Say that the article tells of the story; to say it again changes nothing."""
        self._unwritten.members.append((story_id, article_id))

    def is_member(self, story_id: str, article_id: str) -> bool:
        """Whether it was said that the article tells of the story."""
        self._write_members()
        asked = {"of": story_id, "by": article_id}
        return self._connection.execute(_MEMBER, asked).first() is not None

    def _write_members(self) -> None:
        if self._unwritten.members:
            rows = [
                {"story": story, "article_id": article}
                for story, article in self._unwritten.members
            ]
            _add_members(self._connection.dialect.name).run(self._connection, *rows)
            self._unwritten.members.clear()

    def members(self, story_id: str) -> tuple[str, ...]:
        """Ids of the articles that tell of the story, first arrived first."""
        query = (
            select(_member.c.article_id)
            .join(_article, _article.c.id == _member.c.article_id)
            .where(_member.c.story.in_(_ITS_IDS))
            .order_by(_article.c.number)
        )
        self._write_members()
        found = self._connection.execute(query, {"of": story_id}).scalars()
        return tuple(dict.fromkeys(found))

    def of_article(self, article_id: str) -> tuple[Story, ...]:
        """Stories that the article tells of, first opened first.

        Where one goes on in another, that one.
        """
        told = select(func.coalesce(_whole_of.c.merged_into, _whole_of.c.id)).join(
            _member, _member.c.story == _whole_of.c.id
        )
        query = _select(_story.c.id.in_(told.where(_member.c.article_id == article_id)))
        self._write_members()
        return self._stories(query.order_by(_story.c.number))

    def add_claims(self, story_id: str, claims: Iterable[Claim]) -> None:
        """Write claims into the story's ledger, in their order."""
        written = tuple(
            claim if claim.story == story_id else replace(claim, story=story_id)
            for claim in claims
        )
        if written:
            self._touch(story_id)
            self._unwritten.claims += written
            known = self._met.ledgers.get(story_id)
            if known is None:  # it is to be read from the rows
                self._write_claims()
            else:
                self._met.ledgers[story_id] = known + written

    def _write_claims(self) -> None:
        if self._unwritten.claims:
            _ADD_CLAIMS.run(self._connection, *map(values_of, self._unwritten.claims))
            self._unwritten.claims.clear()

    def claims(self, story_id: str) -> tuple[Claim, ...]:
        """The story's ledger in the order of writing, with what was struck out."""
        known = self._met.ledgers.get(story_id)
        if known is None:
            known = _claims.read(self._connection, _LEDGER, {"of": story_id})
            self._met.ledgers[story_id] = known
        return known

    def _touch(self, story_id: str) -> None:
        """Before its rows change: they may be another's too, in which it goes on."""
        if not self._running.is_whole(story_id):
            self._write_claims()
            self._met = _Met()

    def add_developments(
        self,
        story_id: str,
        article_id: str,
        developments: Iterable[Development],
        at: datetime,
        *,
        waiting: Collection[Development] = (),
        ruling: int | None = None,
    ) -> None:
        """Keep what an article changed, in order; each can be kept once.

        Args:
            story_id: Which changed.
            article_id: That brought the changes.
            developments: What changed.
            at: When.
            waiting: Those that the desk is still to be told of.
            ruling: That changed it by hand, and can be undone and made again.

        Raises:
            StoreError: The story went through the same change before, and has not
                left its value since.
        """
        brought = {"story": story_id, "article_id": article_id, "developed_at": at}
        rows = [
            values_of(development)
            | brought
            | {
                "waiting": development in waiting,
                "once": self._once(story_id, development, ruling),
            }
            for development in developments
        ]
        if rows:
            self._touch(story_id)
            if waiting:
                self._met.waiting.pop(story_id, None)
            _ADD_DEVELOPMENTS.run(self._connection, *rows)

    def developments(self, story_id: str) -> tuple[ToldDevelopment, ...]:
        """What changed in the story, in order, with the articles that brought it."""
        return self._told(self._connection.execute(_DEVELOPMENTS, {"of": story_id}))

    def waiting(self, story_id: str) -> tuple[ToldDevelopment, ...]:
        """What the desk is still to be told of the story, in order."""
        known = self._met.waiting.get(story_id)
        if known is None:
            known = self._told(self._connection.execute(_WAITING, {"of": story_id}))
            self._met.waiting[story_id] = known
        return known

    def settle(self, story_id: str, developments: Iterable[Development]) -> None:
        """Let these wait no more: they are told, or will not be."""
        for development in developments:
            self._touch(story_id)
            self._met.waiting.pop(story_id, None)
            self._connection.execute(
                update(_development)
                .where(
                    _development.c.story.in_(_ITS_IDS),
                    _development.c.waiting.is_(True),
                    _development.c.slot == development.slot,
                    _development.c.new == development.new,
                    _development.c.kind == development.kind,
                )
                .values(waiting=False),
                {"of": story_id},
            )

    def _once(self, story_id: str, development: Development, ruling: int | None) -> str:
        """Name a change within its story, by how often its value was left before."""
        left = self._lefts(story_id)
        turn = sum(
            slot == development.slot
            and _is_one(was, development.new)
            and (became is None or not _is_one(became, development.new))
            for slot, was, became in left
        )
        left.append((development.slot, development.old, development.new))
        old, new = (
            "" if value is None else json.dumps(value, ensure_ascii=False)
            for value in (development.old, development.new)
        )
        name = f"{development.slot}|{development.kind}|{old}|{new}|{turn}"
        return digest(name if ruling is None else f"{name}|ruling {ruling}")

    def _lefts(self, story_id: str) -> list[_Left]:
        known = self._met.lefts.get(story_id)
        if known is None:
            rows = self._connection.execute(_LEFTS, {"of": story_id})
            known = [(row[0], row[1], row[2]) for row in rows]
            self._met.lefts[story_id] = known
        return known

    @staticmethod
    def _told(rows: Iterable[Any]) -> tuple[ToldDevelopment, ...]:
        return tuple(
            ToldDevelopment(
                development=Development(
                    **{name: getattr(row, name) for name in _development_names}
                ),
                article_id=row.article_id,
                developed_at=row.developed_at,
                waiting=row.waiting,
            )
            for row in rows
        )

    def _stories(self, query: Select[Any]) -> tuple[Story, ...]:
        self._running.write()
        return STORIES.read(self._connection, query)


@cache
def _add_members(dialect: str) -> Prepared:
    """An INSERT of what is new; each database has its own."""
    return Prepared(inserting(dialect, _member).on_conflict_do_nothing())


def _is_one(value: FactValue | None, other: FactValue | None) -> bool:
    """Whether two values are one; ``True`` is not ``1``."""
    return type(value) is type(other) and value == other


def _select(*which: ColumnElement[bool]) -> Select[Any]:
    """The columns of a `Story`."""
    return select(*STORIES.columns).where(*which)
