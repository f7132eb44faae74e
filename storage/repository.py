"""What every repository is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Dialect, Select, Table, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import NullType

from storage.statements import Prepared

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
R = TypeVar("R", bound="DataclassInstance")
Upsert = sqlite.Insert | postgresql.Insert

# No row has a higher one; a user may still ask for it.
MAX_NUMBER = 2**63 - 1

# Both databases take more, but a statement with fewer stays quick to prepare.
MAX_PARAMETERS = 500


class Repository:
    """Statements on one connection; lives as long as its unit of work.

    Statements go over the columns of the tables, never through loaded rows. What a
    repository keeps of what it read, it keeps as it writes it, and forgets with its
    transaction. What it is to write it may put off to the end of that, to write it
    once and together; whoever asks finds it all the same. A repository never commits.
    """

    def __init__(self, connection: Connection) -> None:
        """Work on ``connection``, whose transaction is the unit's."""
        self._connection = connection

    def write(self) -> None:
        """Write down what was put off."""

    def forget(self) -> None:
        """Keep nothing of what was read: the transaction that it was read in ended."""

    def _insert_new(
        self, table: Table, values: Mapping[str, Any], key: Iterable[str], give: str
    ) -> Any | None:  # noqa: ANN401  # the column's own type
        """Insert unless ``key`` is taken; the new row's ``give``, or None.

        RETURNING tells, as psycopg's rowcount does not (-1).
        """
        dialect = self._connection.dialect.name
        statement = _inserting_new(dialect, table, tuple(key), give)
        return statement.run(self._connection, values).scalar_one_or_none()

    def _records(self, kind: type[R], query: Select[Any]) -> tuple[R, ...]:
        """The rows of a query over `columns_of` ``kind``, as records of it."""
        names = [field.name for field in fields(kind)]
        return tuple(
            kind(**dict(zip(names, row, strict=True)))
            for row in self._connection.execute(query)
        )

    def _pairs(self, query: Select[Any]) -> dict[Any, Any]:
        """The rows of a query of two columns, as a mapping."""
        return {row[0]: row[1] for row in self._connection.execute(query)}


def inserting(dialect: str, table: Table) -> Upsert:
    """An INSERT that may say ``on_conflict_…``; each dialect has its own."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@lru_cache(maxsize=32)  # tables that are written so, in both dialects
def _inserting_new(
    dialect: str, table: Table, key: tuple[str, ...], give: str
) -> Prepared:
    """An INSERT of what is new by ``key``, its values still to be given."""
    new = inserting(dialect, table).on_conflict_do_nothing(index_elements=list(key))
    return Prepared(new.returning(table.c[give]))


class Recurring(Generic[R]):
    """Records of a table that are read again and again, each version made once.

    They are known by all that stands in their rows as the database gives it, so
    none can be stale. Of a ledger of eighty claims, read with every article of its
    story, seventy-nine are as they were: read so, stories and ledgers take a fourth
    of the time (demo, beside a thousand stories).

    Args:
        table: Whose rows.
        kind: Of record; its mappings are shared, and nobody may write to them.
        kept: Versions, the last that were read.
    """

    def __init__(self, table: Table, kind: type[R], *, kept: int) -> None:
        """Prepare the columns."""
        self._kind, self._kept = kind, kept
        self._typed = columns_of(table, kind)
        self.columns = [
            type_coerce(column, NullType()).label(column.name) for column in self._typed
        ]
        self._makers: dict[str, Callable[[tuple[Any, ...]], R]] = {}

    def read(
        self,
        connection: Connection,
        query: Select[Any],
        values: Mapping[str, Any] | None = None,
    ) -> tuple[R, ...]:
        """The rows of a query over `columns`, with ``values`` for its parameters."""
        make = self.maker(connection.dialect)
        return tuple(
            make(tuple(row)) for row in connection.execute(query, values).all()
        )

    def maker(self, dialect: Dialect) -> Callable[[tuple[Any, ...]], R]:
        """What makes a record of a row of `columns`."""
        known = self._makers.get(dialect.name)
        if known is None:
            typed = [
                (
                    column.name,
                    column.type.dialect_impl(dialect).result_processor(dialect, None),
                )
                for column in self._typed
            ]
            known = lru_cache(maxsize=self._kept)(partial(_made, self._kind, typed))
            self._makers[dialect.name] = known
        return known


def _made(
    kind: type[R],
    readers: Iterable[tuple[str, Callable[[Any], Any] | None]],
    row: tuple[Any, ...],
) -> R:
    """A record of what stands in a row."""
    return kind(
        **{
            name: value if read is None else read(value)
            for (name, read), value in zip(readers, row, strict=True)
        }
    )


def parts(values: Sequence[T], size: int = MAX_PARAMETERS) -> Iterable[Sequence[T]]:
    """Cut ``values`` into runs short enough for one statement."""
    return (values[start : start + size] for start in range(0, len(values), size))


def columns_of(table: Table, kind: type["DataclassInstance"]) -> list[Column[Any]]:
    """The columns that a record is made of, in the order of its fields."""
    return [table.c[field.name] for field in fields(kind)]


def values_of(record: "DataclassInstance") -> dict[str, Any]:
    """The fields of a record as columns; a nested record is one column, as it is."""
    names, values = _fields_of(type(record))
    return dict(zip(names, values(record), strict=True))


@cache
def _fields_of(
    kind: type["DataclassInstance"],
) -> tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]]]:
    """The names of a record's fields, and what takes all their values out of one."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)
