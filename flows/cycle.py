"""One cycle in this process: poll, collect, follow, deliver, under one lease."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from detectors.model import (
    Channel,
    Decision,
    Message,
    MessageState,
    Notice,
    Outcome,
    RunKind,
)
from detectors.streams import development_record, outcome_record
from flows.collect import LIMIT, Collected, collect_entries
from flows.damage import notice_damage
from flows.deliver import deliver_messages
from flows.delivery import Delivered
from flows.errors import BusyError
from flows.follow import BATCH, Followed, follow_articles, rehearse
from flows.leases import LASTS, own_name, take
from flows.notices import tell_notices
from flows.outages import notice_outages
from flows.poll import Polled, poll_feeds
from flows.restored import notice_restore
from flows.retention import forget_when_due
from flows.visit import Visited, visit_pages
from flows.wiring import Wiring

LEASE_RENEWED_EVERY = timedelta(seconds=30)
MAX_ROUNDS = 40  # 20,000 entries: then the next cycle goes on

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What one cycle did, and how the store stands after it.

    Args:
        feeds: How many are watched.
        entries: All that were ever seen; the sum of ``outcomes`` and ``pending``.
        decisions: Those of this cycle, in order.
        delivered: None where nothing was to be sent.
        unsent: What a dry run would have sent.
        waiting: How many messages have not gone out yet.
        closed: The channels that took nothing the last time.
        notices: What is wrong with sources, and not over yet.
    """

    feeds: int
    entries: int
    outcomes: Mapping[Outcome, int]
    pending: int
    polled: Polled
    collected: tuple[Collected, ...]
    visited: Visited
    decisions: tuple[Decision, ...]
    delivered: Delivered | None
    unsent: tuple[Message, ...] = ()
    waiting: int = 0
    closed: tuple[Channel, ...] = ()
    notices: tuple[Notice, ...] = ()

    def record(self) -> dict[str, Any]:
        """As ``tocsin run --json`` prints it."""
        return {
            "feeds": self.feeds,
            "entries": self.entries,
            "outcomes": outcome_record(self.outcomes),
            "pending": self.pending,
            "alerts": [
                {
                    "article": decision.article_id,
                    "topic": alert.topic,
                    "story": alert.story,
                    "kind": alert.kind.value,
                    "severity": alert.severity.value,
                    "developments": [
                        {**development_record(each), "quote": each.quote}
                        for each in alert.developments
                    ],
                    "sources": list(alert.sources),
                }
                for decision in self.decisions
                for alert in decision.alerts
            ],
            "polled": {
                **{result.value: count for result, count in self.polled.feeds.items()},
                "new_entries": self.polled.entries,
                "restated_entries": self.polled.restated,
                "resting": self.polled.resting,
            },
            "failures": [
                {"feed": url, "problem": problem}
                for url, problem in self.polled.failures
            ],
            "notices": [
                {
                    "kind": notice.kind.value,
                    "subject": notice.subject,
                    "text": notice.text,
                    "since": notice.raised_at.isoformat(),
                }
                for notice in self.notices
            ],
            "collected": sum(each.entries for each in self.collected),
            "visited": {
                "asked": self.visited.asked,
                "changed": self.visited.revisions,
            },
            "decided": len(self.decisions),
            "carried_on": sum(each.is_carried_on for each in self.decisions),
            "delivered": self.delivered.told if self.delivered else 0,
        }


async def run_cycle(
    wiring: Wiring,
    *,
    force: bool = False,
    heedless: bool = False,
    backfill: timedelta | None = None,
    dry: bool = False,
    step: Step = lambda _: None,
) -> Cycle:
    """Poll what is due, read it, decide on it, and send what there is to say.

    Args:
        wiring: The real things.
        force: Ask every feed, due or not, and try every channel, closed or not; those
            that asked to wait are left in peace.
        heedless: Ask those feeds too, and all that failed, whenever they are due.
        backfill: How far back the first document of a new feed counts as news.
        dry: Decide and tell, but keep no decision and send nothing.
        step: Told the name of each stage as it begins.

    Raises:
        BusyError: Another run holds the lease.
    """
    async with lease(wiring):
        if not dry:
            await notice_restore(wiring.store, wiring.poster, wiring.now())
        run = _begin(wiring)
        step("poll")
        polled = await poll_feeds(
            wiring.store,
            wiring.fetch,
            wiring.workers,
            now=wiring.now(),
            force=force,
            rules=replace(wiring.rules, backfill=backfill, heedless=heedless),
        )
        step("collect")
        collected = await _collect(wiring)
        step("visit")
        visited = await visit(wiring)
        step("follow")
        followed = await _follow(wiring, dry=dry)
        if not dry:
            desk = wiring.desk
            notice_damage(wiring.store, wiring.damages, now=wiring.now())
            tell_notices(wiring.store, desk.notices or desk.channel, now=wiring.now())
        step("deliver")
        if force and not dry:
            with wiring.store.unit() as unit:
                unit.channels.try_again()
        delivered = None if dry else await deliver(wiring)
        if not dry:
            await _notice_outages(wiring)
        keep_text = wiring.settings.keep_text
        forget_when_due(wiring.store, now=wiring.now(), keep_text=keep_text)
        _end(wiring, run, polled, len(followed.decisions))
    with wiring.store.unit(reading=True) as unit:
        return Cycle(
            feeds=len(unit.feeds.all()),
            entries=unit.entries.total(),
            outcomes=followed.outcomes,
            pending=unit.entries.total() - sum(followed.outcomes.values()),
            polled=polled,
            collected=collected,
            visited=visited,
            decisions=followed.decisions,
            delivered=delivered,
            unsent=followed.unsent,
            waiting=unit.outbox.counts().get(MessageState.PENDING, 0),
            closed=unit.channels.closed(),
            notices=unit.notices.open(),
        )


async def _collect(wiring: Wiring) -> tuple[Collected, ...]:
    """Read every page that waits, a bounded round at a time."""
    rounds: list[Collected] = []
    while len(rounds) < MAX_ROUNDS:
        rounds.append(
            await collect_entries(
                wiring.store, wiring.fetch, wiring.workers, now=wiring.now()
            )
        )
        if rounds[-1].entries < LIMIT:
            break
    return tuple(rounds)


async def visit(wiring: Wiring) -> Visited:
    """Ask pages again whose stories live, as many as are due."""
    return await visit_pages(
        wiring.store, wiring.fetch, wiring.workers, now=wiring.now()
    )


async def follow(wiring: Wiring) -> tuple[Decision, ...]:
    """Decide on what waits; between two batches the lease can be renewed."""
    decisions: list[Decision] = []
    while True:
        some = follow_articles(wiring.store, wiring.desk, now=wiring.now(), limit=BATCH)
        decisions.extend(some)
        if len(some) < BATCH:
            return tuple(decisions)
        await asyncio.sleep(0)


async def _follow(wiring: Wiring, *, dry: bool) -> Followed:
    """Decide on what waits, and count the entries as they stand then."""
    if dry:
        return rehearse(wiring.store, wiring.desk, now=wiring.now())
    decisions = await follow(wiring)
    with wiring.store.unit(reading=True) as unit:
        return Followed(decisions=decisions, outcomes=unit.entries.counts())


async def deliver(wiring: Wiring) -> Delivered:
    """Send what waits in the outbox."""
    return await deliver_messages(
        wiring.store, wiring.poster, seeds=wiring.desk.seeds, clock=wiring.clock
    )


async def _notice_outages(wiring: Wiring) -> None:
    """Let the desk know of channels that are closed until it acts."""
    channel = wiring.desk.notices or wiring.desk.channel
    await notice_outages(wiring.store, wiring.second, channel, now=wiring.now())


def _begin(wiring: Wiring) -> int:
    with wiring.store.unit() as unit:
        return unit.runs.start(RunKind.CYCLE, wiring.now())


def _end(wiring: Wiring, run: int, polled: Polled, decided: int) -> None:
    counts = {"feeds": polled.asked, "entries": polled.entries, "decided": decided}
    with wiring.store.unit() as unit:
        unit.runs.finish(run, wiring.now(), counts)


@asynccontextmanager
async def lease(
    wiring: Wiring,
    name: str = RunKind.CYCLE,
    *,
    renewed_every: timedelta = LEASE_RENEWED_EVERY,
) -> AsyncIterator[None]:
    """Hold the one lease that keeps cycles apart, renewed while it is held.

    A run that slept through its lease stops as soon as it sees that another has it.

    Raises:
        BusyError: Another run holds it, or took it over.
    """
    holder = own_name()
    take(wiring.store, name, holder, wiring.now())
    keeper = asyncio.create_task(_keep(wiring, name, holder, renewed_every))
    work = asyncio.current_task()
    if work is not None:
        keeper.add_done_callback(lambda kept: kept.cancelled() or work.cancel())
    try:
        yield
    except asyncio.CancelledError:
        if work is None or not keeper.done():
            raise
        work.uncancel()
        raise BusyError(name, "took over: the lease was not renewed in time") from None
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        with wiring.store.unit() as unit:
            unit.leases.release(name, holder)


async def _keep(
    wiring: Wiring, name: str, holder: str, renewed_every: timedelta
) -> None:
    """Renew the lease until it is lost."""
    held = True
    while held:
        await asyncio.sleep(renewed_every.total_seconds())
        with wiring.store.unit() as unit:
            held = unit.leases.renew(name, holder, wiring.now(), LASTS)
