"""Which schema a store has, and how it becomes ours."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.errors import SchemaError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"  # the last migration; known here so that opening need not load Alembic
VERSION_TABLE = "tocsin_schema"  # Prefect's own may stand in the same database
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x746F6373696E  # "tocsin": one migration at a time on PostgreSQL


def current(connection: Connection) -> str | None:
    """Name the last migration that ran here; None on an empty store.

    Raises:
        SchemaError: The database holds tables of ours without saying which.
    """
    found = set(inspect(connection).get_table_names())
    if VERSION_TABLE in found:
        rows = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  # a constant
        return rows.scalar_one_or_none()
    if {"feed", "entry", "article"} & found:
        raise SchemaError(_name(connection), "it holds tables of another program")
    return None


def require_head(connection: Connection) -> None:
    """Refuse a store whose tables are older or newer than this code.

    Raises:
        SchemaError: Says what to do.
    """
    version = current(connection)
    if version == HEAD:
        return
    if version is None or version in _known():
        detail = "made by an older version; run `tocsin db migrate`, after a backup"
    else:
        detail = "made by a newer version of Tocsin; upgrade the program"
    raise SchemaError(_name(connection), f"{detail}; it is at {version}")


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run what is missing, inside the caller's transaction: all of it or nothing.

    Raises:
        SchemaError: The store is newer than this code.
    """
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    version = current(connection)
    if version is not None and version not in _known():
        require_head(connection)
    if version != HEAD:
        command.upgrade(config(connection), target)


def downgrade(connection: Connection, target: str) -> None:
    """Go back to ``target`` (``base`` drops everything), inside the transaction."""
    from alembic import command

    command.downgrade(config(connection), target)


def config(connection: Connection) -> "Config":
    """Tell Alembic where the migrations are, without a file to keep beside."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def _known() -> frozenset[str]:
    """Every migration of this version."""
    from alembic.script import ScriptDirectory

    return frozenset(
        script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()
    )


def _name(connection: Connection) -> str:
    """The store's URL without its password."""
    return connection.engine.url.render_as_string(hide_password=True)
