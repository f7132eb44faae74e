"""Sentences as strings of one letter an atom, so that grammar is a regular expression.

"Six people were killed" has the shape ``NPfk`` in every language: a number, people, an
auxiliary, a word for killed. What the words are is the lexicons' affair; what order
they come in is told once, for all languages.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from detectors.facts.context import Atom
from detectors.facts.phrases import NO_SENSE, Quantity, Tag
from detectors.model import Span

if TYPE_CHECKING:
    import re

NUMBER = "N"
OTHER_NUMBER = "n"
WORD = "o"
_SIGNS = {
    ".": ".", "!": ".", "?": ".", ";": ";", ":": ":", ",": ",", "-": "-",
    "(": "(", ")": ")", "/": "/",
}  # fmt: skip
_QUOTE = '"'


class Alphabet(dict[frozenset[Tag], str]):
    """The letter of each set of tags; a lexicon has few, so that they are remembered.

    >>> letters = Alphabet(("strikes.tally", "at", "@"), ("strikes.tally", "", "T"))
    >>> letters[frozenset({("strikes.tally", "rises")})]
    'T'
    """

    def __init__(self, *rows: tuple[str, str, str]) -> None:
        """Take (category, key or "" for any, letter); the first that fits wins."""
        super().__init__({NO_SENSE.tags: WORD})
        self._rows = rows

    def __missing__(self, tags: frozenset[Tag]) -> str:
        """Look for the letter of tags that were not met before."""
        fits = (
            letter
            for category, key, letter in self._rows
            if any(category == own and key in ("", name) for own, name in tags)
        )
        self[tags] = letter = next(fits, WORD)
        return letter


class Shape(NamedTuple):
    """The letters of a sentence, and the atoms that they stand for."""

    letters: str
    atoms: tuple[Atom, ...]

    def search(self, pattern: "re.Pattern[str]") -> Iterator["re.Match[str]"]:
        """Every place where ``pattern`` fits, left to right, never overlapping."""
        return pattern.finditer(self.letters)

    def span(self, match: "re.Match[str]") -> Span:
        """The characters of the text that a match covers."""
        return self.between(match.start(), match.end())

    def between(self, first: int, last: int) -> Span:
        """The characters from letter ``first`` to the one before ``last``."""
        return self.atoms[first].start, self.atoms[last - 1].end


def shape(atoms: Sequence[Atom], alphabet: Alphabet, *, of_things: bool) -> Shape:
    """The shape of a sentence; quotation marks leave no letter.

    Args:
        atoms: Of the sentence, in order.
        alphabet: Which term is which letter.
        of_things: Whether a number may count things; otherwise only people.
    """
    kept = tuple([atom for atom in atoms if atom.word != _QUOTE])
    told = [
        _of_number(atom.quantity, of_things=of_things)
        if atom.quantity is not None
        else _SIGNS.get(atom.word) or alphabet[atom.tags]
        for atom in kept
    ]
    return Shape("".join(told), kept)


def _of_number(quantity: Quantity, *, of_things: bool) -> str:
    counts = quantity.counts and (of_things or not quantity.things)
    return NUMBER if counts else OTHER_NUMBER
