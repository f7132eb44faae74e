"""One message claimed at a time, each in its story's thread."""

from datetime import datetime, timedelta

from detectors.model import Message
from storage.database import UnitOfWork

LEASE = timedelta(seconds=30)


def claim_next(
    unit: UnitOfWork,
    now: datetime,
    lease: timedelta = LEASE,
    *,
    pace: timedelta = timedelta(0),
) -> Message | None:
    """Claim what is due next; None if nothing is."""
    found = unit.outbox.next_due(now, pace)
    if found is None:
        return None
    thread = unit.threads.get(found.alert.story, found.channel)
    ts = thread.ts if thread else None
    if ts is None:
        unit.threads.begin(found.alert.story, found.channel, now)
    unit.channels.used(found.channel, free_at=now + pace)
    return unit.outbox.claim(found, now, lease, thread_ts=ts)
