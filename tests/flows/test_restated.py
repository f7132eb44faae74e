"""A feed that states its entries again: what a desk is told, and what it is not."""

import io
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from detectors.model import DuplicateReason, Outcome
from detectors.opml import Subscription
from flows.cycle import run_cycle
from flows.demo.day import FeedFormat, Outlet, Piece
from flows.demo.newsroom import Newsroom
from flows.settings import Settings
from flows.subscriptions import subscribe
from flows.terminal import TerminalPoster
from flows.wiring import Wiring
from tests.flows.wire_copy import DAWN, FESTIVAL, FIRST, RISEN

HOUR = timedelta(hours=1)
EVERY_FORMAT = [pytest.param(kind, id=kind.value) for kind in FeedFormat]
LIVE = Piece(
    id="live",
    url="https://gazette.test/live",
    source="Gazette",
    language="en",
    published_at=DAWN + HOUR,
    title="Live: missile hits Mykolaiv",
    text=FIRST,
)
BOATS = replace(
    LIVE,
    id="boats",
    url="https://gazette.test/boats",
    title="Forty boats open the festival",
    text=FESTIVAL,
)
OLD = replace(
    LIVE,
    id="old",
    url="https://gazette.test/old",
    published_at=DAWN - HOUR,
    title="Ferry timetable",
    text=FESTIVAL.replace("festival", "ferry"),
)


def again(piece, hour, **changes):
    """The same entry, so many hours after dawn."""
    at = DAWN + hour * HOUR
    return replace(
        piece,
        id=f"{piece.id}-{hour}",
        published_at=at,
        revision_of=piece.id,
        **changes,
    )


class Watch:
    """A desk that watches one outlet, an hour at a time."""

    def __init__(self, newsroom, wiring, printed):
        self.newsroom, self.wiring, self.printed = newsroom, wiring, printed

    async def look(self, hour):
        """What is told at that hour, and the cycle that told it."""
        self.newsroom.advance_to(DAWN + hour * HOUR)
        before = len(self.printed.getvalue())
        cycle = await run_cycle(self.wiring, force=True)
        assert cycle.entries == sum(cycle.outcomes.values()) + cycle.pending
        assert self.wiring.store.check() == ()
        return cycle, self.printed.getvalue()[before:]

    def pages(self):
        asked = (request.path.rpartition("/")[2] for request in self.newsroom.requests)
        return Counter(path for path in asked if "." not in path)


@pytest.fixture
def watching(workers, tmp_path):
    """Open a newsroom that publishes these pieces, and a desk that watches it."""

    async def watch(stack, *pieces, kind=FeedFormat.RSS):
        outlet = Outlet(name="Gazette", slug="gazette", language="en", format=kind)
        newsroom = await stack.enter_async_context(
            Newsroom([outlet], [OLD, *pieces], opens_at=DAWN)
        )
        settings = Settings.model_validate(
            {"TOCSIN_HOME": tmp_path, "TOCSIN_ALLOW_NETWORKS": newsroom.address}
        )
        printed = io.StringIO()
        wiring = await stack.enter_async_context(
            Wiring(
                settings,
                now=lambda: newsroom.now,
                poster=TerminalPoster(Console(file=printed, width=200)),
            )
        )
        wiring.workers = workers
        feeds = [Subscription(url=f.url, title=f.title) for f in newsroom.feeds]
        subscribe(wiring.store, feeds, now=newsroom.now)
        watched = Watch(newsroom, wiring, printed)
        await watched.look(0)
        return watched

    return watch


@pytest.mark.parametrize("kind", EVERY_FORMAT)
async def test_a_live_blog_that_says_more_is_told(watching, kind):
    more = again(LIVE, 3, title="Live: five killed in Mykolaiv", text=RISEN)
    async with AsyncExitStack() as stack:
        watched = await watching(stack, LIVE, BOATS, more, kind=kind)
        _, told = await watched.look(1)
        assert "killed" in told
        cycle, told = await watched.look(3)
        _, later = await watched.look(4)
    [alert] = cycle.record()["alerts"]
    changed = {
        each["slot"]: (each["old"], each["new"]) for each in alert["developments"]
    }
    assert changed["killed"] == (3, 5)
    assert alert["kind"] == "update"
    assert "3 → 5" in told
    assert cycle.polled.restated == 1
    assert cycle.record()["polled"]["new_entries"] == 0
    assert later == ""
    assert watched.pages() == {"live": 3, "boats": 1}


async def test_a_feed_that_dates_everything_anew_tells_nothing(watching):
    dated = [again(piece, hour) for piece in (LIVE, BOATS, OLD) for hour in (3, 4)]
    async with AsyncExitStack() as stack:
        watched = await watching(stack, LIVE, BOATS, *dated)
        before, _ = await watched.look(1)
        for hour in (3, 4):
            cycle, told = await watched.look(hour)
            assert (told, cycle.decisions) == ("", ())
            assert cycle.polled.restated == 2
            assert cycle.outcomes == before.outcomes
    assert before.outcomes[Outcome.ALERTED] == 1
    assert before.outcomes[Outcome.BASELINE] == 1
    assert watched.pages() == {"live": 3, "boats": 3}


@pytest.mark.parametrize(
    ("piece", "outcome"),
    [
        pytest.param(BOATS, Outcome.REVISION, id="off-topic"),
        pytest.param(LIVE, Outcome.KNOWN, id="on-topic"),
    ],
)
async def test_a_mended_word_is_a_revision_without_news(watching, piece, outcome):
    """On a topic the higher word applies: it says nothing new."""
    text = piece.text.replace("on Tuesday", "this Tuesday")
    assert text != piece.text
    async with AsyncExitStack() as stack:
        watched = await watching(stack, piece, again(piece, 3, text=text))
        await watched.look(1)
        cycle, told = await watched.look(3)
    assert told == ""
    [decision] = cycle.decisions
    assert decision.duplicate.reason is DuplicateReason.REVISION
    assert cycle.outcomes == {Outcome.BASELINE: 1, outcome: 1}
