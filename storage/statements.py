"""Statements that articles send again and again."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import ClauseElement, Connection, CursorResult, Dialect
from sqlalchemy.types import TypeEngine

from storage.columns import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


_MOMENTS = 64  # of a batch's articles


class _Compiled(NamedTuple):
    """A statement in one database's words.

    Args:
        by_order: Whether parameters go by their order rather than by name.
        given: The values that stand in the statement itself.
        binders: Each parameter, in order, with what turns it into what the driver
            takes, if something must.
    """

    text: str
    by_order: bool
    given: Mapping[str, Any]
    binders: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def bind(self, row: Mapping[str, Any]) -> Any:  # noqa: ANN401  # either form
        values = {**self.given, **row} if self.given else row
        turned = [
            values[name] if bind is None else bind(values[name])
            for name, bind in self.binders
        ]
        if self.by_order:
            return tuple(turned)
        return {
            name: value for (name, _), value in zip(self.binders, turned, strict=True)
        }


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a value into what the driver takes, if something must.

    The rows of an article are all of one moment: to spell it in each was half of the
    time that a claim took.
    """
    turn = kind.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or not isinstance(kind, UtcDateTime):
        return turn
    return lru_cache(maxsize=_MOMENTS)(turn)


class Prepared:
    """A statement that articles send again and again, compiled once a database.

    A key is otherwise made of the whole statement each time, to look up what was
    compiled of it: to add a row took two to three times as long. Parameters are
    turned by their types as ever; what a query finds comes as the database has it.
    """

    def __init__(self, statement: ClauseElement) -> None:
        """Take a statement of which each row gives all the values."""
        self._statement = statement
        self._compiled: dict[tuple[str, frozenset[str]], _Compiled] = {}

    def run(
        self, connection: Connection, *rows: Mapping[str, Any]
    ) -> CursorResult[Any]:
        """Send it with the values of a row, or of several that have the same ones."""
        key = connection.dialect.name, frozenset(rows[0])
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compile(connection.dialect, list(rows[0]))
            self._compiled[key] = compiled
        bound = [compiled.bind(row) for row in rows]
        return connection.exec_driver_sql(
            compiled.text, bound if len(bound) > 1 else bound[0]
        )

    def _compile(self, dialect: Dialect, names: list[str]) -> _Compiled:
        statement = self._statement.compile(dialect=dialect, column_keys=names)
        done = cast("SQLCompiler", statement)
        binders = {
            name: _binder(bind.type, dialect) for name, bind in done.binds.items()
        }
        given = {name: bind.value for name, bind in done.binds.items()}
        order = binders if done.positiontup is None else done.positiontup
        return _Compiled(
            text=str(done),
            by_order=done.positiontup is not None,
            given={name: given[name] for name in given if name not in names},
            binders=[(name, binders[name]) for name in order],
        )
