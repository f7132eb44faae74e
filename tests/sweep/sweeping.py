"""Every point × every way in which Slack fails: die there, run on, look.

To sweep another piece of work:

1. Write one run of it in `works`: a coroutine that takes a `Bench` and uses its
   store, its poster, and the clock of ``bench.shared``. A store passes points around
   its transactions and a poster around its requests by themselves; whatever else is
   written or sent passes one by ``shared.around("its name")``, as `works.watched`
   lets a web do.
2. Make a `Scenario` of it: the store in which it begins (a `grounds.Ground`), what
   stands in Slack by then, what must hold in the end (`invariants`, or checks of your
   own: each takes an `End` and tells what is wrong), and when it ``rests``, if that
   is not once everything is told. `deliveries` is a short example.
3. Run ``Sweep(scenario=…, nursery=…, folder=…).run(mode)`` for each of `MODES`, or for
   "ok" alone where Slack is not asked, and assert that nothing is wrong.
4. Show that it can fail: a `Build` whose store or poster has the defect (`wrong`) must
   be caught by the same sweep, and must come to a good end where nobody dies.

A failure prints how it is repeated: ``SWEEP_ONLY=delivery/late/20261124/17`` dies
at that point of that sweep again, and nowhere else; other scenarios and modes are
skipped. ``SWEEP_SEED`` chooses which requests fail, and which points are taken where
not all are. ``SWEEP_ROUNDS=3`` is for the night: each round has other faults, and
from the second on the process that runs on dies too (``…/17+9``).
"""

import itertools
import os
import secrets
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from flows.demo.slack import Fault
from tests.sweep.dying import BETWEEN_RUNS, after_one_run
from tests.sweep.nursery import FROZEN, Nursery
from tests.sweep.worlds import Scenario, World, world

ROUNDS = int(os.environ.get("SWEEP_ROUNDS", "1"))
ONLY = os.environ.get("SWEEP_ONLY", "")
SEED = int(os.environ.get("SWEEP_SEED") or secrets.randbelow(2**31))

# On a machine that is busy with other things a request may time out that was no
# request to hang, when it was recorded or later: that case is tried again.
TRIES = 3


class OffCourseError(AssertionError):
    """A process ended at another point than the same one did before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How Slack fails: what may become of posts and edits, and of looks.

    Args:
        requests: The first so many of each kind may fail; then all is well.
        patience: As of `Errand`.
    """

    faults: Sequence[Fault | str] = ()
    looks: Sequence[Fault | str] = ()
    requests: int = 3
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
    "hung": Mode(faults=[Fault.HUNG], looks=[Fault.HUNG], requests=2, patience=0.15),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One death: at which point, by number and by name.

    Args:
        sweep: Whose: the scenario's name.
        again: At which point the process that runs on dies too; 0 for none.
    """

    sweep: str
    mode: str
    seed: int
    number: int
    again: int = 0
    name: str = ""

    def __str__(self) -> str:
        """As ``SWEEP_ONLY`` takes it."""
        place = f"{self.number}+{self.again}" if self.again else f"{self.number}"
        return f"{self.sweep}/{self.mode}/{self.seed}/{place}"

    @classmethod
    def parse(cls, text: str) -> "Case":
        """Of what was printed."""
        sweep, mode, seed, place = text.split("/")
        number, _, again = place.partition("+")
        return cls(
            sweep=sweep,
            mode=mode,
            seed=int(seed),
            number=int(number),
            again=int(again or 0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep met: points and deaths, and what was wrong after which of them."""

    points: int
    deaths: int
    wrong: Mapping[Case, tuple[str, ...]]

    @property
    def said(self) -> tuple[str, ...]:
        """Everything that was wrong anywhere."""
        return tuple(each for said in self.wrong.values() for each in said)

    def __str__(self) -> str:
        """The first few that went wrong, and how to repeat them."""
        lines = [
            f"SWEEP_ONLY={case} ({case.name}): {'; '.join(said)}"
            for case, said in self.wrong.items()
        ]
        return "\n".join([f"{len(lines)} of {self.deaths} deaths", *lines[:10]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A scenario whose process is killed at every point, each time in its own world.

    Args:
        nursery: Where its processes are from.
        folder: For the worlds, one at a time.
        seed: Decides which requests fail, and which points are taken if not all are.
        most: Points at most, of each mode.
        part: Which share of these points, of how many: for two workers to have.
        at: Only points of these names.
        by: SIGSTOP lets the process freeze there, and wake once another ran on.
    """

    scenario: Scenario
    nursery: Nursery
    folder: Path
    seed: int = SEED
    most: int | None = None
    part: tuple[int, int] = (0, 1)
    at: frozenset[str] = frozenset()
    by: signal.Signals = signal.SIGKILL

    def run(self, mode: str) -> Swept:
        """Die at the points of one of `MODES`.

        Raises:
            pytest.skip.Exception: A case of another sweep is asked for.
        """
        points = deaths = 0
        wrong: dict[Case, tuple[str, ...]] = {}
        for seed in self._seeds(mode):
            names = self.recorded(mode, seed)
            points += len(names)
            for case in self._cases(mode, seed, names):
                died, said = self._tried(case)
                deaths += died
                if said:
                    wrong[case] = said
        return Swept(points=points, deaths=deaths, wrong=wrong)

    def _tried(self, case: Case) -> tuple[int, tuple[str, ...]]:
        """Deaths, and what is wrong after them; off course, it is recorded anew.

        Raises:
            OffCourseError: Each time it ended at another point than was recorded.
        """
        for left in reversed(range(TRIES)):
            with self._world() as here:
                try:
                    died = self._die(here, case)
                except OffCourseError:
                    if not left:
                        raise
                else:
                    here.run_on()
                    return died, here.complaints()
            names = self.recorded(case.mode, case.seed)
            case = replace(case, name=names[min(case.number, len(names)) - 1])
        raise AssertionError("unreachable")

    def unharmed(self, mode: str) -> tuple[str, ...]:
        """What is wrong where nobody dies; () if all is well."""
        with self._world() as here:
            _let_fail(here, mode, self.seed)
            here.shared.begin()
            self.nursery.rehearse(here.errand)
            here.run_on()
            return here.complaints()

    def together(self, mode: str) -> tuple[str, ...]:
        """What is wrong after one run each of two processes at once; () if nothing."""
        with self._world() as here:
            _let_fail(here, mode, self.seed)
            here.shared.begin()
            errand = replace(here.errand, rests=after_one_run)
            both = [self.nursery.start(errand) for _ in range(2)]
            for pid in both:
                self.nursery.wait(pid)
            here.run_on()
            return here.complaints()

    def recorded(self, mode: str, seed: int) -> list[str]:
        """The points of a process that nobody kills."""
        with self._world() as here:
            _let_fail(here, mode, seed)
            here.shared.begin()
            self.nursery.rehearse(here.errand)
            return here.shared.names

    def _world(self) -> AbstractContextManager[World]:
        """Always in the same place: a store that was opened there is warm."""
        return world(self.scenario, self.folder / "world")

    def _seeds(self, mode: str) -> Sequence[int]:
        """One a round, or that of the case that is asked for."""
        if not ONLY:
            return range(self.seed, self.seed + ROUNDS)
        only = Case.parse(ONLY)
        if (only.sweep, only.mode) != (self.scenario.name, mode):
            pytest.skip(f"only {ONLY} is asked for")
        return [only.seed]

    def _cases(self, mode: str, seed: int, names: Sequence[str]) -> Iterator[Case]:
        """Every point of a round, some of them, or the one that is asked for."""
        if ONLY:
            only = Case.parse(ONLY)
            yield replace(only, name=names[only.number - 1])
            return
        numbers = np.array(
            [n for n, name in enumerate(names, 1) if not self.at or name in self.at]
        )
        rng = np.random.default_rng(seed)
        if self.most is not None and self.most < len(numbers):
            numbers = np.sort(rng.choice(numbers, size=self.most, replace=False))
        first, step = self.part
        for number in map(int, numbers[first::step]):
            again = int(rng.integers(1, len(names))) if seed > self.seed else 0
            yield Case(
                sweep=self.scenario.name,
                mode=mode,
                seed=seed,
                number=number,
                again=again,
                name=names[number - 1],
            )

    def _die(self, here: World, case: Case) -> int:
        """Let a process end in a world, and maybe the next one too; how many did.

        Raises:
            OffCourseError: It ended at another point than the one that was recorded:
                what is not the same each time cannot be repeated.
        """
        _let_fail(here, case.mode, case.seed)
        here.shared.begin(ends_at=case.number, by=self.by)
        pid = self.nursery.start(here.errand)
        ended = self.nursery.wait(pid)
        if ended and here.shared.names[-1] != case.name:
            raise OffCourseError(f"{case}: {here.shared.names[-1]}, not {case.name}")
        if ended == FROZEN:
            here.run_on()
            os.kill(pid, signal.SIGCONT)
            self.nursery.wait(pid)
        deaths = int(ended != 0)
        if case.again:
            here.shared.ahead += BETWEEN_RUNS
            here.shared.begin(ends_at=case.again)
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
