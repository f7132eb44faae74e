"""A morning of the demo's newsroom: read once in silence, then with news in it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from detectors.opml import Subscription
from flows.demo.day import load, ticks
from flows.demo.newsroom import Newsroom
from flows.demo.slack import loopback_slack
from flows.seeds import SHIPPED
from flows.subscriptions import subscribe
from storage.database import Store
from tests.sweep import works
from tests.sweep.dying import Errand, Nursery
from tests.sweep.points import START, Shared
from tests.sweep.worlds import Prepared, channels, ended, world

OUTLETS = 2
LOOKS = 9  # of the day; the fourth is at noon


@contextmanager
def noon(folder: Path, nursery: Nursery) -> Iterator[Prepared]:
    """A store that read the archive in the morning, and the newsroom at noon.

    The feeds do not change after that: what was missed then is never offered again.
    """
    from tests.flows import warm

    with _newsroom() as (room, looks):
        first = _morning(folder, nursery, room)
        room.advance_to(looks[3])
        begun = replace(
            first,
            ahead=looks[3] - START,
            newsroom=room.address,
            work=works.cycle,
            seeds=warm.DESK.seeds,
        )
        with world(begun, folder / "whole") as here:
            nursery.rehearse(here.errand)
            here.run_on()
            with here.read() as (_, unit):
                told = frozenset(each.key for each in unit.outbox.all())
                yield replace(begun, told=told, wanted=ended(unit))


def _morning(folder: Path, nursery: Nursery, room: Newsroom) -> Prepared:
    """What a first cycle leaves."""
    path = folder / "prepared.db"
    with closing(Store.open(f"sqlite:///{path}")) as store:
        feeds = [Subscription(url=f.url, title=f.title) for f in room.feeds]
        subscribe(store, feeds, now=START)
    with (
        closing(Shared(folder / "prepared")) as shared,
        loopback_slack(now=shared.now, channels=channels()) as slack,
    ):
        shared.ahead = room.now - START
        errand = Errand(
            work=works.cycle,
            database=f"sqlite:///{path}",
            base_url=slack.base_url,
            shared=shared.path,
            newsroom=room.address,
        )
        nursery.rehearse(errand)
        assert not slack.messages
        return Prepared(
            database=path,
            ahead=shared.ahead,
            messages=(),
            posted_at=(),
            told=frozenset(),
        )


@contextmanager
def _newsroom():
    """The first outlets of the demo's day, in a thread of their own."""
    day = load(SHIPPED / "demo")
    outlets = day.outlets[:OUTLETS]
    names = {outlet.name for outlet in outlets}
    pieces = [p for p in (*day.archive, *day.pieces) if p.source in names]
    looks = ticks(day.pieces, LOOKS)
    room = Newsroom(outlets, pieces, opens_at=looks[0])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(room.start(), loop).result(10)
    try:
        yield room, looks
    finally:
        asyncio.run_coroutine_threadsafe(room.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
