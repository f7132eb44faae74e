"""The words a fact is made of, one file a language (``seeds/lexicons``).

A lexicon maps a category (``strikes.weapons``) to keys (``drone``) to terms; a term is
a word, a phrase, or a ``prefix*`` that stands for any ending. Matching ignores
case and respects whole words.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
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
    _made: dict[Hashable, object] = field(
        default_factory=dict, repr=False, compare=False
    )

    def has(self, category: str, text: str) -> bool:
        """Whether any term of ``category`` stands in ``text``, in whole words.

        >>> lexicon = Lexicon("en", {"quays": {"at work": ("longshore*", "strike")}})
        >>> lexicon.has("quays", "two longshoremen"), lexicon.has("quays", "a striker")
        (True, False)
        """
        pattern = self.once(f"any of {category}", lambda: self._any_of(category))
        return pattern is not None and pattern.search(text) is not None

    def key_in(self, category: str, text: str) -> str | None:
        """The key of the first term of ``category`` in ``text``, of the longest there.

        >>> roles = {"police": ("police",), "press": ("police reporter*",)}
        >>> Lexicon("en", {"roles": roles}).key_in("roles", "two police reporters")
        'press'
        """
        return next(self.keys_in(category, text), None)

    def keys_in(self, category: str, text: str) -> Iterator[str]:
        """The key of each term of ``category`` in ``text``, of the longest anywhere."""
        keys, pattern = self.once(
            f"keys of {category}", lambda: self._keys_of(category)
        )
        for found in pattern.finditer(text) if keys else ():
            if found.lastindex:
                yield keys[found.lastindex - 1]

    def once(self, name: Hashable, make: Callable[[], _Made]) -> _Made:
        """What ``make`` builds of this lexicon, built the first time only."""
        if name not in self._made:
            self._made[name] = make()
        return cast("_Made", self._made[name])

    def _keys_of(self, category: str) -> "tuple[list[str], re.Pattern[str]]":
        """The key of each group of a pattern that has one for each term."""
        groups = self.categories.get(category, {})
        terms = [(term, key) for key, group in groups.items() for term in group]
        terms.sort(key=lambda each: -len(each[0]))
        groups_of = "|".join(f"({_plain_pattern(term)})" for term, _ in terms)
        pattern = re.compile(_whole(groups_of), re.IGNORECASE)
        return [key for _, key in terms], pattern

    def _any_of(self, category: str) -> "re.Pattern[str] | None":
        groups = self.categories.get(category, {})
        terms = [term for group in groups.values() for term in group]
        pattern = _whole(_by_letter(terms))
        return re.compile(pattern, re.IGNORECASE) if terms else None


def _plain_pattern(term: str) -> str:
    """A regular expression for one term, any white space between its words."""
    return r"\s+".join(
        re.escape(part[:-1]) + r"\w*" if part.endswith("*") else re.escape(part)
        for part in term.split()
    )


def _by_letter(terms: Iterable[str]) -> str:
    """A regular expression for any of some terms, asked letter by letter.

    Of fifty terms a word begins few: to ask for all of each takes three times as long.
    """
    begun: dict[str, list[str]] = {}
    for term in terms:
        begun.setdefault(term[0].lower(), []).append(term)
    return "|".join(
        rf"(?={re.escape(some[0][0])})(?:{'|'.join(map(_plain_pattern, some))})"
        for some in begun.values()
    )


def _whole(pattern: str) -> str:
    """Whole words of a pattern; asked once for all of its terms, not by each.

    A search for one of thirty terms takes a seventh of the time so: most letters
    begin no word.
    """
    return rf"(?<!\w)(?:{pattern})(?!\w)"
