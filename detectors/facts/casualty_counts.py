"""A number of casualties that a sentence gives, and how firmly."""

from dataclasses import dataclass

from detectors.facts.backdating import is_since
from detectors.facts.casualty_frames import Rank
from detectors.facts.certainty import certainty_at, is_feared
from detectors.facts.context import Atom, Context
from detectors.model import Bound, Certainty, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of casualties that a sentence gives."""

    slot: str
    value: int
    bound: Bound
    span: Span
    rank: Rank
    certainty: Certainty
    corrects: int | bool | None = None


def count(
    context: Context,
    slot: str,
    value: int,
    span: Span,
    rank: Rank,
    bound: Bound = Bound.EXACT,
) -> Count:
    """The number at ``span``, as certain as its sentence tells it.

    What was counted since another month is no toll of today. Those "feared trapped"
    are missing, though nobody knows whether they are alive.
    """
    certainty = certainty_at(context, span)
    if certainty.counts and is_since(context, span):
        certainty = Certainty.BACKGROUND
    if slot == "missing" and certainty is Certainty.HYPOTHETICAL:
        certainty = is_feared(context, span) or certainty
        if _is_buried(context, span):
            certainty = Certainty.UNCONFIRMED
    return Count(
        slot=slot,
        value=value,
        bound=bound,
        span=span,
        rank=rank,
        certainty=certainty,
    )


def _is_buried(context: Context, span: Span) -> bool:
    """Whether those who "may be under the rubble" are told of: they are missing."""
    return any(
        atom.means("strikes.search", "rubble")
        for atom in context.atoms(context.sentence_at(span[0]))
    )


def number_in(atom: Atom, category: str) -> int | None:
    """The number that a word of a category stands for: "fourth", "triple"."""
    return next((int(key) for own, key in atom.tags if own == category), None)


def is_definite(atom: Atom) -> bool:
    """Whether it is a definite article."""
    return atom.means("strikes.helpers", "article") and not atom.means(
        "strikes.helpers", "indefinite"
    )
