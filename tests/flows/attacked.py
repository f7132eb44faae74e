"""A web that is attacked: what the tests of rows B01 to B26 share."""

import asyncio
import contextlib
import socket
from datetime import timedelta

import pytest

from detectors.model import FeedWishes
from flows.errors import FailureReason, FetchError
from flows.web.fetch import Terms, Want, Web
from flows.web.guard import Guard
from tests.servers.stand import item, rss, serving, shut

PUBLIC = "93.184.216.34"
METADATA = "http://169.254.169.254/latest/meta-data/"
FEED = rss(item(1), item(2))
NO_DELAY = timedelta(0)
HURRY = timedelta(seconds=0.5)
NONE = FeedWishes()
UNREACHED = (FailureReason.REFUSED_ADDRESS, FailureReason.BAD_URL)


async def reason_of(fetch, url, want=Want.FEED, wishes=NONE):
    with pytest.raises(FetchError) as caught:
        await fetch(url, want, Terms(wishes=wishes))
    return caught.value.reason


def web(*allow, lookup=None, deadline=timedelta(seconds=60)):
    return Web(
        Guard(allow), agent="a", lookup=lookup, deadline=deadline, delay=NO_DELAY
    )


def near(port, deadline=timedelta(seconds=60)):
    """The web, where one port of this machine may be asked."""
    return web(f"127.0.0.1:{port}", deadline=deadline)


def knows(*addresses):
    """A resolver that gives every name these addresses."""

    async def lookup(_host, _port):
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, a) for a in addresses]

    return lookup


async def here(_host, _port):
    return [(socket.AF_INET, "127.0.0.1")]


@contextlib.asynccontextmanager
async def raw(*said, before=0.0):
    """A server that says these bytes after a request; the last of it for ever."""

    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader, writer):
        with serving(tasks, writer):
            await reader.readuntil(b"\r\n\r\n")
            for part in said:
                writer.write(part)
            await writer.drain()
            while before:
                await asyncio.sleep(before)
                writer.write(said[-1])
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await shut(server, tasks)
