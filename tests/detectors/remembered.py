"""What a store remembers of entries, for tests of what is news in a document."""

from collections.abc import Iterable
from datetime import datetime

from detectors.model import FeedEntry, Outcome, Stated


def remembered(
    entries: Iterable[FeedEntry], *, outcome: Outcome | None, seen_at: datetime
) -> list[Stated]:
    """As the feed stated them, seen at one moment and ended alike."""
    return [
        Stated(
            entry_id=each.entry_id,
            url=each.url,
            title=each.title,
            published_at=each.published_at,
            updated_at=each.touched_at,
            seen_at=seen_at,
            outcome=outcome,
            text=each.text,
        )
        for each in entries
    ]
