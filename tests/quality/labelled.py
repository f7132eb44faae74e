"""Short labelled texts, ranked by topic: headlines, and events told in two languages.

Topics are the shipped ones, and any that a corpus brings in ``topics/``; nothing is
learned from what is ranked. Each figure has a bootstrap interval over the texts.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detectors.metrics import average_precision
from detectors.model import Topic
from detectors.seeds import parse_topics
from detectors.text import read
from detectors.topics import TopicModel
from flows.seeds import load_background, load_topics
from tests.quality.resampling import interval, picks

TOPICS = Path(__file__).with_name("topics")
LABELS = {"strike-reports": "strike_report"}  # any other reads as the topic's id

Ranked = Sequence[tuple[float, bool]]


def headlines(path: Path) -> dict[str, float]:
    """Rank headlines (``headline``, ``topics``) by the shipped topics and ours."""
    records = _lines(path)
    extra = {file.name: file.read_text("utf-8") for file in sorted(TOPICS.iterdir())}
    topics = (*load_topics(), *parse_topics(extra))
    model = TopicModel.fit(topics, load_background())
    texts = [(str(r["headline"]), r["topics"]) for r in records]
    figures: dict[str, float] = {}
    for topic, ranked in rank(model, topics, texts, "en").items():
        figures |= measured(topic, ranked)
    return figures


def bilingual(path: Path) -> dict[str, float]:
    """Rank events told in English and Ukrainian (``text_en``, ``text_uk``).

    Returns:
        Each language's mean over the shipped topics, and by how much the Ukrainian
        falls behind (``behind``).
    """
    records = [record for record in _lines(path) if record["topics"]]
    topics = load_topics()
    model = TopicModel.fit(topics, load_background())
    figures: dict[str, float] = {}
    by_language = {}
    for language in ("en", "uk"):
        texts = [(str(r[f"text_{language}"]), r["topics"]) for r in records]
        by_language[language] = list(rank(model, topics, texts, language).values())
        for topic, ranked in rank(model, topics, texts, language).items():
            figures |= measured(f"{language}.{topic}", ranked)
    means = {name: _mean(ranked) for name, ranked in by_language.items()}
    figures |= {f"{language}.mean": mean for language, mean in means.items()}
    figures["behind"] = means["en"] - means["uk"]
    resampled = [
        {name: _mean(_drawn(ranked, pick)) for name, ranked in by_language.items()}
        for pick in picks(len(records))
    ]
    for language in by_language:
        values = [each[language] for each in resampled]
        figures |= interval(f"{language}.mean", values)
    figures |= interval("behind", [each["en"] - each["uk"] for each in resampled])
    return figures


def rank(
    model: TopicModel,
    topics: Sequence[Topic],
    texts: Sequence[tuple[str, Sequence[str]]],
    language: str,
) -> dict[str, Ranked]:
    """The probability of each text for each topic, and whether it is labelled so."""
    verdicts = [model.match(read(text, language=language)) for text, _ in texts]
    return {
        topic.id: [
            (verdict[n].probability, _label(topic) in labels)
            for verdict, (_, labels) in zip(verdicts, texts, strict=True)
        ]
        for n, topic in enumerate(topics)
    }


def measured(name: str, ranked: Ranked) -> dict[str, float]:
    """Average precision, with the ends of its 95 % interval."""
    values = [_precision(_pick(ranked, pick)) for pick in picks(len(ranked))]
    return {name: _precision(ranked), **interval(name, values)}


def _label(topic: Topic) -> str:
    return LABELS.get(topic.id, topic.id.replace("-", "_"))


def _precision(ranked: Ranked) -> float:
    return average_precision(ranked) or 0.0


def _mean(rankings: Sequence[Ranked]) -> float:
    return sum(map(_precision, rankings)) / len(rankings)


def _pick(ranked: Ranked, pick: Iterable[int]) -> Ranked:
    return [ranked[n] for n in pick]


def _drawn(rankings: Sequence[Ranked], pick: Iterable[int]) -> list[Ranked]:
    return [_pick(ranked, pick) for ranked in rankings]


def _lines(path: Path) -> list[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
