"""Leases: who may do one thing alone, and until when.

Kept here rather than asked of the orchestrator, whose slots leak when a run dies.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from storage import tables
from storage.repository import Repository, inserting

_lease = tables.table(tables.Lease)

APART = timedelta(minutes=30)  # no two machines that work have clocks farther apart


class Leases(Repository):
    """Leases by name. Take one in a unit of its own, so that it is seen at once."""

    def acquire(self, name: str, holder: str, now: datetime, ttl: timedelta) -> bool:
        """Take the lease until ``now + ttl``; False while another holds it.

        One statement, so that of two that race only one gets it. The same holder
        may take it again. One that ends later than any clock can explain was taken by
        a clock that ran ahead: it would hold up everything until that day comes.
        """
        values = {"holder": holder, "acquired_at": now, "ends_at": now + ttl}
        free = or_(
            _lease.c.ends_at <= now,
            _lease.c.ends_at > now + ttl + APART,
            _lease.c.holder == holder,
        )
        statement = (
            inserting(self._connection.dialect.name, _lease)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values, where=free)
            .returning(_lease.c.holder)
        )
        return self._connection.execute(statement).scalar_one_or_none() is not None

    def renew(self, name: str, holder: str, now: datetime, ttl: timedelta) -> bool:
        """Hold on until ``now + ttl``; False if another has it by now."""
        held = update(_lease).where(_lease.c.name == name, _lease.c.holder == holder)
        return self._connection.execute(held.values(ends_at=now + ttl)).rowcount > 0

    def release(self, name: str, holder: str) -> bool:
        """Give it back; False if another has it by now."""
        held = delete(_lease).where(_lease.c.name == name, _lease.c.holder == holder)
        return self._connection.execute(held).rowcount > 0

    def holder(self, name: str, now: datetime) -> str | None:
        """Who holds the lease at ``now``."""
        query = select(_lease.c.holder)
        held = query.where(_lease.c.name == name, _lease.c.ends_at > now)
        holder: str | None = self._connection.execute(held).scalar_one_or_none()
        return holder
