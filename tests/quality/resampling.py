"""Figures over records, each with the ends of its 95 % bootstrap interval."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.metrics import rates

RESAMPLES = 500
SEED = 20_260_101

Counts = tuple[int, int, int]
"""Hits, what was proposed, what was wanted."""


def counted(records: Sequence[Mapping[str, Counts]]) -> dict[str, float]:
    """Precision, recall and F1 of every measure that the records have counts of.

    The records are drawn again with all their measures, as a whole.
    """
    names = sorted({name for record in records for name in record})
    table = np.array(
        [[record.get(name, (0, 0, 0)) for name in names] for record in records]
    )
    resampled = [table[pick].sum(axis=0) for pick in picks(len(records))]
    figures: dict[str, float] = {}
    for number, name in enumerate(names):
        values = _rates(table[:, number].sum(axis=0))
        spread = [_rates(sums[number]) for sums in resampled]
        for part, value in values.items():
            figures[f"{name}.{part}"] = value
            figures |= interval(f"{name}.{part}", [each[part] for each in spread])
        figures[f"{name}.wanted"] = float(table[:, number, 2].sum())
    return figures


def share(name: str, which: Sequence[bool]) -> dict[str, float]:
    """The share of records of which something holds."""
    held = np.array(which, dtype=float)
    drawn = sorted(float(held[pick].mean()) for pick in picks(len(which)))
    cut = len(drawn) // 40
    return {
        name: float(held.mean()),
        f"{name}.low": drawn[cut],
        f"{name}.high": drawn[-1 - cut],
    }


def _rates(sums: NDArray[np.int64]) -> dict[str, float]:
    score = rates(*(int(each) for each in sums))
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


def interval(name: str, values: Sequence[float]) -> dict[str, float]:
    """Between which ends 95 % of the resampled values lie."""
    ranked = sorted(values)
    cut = len(ranked) // 40
    return {f"{name}.low": ranked[cut], f"{name}.high": ranked[-1 - cut]}


def picks(size: int) -> NDArray[np.int64]:
    """The same resamples each time, so that differences are of paired figures."""
    return np.random.default_rng(SEED).integers(size, size=(RESAMPLES, size))
