"""After a restore: what was told in the time that the backup does not know.

A cycle after it meets the same news again and decides the same alerts, and some of
them stand in Slack. So they go into the outbox in doubt, and are looked for before
they are sent (see `flows.settle`).
"""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from detectors.model import Message, MessageState, RunKind
from detectors.polling import SLOWEST
from flows.posting import Incomplete, Poster
from storage.backups import copy_beside, file_of, put_in_place
from storage.database import Store, UnitOfWork
from storage.errors import StoreError

# The news of the lost time comes again with the next polls, at the latest with those
# of feeds that have failed for long.
DOUBT = SLOWEST
# Cycles run every few minutes; after a longer pause somebody may have been at work.
PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup in its place.

    Args:
        since: The last moment that it knows.
        doubted: How many messages are looked for before they are sent.
        aside: Where the store is kept that was there; None if there was none.
    """

    since: datetime
    doubted: int
    aside: Path | None


def put_in(unit: UnitOfWork, message: Message) -> bool:
    """Put a message into the outbox, in doubt after a restore.

    False if its key is known: it is never told twice.
    """
    restore = unit.runs.last_finished(RunKind.RESTORE)
    if restore is not None and restore.finished_at is not None:
        lately = message.decided_at - restore.finished_at < DOUBT
        if lately and message.state is MessageState.PENDING:
            message = replace(
                message, state=MessageState.UNKNOWN, started_at=restore.started_at
            )
    return unit.outbox.add(message)


def begin_doubt(unit: UnitOfWork, *, since: datetime, now: datetime) -> int:
    """Doubt whatever may have been told after ``since``; how many messages wait."""
    run = unit.runs.start(RunKind.RESTORE, since)
    doubted = unit.outbox.doubt(since)
    unit.runs.finish(run, now, {"doubted": doubted})
    return doubted


def restore(url: str, backup: Path, *, now: datetime) -> Restored:
    """Let a backup be the store at ``url``; what may have been told since is doubted.

    Raises:
        StoreError: The store is no file, is in use, or the backup is not sound.
    """
    copy = copy_beside(url, backup)
    try:
        with closing(Store.open(f"sqlite:///{copy}", migrate=False)) as store:
            store.migrate()
            if problems := store.check():
                raise StoreError(str(backup), problems[0])
            with store.unit() as unit:
                since = unit.runs.last_moment() or now
                doubted = begin_doubt(unit, since=since, now=now)
        place = file_of(url, must_exist=False)
        aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%S}")
        kept = put_in_place(url, copy, aside=aside)
    finally:
        copy.unlink(missing_ok=True)
    return Restored(since=since, doubted=doubted, aside=aside if kept else None)


async def notice_restore(store: Store, poster: Poster, now: datetime) -> bool:
    """Look whether the store was restored by other hands; whether it may have been.

    It was where a channel holds messages of ours that the outbox does not know. Asked
    only after a pause, for a restore takes one.
    """
    with store.unit(reading=True) as unit:
        last = unit.runs.last_finished(RunKind.CYCLE)
        known = unit.runs.last_finished(RunKind.RESTORE)
        channels = unit.channels.all()
    if last is None or last.finished_at is None or not poster.reads:
        return False
    since = last.finished_at
    if now - since < PAUSE or (known and (known.finished_at or since) > since):
        return False
    for channel in channels:
        keys = await poster.told(channel.name, since=since)
        with store.unit() as unit:
            if _is_strange(unit, keys):
                begin_doubt(unit, since=since, now=now)
                return True
    return False


def _is_strange(unit: UnitOfWork, keys: tuple[str, ...] | Incomplete) -> bool:
    """Whether a channel may hold messages of ours that the outbox does not know.

    One that cannot be read for now may: the next cycle that ends takes the evidence
    away. One that can never be read would have all its messages held for nothing.
    """
    if isinstance(keys, Incomplete):
        return not keys.hopeless
    return bool(unit.outbox.strange(keys))
