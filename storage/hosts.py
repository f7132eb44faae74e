"""Hosts: servers that asked all of us to wait, and what their robots.txt said."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select, update

from detectors.model import Host, RobotRules
from storage import tables
from storage.repository import Repository, columns_of, inserting, parts, values_of

_host = tables.table(tables.Host)
_robots = tables.table(tables.Robots)


class Hosts(Repository):
    """Hosts by name; one that asked for nothing is not here."""

    def resting(self, now: datetime) -> Mapping[str, Host]:
        """Those that want no request at ``now``, by name."""
        query = select(*columns_of(_host, Host)).where(_host.c.rest_ends_at > now)
        return {host.name: host for host in self._records(Host, query)}

    def rest(self, host: Host) -> None:
        """Leave a host in peace until then; a later wish stands over an earlier one."""
        new = inserting(self._connection.dialect.name, _host).values(**values_of(host))
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=["name"],
                set_={"rest_ends_at": host.rest_ends_at, "reason": host.reason},
                where=_host.c.rest_ends_at < host.rest_ends_at,
            )
        )

    def correct(self, name: str, wrong: datetime, right: datetime) -> bool:
        """Mend the end of a rest, told by a wrong clock; False if it was another."""
        itself = update(_host).where(_host.c.name == name)
        corrected = itself.where(_host.c.rest_ends_at == wrong)
        found = self._connection.execute(corrected.values(rest_ends_at=right))
        return found.rowcount > 0

    def prune(self, now: datetime) -> int:
        """Forget those whose time is over; how many."""
        over = delete(_host).where(_host.c.rest_ends_at <= now)
        return self._connection.execute(over).rowcount

    def robots(self, origins: Iterable[str]) -> Mapping[str, RobotRules]:
        """What sites' robots.txt said, by origin; those never asked are left out."""
        columns = columns_of(_robots, RobotRules)
        return {
            rules.origin: rules
            for some in parts(tuple(dict.fromkeys(origins)))
            for rules in self._records(
                RobotRules, select(*columns).where(_robots.c.origin.in_(some))
            )
        }

    def keep_robots(self, rules: RobotRules) -> None:
        """Keep what a robots.txt says now."""
        values = values_of(rules)
        new = inserting(self._connection.dialect.name, _robots).values(**values)
        self._connection.execute(
            new.on_conflict_do_update(index_elements=["origin"], set_=values)
        )
