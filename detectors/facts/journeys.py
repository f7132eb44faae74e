"""Places on the way of people, trains and weapons, where nothing was hit.

A town that patients were flown to, a drone came from or a train goes to stands beside
an attack in the text, but not in the world.
"""

import re
from collections.abc import Sequence

from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Span

_BLOWS = frozenset(
    {
        "strikes.damage",
        "strikes.weapons",
        "strikes.weapons_alone",
        "strikes.fired",
    }
)
_CUT = frozenset(
    ("strikes.power", key)
    for key in ("off", "on", "back", "supply")  # customers alone are just people
)
_SIGNS = _BLOWS | {
    "strikes.harmed",
    "strikes.harmed_one",
    "strikes.aftermath",
}
_SIGN_KEYS = _CUT | {("strikes.tally", "deaths"), ("strikes.tally", "injuries")}
_BESIDE = 3  # atoms from "from the direction of" to the last town of its list
_NEXT = 2
_CARRIED = 6  # atoms from "evacuated" to where
_WARD = 3  # atoms from "hospital" to its town: "the burns clinic in the port of Odesa"
_NURSED = 6  # atoms from "died" to the hospital
_TOLD_OF = 5  # atoms from a town to "where", as in "in the north-east, where"
JOINED = 16  # characters between the names of a list, "and occupied" included
_JOINED_ANEW = 40  # as many after "as well as": "as well as temporarily occupied"
_PAUSES = frozenset(",.;:-()")
_LOCATIVE = re.compile(r"(?:[іїеєи]|ах|ях|ому|ем|им|ой|[сцз]ьку|[иы]му)$")
"""How a Ukrainian or Russian name ends where something is, not where it goes."""
_ACCUSATIVE = re.compile(r"[ую]$")
_AND = (",", "and ", "y ", "и ", "та ", "і ", "й ")
_ANEW = ("as well as ", "así como ", "а также ", "а також ")


def is_sign(atom: Atom) -> bool:
    """Whether a word tells of an attack or of what it did."""
    return atom.means_any(_SIGNS) or atom.is_any(_SIGN_KEYS)


def has_sign(context: Context, sentence: Span) -> bool:
    """Whether any word of a sentence is a sign of an attack."""
    sense = context.sense(sentence)
    return not (
        _SIGNS.isdisjoint(sense.categories) and _SIGN_KEYS.isdisjoint(sense.tags)
    )


def is_on_the_way(
    context: Context, atoms: Sequence[Atom], mention: PlaceMention
) -> bool:
    """Whether weapons or people come from a place or go to it, or it is accused.

    Args:
        context: Of the article.
        atoms: Of the sentence that names the place.
        mention: The place.
    """
    return (
        _is_origin(context, atoms, mention)
        or _is_on_route(context, mention)
        or _is_carried(context, atoms, mention)
        or _is_nursed(context, atoms, mention)
    )


def is_bound(atoms: Sequence[Atom], start: int) -> bool:
    """Whether a word for a way stands right before ``start``: "flights to Penza".

    "Damage to Kharkiv" and "sent 40 drones to Kyiv" tell where something was hit.
    """
    before = [
        atom
        for atom in atoms
        if atom.end <= start and not atom.means("strikes.origin", "occupied")
    ][-_NEXT:]
    if not before or not before[-1].means("strikes.origin"):
        return False
    beside = before[:-1]
    if any(atom.means("strikes.origin", "near") for atom in beside):
        return False
    if before[-1].means("strikes.origin", "out"):
        return True
    return before[-1].means("strikes.origin", "way") and not any(map(_is_blow, beside))


def _is_blow(atom: Atom) -> bool:
    return atom.means_any(_BLOWS) or atom.is_any(_CUT)


def _is_carried(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether somebody was taken into a place: "раненых перевезли в Тверь"."""
    before = [atom for atom in atoms if atom.end <= mention.start]
    if not before or not before[-1].means("strikes.origin", "into"):
        return False
    name = context.text[mention.start : mention.end].casefold()
    if _LOCATIVE.search(name):
        return False
    goes = _ACCUSATIVE.search(name) is not None
    for atom in before[-2 : -2 - _CARRIED : -1]:
        if atom.means("strikes.origin", "carried"):
            return True
        if atom.word in _PAUSES:
            break
        if _is_blow(atom):
            return False
    return goes


def _is_origin(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether weapons or people come from a place, or it is accused."""
    if _follows_origin(atoms, mention):
        return True
    if is_bound(atoms, mention.start) and not _is_told_of(atoms, mention):
        return True
    earlier = context.place_before(mention.start)
    if earlier is None or earlier.start < atoms[0].start:
        return False
    if any(is_sign(a) for a in atoms if earlier.end <= a.start < mention.start):
        return False
    between = context.text[earlier.end : mention.start]
    return _is_joined(between) and _is_origin(context, atoms, earlier)


def _is_joined(between: str) -> bool:
    """Whether what stands between two names makes them a list."""
    after = between.lstrip(", ")
    if after.startswith(_ANEW):
        return len(between) <= _JOINED_ANEW and "," not in after
    return len(between) <= JOINED and between.lstrip().startswith(_AND)


def _is_on_route(context: Context, mention: PlaceMention) -> bool:
    """Whether a place is the end of a line: "поезда Киев - Сумы идут в обход"."""
    beside = [
        other
        for other in context.places_in((mention.start - JOINED * 2, mention.end + 4))
        if other.kind is PlaceKind.CITY and other.span != mention.span
    ]
    return any(
        context.text[first[1] : last[0]] == " - " and not _opens(context, first)
        for other in beside
        for first, last in [sorted((mention.span, other.span))]
    )


def _opens(context: Context, name: Span) -> bool:
    """Whether a name is the dateline of a paragraph: "KYIV - Uman mourns"."""
    return context.text[slice(*name)].isupper() and any(
        start == name[0] for start, _ in context.reading.paragraphs
    )


def _is_nursed(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether patients are there: "still in hospital in Dnipro", "died in a clinic in".

    Who died may stand behind it: "В больнице Курска умер".
    """
    before = [atom for atom in atoms if atom.end <= mention.start]
    if any(_is_patient(context, atom) for atom in before[-_WARD:]):
        return True
    behind = [atom for atom in atoms if atom.start >= mention.end][:_NURSED]
    if any(map(_is_ward, behind[:1])) and _is_told_ill(before[-_NURSED:]):
        return True  # "died in a Faya hospital"
    for ward in range(len(before) - 1, max(len(before) - 1 - _WARD, -1), -1):
        if _is_ward(before[ward]):
            told = before[max(ward - _NURSED, 0) : ward] or behind
            return _is_told_ill(told)
    return False


def _is_told_ill(told: Sequence[Atom]) -> bool:
    """Whether words tell of patients, and of no blow."""
    return any(atom.means("strikes.origin", "nursed") for atom in told) and (
        not any(map(_is_blow, told))
    )


def _is_patient(context: Context, atom: Atom) -> bool:
    """Whether a word tells of a patient: "in hospital", "доставлены в больницу"."""
    if atom.means("strikes.origin", "patients"):
        return True
    told = atom.means("strikes.harmed", "injured") or atom.means("strikes.still")
    return told and context.lexicon.has(
        "strikes.targets", context.text[atom.start : atom.end]
    )


def _is_ward(atom: Atom) -> bool:
    return atom.means("strikes.targets", "hospital") or atom.means(
        "strikes.origin", "ward"
    )


def _is_told_of(atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether "where" goes on with what happened there: "news from Uman, where"."""
    after = [atom for atom in atoms if atom.start >= mention.end]
    for position, atom in enumerate(after[:_TOLD_OF]):
        if atom.means("strikes.origin", "where"):
            return any(map(is_sign, after[position:]))
        if is_sign(atom):
            return False
    return False


def _follows_origin(atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    if _is_told_of(atoms, mention):
        return False
    before = [atom for atom in atoms if atom.end <= mention.start][-_BESIDE:]
    if any(atom.means("strikes.blame") for atom in before[-_NEXT:]):
        return True
    for position, atom in enumerate(before):
        if atom.means("strikes.origin", "from"):
            between = before[position + 1 :]
            return not any(is_sign(other) for other in between)
    return False
