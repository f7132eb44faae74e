"""What running stories are found by: the rows of `Stories.index`."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, insert, select

from storage import tables
from storage.repository import Repository, parts
from storage.statements import Prepared

_key = tables.table(tables.StoryKey)

_SIGN = 2**63  # as `storage.columns.Hash64` shifts a hash
_POSTINGS = 24  # stories of one key that are looked at; in all, a topic's last 14 days
# Keys whose stories a transaction knows: 10 MB. Of those that an article asks for three
# in four were asked for before in its batch (demo).
_KNOWN = 16_384
_NEAR = 48  # of those that share keys, the ones that share most
_KEYS_AT_ONCE = 80  # SQLite joins at most 500 selections, and fewer prepare faster
# Keys are asked for in such steps, the last ones for nothing: a statement for each
# number of them is more than SQLite keeps prepared, which takes five times as long.
_STEP = 8

_DAY = 2**40  # a posting is one number, ordered by its day first and then by its story

# Ordered by day and number: a key is answered from its index, however many have it.
# In one row a key: to take 500 stories from a row each took longer than to find them.
_OF_KEY = (
    "SELECT {joined} FROM (SELECT {posting} AS posting FROM story_key "
    "WHERE hash = ? AND day >= ? ORDER BY day DESC, story DESC LIMIT ?) AS of_key"
)
_JOINED = {
    "sqlite": "group_concat(posting)",
    "postgresql": "string_agg(CAST(posting AS text), ',')",
}
_POSTING = f"CAST(day AS bigint) * {_DAY} + story"
_OF: BindParameter[Any] = bindparam("of")
_HELD = select(_key.c.hash, _key.c.day).where(_key.c.story == _OF)
_FORGET = Prepared(
    delete(_key).where(_key.c.story == _OF, _key.c.hash == bindparam("by"))
)
_ADD = Prepared(insert(_key))


@dataclass(slots=True)
class _Posted:
    """The stories that were found last by one key, as postings that rise.

    Args:
        since: The day from which on none is missing, unless as many are known as are
            looked at.
    """

    since: int
    latest: list[int]

    def holds(self, since: int) -> bool:
        """Whether none that is looked at since then is missing."""
        return since >= self.since or len(self.latest) == _POSTINGS

    def note(self, posting: int) -> None:
        """Know a story that is found by the key from now on."""
        if posting >= self.since * _DAY or len(self.latest) == _POSTINGS:
            insort(self.latest, posting)
            del self.latest[:-_POSTINGS]


class StoryKeys(Repository):
    """Keys of stories and stories of keys, each kept once it was read."""

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._held: dict[int, dict[int, date]] = {}
        self._rows: dict[int, dict[int, date]] = {}  # what those that differ still hold
        self._differ: set[int] = set()
        self._posted: dict[int, _Posted] = {}

    def forget(self) -> None:
        """Read keys anew."""
        for known in (self._held, self._rows, self._differ, self._posted):
            known.clear()

    def write(self) -> None:
        """Bring the rows up to what is known."""
        gone: list[dict[str, Any]] = []
        new: list[dict[str, Any]] = []
        for number, rows in sorted(self._rows.items()):
            held = self._held[number]
            gone += ({"of": number, "by": key} for key in _beyond(rows, held))
            new += (
                {"story": number, "hash": key, "day": held[key]}
                for key in _beyond(held, rows)
            )
        if gone:
            _FORGET.run(self._connection, *gone)
        if new:
            _ADD.run(self._connection, *new)
        self._rows.clear()
        self._differ.clear()

    def sharing(self, keys: Sequence[int], since: date) -> list[int]:
        """The stories that share most of ``keys``, of those found since a day.

        Costs the same however many have a key.
        """
        day = since.toordinal()
        self._read(keys, day)
        first = day * _DAY
        shared = Counter(
            posting % _DAY
            for key in keys
            for posting in self._posted[key].latest
            if posting >= first
        )
        latest = sorted(shared, reverse=True)
        return sorted(latest, key=shared.__getitem__, reverse=True)[:_NEAR]

    def _read(self, keys: Sequence[int], since: int) -> None:
        """Read the stories of those keys that are not known well enough."""
        if len(self._posted) > _KNOWN:
            self._posted.clear()
        known = self._posted
        new = [key for key in keys if key not in known or not known[key].holds(since)]
        if not self._differ.isdisjoint(new):
            self.write()
        for some in parts(new, _KEYS_AT_ONCE):
            empty = -len(some) % _STEP
            statement = _of_keys(len(some) + empty, self._connection.dialect.name)
            values = [v for key in some for v in (key - _SIGN, since, _POSTINGS)]
            asked = (*values, *(0, since, 0) * empty)
            found = self._connection.exec_driver_sql(statement, asked).all()
            for place, joined in found[: len(some)]:
                latest = sorted(map(int, joined.split(","))) if joined else []
                known[some[place]] = _Posted(since=since, latest=latest)

    def begin(self, number: int) -> None:
        """A story that is new is found by nothing yet."""
        self._held[number] = {}

    def replace(self, number: int, keys: Iterable[int], day: date) -> None:
        """Let a story be found by ``keys`` as of ``day``, and by no others."""
        held, wanted = self._of(number), dict.fromkeys(keys, day)
        stale, fresh = _beyond(held, wanted), _beyond(wanted, held)
        for key in stale:
            self._posted.pop(key, None)
        for key in fresh:
            if key in self._posted:
                self._posted[key].note(day.toordinal() * _DAY + number)
        if stale or fresh:
            self._differ.update(stale, fresh)
            self._rows.setdefault(number, held)
            self._held[number] = wanted

    def _of(self, number: int) -> dict[int, date]:
        held = self._held.get(number)
        if held is None:
            rows = self._connection.execute(_HELD, {"of": number})
            held = self._held[number] = {row[0]: row[1] for row in rows}
        return held

    def prune(self, before: date) -> int:
        """Forget what was last found before a day; how many keys went."""
        self.write()
        self.forget()
        gone = _key.delete().where(_key.c.day < before)
        return self._connection.execute(gone).rowcount


def _beyond(some: Mapping[int, date], other: Mapping[int, date]) -> list[int]:
    """The keys of some that others have not, or of another day, in order."""
    return sorted(key for key, day in some.items() if other.get(key) != day)


@lru_cache(maxsize=32)  # both databases, each number of steps
def _of_keys(count: int, dialect: str) -> str:
    one = _OF_KEY.format(joined=_JOINED[dialect], posting=_POSTING)
    sign = "?" if dialect == "sqlite" else "%s"
    each = (f"SELECT {place}, ({one})" for place in range(count))
    return " UNION ALL ".join(each).replace("?", sign)
