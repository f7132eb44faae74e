"""Notices: what the desk must know and what is no news, each told once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, not_, or_, select, update

from detectors.model import Notice, NoticeKind
from storage import tables
from storage.columns import digest
from storage.repository import Repository, columns_of, parts, values_of

_notice = tables.table(tables.Notice)
_columns = columns_of(_notice, Notice)

_UNTOLD = _notice.c.told_as.is_(None)
_END_UNTOLD = and_(
    _notice.c.told_as.is_not(None),
    not_(_notice.c.end_told),
    _notice.c.ended_at.is_not(None),
)


class Notices(Repository):
    """Notices by kind and subject, of which one at a time is open."""

    def begin(self, notice: Notice) -> bool:
        """Raise a notice; False while one of its kind and subject is open.

        One that is over at once (``ended_at`` given) is always new. ``notice.id`` is
        not used, the store gives one.
        """
        values = values_of(notice)
        del values["id"]
        if notice.ended_at is None:
            values["key"] = _key(notice.kind, notice.subject)
        return self._insert_new(_notice, values, ("key",), "id") is not None

    def end(
        self, kind: NoticeKind, subject: str, *, ending: str, now: datetime
    ) -> bool:
        """What it told is over, as ``ending`` says; False if none was open."""
        ended = (
            update(_notice)
            .where(_notice.c.key == _key(kind, subject))
            .values(key=None, ended_at=now, ending=ending)
        )
        return self._connection.execute(ended).rowcount > 0

    def open(self) -> tuple[Notice, ...]:
        """Those that are not over, the oldest first."""
        query = select(*_columns).where(_notice.c.key.is_not(None))
        return self._records(Notice, query.order_by(_notice.c.id))

    def since(self, moment: datetime) -> tuple[Notice, ...]:
        """Those that were raised then or later, the oldest first."""
        query = select(*_columns).where(_notice.c.raised_at >= moment)
        return self._records(Notice, query.order_by(_notice.c.id))

    def untold(self) -> tuple[Notice, ...]:
        """Those to be told, or whose end is, the oldest first."""
        query = select(*_columns).where(or_(_UNTOLD, _END_UNTOLD))
        return self._records(Notice, query.order_by(_notice.c.id))

    def tell(self, numbers: Iterable[int], name: str) -> None:
        """Write down that these were told, together, by this name."""
        self._set(numbers, told_as=name)

    def tell_end(self, numbers: Iterable[int]) -> None:
        """Write down that their end was told."""
        self._set(numbers, end_told=True)

    def untell(self, numbers: Iterable[int], *, is_end: bool) -> None:
        """Write down that these, or their end, were not told after all."""
        if is_end:
            self._set(numbers, end_told=False)
        else:
            self._set(numbers, told_as=None)

    def _set(self, numbers: Iterable[int], **values: object) -> None:
        for some in parts(tuple(numbers)):
            self._connection.execute(
                update(_notice).where(_notice.c.id.in_(some)).values(**values)
            )


def _key(kind: NoticeKind, subject: str) -> str:
    return digest(f"{kind} {subject}")
