"""A feed's document → entries: new, known and changed, or ended at the door."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from detectors import intake
from detectors.errors import without_secrets
from detectors.intake import Intake, plan_intake
from detectors.model import (
    Feed,
    FeedDocument,
    FeedEntry,
    NoticeKind,
    Outcome,
    Stated,
)
from flows.articles import FEED_TEXT, TITLE_ONLY
from flows.notices import end_notice, raise_notice
from storage.database import UnitOfWork
from storage.entries import REMEMBERED

# Entries that an unseen one is compared with, as a multiple of the document's: what it
# listed before may come again under another id. To read 2,000 of them takes 15 ms.
MEMORY = 4
LEAST_MEMORY = 200

_OWN_WORDS = frozenset({FEED_TEXT, TITLE_ONLY})  # of articles that are the feed's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken from one document, in figures.

    Args:
        pending: New entries whose article is to be read.
        baseline: Entries that were there when their feed was added.
        repeated: Entries under a new id, known by address and title.
        quarantined: Entries of a flood, kept aside until they are released.
        restated: Known entries that say more now, whose page is to be read again.
        known: Entries of the document that are known, by whatever sign.
        has_gap: The document has nothing in common with those before: entries may
            have come and gone between two polls.
    """

    pending: int = 0
    baseline: int = 0
    repeated: int = 0
    quarantined: int = 0
    restated: int = 0
    known: int = 0
    has_gap: bool = False

    @property
    def entries(self) -> int:
        """Entries seen for the first time."""
        return self.pending + self.baseline + self.repeated + self.quarantined


def take_document(
    unit: UnitOfWork,
    feed: Feed,
    document: FeedDocument,
    *,
    now: datetime,
    since: datetime | None,
) -> Taken:
    """Keep what a document says, in the transaction of its validators.

    Args:
        unit: The transaction, in which the poll is recorded too.
        feed: As it was before this poll.
        document: As parsed.
        now: The moment of the poll.
        since: How far back a *first* document counts as news; None: not at all.
    """
    known = known_of(unit, feed, document)
    plan = plan_intake(document, known.values(), feed=feed, now=now, since=since)
    if plan.quarantined:
        raise_notice(unit, NoticeKind.FLOOD, subject(feed), _told(feed, plan), now=now)
    elif document.left_out:
        told = _left_out(feed, document)
        raise_notice(
            unit, NoticeKind.FLOOD, subject(feed), told, now=now, lasting=False
        )
    return Taken(
        pending=_add(unit, feed, plan.pending, now=now),
        baseline=sum(
            _add(unit, feed, entries, Outcome.BASELINE, reason, now=now)
            for entries, reason in (
                (plan.baseline, intake.BASELINE),
                (plan.beneath, intake.BENEATH),
            )
        ),
        repeated=_add(
            unit, feed, plan.repeated, Outcome.DUPLICATE, intake.SAME_ENTRY, now=now
        ),
        quarantined=_add(
            unit, feed, plan.quarantined, Outcome.QUARANTINED, intake.FLOOD, now=now
        ),
        restated=sum(
            unit.entries.restate(feed.id, entry, seen_at=now, reason=reason)
            for entry, reason in _restated(unit, plan, known)
        ),
        known=plan.known,
        has_gap=plan.has_gap,
    )


def known_of(unit: UnitOfWork, feed: Feed, document: FeedDocument) -> dict[str, Stated]:
    """What the feed said before of a document's entries; of others, if one is new."""
    known = {
        stated.entry_id: stated
        for stated in unit.entries.stated_of(
            feed.id, (entry.entry_id for entry in document.entries)
        )
    }
    if any(entry.entry_id not in known for entry in document.entries):
        limit = min(max(LEAST_MEMORY, MEMORY * len(document.entries)), REMEMBERED)
        lately = unit.entries.stated(feed.id, limit=limit)
        known = {stated.entry_id: stated for stated in lately} | known
    return known


def release(
    unit: UnitOfWork, feed: Feed, entry_ids: tuple[int, ...] = (), *, now: datetime
) -> int:
    """Let entries that are in quarantine be news after all; how many.

    Args:
        unit: The transaction.
        feed: Whose entries; all of them, but for ``entry_ids``.
        entry_ids: These alone.
        now: When it is asked for.
    """
    wanted = entry_ids or (None,)
    released = sum(
        unit.entries.release(feed.id, entry_id=entry_id) for entry_id in wanted
    )
    if released and not unit.entries.quarantined(feed.id, limit=1):
        text = f"{_named(feed)}: nothing is in quarantine any more."
        end_notice(unit, NoticeKind.FLOOD, subject(feed), text, now=now)
    return released


def subject(feed: Feed) -> str:
    """What notices about a feed are about."""
    return f"feed:{feed.id}"


def _add(
    unit: UnitOfWork,
    feed: Feed,
    entries: tuple[FeedEntry, ...],
    outcome: Outcome | None = None,
    reason: str = "",
    *,
    now: datetime,
) -> int:
    """Remember entries as what they ended as; how many were new."""
    if not entries:
        return 0
    added = unit.entries.add_new(
        feed.id, entries, seen_at=now, outcome=outcome, reason=reason
    )
    return len(added)


def _restated(
    unit: UnitOfWork, plan: Intake, known: Mapping[str, Stated]
) -> Iterator[tuple[FeedEntry, str]]:
    """Entries whose page is to be read again, and why.

    Other words under the same title and date are a reason only where they are what we
    go by, or where the page is being visited anyway: many feeds count comments.
    """
    yield from ((entry, intake.RESTATED) for entry in plan.restated)
    articles = {e.entry_id: known[e.entry_id].article_id for e in plan.retold}
    read = unit.articles.get_many(filter(None, articles.values()))
    for entry in plan.retold:
        article = read.get(articles[entry.entry_id] or "")
        if article is None or not _OWN_WORDS.isdisjoint(article.flags):
            yield entry, intake.RETOLD


def _told(feed: Feed, plan: Intake) -> str:
    """A flood in a sentence, with the way out."""
    dates = sorted(e.touched_at for e in plan.quarantined if e.touched_at)
    dated = f", dated {dates[0]:%d %b %Y} to {dates[-1]:%d %b %Y}" if dates else ""
    read = f" {len(plan.pending)} are read as usual." if plan.pending else ""
    return (
        f"{_named(feed)} brought {len(plan.quarantined)} entries at once{dated}, more"
        f" than it writes: they are in quarantine.{read} To have them read after all:"
        f" tocsin feeds release {feed.id}"
    )


def _left_out(feed: Feed, document: FeedDocument) -> str:
    """A document without end in a sentence."""
    return (
        f"{document.title or _named(feed)} listed"
        f" {document.left_out + len(document.entries)} entries in one document: the"
        f" newest {len(document.entries)} were taken, and {document.left_out} were left"
        " out"
    )


def _named(feed: Feed) -> str:
    return feed.title or without_secrets(feed.url)
