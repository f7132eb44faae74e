"""Stories: what runs, which articles tell of it, what is claimed and what changed."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update

from detectors.model import Claim, Development, FactValue, Story, ToldDevelopment
from storage import tables
from storage.repository import Repository, columns_of, values_of

_story = tables.table(tables.Story)
_member = tables.table(tables.StoryMember)
_article = tables.table(tables.Article)
_claim = tables.table(tables.Claim)
_development = tables.table(tables.Development)

_story_columns = columns_of(_story, Story)
_claim_columns = columns_of(_claim, Claim)
_development_names = tuple(field.name for field in fields(Development))


class Stories(Repository):
    """Stories with their members, ledgers and developments."""

    def add(self, story: Story) -> None:
        """Open a story; its id must be new."""
        self._connection.execute(insert(_story).values(**values_of(story)))

    def save(self, story: Story) -> None:
        """Keep the story as it is now."""
        self._connection.execute(
            update(_story).where(_story.c.id == story.id).values(**values_of(story))
        )

    def get(self, story_id: str) -> Story | None:
        """The story with this id."""
        found = self._stories(_select(_story.c.id == story_id))
        return next(iter(found), None)

    def active(self, topic: str, since: datetime) -> tuple[Story, ...]:
        """Stories of a topic that changed at or after ``since``, first opened first."""
        query = _select(_story.c.topic == topic, _story.c.changed_at >= since)
        return self._stories(query.order_by(_story.c.number))

    def all(self, since: datetime | None = None) -> tuple[Story, ...]:
        """Stories of every topic, or those changed since, first opened first."""
        query = _select() if since is None else _select(_story.c.changed_at >= since)
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
            .where(_member.c.story == story_id)
            .order_by(_article.c.number)
        )
        return tuple(self._connection.execute(query).scalars())

    def of_article(self, article_id: str) -> tuple[Story, ...]:
        """Stories that the article tells of, first opened first."""
        query = _select(_member.c.article_id == article_id)
        joined = query.join(_member, _member.c.story == _story.c.id)
        return self._stories(joined.order_by(_story.c.number))

    def add_claims(self, story_id: str, claims: Iterable[Claim]) -> None:
        """Write claims into the story's ledger, in their order."""
        rows = [values_of(claim) | {"story": story_id} for claim in claims]
        if rows:
            self._connection.execute(insert(_claim), rows)

    def claims(self, story_id: str) -> tuple[Claim, ...]:
        """The story's ledger in the order of writing, with what was struck out."""
        query = select(*_claim_columns).where(_claim.c.story == story_id)
        return self._records(Claim, query.order_by(_claim.c.id))

    def strike_out(
        self,
        story_id: str,
        slot: str,
        value: FactValue,
        *,
        article_id: str | None = None,
    ) -> int:
        """Let the claims of this value stand no more; how many stood.

        Args:
            story_id: Whose ledger.
            slot: Of which slot.
            value: By type too: ``True`` is not ``1``.
            article_id: Only those of this article; None strikes out all.
        """
        struck = update(_claim).where(
            _claim.c.story == story_id,
            _claim.c.slot == slot,
            _claim.c.value == value,
            _claim.c.stands.is_(True),
        )
        if article_id is not None:
            struck = struck.where(_claim.c.article_id == article_id)
        return self._connection.execute(struck.values(stands=False)).rowcount

    def add_developments(
        self,
        story_id: str,
        article_id: str,
        developments: Iterable[Development],
        at: datetime,
    ) -> None:
        """Keep what an article changed, in order."""
        told = {"story": story_id, "article_id": article_id, "developed_at": at}
        rows = [values_of(development) | told for development in developments]
        if rows:
            self._connection.execute(insert(_development), rows)

    def developments(self, story_id: str) -> tuple[ToldDevelopment, ...]:
        """What changed in the story, in order, with the articles that brought it."""
        query = select(_development).where(_development.c.story == story_id)
        rows = self._connection.execute(query.order_by(_development.c.id))
        return tuple(
            ToldDevelopment(
                development=Development(
                    **{name: getattr(row, name) for name in _development_names}
                ),
                article_id=row.article_id,
                developed_at=row.developed_at,
            )
            for row in rows
        )

    def _stories(self, query: Select[Any]) -> tuple[Story, ...]:
        return self._records(Story, query)


def _select(*which: ColumnElement[bool]) -> Select[Any]:
    """The columns of a `Story`."""
    return select(*_story_columns).where(*which)
