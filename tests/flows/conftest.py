import io
import logging
import socket
from collections import Counter
from datetime import UTC, datetime

import pytest

from flows.web.fetch import Web
from flows.web.guard import Guard
from flows.web.workers import Workers
from storage.database import Store
from tests.flows import archive
from tests.servers.stand import open_stand


@pytest.fixture(scope="session", autouse=True)
def no_real_slack():
    """E33: with no base URL set, what a test sends would go to a real workspace."""
    resolve = socket.getaddrinfo

    def refusing(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host)
        assert not name.rstrip(".").endswith("slack.com"), "a test refuses slack.com"
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refusing)
        yield


@pytest.fixture
async def stand():
    async with open_stand() as opened:
        yield opened


@pytest.fixture
async def fetch(stand):
    """The web, where nothing but the stand may be fetched."""
    guard = Guard([f"127.0.0.1:{stand.port}"])
    async with Web(guard, agent="tocsin/test (+desk@example.org)") as web:
        yield web


@pytest.fixture(scope="session")
def workers():
    pool = Workers(2)
    yield pool
    pool.close()


@pytest.fixture
def news(tmp_path):
    """An empty store that keeps the conservation law, or the test fails."""
    store = Store.open(f"sqlite:///{tmp_path / 'news.db'}")
    yield store
    with store.unit(reading=True) as unit:
        entries = archive.entries(unit)
        outcomes = Counter(entry.outcome for entry in entries)
        assert unit.entries.total() == len(entries)
        assert unit.entries.pending() == outcomes.pop(None, 0)
        assert unit.entries.counts() == outcomes
    store.close()


@pytest.fixture
def now():
    return datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Clock:
    """Shows what it was put to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def logged():
    """All that any logger says, at its finest."""
    written, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)
