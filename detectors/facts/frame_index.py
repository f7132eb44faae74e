"""A lexicon's frames by what they may begin with; `frames` says how one is written.

Words are looked up by how they begin, so that a thousand frames cost no more than the
words of the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from detectors.text import PLAIN_WORD

NEAR_GAP = 2
WIDE_GAP = 8  # "proposed on Wednesday that the leaders of the two countries meet"
FAR = 3  # elements of a frame up to the word behind its first gap
_MOST_REMEMBERED = 20_000  # words a category; some 2 MB
_MOST_PAIRS = 1_000  # words behind one
TOKEN = re.compile(
    rf"{PLAIN_WORD}|"
    r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:(?:-|'(?=[\u0400-\u04ff]))[^\W\d_]+)*"
    r"|\d{1,2}[.:]\d\d(?![.:]?\d)|[^\W_]+|[^\w\s]"
)
_SIGNS = re.compile(r"[|?]|^<.+>$")
_GAPS = {"..": NEAR_GAP, "...": WIDE_GAP, "…": WIDE_GAP}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a frame: the words and beginnings that fit it, or categories."""

    exact: frozenset[str]
    starts: tuple[str, ...]
    categories: tuple[str, ...]
    optional: bool
    is_plain: bool  # exactly one word, out of those it lists

    def fits(self, word: str) -> bool:
        """Whether a case-folded word is one of those that it lists."""
        return word in self.exact or (
            bool(self.starts) and word.startswith(self.starts)
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Room for up to so many words."""

    words: int


Element = Word | Gap


@dataclass(frozen=True, slots=True)
class Frame:
    """A term of a lexicon, and what it is a term of.

    Args:
        category: Without its section.
        key: Of the category.
        elements: In order.
        needed: Words of which one must stand behind its first element, wherever that
            is; None for none. Of ten frames that begin and fail, nine lack it.
    """

    category: str
    key: str
    elements: tuple[Element, ...]
    needed: frozenset[str] | None

    @classmethod
    def of(cls, category: str, key: str, elements: tuple[Element, ...]) -> "Frame":
        """The last of its words that has no other endings is the one needed."""
        words = [
            element.exact
            for element in elements[1:]
            if isinstance(element, Word) and element.is_plain and not element.starts
        ]
        return cls(category, key, elements, words[-1] if words else None)


Begun = tuple[int, Frame, int]
"""A frame that has begun: its place among those that may, and how many words it has."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What may begin with a word: frames, and those that begin with a category.

    Seven frames of ten have a plain second word, which stands there once in twenty:
    they are kept by it. Their places put what is found back into one order.
    """

    any_next: tuple[Begun, ...]
    by_next: dict[str, list[Begun]]
    by_start: tuple[tuple[Begun, Word], ...]
    nested: "tuple[tuple[str, Tails], ...]"
    categories: frozenset[str]  # of the frames
    _met: dict[str, Sequence[Begun]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, frames: Sequence[Frame], nested: "tuple[tuple[str, Tails], ...]"
    ) -> "Opening":
        """Sort frames by their second words; ``nested`` by their categories."""
        any_next: list[Begun] = []
        by_next: dict[str, list[Begun]] = defaultdict(list)
        by_start: list[tuple[Begun, Word]] = []
        for number, frame in enumerate(frames):
            second = next(iter(frame.elements[1:]), None)
            if not isinstance(second, Word) or not second.is_plain:
                any_next.append((number, frame, 1))
            elif second.starts:
                by_start.append(((number, frame, 2), second))
            else:
                for word in second.exact:
                    by_next[word].append((number, frame, 2))
        return cls(
            any_next=tuple(any_next),
            by_next=dict(by_next),
            by_start=tuple(by_start),
            nested=nested,
            categories=frozenset(frame.category for frame in frames),
        )

    def before(self, word: str) -> Sequence[Begun]:
        """The frames that may stand where ``word`` comes second; "" for none.

        Remembered, as pairs recur.
        """
        known = self._met.get(word)
        if known is None:
            fitting = [each for each, second in self.by_start if second.fits(word)]
            behind = [*self.by_next.get(word, ()), *fitting]
            known = sorted([*self.any_next, *behind]) if behind else self.any_next
            if len(self._met) >= _MOST_PAIRS:
                self._met.clear()
            self._met[word] = known
        return known


@dataclass(frozen=True, slots=True)
class Index:
    """Frames by their first words, and by the categories that they begin with."""

    exact: dict[str, list[Frame]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[Frame]] = field(default_factory=lambda: defaultdict(list))
    nested: "dict[str, Tails]" = field(default_factory=lambda: defaultdict(Tails))
    lengths: set[int] = field(default_factory=set)
    met: dict[str, tuple[Frame, ...]] = field(default_factory=dict)
    opened: dict[str, Opening | None] = field(default_factory=dict)

    def add(self, frame: Frame, at: int = 0) -> None:
        """Index a frame by the words of its element ``at``."""
        element = frame.elements[at]
        if isinstance(element, Gap):
            return
        for word in element.exact:
            self.exact[word].append(frame)
        for start in element.starts:
            self.starts[start].append(frame)
            self.lengths.add(len(start))
        for name in element.categories:
            self.nested[name].add(frame)

    def candidates(self, word: str) -> tuple[Frame, ...]:
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

    def openings(
        self, words: Sequence[str], indexes: "Mapping[str, Index]"
    ) -> list[tuple[int, Opening]]:
        """Where something may begin, as of four words in ten, and what."""
        opened = self.opened
        if not opened.keys() >= frozenset(words):
            if len(opened) >= _MOST_REMEMBERED:
                opened.clear()
            for word in words:
                if word not in opened:
                    self._open(word, indexes)
        return [
            (place, opening)
            for place, word in enumerate(words)
            if (opening := opened[word]) is not None
        ]

    def opening(self, word: str, indexes: "Mapping[str, Index]") -> Opening | None:
        """What may begin with a word; ``indexes`` are those of all categories."""
        if word not in self.opened:
            if len(self.opened) >= _MOST_REMEMBERED:
                self.opened.clear()
            self._open(word, indexes)
        return self.opened[word]

    def _open(self, word: str, indexes: "Mapping[str, Index]") -> None:
        nested = tuple(
            (name, tails)
            for name, tails in self.nested.items()
            if name in indexes and indexes[name].may_begin(word, indexes, {name})
        )
        frames = self.candidates(word)
        self.opened[word] = Opening.of(frames, nested) if frames or nested else None

    def may_begin(
        self, word: str, indexes: "Mapping[str, Index]", seen: set[str]
    ) -> bool:
        """Whether a frame may begin with a word, or with a category's term that may."""
        if self.candidates(word):
            return True
        within = {name for name in self.nested if name in indexes} - seen
        return any(
            indexes[name].may_begin(word, indexes, seen | within) for name in within
        )


@dataclass(frozen=True, slots=True)
class Tails:
    """Frames that begin with a category: what must come behind its terms.

    ``far`` has those of a gap and a word, by that word, so that a gap is passed once
    for all of them.
    """

    near: list[Frame] = field(default_factory=list)
    far: Index = field(default_factory=Index)

    def add(self, frame: Frame) -> None:
        """Take in a frame whose first element is a category."""
        gap, behind = [*frame.elements[1:FAR], None, None][:2]
        if isinstance(gap, Gap) and isinstance(behind, Word) and behind.is_plain:
            self.far.add(frame, at=FAR - 1)
        else:
            self.near.append(frame)


def elements_of(term: str) -> tuple[Element, ...]:
    """Read a frame as a lexicon writes it."""
    return tuple(element for part in term.split() for element in _element(part))


def _element(part: str) -> Iterator[Element]:
    if part in _GAPS:
        yield Gap(_GAPS[part])
    elif _SIGNS.search(part):
        words = part.removesuffix("?").split("|")
        yield _word(words, optional=part.endswith("?"))
    else:
        pieces = TOKEN.findall(part.removesuffix("*"))
        for piece in pieces[:-1]:
            yield _word([piece])
        if pieces:
            yield _word([pieces[-1] + ("*" if part.endswith("*") else "")])


def _word(words: Sequence[str], *, optional: bool = False) -> Word:
    plain = [word.casefold() for word in words if not word.startswith("<")]
    return Word(
        frozenset(word for word in plain if not word.endswith("*")),
        tuple(word[:-1] for word in plain if word.endswith("*")),
        tuple(word[1:-1] for word in words if word.startswith("<")),
        optional,
        is_plain=not optional and len(plain) == len(words),
    )
