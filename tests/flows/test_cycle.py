"""Whole cycles over a loopback newsroom: poll, collect, follow, deliver."""

import asyncio
import io
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from rich.console import Console

from detectors.model import MessageState, Outcome, RunKind
from detectors.opml import Subscription
from detectors.polling import CYCLE, FLOOR
from flows.cycle import follow, lease, run_cycle
from flows.demo.day import load, ticks
from flows.demo.newsroom import Newsroom
from flows.errors import BusyError
from flows.follow import BATCH
from flows.leases import LASTS as LEASE_LASTS
from flows.seeds import SHIPPED
from flows.settings import Settings
from flows.subscriptions import subscribe
from flows.terminal import TerminalPoster
from flows.wiring import Wiring
from tests.flows.wire_copy import article

DAY = load(SHIPPED / "demo")
LOOKS = ticks(DAY.pieces, 6)
OUTLETS = DAY.outlets[:2]
NAMES = {outlet.name for outlet in OUTLETS}
PIECES = [each for each in (*DAY.archive, *DAY.pieces) if each.source in NAMES]


@pytest.fixture
async def newsroom():
    async with Newsroom(OUTLETS, PIECES, opens_at=LOOKS[0]) as room:
        yield room


@pytest.fixture
def printed():
    return io.StringIO()


@pytest.fixture
async def wiring(newsroom, printed, workers, tmp_path):
    async with wired(newsroom, printed, workers, tmp_path) as ready:
        feeds = [Subscription(url=f.url, title=f.title) for f in newsroom.feeds]
        subscribe(ready.store, feeds, now=newsroom.now)
        yield ready


@asynccontextmanager
async def wired(newsroom, printed, workers, home, *, topics=None, **more):
    settings = Settings.model_validate(
        {
            "TOCSIN_HOME": home,
            "TOCSIN_ALLOW_NETWORKS": newsroom.address,
            "TOCSIN_TOPICS": topics,
        }
    )
    poster = TerminalPoster(Console(file=printed, width=80))
    async with Wiring(
        settings, now=lambda: newsroom.now, poster=poster, **more
    ) as ready:
        ready.workers = workers
        yield ready


def conserved(cycle):
    record = cycle.record()
    return record["entries"] == sum(record["outcomes"].values()) + record["pending"]


async def test_what_a_new_feed_lists_is_remembered_and_not_told(wiring, newsroom):
    newsroom.advance_to(LOOKS[2])
    first = await run_cycle(wiring)
    assert first.entries > 0
    assert first.outcomes == {Outcome.BASELINE: first.entries}
    assert not first.decisions
    assert not any("/2026/" in request.path for request in newsroom.requests)


async def test_a_wish_to_look_back_makes_the_first_document_news(wiring, newsroom):
    newsroom.advance_to(LOOKS[2])
    first = await run_cycle(wiring, backfill=timedelta(hours=48))
    assert first.outcomes[Outcome.ALERTED] > 0
    assert conserved(first)


async def test_what_comes_after_the_first_look_is_told_once(wiring, newsroom, printed):
    await run_cycle(wiring)
    newsroom.advance_to(LOOKS[2])
    second = await run_cycle(wiring, force=True)
    told = printed.getvalue()
    assert second.outcomes[Outcome.ALERTED] > 0
    assert second.delivered
    told_at_all = second.delivered.sent + second.delivered.folded
    assert told_at_all == second.record()["delivered"] == len(second.record()["alerts"])
    assert "killed" in told
    again = await run_cycle(wiring, force=True)
    assert again.polled.entries == 0
    assert not again.decisions
    assert printed.getvalue() == told
    assert conserved(again)
    assert wiring.store.check() == ()


async def test_a_feed_that_made_us_speak_is_asked_in_each_cycle(wiring, newsroom):
    newsroom.advance_to(LOOKS[2])
    cycle = await run_cycle(wiring, backfill=timedelta(hours=48))
    spoke = {each.article_id for each in cycle.decisions if each.alerts}
    with wiring.store.unit(reading=True) as unit:
        entries = [entry for each in spoke for entry in unit.entries.of_article(each)]
        feeds = {feed.id: feed for feed in unit.feeds.all()}
    loud = {entry.feed_id for entry in entries}
    assert loud
    assert {each for each in feeds if feeds[each].alerted_at == newsroom.now} == loud
    assert {feeds[each].alerted_at for each in set(feeds) - loud} <= {None}
    for _ in range(2):
        newsroom.advance_to(newsroom.now + CYCLE)
        await run_cycle(wiring)
        with wiring.store.unit(reading=True) as unit:
            asked = {f.id for f in unit.feeds.all() if f.polled_at == newsroom.now}
        assert loud <= asked


async def test_a_second_look_is_conditional(wiring, newsroom):
    await run_cycle(wiring)
    newsroom.requests.clear()
    newsroom.advance_to(newsroom.now + FLOOR)
    await run_cycle(wiring, force=True)
    assert {request.status for request in newsroom.requests} == {304}


async def test_a_dry_run_decides_and_leaves_everything_undecided(
    wiring, newsroom, printed
):
    await run_cycle(wiring)
    newsroom.advance_to(LOOKS[2])
    dry = await run_cycle(wiring, force=True, dry=True)
    assert any(each.alerts for each in dry.decisions)
    assert len(dry.unsent) == sum(len(each.alerts) for each in dry.decisions)
    assert printed.getvalue() == ""
    assert conserved(dry)
    real = await run_cycle(wiring)
    assert [each.article_id for each in real.decisions] == [
        each.article_id for each in dry.decisions
    ]
    assert "killed" in printed.getvalue()


async def test_articles_of_one_cycle_are_decided_in_the_order_of_publication(
    wiring, newsroom
):
    await run_cycle(wiring)
    newsroom.advance_to(LOOKS[3])
    cycle = await run_cycle(wiring, force=True)
    with wiring.store.unit(reading=True) as unit:
        moments = [
            unit.articles.get(each.article_id).published_at for each in cycle.decisions
        ]
    assert moments == sorted(moments)


async def test_every_message_of_a_terminal_counts_as_sent(wiring, newsroom):
    await run_cycle(wiring)
    newsroom.advance_to(LOOKS[2])
    await run_cycle(wiring, force=True)
    with wiring.store.unit(reading=True) as unit:
        assert set(unit.outbox.counts()) <= {MessageState.SENT, MessageState.FOLDED}


async def test_the_run_is_noted_with_what_it_counted(wiring):
    await run_cycle(wiring)
    with wiring.store.unit(reading=True) as unit:
        run = unit.runs.last_finished(RunKind.CYCLE)
    assert run.counts["feeds"] == len(OUTLETS)


async def test_two_cycles_never_run_side_by_side(wiring):
    with wiring.store.unit() as unit:
        now = wiring.now()
        assert unit.leases.acquire(RunKind.CYCLE, "elsewhere:7", now, LEASE_LASTS)
    with pytest.raises(BusyError, match="elsewhere:7"):
        await run_cycle(wiring)


async def test_the_lease_of_a_process_that_is_gone_is_taken_over(wiring):
    import socket

    gone = f"{socket.gethostname()}:{2**22 + 1}"
    with wiring.store.unit() as unit:
        assert unit.leases.acquire(RunKind.CYCLE, gone, wiring.now(), LEASE_LASTS)
    async with lease(wiring):
        pass
    with wiring.store.unit(reading=True) as unit:
        assert unit.leases.holder(RunKind.CYCLE, wiring.now()) is None


async def test_the_lease_can_be_renewed_while_many_articles_are_decided(wiring):
    with wiring.store.unit() as unit:
        for number in range(2 * BATCH + 1):
            unit.articles.add(article(number, f"Market note {number}, nothing else."))
    turns = 0

    async def keep():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    keeper = asyncio.create_task(keep())
    assert len(await follow(wiring)) == 2 * BATCH + 1
    keeper.cancel()
    assert turns == 2


async def test_a_lease_whose_time_is_over_is_taken_over(wiring, newsroom):
    with wiring.store.unit() as unit:
        now = wiring.now()
        assert unit.leases.acquire(RunKind.CYCLE, "elsewhere:7", now, LEASE_LASTS)
    newsroom.advance_to(newsroom.now + LEASE_LASTS + timedelta(seconds=1))
    async with lease(wiring):
        pass


async def test_a_run_that_lost_its_lease_stops(wiring, newsroom):
    async def oversleep():
        async with lease(wiring, renewed_every=timedelta(milliseconds=20)):
            newsroom.advance_to(newsroom.now + LEASE_LASTS + timedelta(seconds=1))
            with wiring.store.unit() as unit:
                assert unit.leases.acquire(
                    RunKind.CYCLE, "elsewhere:7", wiring.now(), LEASE_LASTS
                )
            await asyncio.sleep(20)

    with pytest.raises(BusyError, match="took over"):
        await oversleep()
    with wiring.store.unit(reading=True) as unit:
        assert unit.leases.holder(RunKind.CYCLE, wiring.now()) == "elsewhere:7"


async def test_a_broken_topic_keeps_the_last_good_ones_at_work(
    newsroom, printed, workers, tmp_path
):
    topics = tmp_path / "topics"
    topics.mkdir()
    good = 'title: Port strikes\nwords: {any: ["port strike", dockworkers]}\n'
    (topics / "ports.yaml").write_text(good)
    warnings: list[str] = []
    async with wired(newsroom, printed, workers, tmp_path, topics=topics) as first:
        assert [topic.id for topic in first.desk.seeds.topics] == ["ports"]
    (topics / "ports.yaml").write_text(good.replace("any", "anny"))
    async with wired(
        newsroom, printed, workers, tmp_path, topics=topics, warn=warnings.append
    ) as second:
        assert [topic.id for topic in second.desk.seeds.topics] == ["ports"]
    assert "anny" in warnings[0]
    assert "stay in use" in warnings[0]


async def test_senders_that_share_a_store_go_by_its_clock(
    newsroom, printed, workers, tmp_path
):
    """E23: a machine whose own clock is wrong frees no other's lease early."""
    settings = Settings.model_validate({"TOCSIN_HOME": tmp_path})
    async with Wiring(settings) as real:
        assert real.clock.now == real.store.now
    async with wired(newsroom, printed, workers, tmp_path) as simulated:
        assert simulated.clock.now() == newsroom.now
