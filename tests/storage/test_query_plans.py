"""What the hot path asks is answered by an index, however old the archive is."""

from datetime import timedelta

import pytest
from sqlalchemy import event, text

from detectors.model import MessageState, Outcome, Vocabulary
from storage.database import UnitOfWork
from storage.shingles import Asked
from tests.storage.records import (
    MINUTE,
    NOW,
    article,
    decision,
    development,
    entry,
    message,
    story,
)

TODAY = NOW.date()
HOUR = timedelta(hours=1)

HOT = {
    "feeds due": lambda unit: unit.feeds.due(NOW),
    "a feed by its url": lambda unit: unit.feeds.by_url("u"),
    "new entries": lambda unit: unit.entries.add_new(1, [entry("n")], seen_at=NOW),
    "entries stated": lambda unit: unit.entries.stated(1),
    "what was stated of some": lambda unit: unit.entries.stated_of(1, ["1", "2"]),
    "an entry turned": lambda unit: unit.entries.turn(1, "a1", reason=""),
    "entries in quarantine": lambda unit: unit.entries.quarantined(1, 9),
    "visits due": lambda unit: unit.visits.due(NOW, 9),
    "a visit": lambda unit: unit.visits.get("a1"),
    "an entry stated again": lambda unit: unit.entries.restate(
        1, entry("1"), seen_at=NOW
    ),
    "entries to collect": lambda unit: unit.entries.to_collect(50),
    "an entry finished": lambda unit: unit.entries.finish(1, Outcome.KNOWN),
    "an article's entries finished": lambda unit: unit.entries.finish_article(
        "a1", Outcome.KNOWN
    ),
    "entries found": lambda unit: unit.entries.find("1"),
    "entries pending": lambda unit: unit.entries.pending(),
    "an article by its url": lambda unit: unit.articles.by_url("u"),
    "articles by id": lambda unit: unit.articles.get_many(["a1", "a2"]),
    "articles undecided": lambda unit: unit.articles.undecided(50),
    "near articles": lambda unit: unit.shingles.near(
        "a1", range(96), Asked(since=TODAY)
    ),
    "an article indexed": lambda unit: unit.shingles.add(
        "a1",
        range(96),
        unit.shingles.near("a1", range(96), Asked(since=TODAY)),
        day=TODAY,
    ),
    "a part of the index pruned": lambda unit: unit.shingles.prune(TODAY, of=9),
    "a decision": lambda unit: unit.decisions.add(decision("a3"), decided_at=NOW),
    "roots": lambda unit: unit.decisions.roots_of(["a1", "a2"]),
    "active stories": lambda unit: unit.stories.active("port-fires", NOW - HOUR),
    "near stories": lambda unit: unit.stories.near(
        "port-fires", (1, 2), since=NOW - HOUR
    ),
    "a story indexed": lambda unit: unit.stories.index("s1", (3,), changed_at=NOW),
    "a story saved": lambda unit: unit.stories.save(story()),
    "a vocabulary": lambda unit: unit.vocabularies.get("port-fires"),
    "a vocabulary saved": lambda unit: unit.vocabularies.save(
        Vocabulary(topic="port-fires")
    ),
    "stories of an article": lambda unit: unit.stories.of_article("a1"),
    "members": lambda unit: unit.stories.members("s1"),
    "a ledger": lambda unit: unit.stories.claims("s1"),
    "developments": lambda unit: unit.stories.developments("s1"),
    "a development": lambda unit: unit.stories.add_developments(
        "s1", "a1", [development()], NOW
    ),
    "developments that wait": lambda unit: unit.stories.waiting("s1"),
    "rulings on a story": lambda unit: unit.rulings.of_story("s1"),
    "a message due": lambda unit: unit.outbox.next_due(NOW, MINUTE),
    "what waits for a channel": lambda unit: unit.outbox.waiting("#desk", NOW),
    "when a channel is free": lambda unit: unit.outbox.free_at(NOW),
    "a message claimed": lambda unit: unit.outbox.claim(
        message(), NOW, MINUTE, folded=[message("k2")]
    ),
    "what is told within a message": lambda unit: unit.outbox.folded_into(1),
    "a message put back": lambda unit: unit.outbox.put_back(message(), problem=""),
    "keys that are strange": lambda unit: unit.outbox.strange(["k1", "k9"]),
    "lost senders": lambda unit: unit.outbox.stranded(NOW),
    "messages to settle": lambda unit: unit.outbox.to_settle(NOW),
    "messages held": lambda unit: unit.outbox.in_state(MessageState.HELD),
    "a thread": lambda unit: unit.threads.get("s1", "#desk"),
    "threads that stand": lambda unit: unit.threads.standing("#desk", ["s1", "s2"]),
    "a story moved": lambda unit: unit.threads.move("s1"),
    "a stale root": lambda unit: unit.threads.next_stale(NOW),
    "stale roots put off": lambda unit: unit.threads.put_off_channel(
        "#desk", until=NOW
    ),
    "a channel": lambda unit: unit.channels.get("#desk"),
    "a channel closed": lambda unit: unit.channels.close(
        "#desk", opens_at=NOW, problem="asked to wait"
    ),
    "the last run": lambda unit: unit.runs.last_finished("monitor"),
}


@pytest.fixture
def filled(store):
    """A store with something of everything."""
    with store.unit() as unit:
        feed = unit.feeds.add("u", title="", source="S", now=NOW)
        unit.entries.add_new(feed.id, [entry(str(n)) for n in range(20)], seen_at=NOW)
        unit.stories.add(story())
        for name in ("a1", "a2", "a3"):
            unit.articles.add(article(name))
            unit.stories.add_member("s1", name)
        unit.decisions.add(decision("a1"), decided_at=NOW)
        unit.outbox.add(message())
        unit.threads.stand("s1", "#desk", ts="1.1", at=NOW)
        unit.runs.start("monitor", NOW)
    return store


@pytest.fixture
def asked(filled):
    """Every statement that is sent, with its parameters."""
    sent = []

    def remember(_connection, _cursor, statement, parameters, _context, many):
        if not statement.startswith(("BEGIN", "EXPLAIN", "SET", "PRAGMA")):
            sent.append((statement, parameters[0] if many else parameters))

    event.listen(filled._writing, "before_cursor_execute", remember)
    yield sent
    event.remove(filled._writing, "before_cursor_execute", remember)


def plan(connection, statement, parameters):
    """How the database would go about it, one step a line."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in rows]
    # With so few rows it would read and sort the whole table unless told not to.
    connection.execute(text("SET enable_seqscan = off"))
    connection.execute(text("SET enable_sort = off"))
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return [row[0].strip(" ->") for row in rows]


def reads_a_whole_table(step):
    """Whether a step goes through every row of a table of ours."""
    if step.startswith("Seq Scan"):
        return True
    scanned = step.startswith("SCAN ")
    waiting = "USING INDEX open_" in step or "USING COVERING INDEX open_" in step
    temporary = step in {
        "SCAN best",
        "SCAN posted",
        "SCAN of_key",
        "SCAN CONSTANT ROW",
    }
    return scanned and not waiting and not temporary


# Lists that are cut short: sorting all there is first would undo it.
SHORT = {
    "feeds due",
    "entries stated",
    "entries to collect",
    "articles undecided",
    "a message due",
    "a stale root",
    "the last run",
}


def sorts(step):
    """Whether a step sorts what an index could have given in order."""
    return step == "USE TEMP B-TREE FOR ORDER BY" or step.startswith("Sort Key")


def offending(connection, asked, is_bad):
    """The statements asked that have a bad step, with their steps."""
    planned = [(sent, plan(connection, sent, values)) for sent, values in tuple(asked)]
    return [(sent, steps) for sent, steps in planned if any(map(is_bad, steps))]


@pytest.mark.parametrize(
    ("names", "is_bad"),
    [
        pytest.param(HOT.keys(), reads_a_whole_table, id="no-whole-table"),
        pytest.param(SHORT, sorts, id="no-sorting-of-what-is-cut-short"),
    ],
)
def test_hot_statements_go_by_index(filled, asked, names, is_bad):
    offenders = {}
    with filled._writing.connect() as connection:
        unit = UnitOfWork(connection)
        for name in sorted(names):
            asked.clear()
            HOT[name](unit)
            unit.write()
            assert asked, name
            offenders[name] = offending(connection, asked, is_bad)
    assert {name: found for name, found in offenders.items() if found} == {}
