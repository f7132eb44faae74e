"""The shipped seeds, loaded and used once at import.

A process forked from here has them, and the caches that a first article fills in each
language, which take it a second.
"""

from collections.abc import Iterator
from contextlib import closing

from detectors.model import Decision
from flows.desk import Desk
from flows.replay import replay
from flows.seeds import load_seeds
from storage.database import Store
from tests.scenarios.scripted import read_days

DESK = Desk(seeds=load_seeds())


def _use() -> Iterator[Decision]:
    with closing(Store.open("sqlite://")) as store:
        for day in read_days():
            if day.name == "four-languages-one-story":
                yield from replay(store, DESK, day.articles)


USED = tuple(_use())
