"""Rulings: what people decided on stories by hand, and how that is undone.

No row is lost by one: a rejected claim no longer stands, a merged story points at the
one that goes on, and the rows of a split article change hands.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, insert, or_, select, update

from detectors.model import FactValue, Ruling
from storage import tables
from storage.repository import MAX_NUMBER, Repository, columns_of, parts, values_of
from storage.stories import Stories

_ruling = tables.table(tables.Ruling)
_story = tables.table(tables.Story)
_claim = tables.table(tables.Claim)
_member = tables.table(tables.StoryMember)
_development = tables.table(tables.Development)
_columns = columns_of(_ruling, Ruling)


class Rulings(Repository):
    """Rulings in the order in which they were made, and their effect on the rows."""

    def __init__(self, connection: Connection, stories: Stories) -> None:
        """Change rows of ``stories``, which then reads them anew."""
        super().__init__(connection)
        self._stories = stories

    def add(self, ruling: Ruling) -> int:
        """Write a ruling down; its number, for ``ruling.id`` is not used."""
        values = values_of(ruling)
        del values["id"]
        written = insert(_ruling).values(**values).returning(_ruling.c.id)
        number: int = self._connection.execute(written).scalar_one()
        return number

    def get(self, number: int) -> Ruling | None:
        """The ruling with this number."""
        if number > MAX_NUMBER:
            return None
        found = self._records(Ruling, select(*_columns).where(_ruling.c.id == number))
        return next(iter(found), None)

    def of_story(self, story_id: str) -> tuple[Ruling, ...]:
        """Rulings that the story had a part in, the undone ones too, first first."""
        part = or_(_ruling.c.story == story_id, _ruling.c.other == story_id)
        return self._records(
            Ruling, select(*_columns).where(part).order_by(_ruling.c.id)
        )

    def end(self, number: int, *, at: datetime, by: str) -> bool:
        """Say that a ruling was undone; False if it was before."""
        standing = update(_ruling).where(
            _ruling.c.id == number, _ruling.c.undone_at.is_(None)
        )
        ended = standing.values(undone_at=at, undone_by=by)
        return self._connection.execute(ended).rowcount > 0

    def strike_out(
        self,
        number: int,
        story_ids: Sequence[str],
        slot: str,
        value: FactValue,
        *,
        article_id: str | None = None,
    ) -> int:
        """Let the claims of a value stand no more; how many stood.

        Args:
            number: The ruling that says so.
            story_ids: Whose ledgers.
            slot: Of which slot.
            value: By type too: ``True`` is not ``1``.
            article_id: Only those of this article; None strikes out all.
        """
        self._stories.renew()
        struck = update(_claim).where(
            _claim.c.story.in_(story_ids),
            _claim.c.slot == slot,
            _claim.c.value == value,
            _claim.c.stands.is_(True),
        )
        if article_id is not None:
            struck = struck.where(_claim.c.article_id == article_id)
        values = {"stands": False, "struck_by": number}
        return self._connection.execute(struck.values(**values)).rowcount

    def restore(self, number: int) -> int:
        """Let the claims stand again that a ruling struck out; how many."""
        self._stories.renew()
        struck = update(_claim).where(_claim.c.struck_by == number)
        back = struck.values(stands=True, struck_by=None)
        return self._connection.execute(back).rowcount

    def point(self, story_ids: Sequence[str], into: str | None) -> None:
        """Let stories go on in another; with None in themselves again."""
        self._stories.renew()
        self._connection.execute(
            update(_story).where(_story.c.id.in_(story_ids)).values(merged_into=into)
        )

    def ended_in(self, story_id: str) -> tuple[str, ...]:
        """Ids of the stories that go on in this one, first opened first."""
        self._stories.write()
        query = select(_story.c.id).where(_story.c.merged_into == story_id)
        return tuple(
            self._connection.execute(query.order_by(_story.c.number)).scalars()
        )

    def hand_over(
        self, article_ids: Iterable[str], *, source: Sequence[str], target: str
    ) -> None:
        """Let what articles said of some stories be said of ``target``."""
        self._stories.renew()
        for some in parts(tuple(article_ids)):
            for rows in (_member, _claim, _development):
                self._hand_over(rows, some, source, target)

    def _hand_over(
        self, rows: Table, article_ids: Sequence[str], source: Sequence[str], to: str
    ) -> None:
        moved = update(rows).where(
            rows.c.story.in_(source), rows.c.article_id.in_(article_ids)
        )
        self._connection.execute(moved.values(story=to))
