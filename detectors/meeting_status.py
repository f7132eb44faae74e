"""How a meeting moves: proposed → announced → preparing → confirmed → held.

It may be postponed or cancelled from anywhere before it begins, and be set anew
after either. A state that lies behind the current one is news from yesterday.
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
_RANK = {status: rank for rank, status in enumerate(_FORWARD)}
_OFF = frozenset({"postponed", "cancelled"})
_ENDED = frozenset({"ended with agreement", "ended without agreement"})
_SET_ANEW = frozenset({"announced", "confirmed", "under way"})
HELD = frozenset({"under way"}) | _ENDED
"""Statuses after which a meeting has no date to come."""


def step(current: str | None, stated: str, *, set_anew: bool = False) -> Step:
    """What ``stated`` does to ``current``.

    Args:
        current: None while nothing was said.
        set_anew: The same article gives a day or city other than those that a
            postponement or cancellation made void.

    >>> step("announced", "confirmed"), step("confirmed", "preparing")
    (<Step.MOVE: 'move'>, <Step.BEHIND: 'behind'>)
    >>> step("postponed", "announced")
    <Step.MOVE: 'move'>
    """
    if current == stated:
        return Step.SAME
    if current is None:
        return Step.MOVE
    if current in _ENDED:
        return _as_step(stated == "ended with agreement")
    if stated in _ENDED:
        return Step.MOVE
    if current == "under way":
        return Step.BEHIND
    if stated in _OFF:
        return _as_step(not (current == "cancelled" and stated == "postponed"))
    if current in _OFF:
        return _as_step(stated in _SET_ANEW or set_anew)
    return _as_step(_RANK[stated] > _RANK[current])


def _as_step(moves: bool) -> Step:  # noqa: FBT001 - a truth value is its only subject
    return Step.MOVE if moves else Step.BEHIND
