"""How rare a word is among the articles of a topic, learned as they come.

Which words tell one shooting from the next, or one port strike, no list knows: in
their topic "police" and "dockers" say nothing. So a topic that has nothing but words
to go by counts in how many of its articles each stood, in a sketch of fixed size: what
two rare words share is counted for both, which costs little, as both stay rare.

References:
    Cormode & Muthukrishnan 2005, "An improved data stream summary: the count-min
    sketch" (here with one row).
"""

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from detectors.model import Vocabulary

BUCKETS = 1 << 15  # 64 KB a topic; a year of one has some 30,000 words
REMEMBERED = 20_000  # articles; then all counts are halved, and what was is forgotten
_COUNT = np.dtype("<u2")


class Rarities(dict[str, float]):
    """How much each word tells of which story an article is, by a vocabulary.

    The logarithm of 1 + articles / articles that have the word; above 0, and most for
    words never seen. Each is reckoned once, and looked up some thousand times.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Read the counts."""
        super().__init__()
        self._counts = _counts(vocabulary)
        self._articles = vocabulary.articles

    def __missing__(self, word: str) -> float:
        """Reckon that of a word."""
        times = int(self._counts.item(_bucket(word)))
        self[word] = rarity = math.log(1 + (self._articles + 1) / (times + 0.5))
        return rarity


def rarities_of(
    vocabulary: Vocabulary, hashes: NDArray[np.uint64]
) -> NDArray[np.float64]:
    """What `Rarities` gives of words, by their 64-bit hashes (xxh3)."""
    times = _counts(vocabulary)[hashes % np.uint64(BUCKETS)]
    rarities: NDArray[np.float64] = np.log(
        1 + (vocabulary.articles + 1) / (times + 0.5)
    )
    return rarities


def counted(vocabulary: Vocabulary, words: Iterable[str]) -> Vocabulary:
    """``vocabulary`` after one more article, which has ``words``.

    >>> before = Vocabulary(topic="port-strikes")
    >>> after = counted(before, ["dockers", "crane"])
    >>> Rarities(after)["dockers"] < Rarities(after)["ferry"]
    True
    """
    counts = _counts(vocabulary).copy()
    buckets = sorted({_bucket(word) for word in words})
    counts[buckets] += 1
    articles = vocabulary.articles + 1
    if articles >= REMEMBERED:
        counts, articles = np.right_shift(counts, np.uint16(1)), articles >> 1
    return Vocabulary(
        topic=vocabulary.topic, articles=articles, counts=counts.tobytes()
    )


def _counts(vocabulary: Vocabulary) -> NDArray[np.uint16]:
    if not vocabulary.counts:
        return np.zeros(BUCKETS, dtype=_COUNT)
    return np.frombuffer(vocabulary.counts, dtype=_COUNT)


@lru_cache(maxsize=1 << 15)
def _bucket(word: str) -> int:
    return int(xxhash.xxh3_64_intdigest(word.encode()) % BUCKETS)
