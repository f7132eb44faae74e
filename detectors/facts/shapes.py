"""Sentences as strings of one letter an atom, so that grammar is a regular expression.

"Six people were killed" has the shape ``NPfk`` in every language: a number, people, an
auxiliary, a word for killed. What the words are is the lexicons' affair; what order
they come in is told once, for all languages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from detectors.facts.context import Atom, Tag
from detectors.model import Span

if TYPE_CHECKING:
    import re

Alphabet = tuple[tuple[str, str, str], ...]
"""(category, key or "" for any, letter), the first that fits wins."""

NUMBER = "N"
OTHER_NUMBER = "n"
WORD = "o"
_SIGNS = {
    ".": ".", "!": ".", "?": ".", ";": ";", ":": ":", ",": ",", "-": "-",
    "(": "(", ")": ")", "/": "/",
}  # fmt: skip
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Shape:
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
    kept = tuple(atom for atom in atoms if atom.word != _QUOTE)
    known = _known(alphabet)
    letters = "".join(
        _letter(atom, alphabet, known, of_things=of_things) for atom in kept
    )
    return Shape(letters, kept)


@cache
def _known(alphabet: Alphabet) -> dict[frozenset[Tag], str]:
    """The letters found so far in an alphabet; a lexicon has few sets of tags.

    ``alphabet`` is the key alone: the dictionary begins empty.
    """
    del alphabet
    return {}


def _letter(
    atom: Atom,
    alphabet: Alphabet,
    known: dict[frozenset[Tag], str],
    *,
    of_things: bool,
) -> str:
    if atom.quantity is not None:
        counts = atom.quantity.counts and (of_things or not atom.quantity.things)
        return NUMBER if counts else OTHER_NUMBER
    if atom.word in _SIGNS:
        return _SIGNS[atom.word]
    if not atom.tags:
        return WORD
    letter = known.get(atom.tags)
    if letter is None:
        fits = (
            letter
            for category, key, letter in alphabet
            if atom.means(category, key or None)
        )
        letter = known[atom.tags] = next(fits, WORD)
    return letter
