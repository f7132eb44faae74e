"""Newsrooms that are read in peace, then by cycles that die."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from detectors.opml import Subscription
from flows.demo.day import FeedFormat, Outlet, Piece, load, ticks
from flows.demo.newsroom import Newsroom
from flows.seeds import SHIPPED
from flows.subscriptions import subscribe
from storage.backups import back_up
from storage.database import Store
from tests.flows.wire_copy import CORRECTED, DAWN, DEPOT, FESTIVAL, FIRST, RISEN
from tests.sweep import invariants, works
from tests.sweep.grounds import SqliteGround
from tests.sweep.nursery import Nursery
from tests.sweep.points import START
from tests.sweep.worlds import Scenario, Standing, world

HOUR = timedelta(hours=1)
OUTLETS = 2
LOOKS = 9  # of the day; the fourth is at noon


@contextmanager
def noon(folder: Path, nursery: Nursery) -> Iterator[Scenario]:
    """The first outlets of the demo's day: the archive, then news until noon."""
    day = load(SHIPPED / "demo")
    outlets = day.outlets[:OUTLETS]
    names = {outlet.name for outlet in outlets}
    pieces = [p for p in (*day.archive, *day.pieces) if p.source in names]
    looks = ticks(day.pieces, LOOKS)
    room = Newsroom(outlets, pieces, opens_at=looks[0])
    with cycles("cycle", folder, nursery, room, (looks[0], looks[3])) as scenario:
        yield scenario


@contextmanager
def cycles(
    name: str,
    folder: Path,
    nursery: Nursery,
    room: Newsroom,
    looks: Sequence[datetime],
) -> Iterator[Scenario]:
    """Whole cycles at the last look, over a store that read the others in peace.

    The feeds do not change after it: what was missed then is never offered again.
    """
    from tests.flows import warm

    with _open(room):
        begun = Scenario(
            name=name,
            work=works.cycle,
            ground=_subscribed(folder, room),
            standing=Standing(),
            invariants=(),
            newsroom=room.address,
        )
        for number, at in enumerate(looks[:-1]):
            begun = _read(begun, room, at, folder / f"read-{number}", nursery)
        room.advance_to(looks[-1])
        begun = replace(
            begun, standing=replace(begun.standing, ahead=looks[-1] - START)
        )
        with world(begun, folder / "whole") as here:
            nursery.rehearse(here.errand)
            here.run_on()
            with (
                closing(Store.open(here.errand.database)) as store,
                store.unit(reading=True) as unit,
            ):
                told = [each.key for each in unit.outbox.all()]
                wanted = invariants.outcome_of(unit)
        assert told
        yield replace(
            begun,
            invariants=(
                invariants.told_once(told),
                invariants.sound,
                invariants.nothing_waits,
                invariants.one_thread_a_story,
                invariants.roots_are_true(warm.DESK.seeds),
                invariants.ends_as(wanted),
            ),
        )


def _read(
    begun: Scenario, room: Newsroom, at: datetime, folder: Path, nursery: Nursery
) -> Scenario:
    """Where the store and Slack stand once a look was read in peace."""
    room.advance_to(at)
    begun = replace(begun, standing=replace(begun.standing, ahead=at - START))
    with world(begun, folder) as here:
        nursery.rehearse(here.errand)
        ground = SqliteGround(folder.with_suffix(".db"))
        back_up(here.errand.database, ground.path)
        return replace(
            begun, ground=ground, standing=Standing.of(here.slack, here.shared)
        )


def _subscribed(folder: Path, room: Newsroom) -> SqliteGround:
    """A store that knows the feeds and has read none."""
    ground = SqliteGround(folder / "subscribed.db")
    with closing(Store.open(ground.url)) as store:
        feeds = [Subscription(url=f.url, title=f.title) for f in room.feeds]
        subscribe(store, feeds, now=START)
    return ground


@contextmanager
def _open(room: Newsroom) -> Iterator[None]:
    """Let a newsroom be reached, from a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(room.start(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(room.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def restated(folder: Path, nursery: Nursery) -> Iterator[Scenario]:
    """A feed that states two of its entries again: one says more, one is only dated."""
    outlet = Outlet(
        name="Gazette", slug="gazette", language="en", format=FeedFormat.RSS
    )
    hours = [DAWN + n * HOUR for n in (0, 1, 3)]
    live = _piece("live", "Live: missile hits Mykolaiv", FIRST)
    boats = _piece("boats", "Forty boats open the festival", FESTIVAL)
    old = replace(
        _piece("old", "Ferry timetable", FESTIVAL.replace("festival", "ferry")),
        published_at=DAWN - HOUR,
    )
    later = [
        replace(piece, id=f"{piece.id}-3", published_at=hours[-1], revision_of=piece.id)
        for piece in (
            replace(live, title="Live: five killed in Mykolaiv", text=RISEN),
            boats,
        )
    ]
    fresh = replace(
        _piece("fresh", "Forty boats open the festival", CORRECTED),
        published_at=hours[-1],
    )
    room = Newsroom([outlet], [old, live, boats, *later, fresh], opens_at=DAWN)
    with cycles("restated", folder, nursery, room, hours) as scenario:
        yield scenario


@contextmanager
def five_at_once(folder: Path, nursery: Nursery) -> Iterator[Scenario]:
    """One strike, told by five outlets within a minute, as copy and in own words."""
    names = [f"Gazette {number}" for number in range(5)]
    outlets = [
        Outlet(
            name=name,
            slug=name.lower().replace(" ", "-"),
            language="en",
            format=FeedFormat.RSS,
        )
        for name in names
    ]
    own = (
        "Three people died in Mykolaiv before dawn on Tuesday when a missile struck "
        "the block of flats they slept in, the governor of the region wrote.\n\n"
        "Eleven more were taken to hospital, and dogs were led over the rubble."
    )
    texts = [FIRST, f"{FIRST}\n\nMore soon.", own, f"{own}\n\nMore soon.", FIRST]
    strike = _piece("strike", "Missile hits Mykolaiv", FIRST)
    pieces = [
        replace(
            strike,
            id=f"strike-{number}",
            url=f"https://gazette.test/strike-{number}",
            source=name,
            text=text,
            published_at=DAWN + HOUR + number * timedelta(seconds=12),
        )
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    room = Newsroom(outlets, pieces, opens_at=DAWN)
    looks = [DAWN, DAWN + HOUR + timedelta(minutes=1)]
    with cycles("five", folder, nursery, room, looks) as scenario:
        yield scenario


class _SilentNewsroom(Newsroom):
    """One that edits its pages without a word of it in its feeds."""

    def _feed(self, request: web.Request, outlet: Outlet) -> web.StreamResponse:
        edited, self._pieces = (
            self._pieces,
            [piece for piece in self._pieces if piece.revision_of is None],
        )
        try:
            return super()._feed(request, outlet)
        finally:
            self._pieces = edited


@contextmanager
def edited(folder: Path, nursery: Nursery) -> Iterator[Scenario]:
    """Two pages that are asked again: one says more, one is the same; one is new."""
    outlet = Outlet(
        name="Gazette", slug="gazette", language="en", format=FeedFormat.RSS
    )
    looks = [DAWN, DAWN + HOUR, DAWN + HOUR + timedelta(minutes=12)]
    first = _piece("strike", "Missile hits Mykolaiv", FIRST)
    same = _piece("depot", "Drones hit a depot in Sumy", DEPOT)
    old = replace(_piece("old", "Ferry timetable", FESTIVAL), published_at=DAWN - HOUR)
    later = looks[-1] - timedelta(minutes=2)
    more = replace(
        first, id="strike-2", published_at=later, revision_of=first.id, text=RISEN
    )
    fresh = replace(
        _piece("boats", "Forty boats open the festival", CORRECTED), published_at=later
    )
    room = _SilentNewsroom([outlet], [old, first, same, more, fresh], opens_at=DAWN)
    with cycles("edited", folder, nursery, room, looks) as scenario:
        yield scenario


def _piece(name: str, title: str, text: str) -> Piece:
    return Piece(
        id=name,
        url=f"https://gazette.test/{name}",
        source="Gazette",
        language="en",
        published_at=DAWN + HOUR,
        title=title,
        text=text,
    )
