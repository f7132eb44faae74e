"""Run the migrations on the connection that `storage.schema` hands in."""

from alembic import context
from sqlmodel import SQLModel

from storage import tables
from storage.schema import VERSION_TABLE

assert tables.Feed.metadata is SQLModel.metadata  # noqa: S101  # the classes are loaded

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite's too, once BEGIN is explicit
    compare_type=True,
)
context.run_migrations()
