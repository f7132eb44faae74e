"""The shipped seeds, loaded and used once at import.

A process forked from here has them, and the caches that a first article fills in each
language, which take it a second.
"""

from collections.abc import Iterator
from contextlib import closing

from detectors.model import Article, Decision
from flows.desk import Desk
from flows.replay import replay
from flows.seeds import load_seeds
from storage.database import Store
from tests.scenarios.scripted import read_days

DESK = Desk(seeds=load_seeds())


def _use() -> Iterator[Decision]:
    with closing(Store.open("sqlite://")) as store:
        yield from replay(store, DESK, written("four-languages-one-story"))


def written(*names: str) -> tuple[Article, ...]:
    """The articles of some written days, in the order of publication."""
    days = (day.articles for day in read_days() if day.name in names)
    return tuple(
        sorted((a for day in days for a in day), key=lambda each: each.published_at)
    )


USED = tuple(_use())
