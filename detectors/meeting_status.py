"""How a meeting moves: proposed → announced → preparing → confirmed → held.

It may be postponed or cancelled from anywhere before it begins, and be set anew
after either; where talks failed, another round may be proposed. A state that lies
behind the current one is news from yesterday.
"""

from enum import StrEnum


class Step(StrEnum):
    """What a stated status does to a meeting's current one."""

    MOVE = "move"
    SAME = "same"
    BEHIND = "behind"


_FORWARD = (
    "proposed",
    "announced",
    "preparing",
    "confirmed",
    "under way",
)
PLANNED = frozenset({"proposed", "announced", "preparing", "confirmed"})
"""Statuses of a meeting to come, which an article with an old day says too late."""

_RANK = {status: rank for rank, status in enumerate(_FORWARD)}
OFF = frozenset({"postponed", "cancelled"})
UNSETTLED = OFF | {"proposed"}
"""Statuses in which a meeting may find another city."""

FAILED = "ended without agreement"
"""A status after which somebody may offer another round, in another city."""

_ENDED = frozenset({"ended with agreement", FAILED})
_SET_ANEW = frozenset({"announced", "confirmed", "under way"})
HELD = frozenset({"under way"}) | _ENDED
"""Statuses after which a meeting has no date to come."""


def step(current: str | None, stated: str, *, set_anew: bool = False) -> Step:
    """What ``stated`` does to ``current``.

    Args:
        current: None while nothing was said.
        stated: What an article says now.
        set_anew: The same article gives a day or city other than those that a
            postponement, a cancellation or a failure made void.

    >>> step("announced", "confirmed"), step("confirmed", "preparing")
    (<Step.MOVE: 'move'>, <Step.BEHIND: 'behind'>)
    >>> step("postponed", "announced")
    <Step.MOVE: 'move'>
    >>> step("ended without agreement", "proposed")
    <Step.BEHIND: 'behind'>
    >>> step("ended without agreement", "proposed", set_anew=True)
    <Step.MOVE: 'move'>
    """
    if current == stated:
        return Step.SAME
    if current is None or _moves(current, stated, set_anew=set_anew):
        return Step.MOVE
    return Step.BEHIND


def _moves(current: str, stated: str, *, set_anew: bool) -> bool:
    if current in _ENDED:
        again = current == FAILED and stated == "proposed" and set_anew
        return again or stated == "ended with agreement"
    if stated in _ENDED:
        return True
    if current == "under way":
        return False
    if stated in OFF:
        return current != "cancelled"
    if current in OFF:
        return stated in _SET_ANEW or set_anew
    return _RANK[stated] > _RANK[current]
