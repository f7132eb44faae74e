"""The words a fact is made of, one file a language (``seeds/lexicons``).

A lexicon maps a category (``strikes.weapons``) to keys (``drone``) to terms; a term is
a word, a phrase, or a ``prefix*`` that stands for any ending. Matching ignores
case and respects whole words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

from detectors.model import Span

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A term of a lexicon found in a text: under which key, and where."""

    key: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, by category and key.

    ``categories["strikes.weapons"]["drone"]`` is a tuple of terms.
    """

    language: str
    categories: Mapping[str, Mapping[str, tuple[str, ...]]]
    _compiled: dict[str, "re.Pattern[str] | None"] = field(
        default_factory=dict, repr=False, compare=False
    )
    _keys: dict[str, tuple[str, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _made: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    def terms(self, category: str) -> tuple[str, ...]:
        """Every term of a category, whatever its key; none if there is none."""
        groups = self.categories.get(category, {})
        return tuple(term for terms in groups.values() for term in terms)

    def find(
        self, category: str, text: str, start: int = 0, end: int | None = None
    ) -> Iterator[Mention]:
        """Each term of ``category`` in ``text[start:end]``, the longest at a place."""
        pattern = self._pattern(category)
        if pattern is None:
            return
        keys = self._keys[category]
        for match in pattern.finditer(text, start, len(text) if end is None else end):
            key = keys[(match.lastindex or 1) - 1]
            yield Mention(key=key, start=match.start(), end=match.end())

    def has(self, category: str, text: str) -> bool:
        """Whether any term of ``category`` stands in ``text``."""
        pattern = self._pattern(category)
        return pattern is not None and pattern.search(text) is not None

    def source(self, category: str) -> str:
        """A regular expression for any term of ``category``, to build rules with."""
        terms = sorted(self.terms(category), key=len, reverse=True)
        return f"(?:{'|'.join(map(term_pattern, terms))})" if terms else "(?!)"

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """What ``make`` builds of this lexicon, built the first time only."""
        if name not in self._made:
            self._made[name] = make()
        return cast("_Made", self._made[name])

    def _pattern(self, category: str) -> "re.Pattern[str] | None":
        if category not in self._compiled:
            pairs = [
                (key, term)
                for key, terms in self.categories.get(category, {}).items()
                for term in terms
            ]
            pairs.sort(key=lambda pair: -len(pair[1]))
            self._keys[category] = tuple(key for key, _ in pairs)
            self._compiled[category] = (
                re.compile(
                    "|".join(f"({term_pattern(term)})" for _, term in pairs),
                    re.IGNORECASE,
                )
                if pairs
                else None
            )
        return self._compiled[category]


def term_pattern(term: str) -> str:
    """A regular expression for one term, whole words, any white space between.

    >>> bool(re.search(term_pattern("longshore*"), "two longshoremen"))
    True
    >>> bool(re.search(term_pattern("strike"), "the striker scored"))
    False
    """
    parts = [
        re.escape(part[:-1]) + r"\w*" if part.endswith("*") else re.escape(part)
        for part in term.split()
    ]
    return r"(?<!\w)" + r"\s+".join(parts) + r"(?!\w)"
