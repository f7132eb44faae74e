"""A desk before a Slack, made once and copied: what waits there and what must stand."""

import copy
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from flows.demo.slack import LoopbackSlack, loopback_slack
from flows.demo.slack.workspace import Channel
from storage.database import Store, UnitOfWork
from tests.sweep.dying import (
    BETWEEN_RUNS,
    Build,
    Errand,
    Rest,
    Work,
    all_told,
    opened,
)
from tests.sweep.grounds import Ground
from tests.sweep.points import Shared

LATE = 20.0  # seconds until a late post or edit is seen; within the window
DESK = "#desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in Slack already, and what the clock shows, when a world begins."""

    ahead: timedelta = timedelta(0)
    messages: Sequence[Mapping[str, Any]] = ()
    posted_at: Sequence[datetime] = ()

    @classmethod
    def of(cls, slack: LoopbackSlack, shared: Shared) -> "Standing":
        """As it is now."""
        return cls(
            ahead=shared.ahead,
            messages=copy.deepcopy(slack.messages),
            posted_at=list(slack.posted_at),
        )


@dataclass(slots=True, kw_only=True)
class World:
    """One copy of where a scenario begins, with a Slack of its own."""

    scenario: "Scenario"
    errand: Errand
    shared: Shared
    slack: LoopbackSlack

    def run_on(self) -> None:
        """Run as the schedule does until nothing is left to do."""
        self.shared.begin()
        self.shared.ahead += BETWEEN_RUNS
        self.errand.run(self.shared)
        self.shared.ahead += BETWEEN_RUNS
        self.slack.settle()

    def complaints(self) -> tuple[str, ...]:
        """What is not as it must be; () if all is well."""
        build = Build()
        build.store.shared = self.shared
        store = opened(build, self.errand.database)
        try:
            with store.unit(reading=True) as unit:
                end = End(store=store, unit=unit, slack=self.slack)
                return tuple(
                    said for each in self.scenario.invariants for said in each(end)
                )
        finally:
            store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What a world has come to."""

    store: Store
    unit: UnitOfWork
    slack: LoopbackSlack


Invariant: TypeAlias = Callable[[End], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A piece of work, the world in which it begins, and what must hold in the end.

    Args:
        name: One word, by which a case of it is asked for.
        work: One run; it may die anywhere and is run again until it ``rests``.
        ground: The store as it is in the beginning.
        standing: Slack and the clock, then.
        invariants: Each tells what is wrong in the end, whoever died.
        newsroom: The ``host:port`` of the feeds, where there are any.
        build: What runs, if it is not the product.
    """

    name: str
    work: Work
    ground: Ground
    invariants: Sequence[Invariant]
    standing: Standing = field(default_factory=Standing)
    rests: Rest = all_told
    newsroom: str = ""
    build: Build = field(default_factory=Build)


@contextmanager
def world(scenario: Scenario, folder: Path) -> Iterator[World]:
    """A copy of where a scenario begins, in a folder that is gone with it."""
    folder.mkdir()
    shared, standing = Shared(folder / "shared"), scenario.standing
    try:
        with (
            scenario.ground.copied(folder) as database,
            loopback_slack(
                now=shared.now,
                late=LATE,
                channels=channels(),
                messages=copy.deepcopy(list(standing.messages)),
                posted_at=list(standing.posted_at),
                on_taken=lambda: shared.passing("Slack took it"),
            ) as slack,
        ):
            shared.ahead = standing.ahead
            errand = Errand(
                work=scenario.work,
                database=database,
                base_url=slack.base_url,
                shared=shared.path,
                newsroom=scenario.newsroom,
                rests=scenario.rests,
                build=scenario.build,
            )
            yield World(scenario=scenario, errand=errand, shared=shared, slack=slack)
    finally:
        shared.close()
        shutil.rmtree(folder)


def channels() -> list[Channel]:
    """Those of the workspace."""
    return [
        Channel(id="C0TOCSIN", name="tocsin"),
        Channel(id="C0DESK", name=DESK[1:]),
    ]
