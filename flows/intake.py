"""A feed's document → entries: new, known and changed, or ended at the door."""

from dataclasses import dataclass
from datetime import datetime

from detectors.intake import BASELINE, RESTATED, SAME_ADDRESS, plan_intake
from detectors.model import Feed, FeedDocument, FeedEntry, Outcome
from storage.database import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken from one document, in figures.

    Args:
        pending: New entries whose article is to be read.
        baseline: Entries that were there when their feed was added.
        repeated: Entries under a new id, known by address and title.
        restated: Known entries that say more now, whose page is to be read again.
    """

    pending: int = 0
    baseline: int = 0
    repeated: int = 0
    restated: int = 0

    @property
    def entries(self) -> int:
        """Entries seen for the first time."""
        return self.pending + self.baseline + self.repeated


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
    intake = plan_intake(
        document,
        unit.entries.stated(feed.id),
        is_first=feed.baseline_at is None,
        since=since,
    )

    def add(
        entries: tuple[FeedEntry, ...], outcome: Outcome | None, reason: str
    ) -> int:
        added = unit.entries.add_new(
            feed.id, entries, seen_at=now, outcome=outcome, reason=reason
        )
        return len(added)

    return Taken(
        pending=add(intake.pending, None, ""),
        baseline=add(intake.baseline, Outcome.BASELINE, BASELINE),
        repeated=add(intake.repeated, Outcome.DUPLICATE, SAME_ADDRESS),
        restated=sum(
            unit.entries.restate(feed.id, entry, seen_at=now, reason=RESTATED)
            for entry in intake.restated
        ),
    )
