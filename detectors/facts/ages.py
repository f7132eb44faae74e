"""Who of those that a sentence names is a child: by age, or beside a parent.

"A student of 15" is a child and "a girl of 19" is none; "a mother and her two sons"
were a woman and two children unless their ages say otherwise.
"""

from collections.abc import Sequence

from detectors.facts.context import Atom
from detectors.facts.shapes import OTHER_NUMBER, WORD, Shape

MAJORITY = 18  # years
OLDEST = 120  # years
_BEFORE = 7  # atoms from "seven-year-old" to "daughter"
_NOUN = 3  # atoms from "six-year-old" to "girl"
_AFTER = 4  # atoms from "girl" to "who was 15"
_UNIT = 2  # atoms from a number to its "years"
_FAMILY = 7  # atoms from "mother" to "sons"
_PAUSES = frozenset(".;:()")
_PEOPLE = frozenset("pPcC")
_CHILD = {"p": "c", "P": "C"}
_ADULT = {"c": "p", "C": "P"}


def by_age(told: Shape) -> Shape:
    """The shape with people under 18 as children, and children above it as people.

    Ages count nobody: they become numbers of other things.
    """
    letters = _with_ages_as_people(told)
    people = [(n, letter) for n, letter in enumerate(letters) if letter in _PEOPLE]
    for position, letter in people:
        place = _age_of(told.atoms, position, is_group=letter == "P")
        if place is not None:
            letters[place] = OTHER_NUMBER
            for age in _ages_after(told.atoms, place):
                letters[age - 1 : age + 1] = [WORD, OTHER_NUMBER]  # "aged 34 and 41"
        letters[position] = _letter(told.atoms, position, letter, place)
    return Shape("".join(letters), told.atoms)


def _with_ages_as_people(told: Shape) -> list[str]:
    """The letters in which an age that stands for somebody is one: "a 6-year-old"."""
    letters = list(told.letters)
    if "n" not in told.letters.casefold():
        return letters  # there is no age without a number
    for position, atom in enumerate(told.atoms):
        if not atom.means("strikes.ages", "old"):
            continue
        ages = [a for a in told.atoms[max(position - 2, 0) : position] if a.quantity]
        if ages and not _has_noun(told.letters, position):
            letters[position] = "c" if is_minor(ages[-1]) else "p"
    return letters


def _has_noun(letters: str, position: int) -> bool:
    """Whether a person follows an age closely: "a six-year-old girl"."""
    following = letters[position + 1 : position + 1 + _NOUN]
    return any(letter in "pPcCbB" for letter in following)


def is_below_majority(limit: Atom) -> bool:
    """Whether those "under" a number of years are all children."""
    return limit.quantity is not None and limit.quantity.value <= MAJORITY


def is_minor(age: Atom) -> bool:
    """Whether a number of years is an age of childhood."""
    return age.quantity is not None and age.quantity.value < MAJORITY


def _letter(atoms: Sequence[Atom], position: int, letter: str, age: int | None) -> str:
    if age is not None:
        return (_CHILD if is_minor(atoms[age]) else _ADULT).get(letter, letter)
    if _is_offspring(atoms[position]) and _has_parent(atoms, position):
        return _CHILD.get(letter, letter)
    return letter


def _is_offspring(atom: Atom) -> bool:
    return atom.means("strikes.victims", "offspring") or atom.means(
        "strikes.victims", "many offspring"
    )


def _has_parent(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a parent stands just before, in the same list.

    The daughter of a grandmother is a grown woman; her grandson is none. "A father
    and son" of whom no more is told may be of any age.
    """
    if _is_bare_pair(atoms, position):
        return False
    is_grand = atoms[position].means("strikes.ages", "grandchildren")
    for atom in reversed(atoms[max(position - _FAMILY, 0) : position]):
        if atom.word in _PAUSES:
            return False
        if atom.means("strikes.ages", "grandparents"):
            return is_grand
        if atom.means("strikes.ages", "parents"):
            return True
    return False


def _is_bare_pair(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a parent and "and" stand right before: "father and son"."""
    return (
        position > 1
        and atoms[position - 1].means("strikes.helpers", "and")
        and atoms[position - 2].means("strikes.ages", "parents")
    )


def _age_of(atoms: Sequence[Atom], position: int, *, is_group: bool) -> int | None:
    """Where the age of somebody stands; a "crew of five" is not aged five."""
    before = _age_before(atoms, position)
    if before is not None:
        return before
    after = _age_after(atoms, position)
    told = atoms[position + 1] if after is not None else None
    is_size = is_group and told is not None and told.means("strikes.ages", "size")
    return None if is_size else after


def _age_before(atoms: Sequence[Atom], position: int) -> int | None:
    """As in "seven-year-old daughter": the number beside "year"."""
    for place in range(position - 1, max(position - _BEFORE, -1), -1):
        atom = atoms[place]
        if _ends_phrase(atom):
            return None
        if atom.quantity is not None:
            return place if _is_in_years(atoms, place, position) else None
    return None


def _ends_phrase(atom: Atom) -> bool:
    """Whether an age before this is another's: "a girl of eight and her mother"."""
    return (
        atom.word in _PAUSES or atom.word == "," or atom.means("strikes.helpers", "and")
    )


def _age_after(atoms: Sequence[Atom], position: int) -> int | None:
    """As in "a girl of nine" (but "a father of two"), "her son, 12,", "who was 15"."""
    told = paused = False
    is_parent = atoms[position].means("strikes.ages", "parents")
    for place in range(position + 1, min(position + 1 + _AFTER, len(atoms))):
        atom = atoms[place]
        if atom.quantity is not None:
            alone = paused and _closes(atoms, place + 1)
            is_age = (
                (told and not is_parent)
                or alone
                or _is_in_years(atoms, place, len(atoms))
            )
            return place if is_age and atom.quantity.value < OLDEST else None
        if atom.means("strikes.ages", "of"):
            told = True
        elif atom.word == "," and not paused:
            paused = True
        else:
            return None
    return None


def _ages_after(atoms: Sequence[Atom], place: int) -> tuple[int, ...]:
    """The second age of two, "aged four and six", where it counts nobody."""
    if place + 2 >= len(atoms) or not atoms[place + 1].means("strikes.helpers", "and"):
        return ()
    if atoms[place + 2].quantity is None:
        return ()
    follows = atoms[place + 3 : place + 4]
    if any(atom.means("strikes.victims") for atom in follows):
        return ()
    return (place + 2,)


def _closes(atoms: Sequence[Atom], place: int) -> bool:
    """Whether an age between commas ends here: "her son, 12, was killed"."""
    return place >= len(atoms) or atoms[place].word in (",", ".")


def _is_in_years(atoms: Sequence[Atom], place: int, stop: int) -> bool:
    """Whether a word for years follows the number at ``place`` closely."""
    place = next(iter(_ages_after(atoms[:stop], place)), place)
    last = min(place + 1 + _UNIT, stop)
    return any(atom.means("strikes.ages", "years") for atom in atoms[place + 1 : last])
