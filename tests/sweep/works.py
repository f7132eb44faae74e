"""The pieces of work that a process dies in: one run of each."""

from contextlib import suppress
from typing import Any

from detectors.parcels import BURST
from detectors.streams import decision_record
from flows.clock import Clock
from flows.cycle import run_cycle
from flows.deliver import deliver_messages
from flows.errors import BusyError
from flows.replay import replay
from flows.seeds import SHIPPED
from flows.settings import Settings
from flows.web.fetch import Answer, Fetch
from flows.wiring import Wiring
from storage.database import Store
from tests.flows.seeding import NO_SEEDS
from tests.sweep.dying import Bench
from tests.sweep.points import Shared

FEW = 5  # more single posts at once are a digest: a small one will do for a sweep
DAYS = ("a-page-is-edited-without-a-word", "two-officials-disagree")
BATCH = 3  # articles a transaction: two in three kills undo finished articles


async def deliver(bench: Bench, burst: int = BURST) -> None:
    """Send what waits."""
    await deliver_messages(
        bench.store,
        bench.poster,
        seeds=NO_SEEDS,
        clock=bench.shared.clock,
        burst=burst,
    )


async def deliver_small_digests(bench: Bench) -> None:
    """Send what waits, more than a few posts as a digest."""
    await deliver(bench, FEW)


async def decide(bench: Bench) -> None:
    """Decide on the articles of two written days."""
    decided(bench.store)


def decided(store: Store) -> list[dict[str, Any]]:
    """The same, and the lines that a replay prints."""
    from tests.flows import warm

    told = replay(store, warm.DESK, warm.written(*DAYS), batch=BATCH)
    return [decision_record(decision) for decision in told]


class _Wiring(Wiring):
    """A wiring in which sleeping takes no time."""

    shared: Shared

    @property
    def clock(self) -> Clock:
        """The one that all share."""
        return self.shared.clock


async def cycle(bench: Bench) -> None:
    """Poll, collect, follow and deliver."""
    from tests.flows import warm

    errand, shared = bench.errand, bench.shared
    settings = Settings.model_validate(
        {
            "TOCSIN_HOME": str(errand.shared.parent),
            "TOCSIN_DATABASE_URL": errand.database,
            "TOCSIN_ALLOW_NETWORKS": (errand.newsroom,),
        }
    )
    async with _Wiring(
        settings, topics=SHIPPED / "topics", now=shared.now, poster=bench.poster
    ) as wiring:
        wiring.shared = shared
        wiring.store.close()
        wiring.store, wiring.workers = bench.store, inline
        wiring.fetch = watched(wiring.fetch, shared)
        wiring.desk = warm.DESK
        await run_cycle(wiring, force=True)


async def cycle_or_busy(bench: Bench) -> None:
    """The same, unless another process is at it."""
    with suppress(BusyError):
        await cycle(bench)


def watched(fetch: Fetch, shared: Shared) -> Any:
    """A web that passes a point before and after every request."""

    async def fetched(*asked: Any) -> Answer:
        with shared.around("a fetch"):
            return await fetch(*asked)

    return fetched


async def inline(_within, function, /, *args, **kwargs):
    """Parse where we are: a worker's start costs more than this whole cycle."""
    return function(*args, **kwargs)
