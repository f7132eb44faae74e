"""What is forgotten with age, so that the store answers as fast as on its first day."""

from datetime import datetime, timedelta

from detectors.model import RunKind
from flows.follow import COPY_WINDOW
from flows.following import WORDED_STORY_WINDOW
from storage.database import Store
from storage.shingles import MEMORY

# Feeds tell of articles some days late; older ones find no copies, and are none.
LATE = timedelta(days=14)
PARTS = 64  # transactions; others may write in between
FORGET_EVERY = timedelta(days=1)  # it reads the whole index


def forget_when_due(store: Store, *, now: datetime) -> None:
    """Forget what is too old to matter, unless that was done within a day."""
    with store.unit(reading=True) as unit:
        last = unit.runs.last_finished(RunKind.FORGET)
    if last is not None and now - last.started_at < FORGET_EVERY:
        return
    with store.unit() as unit:
        run = unit.runs.start(RunKind.FORGET, now)
    shingles = forget_shingles(store, now=now)
    with store.unit() as unit:
        keys = unit.stories.prune((now - WORDED_STORY_WINDOW - LATE).date())
        pages = unit.visits.prune(now - LATE)
        dropped = {"shingles": shingles, "story_keys": keys, "pages": pages}
        unit.runs.finish(run, now, dropped)


def forget_shingles(store: Store, *, now: datetime) -> int:
    """Drop from the near-duplicate index what no article is compared with any more.

    Returns:
        How many hashes were dropped.
    """
    before = (now - COPY_WINDOW - MEMORY - LATE).date()
    dropped = 0
    for part in range(PARTS):
        with store.unit() as unit:
            dropped += unit.shingles.prune(before, part=part, of=PARTS)
    return dropped
