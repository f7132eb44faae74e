"""Rows B07 to B09, B13 to B15 and B26: whatever the way that an address comes."""

import ast
import asyncio
import contextlib
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from detectors import feeds
from detectors.errors import NotAFeedError
from detectors.model import FeedWishes
from detectors.opml import Subscription
from flows import clock
from flows.collect import collect_entries
from flows.errors import FailureReason, FetchError
from flows.keeping import Rules
from flows.poll import poll_feeds
from flows.subscriptions import discover, subscribe
from flows.web.fetch import Terms, Want
from flows.web.workers import WorkerError
from tests.flows.attacked import (
    FEED,
    METADATA,
    PUBLIC,
    UNREACHED,
    here,
    knows,
    reason_of,
    web,
)
from tests.flows.sockets import watched
from tests.servers.stand import Reply, document, item, open_stand, page, redirect, rss

ROOT = Path(__file__).parents[2]


class TestWays:
    """B08, B09, B13, B14, B15: whatever the way that an address comes."""

    async def test_b08_an_article_inside_is_told_from_the_feeds_text(
        self, news, stand, workers, now
    ):
        told = "Two ferries collided off the cape at dawn and forty people swam."
        body = rss(item(1, link=METADATA, description=told))
        url = stand.say("/feed", document(body))
        subscribe(news, [Subscription(url=url)], now=now)
        with watched() as log:
            async with web(f"127.0.0.1:{stand.port}") as fetch:
                await poll_feeds(
                    news,
                    fetch,
                    workers,
                    now=now,
                    rules=Rules(backfill=timedelta(days=1)),
                )
                collected = await collect_entries(news, fetch, workers, now=now)
        assert collected.articles == 1
        with news.unit(reading=True) as unit:
            (article,) = unit.articles.undecided(9)
        assert article.text.endswith(told)
        assert article.flags[-1] == "page-failed: address not allowed"
        assert "169.254.169.254" not in log.connections

    async def test_b09_what_a_page_says_its_feed_is_is_asked_as_carefully(
        self, stand, workers
    ):
        """Discovery, and the addresses where feeds usually are."""
        head = f'<link rel="alternate" type="application/rss+xml" href="{METADATA}">'
        reply = page("No feed here.")
        stand.say(
            "/", Reply(body=reply.body.replace(b"<head>", b"<head>" + head.encode()))
        )
        with watched() as log:
            async with web(f"127.0.0.1:{stand.port}") as fetch:
                with pytest.raises(FetchError) as caught:
                    await discover(stand.url("/"), fetch, workers)
        assert caught.value.reason is FailureReason.REFUSED_ADDRESS
        assert set(log.connections) == {"127.0.0.1"}

    async def test_b13_the_environments_proxy_is_not_used(self, stand, monkeypatch):
        async with open_stand() as proxy:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, proxy.url(""))
            stand.say("/feed", document(FEED))
            async with web(f"127.0.0.1:{stand.port}") as fetch:
                assert (await fetch(stand.url("/feed"), Want.FEED)).body == FEED
            assert proxy.connections == 0

    async def test_b13_a_proxy_within_is_one_that_the_desk_allows(self):
        """And through it no address is asked that would be refused without it."""
        async with open_stand() as proxy:
            wishes = FeedWishes(proxy=proxy.url(""))
            proxy.answer("http://wire.test/feed", lambda _: document(FEED))
            proxy.answer("http://wire.test/inside", lambda _: redirect(METADATA))
            async with web(lookup=knows(PUBLIC)) as fetch:
                reason = await reason_of(fetch, "http://wire.test/feed", wishes=wishes)
            assert reason is FailureReason.REFUSED_ADDRESS
            assert proxy.connections == 0
            async with web(f"127.0.0.1:{proxy.port}", lookup=knows(PUBLIC)) as fetch:
                url = "http://wire.test/feed"
                answer = await fetch(url, Want.FEED, Terms(wishes=wishes))
                assert answer.body == FEED
                for url in ("http://wire.test/inside", METADATA, "http://0x7f.1/"):
                    assert await reason_of(fetch, url, wishes=wishes) in UNREACHED
            assert [r.path for r in proxy.requests] == [
                "http://wire.test/feed",
                "http://wire.test/inside",
            ]

    async def test_b14_a_password_in_the_home_is_not_sent(
        self, stand, tmp_path, monkeypatch
    ):
        netrc = tmp_path / ".netrc"
        netrc.write_text("machine 127.0.0.1 login desk password key-77\n", "utf-8")
        netrc.chmod(0o600)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(netrc))
        async with web(f"127.0.0.1:{stand.port}") as fetch:
            await fetch(stand.say("/feed", document(FEED)), Want.FEED)
        assert stand.requests[0].header("Authorization") is None

    async def test_b15_a_feeds_own_headers_stay_with_its_server(self, stand):
        names = ("Authorization", "Cookie", "X-Api-Key")
        wishes = FeedWishes(headers=dict.fromkeys(names, "key-77"))
        async with open_stand() as other:
            stand.say("/a", redirect("/b"))
            stand.say("/b", redirect(other.url("/c")))
            other.say("/c", document(FEED))
            mine = (f"127.0.0.1:{stand.port}", f"127.0.0.1:{other.port}")
            async with web(*mine) as fetch:
                await fetch(stand.url("/a"), Want.FEED, Terms(wishes=wishes))
            for request in stand.requests:
                assert [request.header(name) for name in names] == [b"key-77"] * 3
            assert [other.requests[0].header(name) for name in names] == [None] * 3


# What can open a connection, and which of our modules may have it, with whose leave.
DOORS = {
    "aiohttp": {
        "flows.web.fetch": "the guard is in its connector",
        "flows.web.faults": "its errors",
        "flows.web.guard": "its resolver's interface",
        "flows.slack.answers": "its errors",
        "flows.demo": "servers on this machine",
    },
    "slack_sdk": {"flows.slack": "the desk's own Slack, whose address it sets"},
    "socket": {
        "flows.web.guard": "makes the socket, if the address may be connected to",
        "flows.web.addresses": "reads addresses",
        "flows.leases": "this machine's name",
        "flows.serve": "whether a port of this machine is free",
        "flows.demo": "closes connections of its own servers",
    },
    "http": {
        "flows.serve": "asks whether its own page on this machine is up",
        "flows.demo": "statuses of its own servers",
    },
    "urllib.request": {},
    "requests": {},
    "httpx": {},
    "urllib3": {},
    "ftplib": {},
    "smtplib": {},
    "asyncio.open_connection": {},
}


def imports():
    """Every (module of ours, module that it imports), wherever it stands."""
    for package in ("detectors", "storage", "flows"):
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((name, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield name, node.module
                    yield from ((name, f"{node.module}.{a.name}") for a in node.names)
                elif isinstance(node, ast.Attribute) and isinstance(
                    node.value, ast.Name
                ):
                    yield name, f"{node.value.id}.{node.attr}"


def test_b09_nothing_but_the_guarded_client_can_ask_the_web():
    """All call sites: who could open a connection, and the one that does."""
    strange = {
        (ours, door)
        for ours, theirs in imports()
        for door, allowed in DOORS.items()
        if theirs == door or theirs.startswith(f"{door}.")
        if not any(ours == name or ours.startswith(f"{name}.") for name in allowed)
    }
    assert strange == set()


def calls(*names):
    """(module, function) of every call of one of these names."""
    for package in ("detectors", "storage", "flows"):
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    word = getattr(called, "id", None) or getattr(called, "attr", None)
                    if word in names:
                        yield name, word


def test_b09_the_client_is_made_in_one_place_and_by_the_settings():
    assert set(calls("Web")) == {("flows.wiring", "Web")}
    assert set(calls("ClientSession", "TCPConnector")) == {
        ("flows.web.fetch", "ClientSession"),
        ("flows.web.fetch", "TCPConnector"),
    }


def test_b09_parsers_are_given_bytes_and_never_an_address():
    assert not set(calls("fetch_url", "fetch_response", "urlopen", "urlretrieve"))
    for reader in ("feeds", "pages", "opml", "discovery"):
        source = (ROOT / "detectors" / f"{reader}.py").read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if ast.unparse(node.func) == "feedparser.parse":
                    assert ast.unparse(node.args[0]) == "BytesIO(body)"
                assert ast.unparse(node.func) not in ("etree.parse", "html.parse")


@pytest.mark.parametrize(
    "body", [b"/etc/passwd", b"f.xml", b"file:///etc/passwd", b"http://127.0.0.1:9/"]
)
def test_b11_a_body_that_is_a_name_or_an_address_opens_nothing(body):
    with watched() as log, pytest.raises(NotAFeedError):
        feeds.parse(body, url="https://wire.test/feed")
    assert log.connections == []
    assert not [name for name in log.files if "passwd" in name or "f.xml" in name]


def _certified(folder, name):
    """A certificate of its own authority for ``name``; (chain, key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    itself = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(itself)
        .issuer_name(itself)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


class TestCertificates:
    @pytest.fixture
    async def secure(self, tmp_path):
        """A server of wire.test with TLS: its port, its certificate, names asked."""
        chain, key = _certified(tmp_path, "wire.test")
        asked: list[str | None] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        context.sni_callback = lambda _socket, name, _context: asked.append(name)

        async def serve(reader, writer):
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ")[1]
                if path == b"/inside":
                    writer.write(
                        Reply(status=302, headers={"Location": METADATA}).head()
                    )
                else:
                    reply = document(FEED)
                    writer.write(reply.head() + reply.body)
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        async with server:
            yield server.sockets[0].getsockname()[1], f"file:{chain}", asked

    async def test_b26_a_name_is_proved_at_the_address_that_was_checked(self, secure):
        port, authority, asked = secure
        wishes = FeedWishes(authority=authority)
        async with web(f"127.0.0.1:{port}", lookup=here) as fetch:
            url = f"https://wire.test:{port}/feed"
            assert (await fetch(url, Want.FEED, Terms(wishes=wishes))).body == FEED
            assert asked == ["wire.test"]
            other = f"https://other.test:{port}/feed"
            assert await reason_of(fetch, other, wishes=wishes) is FailureReason.TLS
            assert await reason_of(fetch, url) is FailureReason.TLS  # of no authority

    async def test_b07_from_a_secure_page_to_an_address_inside(self, secure):
        port, authority, _asked = secure
        wishes = FeedWishes(authority=authority)
        with watched() as log:
            async with web(f"127.0.0.1:{port}", lookup=here) as fetch:
                url = f"https://wire.test:{port}/inside"
                reason = await reason_of(fetch, url, wishes=wishes)
        assert reason is FailureReason.REFUSED_ADDRESS
        assert set(log.connections) == {"127.0.0.1"}


async def test_a_page_that_takes_too_long_names_no_feed(stand, fetch):
    """Discovery reads strangers' pages where they can be killed, too."""
    asked = []

    async def slow(_within, function, *_args, **_named):
        asked.append(function.__name__)
        if function is feeds.parse:
            raise NotAFeedError("u", "a web page")
        raise WorkerError("find_feeds", "not done within 5 s")

    stand.say("/", page("No feed here."))
    with pytest.raises(WorkerError):
        await discover(stand.url("/"), fetch, cast("Any", slow))
    assert asked[0] == "parse"
