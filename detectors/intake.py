"""Which entries of a feed document are news to us, and which end at the door.

Nothing is skipped by its date in a feed that we know: a late or back-dated entry
is an entry. Only the first document of a new feed is taken as what was there
before, and an id that changed while address and title stayed is no new article.

A known entry is news again under another title or a later date: so a live blog says
that its page goes on. A date that is lost or goes back says nothing of the page.

An entry of the baseline stays one, whatever its feed says later, and so does its
repeat under a new id. Nobody read it, so nothing tells what is new on its page; and
a feed that dates its whole archive anew would else have all of it told as news.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from detectors import urls
from detectors.model import FeedDocument, FeedEntry, Outcome, Stated

SAME_ADDRESS = "same address and title in this feed, new id"
BASELINE = "was there when the feed was added"
RESTATED = "stated again with another title or a later date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Unseen entries, parted by what becomes of them, and known ones that changed.

    Known ones that did not change are left out.
    """

    pending: tuple[FeedEntry, ...] = ()
    baseline: tuple[FeedEntry, ...] = ()
    repeated: tuple[FeedEntry, ...] = ()
    restated: tuple[FeedEntry, ...] = ()


def plan_intake(
    document: FeedDocument,
    stated: Iterable[Stated],
    *,
    is_first: bool,
    since: datetime | None,
) -> Intake:
    """Part a document's entries.

    Args:
        document: As parsed.
        stated: What the feed said lately; an entry that it forgot is unseen here
            and caught by its id in the store.
        is_first: The feed's first good document: entries are the baseline.
        since: Of a first document, entries from then on, or without any date,
            are wanted all the same. None: none is.
    """
    known = {entry.entry_id: entry for entry in stated}
    places = {p for each in known.values() if (p := _place(each.url, each.title))}
    pending, baseline, repeated = [], [], []
    for entry in document.entries:
        if entry.entry_id in known:
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
        pending=tuple(pending),
        baseline=tuple(baseline),
        repeated=tuple(repeated),
        restated=tuple(_restated(document, known)),
    )


def folded(title: str) -> str:
    """A title without regard to case and space."""
    return " ".join(title.casefold().split())


def _restated(
    document: FeedDocument, known: Mapping[str, Stated]
) -> Iterator[FeedEntry]:
    """Known entries that changed; none of the baseline, under whatever id."""
    unread = [each for each in known.values() if each.outcome is Outcome.BASELINE]
    places = {_place(each.url, each.title) for each in unread if each.url}
    for entry in document.entries:
        before = known.get(entry.entry_id)
        if before is None or before.outcome is Outcome.BASELINE:
            continue
        if _place(before.url, before.title) not in places and _tells(entry, before):
            yield entry


def _tells(entry: FeedEntry, before: Stated) -> bool:
    """Whether an entry says more than it did: another title, or a later date."""
    if entry.title and folded(entry.title) != folded(before.title):
        return True
    touched_at = entry.touched_at
    if touched_at is None:
        return False
    return before.updated_at is None or touched_at > before.updated_at


def _place(url: str, title: str) -> tuple[str, str] | None:
    """Address and title in one spelling; None without an address, which says all."""
    return (urls.normalise(url), folded(title)) if url else None


def _is_since(entry: FeedEntry, since: datetime | None) -> bool:
    if since is None:
        return False
    return entry.touched_at is None or entry.touched_at >= since
