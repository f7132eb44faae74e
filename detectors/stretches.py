"""An article cut into stretches, and what all topics together see in each.

Passages decide, paragraphs are shown, the title speaks for or against the whole. What
costs is done once for all topics: words, vectors, likenesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from detectors.furniture import furniture
from detectors.keywords import Hit, Words
from detectors.profiles import Role, Tongue, WordList
from detectors.text import Reading, read
from detectors.vectors import Floats, count


@dataclass(frozen=True, slots=True)
class Stretches:
    """The passages of a reading, its paragraphs, and its title; as sentences.

    The sentences of the title are numbered behind those of the text.
    """

    windows: tuple[range, ...]
    paragraphs: tuple[range, ...]
    title: range
    furniture: tuple[bool, ...]

    @classmethod
    def of(cls, reading: Reading, title: Reading) -> "Stretches":
        """Cut a text, and its title, which was read by itself."""
        n_sentences = len(reading.sentences)
        return cls(
            tuple(reading.windows()),
            reading.by_paragraph(),
            range(n_sentences, n_sentences + len(title.sentences)),
            furniture([reading.quote(span) for span in reading.paragraphs]),
        )

    @property
    def all(self) -> tuple[range, ...]:
        """Each of them, in this order."""
        return (*self.windows, *self.paragraphs, self.title)

    def kept(self) -> list[list[int]]:
        """The same, without the sentences that are no part of the article."""
        silent = {
            sentence
            for paragraph, skip in zip(self.paragraphs, self.furniture, strict=True)
            if skip
            for sentence in paragraph
        }
        return [[n for n in stretch if n not in silent] for stretch in self.all]

    def sizes(self, words: Words) -> list[float]:
        """How many words each has; a title no end: brevity is no merit of it."""
        ends = np.cumsum([0, *words.sizes])
        stretches = (*self.windows, *self.paragraphs)
        return [*(float(ends[s.stop] - ends[s.start]) for s in stretches), np.inf]


@dataclass(frozen=True, slots=True)
class Found:
    """The terms of all topics in an article.

    Attributes:
        hits: Of each list of words, by sentence.
        places: For each sentence, the stretches that hold it.
        n_sentences: Of the text; what follows is the title's.
    """

    hits: Mapping[WordList, Mapping[int, Sequence[Hit]]]
    places: Sequence[Sequence[int]]
    n_sentences: int

    @classmethod
    def of(
        cls,
        words: Words,
        tongue: Tongue,
        stretches: Sequence[Sequence[int]],
        n_sentences: int,
    ) -> "Found":
        """Look the words of all topics up, once."""
        places: list[list[int]] = [[] for _ in words.runs]
        for number, stretch in enumerate(stretches):
            for sentence in stretch:
                places[sentence].append(number)
        return cls(words.hits(tongue.keywords), places, n_sentences)

    def by_stretch(self, words: WordList) -> dict[int, list[Hit]]:
        """The terms of a list, in the stretches that hold any."""
        found: dict[int, list[Hit]] = {}
        for sentence, hits in self.hits.get(words, {}).items():
            for stretch in self.places[sentence]:
                found.setdefault(stretch, []).extend(hits)
        return found

    def below_title(self, words: WordList) -> set[int]:
        """The terms of a list that stand anywhere in the text."""
        by_sentence = self.hits.get(words, {}).items()
        return {
            hit.term
            for sentence, hits in by_sentence
            if sentence < self.n_sentences
            for hit in hits
        }


@dataclass(frozen=True, slots=True)
class Article:
    """An article as all topics see it.

    Attributes:
        vectors: Of each stretch ``(n_stretches, WIDTH)``.
        told: For each topic its ``any`` words, by stretch.
        scores: Of each stretch for each topic ``(n_stretches, n_topics)``.
    """

    reading: Reading
    is_live: bool
    stretches: Stretches
    vectors: csr_matrix
    found: Found
    told: Sequence[Mapping[int, Sequence[Hit]]]
    scores: Floats

    @classmethod
    def of(cls, reading: Reading, tongue: Tongue) -> "Article":
        """See a reading through all topics in its language."""
        title = read(reading.title, language=reading.language)
        words = Words.of(reading, title)
        stretches = Stretches.of(reading, title)
        kept = stretches.kept()
        vectors = tongue.terms.weigh(count(words.roots, kept))
        found = Found.of(words, tongue, kept, len(reading.sentences))
        told = [
            found.by_stretch(WordList(number, Role.ANY))
            for number in range(len(tongue.weights))
        ]
        return cls(
            reading,
            reading.is_live,
            stretches,
            vectors,
            found,
            told,
            tongue.scores(told, vectors, stretches.sizes(words)),
        )
