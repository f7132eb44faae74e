"""The shape of a sentence on gunfire: who was hit, and who only fired or was by.

"A boy shot his uncle in the foot" tells of the uncle, "a man was accidentally shot by
his brother" of the man, and "the bullet struck her" of her. The shape is recast so that
being shot is a harm of its own, told of those who came to it and of nobody else.
"""

import re
from collections.abc import Sequence

from detectors.facts.context import Atom
from detectors.facts.shapes import NUMBER, OTHER_NUMBER, WORD, Shape

HIT, FATALLY_HIT = "G", "F"
TOLD = ("strikes.shot", "strikes.nth", "strikes.shot_at_once")
STRUCK = "strikes.struck"

_PERSON = "p"
_PEOPLE = "pPcC"
_CLAUSE = ".;:,"
_PRONOUN = ("strikes.victims", "pronoun")
_BY = (STRUCK, "by")
_OBJECT = re.compile("A?[on-]{0,5}?[pPcCN]")
"""Who stands behind "shot" was hit: "four men shot a guard" tells of the guard."""
_NOUN = re.compile("(?<=[AN])G(?=f)")
"""As in "a shot was fired"."""
_HIT_PEOPLE = re.compile("[pPcCN]f{1,3}$")
"""Before "were struck": of things, more than a helper stands there."""
_HELPERS = "fo"
_HELPED = 3  # atoms from "was" to "accidentally shot"
_BODY = 4  # atoms from "struck" to "the right leg"
_AGENT = 6  # atoms from "shot" to "in the leg by his brother"


def of_shots(told: Shape) -> Shape:
    """The shape in which being shot is a harm of its own."""
    letters = list(map(_letter, told.letters, told.atoms))
    letters = list(_NOUN.sub(WORD, "".join(letters)))
    _strike(told.atoms, letters)
    for place, letter in enumerate(letters):
        if letter != HIT or told.atoms[place].means("strikes.shot", "himself"):
            continue
        _point(told.atoms, letters, place)
        _name(told.atoms, letters, place)
        if is_suffered(told.atoms, letters, place):
            _forget(letters, _agents(told.atoms, letters, place))
        elif _OBJECT.match("".join(letters), place + 1):
            _forget(letters, _before(letters, place))
    return Shape("".join(letters), told.atoms)


def is_suffered(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> bool:
    """Whether a word for being shot is a passive: "was accidentally shot"."""
    for before in range(place - 1, max(place - 1 - _HELPED, -1), -1):
        if letters[before] not in _HELPERS:
            return False
        if atoms[before].means("strikes.helpers", "passive"):
            return True
    return False


def _letter(letter: str, atom: Atom) -> str:
    if atom.means("strikes.shot", "hit") or atom.means("strikes.shot", "himself"):
        return HIT
    return FATALLY_HIT if atom.means("strikes.shot", "fatally") else letter


def _strike(atoms: Sequence[Atom], letters: list[str]) -> None:
    """What a bullet strikes is shot, and so is who "was struck in the leg"."""
    bullets = [n for n, atom in enumerate(atoms) if atom.means(STRUCK, "bullet")]
    for place, atom in enumerate(atoms):
        if letters[place] == HIT or not atom.means(STRUCK, "struck"):
            continue
        behind = atoms[place + 1 : place + 1 + _BODY]
        body = any(other.means(STRUCK, "body") for other in behind)
        meets = _is_meant(atoms, letters, place + 1) or _finds(letters, place)
        people = body or (bullets and _HIT_PEOPLE.search("".join(letters[:place])))
        if (people and is_suffered(atoms, letters, place)) or (
            meets and bullets and bullets[0] < place
        ):
            letters[place] = HIT


def _finds(letters: Sequence[str], place: int) -> bool:
    return _OBJECT.match("".join(letters), place + 1) is not None


def _is_meant(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> bool:
    """Whether a pronoun stands for somebody hit: "shot her in the leg"."""
    if place >= len(atoms) or not atoms[place].means(STRUCK, "him"):
        return False
    return _OBJECT.match("".join(letters), place + 1) is None


def _point(atoms: Sequence[Atom], letters: list[str], place: int) -> None:
    """A pronoun behind "shot" is a person."""
    if _is_meant(atoms, letters, place + 1):
        letters[place + 1] = _PERSON


def _name(atoms: Sequence[Atom], letters: list[str], place: int) -> None:
    """A pronoun is a person where it is shot: "he was shot twice"."""
    first = place
    while first and place - first < _HELPED and letters[first - 1] == "f":
        first -= 1
    if first and first < place and atoms[first - 1].means(*_PRONOUN):
        letters[first - 1] = _PERSON
        if first > 1 and letters[first - 2] == WORD:
            letters[first - 2] = "A"  # "when he was shot"


def _before(letters: Sequence[str], place: int) -> range:
    """The clause before a place."""
    first = place
    while first and letters[first - 1] not in _CLAUSE:
        first -= 1
    return range(first, place)


def _agents(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> range:
    """Whom "by" names behind a place, up to the end of their clause."""
    for by in range(place + 1, min(place + 1 + _AGENT, len(atoms))):
        if letters[by] in _CLAUSE:
            break
        if atoms[by].means(*_BY):
            people = (n for n in range(by, len(atoms)) if letters[n] in _PEOPLE)
            return range(by, next(people, by) + 1)
    return range(0)


def _forget(letters: list[str], places: range) -> None:
    """Take people and numbers for mere words: they were not hit."""
    for place in places:
        if letters[place] in _PEOPLE:
            letters[place] = WORD
        elif letters[place] == NUMBER:
            letters[place] = OTHER_NUMBER
