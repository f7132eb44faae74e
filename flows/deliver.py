"""Outbox → Slack: no message lost, none doubled, whenever this process dies.

Each step is a short transaction and none is open while Slack is asked: claim, post,
record. What was claimed and never recorded, and what Slack answered unclearly, is
unknown. An unknown message is looked for in the channel before it is sent again,
and held for a person where nobody can look.

Doubling is left possible in one case: a process is stopped between its last look at
the clock and the first byte of its request, for longer than the window.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from detectors.model import Message
from flows.posting import (
    Absent,
    Found,
    Incomplete,
    NotTaken,
    Obstacle,
    Poster,
    PostResult,
    Sent,
    Unknown,
)

if TYPE_CHECKING:
    from storage.database import Store

LEASE = timedelta(seconds=30)  # above any request's deadline, below any window
TOO_LATE_TO_POST = timedelta(seconds=8)  # a pause is 1 s at most; later, others may act
FIRST_BACK_OFF = timedelta(seconds=30)
LONGEST_BACK_OFF = timedelta(minutes=15)
MOST_A_RUN = 200  # 200 s at most in one channel, then the cycle goes on

Clock: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_log = logging.getLogger(__name__)


class Step(StrEnum):
    """What became of a message in this run."""

    SENT = "sent"
    FOUND = "found"
    PUT_BACK = "put back"
    UNKNOWN = "unknown"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How many messages took each step; ``found`` were sent by an earlier run."""

    sent: int = 0
    found: int = 0
    put_back: int = 0
    unknown: int = 0
    held: int = 0
    refused: int = 0
    problems: tuple[str, ...] = ()

    @classmethod
    def count(cls, steps: list[Step], problems: list[str]) -> "Delivered":
        """Count ``steps``; each problem is told once."""
        counts = {step.name.lower(): steps.count(step) for step in Step}
        return cls(**counts, problems=tuple(dict.fromkeys(problems)))


@dataclass(slots=True)
class _Run:
    """What one run has to remember beside the store."""

    store: "Store"
    poster: Poster
    clock: Clock
    sleep: Sleep
    steps: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    posted_at: dict[str, datetime] = field(default_factory=dict)
    closed_until: dict[str, datetime] = field(default_factory=dict)


async def deliver_messages(
    store: "Store",
    poster: Poster,
    *,
    clock: Clock,
    sleep: Sleep = asyncio.sleep,
    limit: int = MOST_A_RUN,
) -> Delivered:
    """Send what is due, in the order of deciding, and settle what is in doubt.

    Call it under a lease: whatever is being sent when it starts counts as left
    behind by a run that died.

    Args:
        store: Where the outbox is.
        poster: The door to Slack, to a webhook, or to the terminal.
        clock: Gives the current moment, aware UTC.
        sleep: Waits for so many seconds; never asked for more than the poster's pace.
        limit: The most messages to send in this run.
    """
    run = _Run(store, poster, clock, sleep)
    with store.unit() as unit:
        unit.outbox.stranded(clock() + LEASE)
    await _settle(run)
    for _ in range(limit):
        with store.unit() as unit:
            message = unit.outbox.claim_next(clock(), LEASE)
        if message is None:
            break
        await _send(run, message)
    return Delivered.count(run.steps, run.problems)


async def _settle(run: _Run) -> None:
    """Look for every message in doubt; stop at the first look that fails for now."""
    with run.store.unit(reading=True) as unit:
        doubted = unit.outbox.to_settle(run.clock(), run.poster.window)
    for message in doubted:
        since = message.started_at or message.decided_at
        answer = await run.poster.look(message, since=since)
        match answer:
            case Found():
                _record_sent(run, message, answer.ts, Step.FOUND)
            case Absent():
                _put_back(run, message, None, "was not in the channel")
            case Incomplete(hopeless=True):
                with run.store.unit() as unit:
                    unit.outbox.held(message, problem=answer.reason)
                _note(run, message, Step.HELD, answer.reason)
            case Incomplete():
                _record_unknown(run, message, answer.reason)
                return
            case _:
                assert_never(answer)


async def _send(run: _Run, message: Message) -> None:
    """Post one claimed message and record what became of it."""
    closed_until = run.closed_until.get(message.channel)
    if closed_until is not None:
        with run.store.unit() as unit:
            unit.outbox.put_back(
                message, not_before_at=closed_until, problem="its channel is closed"
            )
        run.steps.append(Step.PUT_BACK)
        return
    await _keep_pace(run, message.channel)
    started_at = message.started_at or run.clock()
    if run.clock() - started_at > TOO_LATE_TO_POST:
        _put_back(run, message, None, "was stopped before sending")
        return
    result = await run.poster.post(message)
    if isinstance(result, NotTaken) and result.obstacle is Obstacle.CONTENT:
        _log.warning("Slack refused the blocks of message %d", message.id)
        result = await run.poster.post(message, plain=True)
    run.posted_at[message.channel] = run.clock()
    _record(run, message, result)


async def _keep_pace(run: _Run, channel: str) -> None:
    """Wait until the pace allows another message to ``channel``."""
    last = run.posted_at.get(channel)
    if last is None:
        return
    pace = run.poster.pace
    wait = pace - (run.clock() - last)
    if wait > timedelta(0):
        await run.sleep(min(wait, pace).total_seconds())


def _record(run: _Run, message: Message, result: PostResult) -> None:
    """Write down what became of a post."""
    match result:
        case Sent():
            _record_sent(run, message, result.ts, Step.SENT)
        case Unknown():
            _record_unknown(run, message, result.reason)
        case NotTaken(obstacle=Obstacle.CONTENT):
            with run.store.unit() as unit:
                unit.outbox.refused(message, problem=result.reason)
            _note(run, message, Step.REFUSED, result.reason)
        case NotTaken():
            wait = result.retry_after or _back_off(message.attempt)
            until = run.clock() + wait
            run.closed_until[message.channel] = until
            _put_back(run, message, until, result.reason)
        case _:
            assert_never(result)


def _record_sent(run: _Run, message: Message, ts: str, step: Step) -> None:
    """The message stands in its channel."""
    with run.store.unit() as unit:
        unit.outbox.sent(message, ts=ts, at=run.clock())
    run.steps.append(step)


def _record_unknown(run: _Run, message: Message, problem: str) -> None:
    """Nobody can tell; a later run looks."""
    with run.store.unit() as unit:
        unit.outbox.unknown(message, problem=problem)
    _note(run, message, Step.UNKNOWN, problem)


def _put_back(
    run: _Run, message: Message, until: datetime | None, problem: str
) -> None:
    """The message surely was not taken; it waits in its old place."""
    with run.store.unit() as unit:
        unit.outbox.put_back(message, not_before_at=until, problem=problem)
    _note(run, message, Step.PUT_BACK, problem)


def _note(run: _Run, message: Message, step: Step, problem: str) -> None:
    """Count a step that somebody should know of."""
    run.steps.append(step)
    run.problems.append(f"{message.channel}: {problem}")
    _log.warning("message %d to %s %s: %s", message.id, message.channel, step, problem)


def _back_off(attempt: int) -> timedelta:
    """Longer with every attempt: 30 s, a minute, two, at most fifteen."""
    doublings = min(max(attempt - 1, 0), 10)
    return min(FIRST_BACK_OFF * (1 << doublings), LONGEST_BACK_OFF)
