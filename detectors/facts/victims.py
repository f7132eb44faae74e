"""Who is a person though no noun says so, and who of those told was not harmed.

"Marta Quil, 34, died" and "She was pronounced dead" tell of a person each. Four men
who mourn "a slain friend" are not dead, and who "was taken to hospital, where he died"
is not among the wounded. The shape of a sentence is recast accordingly, so that the
frames of casualties need not know.
"""

import re
from collections.abc import Callable, Sequence

from detectors.facts.ages import OLDEST
from detectors.facts.casualty_frames import HARM
from detectors.facts.context import Atom, Context
from detectors.facts.phrases import Sense
from detectors.facts.shapes import OTHER_NUMBER, WORD, Shape
from detectors.model import Span

_Change = Callable[[Context, Sequence[Atom], list[str]], None]

_ARTICLE, _PERSON, _AUXILIARY, _WEAPON = "Apfw"
_FOUND = "v"
_PEOPLE = "pPcC"
_KILLED = "kd"
_INJURED = "j"
_WOUNDED = "ji"
_SEVERAL = ("strikes.helpers", "several")
_PRONOUN = ("strikes.victims", "pronoun")
CARRIED = ("strikes.brought", "carried")
_CLAUSE = ".;:" + HARM
_HARM = frozenset(HARM)
_MAY_NAME = re.compile(f"(?<={WORD})(?=,|[fv]{{1,3}}[ji]|[fvo]{{0,3}}[kd])")
"""What stands behind a name at the least, for what follows to tell of one person."""
_CLOCK = re.compile(r"\d:")
_NEXT = 3  # atoms: "28 and 34 years"
_TOLD = 4  # atoms from "she" to "was later pronounced dead"
_HOSPITAL = 7  # atoms from "taken to" to "Saint Brannoc Memorial Hospital"
_LATER = 8  # atoms from "to hospital" to "where he was pronounced dead"
_LONGEST_NAME = 4  # words
_AGED, _HURT, _DEAD = "aged", "hurt", "dead"
_ENOUGH = {
    _AGED: (1, 1, 2),
    _HURT: (1, 2, 1),
    _DEAD: (2, 2, _LONGEST_NAME + 1),
}
"""Words that make a name, where it opens a sentence, and in copy all of capitals.

Nothing but a person is wounded; a plan, too, may be dead.
"""
_FULL_NAME = 2


def recast(context: Context, told: Shape, sense: Sense) -> Shape:
    """The shape in which whoever is one person is told as such.

    Args:
        context: Its text says what is written with a capital.
        told: The shape of one of its sentences, in the alphabet of casualties.
        sense: All that the sentence speaks of.
    """
    letters = list(told.letters)
    if CARRIED in sense.tags:
        _carried(told.atoms, letters)
    if not _HARM.isdisjoint(letters):
        for change, asked in _CHANGES:
            if not asked or not asked.isdisjoint(sense.categories):
                change(context, told.atoms, letters)
        if _PRONOUN in sense.tags:
            _pronouns(told.atoms, letters)
    return Shape("".join(letters), told.atoms)


def _no_counts(context: Context, atoms: Sequence[Atom], letters: list[str]) -> None:
    """A time by the clock counts nobody, nor the first of two ages.

    As in "1:51 Boy killed" and "were 28 and 34 years old".
    """
    for place, letter in enumerate(letters):
        if letter != "N":
            continue
        if _is_second_age(atoms, place):
            letters[place] = OTHER_NUMBER
        following = atoms[place + 1 : place + 1 + _NEXT]
        before = context.text[max(atoms[place].start - 2, 0) : atoms[place].start]
        if (
            _is_of_things(atoms, place, letters)
            or _CLOCK.fullmatch(before)
            or (
                len(following) == _NEXT
                and following[0].means("strikes.helpers", "and")
                and following[1].quantity is not None
                and following[2].means("strikes.ages", "years")
            )
        ):
            letters[place] = OTHER_NUMBER


def _is_second_age(atoms: Sequence[Atom], place: int) -> bool:
    """As the ten of "ages 7 and 10"."""
    first, second = atoms[max(place - 3, 0) : place], atoms[place]
    return (
        len(first) == _NEXT
        and first[0].means("strikes.ages", "ages")
        and first[1].quantity is not None
        and first[2].means("strikes.helpers", "and")
        and second.quantity is not None
        and second.quantity.value < OLDEST
    )


def _is_of_things(atoms: Sequence[Atom], place: int, letters: Sequence[str]) -> bool:
    """Whether things stand before the harm that a number tells, and nobody after it.

    As in "Квартир пострадало восемь", eight flats.
    """
    return (
        place > 1
        and letters[place - 1] == _INJURED
        and atoms[place - 2].means("strikes.targets")
        and not any(letter in _PEOPLE for letter in letters[place + 1 : place + 2])
    )


def _mourned(_: Context, atoms: Sequence[Atom], letters: list[str]) -> None:
    """Who mourn "a slain friend" are not dead, nor are all who were shot."""
    for place, atom in enumerate(atoms):
        if letters[place] == WORD and atom.means("strikes.shot", "hit"):
            letters[place] = _WEAPON
        before, after = letters[place - 1 : place], letters[place + 1 : place + 2]
        if (
            atom.means("strikes.adjectives")
            and before == [_ARTICLE]
            and any(letter in _PEOPLE for letter in after)
            and "N" in letters[:place]
        ):
            letters[place] = WORD


def _carried(atoms: Sequence[Atom], letters: list[str]) -> None:
    """Who was taken to a hospital is hurt, whatever the hospital is called."""
    for place, atom in enumerate(atoms):
        if letters[place] != WORD or not atom.means(*CARRIED):
            continue
        for after in range(place + 1, min(place + 1 + _HOSPITAL, len(atoms))):
            if letters[after] in _CLAUSE + _PEOPLE:
                break
            if atoms[after].means("strikes.brought", "ward"):
                letters[place] = _INJURED
                break


def _brought_in(_: Context, atoms: Sequence[Atom], letters: list[str]) -> None:
    """Who was taken to hospital and died is not among the wounded."""
    for place, letter in enumerate(letters):
        if letter != _INJURED or not atoms[place].means("strikes.brought"):
            continue
        if letters[place - 1 : place] and letters[place - 1] in _KILLED:
            letters[place] = WORD  # "died in hospital"
            continue
        for after in range(place + 1, min(place + 1 + _LATER, len(letters))):
            if letters[after] in _KILLED and atoms[after].means("strikes.dies"):
                letters[place] = WORD
            if letters[after] in _CLAUSE + "N":
                break  # "26 were hospitalised and three have died"


def _named(context: Context, atoms: Sequence[Atom], letters: list[str]) -> None:
    """A name is a person before an age between commas, or before "was wounded"."""
    places = [found.start() for found in _MAY_NAME.finditer("".join(letters))]
    for place in places:
        if letters[place - 1] != WORD:
            continue
        tells = _tells_of_one(atoms, letters, place)
        name = _name_before(context, atoms, letters, place) if tells else range(0)
        if not name or not _is_name(context, atoms, letters, name, _ENOUGH[tells]):
            continue
        aged = tells == _AGED
        if aged:
            letters[place + 1] = OTHER_NUMBER
        titled = _is_titled(letters, name)
        if aged and (titled or "&" in letters[place + 2 : place + 2 + _NEXT]):
            continue  # "her son Max, 4,": one of a list
        letters[name[0] - titled] = _ARTICLE
        letters[name[-1]] = _PERSON
        _find(letters, place)


def _tells_of_one(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> str:
    """What the words from here on tell of one person before them; "" if nothing."""
    if _is_age_inserted(atoms, place):
        return _AGED
    if _is_wounded(atoms, letters, place):
        return _HURT
    return _DEAD if _is_dead(atoms, letters, place) else ""


def _slain(context: Context, atoms: Sequence[Atom], letters: list[str]) -> None:
    """A name is a person behind a word for one death: "the murder of Ana Ruiz"."""
    for place, atom in enumerate(atoms):
        if not atom.means("strikes.nouns", "of one"):
            continue
        last = place + 1
        while (
            last < len(atoms)
            and last - place <= _LONGEST_NAME
            and letters[last] == WORD
            and not atoms[last].tags
            and context.text[atoms[last].start].isupper()
        ):
            last += 1
        span = (atom.end, atoms[last - 1].end)
        if last - place > _FULL_NAME and not context.places_in(span):
            letters[last - 1] = _PERSON


def _name_before(
    context: Context, atoms: Sequence[Atom], letters: Sequence[str], place: int
) -> range:
    """The words with a capital that end right before a place."""
    first = place
    while (
        first
        and place - first < _LONGEST_NAME
        and letters[first - 1] == WORD
        and not atoms[first - 1].tags
        and context.text[atoms[first - 1].start].isupper()
    ):
        first -= 1
    if first == place or context.places_in((atoms[first].start, atoms[place - 1].end)):
        return range(0)
    return range(first, place)


def _is_name(
    context: Context,
    atoms: Sequence[Atom],
    letters: Sequence[str],
    name: range,
    enough: tuple[int, int, int],
) -> bool:
    """Whether words with a capital are a name: behind a title, or ``enough`` of them.

    In copy all of capitals any word has one, so that more are asked for.
    """
    in_capitals = context.text[atoms[name[0]].start : atoms[name[-1]].end].isupper()
    needed = enough[2] if in_capitals else enough[not name[0]]
    return _is_titled(letters, name) or len(name) >= needed


def _is_titled(letters: Sequence[str], name: range) -> bool:
    """Whether a title stands before a name: "JUDGE ANA RUIZ"."""
    return bool(name[0]) and letters[name[0] - 1] in _PEOPLE


def _is_age_inserted(atoms: Sequence[Atom], place: int) -> bool:
    """Whether ", 34," stands here."""
    if place + 1 >= len(atoms) or atoms[place].word != ",":
        return False
    age = atoms[place + 1].quantity
    closes = place + 2 >= len(atoms) or atoms[place + 2].word in (",", ".", ";")
    return age is not None and closes and age.value < OLDEST


def _is_wounded(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> bool:
    passive = False
    for number in range(place, min(place + _TOLD, len(atoms))):
        if letters[number] in _WOUNDED:
            return passive
        if letters[number] != _AUXILIARY or atoms[number].means(*_SEVERAL):
            return False
        passive = passive or atoms[number].means("strikes.helpers", "passive")
    return False


def _is_dead(atoms: Sequence[Atom], letters: Sequence[str], place: int) -> bool:
    """Whether the words from here on tell the death of who stands before them."""
    passive = False
    for number in range(place, min(place + _TOLD, len(atoms))):
        if letters[number] in _KILLED:
            return passive or atoms[number].means("strikes.dies")
        if letters[number] not in (_AUXILIARY, WORD, _FOUND):
            return False
        passive = passive or atoms[number].means("strikes.helpers", "passive")
    return False


def _pronouns(atoms: Sequence[Atom], letters: list[str]) -> None:
    """A pronoun is a person where it dies: "She was pronounced dead"."""
    for place, atom in enumerate(atoms):
        if atom.means(*_PRONOUN) and _is_dead(atoms, letters, place + 1):
            letters[place] = _PERSON
            if place and letters[place - 1] == WORD:
                letters[place - 1] = _ARTICLE  # "where he died"
            _find(letters, place + 1)


def _find(letters: list[str], place: int) -> None:
    """Whoever "was found dead" was found, and that is no rescue."""
    for after in range(place, min(place + _TOLD, len(letters))):
        if letters[after] == _FOUND:
            letters[after] = _AUXILIARY


_CHANGES: Sequence[tuple[_Change, frozenset[str]]] = (
    (_no_counts, frozenset()),
    (_mourned, frozenset({"strikes.shot", "strikes.adjectives"})),
    (_brought_in, frozenset({"strikes.brought"})),
    (_named, frozenset()),
    (_slain, frozenset({"strikes.nouns"})),
)
"""In order; and of which categories a sentence must have one, if any is asked for."""


def took_own_life(context: Context, span: Span) -> int | None:
    """Where a sentence ends telling that who killed those at ``span`` died as well.

    None if it does not, or if it tells how many died rather than whom he killed.
    """
    atoms = context.atoms(context.sentence_at(span[0]))
    told = [atom for atom in atoms if span[0] <= atom.start < span[1]]
    if not told or not told[0].means("strikes.harmed", "killed"):
        return None
    ends = (
        atom.end
        for atom in atoms
        if atom.start >= span[1] and atom.means("strikes.himself")
    )
    return next(ends, None)
