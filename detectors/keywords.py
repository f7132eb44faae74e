"""A topic's words, looked up among the words of a sentence.

A term of one word also finds its inflections, through the stemmer of the text's
language; ``prefix*`` finds any ending; a phrase needs its words in a row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detectors.text import stems, words


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a term: how it may stand in a text."""

    word: str
    stem: str
    is_prefix: bool

    def fits(self, word: str, stem: str) -> bool:
        if self.is_prefix:
            return word.startswith(self.word)
        return word == self.word or stem == self.stem


class Keywords:
    """Terms compiled for texts of one language."""

    def __init__(self, terms: Sequence[str], language: str) -> None:
        """Compile ``terms``; what is found is told by their numbers."""
        self._steps = tuple(_steps(term, language) for term in terms)
        self._by_word: dict[str, list[int]] = {}
        self._by_prefix: dict[str, list[int]] = {}
        for number, steps in enumerate(self._steps):
            if not steps:
                continue
            first = steps[0]
            if first.is_prefix:
                self._by_prefix.setdefault(first.word, []).append(number)
            else:
                for form in {first.word, first.stem}:
                    self._by_word.setdefault(form, []).append(number)
        self._lengths = sorted({len(prefix) for prefix in self._by_prefix})

    def find(self, run: Sequence[str], roots: Sequence[str]) -> frozenset[int]:
        """The numbers of the terms that stand in a run of words.

        Args:
            run: Case-folded words.
            roots: The stem of each.
        """
        found: set[int] = set()
        for place, (word, root) in enumerate(zip(run, roots, strict=True)):
            for number in self._beginning(word, root):
                if number not in found and self._stands(number, place, run, roots):
                    found.add(number)
        return frozenset(found)

    def _beginning(self, word: str, root: str) -> Iterable[int]:
        """The terms that may begin with a word."""
        yield from self._by_word.get(word, ())
        if root != word:
            yield from self._by_word.get(root, ())
        for length in self._lengths:
            yield from self._by_prefix.get(word[:length], ())

    def _stands(
        self, number: int, place: int, run: Sequence[str], roots: Sequence[str]
    ) -> bool:
        steps = self._steps[number]
        end = place + len(steps)
        return end <= len(run) and all(
            step.fits(run[place + i], roots[place + i]) for i, step in enumerate(steps)
        )


def _steps(term: str, language: str) -> tuple[_Step, ...]:
    steps = []
    for part in term.replace("-", " ").split():
        is_prefix = part.endswith("*")
        word = part.rstrip("*").casefold().replace("’", "'")
        stem = word if is_prefix else " ".join(stems(word, language))
        if word:
            steps.append(_Step(word, stem, is_prefix))
    return tuple(steps)


def loose_words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded, those joined by a hyphen apart.

    >>> loose_words("An air-raid siren")
    ('an', 'air', 'raid', 'siren')
    """
    return tuple(part for word in words(text) for part in word.split("-"))
