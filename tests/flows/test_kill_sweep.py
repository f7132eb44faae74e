"""A cycle killed at seeded points, then run again: nothing lost, nothing twice."""

import asyncio
import multiprocessing
import os
import shutil
import signal
import threading
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from detectors.opml import Subscription
from flows.cycle import run_cycle
from flows.demo.day import load, ticks
from flows.demo.newsroom import Newsroom
from flows.demo.slack import TOKEN, loopback_slack
from flows.seeds import SHIPPED
from flows.settings import Settings
from flows.subscriptions import subscribe
from flows.wiring import Wiring
from storage.database import Store
from tests.flows.killable import FragilePoster, FragileStore, Hands

KILLS = 20
SEED = 20260511
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.flows.killable", "tests.flows.warm"])


@dataclass(frozen=True)
class Cycle:
    """What a child is to run, and the point at which it dies (from 1)."""

    home: str
    newsroom: str
    slack: str
    ahead: timedelta
    dies_at: int | None = None


async def inline(_within, function, /, *args, **kwargs):
    """Parse where we are: a worker's start costs more than this whole cycle."""
    return function(*args, **kwargs)


async def once(cycle, passed):
    """Run the cycle; count its points, die at the one that is asked for."""
    from tests.flows import warm

    def point():
        passed.append(1)
        if len(passed) == cycle.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings.model_validate(
        {
            "TOCSIN_HOME": cycle.home,
            "TOCSIN_DATABASE_URL": f"sqlite:///{cycle.home}/tocsin.db",
            "TOCSIN_ALLOW_NETWORKS": (cycle.newsroom,),
        }
    )
    FragileStore.point = FragilePoster.point = staticmethod(point)
    poster = FragilePoster(TOKEN, base_url=cycle.slack)
    poster.pace = timedelta(0)
    hands = Hands(cycle.ahead)
    async with Wiring(
        settings, topics=SHIPPED / "topics", now=hands.now, poster=poster
    ) as wiring:
        wiring.store.close()
        with closing(FragileStore.open(settings.database_url)) as store:
            wiring.store, wiring.workers = store, inline
            wiring.desk = warm.DESK
            await run_cycle(wiring, force=True)


def child(cycle):
    asyncio.run(once(cycle, []))


def killed(cycle):
    """Run it in a process of its own; whether it died at its point."""
    process = CHILDREN.Process(target=child, args=(cycle,))
    process.start()
    process.join(60)
    died = process.exitcode == -signal.SIGKILL
    assert died or process.exitcode == 0
    process.close()
    return died


@contextmanager
def newsroom():
    """The first outlets of the demo's day, in a thread of their own."""
    day = load(SHIPPED / "demo")
    outlets = day.outlets[:2]
    names = {outlet.name for outlet in outlets}
    pieces = [p for p in (*day.archive, *day.pieces) if p.source in names]
    looks = ticks(day.pieces, 9)
    room = Newsroom(outlets, pieces, opens_at=looks[0])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(room.start(), loop).result(10)
    try:
        yield room, looks[3]
    finally:
        asyncio.run_coroutine_threadsafe(room.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def state(home):
    """What must not depend on how often we were killed."""
    with closing(Store.open(f"sqlite:///{home}/tocsin.db")) as store:
        assert store.check() == ()
        with store.unit(reading=True) as unit:
            return (
                unit.entries.counts(),
                unit.entries.pending(),
                [(m.key, m.state) for m in unit.outbox.all()],
                [(s.id, s.articles, s.sources) for s in unit.stories.all()],
            )


@pytest.fixture
def baseline(tmp_path):
    """A store that has seen the morning's archive, and the newsroom at noon."""
    with newsroom() as (room, noon), loopback_slack() as slack:
        home = tmp_path / "baseline"
        home.mkdir()
        with closing(Store.open(f"sqlite:///{home}/tocsin.db")) as store:
            feeds = [Subscription(url=f.url, title=f.title) for f in room.feeds]
            subscribe(store, feeds, now=Hands().now())
        asyncio.run(
            once(Cycle(str(home), room.address, slack.base_url, timedelta()), [])
        )
        room.advance_to(noon)
        yield room, home


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cycle_killed_anywhere_loses_nothing_and_tells_nothing_twice(
    baseline, tmp_path
):
    room, prepared = baseline
    ahead = timedelta(minutes=10)
    whole = shutil.copytree(prepared, tmp_path / "whole")
    points: list[int] = []
    with loopback_slack() as slack:
        asyncio.run(
            once(Cycle(str(whole), room.address, slack.base_url, ahead), points)
        )
        wanted_keys = Counter(slack.keys)
    wanted = state(whole)
    assert wanted_keys
    assert set(wanted_keys.values()) == {1}
    rng = np.random.default_rng(SEED)
    deaths = sorted(rng.choice(len(points), size=KILLS, replace=False) + 1)
    for dies_at in deaths:
        home = shutil.copytree(prepared, tmp_path / f"killed-{dies_at}")
        hands = Hands(ahead)
        with loopback_slack(now=hands.now) as slack:
            cycle = Cycle(str(home), room.address, slack.base_url, ahead, int(dies_at))
            assert killed(cycle), f"no point {dies_at} of {len(points)}"
            for later in (ahead, ahead + timedelta(minutes=5)):
                hands.ahead = later
                again = Cycle(str(home), room.address, slack.base_url, later)
                asyncio.run(once(again, []))
            assert slack.keys == wanted_keys, f"killed at {dies_at} of {len(points)}"
        assert state(home) == wanted, f"killed at {dies_at} of {len(points)}"
        shutil.rmtree(home)
