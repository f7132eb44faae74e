"""Connections that behave the same on SQLite and on PostgreSQL."""

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from storage.errors import (
    StoreBrokenError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreUnreachableError,
)

PATIENCE = timedelta(seconds=30)  # longer than any unit of ours holds the lock
CACHE = 65_536  # KB; with SQLite's own 2,000 an article's hashes took twice as long
_READING = "reading"  # execution option of a unit that will not write

_CONNECT_SECONDS = 10
_MEMORY = (None, "", ":memory:")
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
}
# Words of SQLite's messages and of PostgreSQL's SQLSTATE, first match wins.
_MEANINGS: tuple[tuple[type[StoreError], tuple[str, ...], tuple[str, ...]], ...] = (
    (StoreLockedError, ("is locked", "is busy"), ("55P03", "40001", "40P01")),
    (StoreFullError, ("is full", "disk I/O error", "readonly"), ("53100", "25006")),
    (StoreBrokenError, ("not a database", "malformed", "corrupt"), ("XX001", "XX002")),
    (StoreUnreachableError, ("unable to open",), ("08", "28", "3D000", "57P", "53300")),
)


def make_engine(url: str, *, patience: timedelta = PATIENCE) -> Engine:
    """Build the engine for ``url``; nothing is opened yet, but an empty file made.

    Args:
        url: ``sqlite:///path``, ``sqlite://`` (in memory, thrown away), or
            ``postgresql://…``.
        patience: How long to wait for another's lock.

    Raises:
        StoreError: The URL names no database that we know, or its driver is missing.
    """
    parsed = parsed_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite(parsed, patience)
        else:
            engine = _postgresql(parsed, patience)
    except ModuleNotFoundError as error:
        raise StoreError(
            shown(parsed), "its driver is missing: pip install 'tocsin[postgres]'"
        ) from error
    event.listen(engine, "handle_error", _translate)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The same connections for units that see one moment and can write nothing."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READING: True})
    return engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )


def parsed_url(url: str) -> URL:
    """Read a database URL, and choose our driver for it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # What is no URL may still hold a password: it is not repeated.
        raise StoreError("the database's URL", "not a database URL") from error
    driver = _DRIVERS.get(parsed.drivername)
    if driver is None:
        raise StoreError(shown(parsed), "neither sqlite:// nor postgresql://")
    return parsed.set(drivername=driver)


def shown(url: URL) -> str:
    """The URL without any password, also one that is a parameter (D13)."""
    hidden = {
        name: "hidden" if "pass" in name.lower() else value
        for name, value in url.query.items()
    }
    return url.set(query=hidden).render_as_string(hide_password=True)


def _sqlite(url: URL, patience: timedelta) -> Engine:
    """An engine for a file, made with its folder; or for memory, one connection."""
    arguments = {"check_same_thread": False, "timeout": patience.total_seconds()}
    if url.database in _MEMORY:
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool)
    else:
        _make_file(url)
        engine = create_engine(url, connect_args=arguments)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(url: URL) -> None:
    """Make the file and its folder where there is none, for us alone (D20).

    SQLite gives what it keeps beside a file the file's own mode. Others would read in
    it what the desk watches, and addresses of feeds that somebody pays for.
    """
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreUnreachableError(shown(url), str(error.strerror)) from error


def _set_pragmas(connection: SqliteConnection, record: object) -> None:
    """Keep commits through a power cut, and references true (F01).

    FULL costs 283 commits a second against NORMAL's 18,057; units hold whole
    batches, so that it does not matter.
    """
    del record
    connection.isolation_level = None  # we say BEGIN ourselves, see `_begin`
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
    except BaseException:
        connection.close()  # the pool forgets one that failed here, and leaks it
        raise


def _write_ahead(connection: SqliteConnection) -> None:
    """Switch a new file to a write-ahead log, whoever else is doing the same.

    A switch beside another writer is refused at once, whatever the busy timeout; a
    write lock is waited for. Of three processes that start on one new file, 33 in
    1,200 were refused so.
    """
    for last in (False, False, True):
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            return
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except OperationalError:
            if last:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")


def _begin(connection: Connection) -> None:
    """Take the write lock at once, unless the unit only reads.

    A deferred transaction that reads and then writes while another commits fails
    with "database is locked" at once, whatever the busy timeout (F04).
    """
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL, patience: timedelta) -> Engine:
    """An engine for a server: times in UTC, and no endless wait for a lock."""
    wait = int(patience.total_seconds() * 1000)
    options = f"-c timezone=UTC -c lock_timeout={wait}"
    given = url.query.get("options")
    arguments = {
        "connect_timeout": _CONNECT_SECONDS,
        "options": f"{given} {options}" if given else options,
    }
    return create_engine(url, connect_args=arguments, pool_pre_ping=True)


def _translate(context: ExceptionContext) -> None:
    """Say in our words what the database said; leave our own mistakes alone."""
    if not isinstance(context.sqlalchemy_exception, DBAPIError):
        return
    error = context.original_exception
    state = getattr(error, "sqlstate", None) or ""
    message = str(error).strip().partition("\n")[0]
    subject = shown(context.engine.url) if context.engine else "database"
    raise _meaning(message, state, context)(subject, message) from error


def _meaning(message: str, state: str, context: ExceptionContext) -> type[StoreError]:
    """Choose the kind of error, by SQLSTATE where there is one."""
    for kind, words, states in _MEANINGS:
        if state and state.startswith(states):
            return kind
        if not state and any(word in message for word in words):
            return kind
    refused = context.connection is None or context.is_disconnect
    return StoreUnreachableError if refused else StoreError
