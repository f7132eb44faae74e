"""Stories: what runs, which articles tell of it, what is claimed and what changed."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from detectors.model import Claim, Development, Story, ToldDevelopment
from storage import tables
from storage.columns import digest
from storage.repository import Recurring, Repository, parts, values_of

_story = tables.table(tables.Story)
_key = tables.table(tables.StoryKey)
_member = tables.table(tables.StoryMember)
_article = tables.table(tables.Article)
_claim = tables.table(tables.Claim)
_development = tables.table(tables.Development)
_whole_of = _story.alias("whole_of")

# The stories and the ledgers that a morning's articles come back to: 20 MB at most.
_stories = Recurring(_story, Story, kept=512)
_claims = Recurring(_claim, Claim, kept=8_192)
_development_names = tuple(field.name for field in fields(Development))


_SIGN = 2**63  # as `storage.columns.Hash64` shifts a hash
_POSTINGS = 24  # stories of one key that are looked at; in all, a topic's last 14 days
_NEAR = 48  # of those that share keys, the ones that share most
_RECENT = 16  # whatever they share: a toll may be told without place or name

_KEYS_AT_ONCE = 80  # SQLite joins at most 500 selections, and fewer prepare faster

# Ordered by day and number: a key is answered from its index, however many have it.
_OF_KEY = (
    "SELECT * FROM (SELECT story FROM story_key WHERE hash = ? AND day >= ? "
    "ORDER BY day DESC, story DESC LIMIT ?) AS of_key"
)

# What every article asks, built once: to build and to name a statement anew took
# half as long as to run it.
_OF: BindParameter[Any] = bindparam("of")
_ITS_IDS = select(_whole_of.c.id).where(
    or_(_whole_of.c.id == _OF, _whole_of.c.merged_into == _OF)
)
_SAVE = update(_story).where(_story.c.id == _OF)
_ADD_CLAIMS = insert(_claim)
_LEDGER = (
    select(*_claims.columns).where(_claim.c.story.in_(_ITS_IDS)).order_by(_claim.c.id)
)
_WAITING = (
    select(_development)
    .where(_development.c.story.in_(_ITS_IDS), _development.c.waiting.is_(True))
    .order_by(_development.c.id)
)
_NUMBER = select(_story.c.number).where(_story.c.id == _OF)
_HELD = select(_key.c.hash, _key.c.day).where(_key.c.story == _OF)
_FORGET = delete(_key).where(
    _key.c.story == _OF, _key.c.hash.in_(bindparam("hashes", expanding=True))
)
_ACTIVE = (
    _story.c.topic == _OF,
    _story.c.changed_at >= bindparam("since"),
    _story.c.merged_into.is_(None),
)
_LAST = (
    select(_story.c.number)
    .where(*_ACTIVE)
    .order_by(_story.c.changed_at.desc(), _story.c.number.desc())
    .limit(_RECENT)
)
_CANDIDATES = (
    select(*_stories.columns)
    .where(_story.c.number.in_(bindparam("numbers", expanding=True)), *_ACTIVE)
    .order_by(_story.c.number)
)


class Stories(Repository):
    """Stories with their members, ledgers and developments."""

    def add(self, story: Story) -> None:
        """Open a story; its id must be new."""
        self._connection.execute(insert(_story).values(**values_of(story)))

    def save(self, story: Story) -> None:
        """Keep the story as it is now."""
        self._connection.execute(_SAVE, values_of(story) | {"of": story.id})

    def get(self, story_id: str) -> Story | None:
        """The story with this id."""
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
        shared: Counter[int] = Counter()
        for some in parts(keys, _KEYS_AT_ONCE):
            shared.update(self._posted(some, since))
        best = sorted(shared, key=lambda number: (-shared[number], -number))[:_NEAR]
        asked: dict[str, Any] = {"of": topic, "since": since}
        recent = self._connection.execute(_LAST, asked).scalars().all()
        numbers = sorted({*best, *recent})
        if not numbers:
            return ()
        asked["numbers"] = numbers
        return _stories.read(self._connection, _CANDIDATES, asked)

    def _posted(self, keys: Sequence[int], since: datetime) -> list[int]:
        sign = "?" if self._connection.dialect.positional else "%s"
        statement = " UNION ALL ".join([_OF_KEY] * len(keys)).replace("?", sign)
        day = since.date().toordinal()
        values = tuple(v for key in keys for v in (key - _SIGN, day, _POSTINGS))
        return list(self._connection.exec_driver_sql(statement, values).scalars().all())

    def index(
        self, story_id: str, keys: Iterable[int], *, changed_at: datetime
    ) -> None:
        """Let a story be found by ``keys`` and by no others; without it by none."""
        number = self._connection.execute(_NUMBER, {"of": story_id}).scalar_one()
        day, wanted = changed_at.date(), set(keys)
        held = {
            row[0]: row[1]
            for row in self._connection.execute(_HELD, {"of": number}).all()
        }
        stale = [key for key, at in held.items() if key not in wanted or at != day]
        for some in parts(stale):
            self._connection.execute(_FORGET, {"of": number, "hashes": list(some)})
        rows = [
            {"story": number, "hash": key, "day": day}
            for key in sorted(wanted)
            if held.get(key) != day
        ]
        if rows:
            self._connection.execute(insert(_key), rows)

    def prune(self, before: date) -> int:
        """Forget what stories that last changed before a day are found by.

        The stories stay; none of them is active any more. How many keys went.
        """
        return self._connection.execute(
            _key.delete().where(_key.c.day < before)
        ).rowcount

    def all(self, since: datetime | None = None) -> tuple[Story, ...]:
        """Stories of every topic, or those changed since, first opened first.

        Those that go on in another are left out.
        """
        query = _select(_story.c.merged_into.is_(None))
        if since is not None:
            query = query.where(_story.c.changed_at >= since)
        return self._stories(query.order_by(_story.c.number))

    def add_member(self, story_id: str, article_id: str) -> bool:
        """Say that the article tells of the story; False if that was known."""
        values = {"story": story_id, "article_id": article_id}
        new = self._insert_new(_member, values, ("story", "article_id"), "id")
        return new is not None

    def members(self, story_id: str) -> tuple[str, ...]:
        """Ids of the articles that tell of the story, first arrived first."""
        query = (
            select(_member.c.article_id)
            .join(_article, _article.c.id == _member.c.article_id)
            .where(_member.c.story.in_(_whole(story_id)))
            .order_by(_article.c.number)
        )
        return tuple(dict.fromkeys(self._connection.execute(query).scalars()))

    def of_article(self, article_id: str) -> tuple[Story, ...]:
        """Stories that the article tells of, first opened first.

        Where one goes on in another, that one.
        """
        told = select(func.coalesce(_whole_of.c.merged_into, _whole_of.c.id)).join(
            _member, _member.c.story == _whole_of.c.id
        )
        query = _select(_story.c.id.in_(told.where(_member.c.article_id == article_id)))
        return self._stories(query.order_by(_story.c.number))

    def add_claims(self, story_id: str, claims: Iterable[Claim]) -> None:
        """Write claims into the story's ledger, in their order."""
        rows = [values_of(claim) | {"story": story_id} for claim in claims]
        if rows:
            self._connection.execute(_ADD_CLAIMS, rows)

    def claims(self, story_id: str) -> tuple[Claim, ...]:
        """The story's ledger in the order of writing, with what was struck out."""
        return _claims.read(self._connection, _LEDGER, {"of": story_id})

    def add_developments(
        self,
        story_id: str,
        article_id: str,
        developments: Iterable[Development],
        at: datetime,
        *,
        waiting: bool = False,
        ruling: int | None = None,
    ) -> None:
        """Keep what an article changed, in order; each can be kept once.

        Args:
            story_id: Which changed.
            article_id: That brought the changes.
            developments: What changed.
            at: When.
            waiting: Whether the desk is still to be told of them.
            ruling: That changed it by hand, and can be undone and made again.

        Raises:
            StoreError: The story went through the same change before, and has not
                left its value since.
        """
        for development in developments:
            brought = {"story": story_id, "article_id": article_id, "developed_at": at}
            once = self._once(story_id, development, ruling)
            row = values_of(development) | brought | {"waiting": waiting, "once": once}
            self._connection.execute(insert(_development), row)

    def developments(self, story_id: str) -> tuple[ToldDevelopment, ...]:
        """What changed in the story, in order, with the articles that brought it."""
        query = (
            select(_development)
            .where(_development.c.story.in_(_whole(story_id)))
            .order_by(_development.c.id)
        )
        return self._told(self._connection.execute(query))

    def waiting(self, story_id: str) -> tuple[ToldDevelopment, ...]:
        """What the desk is still to be told of the story, in order."""
        return self._told(self._connection.execute(_WAITING, {"of": story_id}))

    def settle(self, story_id: str, developments: Iterable[Development]) -> None:
        """Let these wait no more: they are told, or will not be."""
        for development in developments:
            self._connection.execute(
                update(_development)
                .where(
                    _development.c.story.in_(_whole(story_id)),
                    _development.c.waiting.is_(True),
                    _development.c.slot == development.slot,
                    _development.c.new == development.new,
                    _development.c.kind == development.kind,
                )
                .values(waiting=False)
            )

    def _once(self, story_id: str, development: Development, ruling: int | None) -> str:
        """Name a change within its story, by how often its value was left before."""
        left = select(func.count()).where(
            _development.c.story.in_(_whole(story_id)),
            _development.c.slot == development.slot,
            _development.c.old == development.new,
            or_(_development.c.new.is_(None), _development.c.new != development.new),
        )
        turn = self._connection.execute(left).scalar_one()
        old, new = (
            "" if value is None else json.dumps(value, ensure_ascii=False)
            for value in (development.old, development.new)
        )
        name = f"{development.slot}|{development.kind}|{old}|{new}|{turn}"
        return digest(name if ruling is None else f"{name}|ruling {ruling}")

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
        return _stories.read(self._connection, query)


def _whole(story_id: str) -> Select[tuple[str]]:
    """The story's id, and those of the stories that were merged into it."""
    return select(_whole_of.c.id).where(
        or_(_whole_of.c.id == story_id, _whole_of.c.merged_into == story_id)
    )


def _select(*which: ColumnElement[bool]) -> Select[Any]:
    """The columns of a `Story`."""
    return select(*_stories.columns).where(*which)
