"""Records with sensible contents; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from detectors.model import (
    Alert,
    AlertKind,
    Article,
    Bound,
    Certainty,
    Claim,
    Decision,
    Development,
    DevelopmentKind,
    DuplicateReason,
    DuplicateVerdict,
    FeedEntry,
    LanguageVerdict,
    Message,
    Outcome,
    Severity,
    Story,
    StoryProfile,
)

NOW = datetime(2026, 3, 1, 6, 40, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AWKWARD = "a\x00b\x1ac\ud800d\udfffe\x1a0000 щ😀"  # all that a database may refuse


def entry(name: str = "e1", **more: Any) -> FeedEntry:
    given = {"url": f"https://wire.test/{name}", "title": name.title()}
    return FeedEntry(entry_id=name, **(given | more))


def article(name: str = "a1", **more: Any) -> Article:
    given: dict[str, Any] = {
        "url": f"https://wire.test/{name}",
        "source": "Meridian Wire",
        "title": "Grain silo burns",
        "text": "A silo burned.\n\nNobody was hurt.",
        "published_at": NOW,
        "fetched_at": NOW,
    }
    return Article(id=name, **(given | more))


def decision(
    name: str = "a1",
    outcome: Outcome = Outcome.OFF_TOPIC,
    *,
    original: str | None = None,
    **more: Any,
) -> Decision:
    given: dict[str, Any] = {
        "language": LanguageVerdict(language="en", detected="en", confidence=0.99),
        "duplicate": DuplicateVerdict(
            original=original,
            nearest=original,
            containment=1.0 if original else 0.0,
            reason=DuplicateReason.SAME_COPY
            if original
            else DuplicateReason.NO_CANDIDATE,
        ),
        "topics": (),
        "stories": {},
        "facts": (),
        "developments": (),
        "alerts": (),
        "trace": ("language: en", f"outcome: {outcome}"),
    }
    return Decision(article_id=name, outcome=outcome, **(given | more))


def development(**more: Any) -> Development:
    given: dict[str, Any] = {
        "topic": "port-fires",
        "story": "s1",
        "slot": "killed",
        "old": 4,
        "new": 6,
        "kind": DevelopmentKind.CHANGE,
    }
    return Development(**(given | more))


def alert(story: str = "s1", **more: Any) -> Alert:
    given: dict[str, Any] = {
        "topic": "port-fires",
        "kind": AlertKind.UPDATE,
        "severity": Severity.MAJOR,
        "developments": (development(story=story),),
        "sources": ("Meridian Wire",),
    }
    return Alert(story=story, **(given | more))


def story(name: str = "s1", **more: Any) -> Story:
    given: dict[str, Any] = {
        "topic": "port-fires",
        "headline": "Grain silo burns",
        "opened_at": NOW,
        "changed_at": NOW,
        "profile": StoryProfile(places=("Varna",), terms={"silo": 0.1 + 0.2}),
    }
    return Story(id=name, **(given | more))


def claim(story: str = "s1", **more: Any) -> Claim:
    given: dict[str, Any] = {
        "slot": "killed",
        "value": 4,
        "bound": Bound.AT_LEAST,
        "certainty": Certainty.CLAIMED,
        "source": "Meridian Wire",
        "attribution": "the harbour master",
        "article_id": "a1",
        "claimed_at": NOW,
        "quote": "At least four died.",
    }
    return Claim(story=story, **(given | more))


def message(key: str = "k1", story: str = "s1", **more: Any) -> Message:
    given: dict[str, Any] = {
        "id": 0,
        "channel": "#desk",
        "alert": alert(story),
        "headline": "Grain silo burns",
        "topic_title": "Port fires",
        "article_id": "a1",
        "article_title": "Four dead as silo burns",
        "article_source": "Meridian Wire",
        "url": "https://wire.test/a1",
        "decided_at": NOW,
    }
    return Message(key=key, **(given | more))
