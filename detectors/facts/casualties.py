"""How many people were killed, injured or are missing, as an article tells it.

Every language tells tolls in a few orders of the same parts: a number, people, a word
for the harm; a toll that rises to a number; a single victim without one. The parts
come from the lexicons (``strikes.harmed`` and others), the orders stand in
`casualty_frames`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from detectors.facts.ages import by_age, is_below_majority
from detectors.facts.casualty_frames import (
    ALL_FOUND,
    ALPHABET,
    ANOTHER_CHILD,
    CORRECTED,
    DIED_SINCE,
    FURTHER_PART,
    HARM,
    KINDS,
    NTH,
    NUMBER_AFTER,
    PARTITIVE,
    SUBSET,
    SUBSET_AT_START,
    TAKEN_BACK,
    Kind,
    Rank,
    child_frames,
    frames,
)
from detectors.facts.certainty import certainty_at, is_since
from detectors.facts.context import Atom, Context
from detectors.facts.shapes import Shape, shape
from detectors.model import Bound, Certainty, Span

_PAIR = 2


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


def find_casualties(context: Context) -> tuple[Count, ...]:
    """Every number of casualties on the topic, in the order of the text."""
    return context.once("casualties", lambda: _find_casualties(context))


def _find_casualties(context: Context) -> tuple[Count, ...]:
    found: list[Count] = []
    before = Shape("", ())
    for sentence in context.sentences:
        told = by_age(shape(context.atoms(sentence.span), ALPHABET, of_things=False))
        found.extend(_in_sentence(context, told, before))
        before = told
    return tuple(sorted(found, key=lambda count: (count.span, count.slot)))


def _in_sentence(context: Context, told: Shape, before: Shape) -> Iterator[Count]:
    """The numbers of one sentence; ``before`` is the shape of the one before it."""
    none = list(_all_found(context, told))
    yield from none
    whole = _without_parts(told)
    for kind in KINDS:
        for count in _of_kind(context, whole, kind):
            if not any(_overlap(count.span, zero.span) for zero in none):
                yield count
    for match in told.search(DIED_SINCE):
        yield _count(context, told, match, "killed", Rank.MORE)
    yield from _nth(context, told)
    yield from _children(context, told)
    subset = SUBSET_AT_START.match(told.letters)
    if subset is not None and _tells_deaths(before):
        yield _child_count(context, told, subset, subset.span())


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _tells_deaths(told: Shape) -> bool:
    """Whether the last harm that a sentence tells is death."""
    harm = [letter for letter in told.letters if letter in HARM]
    return bool(harm) and harm[-1] in "kdKT"


def _without_parts(told: Shape) -> Shape:
    """The shape in which parts of what is told elsewhere count nobody.

    Nor do figures that are told as out of date.
    """
    letters = told.letters
    for part in PARTITIVE.finditer(letters):
        letters = letters[: part.start()] + "n" + letters[part.start() + 1 :]
    for part in TAKEN_BACK.finditer(letters):
        letters = letters[: part.end() - 1] + "n" + letters[part.end() :]
    return Shape(letters, told.atoms)


def _nth(context: Context, told: Shape) -> Iterator[Count]:
    """The total that the number of a victim tells: "a third person has died"."""
    for match in told.search(NTH):
        place = next(at for at in map(match.start, (1, 2, 3)) if at >= 0)
        number = _ordinal(told.atoms[place])
        article = told.atoms[place - 1] if place else None
        if number is None or (article and _is_definite(article)):
            continue
        if not re.search(f"[{HARM}]", told.letters[: match.start()]):
            yield _told(context, told.span(match), "killed", number, Rank.TOTAL)


def _ordinal(atom: Atom) -> int | None:
    keys = (key for category, key in atom.tags if category == "strikes.nth")
    return next(map(int, keys), None)


def _is_definite(atom: Atom) -> bool:
    return atom.means("strikes.helpers", "article") and not atom.means(
        "strikes.helpers", "indefinite"
    )


def _told(context: Context, span: Span, slot: str, value: int, rank: Rank) -> Count:
    return Count(
        slot=slot,
        value=value,
        bound=Bound.EXACT,
        span=span,
        rank=rank,
        certainty=certainty_at(context, span),
    )


def _all_found(context: Context, told: Shape) -> Iterator[Count]:
    """Nobody is missing any more: the last one, or everyone, was found."""
    for pattern in ALL_FOUND:
        match = pattern.search(told.letters)
        if match is not None:
            yield _told(context, told.span(match), "missing", 0, Rank.TOTAL)
            return


@cache
def _may_tell(kind: Kind) -> "re.Pattern[str]":
    """What a sentence has at least, if it tells of one kind of harm."""
    bodies = "Bb" if kind.slot == "killed" else ""
    return re.compile(f"[{kind.many}{kind.one}{kind.alone}{bodies}]|{kind.toll}")


def _of_kind(context: Context, told: Shape, kind: Kind) -> Iterator[Count]:
    if not _may_tell(kind).search(told.letters):
        return
    told, corrected = _without_corrected(told)
    taken: list[Span] = []
    for rank, patterns in frames(kind):
        for pattern in patterns:
            for match in told.search(pattern):
                span = told.span(match)
                if any(_overlap(span, other) for other in taken) or not _fits(
                    told, match
                ):
                    continue
                taken.append(span)
                count = _count(context, told, match, kind.slot, rank)
                yield _corrected(count, corrected, told)


def _fits(told: Shape, match: "re.Match[str]") -> bool:
    """Whether somebody unknown is told as one, or two people as a pair."""
    groups = match.groupdict()
    if "pair" in groups:
        return _has_pair(told, (match.start("pair"), match.end("pair")))
    if "article" not in groups:
        return True
    article = told.atoms[match.start("article")]
    helpers = told.atoms[match.start("passive") : match.end("passive")]
    return article.means("strikes.helpers", "indefinite") and any(
        atom.means("strikes.helpers", "passive") for atom in helpers
    )


def _count(
    context: Context, told: Shape, match: "re.Match[str]", slot: str, rank: Rank
) -> Count:
    span = told.span(match)
    value, bound = _value(told, match, rank)
    if rank is Rank.PLAIN:
        further = FURTHER_PART.match(told.letters, match.end())
        if further and _is_part(context, told, match, further):
            quantity = told.atoms[further.start(1)].quantity
            value += quantity.value if quantity else 0
            span = told.between(match.start(), further.end())
            rank = Rank.SUM
        elif "e" in match.group() and slot == "killed":
            rank = Rank.MORE
    return Count(
        slot=slot,
        value=value,
        bound=bound,
        span=span,
        rank=rank,
        certainty=_certainty(context, span),
    )


def _certainty(context: Context, span: Span) -> Certainty:
    """What was counted since another month is no toll of today."""
    certainty = certainty_at(context, span)
    is_past = certainty.counts and is_since(context, span)
    return Certainty.BACKGROUND if is_past else certainty


def _is_part(
    context: Context,
    told: Shape,
    match: "re.Match[str]",
    further: "re.Match[str]",
) -> bool:
    """Whether numbers add up, as in "killing two in Kyiv and four in the region"."""
    if match.start(1) == match.start() or told.letters[match.start()] not in "kjm":
        return False
    start = told.atoms[match.end(1) - 1].end
    end = told.atoms[further.start(1)].start
    return bool(context.places_in((start, end)))


def _value(told: Shape, match: "re.Match[str]", rank: Rank) -> tuple[int, Bound]:
    if rank is Rank.SINGLE:
        return (_PAIR if _has_pair(told, match.span()) else 1), Bound.EXACT
    if rank is Rank.SUM:
        return _sum(told, match), Bound.EXACT
    quantity = told.atoms[match.start(1)].quantity
    if quantity is None:
        return 1, Bound.EXACT
    if quantity.upper is not None and quantity.changed and rank is Rank.TOTAL:
        return quantity.upper, Bound.EXACT
    return quantity.value, quantity.bound


def _has_pair(told: Shape, letters: tuple[int, int]) -> bool:
    return any(
        atom.means("strikes.victims", "pair")
        or atom.means("strikes.victims", "pair of children")
        for atom in told.atoms[slice(*letters)]
    )


def _sum(told: Shape, match: "re.Match[str]") -> int:
    """Each number, and one for each person without any: "a man and two women"."""
    total = 1 if match.groupdict().get("one") else 0
    counted = False
    for position in range(match.start(), match.end()):
        letter = told.letters[position]
        quantity = told.atoms[position].quantity
        if quantity is not None and letter == "N":
            total, counted = total + quantity.value, True
        elif letter in "pcPC":
            total, counted = (total, False) if counted else (total + 1, False)
    return total


def _children(context: Context, told: Shape) -> Iterator[Count]:
    """Children among the dead: told directly, or as a part of a number before."""
    if not re.search("[cCu]", told.letters):
        return
    taken: list[Span] = []
    for pattern in child_frames():
        for match in told.search(pattern):
            span = told.span(match)
            if any(_overlap(span, other) for other in taken) or _is_unnumbered(match):
                continue
            if _are_minors(told, match):
                taken.append(span)
                yield _child_count(context, told, match, match.span())
    yield from _child_parts(context, told)


def _child_parts(context: Context, told: Shape) -> Iterator[Count]:
    """Children told as a part of the dead, right after these."""
    for end in _ends_of_deaths(told):
        subset = SUBSET.match(told.letters, end)
        if subset is None:
            continue
        number = next((n for n in range(1, 7) if subset.group(n) == "N"), None)
        if number is None and subset.group().endswith("C"):
            continue  # "children among them" gives no number
        first = subset.start(number) if number else subset.start()
        yield _child_count(context, told, subset, (first, subset.end()))


def _is_unnumbered(match: "re.Match[str]") -> bool:
    """Whether several children are told without saying how many."""
    return "C" in match.group() and "N" not in match.group()


def _are_minors(told: Shape, match: "re.Match[str]") -> bool:
    """Whether "under" names an age of childhood, where a frame asks for one."""
    under = match.group().find("u")
    return under < 0 or is_below_majority(told.atoms[match.start() + under + 1])


def _ends_of_deaths(told: Shape) -> list[int]:
    """Where the dead have been told, so that "among them two children" may follow."""
    ends = {
        match.end()
        for _, patterns in frames(KINDS[0])
        for pattern in patterns
        for match in told.search(pattern)
    }
    for harm in re.finditer("[kdT]", told.letters):
        follows = NUMBER_AFTER.match(told.letters, harm.end())
        ends.add(follows.end() if follows else harm.end())
    return sorted(ends)


def _child_count(
    context: Context, told: Shape, match: "re.Match[str]", letters: tuple[int, int]
) -> Count:
    span = told.between(*letters)
    numbers = [
        told.atoms[match.start(group)].quantity
        for group in range(1, match.re.groups + 1)
        if match.group(group) == "N"
    ]
    if numbers and numbers[0] is not None:
        value, bound = numbers[0].value, numbers[0].bound
    else:
        value, bound = _one_by_one(told, match, letters), Bound.EXACT
    return Count(
        slot="children_killed",
        value=value,
        bound=bound,
        span=span,
        rank=Rank.PLAIN,
        certainty=certainty_at(context, span),
    )


def _one_by_one(told: Shape, match: "re.Match[str]", letters: tuple[int, int]) -> int:
    """Children without a number: one, two of a pair, or as many as a list names."""
    value = _PAIR if _has_pair(told, letters) else 1
    following = ANOTHER_CHILD.match(told.letters, match.end())
    while following is not None:
        value += 1
        following = ANOTHER_CHILD.match(told.letters, following.end())
    return value


def _without_corrected(told: Shape) -> tuple[Shape, dict[int, int]]:
    """Leave out "not seven" beside a number; tell what it takes back, by place."""
    corrected: dict[int, int] = {}
    letters, atoms = told.letters, told.atoms
    match = CORRECTED.search(letters)
    while match is not None:
        wrong = next(
            atom.quantity for atom in atoms[slice(*match.span())] if atom.quantity
        )
        corrected[atoms[match.start()].start] = wrong.value
        letters = letters[: match.start()] + letters[match.end() :]
        atoms = atoms[: match.start()] + atoms[match.end() :]
        match = CORRECTED.search(letters)
    return Shape(letters, atoms), corrected


def _corrected(count: Count, corrected: dict[int, int], told: Shape) -> Count:
    start, end = count.span
    for place, wrong in corrected.items():
        if start <= place <= end:
            return replace(count, corrects=wrong, rank=Rank.CORRECTED)
    if count.rank >= Rank.PLAIN and any(
        atom.means("strikes.correction", "corrects") for atom in told.atoms
    ):
        return replace(count, corrects=True, rank=Rank.CORRECTED)
    return count
