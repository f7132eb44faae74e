"""``python -m tests.etiquette.crowd``: 5,000 feeds of 50 entries in one poll.

Acceptance: memory is bounded, and no host keeps the others waiting. Feeds live on a
loopback server under names of 400 hosts, the largest of which has 500. Prints what the
poll took, and what an idle cycle takes after it, as JSON.
"""

import asyncio
import json
import resource
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import click

from flows.poll import poll_feeds
from flows.web.fetch import Web
from flows.web.guard import Guard
from flows.web.workers import Workers
from storage.database import Store
from tests.servers.stand import Request, document, item, open_stand, rss

HOSTS = 400
LARGEST = 500  # feeds of one host
ENTRIES = 50
IDLE_CYCLES = 20
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
WORDS = "The ferry left the quay at dawn with forty people and two lorries on board. "


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """What a poll of many feeds took.

    Args:
        peak_mb: Of this process, all its life.
        grown_mb: Of that, since the feeds were added.
        first_turns: Hosts among the first so many requests as there are hosts, or among
            half of all.
    """

    feeds: int
    entries: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    grown_mb: float
    first_turns: int
    idle_ms: float
    idle_cpu_ms: float


def host_of(number: int, feeds: int) -> int:
    """A tenth of all feeds on one host, the rest on the others in turn."""
    largest = min(LARGEST, feeds // 10)
    return 0 if number < largest else 1 + number % (HOSTS - 1)


async def poll_crowd(feeds: int, folder: Path) -> Crowd:
    """Add feeds and poll them all at once, then find nothing due."""
    store = Store.open(f"sqlite:///{folder / 'crowd.db'}")

    async def lookup(_host: str, _port: int) -> Sequence[tuple[Any, str]]:
        return [(socket.AF_INET, "127.0.0.1")]

    def answer(request: Request) -> Any:
        numbers = range(ENTRIES)
        link = f"{request.path}/%d"
        items = (item(n, link=link % n, description=WORDS * 4) for n in numbers)
        return document(rss(*items), ETag='"1"')

    async with open_stand() as stand:
        with store.unit() as unit:
            for number in range(feeds):
                path = f"/{number}"
                stand.answer(path, answer)
                host = f"host{host_of(number, feeds)}.test:{stand.port}"
                unit.feeds.add(f"http://{host}{path}", title="", source="Wire", now=NOW)
        before = peak()
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="t", lookup=lookup) as fetch, Workers() as run:
            began, cpu = perf_counter(), process_time()
            polled = await poll_feeds(store, fetch, run, now=NOW)
            took, spent = perf_counter() - began, process_time() - cpu
            after, began, cpu = peak(), perf_counter(), process_time()
            for _ in range(IDLE_CYCLES):
                await poll_feeds(store, fetch, run, now=NOW)
            idle, idle_cpu = perf_counter() - began, process_time() - cpu
        turns = min(HOSTS, feeds // 2)
        first = [request.header("Host") for request in stand.requests[:turns]]
    store.close()
    return Crowd(
        feeds=polled.asked,
        entries=polled.entries,
        seconds=took,
        cpu_seconds=spent,
        peak_mb=after,
        grown_mb=after - before,
        first_turns=len(set(first)),
        idle_ms=idle / IDLE_CYCLES * 1000,
        idle_cpu_ms=idle_cpu / IDLE_CYCLES * 1000,
    )


def peak() -> float:
    """The most memory that this process has held so far, in MB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@click.command()
@click.option("--feeds", default=5_000)
def main(feeds: int) -> None:
    """Measure once."""
    with TemporaryDirectory() as folder:
        crowd = asyncio.run(poll_crowd(feeds, Path(folder)))
    shown = {
        name: round(getattr(crowd, name), 1) for name in Crowd.__dataclass_fields__
    }
    click.echo(json.dumps(shown))


if __name__ == "__main__":
    main()
