"""Visits: pages that are asked again while their stories live."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from detectors.model import Validators, Visit
from storage import tables
from storage.repository import Repository, inserting, parts

_visit = tables.table(tables.Visit)
_VALIDATORS = ("etag", "last_modified")
_FIELDS = tuple(f.name for f in fields(Visit) if f.name != "validators")


FARTHEST = timedelta(days=2)  # ahead of now; what is due later, a wrong clock planned


class Visits(Repository):
    """Visits by the first version of the article that stands on the page.

    Of every page that was read is kept what to ask it again with; only those with a
    time are asked.
    """

    def keep(self, visit: Visit) -> None:
        """Plan a visit, or keep what came of one."""
        values = {name: getattr(visit, name) for name in _FIELDS}
        values |= {name: getattr(visit.validators, name) for name in _VALIDATORS}
        new = inserting(self._connection.dialect.name, _visit).values(**values)
        self._connection.execute(
            new.on_conflict_do_update(index_elements=["article_id"], set_=values)
        )

    def get(self, article_id: str) -> Visit | None:
        """The visits to the page of this article."""
        found = self._connection.execute(
            select(_visit).where(_visit.c.article_id == article_id)
        ).one_or_none()
        return None if found is None else _record(found)

    def due(self, now: datetime, limit: int) -> tuple[Visit, ...]:
        """Pages to ask at ``now``, longest due first.

        One whose time is days ahead was planned by a clock that went wrong.
        """
        is_due = or_(_visit.c.next_at <= now, _visit.c.next_at > now + FARTHEST)
        query = select(_visit).where(_visit.c.next_at.is_not(None), is_due)
        rows = self._connection.execute(query.order_by(_visit.c.next_at).limit(limit))
        return tuple(_record(row) for row in rows)

    def end(self, article_ids: Iterable[str]) -> None:
        """Ask these pages no more."""
        for some in parts(tuple(article_ids)):
            over = update(_visit).where(_visit.c.article_id.in_(some))
            self._connection.execute(over.values(next_at=None))

    def prune(self, before: datetime) -> int:
        """Forget pages first read before, but those to be asked again; how many."""
        old = _visit.c.opened_at < before, _visit.c.next_at.is_(None)
        return self._connection.execute(delete(_visit).where(*old)).rowcount


def _record(row: Row[Any]) -> Visit:
    """The visit that a row stands for."""
    return Visit(
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        **{name: getattr(row, name) for name in _FIELDS},
    )
