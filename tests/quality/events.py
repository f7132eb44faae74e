"""Event types as topics: a few exemplars and a line of words, among other news.

As a desk would begin: five passages that it liked, eight words, no look-alikes. All is
compared with a plain centroid of the exemplars and the words (Rocchio 1971). Where the
sentence encoder is installed, the model is measured once more with it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias

import click
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detectors.encoder import Encoder, Singles
from detectors.keywords import Words as Said
from detectors.metrics import average_precision
from detectors.model import Exemplar, Topic, Words
from detectors.profiles import THRESHOLD
from detectors.text import Reading, read
from detectors.topics import TopicModel
from detectors.vectors import Weights, centroids, columns, cosines, count
from flows.errors import SettingsError
from flows.meaning import load_encoder
from flows.seeds import load_background

Floats: TypeAlias = NDArray[np.float64]
Record: TypeAlias = tuple[str, str]  # its label, its text

# The event types with 18 records or more, each with a line of words written from its
# name alone.
EVENTS = {
    "AIR_STRIKE": "air strike, airstrike, warplanes, jets, "
    "bombed, bombing, raid, air force",
    "ARMED_CLASH": "clash*, fighting, gun battle, ambush*, "
    "militants, soldiers killed, exchange of fire, firefight",
    "ARREST": "arrest*, detained, police, custody, suspects, charged, raid, jailed",
    "CHEM_WEAP": "chemical, gas attack, chlorine, sarin, "
    "nerve agent, poison*, toxic, chemical weapon",
    "DIPLO": "talks, met, meeting, minister, president, ambassador, diplomat*, visit",
    "DISR_WEAP": "seized, weapons, explosives, defused, "
    "ammunition, cache, recovered, bomb squad",
    "GOV_REGAINS_TERIT": "recaptured, retook, army, troops, "
    "regained, control, liberated, village",
    "MAN_MADE_DISASTER": "accident, collapsed, explosion, crash*, "
    "fire, factory, leak, derailed",
    "PEACE_PROTEST": "protest*, march*, rally, demonstrat*, "
    "peaceful, gathered, banners, sit-in",
    "REM_EXPLOS": "roadside bomb, IED, landmine, detonated, "
    "explosive device, blast, remote, mine",
    "SUIC_BOMB": "suicide bomb*, suicide bomber, blew himself up, suicide attack, "
    "vest, explosives, detonated, bomber",
    "VIOL_DEMONSTR": "protesters, clash*, tear gas, stones, "
    "riot*, police, violent, demonstrat*",
}
DRAWS = 10
EXEMPLARS, FEWER = 5, 3
NEWS = 900  # passages
SEED = 20_260_101
LENGTH = 40  # characters; a shorter passage is a credit or a heading


@dataclass(frozen=True, slots=True)
class Draw:
    """Exemplars by event type, and the records that are left."""

    topics: tuple[Topic, ...]
    rest: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """What each text got for each type ``(n_texts, n_types)``, and its label."""

    labels: tuple[str, ...]
    values: Floats

    @property
    def precision(self) -> float:
        """Mean average precision over the types."""
        per_type = [
            average_precision(
                (value, label == event)
                for value, label in zip(column_, self.labels, strict=True)
            )
            for event, column_ in zip(EVENTS, self.values.T, strict=True)
        ]
        return mean(each or 0.0 for each in per_type)

    @property
    def f1(self) -> float:
        """Mean F1 over the types of what reaches the threshold."""
        found = self.values >= THRESHOLD
        wanted = np.array(
            [[label == event for event in EVENTS] for label in self.labels]
        )
        hits = (found & wanted).sum(axis=0)
        return float((2 * hits / (found.sum(axis=0) + wanted.sum(axis=0))).mean())


def passages(path: Path) -> dict[str, float]:
    """Find passages of a type among others and passages of general and local news.

    Returns:
        Mean average precision of the plain centroid, of the model and of the model
        with ``meaning``, and the mean F1 of what matched; each with the ends of the
        interval of its mean over the draws (1.96 standard errors).
    """
    news = [("", passage) for passage in _news(path)]
    return _measured(path, EXEMPLARS, lambda rest: [*rest, *news])


def inside_articles(path: Path) -> dict[str, float]:
    """Find articles on something else that end with a passage of a type.

    Returns:
        As `passages`, where ``plain`` scores whole articles, and the model their
        passages; ``gain`` is the model's over it, and ``meaning.gain`` is its own.
    """
    hosts = [str(record["text"]) for record in _meantime(path)]

    def hosted(rest: Sequence[Record]) -> list[Record]:
        return [
            (label, f"{hosts[n % len(hosts)]}\n\n{text}")
            for n, (label, text) in enumerate(rest)
        ]

    figures = _measured(path, FEWER, hosted)
    gains = {"gain": figures["model"] - figures["plain"]}
    if "meaning" in figures:
        gains["meaning.gain"] = figures["meaning"] - figures["plain"]
    return figures | gains


def _measured(
    path: Path, size: int, among: Callable[[Sequence[Record]], Sequence[Record]]
) -> dict[str, float]:
    """Score what is searched in each draw, in each of the ways that there are here."""
    encoder = _encoder()
    drawn: dict[str, list[float]] = {}
    for draw in _draws(path, size):
        texts = among(draw.rest)
        readings = [_read(text) for _, text in texts]
        labels = tuple(label for label, _ in texts)
        ways = {
            "plain": _plain(draw.topics, readings, labels),
            "model": _matched(draw.topics, readings, labels),
        }
        if encoder is not None:
            ways["meaning"] = _matched(draw.topics, readings, labels, encoder)
        for name, scores in ways.items():
            drawn.setdefault(name, []).append(scores.precision)
            if name != "plain":  # it has no threshold
                drawn.setdefault(f"{name}.f1", []).append(scores.f1)
    figures = {}
    for name, values in drawn.items():
        error = 1.96 * float(np.std(values, ddof=1)) / len(values) ** 0.5
        figures[name] = mean(values)
        figures |= {f"{name}.low": mean(values) - error}
        figures |= {f"{name}.high": mean(values) + error}
    return figures


@cache
def _encoder() -> Encoder | None:
    """The installed encoder, which embeds each passage once for all draws."""
    try:
        return Remembering(load_encoder())
    except SettingsError as error:
        click.echo(f"  meaning is left out: {error.detail}")
        return None


class Remembering(Encoder):
    """An encoder that knows a text again."""

    def __init__(self, encoder: Encoder) -> None:
        self.digest, self.width = encoder.digest, encoder.width
        self._embed = cache(encoder.embed)

    def embed(self, text: str) -> Singles:
        return self._embed(text)


def _plain(
    topics: Sequence[Topic], readings: Sequence[Reading], labels: tuple[str, ...]
) -> Scores:
    """Whole texts by their cosine with exemplars and words, summed."""
    known = [e.text for e in load_background()]
    known += [e.text for topic in topics for e in topic.exemplars]
    weights = Weights.learn(_counts([_read(text) for text in known]))
    texts = weights.weigh(_counts(readings))
    values = []
    for topic in topics:
        exemplars = weights.weigh(_counts([_read(e.text) for e in topic.exemplars]))
        words = weights.weigh(_counts([_read(". ".join(topic.words.any))]))
        centre = centroids(exemplars, [range(len(topic.exemplars))])
        values.append(cosines(texts, columns(centre)) + cosines(texts, columns(words)))
    return Scores(labels, np.hstack(values))


def _read(text: str) -> Reading:
    return read(text, language="en")


def _counts(readings: Sequence[Reading]) -> csr_matrix:
    stops = [*accumulate(len(reading.sentences) for reading in readings)]
    return count(Said.of(*readings).roots, [*map(range, [0, *stops], stops)])


def _matched(
    topics: Sequence[Topic],
    readings: Sequence[Reading],
    labels: tuple[str, ...],
    encoder: Encoder | None = None,
) -> Scores:
    model = TopicModel.fit(topics, load_background(), encoder)
    values = [[v.probability for v in model.match(reading)] for reading in readings]
    return Scores(labels, np.array(values))


def _draws(path: Path, size: int) -> Iterator[Draw]:
    """Some records of each type as exemplars; what is left is searched."""
    records = [(str(r["label"]), str(r["text"])) for r in _lines(path)]
    for number in range(DRAWS):
        chance = np.random.default_rng(SEED + number)
        taken: set[int] = set()
        topics = []
        for event, words in EVENTS.items():
            own = [n for n, (label, _) in enumerate(records) if label == event]
            chosen = [int(n) for n in chance.choice(own, size, replace=False)]
            taken.update(chosen)
            topics.append(_topic(event, words, [records[n][1] for n in chosen]))
        rest = tuple(r for n, r in enumerate(records) if n not in taken)
        yield Draw(tuple(topics), rest)


def _topic(event: str, words: str, texts: Sequence[str]) -> Topic:
    return Topic(
        id=event.lower().replace("_", "-"),
        title=event,
        words=Words(any=tuple(words.split(", "))),
        exemplars=tuple(Exemplar(language="en", text=text) for text in texts),
    )


def _news(path: Path) -> list[str]:
    """Passages of general and of local news, as many of each, drawn once."""
    local = _lines(path.parents[1] / "gva_incidents" / "docs.jsonl")
    chosen: list[str] = []
    for records in (_meantime(path), local):
        chance = np.random.default_rng(SEED)
        readings = [_read(str(record["text"])) for record in records]
        some = [r.quote(span) for r in readings for span in r.passages()]
        some = [text for text in some if len(text) >= LENGTH]
        picked = chance.choice(len(some), NEWS // 2, replace=False)
        chosen.extend(some[number] for number in picked)
    return chosen


def _meantime(path: Path) -> list[Mapping[str, Any]]:
    records = _lines(path.parents[1] / "meantime" / "meantime.jsonl")
    return [record for record in records if record["lang"] == "en"]


def _lines(path: Path) -> list[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
