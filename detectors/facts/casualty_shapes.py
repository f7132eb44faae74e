"""Which numbers and people of a sentence count nobody.

Ages, parts of what is told elsewhere, figures that are out of date and "none of the
20" stand where a toll could; their letters are taken out before the frames look.
"""

import re

from detectors.facts.ages import OLDEST, by_age
from detectors.facts.casualty_frames import (
    ALPHABET,
    ARE_CHILDREN,
    CORRECTED,
    CORRECTED_AFAR,
    DIED_OF_WOUNDS,
    EARLIER,
    NONE_OF,
    NOT_BUT,
    OF_THEM,
    PARTITIVE,
    REPORTED,
    TAKEN_BACK,
)
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind
from detectors.facts.shapes import OTHER_NUMBER, Shape, shape
from detectors.facts.victims import recast
from detectors.text import Sentence

_NATIONALS = re.compile("(?<=N)o|(?<=Ne)o")
_PEOPLE, _PERSON = "Pp"
_AMONG = "s"
_OWNERS = "pPcC"
_INJURED = ("i", "j")  # "in hospital with burns"
_TOLL = re.compile("[TJ#]")
_AGE_OF_ONE = re.compile("[pc]o{1,2}[kjmd]fN(?=[.,;]|$)")
"""As in "the man who died was 52"."""
_NATIONAL = re.compile("(?<=A)o(?=[kjdi.,;&]|f{1,2}[kjdi]|$)")
_OUT_OF = re.compile("(?<=N)o(?=[jkmTJ])")
_AGES = 2  # atoms from "ages of" to the first of two
_BESIDE = 4  # atoms from "fourteen" to "remain in hospital"
_WALL = ".;:,&"
_AGES_BETWEEN = re.compile("[Nn]&N(?=[^N]|$)")
_AGE_OF_NAME = re.compile("(?<=[op]),N(?=,)")


def told_in(context: Context, sentence: Sentence) -> Shape:
    """The shape of a sentence in which ages count nobody."""
    return context.once(("told", sentence.start), lambda: _told_in(context, sentence))


def _told_in(context: Context, sentence: Sentence) -> Shape:
    told = shape(context.atoms(sentence.span), ALPHABET, of_things=False)
    told = recast(context, _without_owners(told), context.sense(sentence.span))
    told = _with_nationals(context, by_age(told))
    for match in _OUT_OF.finditer(told.letters):
        if told.atoms[match.start()].means("strikes.origin", "out"):
            told = _with(told, match.start(), _AMONG)
    for match in _AGE_OF_NAME.finditer(told.letters):
        name, age = told.atoms[match.start() - 1], told.atoms[match.end() - 1]
        if context.text[name.start].isupper() and _is_age(age):
            told = _with(told, match.end() - 1)
    for match in _AGE_OF_ONE.finditer(told.letters):
        told = _with(told, match.end() - 1)
    for match in _AGES_BETWEEN.finditer(told.letters):
        before = told.atoms[max(match.start() - _AGES, 0) : match.start()]
        if any(atom.means("strikes.ages", "ages") for atom in before):
            told = _with(_with(told, match.start()), match.end() - 1)
    return told


def _without_owners(told: Shape) -> Shape:
    """The shape in which whose something is came to no harm: "the child's arm"."""
    for place in range(1, len(told.atoms)):
        if told.atoms[place].word == "'s" and told.letters[place - 1] in _OWNERS:
            told = _with(told, place - 1, "o")
    return told


def _with_nationals(context: Context, told: Shape) -> Shape:
    """The shape in which people named by their country are people."""
    for pattern, letter in ((_NATIONALS, _PEOPLE), (_NATIONAL, _PERSON)):
        for match in pattern.finditer(told.letters):
            atom = told.atoms[match.start()]
            if _is_national(context, atom, is_one=letter == _PERSON):
                told = _with(told, match.start(), letter)
    return told


def _is_national(context: Context, atom: Atom, *, is_one: bool = False) -> bool:
    """Whether a word names people by their country: "40 Iraqis", "an Iraqi"."""
    word = context.text[atom.start : atom.end]
    names = (word, word.removesuffix("s")) if is_one or word.endswith("s") else ()
    return any(
        place.kind is PlaceKind.NATIONALITY and place.end == len(name)
        for name in names
        for place in context.gazetteer.find(name)
    )


def _is_age(number: Atom) -> bool:
    return number.quantity is not None and number.quantity.value < OLDEST


def _with(told: Shape, place: int, letter: str = OTHER_NUMBER) -> Shape:
    """The shape with another letter, by default that of what counts nobody."""
    letters = told.letters[:place] + letter + told.letters[place + 1 :]
    return Shape(letters, told.atoms)


def without_parts(told: Shape) -> Shape:
    """The shape in which parts of what is told elsewhere count nobody.

    Nor do figures that are told as out of date, or those of whom none came to harm.
    """
    for part in PARTITIVE.finditer(told.letters):
        of, harm = told.atoms[part.start("of")], told.atoms[part.end() - 1]
        if not (of.means("strikes.helpers", "them") or _is_dying(harm)):
            told = _with(told, part.start())
    for part in OF_THEM.finditer(told.letters):
        told = _with(told, part.start())
    for part in ARE_CHILDREN.finditer(told.letters):
        told = _with(told, part.start())
    for part in DIED_OF_WOUNDS.finditer(told.letters):
        told = _with(told, part.start(1))
    for pattern in (TAKEN_BACK, NONE_OF):
        for part in pattern.finditer(told.letters):
            told = _with(told, part.end() - 1)
    return _without_changes(_without_patients(told))


def _is_dying(harm: Atom) -> bool:
    """Whether a word tells that somebody dies, not who is dead: "one of six died"."""
    return harm.means("strikes.dies") and not harm.means("strikes.adjectives")


def _without_patients(told: Shape) -> Shape:
    """The shape in which those who are still in hospital count nobody."""
    if "N" not in told.letters:
        return told
    still = [n for n, atom in enumerate(told.atoms) if atom.means("strikes.still")]
    for place in still:
        if told.letters[place + 1 : place + 2] not in _INJURED:
            after = range(place + 1, min(place + _BESIDE, len(told.atoms)))
            for beside in (range(place - 1, max(place - 1 - _BESIDE, -1), -1), after):
                for at in beside:
                    if told.letters[at] in _WALL:
                        break
                    if told.letters[at] == "N":
                        told = _with(told, at)
    return told


def _without_changes(told: Shape) -> Shape:
    """The shape in which what a toll changed *by* is no toll: "lowered it by one"."""
    if not _TOLL.search(told.letters):
        return told
    for place in range(1, len(told.atoms)):
        by = told.atoms[place - 1].means("strikes.tally", "by")
        if by and told.letters[place] == "N":
            told = _with(told, place)
    return told


def without_corrected(told: Shape) -> tuple[Shape, dict[int, int | bool]]:
    """Leave out "not seven" beside a number; tell what it takes back, by place."""
    corrected: dict[int, int | bool] = {}
    if "x" in told.letters:  # something is denied
        told = _take_out(told, NOT_BUT, corrected)
        told = _take_out(told, CORRECTED, corrected)
        told = _take_out(told, CORRECTED_AFAR, corrected)
    if "z" in told.letters:
        for match in EARLIER.finditer(told.letters):
            corrected[told.atoms[match.start() - 1].start] = True
            told = _with(told, match.end() - 1)
    return told, corrected


def _take_out(
    told: Shape, pattern: "re.Pattern[str]", corrected: dict[int, int | bool]
) -> Shape:
    """The shape without what ``pattern`` finds; ``corrected`` gains what is wrong.

    What stands between the two numbers stays, and whoever reported the wrong one goes.
    """
    match = pattern.search(told.letters)
    while match is not None:
        first, last = match.span()
        if "between" in pattern.groupindex:
            first = match.end("between")
        if pattern is CORRECTED:
            last = _end_of_report(told, last)
        wrong = next(atom.quantity for atom in told.atoms[first:last] if atom.quantity)
        told_at = last if pattern is NOT_BUT else _number_before(told, match.start())
        corrected[told.atoms[told_at].start] = wrong.value
        told = Shape(
            told.letters[:first] + told.letters[last:],
            told.atoms[:first] + told.atoms[last:],
        )
        match = pattern.search(told.letters)
    return told


def _number_before(told: Shape, place: int) -> int:
    """Where the number stands that something behind it corrects, or whom it counts."""
    number = told.letters.rfind("N", 0, place)
    return number if number >= 0 else place - 1


def _end_of_report(told: Shape, place: int) -> int:
    """Past "as was reported earlier", if that follows: it tells of the wrong number."""
    report = REPORTED.match(told.letters, place)
    if report is None:
        return place
    opening = told.atoms[report.start("as")]
    return report.end() if opening.means("strikes.correction", "as") else place
