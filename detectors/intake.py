"""Which entries of a feed document are news to us, and which end at the door.

Nothing is skipped by its date in a feed that we know: a late, early or back-dated
entry is an entry. Left aside are only what was there when the feed was added, what
slides into view beneath that, and a flood: more at once than the feed can have written
meanwhile. They are counted, and can be released.

A known entry is news again under another title or a later date: so a live blog says
that its page goes on. A date that is lost or goes back says nothing of the page. Where
most entries are dated anew at once, that is the feed's doing and not theirs, and it is
believed once an hour.

An entry of the baseline stays one, whatever its feed says later, and so does its
repeat under a new id. Nobody read it, so nothing tells what is new on its page; and
a feed that dates its whole archive anew would else have all of it told as news. What is
in quarantine stays there in the same way.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from detectors.echoes import UNREAD, Original, find_echoes, folded
from detectors.model import Feed, FeedDocument, FeedEntry, Outcome, Stated

SAME_ENTRY = "known in this feed under another id"
BASELINE = "was there when the feed was added"
BENEATH = "older than all that was there when the feed was added"
FLOOD = "one of a flood: more at once than its feed writes in that time"
RESTATED = "stated again with another title or a later date"
RETOLD = "stated again in other words"

# Entries; nobody's ordinary burst reaches it. The busiest of 101 saved feeds wrote 99
# of its 100 entries within six hours; two front pages that were polled for years never
# gave more than 11 after any gap (2026-11).
FLOOD_LEAST = 100
# Times what its pace lets expect: the busiest hour of that feed has 5.8 times the
# entries of its average hour.
FLOOD_TIMES = 6
# In a flood, what is dated after the last reading is no old stock; a day's grace, for
# publishers date a text by its first draft.
GRACE = timedelta(days=1)
TURNED_LEAST = 3  # entries; a shorter document turns over with each new one
REDATED_LEAST = 5  # entries, and most of those known: then the feed dates, not they
REDATED_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Unseen entries, parted by what becomes of them, and known ones that changed.

    Known ones that did not change are left out.

    Args:
        pending: To be read.
        baseline: There when the feed was added, also under an id that is new.
        beneath: Older than the baseline, slid into view below it.
        repeated: Known under another id.
        quarantined: Of a flood, also those that repeat one of an earlier flood.
        restated: Known, with another title or a later date.
        retold: Known, in other words under the same title and date.
        known: How many are known, by whatever sign.
        has_gap: Nothing in the document is known: others may have come and gone.
    """

    pending: tuple[FeedEntry, ...] = ()
    baseline: tuple[FeedEntry, ...] = ()
    beneath: tuple[FeedEntry, ...] = ()
    repeated: tuple[FeedEntry, ...] = ()
    quarantined: tuple[FeedEntry, ...] = ()
    restated: tuple[FeedEntry, ...] = ()
    retold: tuple[FeedEntry, ...] = ()
    known: int = 0
    has_gap: bool = False


class _Fate(StrEnum):
    """What becomes of an unseen entry: the field of `Intake` that it stands in."""

    PENDING = "pending"
    BASELINE = "baseline"
    BENEATH = "beneath"
    REPEATED = "repeated"
    QUARANTINED = "quarantined"


def plan_intake(
    document: FeedDocument,
    stated: Iterable[Stated],
    *,
    feed: Feed,
    now: datetime,
    since: datetime | None = None,
) -> Intake:
    """Part a document's entries.

    Args:
        document: As parsed.
        stated: What the feed said before of these entries, with their texts; and,
            where one of them is unseen, what it said lately of others.
        feed: As it was before this document.
        now: When it was read.
        since: Of a *first* document, entries from then on, or without any date,
            are wanted all the same. None: none is.
    """
    known = {entry.entry_id: entry for entry in stated}
    listed = document.entries
    echoes = find_echoes(listed, known)
    fresh = [e for e in listed if e.entry_id not in known and e.entry_id not in echoes]
    if feed.baseline_at is None:
        fates = {e.entry_id: _fate_at_first(e, since) for e in fresh}
    elif len(fresh) > allowance(feed, now=now):
        fates = dict(_fates_of_flood(fresh, since=_last_read(feed) - GRACE))
    else:
        aside = _beneath(listed, known, feed.baseline_at)
        fates = {e.entry_id: aside.get(e.entry_id, _Fate.PENDING) for e in fresh}
    for entry_id, original in echoes.items():
        fates[entry_id] = _fate_of_echo(original, fates)
    parted: defaultdict[_Fate, list[FeedEntry]] = defaultdict(list)
    for entry in listed:
        if entry.entry_id in fates:
            parted[fates[entry.entry_id]].append(entry)
    restated, retold = _changed(listed, known, now=now)
    return Intake(
        pending=tuple(parted[_Fate.PENDING]),
        baseline=tuple(parted[_Fate.BASELINE]),
        beneath=tuple(parted[_Fate.BENEATH]),
        repeated=tuple(parted[_Fate.REPEATED]),
        quarantined=tuple(parted[_Fate.QUARANTINED]),
        restated=restated,
        retold=retold,
        known=len(listed) - len(fresh),
        has_gap=_has_turned(fresh, listed, known) and not parted[_Fate.QUARANTINED],
    )


def allowance(feed: Feed, *, now: datetime) -> float:
    """How many new entries at once are no flood.

    By the pace that the feed has shown; before it has, by how close its last document
    stood. Counted from the last answer whose body was read.
    """
    course = feed.course
    pace = course.pace or (course.window and course.window / max(course.entries, 1))
    if not pace:
        return FLOOD_LEAST
    return max(FLOOD_LEAST, FLOOD_TIMES * ((now - _last_read(feed)) / pace))


def _last_read(feed: Feed) -> datetime:
    return feed.course.read_at or feed.polled_at or feed.added_at


def _fate_at_first(entry: FeedEntry, since: datetime | None) -> _Fate:
    """What stands in a first document was there before, but for what is wanted."""
    wanted = since is not None and _is_since(entry, since, undated=True)
    return _Fate.PENDING if wanted else _Fate.BASELINE


def _fates_of_flood(
    fresh: Sequence[FeedEntry], *, since: datetime
) -> Iterator[tuple[str, _Fate]]:
    """Old stock is kept aside; so is all, where most is dated as if it were new."""
    new = {e.entry_id for e in fresh if _is_since(e, since, undated=False)}
    spared = new if len(new) <= FLOOD_LEAST else set()
    for entry in fresh:
        is_spared = entry.entry_id in spared
        yield entry.entry_id, _Fate.PENDING if is_spared else _Fate.QUARANTINED


def _is_since(entry: FeedEntry, since: datetime, *, undated: bool) -> bool:
    return undated if entry.touched_at is None else entry.touched_at >= since


def _beneath(
    listed: Sequence[FeedEntry], known: Mapping[str, Stated], baseline_at: datetime
) -> Mapping[str, _Fate]:
    """Entries that slid into view: below all that are known, and older than the first.

    A document is as long as its publisher wishes: take its newest entry out, and one
    appears at its end that was there all along.
    """
    first = (
        each.published_at
        for each in known.values()
        if each.outcome is Outcome.BASELINE
        and each.seen_at is not None
        and each.seen_at >= baseline_at
        and each.published_at is not None
    )
    horizon = min(first, default=None)
    places = [n for n, entry in enumerate(listed) if entry.entry_id in known]
    if horizon is None or not places:
        return {}
    return {
        entry.entry_id: _Fate.BENEATH
        for entry in listed[max(places) + 1 :]
        if entry.touched_at is not None and entry.touched_at < horizon
    }


def _fate_of_echo(original: Original, fates: Mapping[str, _Fate]) -> _Fate:
    """A repeat of what nobody read is as unread; of anything else it is a repeat."""
    if isinstance(original, FeedEntry):
        fate = fates[original.entry_id]
        return _Fate.REPEATED if fate is _Fate.PENDING else fate
    if original.outcome is Outcome.BASELINE:
        return _Fate.BASELINE
    if original.outcome is Outcome.QUARANTINED:
        return _Fate.QUARANTINED
    return _Fate.REPEATED


def _has_turned(
    fresh: Sequence[FeedEntry],
    listed: Sequence[FeedEntry],
    known: Mapping[str, Stated],
) -> bool:
    """Whether the document has nothing in common with what the feed said before."""
    return len(fresh) == len(listed) and min(len(fresh), len(known)) >= TURNED_LEAST


def _changed(
    listed: Sequence[FeedEntry], known: Mapping[str, Stated], *, now: datetime
) -> tuple[tuple[FeedEntry, ...], tuple[FeedEntry, ...]]:
    """Known entries that were restated and those that were retold; none unread."""
    read = [
        (entry, known[entry.entry_id])
        for entry in listed
        if entry.entry_id in known and known[entry.entry_id].outcome not in UNREAD
    ]
    dated = [(e, old) for e, old in read if _is_later(e, old, now=now)]
    doubted = len(dated) >= max(REDATED_LEAST, len(read) / 2)
    believed = {e.entry_id for e, old in dated if not doubted or _has_rested(e, old)}
    restated = {
        entry.entry_id: entry
        for entry, old in read
        if _has_other_title(entry, old) or entry.entry_id in believed
    }
    return tuple(restated.values()), tuple(
        entry
        for entry, old in read
        if entry.entry_id not in restated and _has_other_words(entry, old)
    )


def _has_other_title(entry: FeedEntry, before: Stated) -> bool:
    return bool(entry.title) and folded(entry.title) != folded(before.title)


def _has_other_words(entry: FeedEntry, before: Stated) -> bool:
    if not entry.text or before.text is None or entry.text == before.text:
        return False
    return folded(entry.text) != folded(before.text)


def _is_later(entry: FeedEntry, before: Stated, *, now: datetime) -> bool:
    """Whether its date has moved on; one that is still to come may be put right."""
    date, old = entry.touched_at, before.updated_at
    if date is None or old is None:
        return date is not None
    return date > old or now < old != date


def _has_rested(entry: FeedEntry, before: Stated) -> bool:
    date, old = entry.touched_at, before.updated_at
    return date is None or old is None or abs(date - old) >= REDATED_REST
