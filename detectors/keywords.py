"""The words of all topics, looked up together among the words of a text.

A term of one word also finds its inflections, through the stemmer of the text's
language; ``prefix*`` finds any ending; a phrase needs its words in a row.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from detectors.text import Reading, stem_words, words
from detectors.vectors import KNOWN_WORDS

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that stands in a run of words.

    Args:
        term: Its number.
        said: The stems that it was found in: two inflections are one word said.
    """

    term: int
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a term: how it may stand in a text."""

    word: str
    root: str
    is_prefix: bool

    def fits(self, word: str, root: str) -> bool:
        """Whether a word of a text is this one."""
        if self.is_prefix:
            return word.startswith(self.word)
        return self.word == word or self.root == root


@dataclass(frozen=True, slots=True)
class _Term(Generic[Key]):
    """A term of a list."""

    key: Key
    number: int
    steps: tuple[_Step, ...]

    def goes_on(self, place: int, run: Sequence[str], roots: Sequence[str]) -> bool:
        """Whether what follows its first word stands behind a place."""
        if place + len(self.steps) > len(run):
            return False
        for number in range(1, len(self.steps)):
            if not self.steps[number].fits(run[place + number], roots[place + number]):
                return False
        return True


class Keywords(Generic[Key]):
    """Lists of terms compiled for texts of one language, each under its key.

    A text is gone through once for all of them: what a word begins is remembered, so
    a list more costs nothing where none of its words stand.
    """

    def __init__(self, lists: Mapping[Key, Sequence[str]], language: str) -> None:
        """Compile ``lists``; hits tell terms by their numbers in the list."""
        self._terms = tuple(
            _Term(key, number, _steps(text, language))
            for key, terms in lists.items()
            for number, text in enumerate(terms)
        )
        self._by_word: dict[str, list[int]] = {}
        self._by_prefix: dict[str, list[int]] = {}
        for place, term in enumerate(self._terms):
            first = term.steps[0]
            index = self._by_prefix if first.is_prefix else self._by_word
            for form in {first.word} if first.is_prefix else {first.word, first.root}:
                index.setdefault(form, []).append(place)
        self._language = language
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self._beginning = lru_cache(maxsize=KNOWN_WORDS)(self._look_up)

    def find(
        self, run: Sequence[str], roots: Sequence[str]
    ) -> Iterator[tuple[Key, Hit]]:
        """Each term that stands in a run of words; several may share a place.

        Args:
            run: Case-folded words.
            roots: The stem of each.
        """
        for place, terms in enumerate(map(self._beginning, run)):
            for term in terms:
                if term.goes_on(place, run, roots):
                    said = tuple(roots[place : place + len(term.steps)])
                    yield term.key, Hit(term.number, said)

    def _look_up(self, word: str) -> tuple[_Term[Key], ...]:
        """The terms that begin with a word."""
        (root,) = stem_words([word], self._language)
        found = {*self._by_word.get(word, ()), *self._by_word.get(root, ())}
        for length in self._lengths:
            found.update(self._by_prefix.get(word[:length], ()))
        terms = (self._terms[place] for place in sorted(found))
        return tuple(term for term in terms if term.steps[0].fits(word, root))


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words and their stems, sentence by sentence."""

    language: str
    runs: tuple[tuple[str, ...], ...]
    roots: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, *readings: Reading) -> "Words":
        """The words of readings, one after the other, in the language of the first."""
        language = readings[0].language
        runs = tuple(
            loose_words(reading.quote(sentence.span))
            for reading in readings
            for sentence in reading.sentences
        )
        return cls(language, runs, tuple(stem_words(run, language) for run in runs))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many words each sentence has."""
        return tuple(map(len, self.runs))

    def hits(self, keywords: Keywords[Key]) -> "dict[Key, dict[int, list[Hit]]]":
        """The terms that stand in it: of each list, by sentence, both in order."""
        found: dict[Key, dict[int, list[Hit]]] = {}
        for number, (run, roots) in enumerate(zip(self.runs, self.roots, strict=True)):
            for key, hit in keywords.find(run, roots):
                found.setdefault(key, {}).setdefault(number, []).append(hit)
        return found


def loose_words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded, those joined by a hyphen apart.

    >>> loose_words("An air-raid siren")
    ('an', 'air', 'raid', 'siren')
    """
    run = words(text)
    if "-" not in text:
        return run
    return tuple(part for word in run for part in word.split("-"))


def _steps(term: str, language: str) -> tuple[_Step, ...]:
    return tuple(_step(part, language) for part in term.replace("-", " ").split())


def _step(part: str, language: str) -> _Step:
    word = part.removesuffix("*").casefold().replace("\u2019", "'")
    is_prefix = part.endswith("*")
    root = word if is_prefix else " ".join(stem_words([word], language))
    return _Step(word, root, is_prefix)
