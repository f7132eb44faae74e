"""What an extractor sees: a reading, where it is on the topic, and the words to use."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from detectors.facts.phrases import Atom, Phrasebook, Quantity, Sense, Tag, terms_begin
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.places import Gazetteer
from detectors.facts.quantities import read_quantities, read_quantity
from detectors.lexicons import Lexicon
from detectors.model import Span
from detectors.text import Reading, Sentence, read

_Found = TypeVar("_Found")
_Told = TypeVar("_Told", Sentence, PlaceMention)
LONGEST_SENTENCE = 1_500  # characters; a list without a stop is read in pieces

__all__ = ["LONGEST_SENTENCE", "Atom", "Context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One article on one topic, ready for facts to be found in.

    Args:
        slots: The slots that the topic asks for.
        spans: The paragraphs on the topic, in order; facts are looked for in these
            alone.
    """

    reading: Reading
    topic: str
    slots: tuple[str, ...]
    spans: tuple[Span, ...]
    lexicon: Lexicon
    gazetteer: Gazetteer
    published_at: datetime
    _read: "dict[Span, _Read]" = field(default_factory=dict, repr=False, compare=False)
    _found: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The text that all spans count in."""
        return self.reading.text

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences on the topic, in order."""
        return self._sentences().all

    @property
    def places(self) -> tuple[PlaceMention, ...]:
        """The places named on the topic, in order."""
        return self._places().all

    def once(self, name: Hashable, find: Callable[[], _Found]) -> _Found:
        """What ``find`` finds in this article, looked for the first time only."""
        if name not in self._found:
            self._found[name] = find()
        found: _Found = self._found[name]
        return found

    @property
    def heading(self) -> "Context":
        """The article's title, to be read as its text is; its spans count in itself."""
        return self.once("heading", self._headed)

    def sentence_at(self, position: int) -> Span:
        """The sentence on the topic that holds ``position``; empty if none does."""
        sentences = self._sentences()
        number = sentences.before(position + 1) - 1
        if number < 0 or position >= sentences.all[number].end:
            return position, position
        return sentences.all[number].span

    def sentence_before(self, sentence: Span) -> Span | None:
        """The sentence before one, in the same paragraph; None where it opens one."""
        sentences = self._sentences()
        number = sentences.before(sentence[0])
        if not number or number >= len(sentences.all):
            return None
        here, before = sentences.all[number], sentences.all[number - 1]
        return before.span if before.paragraph == here.paragraph else None

    def sentences_in(self, span: Span) -> tuple[Sentence, ...]:
        """The sentences on the topic that begin within ``span``."""
        return self._sentences().within(span)

    def places_in(self, span: Span) -> tuple[PlaceMention, ...]:
        """The places named on the topic whose names begin within ``span``."""
        return self._places().within(span)

    def place_before(self, position: int) -> PlaceMention | None:
        """The last place named on the topic before ``position``."""
        places = self._places()
        number = places.before(position)
        return places.all[number - 1] if number else None

    def _sentences(self) -> "_Row[Sentence]":
        return self.once("sentences", self._on_topic)

    def _places(self) -> "_Row[PlaceMention]":
        return self.once("places", self._named)

    def _headed(self) -> "Context":
        title = read(self.reading.title, language=self.reading.language)
        return Context(
            reading=title,
            topic=self.topic,
            slots=self.slots,
            spans=title.paragraphs,
            lexicon=self.lexicon,
            gazetteer=self.gazetteer,
            published_at=self.published_at,
        )

    def _on_topic(self) -> "_Row[Sentence]":
        told = self.reading.sentences
        begun = [sentence.start for sentence in told]
        return _Row.of(
            piece
            for start, end in self.spans
            for sentence in told[bisect_left(begun, start) : bisect_left(begun, end)]
            for piece in _pieces(sentence, self.text)
        )

    def _named(self) -> "_Row[PlaceMention]":
        return _Row.of(
            mention
            for start, end in self.spans
            for mention in self.gazetteer.find(self.text, start, end)
        )

    def tokens(self, span: Span) -> Sequence[Atom]:
        """The tokens of a sentence, in order."""
        return self._at(span).tokens

    def atoms(self, span: Span) -> tuple[Atom, ...]:
        """The atoms of a sentence, in order; the longest term wins at each place."""
        return self._at(span).atoms

    def sense(self, span: Span) -> Sense:
        """All that the atoms of a sentence stand for: what it cannot tell of at all."""
        return self._at(span).sense

    def has(self, span: Span, *categories: str) -> bool:
        """Whether any atom of a sentence is a term of one of several categories."""
        return not self._at(span).sense.categories.isdisjoint(categories)

    def tells(self, span: Span, *tags: Tag) -> bool:
        """Whether any atom of a sentence is a term of one of several keys."""
        return not self._at(span).sense.tags.isdisjoint(tags)

    def _at(self, span: Span) -> "_Read":
        known = self._read.get(span)
        if known is None:
            tokens = Phrasebook.of(self.lexicon).read(self.text, *span)
            known = self._read[span] = _Read.of(tokens)
        return known


class _Read(NamedTuple):
    """A sentence as it was read."""

    tokens: Sequence[Atom]
    atoms: tuple[Atom, ...]
    sense: Sense

    @classmethod
    def of(cls, tokens: Sequence[Atom]) -> "_Read":
        atoms = _atoms(tokens)
        return cls(tokens, atoms, Sense.of({atom.tags for atom in atoms}))


class _Row(NamedTuple, Generic[_Told]):
    """What stands in a text, in order, and where each begins."""

    all: tuple[_Told, ...]
    starts: list[int]

    @classmethod
    def of(cls, told: Iterable[_Told]) -> "_Row[_Told]":
        known = tuple(told)
        return cls(known, [each.start for each in known])

    def before(self, position: int) -> int:
        """How many begin before ``position``."""
        return bisect_left(self.starts, position)

    def within(self, span: Span) -> tuple[_Told, ...]:
        """Those that begin within ``span``."""
        return self.all[
            bisect_left(self.starts, span[0]) : bisect_left(self.starts, span[1])
        ]


def _pieces(sentence: Sentence, text: str) -> Sequence[Sentence]:
    """A sentence, cut at spaces where it is longer than any that was written."""
    if sentence.end - sentence.start <= LONGEST_SENTENCE:
        return (sentence,)
    pieces: list[Sentence] = []
    start = sentence.start
    while sentence.end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        end = space if space > start else start + LONGEST_SENTENCE
        pieces.append(Sentence(start=start, end=end, paragraph=sentence.paragraph))
        start = end
    last = Sentence(start=start, end=sentence.end, paragraph=sentence.paragraph)
    return (*pieces, last)


def _atoms(tokens: Sequence[Atom]) -> tuple[Atom, ...]:
    """The tokens, but for terms and numbers of several, each of which is one."""
    numbers = {first: (last, n) for first, last, n in read_quantities(tokens)}
    atoms: list[Atom] = []
    behind = 0
    for first in sorted({*numbers, *terms_begin(tokens)}):
        if first >= behind:
            atoms += tokens[behind:first]  # nine words of ten
            behind = first
            while behind == first or behind in numbers:
                atom, behind = _atom(tokens, behind, numbers)
                atoms.append(atom)
    return (*atoms, *tokens[behind:])


def _atom(
    tokens: Sequence[Atom], first: int, numbers: dict[int, tuple[int, Quantity]]
) -> tuple[Atom, int]:
    """The number or the longest term at a token, and where it ends.

    ``numbers`` gains what only counts behind the term.
    """
    word, start, _, _, _, _, begins = tokens[first]
    length, sense = begins.longest(tokens, first)
    if length == 1 and first not in numbers:
        return tokens[first], first + 1
    quantity = None
    if first in numbers and numbers[first][0] - first >= length:
        last, quantity = numbers[first]
    else:
        if length > 1:
            after = _number_at(tokens, first + length)
            if after is not None:  # "зросла до | 33", though "до 33" is a bound
                numbers[first + length] = after
            elif cut := _cut_by_number(first, length, numbers):
                length, sense = begins.longest(tokens, first, at_most=cut)
        last = first + length
    end = tokens[last - 1].end
    return Atom(word, start, end, *sense, quantity, begins), last


def _number_at(tokens: Sequence[Atom], position: int) -> tuple[int, Quantity] | None:
    """The quantity that begins at a token, and where it ends."""
    if position >= len(tokens) or not tokens[position].begins.may_count:
        return None
    found = read_quantity(tokens, position)
    return found[1:] if found else None


def _cut_by_number(
    position: int, length: int, numbers: dict[int, tuple[int, Quantity]]
) -> int:
    """After how many words a term swallows the beginning of a number; 0 for none."""
    return next(
        (
            cut - position
            for cut in range(position + 1, position + length)
            if cut in numbers and numbers[cut][0] > position + length
        ),
        0,
    )
