"""How many of the dead are children, told directly or as a part of a number."""

import re
from collections.abc import Iterator

from detectors.facts.ages import is_below_majority, is_minor
from detectors.facts.casualty_counts import Count, count
from detectors.facts.casualty_frames import (
    ANOTHER_CHILD,
    HARM,
    KINDS,
    NUMBER_AFTER,
    SUBSET,
    SUBSET_AT_START,
    Rank,
    child_frames,
    frames,
)
from detectors.facts.context import Atom, Context
from detectors.facts.shapes import Shape
from detectors.model import Bound, Span

PAIR = 2
_NAMED = re.compile("[cCu]")
_TOLD = 8  # atoms from "the youngest victim" to "was a boy"
_CLAUSE = ".;&"


def has_pair(told: Shape, letters: tuple[int, int]) -> bool:
    """Whether a term for two people stands there: "a couple", "twin boys"."""
    return any(
        atom.means("strikes.victims", "pair")
        or atom.means("strikes.victims", "pair of children")
        for atom in told.atoms[slice(*letters)]
    )


def find_children(context: Context, told: Shape, before: Shape) -> Iterator[Count]:
    """Children among the dead of a sentence; ``before`` is the sentence before it."""
    if not _NAMED.search(told.letters):
        return
    taken: list[Span] = []
    letters = frozenset(told.letters)
    for pattern, needed in child_frames():
        for match in told.search(pattern) if needed <= letters else ():
            start, end = told.span(match)
            if any(start < b and a < end for a, b in taken) or _is_unnumbered(match):
                continue
            if _are_minors(told, match):
                taken.append((start, end))
                yield _count(context, told, match, match.span())
    yield from _parts(context, told)
    yield from _youngest(context, told)
    subset = SUBSET_AT_START.match(told.letters)
    if subset is not None and tells_deaths(before) and _are_minors(told, subset):
        yield _count(context, told, subset, subset.span())


def _youngest(context: Context, told: Shape) -> Iterator[Count]:
    """A child if the youngest victim is one: "The youngest victim, a boy of nine,"."""
    for place, atom in enumerate(told.atoms):
        if not atom.means("strikes.ages", "youngest"):
            continue
        for after in range(place + 1, min(place + 1 + _TOLD, len(told.atoms))):
            if told.letters[after] in _CLAUSE:
                break
            if told.letters[after] == "c" or is_minor(told.atoms[after]):
                span = told.between(place, after + 1)
                yield count(context, "children_killed", 1, span, Rank.SINGLE)
                break


def tells_deaths(told: Shape) -> bool:
    """Whether the last harm that a sentence tells is death."""
    harm = [letter for letter in told.letters if letter in HARM]
    return bool(harm) and harm[-1] in "kdKT"


def _parts(context: Context, told: Shape) -> Iterator[Count]:
    """Children told as a part of the dead, right after these."""
    for end in _ends_of_deaths(told):
        subset = SUBSET.match(told.letters, end)
        if subset is None:
            continue
        groups = range(1, subset.re.groups + 1)
        number = next((n for n in groups if subset.group(n) == "N"), None)
        last = told.atoms[subset.end() - 1]
        if number is None and subset.group().endswith("C") and not _is_one(last):
            continue  # "children among them" gives no number
        first = subset.start(number) if number else subset.start()
        yield _count(context, told, subset, (first, subset.end()))


def _is_one(child: Atom) -> bool:
    """Whether a form of many is one of one child as well: "включая ребёнка"."""
    return child.means("strikes.victims", "child")


def _is_unnumbered(match: "re.Match[str]") -> bool:
    """Whether several children are told without saying how many."""
    text = match.group()
    return "C" in text and "N" not in text and "b" not in text


def _are_minors(told: Shape, match: "re.Match[str]") -> bool:
    """Whether "under" names an age of childhood, where a frame asks for one."""
    under = match.group().find("u")
    return under < 0 or is_below_majority(told.atoms[match.start() + under + 1])


def _ends_of_deaths(told: Shape) -> list[int]:
    """Where the dead have been told, so that "among them two children" may follow."""
    letters = frozenset(told.letters)
    ends = {
        match.end()
        for _, ranked in frames(KINDS[0])
        for pattern, needed in ranked
        if needed <= letters
        for match in told.search(pattern)
    }
    for harm in re.finditer("[kdT]", told.letters):
        follows = NUMBER_AFTER.match(told.letters, harm.end())
        ends.add(follows.end() if follows else harm.end())
    return sorted(ends)


def _count(
    context: Context, told: Shape, match: "re.Match[str]", letters: tuple[int, int]
) -> Count:
    numbers = [
        told.atoms[match.start(group)].quantity
        for group in range(1, match.re.groups + 1)
        if match.group(group) == "N"
    ]
    if numbers and numbers[0] is not None:
        value, bound = numbers[0].value, numbers[0].bound
    else:
        value, bound = _one_by_one(told, match, letters), Bound.EXACT
    span = told.between(*letters)
    return count(context, "children_killed", value, span, Rank.PLAIN, bound)


def _one_by_one(told: Shape, match: "re.Match[str]", letters: tuple[int, int]) -> int:
    """Children without a number: one, two of a pair, or as many as a list names."""
    start = told.letters.find("c", *letters)
    value = PAIR if start >= 0 and has_pair(told, (start, letters[1])) else 1
    following = ANOTHER_CHILD.match(told.letters, match.end())
    while following is not None:
        value += 1
        following = ANOTHER_CHILD.match(told.letters, following.end())
    return value
