"""How like a part of an article is to the stories nearby, by shared words and names.

A word tells the more, the fewer of these stories have it. All of them are reckoned at
once: a word at a time that took a fifth of following an article.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple, TypeAlias

import numpy as np
import xxhash
from numpy.typing import NDArray

from detectors.identity import Same

NAME = "@"  # what a term begins with that is one
_KINDS = 2  # words, names
_FIRST_BITS = 12  # of a hash
_OTHER_BITS = np.uint64(64 - _FIRST_BITS)

_Floats = NDArray[np.float64]
_Hashes = NDArray[np.uint64]
WordsAndNames: TypeAlias = tuple[float, float]
"""A number of the words, and one of the names."""

Rare: TypeAlias = Callable[[_Hashes], _Floats]
"""How much terms tell, by their hashes."""


class Likeness(NamedTuple):
    """Cosines, each 0..1."""

    words: float
    names: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """Terms as arrays of one length, in their order.

    Args:
        hashes: What they are known by.
        weights: How heavy each is.
        kinds: 1 for a name, 0 for a word.
    """

    hashes: _Hashes
    weights: _Floats
    kinds: NDArray[np.int64]


def compare(
    part: Mapping[str, float], stories: Sequence[Mapping[str, float]]
) -> list[Likeness]:
    """How like ``part`` is to each of ``stories``, by their terms with weights.

    A term's weight is multiplied by how much it tells which story it is of:
    ln(1 + stories / those that have it), and 1 where none has it.

    >>> strike = {"drone": 1.0, "@odesa": 1.0}
    >>> compare(strike, [{"drone": 2.0, "@sumy": 1.0}, {}])
    [Likeness(words=1.0, names=0.0), Likeness(words=0.0, names=0.0)]
    """
    if not stories:
        return []
    ours, theirs = _terms(Same(part)), [_terms(Same(each)) for each in stories]
    known, at = np.unique(
        np.concatenate([ours.hashes, *[each.hashes for each in theirs]]),
        return_inverse=True,
    )
    mine, yours = at[: len(ours.hashes)], at[len(ours.hashes) :]
    times = np.bincount(yours, minlength=len(known))  # how many of the stories have it
    rarities = _rarities(len(stories))[times]
    weighed = np.zeros(len(known))
    weighed[mine] = ours.weights * rarities[mine]
    told = np.concatenate([each.weights for each in theirs]) * rarities[yours]
    groups = _groups(theirs)
    products = _sums(groups, told * weighed[yours], len(stories))
    squares = _sums(groups, told * told, len(stories))
    squares *= _sums(ours.kinds, weighed[mine] ** 2, 1)
    sizes = np.sqrt(squares)
    cosines = np.divide(products, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    return [Likeness(*pair) for pair in cosines.tolist()]


def products(
    part: Mapping[str, float], stories: Sequence[Mapping[str, float]], rare: Rare
) -> list[WordsAndNames]:
    """The dot products of ``part`` with each of ``stories``, by their terms' weights.

    Each weight is multiplied by what ``rare`` gives of its term.
    """
    ours, theirs = _terms(Same(part)), [_terms(Same(each)) for each in stories]
    if not stories or not len(ours.hashes):
        return [(0.0, 0.0)] * len(stories)
    order = np.argsort(ours.hashes)
    known, weights = ours.hashes[order], ours.weights[order]
    hashes = np.concatenate([each.hashes for each in theirs])
    # Nine in ten are of no word of ours by their first bits: to look up the rest only
    # takes a third of the time.
    begins = np.zeros(1 << _FIRST_BITS, dtype=np.bool_)
    begins[known >> _OTHER_BITS] = True
    (near,) = np.nonzero(begins[hashes >> _OTHER_BITS])
    place = np.minimum(np.searchsorted(known, hashes[near]), len(known) - 1)
    same = known[place] == hashes[near]
    shared, place = near[same], place[same]
    groups = _groups(theirs)[shared]
    told = np.concatenate([each.weights for each in theirs])[shared]
    told *= weights[place] * rare(hashes[shared]) ** 2
    return [(pair[0], pair[1]) for pair in _sums(groups, told, len(stories)).tolist()]


def sizes(terms: Mapping[str, float], rare: Rare) -> WordsAndNames:
    """The lengths of the words and of the names, each weight by its rarity."""
    told = _terms(Same(terms))
    squares = _sums(told.kinds, (told.weights * rare(told.hashes)) ** 2, 1)
    words, names = np.sqrt(squares[0]).tolist()
    return words, names


@lru_cache(maxsize=64)
def _rarities(stories: int) -> _Floats:
    """What a term tells that none, one, two ... of so many stories have."""
    times = np.arange(stories + 1)
    return np.where(times, np.log(1 + stories / np.maximum(times, 1)), 1.0)


def _groups(stories: Sequence[_Terms]) -> NDArray[np.int64]:
    """For each term of each story in turn, the number of its story and its kind."""
    firsts = np.arange(0, _KINDS * len(stories), _KINDS)
    groups = np.repeat(firsts, [len(each.kinds) for each in stories])
    groups += np.concatenate([each.kinds for each in stories])
    return groups


def _sums(groups: NDArray[np.int64], values: _Floats, stories: int) -> _Floats:
    """Of the words and of the names of each story, ``(stories, 2)``."""
    sums = np.bincount(groups, weights=values, minlength=_KINDS * stories)
    return sums.astype(np.float64, copy=False).reshape(stories, _KINDS)


@lru_cache(maxsize=2_048)  # 10 MB; those of the stories nearby come again
def _terms(terms: Same[Mapping[str, float]]) -> _Terms:
    """Terms as arrays."""
    some, count = terms.value, len(terms.value)
    hashes = map(xxhash.xxh3_64_intdigest, map(str.encode, some))
    named = map(str.startswith, some, repeat(NAME))
    return _Terms(
        hashes=np.fromiter(hashes, np.uint64, count),
        weights=np.fromiter(some.values(), np.float64, count),
        kinds=np.fromiter(named, np.bool_, count).astype(np.int64),
    )
