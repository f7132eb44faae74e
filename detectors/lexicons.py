"""The words a fact is made of, one file a language (``seeds/lexicons``).

A lexicon maps a category (``strikes.weapons``) to keys (``drone``) to terms; a term is
a word, a phrase, or a ``prefix*`` that stands for any ending. Matching ignores
case and respects whole words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, by category and key.

    ``categories["strikes.weapons"]["drone"]`` is a tuple of terms.
    """

    language: str
    categories: Mapping[str, Mapping[str, tuple[str, ...]]]
    _made: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    def has(self, category: str, text: str) -> bool:
        """Whether any term of ``category`` stands in ``text``."""
        pattern = self.once(f"any of {category}", lambda: self._any_of(category))
        return pattern is not None and pattern.search(text) is not None

    def once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """What ``make`` builds of this lexicon, built the first time only."""
        if name not in self._made:
            self._made[name] = make()
        return cast("_Made", self._made[name])

    def _any_of(self, category: str) -> "re.Pattern[str] | None":
        groups = self.categories.get(category, {})
        terms = [term_pattern(term) for group in groups.values() for term in group]
        return re.compile("|".join(terms), re.IGNORECASE) if terms else None


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
