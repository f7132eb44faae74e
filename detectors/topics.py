"""Does an article match a topic, with which paragraphs, and why?

A passage (three sentences) is scored by the topic's words and by its likeness to the
exemplars of its language (Rocchio); the best passage decides for the article.

References:
    Rocchio 1971, "Relevance feedback in information retrieval".
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from detectors.calibration import Calibration, fit, probability
from detectors.furniture import is_furniture
from detectors.keywords import Keywords, loose_words
from detectors.languages import READABLE
from detectors.model import Exemplar, Topic, TopicVerdict
from detectors.passages import choose, spans_of
from detectors.text import Reading, read, stem_words
from detectors.vectors import WIDTH, Weights, centroid, cosines, count

Floats = NDArray[np.float64]

LIKENESS = (
    0.2  # of one deviation of likeness to the exemplars, against the words' score
)
UNLIKENESS = 0.2  # the same of likeness to the counter-exemplars
MOST_LIKE = 8.0  # deviations; a passage that repeats an exemplar is no better than that
LIGHTEST, HEAVIEST = 0.25, 2.5  # what one word can add, in log-odds
SMOOTHING = 0.5  # of how many exemplars, or background passages, hold a word
UNSEEN = 1.0  # the weight of a word that stands in none of them
PRIOR = Calibration(slope=3.0, bias=-3.3)
"""For a topic without exemplars: one word .23, two .5, three .7."""
THRESHOLD = 0.5
SHOWN_WORDS = 6
SHOWN_EXEMPLAR = 80  # characters

_NOTHING = csr_matrix((1, WIDTH))


@dataclass(frozen=True, slots=True)
class _Words:
    """A text as words and stems, sentence by sentence."""

    language: str
    runs: tuple[tuple[str, ...], ...]
    roots: tuple[tuple[str, ...], ...]
    counts: csr_matrix

    @classmethod
    def of(cls, reading: Reading) -> "_Words":
        runs = tuple(loose_words(reading.quote(s.span)) for s in reading.sentences)
        roots = tuple(stem_words(run, reading.language) for run in runs)
        return cls(reading.language, runs, roots, count(roots) if roots else _NOTHING)

    @property
    def total(self) -> csr_matrix:
        """How often the whole text holds each term."""
        return csr_matrix(self.counts.sum(axis=0))

    def terms(self, keywords: Keywords) -> list[frozenset[int]]:
        """The terms that each sentence holds."""
        return [
            keywords.find(run, roots)
            for run, roots in zip(self.runs, self.roots, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How like a passage is to some exemplars, in deviations of the background."""

    centre: csr_matrix
    mean: float
    deviation: float

    @classmethod
    def to(cls, vectors: csr_matrix, background: csr_matrix) -> "_Likeness":
        centre = centroid(vectors)
        usual = cosines(background, centre)
        deviation = float(usual.std()) if len(usual) else 0.0
        mean = float(usual.mean()) if len(usual) else 0.0
        return cls(centre, mean, deviation)

    def of(self, vectors: csr_matrix) -> Floats:
        """The likeness of each vector; 0 where nothing is known."""
        if not self.deviation:
            return np.zeros(vectors.shape[0])
        likeness = (cosines(vectors, self.centre) - self.mean) / self.deviation
        return np.clip(likeness, -MOST_LIKE, MOST_LIKE)


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A topic in one language."""

    any: Keywords
    all: Keywords
    none: Keywords
    like: _Likeness
    unlike: _Likeness
    exemplars: tuple[str, ...]
    vectors: csr_matrix


@dataclass(frozen=True, slots=True)
class _Profile:
    """A topic, fitted."""

    topic: Topic
    tongues: Mapping[str, _Tongue]
    word_weights: Floats
    calibration: Calibration
    threshold: float


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a topic sees in a reading: log-odds and words of its stretches."""

    windows: Floats
    paragraphs: Floats
    vetoed: tuple[bool, ...]
    terms: tuple[frozenset[int], ...]


class TopicModel:
    """Topics fitted to their exemplars against a background; frozen.

    Attributes:
        digest: Names the topics and the background that it was fitted to.
    """

    def __init__(
        self,
        profiles: tuple[_Profile, ...],
        weights: Mapping[str, Weights],
        digest: str,
    ) -> None:
        """Use `fit`."""
        self._profiles = profiles
        self._weights = weights
        self.digest = digest

    @classmethod
    def fit(
        cls, topics: Sequence[Topic], background: Sequence[Exemplar]
    ) -> "TopicModel":
        """Learn word weights, centroids and calibrations.

        Args:
            topics: In the order in which `match` answers.
            background: Passages on no topic, in every language that is to be read.
        """
        corpora = {
            language: _Corpus.of(language, topics, background) for language in READABLE
        }
        return cls(
            tuple(_profile(topic, corpora) for topic in topics),
            {language: corpus.weights for language, corpus in corpora.items()},
            _digest(topics, background),
        )

    def match(self, reading: Reading) -> tuple[TopicVerdict, ...]:
        """Judge an article by every topic, in order.

        Args:
            reading: In a readable language; any other matches nothing.
        """
        if reading.language not in self._weights or not reading.sentences:
            return tuple(_silent(profile) for profile in self._profiles)
        stretches = _stretches(reading)
        words = _Words.of(reading)
        vectors = self._weights[reading.language].weigh(stretches.sums(words.counts))
        scans = [_scan(p, words, vectors, stretches) for p in self._profiles]
        return tuple(
            _verdict(profile, number, scans, reading, stretches, vectors)
            for number, profile in enumerate(self._profiles)
        )


@dataclass(frozen=True, slots=True)
class _Corpus:
    """All that is known of one language before an article comes."""

    weights: Weights
    background: tuple[_Words, ...]
    exemplars: Mapping[str, tuple[_Words, ...]]
    counters: Mapping[str, tuple[_Words, ...]]

    @classmethod
    def of(
        cls, language: str, topics: Sequence[Topic], background: Sequence[Exemplar]
    ) -> "_Corpus":
        usual = _texts(background, language)
        exemplars = {t.id: _texts(t.exemplars, language) for t in topics}
        counters = {t.id: _texts(t.counter_exemplars, language) for t in topics}
        known = [*usual]
        for texts in (*exemplars.values(), *counters.values()):
            known.extend(texts)
        rows = [words.total for words in known] or [_NOTHING]
        return cls(Weights(csr_matrix(vstack(rows))), usual, exemplars, counters)

    def vectors(self, texts: Sequence[_Words]) -> csr_matrix:
        """One vector a text ``(n_texts, WIDTH)``."""
        if not texts:
            return csr_matrix((0, WIDTH))
        return self.weights.weigh(csr_matrix(vstack([text.total for text in texts])))


def _texts(exemplars: Sequence[Exemplar], language: str) -> tuple[_Words, ...]:
    return tuple(
        _Words.of(read(exemplar.text, language=language))
        for exemplar in exemplars
        if exemplar.language == language
    )


def _profile(topic: Topic, corpora: Mapping[str, _Corpus]) -> _Profile:
    tongues = {
        language: _tongue(topic, language, corpus)
        for language, corpus in corpora.items()
    }
    weights = _word_weights(topic, tongues, corpora)
    scores: list[float] = []
    labels: list[bool] = []
    for language, corpus in corpora.items():
        for score, label in _labelled(topic, tongues[language], corpus, weights):
            scores.append(score)
            labels.append(label)
    return _Profile(
        topic,
        tongues,
        weights,
        fit(np.array(scores), np.array(labels, dtype=np.bool_), PRIOR),
        THRESHOLD if (asked := topic.alert.min_probability) is None else asked,
    )


def _tongue(topic: Topic, language: str, corpus: _Corpus) -> _Tongue:
    background = corpus.vectors(corpus.background)
    exemplars = corpus.vectors(corpus.exemplars[topic.id])
    return _Tongue(
        any=Keywords(topic.words.any, language),
        all=Keywords(topic.words.all, language),
        none=Keywords(topic.words.none, language),
        like=_Likeness.to(exemplars, background),
        unlike=_Likeness.to(corpus.vectors(corpus.counters[topic.id]), background),
        exemplars=tuple(e.text for e in topic.exemplars if e.language == language),
        vectors=exemplars,
    )


def _word_weights(
    topic: Topic, tongues: Mapping[str, _Tongue], corpora: Mapping[str, _Corpus]
) -> Floats:
    """How much each word speaks for the topic: log-odds, smoothed and bounded."""
    n_terms = len(topic.words.any)
    on, off, n_on, n_off = (np.zeros(n_terms) for _ in range(4))
    for language, corpus in corpora.items():
        keywords = tongues[language].any
        yes = _hits(corpus.exemplars[topic.id], keywords, n_terms)
        no = _hits((*corpus.background, *corpus.counters[topic.id]), keywords, n_terms)
        used = yes.any(axis=0) | no.any(axis=0)
        on, off = on + yes.sum(axis=0), off + no.sum(axis=0)
        n_on, n_off = n_on + used * len(yes), n_off + used * len(no)
    odds = np.log((on + SMOOTHING) / (n_on + 1)) - np.log(
        (off + SMOOTHING) / (n_off + 1)
    )
    return np.where(on + off, np.clip(odds, LIGHTEST, HEAVIEST), UNSEEN)


def _hits(
    texts: Sequence[_Words], keywords: Keywords, n_terms: int
) -> NDArray[np.bool_]:
    """Which text holds which term ``(n_texts, n_terms)``."""
    hits = np.zeros((len(texts), n_terms), dtype=np.bool_)
    for row, text in enumerate(texts):
        hits[row, list(frozenset().union(*text.terms(keywords)))] = True
    return hits


def _labelled(
    topic: Topic, tongue: _Tongue, corpus: _Corpus, weights: Floats
) -> Iterator[tuple[float, bool]]:
    """Scores to calibrate on: exemplars, each without itself, and what is none."""
    background = corpus.vectors(corpus.background)
    exemplars = corpus.exemplars[topic.id]
    counters = corpus.counters[topic.id]
    for number, text in enumerate(exemplars):
        others = _without(tongue.vectors, number)
        alone = replace(tongue, like=_Likeness.to(others, background))
        yield _score_whole(text, tongue.vectors[number], alone, weights), True
    vectors = corpus.vectors(counters)
    for number, text in enumerate(counters):
        others = _without(vectors, number)
        alone = replace(tongue, unlike=_Likeness.to(others, background))
        yield _score_whole(text, vectors[number], alone, weights), False
    for number, text in enumerate(corpus.background):
        yield _score_whole(text, background[number], tongue, weights), False


def _without(vectors: csr_matrix, number: int) -> csr_matrix:
    kept = [row for row in range(vectors.shape[0]) if row != number]
    return csr_matrix(vectors[kept])


def _score_whole(
    text: _Words, vector: csr_matrix, tongue: _Tongue, weights: Floats
) -> float:
    found = frozenset().union(*text.terms(tongue.any))
    return float(_scores([found], csr_matrix(vector), tongue, weights)[0])


def _scores(
    terms: Sequence[frozenset[int]],
    vectors: csr_matrix,
    tongue: _Tongue,
    weights: Floats,
) -> Floats:
    """The score of each stretch, from its words and its vector."""
    said = np.array([weights[list(found)].sum() for found in terms])
    likeness = LIKENESS * tongue.like.of(vectors)
    unlikeness = UNLIKENESS * tongue.unlike.of(vectors)
    return np.asarray(np.log1p(said) + likeness - unlikeness, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The passages and then the paragraphs of a reading, as their sentences."""

    windows: tuple[range, ...]
    paragraphs: tuple[range, ...]
    furniture: tuple[bool, ...]

    @property
    def all(self) -> tuple[range, ...]:
        """Both, passages first."""
        return self.windows + self.paragraphs

    def sums(self, counts: csr_matrix) -> csr_matrix:
        """The counts of each stretch."""
        mask = np.zeros((len(self.all), counts.shape[0]))
        for row, sentences in enumerate(self.all):
            mask[row, sentences.start : sentences.stop] = 1
        return csr_matrix(csr_matrix(mask) @ counts)


def _stretches(reading: Reading) -> _Stretches:
    paragraphs = tuple(reading.sentences_of(n) for n in range(len(reading.paragraphs)))
    furniture = tuple(is_furniture(reading.quote(span)) for span in reading.paragraphs)
    return _Stretches(tuple(reading.windows()), paragraphs, furniture)


def _scan(
    profile: _Profile, words: _Words, vectors: csr_matrix, stretches: _Stretches
) -> _Scan:
    tongue = profile.tongues[words.language]
    by_sentence = words.terms(tongue.any)
    vetoes = [bool(found) for found in words.terms(tongue.none)]
    terms = [frozenset().union(*by_sentence[s.start : s.stop]) for s in stretches.all]
    scores = _scores(terms, vectors, tongue, profile.word_weights)
    log_odds = profile.calibration.log_odds(scores)
    vetoed = [any(vetoes[s.start : s.stop]) for s in stretches.all]
    n_windows = len(stretches.windows)
    windows = np.where(vetoed[:n_windows], -np.inf, log_odds[:n_windows])
    if len(frozenset().union(*words.terms(tongue.all))) < len(profile.topic.words.all):
        windows = np.full(n_windows, -np.inf)
    return _Scan(windows, log_odds[n_windows:], tuple(vetoed[n_windows:]), tuple(terms))


def _verdict(
    profile: _Profile,
    number: int,
    scans: Sequence[_Scan],
    reading: Reading,
    stretches: _Stretches,
    vectors: csr_matrix,
) -> TopicVerdict:
    scan = scans[number]
    best = int(scan.windows.argmax())
    chance = round(probability(float(scan.windows[best])), 4)
    matched = chance >= profile.threshold
    weights = profile.word_weights
    found = sorted(scan.terms[best], key=lambda term: (-weights[term], term))
    because = tuple(profile.topic.words.any[term] for term in found[:SHOWN_WORDS])
    nearest = _nearest(profile.tongues[reading.language], vectors[best])
    excluded = [a or b for a, b in zip(scan.vetoed, stretches.furniture, strict=True)]
    rivals = [scan.paragraphs for scan in scans[:number] + scans[number + 1 :]]
    chosen = choose(
        scan.paragraphs,
        np.max(rivals, axis=0) if rivals else np.full(len(excluded), -np.inf),
        excluded,
        is_live=reading.is_live,
    )
    return TopicVerdict(
        topic=profile.topic.id,
        probability=chance,
        threshold=profile.threshold,
        matched=matched,
        passages=spans_of(reading, chosen) if matched else (),
        because=because,
        nearest_exemplar=nearest,
        reason=_reason(chance, profile.threshold, because),
    )


def _nearest(tongue: _Tongue, vector: csr_matrix) -> str:
    if not tongue.exemplars:
        return ""
    likeness = cosines(tongue.vectors, csr_matrix(vector))
    best = int(likeness.argmax())
    return tongue.exemplars[best][:SHOWN_EXEMPLAR] if likeness[best] > 0 else ""


def _reason(chance: float, threshold: float, because: Sequence[str]) -> str:
    verb = "reaches" if chance >= threshold else "stays below"
    words = f" for {', '.join(because)}" if because else ""
    return f"its best passage {verb} {threshold:.2f} with {chance:.2f}{words}"


def _silent(profile: _Profile) -> TopicVerdict:
    return TopicVerdict(
        topic=profile.topic.id,
        probability=0.0,
        threshold=profile.threshold,
        matched=False,
        passages=(),
        because=(),
        reason="no readable text",
    )


def _digest(topics: Sequence[Topic], background: Sequence[Exemplar]) -> str:
    told = repr((tuple(topics), tuple(background)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
