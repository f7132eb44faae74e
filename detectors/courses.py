"""What one answer of a feed tells of it: its pace, its whereabouts, whether it lies.

Every step is pure: a feed as it was and what came make a feed as it is, and what the
desk is to be given notice of. `detectors.polling` goes by the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from detectors.errors import without_secrets
from detectors.model import (
    Feed,
    FeedCourse,
    FeedDocument,
    FeedState,
    NoticeKind,
    Validators,
)

# Of an entry's gap in the pace: from 0.1 to 0.9 delays are the same, and requests the
# fewer the less it is; 0.2 follows a feed within ten entries (52 streams, 2026-11).
PACE_SHARE = 0.2
# A long silence is half forgotten in five weeks: then one of 500 live feeds is called
# silent 0.7 times a day; 3.4 times where that takes a week (as above).
LULL_FADES = 0.98  # a day
LEAST_LULL = timedelta(hours=24)  # nobody writes at night
SILENT_TIMES = 3  # its longest usual silence

MOVED_POLLS = 3  # permanent redirects in a row to the same place,
MOVED_AFTER = timedelta(hours=24)  # for so long, before it is believed
FAILS_FOR = timedelta(hours=24)  # before the desk is told
ODD_POLLS = 3  # no feed, this often in a row: told before a day is over
EMPTY_POLLS = 2  # a feed without entries, where there had been some
GAPS_TOLD_EVERY = timedelta(days=1)
CAME_FROM = 5  # former addresses that are kept
LEAST_DATES = 3  # of a document, to tell a pace from


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a good answer says besides its document.

    Args:
        validators: As they are to be kept.
        issuer: The address that gave them; None: not known.
        fresh_until: Until when its server calls it fresh.
        moved_to: Where permanent redirects alone led.
    """

    validators: Validators
    issuer: str | None
    fresh_until: datetime | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a document's entries compare with what is known.

    Args:
        new: Entries that are news.
        known: Entries that are not.
        has_gap: Nothing in it is known: others may have come and gone.
    """

    new: int = 0
    known: int = 0
    has_gap: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an answer was none.

    Args:
        text: For people.
        rest_ends_at: Until when its server wants no request.
        is_gone: Its server said that it is gone for good.
        is_throttled: Its server said that we ask too much.
        is_odd: It was an answer, but no feed.
    """

    text: str
    rest_ends_at: datetime | None = None
    is_gone: bool = False
    is_throttled: bool = False
    is_odd: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something for the desk to know of a feed, or that it is over.

    Args:
        kind: What it is.
        text: A sentence.
        is_end: What was told is over; it says nothing if nothing was told.
        lasts: It is open until its end; else it only happened.
    """

    kind: NoticeKind
    text: str
    is_end: bool = False
    lasts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A feed after its poll, and what the desk is to know of that.

    Args:
        feed: Its URL is as it was.
        moves_to: Its new URL, where it has moved.
    """

    feed: Feed
    notes: tuple[Note, ...] = ()
    moves_to: str | None = None


@dataclass(slots=True)
class _Notes:
    """Notes on one feed, as they come up."""

    feed: Feed
    kept: list[Note] = field(default_factory=list)

    def begin(self, kind: NoticeKind, text: str, *, lasts: bool = True) -> None:
        self.kept.append(
            Note(kind=kind, text=f"{name_of(self.feed)} {text}", lasts=lasts)
        )

    def end(self, kind: NoticeKind, text: str) -> None:
        told = f"{name_of(self.feed)} {text}"
        self.kept.append(Note(kind=kind, text=told, is_end=True))


def name_of(feed: Feed) -> str:
    """What people know a feed by."""
    return feed.title or feed.source or without_secrets(feed.url)


def read(
    feed: Feed, heard: Heard, document: FeedDocument, seen: Seen, *, now: datetime
) -> Folded:
    """After an answer with a document that differs from the last one.

    Args:
        feed: As it was before this poll.
        heard: What came with it.
        document: As parsed.
        seen: How it compares with what is known.
        now: When it was asked.
    """
    notes = _Notes(feed)
    is_first = feed.baseline_at is None
    course = _heard(feed, heard, now)
    course = replace(course, read_at=now, hints=document.hints)
    course = _emptied(notes, course, document)
    if is_first:
        course = _begun(course, document)
    elif seen.new:
        course = _with_new(notes, course, seen.new, now)
    else:
        _note_silence(notes, now)
    if seen.has_gap:
        course = _with_gap(notes, course, now)
    elif course.gap_at is None or now - course.gap_at > GAPS_TOLD_EVERY:
        course = replace(course, hurry=None)
    if document.entries:
        course = replace(
            course, entries=len(document.entries), window=_window(document)
        )
    return _good(notes, course, heard, now, shares=seen.known > 0)


def unchanged(feed: Feed, heard: Heard, *, now: datetime, was_read: bool) -> Folded:
    """After an answer without news.

    Args:
        feed: As it was before this poll.
        heard: What came with it.
        now: When it was asked.
        was_read: Its body was there, and was the one that is known.
    """
    notes = _Notes(feed)
    course = _heard(feed, heard, now)
    if was_read:
        course = replace(course, read_at=now)
    if course.odd_polls:
        course = _still_empty(notes, course)
    _note_silence(notes, now)
    return _good(notes, course, heard, now, shares=course.entries > 0)


def failed(feed: Feed, fault: Fault, *, now: datetime) -> Folded:
    """After an answer that was none; validators stay as the last good one's."""
    notes = _Notes(feed)
    first = feed.course.first_failed_at if feed.failures else None
    was_odd = feed.course.odd_polls if feed.failures else 0
    course = replace(
        feed.course,
        first_failed_at=first or now,
        rest_ends_at=fault.rest_ends_at,
        throttled=fault.is_throttled,
        odd_polls=was_odd + 1 if fault.is_odd else 0,
    )
    state = feed.state
    if fault.is_gone:
        state = FeedState.GONE
        notes.begin(
            NoticeKind.GONE, "is gone, as its server says; it is not asked again"
        )
    elif course.odd_polls >= ODD_POLLS or _fails_long(first, now):
        notes.begin(NoticeKind.FAILING, f"gives nothing: {fault.text}")
    after = replace(
        feed,
        state=state,
        polled_at=now,
        failures=feed.failures + 1,
        failure=fault.text,
        course=course,
    )
    return Folded(feed=after, notes=tuple(notes.kept))


def distrusting(feed: Feed) -> Folded:
    """After "not modified" was shown to be untrue."""
    notes = _Notes(feed)
    notes.begin(
        NoticeKind.DISTRUSTED,
        "said “not modified” when it was; from now on its whole text is compared",
        lasts=False,
    )
    course = replace(feed.course, distrusted=True)
    return Folded(feed=replace(feed, course=course), notes=tuple(notes.kept))


def moved(feed: Feed, url: str) -> Folded:
    """A feed that is asked at ``url`` from now on; where it was is kept.

    Its validators go nowhere but to the address that gave them.
    """
    notes = _Notes(feed)
    told = without_secrets(f"has moved from {feed.url} to {url}")
    notes.begin(NoticeKind.MOVED, told, lasts=False)
    course = replace(
        feed.course,
        issuer=feed.course.issuer or feed.url,
        came_from=(*feed.course.came_from, feed.url)[-CAME_FROM:],
        moved_to=None,
        moved_at=None,
        moved_polls=0,
    )
    return Folded(feed=replace(feed, url=url, course=course), notes=tuple(notes.kept))


def is_silent(feed: Feed, now: datetime) -> bool:
    """Whether nothing came for three times the longest silence that is usual for it."""
    began_at = feed.course.changed_at or feed.baseline_at
    lull = feed.course.lull
    if began_at is None or lull is None:
        return False
    return now - began_at > SILENT_TIMES * max(lull, LEAST_LULL)


def _fails_long(first_failed_at: datetime | None, now: datetime) -> bool:
    return first_failed_at is not None and now - first_failed_at >= FAILS_FOR


def _heard(feed: Feed, heard: Heard, now: datetime) -> FeedCourse:
    """What every good answer changes."""
    course = feed.course
    return replace(
        course,
        answered_at=now,
        goes_stale_at=heard.fresh_until,
        issuer=heard.issuer,
        rest_ends_at=None,
        first_failed_at=None,
        throttled=False,
        odd_polls=0 if feed.failures else course.odd_polls,
    )


def _good(
    notes: _Notes, course: FeedCourse, heard: Heard, now: datetime, *, shares: bool
) -> Folded:
    """The feed after a good answer; ``shares``: it is the feed that is known."""
    feed = notes.feed
    if feed.failures:
        notes.end(NoticeKind.FAILING, "answers again")
    course = _redirected(course, heard.moved_to, now)
    settled = course.moved_at is not None and now - course.moved_at >= MOVED_AFTER
    moves = settled and course.moved_polls >= MOVED_POLLS and shares
    after = replace(
        feed,
        polled_at=now,
        validators=heard.validators,
        failures=0,
        failure=None,
        course=course,
    )
    return Folded(
        feed=after,
        notes=tuple(notes.kept),
        moves_to=course.moved_to if moves else None,
    )


def _redirected(course: FeedCourse, target: str | None, now: datetime) -> FeedCourse:
    """Count how often in a row permanent redirects led to one place."""
    if target is None:
        return replace(course, moved_to=None, moved_at=None, moved_polls=0)
    if target != course.moved_to:
        return replace(course, moved_to=target, moved_at=now, moved_polls=1)
    return replace(course, moved_polls=course.moved_polls + 1)


def _emptied(notes: _Notes, course: FeedCourse, document: FeedDocument) -> FeedCourse:
    """A feed that lists nothing any more is told of the second time."""
    if document.entries:
        if course.odd_polls or notes.feed.failures:
            notes.end(NoticeKind.EMPTY, "lists entries again")
        return replace(course, odd_polls=0)
    return _still_empty(notes, course) if course.entries else course


def _still_empty(notes: _Notes, course: FeedCourse) -> FeedCourse:
    polls = course.odd_polls + 1
    if polls == EMPTY_POLLS:
        text = f"lists nothing; it had {course.entries} entries before"
        notes.begin(NoticeKind.EMPTY, text)
    return replace(course, odd_polls=polls)


def _with_new(notes: _Notes, course: FeedCourse, new: int, now: datetime) -> FeedCourse:
    """The pace after ``new`` entries came: the newer a gap, the more it counts."""
    feed = notes.feed
    if is_silent(feed, now):
        notes.end(NoticeKind.SILENT, "has new entries again")
    since = course.changed_at or feed.baseline_at or now
    silence = max(now - since, timedelta(0))
    gap = silence / new
    kept = (1 - PACE_SHARE) ** new
    pace = gap if course.pace is None else gap + (course.pace - gap) * kept
    fades = LULL_FADES ** (silence / timedelta(days=1))
    lull = max(silence, (course.lull or silence) * fades)
    return replace(course, pace=pace, lull=lull, changed_at=now)


def _with_gap(notes: _Notes, course: FeedCourse, now: datetime) -> FeedCourse:
    """Ask twice as often as the window just turned over."""
    feed = notes.feed
    since = feed.polled_at or now
    if course.gap_at is None or now - course.gap_at > GAPS_TOLD_EVERY:
        text = f"may have listed entries that we never saw, after {since:%H:%M} UTC"
        notes.begin(NoticeKind.GAP, text, lasts=False)
    return replace(course, gap_at=now, hurry=max(now - since, timedelta(0)) / 2)


def _note_silence(notes: _Notes, now: datetime) -> None:
    feed = notes.feed
    if is_silent(feed, now):
        since = feed.course.changed_at or feed.baseline_at or now
        days = f"{since.day} {since:%B}"
        notes.begin(NoticeKind.SILENT, f"has had nothing new since {days}")


def _dates(document: FeedDocument) -> Sequence[datetime]:
    return sorted(e.published_at for e in document.entries if e.published_at)


def _window(document: FeedDocument) -> timedelta | None:
    """How much time a document spans."""
    dates = _dates(document)
    return dates[-1] - dates[0] if dates else None


def _begun(course: FeedCourse, document: FeedDocument) -> FeedCourse:
    """The pace of a feed that is new, by the dates of what it lists already."""
    dates = _dates(document)
    if len(dates) < LEAST_DATES or dates[0] == dates[-1]:
        return course
    lull = max(later - earlier for earlier, later in pairwise(dates))
    return replace(course, pace=(dates[-1] - dates[0]) / (len(dates) - 1), lull=lull)
