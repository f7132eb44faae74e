"""What one poll found → the store: the feed, its entries and its notices, as one."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from detectors import courses
from detectors.courses import Folded, Note, Seen
from detectors.model import Feed, FeedState, Host, WaitScope
from detectors.polling import CYCLE, next_due, wait_scope
from flows.asking import Document, Failure, Found, Unchanged
from flows.intake import Taken, subject, take_document
from flows.notices import end_notice, raise_notice
from storage.database import Store, UnitOfWork


class PollResult(StrEnum):
    """What came of asking one feed."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How feeds are polled, whatever they are.

    Args:
        cycle: How often what is due is asked; no feed is asked more often.
        waits: Who rests when a server asks one feed to wait; None:
            `detectors.polling.wait_scope` decides.
        heedless: Ask those too whose server asked to wait.
        backfill: How far back a *first* document counts as news, where the feed
            itself says nothing.
    """

    cycle: timedelta = CYCLE
    waits: WaitScope | None = None
    heedless: bool = False
    backfill: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store took from one feed.

    Args:
        rests: The server that all of us leave in peace from now on.
    """

    url: str
    result: PollResult
    problem: str = ""
    taken: Taken = field(default_factory=Taken)
    rests: Host | None = None


def keep(
    store: Store, feed: Feed, found: Found, *, now: datetime, rules: Rules
) -> Kept:
    """Write what one feed brought, whole or not at all."""
    match found:
        case Failure():
            return _keep_failure(store, feed, found, now=now, rules=rules)
        case Unchanged():
            folded = courses.unchanged(
                feed, found.heard, now=now, was_read=found.was_read
            )
            with store.unit() as unit:
                _record(unit, folded, now=now, rules=rules)
            return Kept(url=feed.url, result=PollResult.UNCHANGED)
        case Document():
            return _keep_document(store, feed, found, now=now, rules=rules)


def _keep_failure(
    store: Store, feed: Feed, failure: Failure, *, now: datetime, rules: Rules
) -> Kept:
    """Count a failure and be patient; a server may ask for its other feeds as well."""
    folded = courses.failed(feed, failure.fault, now=now)
    scope = wait_scope(feed.wishes.waits, rules.waits, own=failure.own)
    rest_ends_at = failure.fault.rest_ends_at
    rests = None
    if failure.host and rest_ends_at is not None and scope is WaitScope.HOST:
        rests = Host(
            name=failure.host, rest_ends_at=rest_ends_at, reason=failure.fault.text
        )
    with store.unit() as unit:
        _record(unit, folded, now=now, rules=rules)
        if rests is not None:
            unit.hosts.rest(rests)
    gone = folded.feed.state is FeedState.GONE
    return Kept(
        url=feed.url,
        result=PollResult.GONE if gone else PollResult.FAILED,
        problem=failure.fault.text,
        rests=rests,
    )


def _keep_document(
    store: Store, feed: Feed, found: Document, *, now: datetime, rules: Rules
) -> Kept:
    """Keep new entries beside the validators that stand for them."""
    document = found.document
    backfill = feed.backfill or rules.backfill
    with store.unit() as unit:
        taken = take_document(
            unit,
            feed,
            document,
            now=now,
            since=now - backfill if backfill is not None else None,
        )
        folded = courses.read(feed, found.heard, document, _seen(taken), now=now)
        if found.is_check and (taken.pending or taken.restated or taken.quarantined):
            lied = courses.distrusting(folded.feed)
            folded = replace(folded, feed=lied.feed, notes=folded.notes + lied.notes)
        after = replace(
            folded.feed,
            title=feed.title or document.title,
            body_hash=found.body_hash,
            baseline_at=feed.baseline_at or now,
        )
        _record(unit, replace(folded, feed=after), now=now, rules=rules)
    return Kept(url=feed.url, result=PollResult.READ, taken=taken)


def _seen(taken: Taken) -> Seen:
    """What of a document is news, and what of it the feed is known by."""
    return Seen(new=taken.pending, known=taken.known, has_gap=taken.has_gap)


def _record(unit: UnitOfWork, folded: Folded, *, now: datetime, rules: Rules) -> None:
    """Keep a feed as its poll left it, with when it is asked next and why."""
    feed, notes = folded.feed, folded.notes
    target = folded.moves_to
    if target is not None and unit.feeds.move(feed.id, target):
        moved = courses.moved(feed, target)
        feed, notes = moved.feed, notes + moved.notes
    due = next_due(feed, now=now, cycle=rules.cycle)
    unit.feeds.record_poll(replace(feed, next_due_at=due.due_at, due_reason=due.why))
    for note in notes:
        _tell(unit, feed, note, now)


def _tell(unit: UnitOfWork, feed: Feed, note: Note, now: datetime) -> None:
    about = subject(feed)
    if note.is_end:
        end_notice(unit, note.kind, about, note.text, now=now)
    else:
        raise_notice(unit, note.kind, about, note.text, now=now, lasting=note.lasts)
