"""Everything that a store holds, for tests that count."""

from datetime import UTC, datetime

from detectors.model import Entry, Outcome
from storage.database import UnitOfWork

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ALL = 100_000


def entries(unit: UnitOfWork, feed_id: int | None = None) -> list[Entry]:
    """Every entry, or those of one feed, first seen first."""
    found = [
        entry
        for outcome in (None, *Outcome)
        for entry in unit.entries.latest(outcome, LONG_AGO, ALL)
    ]
    found.sort(key=lambda entry: entry.id)
    return [entry for entry in found if feed_id in (None, entry.feed_id)]
