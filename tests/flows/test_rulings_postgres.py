"""Rulings on PostgreSQL: the same rows, the same corrections, the same way back."""

from contextlib import closing

import pytest

from flows import clock, rulings
from flows.follow import follow_articles
from flows.ruled import Clerk
from storage.database import Store
from tests.flows.test_rulings import day
from tests.flows.warm import DESK
from tests.servers.postgres import find_binaries, running_postgres

BINARIES = find_binaries()

pytestmark = pytest.mark.skipif(
    BINARIES is None, reason="PostgreSQL (initdb, postgres) is not installed here"
)


@pytest.fixture(scope="module")
def store():
    assert BINARIES is not None
    with (
        running_postgres(BINARIES) as server,
        closing(Store.open(server.url(server.create()))) as opened,
    ):
        yield opened


def test_every_ruling_and_its_way_back(store):
    with store.unit() as unit:
        for each in day():
            unit.articles.add(each)
    decisions = follow_articles(store, DESK, now=clock.now())
    (story,), (other,) = (decisions[n].stories["strike-reports"] for n in (0, 3))
    clerk = Clerk(desk=DESK, by="Anna", reason="looked into", now=clock.now())
    with store.unit() as unit:
        struck = rulings.reject(unit, clerk, story, "killed", 600)
    assert [(c.old, c.new) for c in struck.changes] == [(600, 7)]
    with store.unit() as unit:
        merged = rulings.merge(unit, clerk, [other, story])
        assert unit.stories.members(story) == ("r1", "r2", "r3", "r4")
    with store.unit() as unit:
        split = rulings.split(unit, clerk, story, ["r2"])
        assert unit.stories.members(story) == ("r1", "r3", "r4")
    for number in (split, merged, struck):
        with store.unit() as unit:
            rulings.undo(unit, clerk, number.ruling.id)
    with store.unit(reading=True) as unit:
        assert unit.stories.members(story) == ("r1", "r2", "r3")
        assert unit.stories.members(other) == ("r4",)
        assert all(claim.stands for claim in unit.stories.claims(story))
        assert all(each.undone_by == "Anna" for each in unit.rulings.of_story(story))
    assert store.check() == ()
