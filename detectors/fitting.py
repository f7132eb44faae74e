"""Topics learned from their own exemplars and a background of passages on no topic.

Language by language, and frozen. Probabilities are fitted to scores that each exemplar
has without itself: with itself it would match its own centroid, and set the threshold
too high.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from scipy.sparse import csr_matrix

from detectors.calibration import fit
from detectors.keywords import Hit, Keywords, Words
from detectors.languages import READABLE
from detectors.model import Exemplar, Topic
from detectors.profiles import (
    PRIOR,
    THRESHOLD,
    Likeness,
    Profile,
    Role,
    Tongue,
    WordList,
    score,
    word_lists,
)
from detectors.text import read
from detectors.vectors import Floats, Weights, columns, count

LIGHTEST, HEAVIEST = 0.25, 2.5  # what one word can add, in log-odds
SMOOTHING = 0.5  # of how many exemplars, or background passages, hold a word
UNSEEN = 1.0  # the weight of a word that stands in none of them
USUAL = 0.15  # the share of a topic's passages that hold a word of it, for want of any
TRUST = 2.0  # passages that must hold a word until its own weight outweighs UNSEEN


@dataclass(frozen=True, slots=True)
class Corpus:
    """All texts of one language that are known before an article comes.

    Attributes:
        texts: Background, exemplars and counter-exemplars, in this order.
        usual: The numbers of the background's.
        exemplars: For each topic, the numbers of its own.
        counters: The same of its counter-exemplars.
    """

    texts: tuple[Words, ...]
    usual: range
    exemplars: tuple[range, ...]
    counters: tuple[range, ...]

    @classmethod
    def of(
        cls, language: str, topics: Sequence[Topic], background: Sequence[Exemplar]
    ) -> "Corpus":
        """Gather the passages of a language."""
        groups = [
            _texts(exemplars, language)
            for exemplars in (
                background,
                *(topic.exemplars for topic in topics),
                *(topic.counter_exemplars for topic in topics),
            )
        ]
        stops = [*accumulate(map(len, groups))]
        usual, *rest = map(range, [0, *stops], stops)
        n_topics = len(topics)
        return cls(
            tuple(chain.from_iterable(groups)),
            usual,
            tuple(rest[:n_topics]),
            tuple(rest[n_topics:]),
        )

    def counts(self) -> csr_matrix:
        """How often each text holds each term ``(n_texts, WIDTH)``."""
        runs = [roots for text in self.texts for roots in text.roots]
        stops = [*accumulate(len(text.roots) for text in self.texts)]
        return count(runs, [*map(range, [0, *stops], stops)])

    def hits(self, keywords: Keywords[WordList]) -> list[dict[WordList, list[Hit]]]:
        """The terms that each text holds, by list."""
        return [
            {key: [*chain.from_iterable(h.values())] for key, h in found.items()}
            for found in (text.hits(keywords) for text in self.texts)
        ]


def fit_topics(
    topics: Sequence[Topic], background: Sequence[Exemplar]
) -> tuple[tuple[Profile, ...], Mapping[str, Tongue]]:
    """Learn topics, in every language that can be read."""
    labelled: list[list[tuple[float, bool]]] = [[] for _ in topics]
    tongues = {}
    for language in READABLE:
        corpus = Corpus.of(language, topics, background)
        tongues[language], scores = _tongue(language, topics, corpus)
        for number, found in enumerate(labelled):
            found.extend(_labelled(scores[:, number], corpus, number))
    profiles = map(_profile, topics, labelled)
    return tuple(profiles), tongues


def _profile(topic: Topic, labelled: Sequence[tuple[float, bool]]) -> Profile:
    scores = np.array([score for score, _ in labelled])
    labels = np.array([label for _, label in labelled], dtype=np.bool_)
    asked = topic.alert.min_probability
    return Profile(
        topic, fit(scores, labels, PRIOR), THRESHOLD if asked is None else asked
    )


def _texts(exemplars: Sequence[Exemplar], language: str) -> tuple[Words, ...]:
    return tuple(
        Words.of(read(exemplar.text, language=language))
        for exemplar in exemplars
        if exemplar.language == language
    )


def _tongue(
    language: str, topics: Sequence[Topic], corpus: Corpus
) -> tuple[Tongue, Floats]:
    """The topics in a language; the score of each text for each of them."""
    counts = corpus.counts()
    terms = Weights.learn(counts)
    vectors = terms.weigh(counts)
    keywords = Keywords(word_lists(topics), language)
    found = corpus.hits(keywords)
    hits = [
        {n: lists[key] for n, lists in enumerate(found) if key in lists}
        for key in (WordList(number, Role.ANY) for number in range(len(topics)))
    ]
    own = vectors[[*chain.from_iterable(corpus.exemplars)]]
    tongue = Tongue(
        terms=terms,
        keywords=keywords,
        weights=tuple(
            _word_weights(len(topic.words.any), hits[number], corpus, number)
            for number, topic in enumerate(topics)
        ),
        like=Likeness.to(vectors, corpus.exemplars, corpus.usual),
        unlike=Likeness.to(vectors, corpus.counters, corpus.usual),
        exemplars=tuple(
            tuple(e.text for e in topic.exemplars if e.language == language)
            for topic in topics
        ),
        upright=columns(csr_matrix(own)),
    )
    words = tongue.words_said(hits, [sum(text.sizes) for text in corpus.texts])
    like = _without_itself(tongue.like, vectors, corpus.exemplars, corpus.usual)
    unlike = _without_itself(tongue.unlike, vectors, corpus.counters, corpus.usual)
    return tongue, score(words, like, unlike)


def _without_itself(
    likeness: Likeness,
    vectors: csr_matrix,
    groups: Sequence[Sequence[int]],
    background: Sequence[int],
) -> Floats:
    """Each vector's likeness to each group, to its own as if it were not in it."""
    found = likeness.of(vectors)
    own = [(row, number) for number, rows in enumerate(groups) for row in rows]
    if own:
        rows, numbers = map(list, zip(*own, strict=True))
        others = [[other for other in groups[n] if other != row] for row, n in own]
        alone = Likeness.to(vectors, others, background).of(vectors[rows])
        found[rows, numbers] = np.diagonal(alone)
    return found


def _word_weights(
    n_terms: int, hits: Mapping[int, Sequence[Hit]], corpus: Corpus, topic: int
) -> tuple[float, ...]:
    """How much each word speaks for the topic: log-odds, smoothed and bounded."""
    held = np.zeros((len(corpus.texts), n_terms), dtype=np.bool_)
    for text, found in hits.items():
        held[text, [hit.term for hit in found]] = True
    yes = held[corpus.exemplars[topic]]
    no = held[[*corpus.usual, *corpus.counters[topic]]]
    on, off = yes.sum(axis=0), no.sum(axis=0)
    rarity = -np.log((off + SMOOTHING) / (len(no) + 1))
    if not len(no):
        odds = np.full(n_terms, UNSEEN)
    elif not len(yes):
        odds = np.minimum(rarity + np.log(USUAL), UNSEEN)
    else:
        odds = rarity + np.log((on + SMOOTHING) / (len(yes) + 1))
        odds = ((on + off) * odds + TRUST * UNSEEN) / (on + off + TRUST)
    return tuple(np.clip(odds, LIGHTEST, HEAVIEST).tolist())


def _labelled(
    scores: Floats, corpus: Corpus, topic: int
) -> Iterator[tuple[float, bool]]:
    """Scores for a topic to calibrate on: of its exemplars, and of what is none."""
    for number in corpus.exemplars[topic]:
        yield float(scores[number]), True
    for number in (*corpus.counters[topic], *corpus.usual):
        yield float(scores[number]), False
