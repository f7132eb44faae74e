"""Messages in doubt: looked for in their channels, then sent, freed or held."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from detectors.model import Message, Run, RunKind
from flows.delivery import Round, Step, stand
from flows.posting import CLOCK_SKEW, Absent, Found, Incomplete, LookResult

CANNOT_LOOK = "may have been told before the restore, and nobody can look"


async def settle(run: Round) -> None:
    """Look for every message in doubt; a look that fails ends those in its channel."""
    now = run.now()
    with run.store.unit(reading=True) as unit:
        doubted = unit.outbox.to_settle(now, run.poster.window)
        restore = unit.runs.last_finished(RunKind.RESTORE)
    failed: set[str] = set()
    for message in doubted:
        if message.channel in failed:
            continue
        if not await _settle_one(run, message, restore):
            failed.add(message.channel)


async def _settle_one(run: Round, message: Message, restore: Run | None) -> bool:
    """Look for one message; whether to go on looking in its channel."""
    if message.attempt == 0 and not run.poster.reads:
        _free(run, message, CANNOT_LOOK)
        return True
    since = message.started_at or message.decided_at
    answer = await _look(run, message, since, restore)
    match answer:
        case Found():
            _found(run, message, answer)
        case Absent():
            _free(run, message, "was not in the channel" if message.attempt else "")
        case Incomplete(hopeless=True):
            with run.store.unit() as unit:
                unit.outbox.held(message, problem=answer.reason)
            run.note(Step.HELD, message.channel, answer.reason)
        case Incomplete():
            with run.store.unit() as unit:
                unit.outbox.unknown(
                    message, problem=answer.reason, sought_to=answer.reached
                )
            run.note(Step.UNKNOWN, message.channel, answer.reason)
            return False
        case _:
            assert_never(answer)
    return True


async def _look(
    run: Round, message: Message, since: datetime, restore: Run | None
) -> LookResult:
    """Look where it was sent to; in lost time it may have gone to either place.

    Lost time ends with the restore: what was posted since is known.
    """
    if restore is None or restore.finished_at is None or since > restore.started_at:
        return await run.poster.look(message, since=since)
    with run.store.unit(reading=True) as unit:
        thread = unit.threads.get(message.alert.story, message.channel)
    ended = f"{(restore.finished_at + CLOCK_SKEW).timestamp():.6f}"
    sought = replace(message, sought_to=message.sought_to or ended)
    threads = (None, message.thread_ts, thread.ts if thread else None)
    for ts in dict.fromkeys(threads):
        answer = await run.poster.look(replace(sought, thread_ts=ts), since=since)
        if not isinstance(answer, Absent):
            return answer
    return Absent()


def _found(run: Round, message: Message, found: Found) -> None:
    """It stands in its channel: as a reply, as a root, or told within another."""
    now, sought = run.now(), message
    is_loose = message.thread_ts is not None and found.thread_ts is None
    if found.thread_ts is not None:
        sought = replace(message, thread_ts=found.thread_ts)
    with run.store.unit() as unit:
        if found.within:
            unit.outbox.sent(message, ts=found.ts, at=now)
        else:
            stand(unit, sought, found.ts, now, is_loose=is_loose)
        unit.channels.open(message.channel, free_at=now)  # it does take messages
    run.took(Step.FOUND)


def _free(run: Round, message: Message, problem: str) -> None:
    """It surely is not there, or cannot be looked for: it goes out with the rest."""
    with run.store.unit() as unit:
        unit.outbox.put_back(message, problem=problem)
    if problem:
        run.note(Step.PUT_BACK, message.channel, problem)
