"""What an extractor sees: a reading, where it is on the topic, and the words to use."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar, cast

from detectors.facts.phrases import NO_SENSE, Phrasebook, Tag, Token, tokenize
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.places import Gazetteer
from detectors.facts.quantities import Quantity, read_quantities, read_quantity
from detectors.lexicons import Lexicon
from detectors.model import Span
from detectors.text import Reading, Sentence, read

_Found = TypeVar("_Found")
LONGEST_SENTENCE = 1_500  # characters; a list without a stop is read in pieces


class Atom(NamedTuple):
    """The smallest part of a sentence with a meaning: a term, a number, or a word.

    ``tags`` are the (category, key) pairs of the lexicon that it stands for. A tuple
    for the same reason as `Token`.
    """

    word: str
    start: int
    end: int
    tags: frozenset[Tag] = NO_SENSE.tags
    categories: frozenset[str] = NO_SENSE.categories
    quantity: Quantity | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One article on one topic, ready for facts to be found in.

    Args:
        slots: The slots that the topic asks for.
        spans: The paragraphs on the topic; facts are looked for in these alone.
    """

    reading: Reading
    topic: str
    slots: tuple[str, ...]
    spans: tuple[Span, ...]
    lexicon: Lexicon
    gazetteer: Gazetteer
    published_at: datetime
    _atoms: dict[Span, tuple[Atom, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _categories: dict[Span, frozenset[str]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _found: dict[Hashable, object] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def text(self) -> str:
        """The text that all spans count in."""
        return self.reading.text

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences on the topic, in order."""
        return self.once("sentences", self._on_topic)

    @property
    def places(self) -> tuple[PlaceMention, ...]:
        """The places named on the topic, in order."""
        return self.once("places", self._named)

    def once(self, name: Hashable, find: Callable[[], _Found]) -> _Found:
        """What ``find`` finds in this article, looked for the first time only."""
        if name not in self._found:
            self._found[name] = find()
        return cast("_Found", self._found[name])

    @property
    def heading(self) -> "Context":
        """The article's title, to be read as its text is; its spans count in itself."""
        return self.once("heading", self._headed)

    def sentence_at(self, position: int) -> Span:
        """The sentence on the topic that holds ``position``; empty if none does."""
        number = self._sentence_at(position + 1) - 1
        if number < 0 or position >= self.sentences[number].end:
            return position, position
        return self.sentences[number].span

    def sentence_before(self, sentence: Span) -> Span | None:
        """The sentence before one, in the same paragraph; None where it opens one."""
        number = self._sentence_at(sentence[0])
        if not number or number >= len(self.sentences):
            return None
        here, before = self.sentences[number], self.sentences[number - 1]
        return before.span if before.paragraph == here.paragraph else None

    def sentences_in(self, span: Span) -> tuple[Sentence, ...]:
        """The sentences on the topic that begin within ``span``."""
        first, last = self._sentence_at(span[0]), self._sentence_at(span[1])
        return self.sentences[first:last]

    def places_in(self, span: Span) -> tuple[PlaceMention, ...]:
        """The places named on the topic whose names begin within ``span``."""
        first, last = self._place_at(span[0]), self._place_at(span[1])
        return self.places[first:last]

    def place_before(self, position: int) -> PlaceMention | None:
        """The last place named on the topic before ``position``."""
        number = self._place_at(position)
        return self.places[number - 1] if number else None

    def _sentence_at(self, position: int) -> int:
        """How many sentences begin before ``position``."""
        starts = self.once("starts", lambda: [s.start for s in self.sentences])
        return bisect_left(starts, position)

    def _place_at(self, position: int) -> int:
        """How many places are named before ``position``."""
        starts = self.once("named", lambda: [place.start for place in self.places])
        return bisect_left(starts, position)

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

    def _on_topic(self) -> tuple[Sentence, ...]:
        return tuple(
            piece
            for sentence in self.reading.sentences
            if any(start <= sentence.start < end for start, end in self.spans)
            for piece in _pieces(sentence, self.text)
        )

    def _named(self) -> tuple[PlaceMention, ...]:
        return tuple(
            mention
            for start, end in self.spans
            for mention in self.gazetteer.find(self.text, start, end)
        )

    def atoms(self, span: Span) -> tuple[Atom, ...]:
        """The atoms of a sentence, in order; the longest term wins at each place."""
        known = self._atoms.get(span)
        if known is None:
            known = _atoms(self.text, span, Phrasebook.of(self.lexicon))
            self._atoms[span] = known
        return known

    def has(self, span: Span, *categories: str) -> bool:
        """Whether any atom of a sentence is a term of one of several categories."""
        known = self._categories.get(span)
        if known is None:
            tagged = [atom.categories for atom in self.atoms(span) if atom.tags]
            known = self._categories[span] = frozenset().union(*tagged)
        return not known.isdisjoint(categories)


def _pieces(sentence: Sentence, text: str) -> Iterator[Sentence]:
    """A sentence, cut at spaces where it is longer than any that was written."""
    start = sentence.start
    while sentence.end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        end = space if space > start else start + LONGEST_SENTENCE
        yield Sentence(start=start, end=end, paragraph=sentence.paragraph)
        start = end
    yield Sentence(start=start, end=sentence.end, paragraph=sentence.paragraph)


def _atoms(text: str, span: Span, book: Phrasebook) -> tuple[Atom, ...]:
    tokens = tokenize(text, *span)
    begun = book.beginnings(tokens)
    numbers = {first: (last, n) for first, last, n in read_quantities(tokens, book)}
    atoms: list[tuple[object, ...]] = []
    position = 0
    while position < len(tokens):
        beginning = begun[position]
        if beginning.is_plain and position not in numbers:  # two words of five
            atoms.append((*tokens[position], *NO_SENSE, None))
            position += 1
            continue
        length, sense = beginning.longest(tokens, position)
        quantity = None
        if position in numbers and numbers[position][0] - position >= length:
            last, quantity = numbers[position]
            length = last - position
        elif length > 1:
            after = _number_at(tokens, position + length, book)
            if after is not None:  # "зросла до | 33", though "до 33" is a bound
                numbers[position + length] = after
            elif cut := _cut_by_number(position, length, numbers):
                length, sense = beginning.longest(tokens, position, at_most=cut)
        word, start, _ = tokens[position]
        end = tokens[position + length - 1].end
        atoms.append((word, start, end, *sense, quantity))
        position += length
    return tuple(map(_AS_ATOM, atoms))


def _number_at(
    tokens: Sequence[Token], position: int, book: Phrasebook
) -> tuple[int, Quantity] | None:
    """The quantity that begins at a token, and where it ends."""
    if position >= len(tokens) or not book.may_count(tokens[position].word):
        return None
    found = read_quantity(tokens, position, book)
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
