"""Find the terms of a whole lexicon in one pass over the words of a text.

A lexicon's pattern tries every term at every letter; a phrasebook looks terms up by
their first two words, so that its cost is that of the text alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors.lexicons import Lexicon
from detectors.model import Span

_TOKEN = re.compile(
    r"\d{1,3}(?:[ ,.]\d{3})+(?![\d])|\d+[.,]\d+|\d+|"
    r"'s\b|[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|[^\w\s]"
)
_SHORTEST_PREFIX = 2
_PAIR = 2  # words
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


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms that begin with one word: it alone, or with which word after it."""

    alone: tuple[_Phrase, ...]
    by_next: dict[str, tuple[_Phrase, ...]]
    begun: tuple[_Phrase, ...]  # those whose second word may have any ending

    @classmethod
    def of(cls, phrases: Iterable[_Phrase]) -> "_Terms":
        alone: list[_Phrase] = []
        begun: list[_Phrase] = []
        by_next: dict[str, tuple[_Phrase, ...]] = {}
        for phrase in phrases:
            if len(phrase.words) == 1:
                alone.append(phrase)
            elif phrase.words[1][1]:
                begun.append(phrase)
            else:
                after = phrase.words[1][0]
                by_next[after] = (*by_next.get(after, ()), phrase)
        return cls(tuple(alone), by_next, tuple(begun))

    def at(self, tokens: Sequence[Token], position: int) -> Iterator[_Phrase]:
        """Each term that stands at a token."""
        yield from self.alone
        if position + 1 >= len(tokens) or not (self.by_next or self.begun):
            return
        after = tokens[position + 1].word
        for phrase in self.by_next.get(after, ()):
            if len(phrase.words) == _PAIR or _fits(phrase, tokens, position):
                yield phrase
        for phrase in self.begun:
            if after.startswith(phrase.words[1][0]) and (
                len(phrase.words) == _PAIR or _fits(phrase, tokens, position)
            ):
                yield phrase


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What may begin with a word: the terms but of `numbers`, and by category."""

    plain: _Terms
    by_category: dict[str, _Terms]
    may_count: bool


class Phrasebook:
    """Every term of a lexicon by the beginning of its first word."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the categories of ``lexicon`` that `SECTIONS` names."""
        self._whole: dict[str, list[_Phrase]] = defaultdict(list)
        self._begun: dict[str, list[_Phrase]] = defaultdict(list)
        self._met: dict[str, _Beginning] = {}
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
        for phrase in self._beginning(tokens[position].word).plain.at(tokens, position):
            yield len(phrase.words), phrase.category, phrase.key

    def matches(
        self, tokens: Sequence[Token], position: int, category: str
    ) -> list[tuple[int, str]]:
        """The terms of one category that begin at a token, longest first."""
        if not 0 <= position < len(tokens):
            return []
        terms = self._beginning(tokens[position].word).by_category.get(category)
        if terms is None:
            return []
        found = [(len(p.words), p.key) for p in terms.at(tokens, position)]
        found.sort(key=lambda match: -match[0])
        return found

    def may_count(self, word: str) -> bool:
        """Whether a number may begin with a word, or with what bounds it."""
        return word[0].isdigit() or self._beginning(word).may_count

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

    def _beginning(self, word: str) -> _Beginning:
        """The terms whose first word this may be; remembered, as words recur."""
        known = self._met.get(word)
        if known is not None:
            return known
        found = list(self._whole.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found.extend(self._begun.get(word[:length], ()))
        if len(self._met) > _MOST_REMEMBERED:
            self._met.clear()
        grouped: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in found:
            grouped[phrase.category].append(phrase)
        numbers = [name for name in grouped if name.startswith(_NUMBERS)]
        beginning = _Beginning(
            plain=_Terms.of(p for p in found if p.category not in numbers),
            by_category={name: _Terms.of(terms) for name, terms in grouped.items()},
            may_count=bool(numbers),
        )
        self._met[word] = beginning
        return beginning


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
    """Whether the words after the first, of two or more, are those of a term."""
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
