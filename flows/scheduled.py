"""The flows as Prefect sees them: thin, async, nothing but wiring.

Prefect is a clock, a view and a trigger; it guarantees nothing. What a run does not
finish stays due in our own tables. A flow run takes plain parameters only.
"""

from datetime import timedelta
from typing import Any

from prefect import flow
from prefect.runtime import flow_run

from flows import clock, cycle
from flows.collect import collect_entries
from flows.logs import keep_to_lines
from flows.poll import poll_feeds
from flows.settings import load
from flows.wiring import Wiring

keep_to_lines()  # Prefect imports this in the process of each run, and calls no more

SLOT_LASTS = timedelta(minutes=5)  # or one interval: then the next run does its work


@flow(name="monitor", persist_result=False)
async def monitor(
    *, force: bool = False, backfill_hours: float | None = None
) -> dict[str, Any]:
    """Do one whole cycle: poll, collect, follow, deliver.

    A slot that is older than an interval is skipped: after any downtime the
    server hands out every missed run, and one of them catches up for all.

    Args:
        force: Ask every feed, due or not.
        backfill_hours: How far back the first document of a new feed is news.
    """
    scheduled = flow_run.get_scheduled_start_time()
    settings = load()
    if clock.now() - scheduled > max(SLOT_LASTS, settings.poll_every):
        return {"skipped": "stale slot"}
    backfill = timedelta(hours=backfill_hours) if backfill_hours else None
    async with Wiring(settings) as wiring:
        done = await cycle.run_cycle(wiring, force=force, backfill=backfill)
    return done.record()


@flow(name="poll", persist_result=False)
async def poll(*, force: bool = False) -> dict[str, int]:
    """Ask the feeds that are due and remember their new entries."""
    async with Wiring(load()) as wiring, cycle.lease(wiring):
        polled = await poll_feeds(
            wiring.store,
            wiring.fetch,
            wiring.workers,
            now=wiring.now(),
            force=force,
            rules=wiring.rules,
        )
    return {"feeds": polled.asked, "entries": polled.entries}


@flow(name="collect", persist_result=False)
async def collect() -> dict[str, int]:
    """Read the pages behind the entries that wait for it, and those to read again."""
    async with Wiring(load()) as wiring, cycle.lease(wiring):
        collected = await collect_entries(
            wiring.store, wiring.fetch, wiring.workers, now=wiring.now()
        )
        visited = await cycle.visit(wiring)
    return {
        "entries": collected.entries,
        "articles": collected.articles,
        "revisions": collected.revisions + visited.revisions,
    }


@flow(name="follow", persist_result=False)
async def follow() -> dict[str, int]:
    """Decide on the articles that wait for it."""
    async with Wiring(load()) as wiring, cycle.lease(wiring):
        decisions = await cycle.follow(wiring)
    return {"articles": len(decisions), "alerts": sum(len(d.alerts) for d in decisions)}


@flow(name="deliver", persist_result=False)
async def deliver() -> dict[str, int]:
    """Send what waits in the outbox."""
    async with Wiring(load()) as wiring, cycle.lease(wiring):
        delivered = await cycle.deliver(wiring)
    return {"sent": delivered.sent, "held": delivered.held}
