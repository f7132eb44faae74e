"""A message with everything that a test does not care about filled in."""

from datetime import UTC, datetime
from typing import Any

from detectors.model import (
    Alert,
    AlertKind,
    Development,
    DevelopmentKind,
    FactValue,
    Message,
    Severity,
)

DECIDED_AT = datetime(2026, 3, 1, 6, 40, tzinfo=UTC)


def development(
    slot: str,
    old: FactValue | None,
    new: FactValue | None,
    kind: DevelopmentKind = DevelopmentKind.NEW,
    **given: Any,
) -> Development:
    """A development of the story."""
    return Development(
        topic="quay-fires", story="s1", slot=slot, old=old, new=new, kind=kind, **given
    )


def alert(*developments: Development, **given: Any) -> Alert:
    """An alert of the story."""
    values: dict[str, Any] = {
        "topic": "quay-fires",
        "story": "s1",
        "kind": AlertKind.NEW,
        "severity": Severity.MAJOR,
        "sources": ("Meridian Wire",),
        "reason": "first report",
    }
    return Alert(developments=developments, **values | given)


def message(told: Alert | None = None, **given: Any) -> Message:
    """A message about the story."""
    values: dict[str, Any] = {
        "id": 1,
        "key": "s1/a1/#quays",
        "channel": "#tocsin",
        "alert": told or alert(development("killed", None, 4)),
        "headline": "Grain silo burns at the northern quay",
        "topic_title": "Quay fires",
        "article_id": "a1",
        "article_title": "Four dead as silo burns",
        "article_source": "Meridian Wire",
        "url": "https://meridian.test/silo?page=1&from=feed",
        "decided_at": DECIDED_AT,
    }
    return Message(**values | given)
