"""Two written days decided on, and killed before their statements."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from flows.histories import history
from storage.database import Store, UnitOfWork
from tests.sweep import invariants, works
from tests.sweep.dying import Build, StatementStore, after_one_run
from tests.sweep.grounds import SqliteGround
from tests.sweep.worlds import End, Scenario


def deciding(folder: Path) -> Scenario:
    """A store that knows nothing; in the end it is as if nobody had died."""
    empty, whole = SqliteGround(folder / "empty.db"), folder / "whole.db"
    Store.open(empty.url).close()
    with closing(Store.open(f"sqlite:///{whole}")) as store:
        printed = works.decided(store)
        with store.unit(reading=True) as unit:
            wanted = _kept(unit)

    def as_wanted(end: End) -> Iterator[str]:
        if _kept(end.unit) != wanted:
            yield "the stories are not the same"
        if works.decided(end.store) != printed:
            yield "what is printed is not the same"

    assert wanted[0]
    return Scenario(
        name="deciding",
        work=works.decide,
        ground=empty,
        rests=after_one_run,
        invariants=(invariants.sound, as_wanted),
        build=Build(store=StatementStore),
    )


def _kept(unit: UnitOfWork) -> tuple[Any, Any]:
    """Ledgers, developments and alerts of every story, and what waits."""
    return (
        [history(unit, story) for story in unit.stories.all()],
        unit.outbox.all(),
    )
