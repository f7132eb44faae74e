"""Words that are spelled like a town and name somebody or something else.

A person, a street, a community, a newspaper, a make of car.
"""

import re
from collections.abc import Sequence

from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention

_BESIDE = 3  # atoms from a name to the "street" after it
_NEXT = 2
_KNOWN = 60  # thousand inhabitants above which a bare name is the town's
_NAME_GOES_ON = re.compile(
    r" [A-ZА-ЯІЇЄҐ](?![A-ZА-ЯІЇЄҐ]+\b)[\w'-]+|, \d\d\b(?! ?(?:km|kil|mi|км|кіл|кил))"
)
_NAME_BEFORE = re.compile(r"(?<=[\w,] )[A-ZА-ЯІЇЄҐ][\w'-]+ $")
_QUOTED_NAME = re.compile(r"(?: [\w-]+){1,2}\"")  # "Volga Courier"
_ADJECTIVE = re.compile(r"\w+(?:ого|ому|[іо]м|[иы]й|[иы]м) район")
_OF_WHAT = re.compile(r"\w+(?:ого|ому) [а-яіїєґё]{4}")
"""Before a noun, an adjective that a town bears for its name: "Південного штабу"."""
_INSIDE = re.compile(r"\b(?:[увзс]|до|із|зі|під|под|біля|из|над|на|по|від|от)\s$")
_REACH_BACK = 6  # characters: the longest of those and the spaces around it
_IN_CAPITALS = re.compile(r"[A-ZА-ЯІЇЄҐ]{2,}[a-zа-яіїєґ]+$")
"""A declined abbreviation: "КАБом"."""


def is_half_a_word(context: Context, mention: PlaceMention) -> bool:
    """Whether a hyphen makes it another word's: "Piraeus-based", "Gaza-bound"."""
    after = context.text[mention.end : mention.end + 2]
    return after[:1] == "-" and after[1:].islower()


def is_namesake(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a small town's name is a person's, a street's or a community's."""
    if _is_part_of(context, [atom for atom in atoms if atom.start >= mention.end]):
        return True
    if _is_street(context, atoms, mention) or _is_quarter_or_title(
        context.text, mention
    ):
        return True
    if mention.kind is PlaceKind.CITY and _is_somebody(context, atoms, mention):
        return True
    if mention.kind is not PlaceKind.CITY or mention.inhabitants > _KNOWN:
        return False
    if context.places_in((mention.end, mention.end + _NEXT + 1)):
        return False
    return bool(
        _NAME_GOES_ON.match(context.text, mention.end)
        or _NAME_BEFORE.search(context.text, atoms[0].start, mention.start)
    )


def _is_somebody(
    context: Context, atoms: Sequence[Atom], mention: PlaceMention
) -> bool:
    """Whether who speaks, or a make, has a town's name: "said Ana Lima".

    A make stands last behind its article; a town's name goes on: "a Kharkiv suburb".
    """
    before = [atom for atom in atoms if atom.end <= mention.start][-_NEXT:]
    if len(before) < _NEXT:
        return False
    after = context.text[mention.end : mention.end + 1]
    if before[0].means("strikes.helpers", "indefinite") and after in ".,;":
        return True
    return (
        before[0].means("certainty.says", "verb")
        and not before[1].tags
        and context.text[before[1].start].isupper()
    )


def _is_street(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a street bears the name, or somebody's: "вулицею Академіка Павлова"."""
    before = [atom for atom in atoms if atom.end <= mention.start][-_NEXT:]
    if any(atom.means("strikes.origin", "street") for atom in before[-1:]):
        return True
    return (
        len(before) == _NEXT
        and before[0].means("strikes.origin", "street")
        and context.text[before[1].start].isupper()
    )


def _is_quarter_or_title(text: str, mention: PlaceMention) -> bool:
    """Whether a town's district is called so, or a newspaper in quotation marks.

    Or it is no name at all: "КАБом".
    """
    if _IN_CAPITALS.match(text[slice(*mention.span)]):
        return True
    if text[: mention.start].endswith('"') and _QUOTED_NAME.match(text, mention.end):
        return True
    if mention.kind is not PlaceKind.CITY:
        return False
    if _ADJECTIVE.match(text, mention.start):
        return True
    return bool(_OF_WHAT.match(text, mention.start)) and not _INSIDE.search(
        text, max(mention.start - _REACH_BACK, 0), mention.start
    )


def _is_part_of(context: Context, after: Sequence[Atom]) -> bool:
    """Whether a street or community follows, after other names of a list at most."""
    for atom in after[:_BESIDE]:
        if atom.means("strikes.origin", "part of"):
            return True
        is_name = context.text[atom.start].isupper()
        if not is_name and not atom.means("strikes.helpers", "and"):
            return False
    return False
