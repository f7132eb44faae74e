"""What running stories are found by: the rows of `Stories.index`."""

from collections import Counter
from collections.abc import Iterable, Sequence
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
_NEAR = 48  # of those that share keys, the ones that share most
_KEYS_AT_ONCE = 80  # SQLite joins at most 500 selections, and fewer prepare faster
# Keys are asked for in such steps, the last ones for nothing: a statement for each
# number of them is more than SQLite keeps prepared, which takes five times as long.
_STEP = 16

# Ordered by day and number: a key is answered from its index, however many have it.
# In one row a key: to take 500 stories from a row each took longer than to find them.
_OF_KEY = (
    "SELECT (SELECT {joined} FROM (SELECT story FROM story_key WHERE hash = ? "
    "AND day >= ? ORDER BY day DESC, story DESC LIMIT ?) AS of_key)"
)
_JOINED = {
    "sqlite": "group_concat(story)",
    "postgresql": "string_agg(CAST(story AS text), ',')",
}
_OF: BindParameter[Any] = bindparam("of")
_HELD = select(_key.c.hash, _key.c.day).where(_key.c.story == _OF)
_FORGET = Prepared(
    delete(_key).where(_key.c.story == _OF, _key.c.hash == bindparam("by"))
)
_ADD = Prepared(insert(_key))


class StoryKeys(Repository):
    """Keys of stories by their numbers, each kept once it was read."""

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._held: dict[int, dict[int, date]] = {}

    def forget(self) -> None:
        """Read keys anew."""
        self._held.clear()

    def sharing(self, keys: Sequence[int], since: date) -> list[int]:
        """The stories that share most of ``keys``, of those found since a day.

        Costs the same however many have a key.
        """
        shared: Counter[int] = Counter()
        for some in parts(keys, _KEYS_AT_ONCE):
            shared.update(self._posted(some, since))
        latest = sorted(shared, reverse=True)
        return sorted(latest, key=shared.__getitem__, reverse=True)[:_NEAR]

    def _posted(self, keys: Sequence[int], since: date) -> list[int]:
        empty = -len(keys) % _STEP
        statement = _of_keys(len(keys) + empty, self._connection.dialect.name)
        day = since.toordinal()
        values = [v for key in keys for v in (key - _SIGN, day, _POSTINGS)]
        asked = (*values, *(0, day, 0) * empty)
        found = self._connection.exec_driver_sql(statement, asked)
        posted = found.scalars().all()
        return [int(story) for some in posted if some for story in some.split(",")]

    def begin(self, number: int) -> None:
        """A story that is new is found by nothing yet."""
        self._held[number] = {}

    def replace(self, number: int, keys: Iterable[int], day: date) -> None:
        """Let a story be found by ``keys`` as of ``day``, and by no others."""
        wanted, held = set(keys), self._of(number)
        stale = [key for key, at in held.items() if key not in wanted or at != day]
        fresh = [key for key in wanted if held.get(key) != day]
        if stale:
            gone = ({"of": number, "by": key} for key in sorted(stale))
            _FORGET.run(self._connection, *gone)
        if fresh:
            new = ({"story": number, "hash": key, "day": day} for key in sorted(fresh))
            _ADD.run(self._connection, *new)
        self._held[number] = dict.fromkeys(wanted, day)

    def _of(self, number: int) -> dict[int, date]:
        held = self._held.get(number)
        if held is None:
            rows = self._connection.execute(_HELD, {"of": number})
            held = {row[0]: row[1] for row in rows}
        return held

    def prune(self, before: date) -> int:
        """Forget what was last found before a day; how many keys went."""
        self.forget()
        gone = _key.delete().where(_key.c.day < before)
        return self._connection.execute(gone).rowcount


@lru_cache(maxsize=16)  # both databases, each number of steps
def _of_keys(count: int, dialect: str) -> str:
    one = _OF_KEY.format(joined=_JOINED[dialect])
    sign = "?" if dialect == "sqlite" else "%s"
    return " UNION ALL ".join([one] * count).replace("?", sign)
