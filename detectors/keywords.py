"""A topic's words, looked up among the words of a sentence.

A term of one word also finds its inflections, through the stemmer of the text's
language; ``prefix*`` finds any ending; a phrase needs its words in a row.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from detectors.text import stem_words, words

KNOWN_WORDS = 1 << 14  # whose terms are remembered; a day's news has about as many


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


class Keywords:
    """Terms compiled for texts of one language."""

    def __init__(self, terms: Sequence[str], language: str) -> None:
        """Compile ``terms``; hits tell them by their numbers."""
        self._terms = tuple(_steps(term, language) for term in terms)
        self._by_word: dict[str, list[int]] = {}
        self._by_prefix: dict[str, list[int]] = {}
        for number, steps in enumerate(self._terms):
            first = steps[0]
            index = self._by_prefix if first.is_prefix else self._by_word
            for form in {first.word} if first.is_prefix else {first.word, first.root}:
                index.setdefault(form, []).append(number)
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})
        self._beginning = lru_cache(maxsize=KNOWN_WORDS)(self._look_up)

    def may_stand(self, forms: AbstractSet[str], beginnings: AbstractSet[str]) -> bool:
        """Whether a text can hold a term at all: one look, however long it is.

        Args:
            forms: The words of the text, and their stems.
            beginnings: Everything that its words begin with.
        """
        return not (
            self._by_word.keys().isdisjoint(forms)
            and self._by_prefix.keys().isdisjoint(beginnings)
        )

    def find(self, run: Sequence[str], roots: Sequence[str]) -> Iterator[Hit]:
        """Each term that stands in a run of words; several may share a place.

        Args:
            run: Case-folded words.
            roots: The stem of each.
        """
        for place, (word, root) in enumerate(zip(run, roots, strict=True)):
            for number in self._beginning(word, root):
                end = place + len(self._terms[number])
                if end <= len(run) and self._stands(number, place, run, roots):
                    yield Hit(number, tuple(roots[place:end]))

    def _look_up(self, word: str, root: str) -> tuple[int, ...]:
        """The terms that may begin with a word."""
        found = {*self._by_word.get(word, ()), *self._by_word.get(root, ())}
        for length in self._lengths:
            found.update(self._by_prefix.get(word[:length], ()))
        return tuple(sorted(found))

    def _stands(
        self, number: int, place: int, run: Sequence[str], roots: Sequence[str]
    ) -> bool:
        return all(
            step.fits(run[i], roots[i])
            for i, step in enumerate(self._terms[number], place)
        )


def _steps(term: str, language: str) -> tuple[_Step, ...]:
    return tuple(_step(part, language) for part in term.replace("-", " ").split())


def _step(part: str, language: str) -> _Step:
    word = part.removesuffix("*").casefold().replace("\u2019", "'")
    is_prefix = part.endswith("*")
    root = word if is_prefix else " ".join(stem_words([word], language))
    return _Step(word, root, is_prefix)


def loose_words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded, those joined by a hyphen apart.

    >>> loose_words("An air-raid siren")
    ('an', 'air', 'raid', 'siren')
    """
    return tuple(part for word in words(text) for part in word.split("-"))
