"""The demo's day with its labelled facts: stories and developments by themselves."""

import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from detectors.model import AlertKind, Article, Fact
from detectors.text import Reading, read
from flows.seeds import SHIPPED
from tests.scenarios.timeline import MEETINGS, STRIKES, Timeline

TOPICS = {"strike-reports": STRIKES, "summit-diplomacy": MEETINGS}


def records() -> list[dict[str, Any]]:
    lines = (SHIPPED / "demo" / "articles.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def article(record: dict[str, Any]) -> Article:
    published_at = datetime.fromisoformat(record["published_at"])
    return Article(
        id=record["id"],
        url=record["url"],
        source=record["source"],
        title=record["title"],
        text=record["text"],
        published_at=published_at,
        fetched_at=published_at,
        language=record["language"],
    )


def facts(record: dict[str, Any], reading: Reading, topic: str) -> Iterator[Fact]:
    """Labelled facts; those that an alert says are corrections are marked as such."""
    labels = record["gold"]
    corrects = "correction" in [
        alert["kind"] for alert in labels["alert"] if alert["topic"] == topic
    ]
    replaced = {
        (change["slot"], change["new"])
        for change in labels["developments"]
        if change["topic"] == topic and change["old"] is not None
    }
    for label in labels["facts"]:
        if label["topic"] != topic:
            continue
        span = tuple(bisect_left(reading.starts, at) for at in label["evidence"])
        corrected = corrects and (label["slot"], label["value"]) in replaced
        yield Fact(
            topic=TOPICS[topic].id,
            slot=label["slot"],
            value=label["value"],
            evidence=(span[0], span[1]),
            quote=reading.text[span[0] : span[1]],
            corrects=corrected or None,
        )


@dataclass
class Day:
    """The demo followed with its labelled facts, topic by topic."""

    timelines: dict[str, Timeline]
    wrong: list[tuple[str, str, list[str], list[str], list[str]]]
    written: dict[str, set[str]]


@pytest.fixture(scope="module")
def day() -> Day:
    walked = Day(
        timelines={topic: Timeline(subject) for topic, subject in TOPICS.items()},
        wrong=[],
        written={topic: set() for topic in TOPICS},
    )
    for record in records():
        if record["gold"]["duplicate_of"]:
            continue
        for topic in record["gold"]["topics"]:
            walk(walked, record, topic)
    return walked


def walk(day: Day, record: dict[str, Any], topic: str) -> None:
    labels = record["gold"]
    told = article(record)
    reading = read(told.text, title=told.title, language=record["language"])
    passages = tuple(
        (bisect_left(reading.starts, start), bisect_left(reading.starts, end))
        for start, end in labels["passages"][topic]
    )
    stated = tuple(facts(record, reading, topic))
    heard = day.timelines[topic].follow(told, reading, passages, stated)
    wanted = sorted(a["kind"] for a in labels["alert"] if a["topic"] == topic)
    alerts = sorted(word for word in heard.words if word in set(AlertKind))
    if alerts != wanted:
        day.wrong.append((told.id, topic, wanted, alerts, heard.reasons))
    named = labels["stories"][topic]
    day.written[topic] |= set(named if isinstance(named, list) else [named]) - {None}


def test_with_labelled_facts_every_alert_of_the_demo_is_told_and_no_other(day):
    assert not day.wrong


def test_with_labelled_facts_the_demo_has_as_many_stories_as_were_written(day):
    opened = {topic: len(line.stories) for topic, line in day.timelines.items()}
    assert opened == {topic: len(names) for topic, names in day.written.items()}
