"""The schema: made by itself, compared with the code, refused when it is another."""

import multiprocessing
import re
import sqlite3
import threading
from contextlib import closing
from dataclasses import fields, replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text
from sqlmodel import SQLModel

from detectors import model
from storage import schema, tables
from storage.database import Store
from storage.engine import make_engine
from storage.errors import SchemaError, StoreError
from tests.storage.records import (
    NOW,
    article,
    decision,
    development,
    message,
    story,
)

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def empty(empty_url):
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def table_names(engine):
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_head_is_the_last_migration_and_there_is_one_line_of_them():
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert scripts.get_heads() == [schema.HEAD]


def test_an_empty_store_is_given_its_tables_by_itself(empty_url, empty):
    Store.open(empty_url).close()
    assert table_names(empty) == {*SQLModel.metadata.tables, schema.VERSION_TABLE}


def test_the_migrations_make_what_the_code_describes(empty_url, empty):
    Store.open(empty_url).close()
    with empty.connect() as connection:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_going_down_and_up_again_leaves_a_working_store(empty_url, empty):
    store = Store.open(empty_url)
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        unit.decisions.add(decision("a1"), decided_at=NOW)
        unit.outbox.add(message())
    with empty.connect() as connection:
        schema.downgrade(connection, "base")
        connection.commit()
    assert table_names(empty) == {schema.VERSION_TABLE}
    assert store.migrate()
    with store.unit() as unit:
        assert unit.articles.add(article("a1"))
    assert store.check() == ()
    store.close()


def test_migrating_again_changes_nothing(empty_url):
    store = Store.open(empty_url, migrate=False)
    assert store.migrate()
    with store.unit() as unit:
        unit.articles.add(article("a1"))
    assert not store.migrate()
    with store.unit() as unit:
        assert unit.articles.total() == 1
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty_url, empty):
    with empty.connect() as connection:
        connection.execute(text("CREATE TABLE lease (name INTEGER)"))
        connection.commit()
    with pytest.raises(StoreError, match="already exists"):
        Store.open(empty_url)
    assert table_names(empty) == {"lease"}


class Cut(Exception):  # noqa: N818  # stands for a kill
    pass


def upgrade_until(engine, statements):
    """Migrate, but stop before so many changes were made; whether it was stopped."""
    made = 0

    def stop(_connection, _cursor, statement, *_):
        nonlocal made
        if statement.lstrip().startswith(("CREATE", "INSERT")):
            made += 1
            if made > statements:
                raise Cut

    event.listen(engine, "before_cursor_execute", stop)
    try:
        with engine.connect() as connection:
            schema.upgrade(connection)
    except Cut:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", stop)
    return False


def test_a_migration_cut_off_at_any_statement_leaves_nothing_behind(empty):
    statements = 0
    while upgrade_until(empty, statements):
        assert table_names(empty) == set(), statements
        statements += 1
    assert statements > len(SQLModel.metadata.tables)


def write_version(engine, version):
    with engine.connect() as connection:
        connection.execute(
            text("UPDATE tocsin_schema SET version_num = :version"),
            {"version": version},
        )
        connection.commit()


def test_a_newer_store_is_refused_before_anything_is_written(empty_url, empty):
    store = Store.open(empty_url)
    write_version(empty, "9999")
    with pytest.raises(SchemaError, match="newer version of Tocsin"):
        Store.open(empty_url)
    with pytest.raises(SchemaError, match="newer version of Tocsin"):
        store.migrate()
    assert "newer version" in store.check()[0]
    store.close()


def test_an_older_store_is_not_migrated_without_being_asked(
    empty_url, empty, monkeypatch
):
    Store.open(empty_url).close()
    written = schema.HEAD
    monkeypatch.setattr(schema, "HEAD", "9998")
    with pytest.raises(SchemaError, match="run `tocsin db migrate`") as refused:
        Store.open(empty_url)
    assert f"it is at {written}" in str(refused.value)
    Store.open(empty_url, migrate=False).close()


FIRST_ROWS = (
    """INSERT INTO article (id, url, url_hash, source, title, text, published_at,
    fetched_at, flags) VALUES ('a1', 'https://wire.test/a1', 'h1', 'Wire', 'Silo',
    'Six died.', '2026-03-01 06:40:00', '2026-03-01 06:40:00', '[]')""",
    """INSERT INTO story (id, topic, headline, opened_at, changed_at, profile, articles,
    sources, told_at) VALUES ('s1', 'fires', 'Silo', '2026-03-01 06:40:00',
    '2026-03-01 06:40:00', '{}', 1, '["Wire"]', '2026-03-01 06:40:00')""",
    """INSERT INTO story (id, topic, headline, opened_at, changed_at, profile, articles,
    sources) VALUES ('s2', 'fires', 'Mill', '2026-03-01 06:40:00',
    '2026-03-01 06:40:00', '{}', 1, '["Wire"]')""",
    """INSERT INTO claim (story, slot, value, bound, certainty, source, article_id,
    claimed_at, quote, stands, aside) VALUES ('s1', 'killed', '6', 'exact', 'asserted',
    'Wire', 'a1', '2026-03-01 06:40:00', 'Six died.', true, false)""",
    *(
        "INSERT INTO development (topic, story, slot, old, new, kind, quote, "  # noqa: S608  # our own words
        f"article_id, developed_at) VALUES ('fires', '{story}', 'killed', {old}, "
        f"'{new}', '{kind}', 'Six died.', 'a1', '2026-03-01 06:40:00')"
        for story, old, new, kind in (
            ("s1", "NULL", 6, "new"),
            ("s1", "'6'", 7, "change"),
            ("s1", "'7'", 6, "correction"),
            ("s1", "'6'", 7, "change"),
            ("s1", "'6'", 7, "change"),  # twice in a row: nothing had forbidden it
            ("s2", "NULL", 3, "new"),
        )
    ),
)


TOLD_ROWS = (
    FIRST_ROWS[0],
    *(
        "INSERT INTO message (key, key_hash, story, channel, alert, headline, "  # noqa: S608  # our own words
        "topic_title, article_id, article_title, article_source, url, decided_at, "
        f"state, attempt, ts, problem) VALUES ('k{number}', 'k{number}', '{story}', "
        "'#desk', '{}', 'Silo', 'Fires', 'a1', 'Silo', 'Wire', 'https://wire.test/a1',"
        f" '2026-03-01 06:40:00', '{state}', 1, {ts}, '')"
        for number, (story, state, ts) in enumerate(
            (
                ("s1", "held", "NULL"),
                ("s1", "sent", "'17.5'"),
                ("s1", "sent", "'17.9'"),
                ("s2", "sent", "''"),
                ("s3", "pending", "NULL"),
            )
        )
    ),
)


def test_threads_are_those_of_the_first_messages_that_stand(empty_url, empty):
    Store.open(empty_url, migrate=False).close()
    with empty.connect() as connection:
        schema.upgrade(connection, "0004")
        for statement in TOLD_ROWS:
            connection.execute(text(statement))
        connection.commit()
    with closing(Store.open(empty_url, migrate=False)) as store:
        assert store.migrate()
        with store.unit() as unit:
            (thread,) = unit.threads.of_story("s1")
            assert (thread.ts, thread.is_stale) == ("17.5", False)
            assert unit.threads.of_story("s2") == unit.threads.of_story("s3") == ()
            assert [each.name for each in unit.channels.all()] == ["#desk"]


def test_a_store_of_the_first_version_is_brought_up_to_date_with_its_rows(
    empty_url, empty
):
    Store.open(empty_url, migrate=False).close()
    with empty.connect() as connection:
        schema.upgrade(connection, "0001")
        for statement in FIRST_ROWS:
            connection.execute(text(statement))
        connection.commit()
    with pytest.raises(SchemaError, match="run `tocsin db migrate`"):
        Store.open(empty_url)
    store = Store.open(empty_url, migrate=False)
    assert store.migrate()
    assert store.check() == ()
    with store.unit() as unit:
        told, untold = unit.stories.all()
        assert (told.id, told.merged_into, untold.id) == ("s1", None, "s2")
        (claim,) = unit.stories.claims("s1")
        assert (claim.value, claim.speaker, claim.struck_by) == (6, "Wire", None)
        assert claim.authority is None
        course = unit.stories.developments("s1")
        assert [each.development.new for each in course] == [6, 7, 6, 7, 7]
        assert not any(each.waiting for each in course)
        assert [each.development.new for each in unit.stories.waiting("s2")] == [3]
        changed = course[-1].development
        back = replace(changed, old=7, new=6, kind=model.DevelopmentKind.CORRECTION)
        unit.stories.add_developments("s1", "a1", [back, changed], NOW)
    with store.unit() as unit:
        with pytest.raises(StoreError):
            unit.stories.add_developments("s1", "a1", [changed], NOW)
        unit.rollback()
    store.close()


def test_going_back_to_the_first_version_keeps_what_it_knew(empty_url, empty):
    with closing(Store.open(empty_url)) as store, store.unit() as unit:
        unit.articles.add(article("a1"))
        unit.stories.add(story())
        unit.stories.add_developments(
            "s1", "a1", [development(new=6), development(old=6, new=None)], NOW
        )
    with empty.connect() as connection:
        schema.downgrade(connection, "0001")
        rows = connection.execute(text("SELECT new FROM development")).scalars().all()
        connection.commit()
    assert rows == ["6"]
    assert "ruling" not in table_names(empty)


def test_a_database_of_another_program_is_refused(empty_url, empty):
    with empty.connect() as connection:
        connection.execute(text("CREATE TABLE entry (name TEXT)"))
        connection.commit()
    with pytest.raises(SchemaError, match="tables of another program"):
        Store.open(empty_url)
    assert table_names(empty) == {"entry"}


def test_an_orchestrators_tables_may_stand_beside_ours(empty_url, empty):
    with empty.connect() as connection:
        for statement in (
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('theirs')",
            "CREATE TABLE flow_run (id INTEGER)",
        ):
            connection.execute(text(statement))
        connection.commit()
    store = Store.open(empty_url)
    assert store.check() == ()
    store.close()


def open_once(url, start, done):
    start.wait()
    Store.open(url).close()
    done.put(url)
    done.close()
    done.join_thread()


@pytest.mark.slow
def test_of_processes_that_start_together_one_migrates_and_the_other_waits(empty_url):
    start, done = SPAWN.Barrier(2), SPAWN.Queue()
    starters = [
        SPAWN.Process(target=open_once, args=(empty_url, start, done)) for _ in range(2)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(timeout=60)
    assert [starter.exitcode for starter in starters] == [0, 0]
    store = Store.open(empty_url)
    assert store.check() == ()
    store.close()


def test_a_new_file_that_another_writes_to_is_waited_for(tmp_path):
    path = tmp_path / "tocsin.db"
    with closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("CREATE TABLE flow_run (id INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        Store.open(f"sqlite:///{path}").close()
        release.join()


NESTED = {"validators"}  # two columns of their own


@pytest.mark.parametrize(
    ("record", "row"),
    [
        (model.Feed, tables.Feed),
        (model.Entry, tables.Entry),
        (model.Article, tables.Article),
        (model.Story, tables.Story),
        (model.Claim, tables.Claim),
        (model.Development, tables.Development),
        (model.Message, tables.Message),
        (model.Run, tables.Run),
        (model.Ruling, tables.Ruling),
        (model.Thread, tables.Thread),
        (model.Channel, tables.Channel),
    ],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_field_of_a_record_has_its_column(record, row):
    names = {field.name for field in fields(record)} - NESTED
    assert names <= set(tables.table(row).c.keys())


def test_moments_end_in_at_and_days_are_no_moments():
    for table in SQLModel.metadata.tables.values():
        for column in table.c:
            is_moment = type(column.type).__name__ == "UtcDateTime"
            assert is_moment == bool(re.search("_at$", column.name)), column
