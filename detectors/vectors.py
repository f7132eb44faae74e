"""Stemmed words and pairs of one language as weighted vectors, by scikit-learn."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize

Floats = NDArray[np.float64]

WIDTH = 1 << 17  # hash buckets; of 10,000 terms, one in fourteen shares its bucket


def pairs(roots: Sequence[str]) -> list[str]:
    """Words, and words with their right neighbour; any number reads ``#``.

    >>> pairs(("6", "dead", "in"))
    ['#', 'dead', 'in', '# dead', 'dead in']
    """
    plain = ["#" if root[:1].isdecimal() else root for root in roots]
    return plain + [f"{a} {b}" for a, b in pairwise(plain)]


@lru_cache(maxsize=1)
def _counter() -> HashingVectorizer:
    return HashingVectorizer(
        analyzer=pairs, n_features=WIDTH, norm=None, alternate_sign=False
    )


def count(runs: Sequence[Sequence[str]]) -> csr_matrix:
    """How often each run of stems holds each term ``(n_runs, WIDTH)``."""
    return csr_matrix(_counter().transform(runs))


class Weights:
    """How much a term says in one language: rare ones more (frozen IDF)."""

    def __init__(self, counts: csr_matrix) -> None:
        """Learn from counts, one row a passage; a term never seen is the rarest."""
        self._idf = TfidfTransformer(sublinear_tf=True).fit(counts)

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Counts as vectors of length 1 (0 where there is no word)."""
        return csr_matrix(self._idf.transform(counts))


def total(rows: csr_matrix) -> csr_matrix:
    """The sum of some rows ``(1, WIDTH)``."""
    return csr_matrix(csr_matrix(np.ones((1, rows.shape[0]))) @ rows)


def centroid(vectors: csr_matrix) -> csr_matrix:
    """The direction of some vectors, of length 1; 0 of none ``(1, WIDTH)``."""
    return csr_matrix(normalize(total(vectors)))


def column(row: csr_matrix) -> csr_matrix:
    """A row turned upright once ``(WIDTH, 1)``: each turn costs more than a product."""
    return csr_matrix(row.T)


def cosines(vectors: csr_matrix, upright: csr_matrix) -> Floats:
    """The cosine of each of some vectors with one `column`."""
    return np.asarray((vectors @ upright).toarray(), dtype=np.float64).ravel()
