"""The flows as Prefect sees them: thin, async, nothing but wiring.

Prefect is a clock, a view and a trigger; it guarantees nothing. What a run does not
finish stays due in our own tables. A flow run takes plain parameters only.
"""

from datetime import timedelta
from typing import Any

from prefect import flow
from prefect.runtime import flow_run

from flows import clock, cycle
from flows.settings import load
from flows.wiring import Wiring

SLOT_EXPIRES_AFTER = timedelta(minutes=5)  # one interval: the next run does its work


@flow(log_prints=False)
async def monitor(
    backfill_hours: float | None = None, *, force: bool = False
) -> dict[str, Any]:
    """Do one whole cycle: poll, collect, follow, deliver.

    A slot that is older than an interval is skipped: after any downtime the
    server hands out every missed run, and one of them catches up for all.
    """
    scheduled = flow_run.get_scheduled_start_time()
    if scheduled is not None and clock.now() - scheduled > SLOT_EXPIRES_AFTER:
        return {"skipped": "stale slot"}
    backfill = timedelta(hours=backfill_hours) if backfill_hours else None
    async with Wiring(load()) as wiring:
        return (await cycle.run_cycle(wiring, backfill=backfill, force=force)).record()


@flow(log_prints=False)
async def poll(*, force: bool = False) -> dict[str, Any]:
    """Ask the feeds that are due and remember their new entries."""
    async with Wiring(load()) as wiring:
        return await cycle.run_stage(wiring, cycle.Stage.POLL, force=force)


@flow(log_prints=False)
async def collect() -> dict[str, Any]:
    """Read the pages behind the entries that wait for it."""
    async with Wiring(load()) as wiring:
        return await cycle.run_stage(wiring, cycle.Stage.COLLECT)


@flow(log_prints=False)
async def follow() -> dict[str, Any]:
    """Decide on the articles that wait for it."""
    async with Wiring(load()) as wiring:
        return await cycle.run_stage(wiring, cycle.Stage.FOLLOW)


@flow(log_prints=False)
async def deliver() -> dict[str, Any]:
    """Send what waits in the outbox."""
    async with Wiring(load()) as wiring:
        return await cycle.run_stage(wiring, cycle.Stage.DELIVER)
