"""How many people were killed, injured or are missing, as an article tells it.

Every language tells tolls in a few orders of the same parts: a number, people, a word
for the harm; a toll that rises to a number; a single victim without one. The parts
come from the lexicons (``strikes.harmed`` and others), the orders stand in
`casualty_frames`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from detectors.facts.casualty_children import (
    PAIR,
    find_children,
    has_pair,
    tells_deaths,
)
from detectors.facts.casualty_counts import Count, count, is_definite, number_in
from detectors.facts.casualty_fits import BODIES, NOUNS, fits, is_over
from detectors.facts.casualty_frames import (
    ALL_FOUND,
    ALL_LISTED,
    DIED_OF_WOUNDS,
    DIED_SINCE,
    FURTHER_PART,
    HARM,
    KINDS,
    NTH,
    Kind,
    Rank,
    frames,
)
from detectors.facts.casualty_shapes import told_in, without_corrected, without_parts
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.facts.shapes import Shape
from detectors.facts.victims import CARRIED
from detectors.model import Bound, Span
from detectors.slots import EITHER_WAY
from detectors.text import Sentence

_SEARCH = "strikes.search"
_TELLING = frozenset(
    {
        "strikes.claimed",
        "strikes.found",
        "strikes.harmed",
        "strikes.harmed_one",
        "strikes.single",
        "strikes.tally",
        _SEARCH,
    }
)
_TELLING_KEYS = frozenset(
    {
        CARRIED,
        ("strikes.ages", "youngest"),
        ("strikes.victims", "bodies"),
        ("strikes.victims", "body"),
    }
)
"""Without any of these a sentence counts nobody, unless it goes on with a toll."""
_CHILDREN = frozenset({"strikes.victims", "strikes.ages"})
_NOTHING = Shape("", ())
_PEOPLE = "pcPC"
_LISTED = "&,"
_ONE_PERSON = re.compile("[pcPC]{2}")  # "an adult male"
_MISSING = re.compile("[mq]")

__all__ = ["Count", "find_casualties", "of_kind"]


def find_casualties(context: Context) -> tuple[Count, ...]:
    """Every number of casualties on the topic, in the order of the text."""
    return context.once("casualties", lambda: _find_casualties(context))


def _find_casualties(context: Context) -> tuple[Count, ...]:
    found: list[Count] = []
    before = _NOTHING
    for sentence in context.sentences:
        if not _may_tell_of_harm(context, sentence, before):
            before = _NOTHING
            continue
        told = told_in(context, sentence)
        found.extend(_in_sentence(context, told, before))
        before = told
    return tuple(sorted(found, key=lambda count: (count.span, count.slot)))


def _may_tell_of_harm(context: Context, sentence: Sentence, before: Shape) -> bool:
    """Whether a sentence has any word that some frame of casualties asks for.

    Children may be told of the dead of the sentence ``before``.
    """
    sense = context.sense(sentence.span)
    return (
        not _TELLING.isdisjoint(sense.categories)
        or not _TELLING_KEYS.isdisjoint(sense.tags)
        or (not _CHILDREN.isdisjoint(sense.categories) and tells_deaths(before))
    )


def _in_sentence(context: Context, told: Shape, before: Shape) -> Iterator[Count]:
    """The numbers of one sentence; ``before`` is the shape of the one before it."""
    totals = [*_all_found(context, told), *_nth(context, told)]
    yield from totals
    whole = without_parts(told)
    for kind in KINDS:
        for found in of_kind(context, whole, kind):
            if not any(_overlap(found.span, total.span) for total in totals):
                yield found
    for pattern in (DIED_SINCE, DIED_OF_WOUNDS):
        for match in told.search(pattern):
            yield _counted(context, told, match, "killed", Rank.MORE)
    yield from find_children(context, told, before)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _nth(context: Context, told: Shape) -> Iterator[Count]:
    """The total that the number of a victim tells: "a third person has died"."""
    for match in told.search(NTH):
        place = next(at for at in map(match.start, (1, 2, 3, 4)) if at >= 0)
        number = number_in(told.atoms[place], "strikes.nth")
        article = told.atoms[place - 1] if place else None
        if number is None or (article and is_definite(article)):
            continue
        if place < match.end() - 1 and told.atoms[match.end() - 1].means(NOUNS):
            continue  # "a second man was arrested in the death of"
        is_noun = match.group("noun") is not None
        if is_noun or not re.search(f"[{HARM}]", told.letters[: match.start()]):
            slot = "children_killed" if "c" in match.group() else "killed"
            rank = Rank.PLAIN if is_noun else Rank.TOTAL
            yield count(context, slot, number, told.span(match), rank)


def _all_found(context: Context, told: Shape) -> Iterator[Count]:
    """Nobody is missing any more: everyone was found, or the search is over."""
    for pattern in ALL_FOUND:
        match = pattern.search(told.letters)
        if match is not None:
            yield count(context, "missing", 0, told.span(match), Rank.TOTAL)
            return
    for match in told.search(ALL_LISTED):
        atoms = told.atoms[slice(*match.span())]
        if any(atom.means(_SEARCH, "list") for atom in atoms):
            yield count(context, "missing", 0, told.span(match), Rank.TOTAL)
            return
    end = _end_of_search(told)
    if end is not None:
        yield count(context, "missing", 0, (end.start, end.end), Rank.TOTAL)


def _end_of_search(told: Shape) -> Atom | None:
    """Where a sentence says that nobody is sought any longer; None if it does not.

    That a search ended says nothing of the missing, unless somebody was brought out.
    """
    search = [atom for atom in told.atoms if _SEARCH in atom.categories]
    rescued = any(atom.means(_SEARCH, "rescued") for atom in search)
    ends = rescued and not _MISSING.search(told.letters)
    for atom in search:
        if atom.means(_SEARCH, "nobody left") or (ends and atom.means(_SEARCH, "over")):
            return atom
    return None


_MOVES = re.compile("[gl]")


@cache
def _may_tell(kind: Kind) -> "re.Pattern[str]":
    """What a sentence has at least, if it tells of one kind of harm."""
    bodies = "BbY" if kind.slot == "killed" else ""
    return re.compile(f"[{kind.many}{kind.one}{kind.alone}{bodies}]|{kind.toll}")


def of_kind(context: Context, told: Shape, kind: Kind) -> Iterator[Count]:
    """The numbers of one kind of harm in the shape of a sentence, frame by frame."""
    if not _may_tell(kind).search(told.letters):
        return
    told, corrected = without_corrected(told)
    taken: list[Span] = []
    letters = frozenset(told.letters)
    for rank, ranked in frames(kind):
        for pattern, needed in ranked:
            if not needed <= letters:
                continue
            for match in told.search(pattern):
                span = told.span(match)
                if any(_overlap(span, other) for other in taken) or not fits(
                    told, match
                ):
                    continue
                taken.append(span)
                if is_over(told, match, kind.slot):
                    continue
                found = _counted(context, told, match, kind.slot, rank)
                yield _corrected(found, corrected, told)


def _counted(
    context: Context, told: Shape, match: "re.Match[str]", slot: str, rank: Rank
) -> Count:
    span = told.span(match)
    value, bound = _value(told, match, rank)
    if rank is Rank.PLAIN:
        further, end = _further_parts(context, told, match)
        if further:
            value, rank = value + further, Rank.SUM
            span = told.between(match.start(), end)
        elif "e" in match.group() and slot == "killed":
            rank = Rank.MORE
    elif rank is Rank.SUM and told.atoms[match.start()].means(*BODIES):
        rank = Rank.MORE  # "the bodies of a man and a girl" are two of the dead
    return count(context, slot, value, span, rank, bound)


def _further_parts(
    context: Context, told: Shape, match: "re.Match[str]"
) -> tuple[int, int]:
    """What parts elsewhere add, and the end of the last of them.

    As in "killing two in Kyiv and four in the region": each number has its place.
    """
    total, end = 0, match.end()
    if told.letters[match.start()] not in "kjmN":
        return total, end
    is_named = match.start(1) == match.start()
    before = match.end() if is_named else match.end(1)
    further = FURTHER_PART.match(told.letters, end)
    while further is not None:
        number = further.start(1)
        if not _is_part(context, told, before, number, is_named=is_named):
            break
        quantity = told.atoms[number].quantity
        total += quantity.value if quantity else 0
        before, end = further.end(1), further.end()
        further = FURTHER_PART.match(told.letters, end)
    return total, end


def _is_part(
    context: Context, told: Shape, before: int, number: int, *, is_named: bool
) -> bool:
    """Whether two numbers are of two places, neither of them a part of the other.

    Where the first stands before its people, the second place has to be named.
    """
    first = context.places_in((told.atoms[before - 1].end, told.atoms[number].start))
    stop = re.compile("[N.;,]").search(told.letters, number + 1)
    last = told.atoms[(stop.start() if stop else len(told.atoms)) - 1]
    second = context.places_in((told.atoms[number].end, last.end))
    if not first or (is_named and not second):
        return False
    return not second or not _holds(first[-1], second[0])


def _holds(first: PlaceMention, second: PlaceMention) -> bool:
    """Whether the second place may lie in the first: "six in Sudan, two in Nyala"."""
    wide = (PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.NATIONALITY)
    return first.kind in wide and second.kind is not first.kind


def _value(told: Shape, match: "re.Match[str]", rank: Rank) -> tuple[int, Bound]:
    if rank is Rank.SINGLE:
        return (PAIR if has_pair(told, match.span()) else 1), Bound.EXACT
    if rank is Rank.SUM:
        return _sum(told, match), Bound.EXACT
    quantity = told.atoms[match.start(1)].quantity
    if quantity is None:
        return 1, Bound.EXACT
    if quantity.upper is not None and quantity.changed and rank is Rank.TOTAL:
        return quantity.upper, Bound.EXACT
    if rank is Rank.TOTAL and _MOVES.search(match.group()):
        return quantity.value, Bound.EXACT  # "до шести выросло" is no bound
    return quantity.value, quantity.bound


def _sum(told: Shape, match: "re.Match[str]") -> int:
    """Each number, and one for each person without any: "a man and two women"."""
    total = 1 if match.groupdict().get("one") else 0
    counted = False
    for position in range(match.start(), match.end()):
        letter = told.letters[position]
        quantity = told.atoms[position].quantity
        if quantity is not None and letter == "N":
            total, counted = total + quantity.value, True
        elif letter in _LISTED:
            counted = False
        elif letter in _PEOPLE and not _ONE_PERSON.match(told.letters, position):
            people = PAIR if has_pair(told, (position, position + 1)) else 1
            total, counted = (total, False) if counted else (total + people, False)
    return total


def _corrected(found: Count, corrected: dict[int, int | bool], told: Shape) -> Count:
    start, end = found.span
    for place, wrong in corrected.items():
        if start <= place <= end:
            return replace(found, corrects=wrong, rank=Rank.CORRECTED)
    if found.rank >= Rank.PLAIN and _says(told, "corrects"):
        return replace(found, corrects=True, rank=Rank.CORRECTED)
    if found.rank >= Rank.TOTAL and found.slot not in EITHER_WAY:
        # Ranked as any total: what "had been lowered to six" may since have risen.
        return replace(found, corrects=_says(told, "lowers") or None)
    return found


def _says(told: Shape, key: str) -> bool:
    """Whether a sentence says that a figure is taken back, or down."""
    return any(atom.means("strikes.correction", key) for atom in told.atoms)
