"""One article in, one decision out, as lines of JSON (the contract of ``replay``)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from detectors.errors import RecordError
from detectors.model import Article, Decision, Development, Outcome, TopicVerdict

NEEDED = ("id", "url", "title", "text", "published_at")
OPTIONAL = ("source", "language")


def parse_stream(lines: Iterable[str], name: str) -> tuple[Article, ...]:
    """Read a whole stream; nothing is returned unless every line is an article.

    A second record with a URL seen before becomes a revision of the first, in the
    order of `in_turn`.

    Raises:
        RecordError: Names the line, and the key where there is one.
    """
    known: set[str] = set()
    articles = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        article = _parse_record(line, f"{name}:{number}")
        if article.id in known:
            raise RecordError(f"{name}:{number}: id", f"{article.id!r} stands twice")
        known.add(article.id)
        articles.append(article)
    first_at: dict[str, str] = {}
    for article in in_turn(articles):
        first_at.setdefault(article.url, article.id)
    return tuple(_as_revision(article, first_at[article.url]) for article in articles)


def in_turn(articles: Iterable[Article]) -> Iterator[Article]:
    """The articles in the order given, but those of one moment by their ids.

    Whichever of them stands first in a stream says nothing about the world.
    """
    for _, tied in groupby(articles, key=attrgetter("published_at")):
        yield from sorted(tied, key=attrgetter("id"))


def _parse_record(line: str, where: str) -> Article:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise RecordError(where, f"no JSON: {error}") from error
    if not isinstance(record, dict):
        raise RecordError(where, "a JSON object is needed")
    for key in NEEDED:
        if key not in record:
            raise RecordError(f"{where}: {key}", "missing")
    for key in (*NEEDED, *OPTIONAL):
        value = record.get(key)
        if not isinstance(value, str) and (key in NEEDED or value is not None):
            raise RecordError(f"{where}: {key}", "a string is needed")
    if not record["id"] or not record["url"]:
        raise RecordError(f"{where}: {'url' if record['id'] else 'id'}", "empty")
    published_at = _moment(record["published_at"], f"{where}: published_at")
    return Article(
        id=record["id"],
        url=record["url"],
        source=record.get("source") or "",
        title=record["title"],
        text=record["text"],
        language=record.get("language") or None,
        published_at=published_at,
        fetched_at=published_at,
    )


def _moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RecordError(where, f"no ISO 8601 time: {text!r}") from error
    if moment.tzinfo is None:
        raise RecordError(where, f"no UTC offset: {text!r}")
    return moment.astimezone(UTC)


def _as_revision(article: Article, first: str) -> Article:
    return article if first == article.id else replace(article, revision_of=first)


def decision_record(decision: Decision) -> dict[str, Any]:
    """A decision as the contract of ``replay --json`` words it."""
    return {
        "id": decision.article_id,
        "language": decision.language.language or decision.language.detected,
        "duplicate_of": decision.duplicate.original,
        **scan_record(decision),
        "stories": {topic: list(ids) for topic, ids in decision.stories.items()},
        "developments": [
            {"topic": each.topic, "story": each.story, **development_record(each)}
            for each in decision.developments
        ],
        "alerts": [
            {"topic": alert.topic, "story": alert.story, "kind": alert.kind.value}
            for alert in decision.alerts
        ],
        "outcome": decision.outcome.value,
    }


def development_record(development: Development) -> dict[str, Any]:
    """What changed, of a story that is known where it stands."""
    return {
        "slot": development.slot,
        "old": development.old,
        "new": development.new,
        "kind": development.kind.value,
    }


def scan_record(decision: Decision) -> dict[str, Any]:
    """What ``scan`` tells of a document: its topics, passages and facts."""
    return {
        "topics": [_topic_record(verdict) for verdict in decision.topics],
        "facts": [
            {
                "topic": told.fact.topic,
                "story": told.story,
                "slot": told.fact.slot,
                "value": told.fact.value,
                "evidence": list(told.fact.evidence),
                "certainty": told.fact.certainty.value,
                "attribution": told.fact.attribution,
            }
            for told in decision.facts
        ],
    }


def _topic_record(verdict: TopicVerdict) -> dict[str, Any]:
    """A verdict; ``carries_on`` stands there where it is why the topic matched."""
    carried = {"carries_on": list(verdict.carries_on)} if verdict.carries_on else {}
    return {
        "topic": verdict.topic,
        "probability": round(verdict.probability, 4),
        "matched": verdict.matched,
        "passages": [list(span) for span in verdict.passages],
        "because": list(verdict.because),
        **carried,
    }


def outcome_record(counts: Mapping[Outcome, int]) -> dict[str, int]:
    """How many ended with each word, highest first; words that none has are left out.

    >>> outcome_record({Outcome.KNOWN: 2, Outcome.STALE: 0, Outcome.ALERTED: 1})
    {'alerted': 1, 'known': 2}
    """
    return {word.value: counts[word] for word in Outcome if counts.get(word)}


def lines(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Each record as one line of JSON, the same bytes for the same record."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
