"""What a labeller, or the product, says of an article, in a form that compares."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectors.model import Certainty, FactValue, Span

SPELLINGS = {"turkey": "türkiye", "kiev": "kyiv", "odessa": "odesa"}

Assertion = tuple[str, str, str, object]
"""Article, topic, slot and value in one spelling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMark:
    """What one side says of an article and a topic."""

    matched: bool
    probability: float = 1.0
    passages: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What one side, a labeller or the product, says of one article.

    ``facts`` and ``developments`` hold only what counts as said; ``alerts`` are
    pairs of topic and kind, as often as they were sent.
    """

    article_id: str
    revision_of: str | None = None
    duplicate_of: str | None = None
    topics: Mapping[str, TopicMark] = field(default_factory=dict)
    stories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    facts: frozenset[Assertion] = frozenset()
    developments: frozenset[Assertion] = frozenset()
    alerts: tuple[tuple[str, str], ...] = ()


def labels(record: Mapping[str, Any]) -> Marks:
    """Read the labels of one line of a labelled stream."""
    gold = record["gold"]
    return Marks(
        article_id=record["id"],
        revision_of=record.get("revision_of"),
        duplicate_of=gold["duplicate_of"],
        topics={
            topic: TopicMark(matched=True, passages=_spans(gold["passages"].get(topic)))
            for topic in gold["topics"]
        },
        stories={t: _names(named) for t, named in gold["stories"].items()},
        facts=_assertions(record["id"], gold["facts"], "value"),
        developments=_assertions(record["id"], gold["developments"], "new"),
        alerts=tuple((told["topic"], told["kind"]) for told in gold["alert"]),
    )


def decided(record: Mapping[str, Any]) -> Marks:
    """Read one line that ``replay --json`` printed."""
    return Marks(
        article_id=record["id"],
        duplicate_of=record.get("duplicate_of"),
        topics={
            verdict["topic"]: TopicMark(
                matched=bool(verdict.get("matched")),
                probability=verdict.get("probability", 0.0),
                passages=_spans(verdict.get("passages")),
            )
            for verdict in record.get("topics", ())
        },
        stories={t: _names(named) for t, named in record.get("stories", {}).items()},
        facts=_assertions(record["id"], record.get("facts", ()), "value"),
        developments=_assertions(record["id"], record.get("developments", ()), "new"),
        alerts=tuple(
            (told["topic"], told["kind"]) for told in record.get("alerts", ())
        ),
    )


def _spans(written: Iterable[Sequence[int]] | None) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in written or ())


def _names(written: str | Collection[str] | None) -> frozenset[str]:
    if not written:
        return frozenset()
    return frozenset({written} if isinstance(written, str) else written)


def _assertions(
    article_id: str, said: Iterable[Mapping[str, Any]], key: str
) -> frozenset[Assertion]:
    """One assertion a value; of a list that changed, only the members that came."""
    found = set()
    for one in said:
        if not Certainty(one.get("certainty", Certainty.ASSERTED)).counts:
            continue
        values = one[key] if isinstance(one[key], list) else [one[key]]
        old = one.get("old") if isinstance(one.get("old"), list) else ()
        for value in values:
            if value not in (old or ()):
                found.add((article_id, one["topic"], one["slot"], _plain(value)))
    return frozenset(found)


def _plain(value: FactValue) -> object:
    """One spelling a value; True is not 1."""
    if isinstance(value, str):
        lowered = value.strip().lower()
        return SPELLINGS.get(lowered, lowered)
    return type(value).__name__, value
