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

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from detectors.lexicons import Lexicon
from detectors.model import Span
from detectors.text import PLAIN_WORD

NEAR_GAP = 2
_MOST_REMEMBERED = 20_000  # words a category; some 2 MB
_FAR = 3  # elements of a frame up to the word behind its first gap
WIDE_GAP = 8  # "proposed on Wednesday that the leaders of the two countries meet"

_TOKEN = re.compile(
    rf"{PLAIN_WORD}|"
    r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:(?:-|'(?=[\u0400-\u04ff]))[^\W\d_]+)*"
    r"|\d{1,2}[.:]\d\d(?![.:]?\d)|[^\W_]+|[^\w\s]"
)
_WALLS = frozenset(".;:!?")
_SIGNS = re.compile(r"[|?]|^<.+>$")
_GAPS = {"..": NEAR_GAP, "...": WIDE_GAP, "…": WIDE_GAP}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and signs of a stretch of text, case folded, with their spans."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]

    def span(self, first: int, last: int) -> Span:
        """From the start of token ``first`` to the end of the one before ``last``."""
        return self.spans[first][0], self.spans[last - 1][1]


class Hit(NamedTuple):
    """A frame that was found: its category and key, and the tokens it covers."""

    category: str
    key: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Word:
    exact: frozenset[str]
    starts: tuple[str, ...]
    categories: tuple[str, ...]
    optional: bool
    is_plain: bool  # exactly one word, out of those it lists

    def fits(self, word: str) -> bool:
        return word in self.exact or (
            bool(self.starts) and word.startswith(self.starts)
        )


@dataclass(frozen=True, slots=True)
class _Gap:
    words: int


_Element = _Word | _Gap


@dataclass(frozen=True, slots=True)
class _Frame:
    category: str
    key: str
    elements: tuple[_Element, ...]


_Numbered = tuple[int, _Frame]


@dataclass(frozen=True, slots=True)
class _Opening:
    """What may begin with a word: frames, and those that begin with a category.

    Seven frames of ten have a plain second word, which stands there once in twenty:
    they are kept by it. Their numbers put what is found back into one order.
    """

    any_next: tuple[_Numbered, ...]
    by_next: dict[str, list[_Numbered]]
    by_start: tuple[tuple[_Numbered, _Word], ...]
    starts: tuple[str, ...]  # of the second words in ``by_start``
    nested: "tuple[tuple[str, _Tails], ...]"
    is_empty: bool

    @classmethod
    def of(
        cls, frames: Sequence[_Frame], nested: "tuple[tuple[str, _Tails], ...]"
    ) -> "_Opening":
        any_next: list[_Numbered] = []
        by_next: dict[str, list[_Numbered]] = defaultdict(list)
        by_start: list[tuple[_Numbered, _Word]] = []
        for numbered in enumerate(frames):
            second = next(iter(numbered[1].elements[1:]), None)
            if not isinstance(second, _Word) or not second.is_plain:
                any_next.append(numbered)
            elif second.starts:
                by_start.append((numbered, second))
            else:
                for word in second.exact:
                    by_next[word].append(numbered)
        starts = {start for _, second in by_start for start in second.starts}
        exact = {word for _, second in by_start for word in second.exact}
        return cls(
            any_next=tuple(any_next),
            by_next=dict(by_next),
            by_start=tuple(by_start),
            starts=tuple(starts | exact),
            nested=nested,
            is_empty=not frames and not nested,
        )

    def before(self, word: str) -> Sequence[_Numbered]:
        """The frames that may stand where ``word`` comes second; "" for none."""
        behind = self.by_next.get(word, [])
        if word.startswith(self.starts):
            fitting = (each for each, second in self.by_start if second.fits(word))
            behind = [*behind, *fitting]
        return sorted([*self.any_next, *behind]) if behind else self.any_next


@dataclass(frozen=True, slots=True)
class _Index:
    exact: dict[str, list[_Frame]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[_Frame]] = field(default_factory=lambda: defaultdict(list))
    nested: "dict[str, _Tails]" = field(default_factory=lambda: defaultdict(_Tails))
    lengths: set[int] = field(default_factory=set)
    met: dict[str, tuple[_Frame, ...]] = field(default_factory=dict)
    opened: dict[str, _Opening] = field(default_factory=dict)

    def add(self, frame: _Frame, at: int = 0) -> None:
        """Index a frame by the words of its element ``at``."""
        element = frame.elements[at]
        if isinstance(element, _Gap):
            return
        for word in element.exact:
            self.exact[word].append(frame)
        for start in element.starts:
            self.starts[start].append(frame)
            self.lengths.add(len(start))
        for name in element.categories:
            self.nested[name].add(frame)

    def candidates(self, word: str) -> tuple[_Frame, ...]:
        """The frames whose first word this may be; remembered, as words recur."""
        known = self.met.get(word)
        if known is None:
            found = list(self.exact.get(word, ()))
            for length in self.lengths:
                found.extend(self.starts.get(word[:length], ()))
            if len(self.met) >= _MOST_REMEMBERED:
                self.met.clear()
            known = self.met[word] = tuple(found)
        return known

    def opening(self, word: str, indexes: "Mapping[str, _Index]") -> _Opening:
        """What may begin with a word; ``indexes`` are those of all categories."""
        known = self.opened.get(word)
        if known is None:
            nested = tuple(
                (name, tails)
                for name, tails in self.nested.items()
                if name in indexes and indexes[name].may_begin(word, indexes, {name})
            )
            if len(self.opened) >= _MOST_REMEMBERED:
                self.opened.clear()
            known = self.opened[word] = _Opening.of(self.candidates(word), nested)
        return known

    def may_begin(
        self, word: str, indexes: "Mapping[str, _Index]", seen: set[str]
    ) -> bool:
        """Whether a frame may begin with a word, or with a category's term that may."""
        if self.candidates(word):
            return True
        within = {name for name in self.nested if name in indexes} - seen
        return any(
            indexes[name].may_begin(word, indexes, seen | within) for name in within
        )


@dataclass(frozen=True, slots=True)
class _Tails:
    """Frames that begin with a category: what must come behind its terms.

    ``far`` has those of a gap and a word, by that word, so that a gap is passed once
    for all of them.
    """

    near: list[_Frame] = field(default_factory=list)
    far: _Index = field(default_factory=_Index)

    def add(self, frame: _Frame) -> None:
        gap, behind = [*frame.elements[1:_FAR], None, None][:2]
        if isinstance(gap, _Gap) and isinstance(behind, _Word) and behind.is_plain:
            self.far.add(frame, at=_FAR - 1)
        else:
            self.near.append(frame)


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """Cut ``text[start:end]`` into words and signs.

    >>> tokenize("U.S.-Iran talks").words
    ('u.s.', '-', 'iran', 'talks')
    >>> tokenize("a cease-fire on March 8-9").words
    ('a', 'cease-fire', 'on', 'march', '8', '-', '9')
    """
    matches = list(_TOKEN.finditer(text, start, len(text) if end is None else end))
    return Tokens(
        tuple(match.group().casefold() for match in matches),
        tuple(match.span() for match in matches),
    )


class Frames:
    """The frames of one section of a lexicon, ready to be looked up."""

    def __init__(
        self, lexicon: Lexicon, section: str, borrowed: frozenset[str] = frozenset()
    ) -> None:
        """Read every category of ``section``; one that no frame names costs nothing.

        Terms of the ``borrowed`` categories of other sections are found as well.
        """
        self._indexes: dict[str, _Index] = {}
        self._all = _Index()
        for category, groups in lexicon.categories.items():
            parent, _, name = category.partition(".")
            own = parent == section
            index = self._indexes[name if own else category] = _Index()
            for key, terms in groups.items():
                for term in terms:
                    if elements := _elements(term):
                        frame = _Frame(name, key, elements)
                        index.add(frame)
                        if own or category in borrowed:
                            self._all.add(frame)

    def find(self, tokens: Tokens) -> tuple[Hit, ...]:
        """Every frame of every category, each at its shortest, in order of place."""
        search = _Search(self._indexes, tokens.words)
        opened = self._all.opened
        found: list[Hit] = []
        for first, word in enumerate(tokens.words):
            opening = opened.get(word) or self._all.opening(word, self._indexes)
            if not opening.is_empty:  # as of six words in ten
                found += (
                    Hit(frame.category, frame.key, first, last)
                    for frame, last in search.at(opening, first)
                )
        return tuple(found)


def frames(
    lexicon: Lexicon, section: str, borrowed: frozenset[str] = frozenset()
) -> Frames:
    """The frames of a section, compiled once a lexicon."""
    return lexicon.once(
        f"frames of {section}", lambda: Frames(lexicon, section, borrowed)
    )


class _Search:
    """Where the frames of an index begin and end in one run of words."""

    def __init__(self, indexes: dict[str, _Index], words: Sequence[str]) -> None:
        self._indexes = indexes
        self._words = words
        self._seen: dict[tuple[str, int], tuple[int, ...]] = {}

    def at(self, opening: _Opening, first: int) -> Iterator[tuple[_Frame, int]]:
        second = self._words[first + 1] if first + 1 < len(self._words) else ""
        for _, frame in opening.before(second):
            if (last := self._end(frame.elements, 1, first + 1)) is not None:
                yield frame, last
        for name, tails in opening.nested:
            for after in self._category(name, first):
                for frame in tails.near:
                    if (last := self._end(frame.elements, 1, after)) is not None:
                        yield frame, last
                yield from self._beyond(tails.far, after)

    def _beyond(self, far: _Index, place: int) -> Iterator[tuple[_Frame, int]]:
        """The frames of ``far`` whose gap begins at ``place``, each at its shortest."""
        met: set[int] = set()
        passed = 0
        for place_, word in enumerate(self._words[place:], start=place):
            for frame in far.candidates(word):
                gap = frame.elements[1]
                if id(frame) in met or (isinstance(gap, _Gap) and passed > gap.words):
                    continue
                last = self._end(frame.elements, _FAR, place_ + 1)
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
        if opening.is_empty:
            return ()
        known = self._seen.get((name, first))
        if known is None:
            found = {last for _, last in self.at(opening, first)}
            known = self._seen[name, first] = tuple(sorted(found, reverse=True))
        return known

    def _end(self, elements: tuple[_Element, ...], n: int, place: int) -> int | None:
        """Where the rest of a frame ends if it stands at ``place``; None if not."""
        words = self._words
        while n < len(elements):
            element = elements[n]
            if isinstance(element, _Gap):
                return self._after_gap(elements, n, place, element.words)
            if not element.is_plain:
                return self._after_choice(elements, n, place, element)
            if place >= len(words) or not element.fits(words[place]):
                return None
            n, place = n + 1, place + 1
        return place

    def _after_choice(
        self, elements: tuple[_Element, ...], n: int, place: int, element: _Word
    ) -> int | None:
        """As `_end`, where an element may be left out or be a term of a category."""
        afters = self._afters(element, place) if place < len(self._words) else []
        if element.optional:
            afters.append(place)
        for after in afters:
            if (last := self._end(elements, n + 1, after)) is not None:
                return last
        return None

    def _afters(self, element: _Word, place: int) -> list[int]:
        """Where what fits an element at ``place`` ends."""
        afters = [place + 1] if element.fits(self._words[place]) else []
        for name in element.categories:
            afters.extend(self._category(name, place))
        return afters

    def _after_gap(
        self, elements: tuple[_Element, ...], n: int, place: int, limit: int
    ) -> int | None:
        words = self._words
        behind = elements[n + 1] if n + 1 < len(elements) else None
        plain = behind if isinstance(behind, _Word) and behind.is_plain else None
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


def _elements(term: str) -> tuple[_Element, ...]:
    return tuple(element for part in term.split() for element in _element(part))


def _element(part: str) -> Iterator[_Element]:
    if part in _GAPS:
        yield _Gap(_GAPS[part])
    elif _SIGNS.search(part):
        words = part.removesuffix("?").split("|")
        yield _word(words, optional=part.endswith("?"))
    else:
        pieces = _TOKEN.findall(part.removesuffix("*"))
        for piece in pieces[:-1]:
            yield _word([piece])
        if pieces:
            yield _word([pieces[-1] + ("*" if part.endswith("*") else "")])


def _word(words: Sequence[str], *, optional: bool = False) -> _Word:
    plain = [word.casefold() for word in words if not word.startswith("<")]
    return _Word(
        frozenset(word for word in plain if not word.endswith("*")),
        tuple(word[:-1] for word in plain if word.endswith("*")),
        tuple(word[1:-1] for word in words if word.startswith("<")),
        optional,
        is_plain=not optional and len(plain) == len(words),
    )
