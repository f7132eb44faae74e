"""Find the terms of a whole lexicon in one pass over the words of a text.

A lexicon's pattern tries every term at every letter; a phrasebook looks terms up by
their first two words, so that its cost is that of the text alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from detectors.lexicons import Lexicon
from detectors.model import Bound, Span
from detectors.text import PLAIN_WORD

Tag = tuple[str, str]
"""What a term stands for: its category in the lexicon, and its key there."""

_TOKEN = re.compile(
    rf"{PLAIN_WORD}|"
    r"[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*|"
    r"\d{1,3}(?:[ ,.]\d{3})+(?![\d])|\d+[.,]\d+|\d+|'s\b|[^\w\s]"
)
_SHORTEST_PREFIX = 2
_PAIR = 2  # words
_MOST_REMEMBERED = 20_000  # words; some 10 MB
_MOST_PAIRS = 1_000  # words behind one
_NUMBERS = "numbers."
_BEGIN_NUMBERS = frozenset({"numbers.words", "numbers.bounds", "numbers.ranges"})
_TO = frozenset({("numbers.ranges", "to")})
"""Between two numbers: "and" begins none, and stands in every other sentence."""
SECTIONS = ("strikes.", _NUMBERS, "certainty.")
"""The sections of a lexicon that hold plain terms; others hold frames."""


class Sense(NamedTuple):
    """What some words stand for: their tags, and the categories of those."""

    tags: frozenset[Tag]
    categories: frozenset[str]

    @classmethod
    def of(cls, tags: Iterable[frozenset[Tag]]) -> "Sense":
        """What terms, or words, of these tags mean together."""
        told = frozenset().union(*tags)
        return cls(told, frozenset([category for category, _ in told]))


NO_SENSE = Sense(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A term: its words, each with whether any ending may follow."""

    words: tuple[tuple[str, bool], ...]
    category: str
    key: str
    sense: Sense

    def ends_at(self, tokens: "Sequence[Atom]", position: int) -> bool:
        """Whether its words from the third on stand at a token and those after it."""
        if len(tokens) - position < len(self.words) - _PAIR:
            return False
        for place, (word, is_prefix) in enumerate(self.words[_PAIR:], start=position):
            told = tokens[place].word
            if not (told.startswith(word) if is_prefix else told == word):
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms that begin with one word: it alone, or with which word after it."""

    alone: tuple[_Phrase, ...]
    sense: Sense  # of it alone
    by_next: dict[str, tuple[_Phrase, ...]]
    begun: tuple[_Phrase, ...]  # those whose second word may have any ending
    starts: tuple[str, ...]  # of the second words of those
    _met: dict[str, Sequence[_Phrase]] = field(default_factory=dict, compare=False)

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
        starts = tuple({phrase.words[1][0] for phrase in begun})
        return cls(
            tuple(alone),
            Sense.of(phrase.sense.tags for phrase in alone),
            by_next,
            tuple(begun),
            starts,
        )

    @property
    def go_on(self) -> bool:
        """Whether any has two words or more."""
        return bool(self.by_next or self.begun)

    def at(self, tokens: "Sequence[Atom]", position: int) -> Sequence[_Phrase]:
        """Each term that stands at a token."""
        longer = self.longer_at(tokens, position)
        return (*self.alone, *longer) if longer else self.alone

    def longer_at(self, tokens: "Sequence[Atom]", position: int) -> Sequence[_Phrase]:
        """Each term of two words or more that stands at a token."""
        if position + 1 >= len(tokens):
            return ()
        return [
            phrase
            for phrase in self.before(tokens[position + 1].word)
            if len(phrase.words) == _PAIR or phrase.ends_at(tokens, position + _PAIR)
        ]

    def before(self, word: str) -> Sequence[_Phrase]:
        """Those whose second word this may be; remembered, as pairs recur."""
        known = self._met.get(word)
        if known is None:
            begun = (p for p in self.begun if word.startswith(p.words[1][0]))
            known = (*self.by_next.get(word, ()), *begun)
            if len(self._met) >= _MOST_PAIRS:
                self._met.clear()
            self._met[word] = known
        return known


@dataclass(frozen=True, slots=True)
class Beginning:
    """A word, case folded, and what may begin with it, of all terms and by category.

    Args:
        word: As terms are written.
        terms: All but those of `numbers`.
        by_category: All.
        in_digits: Whether it is a number.
        number: The terms that a number may begin with; None for none.
        may_count: Whether it is a number, or a term of `numbers` may begin with it.
        goes_on: Whether one of ``terms`` has two words or more.
        alone: What those of them that are one word mean.
    """

    word: str
    terms: _Terms
    by_category: dict[str, _Terms]
    in_digits: bool
    number: _Terms | None
    may_count: bool
    goes_on: bool
    alone: Sense

    def longest(
        self, tokens: "Sequence[Atom]", position: int, *, at_most: int | None = None
    ) -> tuple[int, Sense]:
        """How many words the longest terms at a token have, and what they mean.

        Args:
            tokens: Of the sentence.
            position: Of the token.
            at_most: Leaves out the terms that have more words.
        """
        longer = self.terms.longer_at(tokens, position)
        if at_most is not None:
            longer = [phrase for phrase in longer if len(phrase.words) <= at_most]
        if not longer:
            return 1, self.alone
        if len(longer) == 1:
            return len(longer[0].words), longer[0].sense
        length = max(len(phrase.words) for phrase in longer)
        return length, Sense.of(p.sense.tags for p in longer if len(p.words) == length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number that a text gives.

    Args:
        value: Of a range the lower end.
        upper: The upper end of a range; where a number changed, what it became.
        changed: Whether it is told as a change: "from six to seven".
        counts: False for times, dates, ages, measures, addresses and decimals.
        things: Whether the next word names things rather than people.
    """

    value: int
    bound: Bound
    start: int
    end: int
    upper: int | None = None
    changed: bool = False
    counts: bool = True
    things: bool = False

    @property
    def span(self) -> Span:
        """Where it stands, with the words that bound it."""
        return self.start, self.end


class Atom(NamedTuple):
    """The smallest part of a sentence with a meaning: a word, a term or a number.

    As read from a text it is one word, number or sign; what is said in several is
    one in `Context.atoms`. As a tuple it is made in a third of the time of a frozen
    dataclass, and facts spent a tenth of theirs on making those.

    Args:
        word: The first, case folded.
        tags: The (category, key) pairs of the lexicon that it stands for.
        begins: What may begin with its first word.
    """

    word: str
    start: int
    end: int
    tags: frozenset[Tag]
    categories: frozenset[str]
    quantity: Quantity | None
    begins: Beginning

    def means(self, category: str, key: str | None = None) -> bool:
        """Whether it is a term of a category, and of a key where one is given."""
        if key is not None:
            return (category, key) in self.tags
        return category in self.categories

    def means_any(self, categories: frozenset[str]) -> bool:
        """Whether it is a term of one of several categories."""
        return not self.categories.isdisjoint(categories)

    def is_any(self, tags: frozenset[Tag]) -> bool:
        """Whether it is a term of one of several keys."""
        return not self.tags.isdisjoint(tags)


_AS_ATOM = partial(tuple.__new__, Atom)  # half of what calling the class costs


class Phrasebook:
    """Every term of a lexicon by the beginning of its first word."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the categories of ``lexicon`` that `SECTIONS` names."""
        self._whole: dict[str, list[_Phrase]] = defaultdict(list)
        self._begun: dict[str, list[_Phrase]] = defaultdict(list)
        self._met: dict[str, Beginning] = {}
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

    def read(self, text: str, start: int = 0, end: int | None = None) -> list[Atom]:
        """The words, numbers and signs of ``text[start:end]``.

        >>> book = Phrasebook(Lexicon("en", {}))
        >>> [token.word for token in book.read("Kyiv's 12-storey flat, 1,200 m")]
        ['kyiv', "'s", '12', '-', 'storey', 'flat', ',', '1,200', 'm']
        """
        met = self._met
        told = []
        for found in _TOKEN.finditer(text, start, len(text) if end is None else end):
            word = found[0]
            begins = met.get(word) or self._beginning(word)
            first, last = found.span()
            tags, categories = begins.alone
            told.append((begins.word, first, last, tags, categories, None, begins))
        return list(map(_AS_ATOM, told))

    def _add(self, term: str, category: str, key: str) -> None:
        words = _term_words(term)
        if not words:
            return
        sense = Sense(frozenset({(category, key)}), frozenset({category}))
        phrase = _Phrase(words, category, key, sense)
        first, is_prefix = words[0]
        (self._begun if is_prefix else self._whole)[first].append(phrase)

    def _beginning(self, written: str) -> Beginning:
        """The terms whose first word this may be; remembered, as words recur."""
        word = _folded(written)
        found = list(self._whole.get(word, ()))
        for length in range(_SHORTEST_PREFIX, len(word) + 1):
            found.extend(self._begun.get(word[:length], ()))
        grouped: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in found:
            grouped[phrase.category].append(phrase)
        numbers = [name for name in grouped if name.startswith(_NUMBERS)]
        terms = _Terms.of(p for p in found if p.category not in numbers)
        begin_numbers = [
            phrase
            for phrase in found
            if phrase.category in _BEGIN_NUMBERS and phrase.sense.tags.isdisjoint(_TO)
        ]
        beginning = Beginning(
            word=word,
            terms=terms,
            by_category={name: _Terms.of(terms) for name, terms in grouped.items()},
            in_digits=word[0].isdigit(),
            number=_Terms.of(begin_numbers) if begin_numbers else None,
            may_count=word[0].isdigit() or bool(numbers),
            goes_on=terms.go_on,
            alone=terms.sense,
        )
        if len(self._met) > _MOST_REMEMBERED:
            self._met.clear()
        self._met[written] = beginning
        return beginning


def terms_at(
    tokens: Sequence[Atom], position: int, category: str
) -> Sequence[tuple[int, str]]:
    """The terms of one category that begin at a token, longest first.

    Each as how many tokens it takes, and its key.
    """
    if not 0 <= position < len(tokens):
        return ()
    terms = tokens[position].begins.by_category.get(category)
    if terms is None:
        return ()
    found = [(len(p.words), p.key) for p in terms.at(tokens, position)]
    if len(found) > 1:
        found.sort(key=lambda match: -match[0])
    return found


def length_of(tokens: Sequence[Atom], position: int, category: str, key: str) -> int:
    """How many tokens the longest term of a key takes from here; 0 for none."""
    for taken, met in terms_at(tokens, position, category):
        if met == key:
            return taken
    return 0


def numbers_begin(tokens: Sequence[Atom]) -> Iterator[int]:
    """The tokens at which numbers may begin, or what bounds them."""
    for position, token in enumerate(tokens):
        begins = token.begins
        if begins.may_count and (
            begins.in_digits
            or (begins.number is not None and begins.number.at(tokens, position))
        ):
            yield position


def terms_begin(tokens: Sequence[Atom]) -> Iterator[int]:
    """The tokens at which terms of two words or more may begin."""
    for position, (token, after) in enumerate(pairwise(tokens)):
        begins = token.begins
        if begins.goes_on and begins.terms.before(after.word):
            yield position


def span(tokens: Sequence[Atom], first: int, last: int) -> Span:
    """From the start of token ``first`` to the end of the one before ``last``."""
    return tokens[first].start, tokens[last - 1].end


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е")


def _term_words(term: str) -> tuple[tuple[str, bool], ...]:
    words: list[tuple[str, bool]] = []
    for part in term.split():
        pieces = list(map(_folded, _TOKEN.findall(part.removesuffix("*"))))
        words.extend((piece, False) for piece in pieces)
        if part.endswith("*") and pieces:
            words[-1] = (pieces[-1], True)
    return tuple(words)
