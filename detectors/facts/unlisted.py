"""Places that no table knows, by how a sentence says where they lie.

"The village of Taren" names a place whoever lives there, and so does "in Taren, north
of Sumy" and "near Taren in Ukraine". The name stands as it is written, so that only
languages in Latin letters are read: the nominative of a Ukrainian or Russian name is
not to be had from its other cases.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from detectors.facts.backdating import month_numbers
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention

_SECTION = "strikes.whereabouts"
_BEFORE = frozenset((_SECTION, key) for key in ("at", "settlement", "of", "side"))
_LONGEST_NAME = 3  # words
_TAIL = 8  # atoms from a name to the country or region that it lies in
_REGION = 3  # atoms from a name to "region" before or behind it
_SITE = frozenset({"oil and gas", "industry", "port", "military"})
"""What may stand right behind its own name: "the Taren gas field"."""
_NAME = re.compile(r"[A-ZÀ-Þ][\w'-]*[a-zß-ÿ]")
_WALLS = (
    "certainty.says",
    "certainty.now",
    "certainty.times",
    "strikes.harmed",
    "strikes.damage",
)
_ENDS = frozenset(",.;:)")


def find_unlisted(
    context: Context, signs: Sequence[str]
) -> Iterator[tuple[PlaceMention, PlaceMention | None]]:
    """Every place that no table knows, in the order of the text.

    Each with the place that is named to tell where it lies, if one is.

    Args:
        context: Of the article.
        signs: The categories of terms that a sentence must have one of.
    """
    for sentence in context.sentences:
        if not context.has(sentence.span, _SECTION):
            continue
        if context.has(sentence.span, *signs):
            yield from _in_sentence(context, context.atoms(sentence.span))


def _in_sentence(
    context: Context, atoms: Sequence[Atom]
) -> Iterator[tuple[PlaceMention, PlaceMention | None]]:
    for position, atom in enumerate(atoms):
        if not atom.is_any(_BEFORE):
            continue
        first = position + 1
        if first < len(atoms) and atoms[first].means("strikes.helpers", "article"):
            first += 1  # "at the Taren gas field"
        last = first + sum(1 for _ in _name_at(context, atoms, first))
        within = _within(context, atoms, last) if last > first else None
        if within is not None:
            if _may_lie(atoms, position):
                yield _mention(context, atoms[first:last], within), within
        elif last > first == position + 1 and atom.means(_SECTION, "settlement"):
            home = _people_of(context, atoms, position)
            yield _mention(context, atoms[first:last], home), home


def _people_of(
    context: Context, atoms: Sequence[Atom], position: int
) -> PlaceMention | None:
    """Whose settlement it is: "the Afghan border town of Taren"."""
    start = atoms[max(position - _REGION, 0)].start
    before = context.places_in((start, atoms[position].start))
    return before[-1] if before and before[-1].kind is PlaceKind.NATIONALITY else None


def _mention(
    context: Context, named: Sequence[Atom], within: PlaceMention | None
) -> PlaceMention:
    """A town by the words of its name, in the country that it is said to lie in."""
    start, end = named[0].start, named[-1].end
    return PlaceMention(
        name=context.text[start:end],
        kind=PlaceKind.CITY,
        country=within.country if within else "",
        start=start,
        end=end,
        region=within.name if within and within.kind is PlaceKind.REGION else "",
    )


def _may_lie(atoms: Sequence[Atom], position: int) -> bool:
    """Whether what stands before a name puts something there.

    Of a town are what was hit and its like; "of" alone may stand before anybody.
    """
    if not atoms[position].means(_SECTION, "of"):
        return True
    return position > 0 and atoms[position - 1].means("strikes.targets")


def _name_at(context: Context, atoms: Sequence[Atom], first: int) -> Iterable[Atom]:
    """The words with a capital from here on that may be a name no table knows."""
    months = month_numbers(context.lexicon)

    def is_of_name(atom: Atom) -> bool:
        return (
            not atom.tags
            and atom.quantity is None
            and atom.word not in months
            and _NAME.match(context.text, atom.start) is not None
            and not _is_listed(context, atom)
        )

    named = list(takewhile(is_of_name, atoms[first : first + _LONGEST_NAME + 1]))
    return named if len(named) <= _LONGEST_NAME else ()


def _is_listed(context: Context, atom: Atom) -> bool:
    """Whether a word is a known place's name, or a part of it."""
    known = context.place_before(atom.end)
    return known is not None and known.end > atom.start


def _within(
    context: Context, atoms: Sequence[Atom], behind: int
) -> PlaceMention | None:
    """What a place lies in or beside, as the words behind its name say."""
    tail = [*atoms[behind : behind + _TAIL]]
    while tail and _is_site(tail[0]):
        tail = tail[1:]
    is_apart = bool(tail) and tail[0].word == ","
    tail = tail[is_apart:]
    if not tail:
        return None
    inside = tail[0].means(_SECTION, "in")
    beside = tail[0].means(_SECTION, "side")
    for place, atom in enumerate(tail):
        for mention in context.places_in((atom.start, atom.end)):
            if place == 0:
                return mention if is_apart and _is_home(tail, mention) else None
            if mention.kind is PlaceKind.CITY and not beside:
                return mention if _names_region(tail, place) else None
            return mention
        if not (inside or beside) or _ends(atom):
            return None
    return None


def _is_site(atom: Atom) -> bool:
    return any(key in _SITE for name, key in atom.tags if name == "strikes.targets")


def _is_home(tail: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a country stands by itself behind a comma: "Taren, Ukraine,"."""
    after = [atom for atom in tail if atom.start >= mention.end][:1]
    return mention.kind is PlaceKind.COUNTRY and (not after or after[0].word in _ENDS)


def _names_region(tail: Sequence[Atom], place: int) -> bool:
    """Whether a town's name is a region's: "in the Taren region"."""
    near = (*tail[max(place - _REGION, 0) : place], *tail[place + 1 : place + _REGION])
    return any(atom.means(_SECTION, "region") for atom in near)


def _ends(atom: Atom) -> bool:
    """Whether a word ends what may tell where a place lies."""
    return atom.word in _ENDS or not atom.categories.isdisjoint(_WALLS)
