"""The state of a ledger that grows: what was folded once is not folded again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from detectors.ledger import State, fold
from detectors.model import Claim


@dataclass(slots=True)
class _Folded:
    """A story's ledger as it was met last, and what it came to; never changed."""

    last: tuple[tuple[Claim, ...], State] = field(default_factory=lambda: ((), State()))


def state_of(claims: Sequence[Claim]) -> State:
    """What `fold` gives, for the caller to build up.

    Where the ledger goes on from how it was met last, only the rest is folded.

    >>> state_of(()).current
    {}
    """
    if not claims:
        return State()
    ledger, folded = tuple(claims), _of_story(claims[0].story)
    known, state = folded.last
    if ledger[: len(known)] != known:
        known, state = (), State()
    if len(known) < len(ledger):
        state = fold(ledger[len(known) :], onto=state.copy())
        folded.last = ledger, state
    return state.copy()


@lru_cache(maxsize=1_024)  # stories that the articles of a morning come back to
def _of_story(story: str) -> _Folded:
    """Where the state of a story's ledger is kept."""
    del story
    return _Folded()
