"""All topics in one language: their words with weights, their centroids.

A stretch of text is scored by the topic's words that it holds and by its likeness to
the topic's exemplars, against its likeness to the counter-exemplars.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from detectors.calibration import Calibration
from detectors.keywords import Hit, Keywords
from detectors.model import Topic
from detectors.vectors import Floats, Weights, centroids, columns, cosines

# Weighed on two labelled streams (244 and 75 articles), where half or double of any of
# these moves F1 by .01. For a topic of five exemplars and eight words, likeness at .2
# gives an average precision of .60, at .3 .59 and at .5 .56 (12 types, 5 draws).
LIKENESS = 0.2  # of one deviation of likeness to the exemplars, against the words
UNLIKENESS = 0.1  # the same of likeness to the counter-exemplars
MOST_LIKE = 8.0  # deviations; a passage that repeats an exemplar is no better than that
# What stands beside the first word found counts as if a text of few words went on like
# this, up to so many times: a headline is as sure as the passage below it. Of 38
# headlines that tell of strikes 17 match, against 12, and average precision is .905,
# against .893. The first word is one word, however short the text.
BRIEF, MOST_SAID = 40, 4.0  # words, times
PRIOR = Calibration(slope=3.0, bias=-3.2)
"""For a topic of few exemplars: one word .25, two .52, three .72."""
THRESHOLD = 0.5


class Role(StrEnum):
    """What a list of a topic's words is for."""

    ANY = "any"
    ALL = "all"
    EACH = "each"
    NONE = "none"


class WordList(NamedTuple):
    """A list of words: whose (the topic's number), what for, which of several."""

    topic: int
    role: Role
    number: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like passages are to groups of vectors, in deviations of the background.

    Attributes:
        centres: ``(WIDTH, n_groups)``.
        means: Of the background's cosines with each ``(n_groups,)``.
        deviations: The same.
    """

    centres: csr_matrix
    means: Floats
    deviations: Floats

    @classmethod
    def to(
        cls,
        vectors: csr_matrix,
        groups: Sequence[Sequence[int]],
        background: Sequence[int],
    ) -> "Likeness":
        """Likeness to groups of rows of ``vectors``; to none where one is empty."""
        centres = columns(centroids(vectors, groups))
        if not len(background):
            return cls(centres, np.zeros(len(groups)), np.zeros(len(groups)))
        usual = cosines(vectors[background], centres)
        return cls(centres, usual.mean(axis=0), usual.std(axis=0))

    def of(self, vectors: csr_matrix) -> Floats:
        """Each vector's likeness to each group; 0 where nothing is known."""
        is_known = self.deviations > 0
        likeness = cosines(vectors, self.centres) - self.means
        likeness /= np.where(is_known, self.deviations, 1)
        return np.clip(likeness, -MOST_LIKE, MOST_LIKE) * is_known


@dataclass(frozen=True, slots=True)
class Tongue:
    """All topics in one language.

    Attributes:
        terms: How much each term of a text says.
        keywords: The words of all topics.
        weights: For each topic, those of its ``any`` words.
        like: Likeness to the exemplars of each.
        unlike: Likeness to the counter-exemplars of each.
        exemplars: Those of each, in this language.
        upright: All of them as vectors, in this order ``(WIDTH, n_exemplars)``.
    """

    terms: Weights
    keywords: Keywords[WordList]
    weights: tuple[tuple[float, ...], ...]
    like: Likeness
    unlike: Likeness
    exemplars: tuple[tuple[str, ...], ...]
    upright: csr_matrix

    def scores(
        self,
        hits: Sequence[Mapping[int, Sequence[Hit]]],
        vectors: csr_matrix,
        sizes: Sequence[float],
    ) -> Floats:
        """How strongly texts speak for each topic ``(n_texts, n_topics)``.

        Args:
            hits: For each topic, its ``any`` words in the texts that hold any.
            vectors: Of each text ``(n_texts, WIDTH)``.
            sizes: How many words each has.
        """
        words = self.words_said(hits, sizes)
        return score(words, self.like.of(vectors), self.unlike.of(vectors))

    def words_said(
        self, hits: Sequence[Mapping[int, Sequence[Hit]]], sizes: Sequence[float]
    ) -> Floats:
        """What a topic's words add to `scores`."""
        firsts, others = np.zeros((2, len(sizes), len(hits)))
        for topic, by_text in enumerate(hits):
            weights = self.weights[topic]
            for text, found in by_text.items():
                held = [weights[term] for term in said(found, weights).values()]
                firsts[text, topic] = first = max(held)
                others[text, topic] = sum(held) - first
        brevity = np.clip(BRIEF / np.maximum(sizes, 1), 1, MOST_SAID)
        return np.asarray(np.log1p(firsts + others * brevity[:, np.newaxis]))

    def nearest(self, vectors: csr_matrix, rows: Sequence[int]) -> tuple[str, ...]:
        """For each topic, its exemplar that is most like a text; "" if none is.

        Args:
            vectors: Of texts ``(n_texts, WIDTH)``.
            rows: The number of the text that each topic asks for.
        """
        texts = sorted({*rows})
        likeness = cosines(vectors[texts], self.upright)
        found, start = [], 0
        for row, exemplars in zip(rows, self.exemplars, strict=True):
            stop = start + len(exemplars)
            own = likeness[texts.index(row), start:stop]
            best = int(own.argmax()) if stop > start else 0
            found.append(exemplars[best] if own.any() else "")
            start = stop
        return tuple(found)


def score(words: Floats, like: Floats, unlike: Floats) -> Floats:
    """What `Tongue` tells of texts, summed."""
    return words + LIKENESS * like - UNLIKENESS * unlike


@dataclass(frozen=True, slots=True)
class Profile:
    """A topic, and how its scores become probabilities."""

    topic: Topic
    calibration: Calibration
    threshold: float

    @property
    def is_fitted(self) -> bool:
        """Whether its probabilities are fitted to its exemplars, not taken as usual."""
        return self.calibration != PRIOR

    def tempered(self, share: float) -> "Profile":
        """The same topic where words say a share of what they say alone."""
        slope, bias = self.calibration.slope, self.calibration.bias
        calibration = Calibration(slope * share, bias * share)
        return Profile(self.topic, calibration, self.threshold)


def word_lists(topics: Sequence[Topic]) -> dict[WordList, tuple[str, ...]]:
    """Every list of words of some topics."""
    lists: dict[WordList, tuple[str, ...]] = {}
    for number, topic in enumerate(topics):
        words = topic.words
        lists[WordList(number, Role.ANY)] = tuple(words.any)
        lists[WordList(number, Role.ALL)] = tuple(words.all)
        lists[WordList(number, Role.NONE)] = tuple(words.none)
        for group, terms in enumerate(words.each):
            lists[WordList(number, Role.EACH, group)] = tuple(terms)
    return lists


def said(hits: Iterable[Hit], weights: Sequence[float]) -> dict[tuple[str, ...], int]:
    """The terms of some hits, each stretch of words told by its heaviest term."""
    best: dict[tuple[str, ...], int] = {}
    for hit in hits:
        rival = best.get(hit.said)
        if rival is None or (-weights[hit.term], hit.term) < (-weights[rival], rival):
            best[hit.said] = hit.term
    return best
