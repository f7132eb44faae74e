"""Due feeds → new entries, with validators and next due time in one transaction."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import xxhash

from detectors import feeds
from detectors.errors import NotAFeedError
from detectors.model import (
    Feed,
    FeedDocument,
    FeedState,
    Validators,
)
from detectors.polling import CYCLE, asked_wait, next_due
from flows.errors import FailureReason, FetchError
from flows.intake import Taken, take_document
from flows.together import side_by_side
from flows.web.fetch import Answer, Fetch, Want
from flows.web.workers import PARSE_WITHIN, Run, WorkerError
from storage.database import Store

ASKED_TO_WAIT = "asked to come later"  # marks a wait that even `force` obeys
AT_ONCE = 50  # documents in flight, each up to 10 MB


class PollResult(StrEnum):
    """What came of asking one feed."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll in figures; every feed asked stands in exactly one of ``feeds``.

    Args:
        feeds: How many, by what came of it.
        pending: New entries whose article is to be read.
        baseline: Entries that were there when their feed was added.
        repeated: Entries under a new id, known by address and title.
        restated: Known entries that say more now, whose page is to be read again.
        failures: Addresses of the feeds that failed, with a sentence each.
    """

    feeds: Mapping[PollResult, int] = field(default_factory=dict)
    pending: int = 0
    baseline: int = 0
    repeated: int = 0
    restated: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> int:
        """Feeds that were asked."""
        return sum(self.feeds.values())

    @property
    def entries(self) -> int:
        """Entries seen for the first time."""
        return self.pending + self.baseline + self.repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """Why a feed brought nothing, and what its server asked for."""

    reason: FailureReason
    detail: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A document that was read, to be kept with its validators."""

    document: FeedDocument
    validators: Validators
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unchanged:
    """The news that there is none; validators as they are to be kept."""

    validators: Validators


_Found = _Document | _Unchanged | _Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the store took from one feed."""

    url: str
    result: PollResult
    problem: str = ""
    taken: Taken = field(default_factory=Taken)


async def poll_feeds(  # noqa: PLR0913  # three doors and four wishes
    store: Store,
    fetch: Fetch,
    run: Run,
    *,
    now: datetime,
    force: bool = False,
    backfill: timedelta | None = None,
    limit: int | None = None,
) -> Polled:
    """Ask every feed that is due, at most 50 at a time; keep each on its own.

    A feed that fails costs the others nothing. A run that is killed has kept the
    feeds it got through whole, and the rest is still due.

    Args:
        store: Where feeds and entries are.
        fetch: The web.
        run: Workers; parsing happens there.
        now: The moment of the poll.
        force: Ask all feeds, due or not, but those whose server asked to wait;
            still conditionally.
        backfill: How far back a *first* document counts as news, where the feed
            itself says nothing.
        limit: At most so many feeds.
    """
    with store.unit(reading=True) as unit:
        due = [
            feed
            for feed in unit.feeds.due(now, limit=limit, everything=force)
            if _may_ask(feed, now)
        ]
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(feed: Feed) -> _Kept:
        async with slots:
            found = await _find(feed, fetch, run, now=now)
        return _keep(store, feed, found, now=now, backfill=feed.backfill or backfill)

    async with side_by_side({feed.id: ask(feed) for feed in due}) as asking:
        return _counted(await asyncio.gather(*asking.values()))


def _may_ask(feed: Feed, now: datetime) -> bool:
    """Whether no server asked us to wait: a wish that no haste of ours undoes."""
    return feed.next_due_at <= now or ASKED_TO_WAIT not in (feed.failure or "")


def _told(failure: _Failure) -> str:
    told = failure.detail or failure.reason.value
    return f"{told}, {ASKED_TO_WAIT}" if failure.wait else told


async def _find(feed: Feed, fetch: Fetch, run: Run, *, now: datetime) -> _Found:
    """Ask one feed and read what it says; every way to fail is a value here."""
    try:
        answer = await fetch(feed.url, Want.FEED, feed.validators)
    except FetchError as error:
        wait = asked_wait(error.retry_after, date=error.date, now=now)
        return _Failure(reason=error.reason, detail=error.detail, wait=wait)
    if answer.is_unchanged:
        return _Unchanged(validators=_refreshed(feed.validators, answer))
    body_hash = xxhash.xxh3_128_hexdigest(answer.body)
    if body_hash == feed.body_hash:
        return _Unchanged(validators=answer.validators)
    try:
        document = await run(
            PARSE_WITHIN,
            feeds.parse,
            answer.body,
            url=answer.url,
            charset=answer.charset,
        )
    except NotAFeedError as error:
        return _Failure(reason=FailureReason.NOT_A_FEED, detail=error.detail)
    except WorkerError as error:
        return _Failure(reason=FailureReason.UNPARSABLE, detail=error.detail)
    return _Document(
        document=document, validators=answer.validators, body_hash=body_hash
    )


def _refreshed(kept: Validators, answer: Answer) -> Validators:
    """What a 304 repeats replaces what was kept (RFC 9111 §4.3.4)."""
    new = answer.validators
    return Validators(
        etag=new.etag or kept.etag,
        last_modified=new.last_modified or kept.last_modified,
    )


def _keep(
    store: Store,
    feed: Feed,
    found: _Found,
    *,
    now: datetime,
    backfill: timedelta | None,
) -> _Kept:
    """Write what one feed brought, whole or not at all."""
    match found:
        case _Failure():
            return _keep_failure(store, feed, found, now=now)
        case _Unchanged():
            with store.unit() as unit:
                unit.feeds.record_poll(_answered(feed, found.validators, now=now))
            return _Kept(url=feed.url, result=PollResult.UNCHANGED)
        case _Document():
            return _keep_document(store, feed, found, now=now, backfill=backfill)


def _keep_failure(
    store: Store, feed: Feed, failure: _Failure, *, now: datetime
) -> _Kept:
    """Count a failure and be patient; validators stay as the last good answer's."""
    failures = feed.failures + 1
    due = next_due(
        feed.url,
        now=now,
        interval=feed.interval or CYCLE,
        failures=failures,
        wait=failure.wait,
        gone=failure.reason is FailureReason.GONE,
    )
    kept = replace(
        feed,
        state=FeedState.GONE if due.is_gone else feed.state,
        next_due_at=due.due_at,
        polled_at=now,
        failures=failures,
        failure=_told(failure),
    )
    with store.unit() as unit:
        unit.feeds.record_poll(kept)
    return _Kept(
        url=feed.url,
        result=PollResult.GONE if due.is_gone else PollResult.FAILED,
        problem=kept.failure or "",
    )


def _keep_document(
    store: Store,
    feed: Feed,
    found: _Document,
    *,
    now: datetime,
    backfill: timedelta | None,
) -> _Kept:
    """Keep new entries beside the validators that stand for them."""
    document = found.document
    answered = replace(
        _answered(feed, found.validators, now=now),
        title=feed.title or document.title,
        body_hash=found.body_hash,
        baseline_at=feed.baseline_at or now,
    )
    with store.unit() as unit:
        unit.feeds.record_poll(answered)
        taken = take_document(
            unit,
            feed,
            document,
            now=now,
            since=now - backfill if backfill is not None else None,
        )
    return _Kept(url=feed.url, result=PollResult.READ, taken=taken)


def _answered(feed: Feed, validators: Validators, *, now: datetime) -> Feed:
    """The feed after a good answer: failures forgotten, due after its interval."""
    due = next_due(feed.url, now=now, interval=feed.interval or CYCLE)
    return replace(
        feed,
        next_due_at=due.due_at,
        polled_at=now,
        validators=validators,
        failures=0,
        failure=None,
    )


def _counted(kept: Sequence[_Kept]) -> Polled:
    results: Counter[PollResult] = Counter()
    failures = []
    taken = [one.taken for one in kept]
    for one in kept:
        results[one.result] += 1
        if one.problem:
            failures.append((one.url, one.problem))
    return Polled(
        feeds=dict(results),
        pending=sum(each.pending for each in taken),
        baseline=sum(each.baseline for each in taken),
        repeated=sum(each.repeated for each in taken),
        restated=sum(each.restated for each in taken),
        failures=tuple(failures),
    )
