"""Copies of an SQLite store: taken while it is in use, checked, put in its place.

PostgreSQL has its own tools for that, and they are better.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from storage.engine import parsed_url, shown
from storage.errors import StoreBrokenError, StoreError, StoreLockedError

POSTGRES_HAS_ITS_OWN = (
    "this is no file: take `pg_dump` and `pg_restore`, and after a restore, before"
    " anything else, `tocsin db restored --since TIME`"
)
_PAGES = 4_096  # 16 MB at once; writers go on between
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file


def back_up(url: str, target: Path) -> None:
    """Write the store at ``url`` to the file ``target``, whole, readable by us alone.

    Raises:
        StoreError: It is no file, or the copy is not sound; nothing is at ``target``
            then but what was there before.
    """
    source = file_of(url)
    with _made(target.with_name(f"{target.name}.part")) as part:
        _copy(source, part)
        part.replace(target)
        _keep(target.parent)


def copy_beside(url: str, backup: Path) -> Path:
    """Copy a backup to where it can take the place of the store at ``url``.

    Raises:
        StoreError: The store is no file, or the backup is not sound.
    """
    target = file_of(url, must_exist=False)
    copy = target.with_name(f"{target.name}.restoring")
    try:  # on a new machine there is no folder yet
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(str(copy.parent), error.strerror or str(error)) from error
    copy.unlink(missing_ok=True)  # of a restore that was cut off
    with _made(copy, keep=True) as part:
        _copy(backup, part)
    return copy


def put_in_place(url: str, copy: Path, *, aside: Path) -> bool:
    """Let ``copy`` be the store at ``url``; what was there is kept as ``aside``.

    There is a whole store at every moment. False if there was none to keep.

    Raises:
        StoreLockedError: Somebody has the store open.
    """
    current = file_of(url, must_exist=False)
    there = current.exists()
    if there:
        _close_log(current)
        for suffix in ("", *_BESIDE):
            _link(Path(f"{current}{suffix}"), Path(f"{aside}{suffix}"))
        for suffix in _BESIDE:
            Path(f"{current}{suffix}").unlink(missing_ok=True)
    copy.replace(current)
    _keep(current.parent)
    return there


def file_of(url: str, *, must_exist: bool = True) -> Path:
    """The file that a store is.

    Raises:
        StoreError: It is none, or there is none.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(shown(parsed), POSTGRES_HAS_ITS_OWN)
    if parsed.database in (None, "", ":memory:"):
        raise StoreError(shown(parsed), "it is kept in memory only")
    path = Path(str(parsed.database))
    if must_exist and not path.exists():
        raise StoreError(shown(parsed), "there is no such file")
    return path


def _copy(source: Path, target: Path) -> None:
    """Copy a database of one moment, as one file, and look for damage."""
    try:
        with (
            closing(
                sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
            ) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new, pages=_PAGES)
            new.execute("PRAGMA journal_mode = DELETE")
            problems = [line for (line,) in new.execute("PRAGMA integrity_check")]
            (tables,) = new.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise StoreBrokenError(str(source), str(error)) from error
    if problems != ["ok"]:
        raise StoreBrokenError(str(source), problems[0])
    if not tables:  # a file of no bytes is a sound database
        raise StoreBrokenError(str(source), "it is empty")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _close_log(path: Path) -> None:
    """Bring the write-ahead log into the file; nobody else may have it open.

    A damaged file is left as it is: to replace it may be why we are here.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise StoreLockedError(
            str(path), "it is in use: stop `tocsin serve` before a restore"
        ) from error
    except sqlite3.DatabaseError:
        return


def _link(path: Path, other: Path) -> None:
    """Give a file a second name; a copy where the disk cannot."""
    if not path.exists():
        return
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)


@contextmanager
def _made(path: Path, *, keep: bool = False) -> Iterator[Path]:
    """An empty file that only we may read; gone afterwards unless all went well."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        why = getattr(error, "strerror", None) or str(error)
        raise StoreError(str(path), why) from error
    whole = False
    try:
        yield path
        whole = True
    finally:
        if not (whole and keep):
            with suppress(FileNotFoundError):
                path.unlink()


def _keep(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
