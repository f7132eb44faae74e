"""How many customers an attack left without power."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Context
from detectors.facts.shapes import Alphabet, Shape, shape
from detectors.model import Bound, Certainty, Span

_CUT = ("strikes.power", "cut")
_ALPHABET = Alphabet(
    ("strikes.ignored", "", "o"),
    ("strikes.power", "put right", "c"),
    ("strikes.helpers", "nobody", "x"),
    ("strikes.power", "off", "O"),
    (*_CUT, "O"),
    ("strikes.power", "back", "F"),
    ("strikes.power", "on", "r"),
    ("strikes.power", "customers", "H"),
    ("strikes.power", "all", "a"),
    ("strikes.power", "except", "e"),
    ("strikes.power", "supply", "u"),
    ("strikes.harmed", "", "k"),
    ("strikes.harmed_one", "", "k"),
    ("certainty.says", "", "y"),
)
_LEFT_OUT = (
    re.compile(r"r[^N.;]{0,8}e[^N.;]{0,3}(N)"),
    re.compile(r"(N)[^N.;k]{0,3}H[^N.;kr]{0,8}?O"),
    re.compile(r"O[^N.;k]{0,8}?(N)[^N.;k]{0,3}H(?![^N.;,k]{0,2}y)"),
    re.compile(r"(N)[^N.;,kr]{0,4}?O"),
    re.compile(r"O[-:,]?[^N.;,k]{0,2}(N)(?![^.;,]{0,3}k)"),
)
_RESTORED_ALL = re.compile(
    r"a[so]{0,2}N[^N.;e]{0,3}H[^N.;eO]{0,4}r|(?:r[^N.;e]{0,3}a[so]{0,2}|F[so]{1,2})N[^N.;e]{0,3}H"
)
_PUT_RIGHT = re.compile(r"c[^N.;]{0,2}(N)")
"""A figure taken back, without saying of what: "The correct number is 120,000"."""
_RESTORED = (
    re.compile(r"F"),
    re.compile(r"r[^N.;e]{0,5}a(?![^.;]{0,6}e)"),
    re.compile(r"a[^N.;e]{0,6}r(?![^.;]{0,6}e)"),
)
_WEATHER = ("strikes.power", "weather")
_OTHER = ("strikes.power", "other")
_FEWEST_UNNAMED = 10  # "in the dark since one of the drones hit" counts none
_UNCOUNTED = re.compile(r"(?<!x)O")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Customers cut off; 0 once supply is back, True without a number."""

    value: int | bool
    span: Span
    certainty: Certainty
    bound: Bound = Bound.EXACT


def find_outages(context: Context) -> tuple[Outage, ...]:
    """Every statement on supply, in the order of the text."""
    return context.once("outages", lambda: _find_outages(context))


def _find_outages(context: Context) -> tuple[Outage, ...]:
    found: list[Outage] = []
    for sentence in context.sentences:
        if not context.has(sentence.span, "strikes.power"):
            continue
        if _is_weather(context, sentence.span):
            continue
        told = shape(context.atoms(sentence.span), _ALPHABET, of_things=True)
        found.extend(_in_sentence(context, told))
        right = _PUT_RIGHT.search(told.letters)
        quantity = told.atoms[right.start(1)].quantity if right else None
        if found and right and quantity and quantity.value >= _FEWEST_UNNAMED:
            wrong = [replace(outage, certainty=Certainty.DENIED) for outage in found]
            figure = _outage(context, told.span(right), quantity.value, quantity.bound)
            found = [*wrong, figure]
    return tuple(found)


def _is_weather(context: Context, sentence: Span) -> bool:
    """Whether a storm cut the power, and no weapon is told of beside it."""
    weapons = ("strikes.weapons", "strikes.weapons_alone")
    return context.tells(sentence, _WEATHER) and not context.has(sentence, *weapons)


def _in_sentence(context: Context, told: Shape) -> Iterator[Outage]:
    if not _is_on_supply(context, told):
        return
    restored = _RESTORED_ALL.search(told.letters)
    if restored:
        yield _outage(context, told.span(restored), 0)
        return
    for pattern in _LEFT_OUT:
        match = pattern.search(told.letters)
        quantity = told.atoms[match.start(1)].quantity if match else None
        if match and quantity and _are_customers(match, quantity.value):
            yield _outage(context, told.span(match), quantity.value, quantity.bound)
            return
    for pattern in _RESTORED:
        match = pattern.search(told.letters)
        if match:
            yield _outage(context, told.span(match), 0)
            return
    match = _UNCOUNTED.search(told.letters)
    if match:
        yield _outage(context, told.span(match), value=True)


def _are_customers(match: "re.Match[str]", value: int) -> bool:
    """Whether a number counts customers though they are not named beside it."""
    return "H" in match.group() or value >= _FEWEST_UNNAMED


def _is_on_supply(context: Context, told: Shape) -> bool:
    """Whether a sentence speaks of power at all: windows are restored, too."""
    if "O" in told.letters:
        return not _is_other_supply(context, told)
    if not any(letter in told.letters for letter in "rF"):
        return False
    return (
        "u" in told.letters
        or ("a" in told.letters and "H" in told.letters)
        or any(
            letter in "ra" and " " in context.text[atom.start : atom.end]
            for letter, atom in zip(told.letters, told.atoms, strict=True)
        )
    )


def _is_other_supply(context: Context, told: Shape) -> bool:
    """Whether it is the gas that is cut off, and nothing is said of power."""
    sentence = context.sentence_at(told.atoms[0].start)
    off = zip(told.atoms, told.letters, strict=True)
    return (
        "u" not in told.letters
        and context.tells(sentence, _OTHER)
        and all(atom.means(*_CUT) for atom, letter in off if letter == "O")
    )


def _outage(
    context: Context, span: Span, value: int, bound: Bound = Bound.EXACT
) -> Outage:
    return Outage(
        value=value, bound=bound, span=span, certainty=certainty_at(context, span)
    )
