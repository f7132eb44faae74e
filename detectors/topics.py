"""Does an article match a topic, with which paragraphs, and why?

A passage (three sentences) is scored by the topic's words and by its likeness to the
exemplars of its language (Rocchio); the best passage decides for the article.

References:
    Rocchio 1971, "Relevance feedback in information retrieval".
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.calibration import logit, probability
from detectors.encoder import Encoder
from detectors.errors import ModelError
from detectors.fitting import fit_topics
from detectors.keywords import Hit
from detectors.languages import READABLE
from detectors.meaning import LANGUAGE, SAID, Meaning, Meant, Reader
from detectors.model import Exemplar, Topic, TopicVerdict
from detectors.passages import choose, spans_of
from detectors.posts import taken_over
from detectors.profiles import Profile, Role, Tongue, WordList, said
from detectors.reasons import by_meaning, reason
from detectors.stored import Arrays, from_arrays, to_arrays
from detectors.stretches import Article, Found
from detectors.text import Reading
from detectors.vectors import Floats

TITLE = 0.4  # of its own log-odds; average precision .977 without, .987 with
NEUTRAL_TITLE = 0.5  # the score of a title that speaks neither for nor against
# For each list of ``each`` that an article has no word of. Of 655 articles of general
# and local news it takes 86 matches to 42 (1.0: 53, 2.5: 36); of 522 matches wanted in
# four labelled streams it costs seven (1.0: four, 2.5: 13), and 15 of 49 needless ones.
ABSENT = 1.5
HARDLY = -1.0  # log-odds; what an article without a word of any list can reach
# Log-odds below the threshold, to .10 for the usual one, within which an article may
# match for carrying on a running story (`carrying`). In six streams 35 of 39 articles
# missed lie there, and of real articles on neither topic one in five (415 of Wikinews)
# or fewer (600 of shootings, .16 and .03): 1.3 ms each, and none of them matched.
NEARLY = 2.2
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
        tongues: Mapping[str, Tongue],
        digest: str,
        meaning: Meaning | None = None,
    ) -> None:
        """Use `fit`."""
        self._profiles = profiles
        self._tongues = tongues
        self._meaning = meaning
        self.digest = digest

    @classmethod
    def fit(
        cls,
        topics: Sequence[Topic],
        background: Sequence[Exemplar],
        encoder: Encoder | None = None,
    ) -> "TopicModel":
        """Learn word weights, centroids and calibrations.

        Args:
            topics: In the order in which `match` answers.
            background: Passages on no topic, in every language that is to be read.
            encoder: Reads passages for what they mean, for topics of few exemplars.
        """
        profiles, tongues = fit_topics(topics, background)
        meaning = None
        if encoder is not None:
            few = {n: p.topic for n, p in enumerate(profiles) if not p.is_fitted}
            meaning = Meaning.learn(encoder, few, background)
        digest = digest_of(topics, background, encoder)
        return cls(profiles, tongues, digest, meaning)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything that it learned and its digest; plain, to be stored as npz."""
        learned = to_arrays(self._profiles, self._tongues)
        meant = {} if self._meaning is None else self._meaning.arrays()
        return {"digest": np.array(self.digest), **learned, **meant}

    @classmethod
    def from_arrays(
        cls,
        arrays: Arrays,
        topics: Sequence[Topic],
        background: Sequence[Exemplar],
        encoder: Encoder | None = None,
    ) -> "TopicModel":
        """The model that `arrays` were taken of: the same verdicts, without fitting.

        Args:
            arrays: Of a model of these topics and this background.
            topics: As `fit` was given them.
            background: The same.
            encoder: The same.

        Raises:
            ModelError: They are of other topics, background or encoder, or damaged.
        """
        digest = digest_of(topics, background, encoder)
        try:
            stored = str(arrays["digest"])
            if stored != digest:
                raise ModelError(stored, f"it was fitted to other seeds than {digest}")
            profiles, tongues = from_arrays(arrays, topics)
            meaning = Meaning.of_arrays(encoder, arrays) if encoder else None
        except (KeyError, ValueError, IndexError) as error:
            raise ModelError(digest, f"damaged: {error}") from error
        return cls(profiles, tongues, digest, meaning)

    def match(self, reading: Reading) -> tuple[TopicVerdict, ...]:
        """Judge an article by every topic, in order.

        Args:
            reading: In a readable language; any other matches nothing.
        """
        tongue = self._tongues.get(reading.language)
        if tongue is None or not reading.sentences:
            return tuple(_silent(p, "no readable text") for p in self._profiles)
        article = Article.of(reading, tongue)
        reader = None
        if self._meaning is not None and reading.language == LANGUAGE:
            reader = Reader(self._meaning, article)
        scans = [
            _Scan.of(article, number, profile, tongue, reader)
            for number, profile in enumerate(self._profiles)
        ]
        nearest = tongue.nearest(article.vectors, [scan.best for scan in scans])
        foremost = _foremost(scans, len(reading.paragraphs))
        return tuple(
            _verdict(article, scan, foremost, exemplar)
            if reading.language in (scan.profile.topic.languages or READABLE)
            else _silent(scan.profile, f"not looked for in {reading.language!r}")
            for scan, exemplar in zip(scans, nearest, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a topic sees in an article.

    Attributes:
        weights: Of its ``any`` words.
        told: Those that stand in the passage that decides, number ``best``.
        windows: The log-odds of each passage.
        paragraphs: The same.
        worded: The paragraphs that hold any of its words; only of a live page.
        title: The log-odds of the title.
        absent: The lists of ``each`` that the article holds no term of.
        meant: What the passages' meaning did to all that; None if it was not asked.
    """

    profile: Profile
    weights: Sequence[float]
    told: Sequence[Hit]
    best: int
    windows: Floats
    paragraphs: Floats
    worded: frozenset[int]
    title: float
    absent: tuple[int, ...]
    meant: Meant | None

    @classmethod
    def of(
        cls,
        article: Article,
        number: int,
        profile: Profile,
        tongue: Tongue,
        reader: Reader | None,
    ) -> "_Scan":
        """The topic of that number.

        A title speaks for or against the whole article. So does a title or a first
        paragraph that tells of a look-alike; a live blog's tell of its latest
        entries only.
        """
        told = profile.calibration.log_odds(article.scores[:, number])
        vetoed = article.found.by_stretch(WordList(number, Role.NONE))
        absent = _absent(article.found, number, profile.topic)
        meant = reader.weigh(number, told, vetoed) if reader is not None else None
        log_odds = (told if meant is None else meant.log_odds) - ABSENT * len(absent)
        if absent and len(absent) == len(profile.topic.words.each):
            log_odds = np.minimum(log_odds, HARDLY)
        log_odds[[*vetoed]] = -np.inf
        needed = len(profile.topic.words.all)
        if len(article.found.below_title(WordList(number, Role.ALL))) < needed:
            log_odds[:] = -np.inf
        n_windows, title = len(article.stretches.windows), len(log_odds) - 1
        windows, paragraphs = log_odds[:n_windows], log_odds[n_windows:title]
        bonus = 0.0
        if article.stretches.title:
            bonus = _title_bonus(float(told[title]), profile)
            bonus *= 1.0 if meant is None else SAID
        if not article.is_live:
            bonus -= LOOK_ALIKE * ((title in vetoed) + np.isinf(paragraphs[0]))
        best = int((windows + bonus).argmax())
        hits = article.told[number].get(best, ())
        return cls(
            profile,
            tongue.weights[number],
            hits,
            best,
            windows + bonus,
            paragraphs,
            frozenset(
                stretch - n_windows
                for stretch in article.told[number]
                if article.is_live and n_windows <= stretch < title
            ),
            float(log_odds[title]),
            absent,
            meant,
        )


def _title_bonus(told: float, profile: Profile) -> float:
    """What a title adds to the log-odds of its article."""
    calibration = profile.calibration
    return TITLE * (told - calibration.slope * NEUTRAL_TITLE - calibration.bias)


def _absent(found: Found, number: int, topic: Topic) -> tuple[int, ...]:
    """The lists of ``each`` that neither text nor title holds a term of."""
    lists = range(len(topic.words.each))
    return tuple(n for n in lists if WordList(number, Role.EACH, n) not in found.hits)


def _verdict(
    article: Article, scan: _Scan, foremost: tuple[Floats, Floats], nearest: str
) -> TopicVerdict:
    profile, log_odds = scan.profile, float(scan.windows[scan.best])
    chance = round(probability(log_odds), 4)
    matched = chance >= profile.threshold
    on, nearly = _on_topic(article, scan, foremost, matched=matched)
    because = _because(profile.topic, scan.weights, scan.told)
    return TopicVerdict(
        topic=profile.topic.id,
        probability=chance,
        threshold=profile.threshold,
        matched=matched,
        passages=spans_of(article.reading, on),
        nearly=tuple(article.reading.paragraphs[number] for number in nearly),
        because=because,
        nearest_exemplar=nearest[:SHOWN_EXEMPLAR],
        reason=f"{_reason(chance, profile.threshold, because)}; {_basis(scan)}",
    )


def _basis(scan: _Scan) -> str:
    """What the verdict rests on, and what would have tipped it."""
    log_odds, profile = float(scan.windows[scan.best]), scan.profile
    if scan.meant is None:
        return reason(profile, scan.weights, log_odds, scan.told, scan.absent)
    tempered = profile.tempered(SAID)
    words = reason(tempered, scan.weights, log_odds, scan.told, scan.absent)
    return f"{by_meaning(profile.topic, scan.meant, scan.best)}; {words}"


def _on_topic(
    article: Article, scan: _Scan, foremost: tuple[Floats, Floats], *, matched: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The paragraphs on a topic, and those that would be if a little less were asked.

    Of a live page that matches at least its best post: the title may have tipped it.
    The rival of a topic in each paragraph is the first of `_foremost`, or the second.
    """
    lack = logit(scan.profile.threshold) - float(scan.windows[scan.best])
    if not matched and lack > NEARLY:
        return (), ()
    own, (first, second) = scan.paragraphs, foremost
    rivals = np.where(own < first, first, second)
    excluded, is_live = article.stretches.furniture, article.is_live
    if is_live:
        own = taken_over(article.reading, own, rivals, scan.worded, title=scan.title)
    on = choose(own if matched else own + lack, rivals, excluded, is_live=is_live)
    if not is_live:
        return (on, ()) if matched else ((), on)
    on = on or _best_post(article, scan)
    near = choose(own + NEARLY, rivals + NEARLY, excluded, is_live=True)
    if not matched:
        return (), tuple(sorted({*on, *near}))
    return on, tuple(number for number in near if number not in on)


def _best_post(article: Article, scan: _Scan) -> tuple[int, ...]:
    """The paragraphs of the passage that decides."""
    best = article.stretches.windows[scan.best]
    return tuple(sorted({article.reading.sentences[n].paragraph for n in best}))


def _foremost(scans: Sequence[_Scan], n_paragraphs: int) -> tuple[Floats, Floats]:
    """The highest and the second log-odds of each paragraph for any topic."""
    nothing = np.full(n_paragraphs, -np.inf)
    told = [nothing, nothing, *(scan.paragraphs for scan in scans)]
    second, first = np.partition(told, -2, axis=0)[-2:]
    return first, second


def _because(
    topic: Topic, weights: Sequence[float], hits: Sequence[Hit]
) -> tuple[str, ...]:
    terms = {*said(hits, weights).values()}
    heaviest = sorted(terms, key=lambda term: (-weights[term], term))[:SHOWN_WORDS]
    return tuple(topic.words.any[term] for term in heaviest)


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


def digest_of(
    topics: Sequence[Topic],
    background: Sequence[Exemplar],
    encoder: Encoder | None = None,
) -> str:
    """Names what a model is fitted to, in sixteen hex digits."""
    told = repr((tuple(topics), tuple(background)))
    if encoder is not None:
        told += encoder.digest
    return hashlib.sha256(told.encode()).hexdigest()[:16]
