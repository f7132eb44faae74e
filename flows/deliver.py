"""Outbox → Slack: no message lost, none doubled, whenever this process dies.

Each step is a short transaction and none is open while Slack is asked: claim, post,
record. What was claimed and never recorded, and what Slack answered unclearly, is
unknown. An unknown message is looked for in the channel before it is sent again,
and held for a person where nobody can look.

Doubling is left possible in one case: a process is stopped between its last look at
the clock and the first byte of its request, for longer than the window.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, assert_never

from detectors.model import Message, Thread
from detectors.parcels import BURST, Parcel, is_flood, next_parcel
from flows.clock import Clock
from flows.delivery import LEASE, Delivered, Round, Step, close, stand
from flows.overviews import overview_of
from flows.posting import (
    Dispatch,
    NotTaken,
    Obstacle,
    Poster,
    PostResult,
    Sent,
    Unknown,
)
from flows.roots import Edit, claim_edit, edit, edit_stale, may_edit
from flows.seeds import Seeds
from flows.settle import settle
from storage.database import Store, UnitOfWork

TOO_LATE_TO_POST = 8.0  # seconds after the claim; later, others may act on it
MOST_A_RUN = 200  # 200 s at most in one channel, then the cycle goes on

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What is to be posted, and when the claim began by the clock that never jumps."""

    dispatch: Dispatch
    begun: float


_Job: TypeAlias = _Claim | Edit | datetime | None


async def deliver_messages(
    store: Store,
    poster: Poster,
    *,
    seeds: Seeds,
    clock: Clock,
    limit: int = MOST_A_RUN,
    burst: int = BURST,
) -> Delivered:
    """Send what is due, in the order of deciding, and settle what is in doubt.

    Call it under a lease: whatever is being sent when it starts counts as left
    behind by a run that died. Beside another run it still doubles nothing.

    Args:
        store: Where the outbox is.
        poster: The door to Slack, to a webhook, or to the terminal.
        seeds: What a story's state is shown by.
        clock: Where several machines share a store, by the store's own time.
        limit: The most messages to send in this run.
        burst: More single posts at once than that go out as a digest.
    """
    run = Round(store=store, poster=poster, seeds=seeds, clock=clock, burst=burst)
    now = run.now()
    with store.unit() as unit:
        unit.outbox.stranded(now + LEASE)
        poster.know(unit.channels.addresses())
    await settle(run)
    for _ in range(limit):
        claim = await _next(run)
        if claim is None:
            break
        await _send(run, claim)
    await edit_stale(run)
    with store.unit() as unit:
        unit.channels.reach(poster.addresses)
    return run.delivered()


async def _next(run: Round) -> _Claim | None:
    """Wait for the pace, edit the root that the next reply answers, and claim it."""
    while True:
        job = _choose(run)
        match job:
            case datetime():
                await run.wait_until(job)
            case Edit():
                await run.keep_edit_pace()
                await edit(run, job)
            case _:
                return job


def _choose(run: Round) -> _Job:
    """What is to be done next; a moment to wait for; None where nothing is due."""
    begun, now = run.clock.elapsed(), run.now()
    with run.store.unit() as unit:
        first = unit.outbox.next_due(now, run.poster.pace)
        if first is None:
            return unit.outbox.free_at(now)
        parcel = _parcel(run, unit, first.channel, now)
        lead = parcel.lead
        thread = unit.threads.get(lead.alert.story, lead.channel)
        if thread and not parcel.is_digest and may_edit(run, thread, now):
            return claim_edit(run, unit, thread, now)
        dispatch = _claim(run, unit, parcel, thread, now)
    return _Claim(dispatch=dispatch, begun=begun)


def _parcel(run: Round, unit: UnitOfWork, channel: str, now: datetime) -> Parcel:
    """What goes out together in a channel whose turn it is."""
    waiting = unit.outbox.waiting(channel, now)
    stories = frozenset(each.alert.story for each in waiting)
    # What is not edited shows no later state: each alert stands for itself there.
    edits = run.poster.edits
    standing = unit.threads.standing(channel, stories) if edits else stories
    may_flood = run.poster.pace > timedelta(0) and channel not in run.loud
    if may_flood and is_flood(waiting, standing=standing, burst=run.burst):
        run.loud[channel] = set()
    loud = run.loud.get(channel)
    parcel = next_parcel(waiting, standing=standing, loud=loud)
    if loud is not None and not parcel.is_digest:
        loud.add(parcel.lead.alert.story)
    return parcel


def _claim(
    run: Round, unit: UnitOfWork, parcel: Parcel, thread: Thread | None, now: datetime
) -> Dispatch:
    """Take a parcel, as a reply where its story has a root and as a root otherwise."""
    lead, ts = parcel.lead, thread.ts if thread else None
    story = lead.alert.story
    if parcel.is_digest:
        ts = None
    elif ts is None:
        unit.threads.begin(story, lead.channel, now)
    unit.channels.used(lead.channel, free_at=now + run.poster.pace)
    message = unit.outbox.claim(
        lead,
        now,
        LEASE,
        thread_ts=ts,
        folded=parcel.folded,
        is_digest=parcel.is_digest,
    )
    return Dispatch(
        message=message,
        overview=overview_of(unit, run.seeds, story),
        folded=parcel.folded,
    )


async def _send(run: Round, claim: _Claim, *, plain: bool = False) -> None:
    """Post what was claimed, ``plain`` if Slack refuses its blocks, and record it."""
    dispatch = claim.dispatch
    message = dispatch.message
    if run.clock.elapsed() - claim.begun > TOO_LATE_TO_POST:
        _put_back(run, message, "was stopped before sending")
        return
    result = await run.poster.post(dispatch, plain=plain)
    refused = isinstance(result, NotTaken) and result.obstacle is Obstacle.CONTENT
    if refused and not plain:
        _log.warning("Slack refused the blocks of message %d", message.id)
        await _send(run, claim, plain=True)
    else:
        _record(run, dispatch, result)


def _record(run: Round, dispatch: Dispatch, result: PostResult) -> None:
    """Write down what became of a post."""
    message = dispatch.message
    match result:
        case Sent():
            _record_sent(run, dispatch, result)
        case Unknown():
            now = run.now()
            with run.store.unit() as unit:
                unit.outbox.unknown(message, problem=result.reason)
                close(unit, message.channel, result, now)
            run.note(Step.UNKNOWN, message.channel, result.reason)
        case NotTaken(obstacle=Obstacle.CONTENT):
            with run.store.unit() as unit:
                unit.outbox.refused(message, problem=result.reason)
            run.note(Step.REFUSED, message.channel, result.reason)
        case NotTaken(obstacle=Obstacle.GONE) if message.thread_ts:
            _begin_anew(run, message, result.reason)
        case NotTaken():
            _put_back(run, message, result.reason, closes=result)
        case _:
            assert_never(result)


def _record_sent(run: Round, dispatch: Dispatch, sent: Sent) -> None:
    """The message stands in its channel, with all that it told."""
    message, now = dispatch.message, run.now()
    with run.store.unit() as unit:
        stand(unit, message, sent.ts, now, is_loose=sent.is_loose)
        unit.channels.open(message.channel, free_at=now + run.poster.pace)
    run.took(Step.SENT)
    run.took(Step.FOLDED, times=len(dispatch.folded))


def _begin_anew(run: Round, message: Message, problem: str) -> None:
    """The root was deleted: the message goes out again, as another root."""
    story, channel = message.alert.story, message.channel
    with run.store.unit() as unit:
        unit.threads.lose(story, channel, ts=message.thread_ts, problem=problem)
    _put_back(run, message, problem)


def _put_back(
    run: Round, message: Message, problem: str, *, closes: NotTaken | None = None
) -> None:
    """The message surely was not taken; it waits in its old place."""
    now = run.now()
    with run.store.unit() as unit:
        unit.outbox.put_back(message, problem=problem)
        if closes is not None:
            close(unit, message.channel, closes, now)
    run.note(Step.PUT_BACK, message.channel, problem)
