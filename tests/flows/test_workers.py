import asyncio
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

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


async def test_one_that_hangs_in_c_code_is_killed_as_soon_and_holds_up_nobody(workers):
    """C05, C06: C code answers no signal that Python handles."""
    await workers(LONG, int, "0")
    hanging = asyncio.create_task(workers(SOON, sum, range(10**12)))
    began = time.monotonic()
    await asyncio.sleep(SOON.total_seconds() - 0.2)
    numbers = await asyncio.gather(*(workers(LONG, int, str(n)) for n in range(40)))
    with pytest.raises(WorkerError, match="not done within"):
        await hanging
    assert numbers == list(range(40))
    assert time.monotonic() - began < 2


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


async def test_what_breaks_the_function_costs_only_its_document(workers):
    """A fault of ours that one feed finds must not end the poll of all."""
    with pytest.raises(WorkerError, match="ValueError"):
        await workers(LONG, int, "seven")
    assert await workers(LONG, int, "7") == 7


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


ORPHANS = """
import asyncio, os, time
from datetime import timedelta
from flows.web.workers import Workers

async def main():
    work = Workers(2)
    minute = timedelta(minutes=1)
    sleeps = asyncio.create_task(work(minute, time.sleep, 600))
    await asyncio.sleep(1)
    print(await work(minute, os.getpid), flush=True)
    await work(minute, sum, range(10**12))  # never lets go of the lock

asyncio.run(main())
"""


def running():
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def parent_of(pid):
    """The parent of a process; 0 of one that is gone or only waits to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    kind, parent = state.rpartition(")")[2].split()[:2]
    return 0 if kind == "Z" else int(parent)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc to look into")
def test_workers_end_with_a_run_that_is_killed():
    """The main program here is no file, which must not matter either."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-"]
    with subprocess.Popen(  # noqa: S603  # our own interpreter
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        run.stdin.write(ORPHANS)
        run.stdin.close()
        busy = int(run.stdout.readline())
        time.sleep(0.2)
        siblings = [pid for pid in running() if parent_of(pid) == parent_of(busy)]
        assert busy in siblings
        assert len(siblings) == 2
        run.kill()
    waited = 0.0
    while any(parent_of(pid) for pid in siblings) and waited < 10:
        time.sleep(0.1)
        waited += 0.1
    assert not any(parent_of(pid) for pid in siblings)
