"""What topics of few exemplars mean, beside the words that they name; English.

A passage is compared with the exemplars and the words of a topic as an encoder
understands them, all seen from the middle of ordinary news: without that, any two
passages of news are alike. Only an article's lead and the passages for which words
speak most are read so; for them meaning outweighs words.

References:
    Mu, Viswanath 2018, "All-but-the-top": the common part of vectors says nothing.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from detectors.encoder import Encoder, Singles
from detectors.model import Exemplar, Topic
from detectors.stretches import Article, Stretches
from detectors.vectors import Floats

LANGUAGE = "en"  # the only one that the encoder was taught

# Weighed together on twelve event types among 750 passages of other news (4 draws):
# mean average precision with five exemplars .72 (.59 without meaning), .70 (.59) with
# three and inside articles. Half or double of any of these costs up to .01.
NEAREST = 0.5  # of the likeness to the nearest exemplar; the rest is to their middle
WORDS = 1.0  # of the likeness to the topic's words
MEANING, SAID = 1.5, 0.33  # log-odds a deviation of meaning; of what words said alone
"""As a logistic regression on passages half of which are on a topic has them."""
ENOUGH = 0.8  # of what passages on the topic usually have, to count for neither side
# What passages on a topic have, in deviations of the background, as exemplars have
# without themselves (2 to 6); and the weight of that against one exemplar.
USUAL, TRUST = 4.0, 1.0
# Passages of an article that a topic has read, those for which its words speak most:
# mean average precision inside articles is .696 with 4 of them, .702 with 8, .704 with
# all; .686 with those above a bound of log-odds, which words alone seldom reach.
MOST_READ = 8
LEAD = 0  # the first passage tells what an article is about; of headlines it is all
LEAST_BACKGROUND = 20  # passages; the deviation of fewer is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One topic, as the encoder understands it; vectors as `centred` has them.

    Attributes:
        exemplars: ``(n_exemplars, width)``; one row of 0 for a topic without any.
        words: ``(width,)``; 0 where it has none.
        mean: Of the background's likeness.
        deviation: The same.
        expected: The deviations that a passage on the topic has.
    """

    exemplars: Singles
    words: Singles
    mean: float
    deviation: float
    expected: float

    @classmethod
    def learn(cls, exemplars: Singles, words: Singles, background: Singles) -> "Look":
        """Weigh each exemplar without itself, for what passages on the topic have."""
        alone = [
            float(cls._over(rest, words, background).of(exemplars[[number]])[0])
            for number in range(len(exemplars))
            for rest in [np.delete(exemplars, number, axis=0)]
        ]
        expected = (sum(alone) + TRUST * USUAL) / (len(alone) + TRUST)
        return cls._over(exemplars, words, background, expected)

    @classmethod
    def _over(
        cls,
        exemplars: Singles,
        words: Singles,
        background: Singles,
        expected: float = USUAL,
    ) -> "Look":
        some = exemplars if len(exemplars) else np.zeros_like(words)[np.newaxis]
        usual = likeness(background, some, words)
        return cls(
            exemplars=some,
            words=words,
            mean=float(usual.mean()),
            deviation=float(usual.std()),
            expected=expected,
        )

    def of(self, vectors: Singles) -> Floats:
        """How near passages come, in deviations of the background ``(n_texts,)``."""
        near = likeness(vectors, self.exemplars, self.words) - self.mean
        return near / self.deviation if self.deviation else near * 0

    def nearest(self, vector: Singles) -> int:
        """The number of the exemplar that means most alike."""
        return int((self.exemplars @ vector).argmax())


def likeness(vectors: Singles, exemplars: Singles, words: Singles) -> Floats:
    """Of each vector to a topic's exemplars and its words ``(n_vectors,)``."""
    to_each = vectors @ exemplars.T
    middle = _unit(exemplars.mean(axis=0))
    whole = NEAREST * to_each.max(axis=1) + (1 - NEAREST) * (vectors @ middle)
    return np.asarray(whole + WORDS * (vectors @ words), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Meant:
    """What meaning did to one topic's log-odds in an article.

    Attributes:
        log_odds: Of each stretch, by words and meaning.
        added: To each stretch, against words alone.
        nearest: The number of the nearest exemplar, by passage; only those read.
    """

    log_odds: Floats
    added: Floats
    nearest: Mapping[int, int]


class Meaning:
    """Topics as an encoder understands them; frozen.

    Attributes:
        encoder: For what is still to come.
        mean: The middle of the background ``(width,)``.
        looks: By the numbers of their topics; any other is known by its words alone.
    """

    def __init__(
        self, encoder: Encoder, mean: Singles, looks: Mapping[int, Look]
    ) -> None:
        """Use `learn`."""
        self.encoder = encoder
        self.mean = mean
        self.looks = looks

    @classmethod
    def learn(
        cls,
        encoder: Encoder,
        topics: Mapping[int, Topic],
        background: Sequence[Exemplar],
    ) -> "Meaning":
        """Learn topics, by their numbers, against the English background.

        Without `LEAST_BACKGROUND` passages of it nothing is learned.
        """
        texts = english(background)
        nothing = np.zeros(encoder.width, dtype=np.float32)
        if len(texts) < LEAST_BACKGROUND or not topics:
            return cls(encoder, nothing, {})
        usual = encoder.embed_all(texts)
        mean = np.asarray(usual.mean(axis=0))
        looks = {}
        for number, topic in topics.items():
            exemplars = encoder.embed_all(english(topic.exemplars))
            words = _words(topic)
            looks[number] = Look.learn(
                centred(exemplars, mean),
                centred(encoder.embed(words), mean) if words else nothing,
                centred(usual, mean),
            )
        return cls(encoder, mean, looks)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learned, each array under a name, as `stored` keeps a model."""
        looks = self.looks.values()
        rows = [look.exemplars for look in looks] or [self.mean[np.newaxis][:0]]
        words = [look.words for look in looks]
        return {
            "meaning.mean": self.mean,
            "meaning.topics": np.array([*self.looks], dtype=np.int64),
            "meaning.exemplars": np.vstack(rows),
            "meaning.sizes": np.array([len(look.exemplars) for look in looks], int),
            "meaning.words": np.array(words).reshape(len(words), len(self.mean)),
            "meaning.usual": np.array(
                [(look.mean, look.deviation, look.expected) for look in looks]
            ).reshape(len(words), 3),
        }

    @classmethod
    def of_arrays(
        cls, encoder: Encoder, arrays: Mapping[str, NDArray[np.generic]]
    ) -> "Meaning":
        """What `arrays` were taken of.

        Raises:
            KeyError: One is missing.
            ValueError: They do not fit together, or not to the encoder, or hold what
                is no finite number.
        """
        mean, exemplars, words = (
            np.asarray(arrays[f"meaning.{name}"], dtype=np.float32)
            for name in ("mean", "exemplars", "words")
        )
        if {mean.shape[-1], exemplars.shape[-1], words.shape[-1]} != {encoder.width}:
            raise ValueError(f"vectors are not {encoder.width} wide")
        sizes = arrays["meaning.sizes"].tolist()
        if sum(sizes) != len(exemplars):
            raise ValueError(f"{len(exemplars)} exemplars, not {sum(sizes)}")
        groups = np.split(exemplars, np.cumsum(sizes)[:-1]) if sizes else []
        usual = np.asarray(arrays["meaning.usual"], dtype=np.float64).tolist()
        if not all(np.isfinite(each).all() for each in (mean, exemplars, words, usual)):
            raise ValueError("a vector holds what is no number")
        numbers = arrays["meaning.topics"].tolist()
        looks = {
            number: Look(
                exemplars=group,
                words=row,
                mean=own_mean,
                deviation=deviation,
                expected=expected,
            )
            for number, group, row, (own_mean, deviation, expected) in zip(
                numbers, groups, words, usual, strict=True
            )
        }
        return cls(encoder, mean, looks)


@dataclass(slots=True)
class Reader:
    """The passages of one article, each embedded when the first topic asks for it."""

    meaning: Meaning
    article: Article
    _vectors: dict[range, Singles] = field(default_factory=dict)

    def weigh(self, topic: int, told: Floats, vetoed: Container[int]) -> Meant | None:
        """Weigh what words say of each stretch by what it means.

        A passage that is not read counts as background. A paragraph means what the
        nearest of its passages does; a title is left to its words.

        Args:
            topic: Its number.
            told: Log-odds of each stretch by words alone.
            vetoed: Stretches that cannot match, whatever they mean.
        """
        look = self.meaning.looks.get(topic)
        if look is None:
            return None
        stretches = self.article.stretches
        near = np.zeros(len(told))
        nearest = {}
        for number in _asked(told[: len(stretches.windows)], vetoed):
            vectors = np.vstack([self._vector(run) for run in self._runs(number)])
            likely = look.of(vectors)
            near[number] = likely.max()
            nearest[number] = look.nearest(vectors[likely.argmax()])
        if nearest:
            _spread(near, nearest, stretches)
        log_odds = SAID * told + MEANING * (near - ENOUGH * look.expected)
        log_odds[-1] = told[-1]  # the title
        return Meant(log_odds, log_odds - told, nearest)

    def _runs(self, number: int) -> list[range]:
        """A passage, and its share of each paragraph where it is of several.

        A single sentence on the topic that begins or ends other copy is else diluted:
        mean average precision inside articles is .696 without, .704 with it.
        """
        window = self.article.stretches.windows[number]
        sentences = self.article.reading.sentences
        shares = [
            range(own[0], own[-1] + 1)
            for _, group in groupby(window, key=lambda n: sentences[n].paragraph)
            for own in [[*group]]
        ]
        return [window, *shares] if len(shares) > 1 else [window]

    def _vector(self, run: range) -> Singles:
        found = self._vectors.get(run)
        if found is None:
            reading = self.article.reading
            first, last = reading.sentences[run[0]], reading.sentences[run[-1]]
            vector = self.meaning.encoder.embed(reading.quote((first.start, last.end)))
            found = self._vectors[run] = centred(vector, self.meaning.mean)
        return found


def _asked(told: Floats, vetoed: Container[int]) -> list[int]:
    """The lead, and the passages for which words speak most."""
    asked = {LEAD, *np.argsort(-told, kind="stable")[:MOST_READ].tolist()}
    return [number for number in sorted(asked) if number not in vetoed]


def _spread(near: Floats, read: Iterable[int], stretches: Stretches) -> None:
    """Give each paragraph what the nearest passage has that shares a sentence."""
    by_sentence: dict[int, float] = {}
    for number in read:
        for sentence in stretches.windows[number]:
            other = by_sentence.get(sentence, -np.inf)
            by_sentence[sentence] = max(near[number], other)
    for number, paragraph in enumerate(stretches.paragraphs, len(stretches.windows)):
        own = [by_sentence[n] for n in paragraph if n in by_sentence]
        near[number] = max(own, default=0.0)


def centred(vectors: Singles, mean: Singles) -> Singles:
    """Vectors as seen from the middle of ordinary news, of length 1."""
    return _unit(vectors - mean)


def _unit(vectors: Singles) -> Singles:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def english(exemplars: Iterable[Exemplar]) -> list[str]:
    """Their texts, of those that the encoder can read."""
    return [each.text for each in exemplars if each.language == LANGUAGE]


def _words(topic: Topic) -> str:
    """The topic's words in a row; those of another script say nothing to it."""
    own = (word.replace("*", "") for word in topic.words.any)
    return ", ".join(word for word in own if word.isascii())
