"""Runs: when each flow last did its work to the end; health is judged by it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from detectors.model import Run
from storage import tables
from storage.repository import Repository, columns_of

_run = tables.table(tables.Run)
_entry = tables.table(tables.Entry)
_message = tables.table(tables.Message)
_columns = columns_of(_run, Run)


class Runs(Repository):
    """Runs by kind, in the order of starting."""

    def start(self, kind: str, now: datetime) -> int:
        """Note that a run began; its id."""
        values = {"kind": kind, "started_at": now, "counts": {}}
        begun = insert(_run).values(**values).returning(_run.c.id)
        number: int = self._connection.execute(begun).scalar_one()
        return number

    def finish(self, run_id: int, now: datetime, counts: Mapping[str, int]) -> None:
        """Note that it ended well, and what it counted."""
        ended = update(_run).where(_run.c.id == run_id)
        self._connection.execute(ended.values(finished_at=now, counts=counts))

    def last_finished(self, kind: str) -> Run | None:
        """The run of a kind that finished last."""
        query = select(*_columns).where(
            _run.c.kind == kind, _run.c.finished_at.is_not(None)
        )
        order = query.order_by(_run.c.finished_at.desc(), _run.c.id.desc())
        return next(iter(self._many(order.limit(1))), None)

    def last_moment(self) -> datetime | None:
        """The last moment that anything here was written; None in an empty store."""
        written = (
            _run.c.started_at,
            _run.c.finished_at,
            _entry.c.seen_at,
            _message.c.decided_at,
            _message.c.started_at,
            _message.c.sent_at,
        )
        moments = [
            self._connection.execute(select(func.max(column))).scalar_one()
            for column in written
        ]
        return max((each for each in moments if each is not None), default=None)

    def recent(self, limit: int) -> tuple[Run, ...]:
        """The last runs of every kind, the latest first."""
        query = select(*_columns).order_by(_run.c.id.desc())
        return self._many(query.limit(limit))

    def _many(self, query: Select[Any]) -> tuple[Run, ...]:
        return self._records(Run, query)
