"""Which entries of a feed document are news to us, and which end at the door.

Nothing is skipped by its date in a feed that we know: a late or back-dated entry
is an entry. Only the first document of a new feed is taken as what was there
before, and an id that changed while address and title stayed is no new article.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from detectors import urls
from detectors.model import FeedDocument, FeedEntry

SAME_ADDRESS = "same address and title in this feed, new id"
BASELINE = "was there when the feed was added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a feed said of one entry before: its id, where, and under what title."""

    entry_id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Unseen entries, parted by what becomes of them; known ones are left out."""

    pending: tuple[FeedEntry, ...] = ()
    baseline: tuple[FeedEntry, ...] = ()
    repeated: tuple[FeedEntry, ...] = ()


def plan_intake(
    document: FeedDocument,
    stated: Iterable[Stated],
    *,
    is_first: bool,
    since: datetime | None,
) -> Intake:
    """Part a document's unseen entries.

    Args:
        document: As parsed.
        stated: What the feed said lately; an entry that it forgot is unseen here
            and caught by its id in the store.
        is_first: The feed's first good document: entries are the baseline.
        since: Of a first document, entries from then on, or without any date,
            are wanted all the same. None: none is.
    """
    known = tuple(stated)
    ids = {entry.entry_id for entry in known}
    places = {place for entry in known if (place := _place(entry.url, entry.title))}
    pending, baseline, repeated = [], [], []
    for entry in document.entries:
        if entry.entry_id in ids:
            continue
        place = _place(entry.url, entry.title)
        if place in places:
            repeated.append(entry)
        elif is_first and not _is_since(entry, since):
            baseline.append(entry)
        else:
            pending.append(entry)
        if place:
            places.add(place)
    return Intake(
        pending=tuple(pending), baseline=tuple(baseline), repeated=tuple(repeated)
    )


def _place(url: str, title: str) -> tuple[str, str] | None:
    """Address and title in one spelling; None without an address, which says all."""
    if not url:
        return None
    return urls.normalise(url), " ".join(title.casefold().split())


def _is_since(entry: FeedEntry, since: datetime | None) -> bool:
    if since is None:
        return False
    dates = (entry.published_at, entry.updated_at)
    known = [date for date in dates if date is not None]
    return not known or max(known) >= since
