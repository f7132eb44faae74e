"""Read numbers: in digits and in words, as bounds and as ranges.

The words stand in the lexicons under ``numbers``. A number counts things unless it
tells a time, a date, an age, a measure or an address; those are read, too, and
marked as not counting.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.phrases import (
    Atom,
    Phrasebook,
    Quantity,
    length_of,
    numbers_begin,
    terms_at,
)
from detectors.lexicons import Lexicon
from detectors.model import Bound

_GROUPED = re.compile(r"\d{1,3}(?:[ ,.]\d{3})+")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_YEARS = range(1900, 2100)
_MULTIPLIERS = frozenset({12, 100})  # "two dozen", "two hundred"
_MAX_MULTIPLIED = 10
_HUNDRED = 100
_THOUSAND = 1000
_FIRST_TENS = 20
_LONGEST_NUMBER = 8  # words
_LONGEST_DIGITS = 15  # with their commas: a hundred billion; longer is no count
_LONGEST_TERM_BEFORE = 2  # "No. 12"
_MARKS_BEFORE = frozenset("№#$€£:")
_SHIFTS = frozenset({"night", "day"})  # "two night guards"
_MARKS_AFTER = frozenset("%°€$:")

WORDS = "numbers.words"
_BOUNDS = "numbers.bounds"
_RANGES = "numbers.ranges"
_JOINTS = "numbers.joints"
_UNITS = "numbers.units"
_MONTHS = "numbers.months"
_PEOPLE = "strikes.victims"


@dataclass(frozen=True, slots=True)
class _Number:
    """A bare number over the tokens ``first`` up to before ``last``."""

    value: float
    first: int
    last: int


def quantities(text: str, lexicon: Lexicon) -> tuple[Quantity, ...]:
    """Every number of ``text``, in order.

    >>> lexicon = Lexicon("en", {
    ...     "numbers.words": {"6": ("six",)},
    ...     "numbers.bounds": {"at least": ("at least",)},
    ... })
    >>> [(n.value, n.bound.value) for n in quantities("At least six of 1,200", lexicon)]
    [(6, 'at least'), (1200, 'exact')]
    """
    tokens = Phrasebook.of(lexicon).read(text)
    return tuple(quantity for _, _, quantity in read_quantities(tokens))


def read_quantities(tokens: Sequence[Atom]) -> Iterator[tuple[int, int, Quantity]]:
    """Each quantity with its first token and the one after its last."""
    behind = 0
    for position in numbers_begin(tokens):
        if position < behind:
            continue
        found = read_quantity(tokens, position)
        if found is not None:
            yield found
            behind = found[1]


def read_quantity(
    tokens: Sequence[Atom], first: int
) -> tuple[int, int, Quantity] | None:
    """The quantity that begins at a token, if one does; see `read_quantities`."""
    bound, start = _bound(tokens, first)
    is_between = length_of(tokens, start, _RANGES, "between")
    opened = is_between or length_of(tokens, start, _RANGES, "from")
    lower = _number(tokens, start + opened)
    if lower is None and opened:
        opened = 0
        lower = _number(tokens, start)
    if lower is None:
        return None
    upper = _upper(tokens, lower, opened=bool(opened))
    if opened and upper is None:
        return None  # read again from the number itself
    last = (upper or lower).last
    return (
        first,
        last,
        Quantity(
            value=int(lower.value),
            bound=Bound.AT_LEAST if upper else bound,
            start=tokens[first].start,
            end=tokens[last - 1].end,
            upper=int(upper.value) if upper else None,
            changed=upper is not None and bool(opened) and not is_between,
            counts=_counts(tokens, lower, last, start),
            things=length_of(tokens, last, _UNITS, "things") > 0,
        ),
    )


def _bound(tokens: Sequence[Atom], first: int) -> tuple[Bound, int]:
    for length, bound in terms_at(tokens, first, _BOUNDS):
        return Bound(bound), first + length
    return Bound.EXACT, first


def _upper(tokens: Sequence[Atom], lower: _Number, *, opened: bool) -> _Number | None:
    """The upper end of "between 20 and 25", "from 20 to 25" or "20-25"."""
    position = lower.last
    if position >= len(tokens):
        return None
    if (
        tokens[position].word == "-"
        and tokens[position].start == tokens[position - 1].end
    ):
        length = 1
    elif opened:
        length = length_of(tokens, position, _RANGES, "to")
    else:
        length = 0
    if not length:
        return None
    upper = _number(tokens, position + length)
    if upper is None or (upper.value <= lower.value and not opened):
        return None
    return upper


def _number(tokens: Sequence[Atom], first: int) -> _Number | None:
    """A number in digits, in words, or both ("1.2 million", "52 тисячі")."""
    total = 0.0
    current: float | None = None
    smallest = float("inf")  # the magnitude of the last word: "twenty" takes a unit
    in_digits = first < len(tokens) and tokens[first].word[0].isdigit()
    position = first
    while position < min(len(tokens), first + _LONGEST_NUMBER):
        joint = _joint(tokens, position) if current is not None else 0
        value, length, digits = _value(tokens, position + joint, joined=joint > 0)
        if value is None or (digits and current is not None):
            break
        multiplies = value in _MULTIPLIERS or value >= _THOUSAND
        if in_digits and current is not None and not multiplies:
            break  # "05:30 Two people": a time, and another number
        step = _compose(total, current, value, smallest)
        if step is None:
            break
        total, current, smallest = step
        position += joint + length
    return None if current is None else _Number(total + current, first, position)


def _compose(
    total: float, current: float | None, value: float, smallest: float
) -> tuple[float, float, float] | None:
    """Take one more number word; None where it begins another number."""
    if current is None:
        return total, value, _magnitude(value)
    if value in _MULTIPLIERS and current < _MAX_MULTIPLIED:
        return total, current * value, value
    if value >= _THOUSAND:
        if total and value >= total:
            return None  # "two thousand three million" is two numbers
        return total + current * value, 0.0, value
    if value < smallest and _magnitude(value) < smallest:
        return total, current + value, _magnitude(value)
    return None


def _magnitude(value: float) -> float:
    """1 for units and teens, 10 for tens, 100 for hundreds: what may still follow."""
    if value >= _THOUSAND:
        return _THOUSAND
    if value >= _HUNDRED:
        return _HUNDRED
    return 10 if value >= _FIRST_TENS and value % 10 == 0 else 1


def _value(
    tokens: Sequence[Atom], position: int, *, joined: bool
) -> tuple[float | None, int, bool]:
    """The value of one token or phrase, its length, and whether it is in digits.

    What is an article elsewhere is a one where it is ``joined``: "treinta y un".
    """
    if position >= len(tokens):
        return None, 0, False
    word = tokens[position].word
    if word[0].isdigit():
        value = _digits(word)
        return value, 1, True
    for length, key in terms_at(tokens, position, WORDS):
        return float(key), length, False
    one = length_of(tokens, position, _JOINTS, "one") if joined else 0
    return (1.0, one, False) if one else (None, 0, False)


def _digits(word: str) -> float | None:
    """The value of digits; None of a row of them, such as a table's, that is none."""
    if len(word) > _LONGEST_DIGITS:
        return None
    if _GROUPED.fullmatch(word):
        return float(re.sub(r"\D", "", word))
    if _DECIMAL.fullmatch(word):
        return float(word.replace(",", "."))
    return float(word) if word.isdecimal() else None


def _joint(tokens: Sequence[Atom], position: int) -> int:
    """A word or hyphen between number words: "treinta y dos", "twenty-five"."""
    if position >= len(tokens):
        return 0
    if tokens[position].word == "-":
        before, after = tokens[position - 1], tokens[position]
        return int(before.end == after.start and not before.word[0].isdigit())
    return length_of(tokens, position, _JOINTS, "and")


def _counts(tokens: Sequence[Atom], number: _Number, last: int, start: int) -> bool:
    """Whether a number counts people or things rather than tells a time or measure."""
    first = tokens[number.first]
    if number.value != int(number.value):
        return False
    if first.word[0] == "0" or (
        first.word.isdecimal()
        and number.last - number.first == 1
        and int(first.word) in _YEARS
    ):
        return False
    if _is_glued(tokens, start) or _told_by_what_follows(tokens, last):
        return False
    return bool(terms_at(tokens, last, _PEOPLE)) or not _told_by_what_precedes(
        tokens, start
    )  # of "the hospital three people" none is its number


def _is_glued(tokens: Sequence[Atom], start: int) -> bool:
    """Whether letters stand right before digits: "TV7", "Su-34"."""
    if not start or not tokens[start].word[0].isdigit():
        return False
    before = tokens[start - 1]
    if before.end != tokens[start].start:
        return False
    if before.word != "-":
        return before.word.isalpha()
    glued = tokens[start - 2 : start - 1]
    return any(word.end == before.start and word.word.isalpha() for word in glued)


def _told_by_what_precedes(tokens: Sequence[Atom], start: int) -> bool:
    if not start:
        return False
    before = tokens[start - 1]
    if before.word in _MARKS_BEFORE and not (
        before.word == ":" and before.end < tokens[start].start
    ):
        return True
    return any(
        length_of(tokens, at, _UNITS, "before") == start - at
        for at in range(max(start - _LONGEST_TERM_BEFORE, 0), start)
    ) or bool(terms_at(tokens, start - 1, _MONTHS))


def _told_by_what_follows(tokens: Sequence[Atom], last: int) -> bool:
    if last >= len(tokens):
        return False
    after = tokens[last]
    if after.word in _MARKS_AFTER and not (
        after.word == ":"
        and last + 1 < len(tokens)
        and after.end < tokens[last + 1].start
    ):
        return True
    if after.word == "-" and after.start == tokens[last - 1].end:
        return True  # "12-storey", "70-year-old"
    if terms_at(tokens, last + 1, _PEOPLE) and after.word in _SHIFTS:
        return False
    return bool(
        length_of(tokens, last, _UNITS, "not counted")
        or terms_at(tokens, last, _MONTHS)
    )
