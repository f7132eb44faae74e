"""Stemmed words and pairs of one language as weighted vectors, by scikit-learn."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

Floats: TypeAlias = NDArray[np.float64]

KNOWN_WORDS = 1 << 14  # that are remembered; a day's news has about as many
WIDTH = 1 << 17  # hash buckets; of 10,000 terms, one in fourteen shares its bucket


def pairs(roots: Sequence[str]) -> list[str]:
    """Words, and words with their right neighbour; any number reads ``#``.

    >>> pairs(("6", "dead", "in"))
    ['#', 'dead', 'in', '# dead', 'dead in']
    """
    plain = [*map(_without_digits, roots)]
    return [*plain, *map(" ".join, pairwise(plain))]


@lru_cache(maxsize=KNOWN_WORDS)
def _without_digits(root: str) -> str:
    return "#" if root[:1].isdecimal() else root


@lru_cache(maxsize=1)
def _hasher() -> FeatureHasher:
    return FeatureHasher(n_features=WIDTH, input_type="pair", alternate_sign=False)


def count(
    runs: Sequence[Sequence[str]], stretches: Sequence[Sequence[int]]
) -> csr_matrix:
    """How often stretches of text hold each term ``(n_stretches, WIDTH)``.

    Args:
        runs: The stems of each sentence; no pair reaches across two.
        stretches: The numbers of the sentences of each.
    """
    if not runs:
        return csr_matrix((len(stretches), WIDTH))
    once = (zip(pairs(run), repeat(1)) for run in runs)  # without end
    return sums(csr_matrix(_hasher().transform(once)), stretches)


def sums(rows: csr_matrix, groups: Sequence[Sequence[int]]) -> csr_matrix:
    """The sum of each of some groups of rows ``(n_groups, WIDTH)``."""
    columns = [number for group in groups for number in group]
    ends = np.cumsum([0, *map(len, groups)])
    shape = (len(groups), rows.shape[0])
    return csr_matrix(csr_matrix((np.ones(len(columns)), columns, ends), shape) @ rows)


class Weights:
    """How much a term says in one language: rare ones more (frozen IDF)."""

    def __init__(self, idf: Floats) -> None:
        """Use `learn`, or the ``idf`` of each bucket as it was learned."""
        self.idf = idf

    @classmethod
    def learn(cls, counts: csr_matrix) -> "Weights":
        """From counts, one row a passage; a term never seen is the rarest."""
        known = counts if counts.shape[0] else csr_matrix((1, WIDTH))
        return cls(np.asarray(TfidfTransformer().fit(known).idf_, dtype=np.float64))

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Counts as vectors of length 1 (0 where there is no word).

        As scikit-learn's transformer does with ``sublinear_tf``, in a third of its
        time, for it checks anew what can only be right.
        """
        weights = (np.log(counts.data) + 1) * self.idf[counts.indices]
        sizes = np.diff(counts.indptr)
        rows = np.repeat(np.arange(len(sizes)), sizes)
        squares = np.bincount(rows, weights=weights * weights, minlength=len(sizes))
        weights /= np.sqrt(squares)[rows]
        return csr_matrix((weights, counts.indices, counts.indptr), shape=counts.shape)


def centroids(vectors: csr_matrix, groups: Sequence[Sequence[int]]) -> csr_matrix:
    """The direction of each of some groups of vectors ``(n_groups, WIDTH)``.

    Of length 1; 0 where a group has none.
    """
    return csr_matrix(normalize(sums(vectors, groups)))


def columns(rows: csr_matrix) -> csr_matrix:
    """Rows turned upright once ``(WIDTH, n)``: each turn costs more than a product."""
    return csr_matrix(rows.T)


def cosines(vectors: csr_matrix, upright: csr_matrix) -> Floats:
    """The cosine of each vector with each of some `columns` ``(n_vectors, n)``."""
    return np.asarray((vectors @ upright).toarray(), dtype=np.float64)
