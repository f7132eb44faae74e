"""Places that no table knows, by how a sentence says where they lie.

"The village of Taren" names a place whoever lives there, and so do "in Taren, north
of Sumy", "on Taren, a town near Sumy" and "near Taren in Ukraine". The name stands as
it is written, so that only languages in Latin letters are read: the nominative of a
Ukrainian or Russian name is not to be had from its other cases.
"""

import re
from collections.abc import Iterator, Sequence

from detectors.facts.actors import COUNTRY
from detectors.facts.backdating import month_numbers
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Span

_Found = tuple[PlaceMention, PlaceMention | None]
_SECTION = "strikes.whereabouts"
_BEFORE = frozenset((_SECTION, key) for key in ("at", "settlement", "of", "side"))
_STRUCK = ("strikes.damage", "hit")
_TAIL = 8  # atoms from a name to the country or region that it lies in
_APART = 5  # atoms from a comma to "town": ", a rebel-held market town near"
_REGION = 3  # atoms from a name to "region" before or behind it
_SITE = frozenset({"oil and gas", "industry", "port", "military"})
"""What may stand right behind its own name: "the Taren gas field"."""
_CAPITAL = r"[A-ZÀ-Þ][\w']*(?:-\w+)*"
_PARTICLE = r"(?:al|el|ad|an|ar|as|at|az|ash|de|del|de la|de las|de los|da|do|upon)"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:{_PARTICLE}[ -])?{_CAPITAL}){{0,2}}")
_SMALL = re.compile(r"[a-zß-ÿ]")
_WALLS = (
    "certainty.says",
    "certainty.now",
    "certainty.times",
    "strikes.harmed",
    "strikes.damage",
)
_ENDS = frozenset(",.;:)")


def find_unlisted(context: Context, signs: Sequence[str]) -> Iterator[_Found]:
    """Every place that no table knows, in the order of the text.

    Each with the place that is named to tell where it lies, if one is. Once told, a
    name is the place's wherever it stands.

    Args:
        context: Of the article.
        signs: The categories of terms that a sentence must have one of.
    """
    told = [
        found
        for sentence in context.sentences
        if context.has(sentence.span, _SECTION) and context.has(sentence.span, *signs)
        for found in _in_sentence(context, context.atoms(sentence.span))
    ]
    yield from sorted((*told, *_again(context, told)), key=_start)


def _start(found: _Found) -> int:
    return found[0].start


def _again(context: Context, told: Sequence[_Found]) -> Iterator[_Found]:
    """The same names where nothing says where they lie: "the raid on Taren killed"."""
    known = {mention.span for mention, _ in told}
    for name, (mention, within) in {each[0].name: each for each in told}.items():
        for sentence in context.sentences:
            for match in re.finditer(
                rf"\b{re.escape(name)}\b", context.text[slice(*sentence.span)]
            ):
                start = sentence.start + match.start()
                span = start, start + len(name)
                if span not in known:
                    yield mention.moved(start - mention.start), within


def _in_sentence(context: Context, atoms: Sequence[Atom]) -> Iterator[_Found]:
    for position, atom in enumerate(atoms):
        if not (atom.is_any(_BEFORE) or atom.means(*_STRUCK)):
            continue
        first = position + 1
        if first < len(atoms) and atoms[first].means("strikes.helpers", "article"):
            first += 1  # "at the Taren gas field"
        last = _end_of_name(context, atoms, first)
        if last == first:
            continue
        within = _within(context, atoms, last)
        if within is not None:
            if _may_lie(atoms, position) and not _is_known(
                context, atoms[first:last], within
            ):
                yield _mention(context, atoms[first:last], within), within
        elif first == position + 1 and _is_settlement(atoms, position, last):
            home = _people_of(context, atoms, position)
            yield _mention(context, atoms[first:last], home), home


def _is_settlement(atoms: Sequence[Atom], before: int, behind: int) -> bool:
    """Whether a name is called one: "the village of Taren", "Taren village"."""
    if atoms[before].means(_SECTION, "settlement"):
        return True
    return any(atom.means(_SECTION, "settled") for atom in atoms[behind : behind + 1])


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


def _end_of_name(context: Context, atoms: Sequence[Atom], first: int) -> int:
    """Behind the last word of a name that begins here; ``first`` where none does."""
    if first >= len(atoms):
        return first
    name = _NAME.match(context.text, atoms[first].start)
    if name is None or not _SMALL.search(name[0]) or _is_listed(context, name.span()):
        return first
    if any(each.kind in COUNTRY for each in context.places_in(_word(atoms[first]))):
        return first  # "in Indian Kashmir"
    months = month_numbers(context.lexicon)
    last = first
    while last < len(atoms) and atoms[last].end <= name.end():
        atom = atoms[last]
        is_word = context.text[atom.start].isupper()
        if is_word and (atom.tags or atom.quantity or atom.word in months):
            break
        last += 1
    if last > first and _is_listed(context, (atoms[first].start, atoms[last - 1].end)):
        return first
    return last


def _word(atom: Atom) -> Span:
    return atom.start, atom.end


def _is_listed(context: Context, name: Span) -> bool:
    """Whether a table knows a place by the whole of a name."""
    known = context.place_before(name[1])
    return known is not None and known.start <= name[0] and known.end >= name[1]


def _is_known(context: Context, named: Sequence[Atom], within: PlaceMention) -> bool:
    """Whether a part of a name is a place there: "the Sumy Fair in Ukraine"."""
    span = named[0].start, named[-1].end
    return any(
        place.country == within.country
        for place in context.places_in(span)
        if place.span != within.span
    )


def _within(
    context: Context, atoms: Sequence[Atom], behind: int
) -> PlaceMention | None:
    """What a place lies in or beside, as the words behind its name say."""
    tail = [*atoms[behind : behind + _TAIL]]
    while tail and (_is_site(tail[0]) or tail[0].means(_SECTION, "settled")):
        tail = tail[1:]
    is_apart = bool(tail) and tail[0].word == ","
    tail = _described(tail[is_apart:]) if is_apart else tail
    if not tail:
        return None
    inside = tail[0].means(_SECTION, "in") or tail[0].means(_SECTION, "of")
    beside = tail[0].means(_SECTION, "side") or tail[0].means(_SECTION, "at")
    for place, atom in enumerate(tail):
        for mention in context.places_in((atom.start, atom.end)):
            if place == 0:
                return mention if is_apart and _is_home(tail, mention) else None
            if mention.kind is PlaceKind.CITY and not (is_apart and beside):
                is_home = beside and not inside
                return mention if is_home or _names_region(tail, place) else None
            return _region_of(context, tail, place) or mention
        if not (inside or beside) or _ends(atom):
            return None
    return None


def _region_of(
    context: Context, tail: Sequence[Atom], place: int
) -> PlaceMention | None:
    """The region that a country has behind it: "in Chad's Batha region"."""
    if not any(atom.word == "'s" for atom in tail[place + 1 : place + 2]):
        return None
    for after in range(place + 2, min(place + 2 + _REGION, len(tail))):
        for mention in context.places_in(_word(tail[after])):
            is_region = mention.kind is PlaceKind.REGION
            return mention if is_region or _names_region(tail, after) else None
    return None


def _described(tail: Sequence[Atom]) -> list[Atom]:
    """What follows a description of a place: ", a village | near"."""
    for place, atom in enumerate(tail[:_APART]):
        if atom.means(_SECTION, "settled"):
            return [*tail[place + 1 :]]
        if place and atom.means(_SECTION, "side"):
            measured = any(each.quantity is not None for each in tail[:place])
            return [*tail[place:]] if measured else [*tail]
        if atom.word in _ENDS:
            break
    return [*tail]


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
