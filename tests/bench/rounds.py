"""Two sides measured in turn, so that a busy machine slows both."""

import resource
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import TypeAlias

ROUNDS = 5

Work: TypeAlias = Callable[[], object]


class CannotMeasureError(Exception):
    """A side is not here, or failed; its text is the reason."""


def in_turn(ours: Work, theirs: Work, *, rounds: int = ROUNDS) -> float:
    """Our CPU time over theirs: the median of rounds in which both ran."""
    ours(), theirs()  # warm caches on both sides
    return median(cpu_seconds(ours) / cpu_seconds(theirs) for _ in range(rounds))


def cpu_seconds(work: Work) -> float:
    """CPU time of this process while it works; never zero."""
    started = process_time()
    work()
    return max(process_time() - started, 1e-6)


def peak_memory() -> float:
    """The most memory that this process, or one that it ran, has held so far, in MB."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    kilobytes = max(resource.getrusage(each).ru_maxrss for each in whose)  # on Linux
    return kilobytes / 1024
