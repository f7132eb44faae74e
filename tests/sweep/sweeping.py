"""Every point × every way in which Slack fails: die there, run on, look.

A point that follows another with nothing written or sent between leaves the same
behind: of the two only the first is died at.

``SWEEP_SEED`` repeats a sweep, ``SWEEP_ONLY=late@17`` one case of it.
``SWEEP_ROUNDS=3`` is for the night, 2,500 deaths: each round has other faults,
and from the second on every point is died at, and the next process dies too.
"""

import itertools
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from flows.demo.slack import Fault
from tests.sweep.dying import Build, Nursery
from tests.sweep.worlds import BETWEEN_RUNS, Prepared, World, world

ROUNDS = int(os.environ.get("SWEEP_ROUNDS", "1"))
ONLY = os.environ.get("SWEEP_ONLY", "")
SEED = int(os.environ.get("SWEEP_SEED") or secrets.randbelow(2**31))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How Slack fails: what may become of posts and edits, and of looks.

    Args:
        requests: The first so many of each kind may fail; then all is well.
        patience: As of `Errand`.
    """

    faults: Sequence[Fault | str] = ()
    looks: Sequence[Fault | str] = ()
    requests: int = 8
    patience: float = 5.0


MODES: Mapping[str, Mode] = {
    "ok": Mode(),
    "dropped": Mode(faults=[Fault.DROPPED], looks=[Fault.DROPPED]),
    "late": Mode(faults=[Fault.LATE]),
    "reset": Mode(faults=[Fault.RESET, Fault.HALF], looks=[Fault.RESET]),
    "refusing": Mode(
        faults=[Fault.THROTTLED, Fault.SERVER, Fault.SERVER_TOOK],
        looks=["ratelimited", Fault.SERVER],
    ),
    "internal": Mode(
        faults=[Fault.INTERNAL, Fault.INTERNAL_TOOK], looks=["internal_error"]
    ),
    "hung": Mode(faults=[Fault.HUNG], looks=[Fault.HUNG], requests=3, patience=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One death: at which point, by number and by name; ``twice`` the next run too."""

    seed: int
    mode: str
    number: int
    name: str
    twice: bool

    def __str__(self) -> str:
        """How to repeat it."""
        return (
            f"{self.mode}@{self.number} ({self.name}): "
            f"SWEEP_SEED={self.seed} SWEEP_ONLY={self.mode}@{self.number}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep met: points and deaths, and what was wrong after which of them."""

    points: int
    deaths: int
    wrong: Mapping[Case, tuple[str, ...]]

    def __str__(self) -> str:
        """The first few that went wrong."""
        lines = [f"{case}: {'; '.join(said)}" for case, said in self.wrong.items()]
        return "\n".join([f"{len(lines)} of {self.deaths} deaths", *lines[:10]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A run that is killed at every point, each time in a world of its own.

    Args:
        prepared: Where each world begins.
        nursery: Where its processes are from.
        folder: For the worlds, one at a time.
        seed: Decides which requests fail, and which points are taken if not all are.
        build: What runs, if it is not the product.
        most: Points at most, of each mode.
        at: Only points of that name.
    """

    prepared: Prepared
    nursery: Nursery
    folder: Path
    seed: int = SEED
    build: Build | None = None
    most: int | None = None
    at: str = ""

    def run(self, mode: str) -> Swept:
        """Die at the points of one of `MODES`."""
        deaths = 0
        wrong: dict[Case, tuple[str, ...]] = {}
        for case in self._cases(mode):
            with self._world() as here:
                deaths += self._die(here, case)
                here.run_on()
                if said := here.complaints():
                    wrong[case] = said
        points = len(self.recorded(mode, self.seed))
        return Swept(points=points, deaths=deaths, wrong=wrong)

    def recorded(self, mode: str, seed: int) -> list[str]:
        """The points of a run that nobody kills."""
        with self._world() as here:
            _let_fail(here, mode, seed)
            here.shared.begin()
            self.nursery.rehearse(here.errand)
            return here.shared.names

    def _world(self) -> AbstractContextManager[World]:
        """Always in the same place: a store that was opened there is warm."""
        return world(self.prepared, self.folder / "world", build=self.build)

    def _cases(self, mode: str) -> Iterator[Case]:
        """Every point of every round, or the one that is asked for."""
        for seed in range(self.seed, self.seed + ROUNDS):
            names = self.recorded(mode, seed)
            numbers = np.arange(len(names))
            if self.most is not None and self.most < len(names):
                rng = np.random.default_rng(seed)
                numbers = np.sort(rng.choice(numbers, size=self.most, replace=False))
            for number in map(int, numbers):
                case = Case(
                    seed=seed,
                    mode=mode,
                    number=number + 1,
                    name=names[number],
                    twice=seed > self.seed,
                )
                if self._wants(case, names):
                    yield case

    def _wants(self, case: Case, names: Sequence[str]) -> bool:
        """Whether a case is to be tried."""
        if ONLY:
            return f"{case.mode}@{case.number}" == ONLY
        before = names[case.number - 2] if case.number > 1 else ""
        same = before.startswith("after ") and case.name.startswith("before ")
        return self.at in case.name and (case.twice or not same)

    def _die(self, here: World, case: Case) -> int:
        """Let a process die in a world, and maybe the next one too; how many did."""
        _let_fail(here, case.mode, case.seed)
        here.shared.begin(ends_at=case.number)
        deaths = int(self.nursery.dies(here.errand))
        if case.twice:
            rng = np.random.default_rng([case.seed, case.number])
            here.shared.ahead += BETWEEN_RUNS
            here.shared.begin(ends_at=1 + int(rng.integers(case.number)))
            deaths += self.nursery.dies(here.errand)
        return deaths


def _let_fail(here: World, mode: str, seed: int) -> None:
    """Choose which requests fail: about every other one of the first few."""
    rng, how = np.random.default_rng([seed, *mode.encode()]), MODES[mode]
    here.errand = replace(here.errand, patience=how.patience)
    slack = here.slack
    slack.faults = _chosen(rng, how.faults, how.requests)
    slack.edit_faults = _chosen(rng, how.faults, how.requests)
    slack.history_faults = _chosen(rng, how.looks, how.requests)


def _chosen(
    rng: np.random.Generator, faults: Sequence[Fault | str], requests: int
) -> list[Fault | str]:
    if not faults:
        return []
    turns, fails = itertools.cycle(faults), rng.random(requests) < 1 / 2
    return [next(turns) if each else Fault.NONE for each in fails]
