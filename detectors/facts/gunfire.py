"""How many people were shot, and what that tells of the dead and the wounded.

"Five people were shot, one fatally" tells of a death and of four wounded. "Five were
shot" alone tells of five who were hit: as many were wounded as did not die.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Context
from detectors.facts.shapes import Alphabet, Shape, shape
from detectors.model import Bound, Certainty, Span

_ALPHABET = Alphabet(
    ("strikes.ignored", "", "o"),
    ("strikes.shot", "hit", "g"),
    ("strikes.shot", "fatally", "y"),
    ("strikes.adjectives", "", "o"),
    ("strikes.dies", "", "d"),
    ("strikes.harmed", "", "k"),
    ("strikes.harmed_one", "", "k"),
    ("strikes.victims", "children", "P"),
    ("strikes.victims", "many", "P"),
    ("strikes.victims", "many offspring", "P"),
    ("strikes.victims", "child", "p"),
    ("strikes.victims", "one", "p"),
    ("strikes.victims", "offspring", "p"),
    ("strikes.helpers", "nobody", "x"),
    ("certainty.denied", "not", "x"),
    ("strikes.helpers", "among", "s"),
    ("strikes.helpers", "and", "&"),
    ("strikes.helpers", "article", "A"),
    ("strikes.helpers", "more", "e"),
    ("strikes.helpers", "aux", "f"),
)
_NOBODY_ELSE = "(?!A?[on-]{0,3}[pPN])"  # "four men shot a guard" tells of the guard
_HIT = (
    re.compile(r"(N)[eAs]{0,2}o{0,2}P[^N.;,&xkdg]{0,10}?g" + _NOBODY_ELSE),
    re.compile(
        r"(N)[eAs]{0,2}o{0,2}P,[^.;xkdg]{1,12},[^N.;,&xkdg]{0,4}?g" + _NOBODY_ELSE
    ),
    re.compile(r"(N)e?f{0,3}g" + _NOBODY_ELSE),
    re.compile(r"g[eA]?(N)[eo]{0,2}P"),
)
_ONE_HIT = (
    re.compile(r"A[on-]{0,5}p[^N.;,&xkdg]{0,4}?f{1,2}g" + _NOBODY_ELSE),
    re.compile(r"A[on-]{0,5}p,[^.;xkdg]{1,9},[^N.;,&xkdg]{0,3}f{1,2}g" + _NOBODY_ELSE),
)
_FATALLY = (
    re.compile(r"g[^.;kd]{0,6}?[,-]&?(N)s?[oPf]{0,3}y"),
    re.compile(r"g[^.;kdN]{0,10}?[,&-]{1,2}(N)s[oPf]{0,3}d"),
)
"""Of those told as shot: "one fatally", "two of them died"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A number of people who were shot, or (``fatal``) of those who died of it."""

    value: int
    bound: Bound
    span: Span
    certainty: Certainty
    fatal: bool = False


def find_shot(context: Context) -> tuple[Hit, ...]:
    """Every number of people who were shot, in the order of the text."""
    return context.once("shot", lambda: tuple(_find_shot(context)))


def _find_shot(context: Context) -> Iterator[Hit]:
    for sentence in context.sentences:
        atoms = context.atoms(sentence.span)
        if any(atom.means("strikes.shot", "hit") for atom in atoms):
            told = shape(atoms, _ALPHABET, of_things=False)
            yield from _hits(context, told)
            for pattern in _FATALLY:
                for match in told.search(pattern):
                    yield _hit(context, told, match, fatal=True)


def _hits(context: Context, told: Shape) -> Iterator[Hit]:
    """The numbers of one sentence; a single victim only where there is none."""
    taken: set[int] = set()
    for pattern in _HIT:
        for match in told.search(pattern):
            if match.start(1) not in taken:
                taken.add(match.start(1))
                yield _hit(context, told, match)
    for pattern in () if taken else _ONE_HIT:
        for match in told.search(pattern):
            yield _hit(context, told, match)


def _hit(
    context: Context, told: Shape, match: "re.Match[str]", *, fatal: bool = False
) -> Hit:
    quantity = told.atoms[match.start(1)].quantity if match.re.groups else None
    span = told.span(match)
    return Hit(
        value=quantity.value if quantity else 1,
        bound=quantity.bound if quantity else Bound.EXACT,
        span=span,
        certainty=certainty_at(context, span),
        fatal=fatal,
    )
