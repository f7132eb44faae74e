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
TEXTS_AT_ONCE = 200  # some 2 MB a transaction
FORGET_EVERY = timedelta(days=1)  # it reads the whole index


def forget_when_due(
    store: Store, *, now: datetime, keep_text: timedelta | None = None
) -> None:
    """Forget what is too old to matter, unless that was done within a day.

    Args:
        store: Of which.
        now: When.
        keep_text: How long the text of an article is kept that told nothing; None: for
            ever.
    """
    with store.unit(reading=True) as unit:
        last = unit.runs.last_finished(RunKind.FORGET)
    if last is not None and now - last.started_at < FORGET_EVERY:
        return
    with store.unit() as unit:
        run = unit.runs.start(RunKind.FORGET, now)
    shingles = forget_shingles(store, now=now)
    texts = forget_texts(store, now - keep_text) if keep_text else 0
    with store.unit() as unit:
        keys = unit.stories.prune((now - WORDED_STORY_WINDOW - LATE).date())
        pages = unit.visits.prune(now - LATE)
        dropped = {
            "shingles": shingles,
            "story_keys": keys,
            "pages": pages,
            "texts": texts,
        }
        unit.runs.finish(run, now, dropped)


def forget_texts(store: Store, before: datetime) -> int:
    """Drop the texts of articles that were decided before then and are in no story.

    Returns:
        How many.
    """
    dropped = 0
    while True:
        with store.unit() as unit:
            some = unit.articles.forget_texts(before, limit=TEXTS_AT_ONCE)
        dropped += some
        if some < TEXTS_AT_ONCE:
            return dropped


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
