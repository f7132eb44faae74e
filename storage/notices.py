"""Notices: what the desk must know and what is no news, each told once."""

from datetime import datetime

from sqlalchemy import select, update

from detectors.model import Notice, NoticeKind
from storage import tables
from storage.columns import digest
from storage.repository import Repository, columns_of, values_of

_notice = tables.table(tables.Notice)
_columns = columns_of(_notice, Notice)


class Notices(Repository):
    """Notices by kind and subject, of which one at a time is open."""

    def raise_(self, notice: Notice) -> Notice | None:
        """Raise it; None if one of its kind and subject is open: told once.

        One that is over at once (``ended_at`` given) is always new. ``notice.id`` is
        not used, the store gives one.
        """
        values = values_of(notice)
        del values["id"]
        if notice.ended_at is None:
            values["key"] = _key(notice.kind, notice.subject)
        number = self._insert_new(_notice, values, ("key",), "id")
        return None if number is None else self.get(number)

    def end(self, kind: NoticeKind, subject: str, *, now: datetime) -> Notice | None:
        """What it told is over; the notice as it ended, None if none was open."""
        ended = self._connection.execute(
            update(_notice)
            .where(_notice.c.key == _key(kind, subject))
            .values(key=None, ended_at=now)
            .returning(_notice.c.id)
        ).scalar_one_or_none()
        return None if ended is None else self.get(ended)

    def get(self, number: int) -> Notice | None:
        """The notice with this id."""
        query = select(*_columns).where(_notice.c.id == number)
        return next(iter(self._records(Notice, query)), None)

    def open(self) -> tuple[Notice, ...]:
        """Those that are not over, the oldest first."""
        query = select(*_columns).where(_notice.c.key.is_not(None))
        return self._records(Notice, query.order_by(_notice.c.id))

    def since(self, moment: datetime) -> tuple[Notice, ...]:
        """Those that were raised then or later, the oldest first."""
        query = select(*_columns).where(_notice.c.raised_at >= moment)
        return self._records(Notice, query.order_by(_notice.c.id))


def _key(kind: NoticeKind, subject: str) -> str:
    return digest(f"{kind} {subject}")
