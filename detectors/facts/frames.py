"""Find phrases with gaps: how a lexicon says "talks … were put off" in one line.

A frame is written as words with these signs between them:

========== ==============================================================
``word*``  any ending
``a|b*``   one of these words, or categories: ``<name>|b``
``word?``  may be left out
``..``     up to two words of any kind
``...``    up to eight words of any kind
``<name>`` any term of the category ``name`` of the same section, or of
           another by its full name: ``<dates.months>``
========== ==============================================================

Gaps never cross a full stop, a colon or a semicolon. Words are looked up by how
they begin, so that a thousand frames cost no more than the words of the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from detectors.facts.frame_index import (
    FAR,
    TOKEN,
    WIDE_GAP,
    Element,
    Frame,
    Gap,
    Index,
    Opening,
    Word,
    elements_of,
)
from detectors.lexicons import Lexicon
from detectors.model import Span

_WALLS = frozenset(".;:!?")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and signs of a stretch of text, case folded, and where each stands."""

    words: tuple[str, ...]
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, first: int, last: int) -> Span:
        """From the start of token ``first`` to the end of the one before ``last``."""
        return self.starts[first], self.ends[last - 1]


class Hit(NamedTuple):
    """A frame that was found: its category and key, and the tokens it covers."""

    category: str
    key: str
    first: int
    last: int


_AS_HIT = partial(tuple.__new__, Hit)  # half of what calling the class costs


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Cut ``text[start:end]`` into words and signs.

    >>> tokenize("U.S.-Iran talks").words
    ('u.s.', '-', 'iran', 'talks')
    >>> tokenize("a cease-fire on March 8-9").words
    ('a', 'cease-fire', 'on', 'march', '8', '-', '9')
    """
    matches = [*TOKEN.finditer(text, start, len(text) if end is None else end)]
    return Tokens(
        tuple([match[0].casefold() for match in matches]),
        [match.start() for match in matches],
        [match.end() for match in matches],
    )


class Frames:
    """The frames of one section of a lexicon, ready to be looked up."""

    def __init__(
        self, lexicon: Lexicon, section: str, borrowed: frozenset[str] = frozenset()
    ) -> None:
        """Read the categories of ``section``, and whatever their frames name.

        Terms of the ``borrowed`` categories of other sections are found as well.
        """
        self._indexes: dict[str, Index] = {}
        self._all = Index()
        named: list[str] = []
        for category in lexicon.categories:
            if category.partition(".")[0] == section or category in borrowed:
                named += _fill(self._all, lexicon, category)
        while named:
            name = named.pop()
            if name not in self._indexes:
                index = self._indexes[name] = Index()
                own = name if "." in name else f"{section}.{name}"
                named += _fill(index, lexicon, own)

    def find(
        self, tokens: Tokens, *, beside: frozenset[str] | None = None
    ) -> tuple[Hit, ...]:
        """Every frame of every category, each at its shortest, in order of place.

        Args:
            tokens: Of a sentence.
            beside: Categories without any of which the others are of no use; nothing
                is looked for where none of these may begin.
        """
        openings = self._all.openings(tokens.words, self._indexes)
        if beside is not None and all(
            beside.isdisjoint(opening.categories) and not opening.nested
            for _, opening in openings
        ):
            return ()
        search = _Search(self._indexes, tokens.words)
        found: list[tuple[str, str, int, int]] = []
        for first, opening in openings:
            found += [
                (frame.category, frame.key, first, last)
                for frame, last in search.at(opening, first)
            ]
        return tuple(map(_AS_HIT, found))


def _fill(index: Index, lexicon: Lexicon, category: str) -> list[str]:
    """Add the frames of a category to an index; the categories that they name."""
    _, _, name = category.partition(".")
    named: list[str] = []
    for key, terms in lexicon.categories.get(category, {}).items():
        for term in terms:
            if elements := elements_of(term):
                index.add(Frame.of(name, key, elements))
                words = (each for each in elements if isinstance(each, Word))
                named += (within for word in words for within in word.categories)
    return named


def frames(
    lexicon: Lexicon, section: str, borrowed: frozenset[str] = frozenset()
) -> Frames:
    """The frames of a section, compiled once a lexicon."""
    return lexicon.once(
        ("frames", section, borrowed), lambda: Frames(lexicon, section, borrowed)
    )


class _Search:
    """Where the frames of an index begin and end in one run of words."""

    def __init__(self, indexes: dict[str, Index], words: Sequence[str]) -> None:
        self._indexes = indexes
        self._words = words
        self._told = frozenset(words)
        self._seen: dict[tuple[str, int], tuple[int, ...]] = {}

    def at(self, opening: Opening, first: int) -> list[tuple[Frame, int]]:
        """The frames that stand at a word, and where each ends."""
        words = self._words
        second = words[first + 1] if first + 1 < len(words) else ""
        found: list[tuple[Frame, int]] = []
        told = self._told
        for _, frame, met in opening.before(second):
            if frame.needed is None or not frame.needed.isdisjoint(told):
                last = self._end(frame.elements, met, first + met)
                if last is not None:
                    found.append((frame, last))
        for name, tails in opening.nested:
            for after in self._category(name, first):
                found += self._near(tails.near, after)
                found += self._beyond(tails.far, after)
        return found

    def _near(self, near: Sequence[Frame], place: int) -> Iterator[tuple[Frame, int]]:
        """The frames of ``near`` whose second element begins at ``place``."""
        for frame in near:
            if frame.needed is None or not frame.needed.isdisjoint(self._told):
                last = self._end(frame.elements, 1, place)
                if last is not None:
                    yield frame, last

    def _beyond(self, far: Index, place: int) -> Iterator[tuple[Frame, int]]:
        """The frames of ``far`` whose gap begins at ``place``, each at its shortest."""
        met: set[int] = set()
        passed = 0
        for place_, word in enumerate(self._words[place:], start=place):
            for frame in far.candidates(word):
                gap = frame.elements[1]
                if id(frame) in met or (isinstance(gap, Gap) and passed > gap.words):
                    continue
                last = self._end(frame.elements, FAR, place_ + 1)
                if last is not None:
                    met.add(id(frame))
                    yield frame, last
            passed += word[0].isalnum()
            if word in _WALLS or passed > WIDE_GAP:
                return

    def _category(self, name: str, first: int) -> tuple[int, ...]:
        """Where terms of a category that begin at ``first`` end, longest first."""
        index = self._indexes.get(name)
        if index is None:
            return ()
        opening = index.opening(self._words[first], self._indexes)
        if opening is None:
            return ()
        known = self._seen.get((name, first))
        if known is None:
            found = {last for _, last in self.at(opening, first)}
            known = self._seen[name, first] = tuple(sorted(found, reverse=True))
        return known

    def _end(self, elements: tuple[Element, ...], n: int, place: int) -> int | None:
        """Where the rest of a frame ends if it stands at ``place``; None if not."""
        words = self._words
        while n < len(elements):
            element = elements[n]
            if isinstance(element, Gap):
                return self._after_gap(elements, n, place, element.words)
            if not element.is_plain:
                return self._after_choice(elements, n, place, element)
            if place >= len(words) or not element.fits(words[place]):
                return None
            n, place = n + 1, place + 1
        return place

    def _after_choice(
        self, elements: tuple[Element, ...], n: int, place: int, element: Word
    ) -> int | None:
        """As `_end`, where an element may be left out or be a term of a category."""
        afters = self._afters(element, place) if place < len(self._words) else []
        if element.optional:
            afters.append(place)
        for after in afters:
            if (last := self._end(elements, n + 1, after)) is not None:
                return last
        return None

    def _afters(self, element: Word, place: int) -> list[int]:
        """Where what fits an element at ``place`` ends."""
        afters = [place + 1] if element.fits(self._words[place]) else []
        for name in element.categories:
            afters.extend(self._category(name, place))
        return afters

    def _after_gap(
        self, elements: tuple[Element, ...], n: int, place: int, limit: int
    ) -> int | None:
        words = self._words
        behind = elements[n + 1] if n + 1 < len(elements) else None
        plain = behind if isinstance(behind, Word) and behind.is_plain else None
        passed = 0
        while place <= len(words):
            if plain is None or (place < len(words) and plain.fits(words[place])):
                last = self._end(elements, n + 1, place)
                if last is not None:
                    return last
            if place == len(words) or words[place] in _WALLS:
                return None
            passed += words[place][0].isalnum()
            if passed > limit:
                return None
            place += 1
        return None
