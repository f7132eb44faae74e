import asyncio
import os
import time
from datetime import timedelta

import pytest

from detectors import feeds
from detectors.errors import NotAFeedError
from flows.web.workers import WorkerError, Workers
from tests.servers.stand import item, rss

SOON, LONG = timedelta(seconds=0.6), timedelta(seconds=20)


async def test_a_function_runs_in_another_process(workers):
    assert await workers(LONG, os.getpid) != os.getpid()


async def test_a_hanging_one_is_killed_and_the_next_is_served(workers):
    began = time.monotonic()
    with pytest.raises(WorkerError, match="not done within"):
        await workers(SOON, time.sleep, 600)
    assert time.monotonic() - began < 5
    assert await workers(LONG, int, "7") == 7


async def test_a_hanging_one_does_not_hold_up_its_neighbours(workers):
    await workers(LONG, int, "0")
    hanging = asyncio.create_task(workers(timedelta(seconds=3), time.sleep, 600))
    began = time.monotonic()
    numbers = await asyncio.gather(*(workers(LONG, int, str(n)) for n in range(20)))
    took = time.monotonic() - began
    assert numbers == list(range(20))
    assert took < 2
    with pytest.raises(WorkerError):
        await hanging


async def test_a_greedy_one_fails_alone(workers):
    with pytest.raises(WorkerError, match="memory"):
        await workers(LONG, bytes, 3_000_000_000)
    assert await workers(LONG, int, "7") == 7


async def test_a_process_that_dies_costs_only_its_document(workers):
    with pytest.raises(WorkerError, match="died"):
        await workers(LONG, os._exit, 3)
    assert await workers(LONG, int, "7") == 7


async def test_what_the_function_raises_comes_back(workers):
    with pytest.raises(NotAFeedError, match="a web page"):
        await workers(LONG, feeds.parse, b"<html><p>Log in</p></html>", url="u")


async def test_a_poisoned_feed_is_killed(workers):
    """40,000 attributes on one element hold feedparser for half a minute."""
    attributes = " ".join(f'a{n}="1"' for n in range(40_000))
    body = rss(f"<item {attributes}><title>T &nbsp;</title></item>")
    with pytest.raises(WorkerError):
        await workers(SOON, feeds.parse, body, url="https://wire.test/feed")
    found = await workers(LONG, feeds.parse, rss(item(1)), url="https://wire.test/f")
    assert [entry.title for entry in found.entries] == ["Story 1"]


async def test_nothing_starts_before_the_first_task():
    async with Workers(1) as pool:
        assert pool._pool is None


async def test_a_worker_makes_room_after_its_tasks():
    async with Workers(1, tasks=2) as pool:
        seen = [await pool(LONG, os.getpid) for _ in range(4)]
    assert len(set(seen)) == 2


async def test_a_task_that_is_given_up_frees_its_worker():
    async with Workers(1) as pool:
        await pool(LONG, int, "1")
        given_up = asyncio.create_task(pool(LONG, time.sleep, 600))
        await asyncio.sleep(0.3)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert await pool(timedelta(seconds=10), int, "7") == 7
