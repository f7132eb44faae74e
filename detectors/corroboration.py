"""Who bears a development out, and where sources differ, by the claims that stand."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from detectors.ledger import State, fold
from detectors.model import Bound, Claim, Development, DevelopmentKind, Fact
from detectors.slots import EITHER_WAY, NUMBER_SLOTS, TOLLS
from detectors.values import same

_RISES = frozenset({DevelopmentKind.NEW, DevelopmentKind.CHANGE})


def bearers(claims: Iterable[Claim], told: Development) -> tuple[str, ...]:
    """The independent sources whose standing claims bear a development out, in order.

    Who gives a higher toll bears out that it rose.
    """
    rises = told.slot in TOLLS - EITHER_WAY and told.kind in _RISES
    standing = (c for c in claims if c.stands and c.certainty.counts)
    return tuple(
        dict.fromkeys(
            claim.speaker
            for claim in standing
            if claim.slot == told.slot
            and told.new is not None
            and (
                same(claim.value, told.new)
                or (rises and int(claim.value) > int(told.new))
            )
        )
    )


def takes_back_own(claims: Iterable[Claim], told: Development) -> bool:
    """Whether a correction comes from who gave the corrected value."""
    if told.kind is not DevelopmentKind.CORRECTION or told.old is None:
        return False
    old = replace(told, new=told.old)
    given = list(claims)
    return bool(set(bearers(given, told)) & set(bearers(given, old)))


def spread(claims: Iterable[Claim]) -> dict[str, tuple[int, int]]:
    """From the lowest to the highest figure, by slot, where sources differ now.

    >>> spread(())
    {}
    """
    state = fold(claims)
    told = {
        slot: [int(state.current[slot]), *map(int, rivals)]
        for slot, rivals in state.rivals.items()
    }
    return {slot: (min(values), max(values)) for slot, values in told.items()}


def rivals(
    facts: Iterable[Fact], state: State, ledger: Iterable[Claim]
) -> Iterator[tuple[Fact, Fact]]:
    """Figures that one article sets against each other, each with its authority.

    One that the ledger knows is no conflict any more.
    """
    heard = {(claim.slot, claim.value) for claim in ledger}
    stated: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.certainty.counts and fact.bound is Bound.EXACT and fact.attribution:
            stated.setdefault(fact.slot, []).append(fact)
    for slot, figures in stated.items():
        current = state.current.get(slot)
        agreed = [
            fact
            for fact in figures
            if current is not None and same(fact.value, current)
        ]
        if slot not in NUMBER_SLOTS or not agreed:
            continue
        for fact in figures:
            new = (slot, fact.value) not in heard
            if new and _contradicts(fact, agreed[0]):
                heard.add((slot, fact.value))
                yield fact, agreed[0]


def _contradicts(fact: Fact, other: Fact) -> bool:
    return (
        int(fact.value) < int(other.value)
        and fact.attribution != other.attribution
        and fact.corrects is other.corrects is None
        and fact.place is other.place is None
    )
