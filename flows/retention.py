"""What is forgotten with age, so that the store answers as fast as on its first day."""

from datetime import datetime, timedelta

from flows.follow import COPY_WINDOW
from storage.database import Store
from storage.shingles import MEMORY

# Feeds tell of articles some days late; older ones find no copies, and are none.
LATE = timedelta(days=14)
PARTS = 64  # transactions; others may write in between


def forget_shingles(store: Store, *, now: datetime) -> int:
    """Drop from the near-duplicate index what no article is compared with any more.

    To be called once a day: it reads the whole index.

    Returns:
        How many hashes were dropped.
    """
    before = (now - COPY_WINDOW - MEMORY - LATE).date()
    dropped = 0
    for part in range(PARTS):
        with store.unit() as unit:
            dropped += unit.shingles.prune(before, part=part, of=PARTS)
    return dropped
