"""Find the terms of a whole lexicon in one pass over the words of a text.

A lexicon's pattern tries every term at every letter; a phrasebook looks words up by
how they begin, so that its cost is that of the text alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.lexicons import Lexicon
from detectors.model import Span

_TOKEN = re.compile(
    r"\d{1,3}(?:[ ,.]\d{3})+(?![\d])|\d+[.,]\d+|\d+|"
    r"'s\b|[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|[^\w\s]"
)
_SHORTEST_PREFIX = 2
_MOST_REMEMBERED = 20_000  # words; some 10 MB
_NUMBERS = "numbers."
SECTIONS = ("strikes.", _NUMBERS, "certainty.")
"""The sections of a lexicon that hold plain terms; others hold frames."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign, case folded, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A term: its words, each with whether any ending may follow."""

    words: tuple[tuple[str, bool], ...]
    category: str
    key: str


class Phrasebook:
    """Every term of a lexicon by the beginning of its first word."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the categories of ``lexicon`` that `SECTIONS` names."""
        self._whole: dict[str, list[_Phrase]] = defaultdict(list)
        self._begun: dict[str, list[_Phrase]] = defaultdict(list)
        self._met: dict[str, dict[str, tuple[_Phrase, ...]]] = {}
        for category, groups in lexicon.categories.items():
            if not category.startswith(SECTIONS):
                continue
            for key, terms in groups.items():
                for term in terms:
                    self._add(term, category, key)

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Phrasebook":
        """The phrasebook of a lexicon, built once."""
        return lexicon.once("phrasebook", lambda: cls(lexicon))

    def all_at(
        self, tokens: Sequence[Token], position: int
    ) -> Iterator[tuple[int, str, str]]:
        """Each term but of `numbers` that begins at a token: length, category, key."""
        for category, phrases in self._beginning(tokens[position].word).items():
            if category.startswith(_NUMBERS):
                continue
            for phrase in phrases:
                if _fits(phrase, tokens, position):
                    yield len(phrase.words), category, phrase.key

    def matches(
        self, tokens: Sequence[Token], position: int, category: str
    ) -> list[tuple[int, str]]:
        """The terms of one category that begin at a token, longest first."""
        if not 0 <= position < len(tokens):
            return []
        found = [
            (len(phrase.words), phrase.key)
            for phrase in self._beginning(tokens[position].word).get(category, ())
            if _fits(phrase, tokens, position)
        ]
        found.sort(key=lambda match: -match[0])
        return found

    def may_count(self, word: str) -> bool:
        """Whether a number may begin with a word, or with what bounds it."""
        return word[0].isdigit() or any(
            category.startswith(_NUMBERS) for category in self._beginning(word)
        )

    def length(
        self, tokens: Sequence[Token], position: int, category: str, key: str
    ) -> int:
        """How many tokens the longest term of a key takes from here; 0 for none."""
        return max(
            (n for n, met in self.matches(tokens, position, category) if met == key),
            default=0,
        )

    def _add(self, term: str, category: str, key: str) -> None:
        words = _term_words(term)
        if not words:
            return
        phrase = _Phrase(words, category, key)
        first, is_prefix = words[0]
        (self._begun if is_prefix else self._whole)[first].append(phrase)

    def _beginning(self, word: str) -> dict[str, tuple[_Phrase, ...]]:
        """The terms whose first word this may be, by category; words recur."""
        known = self._met.get(word)
        if known is not None:
            return known
        found = list(self._whole.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found.extend(self._begun.get(word[:length], ()))
        if len(self._met) > _MOST_REMEMBERED:
            self._met.clear()
        grouped: dict[str, tuple[_Phrase, ...]] = {}
        for phrase in found:
            grouped[phrase.category] = (*grouped.get(phrase.category, ()), phrase)
        self._met[word] = grouped
        return grouped


def tokenize(text: str, start: int = 0, end: int | None = None) -> tuple[Token, ...]:
    """The words, numbers and signs of ``text[start:end]``.

    >>> [token.word for token in tokenize("Kyiv's 12-storey flat, 1,200 m")]
    ['kyiv', "'s", '12', '-', 'storey', 'flat', ',', '1,200', 'm']
    """
    stop = len(text) if end is None else end
    return tuple(
        Token(_folded(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text, start, stop)
    )


def span(tokens: Sequence[Token], first: int, last: int) -> Span:
    """From the start of token ``first`` to the end of the one before ``last``."""
    return tokens[first].start, tokens[last - 1].end


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е")


def _term_words(term: str) -> tuple[tuple[str, bool], ...]:
    words: list[tuple[str, bool]] = []
    for part in term.split():
        stem = part.removesuffix("*")
        pieces = [token.word for token in tokenize(stem)]
        words.extend((piece, False) for piece in pieces)
        if part.endswith("*") and pieces:
            words[-1] = (pieces[-1], True)
    return tuple(words)


def _fits(phrase: _Phrase, tokens: Sequence[Token], position: int) -> bool:
    if len(phrase.words) == 1:
        return True
    if position + len(phrase.words) > len(tokens):
        return False
    return all(
        token.word.startswith(word) if is_prefix else token.word == word
        for token, (word, is_prefix) in zip(
            tokens[position + 1 : position + len(phrase.words)],
            phrase.words[1:],
            strict=True,
        )
    )
