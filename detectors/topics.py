"""Does an article match a topic, with which paragraphs, and why?

A passage (three sentences) is scored by the topic's words and by its likeness to the
exemplars of its language (Rocchio); the best passage decides for the article.

References:
    Rocchio 1971, "Relevance feedback in information retrieval".
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detectors.calibration import probability
from detectors.furniture import furniture
from detectors.keywords import Hit
from detectors.languages import READABLE
from detectors.model import Exemplar, Topic, TopicVerdict
from detectors.passages import choose, spans_of
from detectors.profiles import Corpus, Profile, Tongue, Words, fit_profile, said
from detectors.reasons import reason
from detectors.text import Reading, read
from detectors.vectors import Weights, column, cosines

Floats = NDArray[np.float64]

TITLE = 0.4  # of its own log-odds; average precision .977 without, .987 with
NEUTRAL_TITLE = 0.5  # the score of a title that speaks neither for nor against
# For each list of ``each`` that an article has no word of. On 559 articles of general
# and local news, of which five tell of strikes, it takes 123 matches to 23 (1.0: 34,
# 2.5: 17); of 125 articles on strikes it costs one (2.5: two).
ABSENT = 1.5
HARDLY = -1.0  # log-odds; what an article without a word of any list can reach
LOOK_ALIKE = 3.0  # log-odds off for a vetoed title, and again for a vetoed lead
SHOWN_WORDS = 6
SHOWN_EXEMPLAR = 80  # characters


class TopicModel:
    """Topics fitted to their exemplars against a background; frozen.

    Attributes:
        digest: Names the topics and the background that it was fitted to.
    """

    def __init__(
        self,
        profiles: tuple[Profile, ...],
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
            language: Corpus.of(language, topics, background) for language in READABLE
        }
        return cls(
            tuple(fit_profile(topic, corpora) for topic in topics),
            {language: corpus.weights for language, corpus in corpora.items()},
            _digest(topics, background),
        )

    def match(self, reading: Reading) -> tuple[TopicVerdict, ...]:
        """Judge an article by every topic, in order.

        Args:
            reading: In a readable language; any other matches nothing.
        """
        if reading.language not in self._weights or not reading.sentences:
            return tuple(_silent(p, "no readable text") for p in self._profiles)
        weights = self._weights[reading.language]
        stretches = _Stretches.of(reading)
        words = Words.of(reading)
        vectors = weights.weigh(stretches.sums(words.counts))
        title = Words.of(read(reading.title, language=reading.language))
        titled = weights.weigh(title.total)
        scans = [
            _Scan.of(profile, words, vectors, stretches, title).under(
                title, titled, profile, is_live=reading.is_live
            )
            for profile in self._profiles
        ]
        return tuple(
            _verdict(profile, scans, number, reading, stretches, vectors)
            if reading.language in (profile.topic.languages or READABLE)
            else _silent(profile, f"not looked for in {reading.language!r}")
            for number, profile in enumerate(self._profiles)
        )


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The passages and then the paragraphs of a reading, as their sentences."""

    windows: tuple[range, ...]
    paragraphs: tuple[range, ...]
    furniture: tuple[bool, ...]

    @classmethod
    def of(cls, reading: Reading) -> "_Stretches":
        spans = reading.paragraphs
        return cls(
            tuple(reading.windows()),
            reading.by_paragraph(),
            furniture([reading.quote(span) for span in spans]),
        )

    @property
    def all(self) -> tuple[range, ...]:
        """Both, passages first."""
        return self.windows + self.paragraphs

    @property
    def silent(self) -> frozenset[int]:
        """The sentences that are no part of the article."""
        return frozenset(
            sentence
            for paragraph, skip in zip(self.paragraphs, self.furniture, strict=True)
            if skip
            for sentence in paragraph
        )

    def sums(self, counts: csr_matrix) -> csr_matrix:
        """The counts of each stretch."""
        silent = self.silent
        kept = [[n for n in stretch if n not in silent] for stretch in self.all]
        columns = [number for stretch in kept for number in stretch]
        ends = np.cumsum([0, *map(len, kept)])
        shape = (len(kept), counts.shape[0])
        mask = csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
        return csr_matrix(mask @ counts)

    def hits(self, by_sentence: Sequence[Sequence[Hit]]) -> list[tuple[Hit, ...]]:
        """The terms of each stretch."""
        silent = self.silent
        return [
            tuple(
                hit
                for sentence in stretch
                if sentence not in silent
                for hit in by_sentence[sentence]
            )
            for stretch in self.all
        ]


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a topic sees in a reading: log-odds of its stretches, and words."""

    windows: Floats
    paragraphs: Floats
    hits: tuple[tuple[Hit, ...], ...]
    absent: tuple[int, ...]

    @classmethod
    def of(
        cls,
        profile: Profile,
        words: Words,
        vectors: csr_matrix,
        stretches: _Stretches,
        title: Words,
    ) -> "_Scan":
        tongue = profile.tongues[words.language]
        hits = stretches.hits(words.hits(tongue.any))
        vetoed = [bool(found) for found in stretches.hits(words.hits(tongue.none))]
        sizes = [sum(len(words.runs[n]) for n in stretch) for stretch in stretches.all]
        log_odds = profile.log_odds(hits, vectors, words.language, sizes)
        absent = tongue.each.absent(words, title)
        log_odds -= ABSENT * len(absent)
        if absent and len(absent) == len(profile.topic.words.each):
            log_odds = np.minimum(log_odds, HARDLY)
        log_odds = np.where(vetoed, -np.inf, log_odds)
        needed = len(profile.topic.words.all)
        if len({hit.term for hit in words.all_hits(tongue.all)}) < needed:
            log_odds = np.full(len(log_odds), -np.inf)
        n_windows = len(stretches.windows)
        return cls(log_odds[:n_windows], log_odds[n_windows:], tuple(hits), absent)

    def under(
        self, title: Words, vector: csr_matrix, profile: Profile, *, is_live: bool
    ) -> "_Scan":
        """The same below a title, which speaks for or against the whole article.

        So does a title or a first paragraph that tells of a look-alike; a live
        blog's tell of its latest entries only.
        """
        bonus = _title_bonus(profile, title, vector)
        if not is_live:
            look_alike = title.all_hits(profile.tongues[title.language].none)
            bonus -= LOOK_ALIKE * (bool(look_alike) + np.isinf(self.paragraphs[0]))
        return replace(self, windows=self.windows + bonus)


def _title_bonus(profile: Profile, title: Words, vector: csr_matrix) -> float:
    """What a title adds to the log-odds of its article; nothing where there is none."""
    if not title.runs:
        return 0.0
    hits = title.all_hits(profile.tongues[title.language].any)
    told = float(profile.log_odds([hits], vector, title.language)[0])
    calibration = profile.calibration
    return TITLE * (told - calibration.slope * NEUTRAL_TITLE - calibration.bias)


def _verdict(
    profile: Profile,
    scans: Sequence[_Scan],
    number: int,
    reading: Reading,
    stretches: _Stretches,
    vectors: csr_matrix,
) -> TopicVerdict:
    scan = scans[number]
    best = int(scan.windows.argmax())
    chance = round(probability(float(scan.windows[best])), 4)
    matched = chance >= profile.threshold
    tongue = profile.tongues[reading.language]
    because = _because(profile.topic, tongue, scan.hits[best])
    return TopicVerdict(
        topic=profile.topic.id,
        probability=chance,
        threshold=profile.threshold,
        matched=matched,
        passages=(
            spans_of(reading, _paragraphs(scans, number, reading, stretches))
            if matched
            else ()
        ),
        because=because,
        nearest_exemplar=_nearest(tongue, vectors[best]),
        reason=_reason(chance, profile.threshold, because)
        + "; "
        + reason(
            profile,
            reading.language,
            float(scan.windows[best]),
            scan.hits[best],
            scan.absent,
        ),
    )


def _paragraphs(
    scans: Sequence[_Scan], number: int, reading: Reading, stretches: _Stretches
) -> tuple[int, ...]:
    scan = scans[number]
    rivals = [other.paragraphs for i, other in enumerate(scans) if i != number]
    return choose(
        scan.paragraphs,
        np.max(rivals, axis=0) if rivals else np.full(len(scan.paragraphs), -np.inf),
        stretches.furniture,
        is_live=reading.is_live,
    )


def _because(topic: Topic, tongue: Tongue, hits: Sequence[Hit]) -> tuple[str, ...]:
    weights = tongue.weights
    terms = {*said(hits, weights).values()}
    heaviest = sorted(terms, key=lambda term: (-weights[term], term))[:SHOWN_WORDS]
    return tuple(topic.words.any[term] for term in heaviest)


def _nearest(tongue: Tongue, vector: csr_matrix) -> str:
    if not tongue.exemplars:
        return ""
    likeness = cosines(tongue.vectors, column(vector))
    best = int(likeness.argmax())
    return tongue.exemplars[best][:SHOWN_EXEMPLAR] if likeness[best] > 0 else ""


def _reason(chance: float, threshold: float, because: Sequence[str]) -> str:
    verb = "reaches" if chance >= threshold else "stays below"
    words = f" for {', '.join(because)}" if because else ""
    return f"its best passage {verb} {threshold:.2f} with {chance:.2f}{words}"


def _silent(profile: Profile, reason: str) -> TopicVerdict:
    return TopicVerdict(
        topic=profile.topic.id,
        probability=0.0,
        threshold=profile.threshold,
        matched=False,
        passages=(),
        because=(),
        reason=reason,
    )


def _digest(topics: Sequence[Topic], background: Sequence[Exemplar]) -> str:
    told = repr((tuple(topics), tuple(background)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
