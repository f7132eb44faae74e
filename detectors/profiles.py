"""A topic as the model knows it: words with weights, centroids, a calibration.

All is learned from the topic's own exemplars and a background of passages on no
topic, language by language, and frozen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from detectors.calibration import Calibration, fit
from detectors.keywords import Hit, Keywords, loose_words
from detectors.model import Exemplar, Topic
from detectors.text import Reading, read, stem_words
from detectors.vectors import WIDTH, Weights, centroid, column, cosines, count, total

Floats = NDArray[np.float64]

# Weighed on two labelled streams (244 and 75 articles), where half or double of any of
# these moves F1 by .01. For a topic of five exemplars and eight words, likeness at .2
# gives an average precision of .60, at .3 .59 and at .5 .56 (12 types, 5 draws).
LIKENESS = 0.2  # of one deviation of likeness to the exemplars, against the words
UNLIKENESS = 0.1  # the same of likeness to the counter-exemplars
MOST_LIKE = 8.0  # deviations; a passage that repeats an exemplar is no better than that
LIGHTEST, HEAVIEST = 0.25, 2.5  # what one word can add, in log-odds
SMOOTHING = 0.5  # of how many exemplars, or background passages, hold a word
UNSEEN = 1.0  # the weight of a word that stands in none of them
USUAL = 0.15  # the share of a topic's passages that hold a word of it, for want of any
# What stands beside the first word found counts as if a text of few words went on like
# this, up to so many times: a headline is as sure as the passage below it. Of 38
# headlines that tell of strikes 17 match, against 12, and average precision is .905,
# against .893. The first word is one word, however short the text.
BRIEF, MOST_SAID = 40, 4.0  # words, times
TRUST = 2.0  # passages that must hold a word until its own weight outweighs UNSEEN
PRIOR = Calibration(slope=3.0, bias=-3.2)
"""For a topic of few exemplars: one word .25, two .52, three .72."""
THRESHOLD = 0.5

_NO_WORDS = csr_matrix((1, WIDTH))


@dataclass(frozen=True, slots=True)
class Words:
    """A text as words and stems, sentence by sentence."""

    language: str
    runs: tuple[tuple[str, ...], ...]
    roots: tuple[tuple[str, ...], ...]
    counts: csr_matrix
    forms: frozenset[str]
    beginnings: frozenset[str]

    @classmethod
    def of(cls, reading: Reading) -> "Words":
        """The words of a reading, which says its language."""
        runs = tuple(loose_words(reading.quote(s.span)) for s in reading.sentences)
        roots = tuple(stem_words(run, reading.language) for run in runs)
        known = {word for run in runs for word in run}
        return cls(
            reading.language,
            runs,
            roots,
            count(roots) if roots else _NO_WORDS,
            frozenset(known.union(*roots)),
            frozenset(word[:end] for word in known for end in range(1, len(word) + 1)),
        )

    @property
    def size(self) -> int:
        """How many words it has."""
        return sum(map(len, self.runs))

    @property
    def total(self) -> csr_matrix:
        """How often the whole text holds each term."""
        return total(self.counts)

    def hits(self, keywords: Keywords) -> list[tuple[Hit, ...]]:
        """The terms that each sentence holds."""
        if not keywords.may_stand(self.forms, self.beginnings):
            return [()] * len(self.runs)
        return [
            tuple(keywords.find(run, roots))
            for run, roots in zip(self.runs, self.roots, strict=True)
        ]

    def all_hits(self, keywords: Keywords) -> tuple[Hit, ...]:
        """The terms that the whole holds."""
        return tuple(hit for hits in self.hits(keywords) for hit in hits)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like a passage is to some exemplars, in deviations of the background."""

    centre: csr_matrix
    mean: float
    deviation: float

    @classmethod
    def to(cls, vectors: csr_matrix, background: csr_matrix) -> "Likeness":
        """Likeness to ``vectors``; none to any where there are no vectors."""
        centre = column(centroid(vectors))
        usual = cosines(background, centre)
        if not len(usual):
            return cls(centre, 0.0, 0.0)
        return cls(centre, float(usual.mean()), float(usual.std()))

    def of(self, vectors: csr_matrix) -> Floats:
        """The likeness of each vector; 0 where nothing is known."""
        if not self.deviation:
            return np.zeros(vectors.shape[0])
        likeness = (cosines(vectors, self.centre) - self.mean) / self.deviation
        return np.clip(likeness, -MOST_LIKE, MOST_LIKE)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A topic in one language; ``weights`` are those of its ``any`` words."""

    any: Keywords
    all: Keywords
    each: "Groups"
    none: Keywords
    weights: Floats
    like: Likeness
    unlike: Likeness
    exemplars: tuple[str, ...]
    vectors: csr_matrix


class Groups:
    """Lists of terms, of each of which an article must hold one."""

    def __init__(self, lists: Sequence[Sequence[str]], language: str) -> None:
        """Compile ``lists``."""
        self._keywords = Keywords([t for terms in lists for t in terms], language)
        self._numbers = [n for n, terms in enumerate(lists) for _ in terms]
        self._lists = tuple(lists)

    def absent(self, *texts: Words) -> tuple[int, ...]:
        """The numbers of the lists that none of some texts holds a term of."""
        held: set[int] = set()
        for hit in self._hits(texts):
            held.add(self._numbers[hit.term])
            if len(held) == len(self._lists):
                return ()
        return tuple(n for n in range(len(self._lists)) if n not in held)

    def _hits(self, texts: Iterable[Words]) -> Iterator[Hit]:
        for text in texts:
            if self._keywords.may_stand(text.forms, text.beginnings):
                for run, roots in zip(text.runs, text.roots, strict=True):
                    yield from self._keywords.find(run, roots)


@dataclass(frozen=True, slots=True)
class Profile:
    """A topic, fitted."""

    topic: Topic
    tongues: Mapping[str, Tongue]
    calibration: Calibration
    threshold: float

    @property
    def is_fitted(self) -> bool:
        """Whether its probabilities are fitted to its exemplars, not taken as usual."""
        return self.calibration != PRIOR

    def log_odds(
        self,
        hits: Sequence[Sequence[Hit]],
        vectors: csr_matrix,
        language: str,
        sizes: Sequence[int] | None = None,
    ) -> Floats:
        """How strongly each stretch of text speaks for the topic.

        Args:
            hits: The topic's terms in each stretch.
            vectors: The words of each ``(n_stretches, WIDTH)``.
            language: The language of all.
            sizes: How many words each has, where brevity is no fault.
        """
        tongue = self.tongues[language]
        return self.calibration.log_odds(_scores(hits, vectors, tongue, sizes))


@dataclass(frozen=True, slots=True)
class Corpus:
    """All that is known of one language before an article comes."""

    weights: Weights
    background: tuple[Words, ...]
    exemplars: Mapping[str, tuple[Words, ...]]
    counters: Mapping[str, tuple[Words, ...]]

    @classmethod
    def of(
        cls, language: str, topics: Sequence[Topic], background: Sequence[Exemplar]
    ) -> "Corpus":
        """Gather the passages of a language, by topic."""
        usual = _texts(background, language)
        exemplars = {t.id: _texts(t.exemplars, language) for t in topics}
        counters = {t.id: _texts(t.counter_exemplars, language) for t in topics}
        known = [*usual]
        for texts in (*exemplars.values(), *counters.values()):
            known.extend(texts)
        rows = [words.total for words in known] or [_NO_WORDS]
        return cls(Weights(csr_matrix(vstack(rows))), usual, exemplars, counters)

    def vectors(self, texts: Sequence[Words]) -> csr_matrix:
        """One vector a text ``(n_texts, WIDTH)``."""
        if not texts:
            return csr_matrix((0, WIDTH))
        return self.weights.weigh(csr_matrix(vstack([text.total for text in texts])))


def fit_profile(topic: Topic, corpora: Mapping[str, Corpus]) -> Profile:
    """Learn a topic from its exemplars in every language.

    Probabilities are fitted to scores that each exemplar has without itself: with
    itself it would match its own centroid, and set the threshold too high.
    """
    tongues = {
        language: _tongue(topic, language, corpus)
        for language, corpus in corpora.items()
    }
    labelled = [
        pair
        for language, corpus in corpora.items()
        for pair in _labelled(topic, tongues[language], corpus)
    ]
    scores = np.array([score for score, _ in labelled])
    labels = np.array([label for _, label in labelled], dtype=np.bool_)
    asked = topic.alert.min_probability
    return Profile(
        topic,
        tongues,
        fit(scores, labels, PRIOR),
        THRESHOLD if asked is None else asked,
    )


def said(hits: Iterable[Hit], weights: Floats) -> dict[tuple[str, ...], int]:
    """The terms of some hits, each stretch of words told by its heaviest term."""
    best: dict[tuple[str, ...], int] = {}
    for hit in hits:
        rival = best.get(hit.said)
        if rival is None or (-weights[hit.term], hit.term) < (-weights[rival], rival):
            best[hit.said] = hit.term
    return best


def _texts(exemplars: Sequence[Exemplar], language: str) -> tuple[Words, ...]:
    return tuple(
        Words.of(read(exemplar.text, language=language))
        for exemplar in exemplars
        if exemplar.language == language
    )


def _tongue(topic: Topic, language: str, corpus: Corpus) -> Tongue:
    background = corpus.vectors(corpus.background)
    exemplars = corpus.vectors(corpus.exemplars[topic.id])
    words = Keywords(topic.words.any, language)
    return Tongue(
        any=words,
        all=Keywords(topic.words.all, language),
        each=Groups(topic.words.each, language),
        none=Keywords(topic.words.none, language),
        weights=_word_weights(topic, words, corpus),
        like=Likeness.to(exemplars, background),
        unlike=Likeness.to(corpus.vectors(corpus.counters[topic.id]), background),
        exemplars=tuple(e.text for e in topic.exemplars if e.language == language),
        vectors=exemplars,
    )


def _word_weights(topic: Topic, keywords: Keywords, corpus: Corpus) -> Floats:
    """How much each word speaks for the topic: log-odds, smoothed and bounded."""
    n_terms = len(topic.words.any)
    yes = _presence(corpus.exemplars[topic.id], keywords, n_terms)
    no = _presence((*corpus.background, *corpus.counters[topic.id]), keywords, n_terms)
    on, off = yes.sum(axis=0), no.sum(axis=0)
    rarity = -np.log((off + SMOOTHING) / (len(no) + 1))
    if not len(no):
        odds = np.full(n_terms, UNSEEN)
    elif not len(yes):
        odds = np.minimum(rarity + np.log(USUAL), UNSEEN)
    else:
        odds = rarity + np.log((on + SMOOTHING) / (len(yes) + 1))
        odds = ((on + off) * odds + TRUST * UNSEEN) / (on + off + TRUST)
    return np.asarray(np.clip(odds, LIGHTEST, HEAVIEST), dtype=np.float64)


def _presence(
    texts: Sequence[Words], keywords: Keywords, n_terms: int
) -> NDArray[np.bool_]:
    """Which text holds which term ``(n_texts, n_terms)``."""
    held = np.zeros((len(texts), n_terms), dtype=np.bool_)
    for row, text in enumerate(texts):
        held[row, [hit.term for hit in text.all_hits(keywords)]] = True
    return held


def _labelled(
    topic: Topic, tongue: Tongue, corpus: Corpus
) -> Iterator[tuple[float, bool]]:
    """Scores to calibrate on: exemplars, each without itself, and what is none."""
    usual = corpus.vectors(corpus.background)
    for number, text in enumerate(corpus.exemplars[topic.id]):
        like = Likeness.to(_without(tongue.vectors, number), usual)
        alone = replace(tongue, like=like)
        yield _score_whole(text, tongue.vectors[number], alone), True
    counters = corpus.counters[topic.id]
    vectors = corpus.vectors(counters)
    for number, text in enumerate(counters):
        unlike = Likeness.to(_without(vectors, number), usual)
        alone = replace(tongue, unlike=unlike)
        yield _score_whole(text, vectors[number], alone), False
    for number, text in enumerate(corpus.background):
        yield _score_whole(text, usual[number], tongue), False


def _without(vectors: csr_matrix, number: int) -> csr_matrix:
    kept = [row for row in range(vectors.shape[0]) if row != number]
    return csr_matrix(vectors[kept])


def _score_whole(text: Words, vector: csr_matrix, tongue: Tongue) -> float:
    hits, sizes = [text.all_hits(tongue.any)], [text.size]
    return float(_scores(hits, vector, tongue, sizes)[0])


def _scores(
    hits: Sequence[Sequence[Hit]],
    vectors: csr_matrix,
    tongue: Tongue,
    sizes: Sequence[int] | None = None,
) -> Floats:
    firsts, others = np.zeros(len(hits)), np.zeros(len(hits))
    for row, found in enumerate(hits):
        weights = tongue.weights[[*said(found, tongue.weights).values()]]
        firsts[row] = weights.max(initial=0)
        others[row] = weights.sum() - firsts[row]
    if sizes is not None:
        others *= np.clip(BRIEF / np.maximum(sizes, 1), 1, MOST_SAID)
    like = LIKENESS * tongue.like.of(vectors)
    unlike = UNLIKENESS * tongue.unlike.of(vectors)
    return np.asarray(np.log1p(firsts + others) + like - unlike, dtype=np.float64)
