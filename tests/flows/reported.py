"""A small archive: two feeds, a story told twice, a quiet one, and silent entries."""

from datetime import UTC, datetime, timedelta

from detectors.model import (
    AlertKind,
    Article,
    DevelopmentKind,
    FeedEntry,
    Message,
    Outcome,
    Severity,
    Story,
    StoryProfile,
)
from storage.database import Store, UnitOfWork
from tests.flows.messages import alert, development, message
from tests.storage.claiming import claim_next

MORNING = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
EVIL = "</script><script>alert(1)</script> {{ 7*7 }} <img src=x onerror=alert(1)>"

SILENT = (
    (Outcome.DUPLICATE, "copies meridian/a1, containment 0.94 of 0.70"),
    (Outcome.OFF_TOPIC, "best topic quay-fires 0.12, needs 0.60"),
    (Outcome.OFF_TOPIC, "a word of the topic forbids it: camp fire"),
    (Outcome.KNOWN, "killed 6 is what the story holds"),
    (Outcome.IMMATERIAL, "only the place is new"),
    (Outcome.BASELINE, "stood in the feed when it was added"),
    (Outcome.FAILED, "fetch failed (too slow)"),
)


def fill(store: Store) -> None:
    """Write the archive into an empty store."""
    with store.unit() as unit:
        wire = _feed(unit, "https://meridian.test/rss", "Meridian Wire")
        post = _feed(unit, "https://harbour.test/feed", "Harbour Post")
        _stories(unit)
        _entries(unit, wire, post)


def _feed(unit: UnitOfWork, url: str, source: str) -> int:
    """A feed of a source."""
    feed = unit.feeds.add(url, title=source, source=source, now=MORNING)
    assert feed is not None
    return feed.id


def _article(unit: UnitOfWork, name: str, title: str, minutes: int) -> None:
    """An article, so many minutes into the morning."""
    at = MORNING + timedelta(minutes=minutes)
    article = Article(
        id=name,
        url=f"https://meridian.test/{name}?ref=feed&x=1",
        source="Meridian Wire",
        title=title,
        text=title,
        published_at=at,
        fetched_at=at,
    )
    unit.articles.add(article)


def _stories(unit: UnitOfWork) -> None:
    """A story with two alerts, and one that nothing was told of."""
    _article(unit, "a1", "Four dead as grain silo burns at the northern quay", 20)
    _article(unit, "a2", "Harbour master: six dead, search goes on", 95)
    _article(unit, "a3", f"Lighthouse keeper retires {EVIL}", 130)
    story = Story(
        id="s1",
        topic="quay-fires",
        headline="Grain silo burns at the northern quay",
        opened_at=MORNING,
        changed_at=MORNING + timedelta(minutes=95),
        profile=StoryProfile(),
        articles=7,
        sources=("Meridian Wire", "Harbour Post", "El Faro"),
    )
    quiet = Story(
        id="s2",
        topic="lighthouses",
        headline=f"Lighthouse {EVIL}",
        opened_at=MORNING,
        changed_at=MORNING + timedelta(minutes=130),
        profile=StoryProfile(),
        articles=1,
        sources=("Meridian Wire",),
    )
    unit.stories.add(story)
    unit.stories.add(quiet)
    first, second = _alerts()
    for told in (first, second):
        assert told.article_id is not None
        unit.stories.add_developments(
            "s1", told.article_id, told.alert.developments, told.decided_at
        )
        unit.outbox.add(told)
    claimed = claim_next(unit, first.decided_at)
    assert claimed is not None
    unit.outbox.sent(claimed, ts="1.1", at=first.decided_at)


def _alerts() -> tuple[Message, Message]:
    """The first report and the rise of the toll."""
    first = alert(
        development(
            "killed",
            None,
            4,
            quote="Four dock workers died when the silo caught fire, the port said.",
            attribution="the port",
        ),
        development("place", None, "Northhaven"),
        development("target", None, "port"),
        severity=Severity.MAJOR,
    )
    rise = alert(
        development(
            "killed",
            4,
            6,
            DevelopmentKind.CHANGE,
            quote="“We found two more of our colleagues,” the harbour master said.",
            attribution="the harbour master",
        ),
        development("injured", 12, 19, DevelopmentKind.CONFLICT),
        kind=AlertKind.UPDATE,
        severity=Severity.CRITICAL,
        sources=("Meridian Wire", "Harbour Post", "El Faro"),
    )
    return (
        message(first, key="k1", decided_at=MORNING + timedelta(minutes=21)),
        message(
            rise,
            key="k2",
            article_id="a2",
            article_title=f"Harbour master: six dead {EVIL}",
            url="javascript:alert(1)",
            decided_at=MORNING + timedelta(minutes=96),
        ),
    )


def _entries(unit: UnitOfWork, wire: int, post: int) -> None:
    """Entries of every kind; one is pending."""
    told = [
        FeedEntry(
            entry_id=f"e{number}",
            url=f"https://meridian.test/{number}",
            title=f"Entry {number} {EVIL if number == 1 else ''}",
        )
        for number in range(60)
    ]
    new = unit.entries.add_new(wire, told, seen_at=MORNING + timedelta(hours=1))
    for number, entry in enumerate(new[:-1]):
        outcome, reason = (
            (Outcome.ALERTED, "first report")
            if number in (10, 20)
            else SILENT[number % len(SILENT)]
        )
        unit.entries.finish(entry.id, outcome, reason)
    unit.entries.add_new(
        post,
        told[:3],
        seen_at=MORNING - timedelta(days=30),
        outcome=Outcome.BASELINE,
    )
