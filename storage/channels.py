"""Channels: when each takes its next message, and which are closed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from detectors.model import Channel
from storage import tables
from storage.repository import Repository, columns_of, values_of

_channel = tables.table(tables.Channel)
_columns = columns_of(_channel, Channel)

# Nobody closes a channel for longer. A wait beyond it, or beyond the pace, was written
# by a clock that went wrong, and holds nobody up.
LONGEST = timedelta(hours=1)
ASKED_TO_WAIT = "asked to wait"  # how the problem of such a channel begins


class Channels(Repository):
    """Channels by the name that messages go by.

    A sender locks its channel's row while it claims, so that two keep one pace.
    """

    def add(self, name: str) -> None:
        """Know a channel; one that is known stays as it is."""
        self._insert_new(_channel, values_of(Channel(name=name)), ("name",), "name")

    def get(self, name: str) -> Channel:
        """How it stands; a channel that is not known yet is open."""
        query = select(*_columns)
        found = self._records(Channel, query.where(_channel.c.name == name))
        return next(iter(found), Channel(name=name))

    def all(self) -> tuple[Channel, ...]:
        """Every channel that a message was ever for, by name."""
        return self._records(Channel, select(*_columns).order_by(_channel.c.name))

    def closed(self) -> tuple[Channel, ...]:
        """Those that took nothing the last time, by name."""
        query = select(*_columns)
        return self._records(
            Channel, query.where(_channel.c.failures > 0).order_by(_channel.c.name)
        )

    def addresses(self) -> dict[str, str]:
        """What each channel is reached by, as far as it was looked up."""
        query = select(_channel.c.name, _channel.c.address)
        return self._pairs(query.where(_channel.c.address.is_not(None)))

    def reach(self, addresses: Mapping[str, str]) -> None:
        """Keep what channels are reached by; those that are left out are asked anew."""
        for name, known in self._pairs(
            select(_channel.c.name, _channel.c.address)
        ).items():
            if addresses.get(name) != known:
                found = update(_channel).where(_channel.c.name == name)
                self._connection.execute(found.values(address=addresses.get(name)))

    def used(self, name: str, *, free_at: datetime) -> None:
        """Something was sent there: the next may follow at ``free_at``."""
        self._connection.execute(
            update(_channel).where(_channel.c.name == name).values(free_at=free_at)
        )

    def close(self, name: str, *, opens_at: datetime | None, problem: str) -> None:
        """It took nothing, as far as we know: nothing is sent before ``opens_at``."""
        self._connection.execute(
            update(_channel)
            .where(_channel.c.name == name)
            .values(
                opens_at=opens_at,
                problem=problem,
                failures=_channel.c.failures + 1,
            )
        )

    def try_again(self) -> None:
        """Let every closed channel be tried at once; one that asked to wait waits."""
        waits = _channel.c.problem.startswith(ASKED_TO_WAIT)
        self._connection.execute(
            update(_channel)
            .where(_channel.c.opens_at.is_not(None), ~waits)
            .values(opens_at=None)
        )

    def open(self, name: str, *, free_at: datetime) -> None:
        """It took a message: what was wrong is over."""
        self._connection.execute(
            update(_channel)
            .where(_channel.c.name == name)
            .values(free_at=free_at, opens_at=None, failures=0, problem="")
        )


def is_open(now: datetime) -> ColumnElement[bool]:
    """Whether a channel takes messages at ``now``."""
    opens_at = _channel.c.opens_at
    return or_(opens_at.is_(None), opens_at <= now, opens_at > now + LONGEST)


def is_free(now: datetime, pace: timedelta) -> ColumnElement[bool]:
    """Whether a channel's last message is ``pace`` ago at ``now``."""
    free_at = _channel.c.free_at
    return or_(free_at.is_(None), free_at <= now, free_at > now + pace)
