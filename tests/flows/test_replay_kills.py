"""A replay killed before seeded statements, then run again: the same in every way."""

import multiprocessing
import os
import shutil
import signal
from contextlib import closing, contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from sqlalchemy import Engine, event

from detectors.streams import decision_record
from flows.histories import history
from flows.replay import replay
from storage.database import Store
from tests.scenarios.scripted import read_days

KILLS = 10
SEED = 20260517
BATCH = 3  # articles a transaction: two in three kills undo finished articles
DAYS = frozenset({"a-page-is-edited-without-a-word", "two-officials-disagree"})
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.flows.warm", "tests.scenarios.scripted"])


@dataclass(frozen=True)
class Errand:
    """A replay into a database, and the statement before which it dies (from 1)."""

    database: str
    dies_at: int | None = None


@contextmanager
def statements(dies_at=None):
    """Count what is sent to the database; die by SIGKILL before the one asked for."""
    sent = []

    def count(*_):
        sent.append(1)
        if len(sent) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def articles():
    days = (day.articles for day in read_days() if day.name in DAYS)
    return sorted((a for day in days for a in day), key=lambda a: a.published_at)


def replayed(errand, batch=BATCH):
    """The lines that a replay prints, and how many statements it took."""
    from tests.flows import warm

    with closing(Store.open(errand.database)) as store, statements(errand.dies_at) as n:
        told = replay(store, warm.DESK, articles(), batch=batch)
        return [decision_record(decision) for decision in told], len(n)


def killed(errand):
    """Replay in a process of its own; whether it died at its statement."""
    process = CHILDREN.Process(target=replayed, args=(errand,))
    process.start()
    process.join(60)
    died = process.exitcode == -signal.SIGKILL
    assert died or process.exitcode == 0
    process.close()
    return died


def kept(errand):
    """Ledgers, developments and alerts of every story, and what waits in the outbox."""
    with closing(Store.open(errand.database)) as store:
        assert store.check() == ()
        with store.unit(reading=True) as unit:
            return (
                [history(unit, story) for story in unit.stories.all()],
                unit.outbox.all(),
            )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_replay_killed_anywhere_and_run_again_ends_as_one_that_ran_through(tmp_path):
    empty = tmp_path / "empty.db"
    Store.open(f"sqlite:///{empty}").close()
    whole = Errand(f"sqlite:///{shutil.copy(empty, tmp_path / 'whole.db')}")
    printed, count = replayed(whole)
    wanted = kept(whole)
    assert wanted[0]
    rng = np.random.default_rng(SEED)
    for dies_at in sorted(rng.choice(count, size=KILLS, replace=False) + 1):
        file = shutil.copy(empty, tmp_path / f"killed-{dies_at}.db")
        assert killed(Errand(f"sqlite:///{file}", int(dies_at)))
        again = Errand(f"sqlite:///{file}")
        assert replayed(again, batch=7)[0] == printed, f"killed at {dies_at} of {count}"
        assert kept(again) == wanted, f"killed at {dies_at} of {count}"
