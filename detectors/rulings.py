"""What a person's ruling on a story changes in what the desk believes.

A ruling strikes claims out, or moves them to another story. The state is computed
anew from those that stand, and set beside what was told: the difference is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.ledger import State, fold
from detectors.model import (
    Claim,
    Development,
    DevelopmentKind,
    FactValue,
    Ruling,
    Story,
    StoryProfile,
)
from detectors.slots import is_single
from detectors.values import same


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What a desk believes of a story after all that it was told.

    Args:
        current: The last told value of a slot that holds one.
        members: What was told of the other slots, as told first.
    """

    current: dict[str, FactValue]
    members: dict[str, dict[FactValue, None]]


def believed(told: Iterable[Development]) -> Belief:
    """What a reader believes who read these in their order."""
    belief = Belief(current={}, members={})
    for one in told:
        if one.kind is DevelopmentKind.CONFLICT:
            continue
        if is_single(one.slot):
            belief.current.pop(one.slot, None)
            if one.new is not None:
                belief.current[one.slot] = one.new
            continue
        held = belief.members.setdefault(one.slot, {})
        if one.old is not None:
            held.pop(one.old, None)
        if one.new is not None:
            held[one.new] = None
    return belief


def taken_back(
    story: Story,
    ruling: Ruling,
    *,
    before: Sequence[Claim],
    after: Sequence[Claim],
    told: Iterable[Development],
) -> tuple[Development, ...]:
    """What the desk must hear since it believes otherwise, as corrections.

    Args:
        story: That the ruling is about.
        ruling: Its maker is named as the one who says so, its reason is the proof.
        before: The claims of the story as they stood.
        after: As they stand now.
        told: All that the desk was told of it, in order. Of what it was not told
            nothing is taken back.
    """
    belief, was, now = believed(told), fold(before), fold(after)
    return tuple(
        _by_hand(story, ruling, slot, old, new, DevelopmentKind.CORRECTION)
        for slot, old, new in (
            *_revalued(belief, was, now),
            *_lost(belief, was, now),
            *_returned(belief, was, now),
        )
    )


def gained(
    story: Story, ruling: Ruling, *, after: Sequence[Claim], told: Iterable[Development]
) -> tuple[Development, ...]:
    """What a story states now, by another's claims, that its desk was not told."""
    belief, now = believed(told), fold(after)
    single = [
        (slot, belief.current.get(slot), value)
        for slot, value in now.current.items()
        if is_single(slot) and _differ(belief.current.get(slot), value)
    ]
    several = [
        (slot, None, value)
        for slot, values in now.members.items()
        for value in ([] if is_single(slot) else values)
        if value not in belief.members.get(slot, {})
    ]
    return tuple(
        _by_hand(story, ruling, slot, old, value, _kind(old))
        for slot, old, value in (*single, *several)
    )


def _kind(old: FactValue | None) -> DevelopmentKind:
    return DevelopmentKind.NEW if old is None else DevelopmentKind.CHANGE


def stated(story: Story, claims: Sequence[Claim]) -> tuple[Development, ...]:
    """Everything that a story states now, as a desk hears it that hears it first."""
    state = fold(claims)
    values = [
        (slot, value)
        for slot, held in state.members.items()
        for value in ([state.current[slot]] if is_single(slot) else held)
        if slot in state.current
    ]
    return tuple(_first_told(story, slot, value, claims) for slot, value in values)


def without(profile: StoryProfile, slot: str, now: State) -> StoryProfile:
    """A profile that recognises nobody by a figure that was struck out."""
    if slot not in profile.figures and slot not in profile.numbers:
        return profile
    standing = now.members.get(slot, {})
    figures = {
        **profile.figures,
        slot: tuple(v for v in profile.figures.get(slot, ()) if v in standing),
    }
    numbers = {key: value for key, value in profile.numbers.items() if key != slot}
    current = now.current.get(slot)
    if isinstance(current, int) and not isinstance(current, bool):
        numbers[slot] = current
    return replace(profile, figures=figures, numbers=numbers)


_Difference = tuple[str, FactValue | None, FactValue | None]


def _revalued(belief: Belief, was: State, now: State) -> Iterator[_Difference]:
    """Single values that were told, and are others since the ruling."""
    for slot, value in belief.current.items():
        old, new = was.current.get(slot), now.current.get(slot)
        if _differ(old, new) and _differ(value, new):
            yield slot, value, new


def _lost(belief: Belief, was: State, now: State) -> Iterator[_Difference]:
    """Values of sets that were told, and stand no more."""
    for slot, values in belief.members.items():
        stood, stand = was.members.get(slot, {}), now.members.get(slot, {})
        for value in values:
            if value in stood and value not in stand:
                yield slot, value, None


def _returned(belief: Belief, was: State, now: State) -> Iterator[_Difference]:
    """Values that an undone ruling had taken back."""
    for slot, values in now.members.items():
        if is_single(slot):
            if slot not in belief.current and slot not in was.current:
                yield slot, None, now.current[slot]
            continue
        for value in values:
            gone = value not in was.members.get(slot, {})
            if gone and value not in belief.members.get(slot, {}):
                yield slot, None, value


def _differ(value: FactValue | None, other: FactValue | None) -> bool:
    if value is None or other is None:
        return value is not other
    return not same(value, other)


def _by_hand(
    story: Story,
    ruling: Ruling,
    slot: str,
    old: FactValue | None,
    new: FactValue | None,
    kind: DevelopmentKind,
) -> Development:
    return Development(
        topic=story.topic,
        story=story.id,
        slot=slot,
        old=old,
        new=new,
        kind=kind,
        quote=ruling.reason,
        attribution=ruling.undone_by or ruling.made_by,
    )


def _first_told(
    story: Story, slot: str, value: FactValue, claims: Sequence[Claim]
) -> Development:
    proof = next(
        (c for c in claims if c.stands and c.slot == slot and same(c.value, value)),
        None,
    )
    return Development(
        topic=story.topic,
        story=story.id,
        slot=slot,
        old=None,
        new=value,
        kind=DevelopmentKind.NEW,
        quote=proof.quote if proof else "",
        attribution=proof.attribution if proof else None,
    )
