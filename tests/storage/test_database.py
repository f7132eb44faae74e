"""The store as a whole: opening, keeping, refusing, surviving."""

import multiprocessing
import os
import signal
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from detectors.model import Outcome
from flows import clock
from storage.database import Store
from storage.errors import (
    StoreBrokenError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreUnreachableError,
)
from tests.storage.conftest import needs_postgres
from tests.storage.records import NOW, article, decision, entry, message, story

SPAWN = multiprocessing.get_context("spawn")
SHORT = timedelta(milliseconds=200)


class Mishap(Exception):  # noqa: N818  # what a flow may raise
    pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "er" / "tocsin.db"


@pytest.fixture
def file_url(path):
    return f"sqlite:///{path}"


def article_ids(store):
    with store.unit(reading=True) as unit:
        return [each.id for each in unit.articles.undecided(100)]


def test_a_unit_is_kept_at_its_end(store):
    with store.unit() as unit:
        unit.articles.add(article("a1"))
    assert article_ids(store) == ["a1"]


def test_a_unit_that_an_error_leaves_is_not_kept(store):
    def mishap():
        with store.unit() as unit:
            unit.articles.add(article("a1"))
            unit.stories.add(story())
            raise Mishap

    with pytest.raises(Mishap):
        mishap()
    assert article_ids(store) == []
    with store.unit(reading=True) as unit:
        assert unit.stories.all() == ()


def test_what_was_committed_in_a_unit_stays_when_the_rest_fails(store):
    def mishap():
        with store.unit() as unit:
            unit.articles.add(article("a1"))
            unit.commit()
            unit.articles.add(article("a2"))
            raise Mishap

    with pytest.raises(Mishap):
        mishap()
    assert article_ids(store) == ["a1"]


def test_a_unit_can_forget_what_it_wrote_and_go_on(store):
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        unit.rollback()
        unit.articles.add(article("a2"))
    assert article_ids(store) == ["a2"]


def test_a_store_is_found_as_it_was_left(url):
    first = Store.open(url)
    with first.unit() as unit:
        unit.articles.add(article("a1"))
    first.close()
    again = Store.open(url)
    assert article_ids(again) == ["a1"]
    again.close()


def test_a_store_in_memory_is_thrown_away():
    for _ in range(2):
        store = Store.open("sqlite://")
        with store.unit() as unit:
            assert unit.articles.add(article("a1"))
        assert article_ids(store) == ["a1"]
        assert store.check() == ()
        store.close()


def test_the_folder_of_a_file_is_made(path, file_url):
    Store.open(file_url).close()
    assert path.is_file()


def pragma(connection, name):
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_every_connection_to_a_file_is_durable_and_strict(file_url):
    store = Store.open(file_url)
    # Two at once, so that one of them is new to the pool.
    with store._writing.connect() as one, store._reading.connect() as other:
        for connection in (one, other):
            assert pragma(connection, "journal_mode") == "wal"
            assert pragma(connection, "synchronous") == 2  # FULL
            assert pragma(connection, "foreign_keys") == 1
            assert pragma(connection, "busy_timeout") >= 5000
    store.close()


@needs_postgres
def test_a_server_speaks_utc_whatever_its_own_zone(postgres):
    name = postgres.create()
    postgres._run(f"ALTER DATABASE {name} SET timezone = 'America/Caracas'")
    store = Store.open(postgres.url(name))
    with store.unit() as unit:
        feed = unit.feeds.add("https://wire.test/", title="", source="S", now=NOW)
        assert feed is not None
        assert feed.added_at.utcoffset() == timedelta(0)
    with store._reading.connect() as connection:
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
    store.close()
    postgres.drop(name)


# --- locks ---------------------------------------------------------------------


def test_a_writer_waits_for_another_and_then_says_that_it_is_locked(url):
    store = Store.open(url, patience=SHORT)
    other = Store.open(url)
    with other.unit() as unit:
        unit.leases.acquire("monitor", "other", NOW, SHORT)
        locked = pytest.raises(StoreLockedError, match="store is locked")
        with locked, store.unit() as mine:
            mine.leases.acquire("monitor", "mine", NOW, SHORT)
    with store.unit() as mine:
        assert not mine.leases.acquire("monitor", "mine", NOW, SHORT)
    store.close()
    other.close()


def test_a_reader_neither_waits_nor_keeps_waiting(url):
    store, other = Store.open(url, patience=SHORT), Store.open(url, patience=SHORT)
    with other.unit() as writing:
        writing.articles.add(article("a1"))
        with store.unit(reading=True) as unit:
            assert unit.articles.total() == 0
            writing.commit()
    assert article_ids(store) == ["a1"]
    store.close()
    other.close()


def test_a_reader_sees_one_moment_and_cannot_write(url):
    store, other = Store.open(url), Store.open(url)
    with store.unit(reading=True) as unit:
        assert unit.articles.total() == 0
        with other.unit() as writing:
            writing.articles.add(article("a1"))
        assert unit.articles.total() == 0
        with pytest.raises(StoreError):
            unit.articles.add(article("a2"))
    with store.unit() as unit:
        assert unit.articles.add(article("a2"))
    assert article_ids(store) == ["a1", "a2"]
    store.close()
    other.close()


def test_reading_and_then_writing_does_not_fail_because_another_wrote(file_url):
    store, other = Store.open(file_url), Store.open(file_url, patience=SHORT)
    with store.unit() as unit:
        unit.articles.undecided(1)
        # A deferred transaction would let the other in, and then fail at once.
        with pytest.raises(StoreLockedError), other.unit() as late:
            late.articles.add(article("b1"))
        unit.articles.add(article("a1"))
    with other.unit() as unit:
        unit.articles.add(article("b1"))
    assert article_ids(store) == ["a1", "b1"]
    store.close()
    other.close()


METHODS = {
    "feeds": lambda unit: unit.feeds.add("u", title="", source="S", now=NOW),
    "entries": lambda unit: unit.entries.finish(1, Outcome.FAILED),
    "articles": lambda unit: unit.articles.add(article()),
    "shingles": lambda unit: unit.shingles.prune(NOW.date()),
    "decisions": lambda unit: unit.decisions.add(decision(), decided_at=NOW),
    "stories": lambda unit: unit.stories.add(story()),
    "outbox": lambda unit: unit.outbox.add(message()),
    "threads": lambda unit: unit.threads.move("s1"),
    "channels": lambda unit: unit.channels.add("#desk"),
    "leases": lambda unit: unit.leases.acquire("m", "h", NOW, SHORT),
    "runs": lambda unit: unit.runs.start("poll", NOW),
}


@pytest.mark.parametrize("write", METHODS.values(), ids=METHODS.keys())
def test_every_repository_says_that_the_database_is_locked(file_url, path, write):
    store = Store.open(file_url, patience=timedelta(milliseconds=10))
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLockedError, match="locked"), store.unit() as unit:
        write(unit)
    blocker.execute("ROLLBACK")
    blocker.close()
    store.close()


# --- what a user reads ---------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "saying"),
    [
        ("mysql://u:secret@db.test/x", "neither sqlite:// nor postgresql://"),
        ("no url with a secret", "not a database URL"),
        ("", "not a database URL"),
    ],
)
def test_a_url_that_is_none_of_ours_is_refused_without_its_secrets(url, saying):
    with pytest.raises(StoreError, match=saying) as refused:
        Store.open(url)
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_named_without_the_password():
    url = "postgresql://desk:secret@127.0.0.1:1/tocsin"
    with pytest.raises(StoreUnreachableError, match="store cannot be reached") as error:
        Store.open(url)
    assert "***@127.0.0.1:1/tocsin" in str(error.value)
    assert "secret" not in str(error.value)


@needs_postgres
def test_a_database_that_is_not_there_is_named(postgres):
    with pytest.raises(StoreUnreachableError, match="does not exist"):
        Store.open(postgres.url("nowhere"))


@needs_postgres
def test_a_server_that_ends_our_session_costs_one_unit(postgres):
    name = postgres.create()
    store = Store.open(postgres.url(name))

    def interrupted():
        with store.unit() as unit:
            unit.articles.add(article("a0"))
            postgres.end_sessions(name)
            unit.articles.add(article("a1"))

    with pytest.raises(StoreUnreachableError, match="terminat"):
        interrupted()
    with store.unit() as unit:
        assert unit.articles.add(article("a2"))
    assert article_ids(store) == ["a2"]
    store.close()
    postgres.drop(name)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnreachableError, match=r"tocsin\.db"):
        Store.open(f"sqlite:///{tmp_path}/file/tocsin.db")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a database at all " * 100)
    before = notes.read_bytes()
    with pytest.raises(StoreBrokenError, match="not a database"):
        Store.open(f"sqlite:///{notes}")
    assert notes.read_bytes() == before


def test_a_damaged_file_is_found_out(file_url, path):
    store = Store.open(file_url)
    with store.unit() as unit:
        for number in range(300):
            unit.articles.add(article(f"a{number}", text="x" * 2000))
    store.close()
    body = bytearray(path.read_bytes())
    middle = len(body) // 2 // 4096 * 4096
    body[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(body)
    damaged = Store.open(file_url, migrate=False)
    assert any("damaged" in problem for problem in damaged.check())
    damaged.close()


def test_a_full_disk_keeps_what_was_and_goes_on_once_there_is_room(file_url):
    store = Store.open(file_url)
    with store._writing.connect() as connection:
        pages = pragma(connection, "page_count")
        pragma(connection, f"max_page_count = {pages + 3}")
    with pytest.raises(StoreFullError, match="full"), store.unit() as unit:
        unit.articles.add(article("big", text="x" * 100_000))
    with store._writing.connect() as connection:
        pragma(connection, "max_page_count = 1000000")
    assert article_ids(store) == []
    with store.unit() as unit:
        unit.articles.add(article("a2"))
    assert store.check() == ()
    store.close()


# --- promises ------------------------------------------------------------------


def ready(unit):
    """A feed, an entry of it, and an article behind that."""
    feed = unit.feeds.add("https://wire.test/", title="", source="S", now=NOW)
    (found,) = unit.entries.add_new(feed.id, [entry()], seen_at=NOW)
    unit.articles.add(article("a1"))
    unit.entries.give_article(found.id, "a1")
    return found


def test_a_sound_store_has_no_problems(store):
    with store.unit() as unit:
        ready(unit)
        unit.decisions.add(decision("a1", Outcome.ALERTED), decided_at=NOW)
        unit.outbox.add(message())
        unit.entries.finish_article("a1", Outcome.ALERTED)
    assert store.check() == ()


def test_an_entry_left_pending_by_its_decision_is_reported(store):
    with store.unit() as unit:
        ready(unit)
        unit.decisions.add(decision("a1"), decided_at=NOW)
    assert store.check() == ("1 entries are pending though their article is decided",)


def test_an_article_marked_decided_without_a_decision_is_reported(store):
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        unit.articles.add(article("a2"))
        unit.decisions.add(decision("a2"), decided_at=NOW)
    with store._writing.connect() as connection:
        connection.execute(text("UPDATE article SET decided_at = fetched_at"))
        connection.commit()
    assert store.check() == (
        "1 articles are marked decided without a decision, or not marked",
    )


def test_an_alert_that_never_came_to_the_outbox_is_reported_unless_it_was_dry(store):
    with store.unit() as unit:
        for name, dry in [("a1", False), ("a2", True)]:
            unit.articles.add(article(name))
            told = decision(name, Outcome.ALERTED)
            unit.decisions.add(told, decided_at=NOW, dry=dry)
    assert store.check() == ("1 alerts were decided but stand in no outbox",)


def test_an_alert_folded_into_what_tells_nothing_is_reported(store):
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        for number in range(2):
            unit.outbox.add(message(f"k{number}", f"s{number}"))
        lead, other = unit.outbox.all()
        unit.outbox.claim(lead, NOW, SHORT, folded=[other])
    assert store.check() == ()
    with store._writing.connect() as connection:
        connection.execute(text("UPDATE message SET state = 'pending' WHERE id = 1"))
        connection.commit()
    assert store.check() == ("1 alerts are folded into a message that tells nothing",)


def test_a_store_tells_the_time_by_its_own_clock(store):
    """E23: what machines that share it have in common."""
    assert abs(store.now() - clock.now()) < timedelta(seconds=20)
    assert store.now().utcoffset() == timedelta(0)


def test_an_outcome_that_is_no_word_of_ours_breaks_the_conservation_law(store):
    with store.unit() as unit:
        ready(unit)
    with store._writing.connect() as connection:
        connection.execute(text("UPDATE entry SET outcome = 'lost'"))
        connection.commit()
    (problem,) = store.check()
    assert problem.startswith("1 entries, but 0 with an outcome and 0 pending")


def test_a_reference_that_leads_nowhere_is_reported(file_url, path):
    store = Store.open(file_url)
    with store.unit() as unit:
        ready(unit)
    outsider = sqlite3.connect(path)  # foreign keys are off for it
    outsider.execute("DELETE FROM article")
    outsider.commit()
    outsider.close()
    assert store.check() == ("row 1 of entry points at no article",)
    store.close()


# --- kill -9 -------------------------------------------------------------------


def ingest(url, told):
    """Write units of a poll: entries and validators together, until killed."""
    store = Store.open(url)
    feed = None
    for number in range(1_000_000):
        with store.unit() as unit:
            feed = feed or unit.feeds.add("u", title="", source="S", now=NOW)
            assert feed is not None
            entries = [entry(f"{number}-{part}") for part in range(5)]
            unit.entries.add_new(feed.id, entries, seen_at=NOW)
            told.send(number)
            unit.feeds.record_poll(replace(feed, failures=number))
        told.send(number)


@pytest.mark.slow
@pytest.mark.parametrize("units", [1, 8])
def test_a_process_killed_inside_a_unit_leaves_no_half_of_it(url, units):
    heard, told = SPAWN.Pipe(duplex=False)
    child = SPAWN.Process(target=ingest, args=(url, told))
    child.start()
    for _ in range(2 * units - 1):
        assert heard.poll(30)
        heard.recv()
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)  # between the entries and the validators
    child.join(timeout=30)
    store = Store.open(url)
    with store.unit() as unit:
        feed = unit.feeds.by_url("u")
        polled = 0 if feed is None else feed.failures + 1
        assert unit.entries.total() == 5 * polled
        assert polled >= units - 1
    assert store.check() == ()
    store.close()
