"""How firm a meeting's plan is, beside what its story knows of who wants it.

"Chad will send its minister" announces a meeting if nobody has said so, and confirms
it where Mali has. A text alone cannot tell: most say neither who was first nor that
it was the other side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from detectors.model import Claim, Fact

ANNOUNCED, CONFIRMED = "announced", "confirmed"
_OPEN = frozenset({ANNOUNCED, "preparing"})


def says_plan(facts: Iterable[Fact]) -> bool:
    """Whether an article announces a meeting, if only by these facts."""
    return any(map(_is_plan, facts))


def as_firm_as_known(
    facts: Sequence[Fact], claims: Iterable[Claim], status: object
) -> tuple[Fact, ...]:
    """The facts of an article, its plan as firm as its story makes it.

    A plan that is confirmed and told again, without a word on how firm it is, stands as
    confirmed; one that another side than all before speaks of is so from now on.

    Args:
        facts: Of the article, in this story.
        claims: The story's ledger.
        status: How far the meeting has come by it.
    """
    if status != CONFIRMED and status not in _OPEN:
        return tuple(facts)
    sides = {
        claim.side for claim in claims if claim.value == ANNOUNCED and claim.stands
    }
    return tuple(
        replace(fact, value=CONFIRMED)
        if _is_plan(fact) and (status == CONFIRMED or _is_second(fact.side, sides))
        else fact
        for fact in facts
    )


def _is_second(side: str | None, sides: set[str | None]) -> bool:
    """Whether a side says yes to what others alone have announced so far."""
    return side is not None and bool(sides) and not sides & {side, None}


def _is_plan(fact: Fact) -> bool:
    return fact.slot == "status" and fact.value == ANNOUNCED and fact.certainty.counts
