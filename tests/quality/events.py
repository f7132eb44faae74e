"""Event types as topics: a few exemplars and a line of words, among other news.

As a desk would begin: five passages that it liked, eight words, no look-alikes. All is
compared with a plain centroid of the exemplars and the words (Rocchio 1971).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detectors.keywords import Words as Said
from detectors.metrics import average_precision
from detectors.model import Exemplar, Topic, Words
from detectors.text import Reading, read
from detectors.topics import TopicModel
from detectors.vectors import Weights, centroids, columns, cosines, count
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


def passages(path: Path) -> dict[str, float]:
    """Find passages of a type among others and passages of general and local news.

    Returns:
        Mean average precision of the plain centroid and of the model, and the ends of
        the interval of the model's mean over the draws (1.96 standard errors).
    """
    news = _news(path)
    plain, ours = [], []
    for draw in _draws(path, EXEMPLARS):
        texts = [*draw.rest, *(("", passage) for passage in news)]
        readings = [read(text, language="en") for _, text in texts]
        labels = tuple(label for label, _ in texts)
        plain.append(_plain(draw.topics, readings, labels).precision)
        ours.append(_matched(draw.topics, readings, labels).precision)
    error = 1.96 * float(np.std(ours)) / len(ours) ** 0.5
    return {
        "plain": mean(plain),
        "model": mean(ours),
        "model.low": mean(ours) - error,
        "model.high": mean(ours) + error,
    }


def inside_articles(path: Path) -> dict[str, float]:
    """Find articles on something else that end with a passage of a type.

    Returns:
        Mean average precision of whole articles, and of the model, which scores
        their passages; ``gain`` is the difference.
    """
    hosts = [str(record["text"]) for record in _meantime(path)]
    whole, ours = [], []
    for draw in _draws(path, FEWER):
        readings = [
            read(f"{hosts[n % len(hosts)]}\n\n{text}", language="en")
            for n, (_, text) in enumerate(draw.rest)
        ]
        labels = tuple(label for label, _ in draw.rest)
        whole.append(_plain(draw.topics, readings, labels).precision)
        ours.append(_matched(draw.topics, readings, labels).precision)
    return {
        "whole": mean(whole),
        "model": mean(ours),
        "gain": mean(ours) - mean(whole),
    }


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
    topics: Sequence[Topic], readings: Sequence[Reading], labels: tuple[str, ...]
) -> Scores:
    model = TopicModel.fit(topics, load_background())
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
    """Passages of general and of local news, drawn once."""
    local = _lines(path.parents[1] / "gva_incidents" / "docs.jsonl")
    texts = [str(r["text"]) for r in [*_meantime(path), *local]]
    chance = np.random.default_rng(SEED)
    chosen: list[str] = []
    for number in chance.permutation(len(texts)):
        reading = read(texts[number], language="en")
        some = [reading.quote(s) for s in reading.passages()]
        chosen.extend(text for text in some[:1] if len(text) >= LENGTH)
        if len(chosen) >= NEWS:
            break
    return chosen[:NEWS]


def _meantime(path: Path) -> list[Mapping[str, Any]]:
    records = _lines(path.parents[1] / "meantime" / "meantime.jsonl")
    return [record for record in records if record["lang"] == "en"]


def _lines(path: Path) -> list[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
