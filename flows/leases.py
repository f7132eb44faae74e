"""The one lease that keeps apart those who change stories: cycles, and rulings."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from detectors.model import RunKind
from flows.errors import BusyError
from storage.database import Store

LASTS = timedelta(minutes=2)
PATIENCE = timedelta(seconds=30)  # of a person, for a cycle that is at work
LOOKED_EVERY = 0.5  # seconds
_HAND = ":hand"  # parts a ruling from a cycle that one process runs beside it


def own_name() -> str:
    """This process, as the holder of a lease."""
    return f"{socket.gethostname()}:{os.getpid()}"


def take(store: Store, name: str, holder: str, now: datetime) -> None:
    """Take the lease for `LASTS`.

    A run that was killed leaves its lease behind; on the same machine the next
    one sees that its process is gone, elsewhere it waits for the end of it.

    Raises:
        BusyError: Another run holds it.
    """
    with store.unit() as unit:
        held = unit.leases.holder(name, now)
        if held is not None and _is_dead(held, holder):
            unit.leases.release(name, held)
        if not unit.leases.acquire(name, holder, now, LASTS):
            raise BusyError(name, f"held by {held}")


@contextmanager
def by_hand(store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Hold a cycle's lease for one short change; a cycle at work is waited for.

    Raises:
        BusyError: It is still at work when the patience is at its end.
    """
    holder = f"{own_name()}{_HAND}"
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            take(store, RunKind.CYCLE, holder, clock())
            break
        except BusyError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(LOOKED_EVERY)
    try:
        yield
    finally:
        with store.unit() as unit:
            unit.leases.release(RunKind.CYCLE, holder)


def _is_dead(held: str, holder: str) -> bool:
    """Whether a lease was left behind by a process of this machine that is gone.

    A container's process has the same number after a restart: then it was ours.
    """
    host, _, number = held.removesuffix(_HAND).rpartition(":")
    if host != holder.removesuffix(_HAND).rpartition(":")[0]:
        return False
    if held == holder:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False
