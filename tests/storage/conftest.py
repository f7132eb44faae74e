import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from storage.database import Store
from storage.engine import make_engine
from tests.servers.postgres import find_binaries, running_postgres

BINARIES = find_binaries()
needs_postgres = pytest.mark.skipif(
    BINARIES is None, reason="PostgreSQL (initdb, postgres) is not installed here"
)
BOTH = ["sqlite", pytest.param("postgresql", marks=needs_postgres)]


@pytest.fixture(scope="session")
def postgres():
    assert BINARIES is not None
    with running_postgres(BINARIES) as server:
        yield server


@pytest.fixture(scope="session")
def migrated(postgres):
    """A database that was migrated once, to be emptied after each test.

    Making and dropping one a test took more than twice as long.
    """
    url = postgres.url(postgres.create())
    Store.open(url).close()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A file that was migrated once, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "tocsin.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=BOTH)
def url(request, tmp_path: Path):
    """Where a migrated store is, on each database."""
    if request.param == "sqlite":
        path = tmp_path / "tocsin.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    migrated = request.getfixturevalue("migrated")
    yield migrated
    make_empty(migrated)


def make_empty(url):
    """Delete every row; the numbers begin anew."""
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table in SQLModel.metadata.tables.values():
            connection.execute(table.delete())
            for column in table.c:
                if column.autoincrement is True:
                    sequence = f"{table.name}_{column.name}_seq"
                    connection.execute(text(f"ALTER SEQUENCE {sequence} RESTART"))
    engine.dispose()


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path: Path):
    """Where nothing is yet, on each database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'tocsin.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def store(url):
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def unit(store):
    """One unit of work, kept at the end."""
    with store.unit() as work:
        yield work
