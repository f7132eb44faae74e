"""Rows B01 to B07, B10, B12, B24 and B25: no address inside is connected to."""

import ipaddress
import json
import socket
from pathlib import Path

import pytest

from detectors import urls
from flows.errors import FailureReason, FetchError
from flows.subscriptions import SubscriptionError, discover, spelled
from flows.web import guard as guards
from flows.web.fetch import Want
from tests.flows.attacked import (
    FEED,
    METADATA,
    PUBLIC,
    UNREACHED,
    knows,
    reason_of,
    web,
)
from tests.flows.sockets import watched
from tests.servers.stand import Reply, document, open_stand, redirect

ROOT = Path(__file__).parents[2]
VECTORS = ROOT.parent / "shared" / "data" / "ssrf_urls" / "ssrf_urls.jsonl"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the shared list of hostile URLs is not here"
)


@pytest.fixture
def patient(monkeypatch):
    """Hosts are asked again however often they said nothing."""
    monkeypatch.setattr("flows.web.silence.PATIENCE", 10_000)


def edges():
    """The first and the last address of every network of the table."""
    for network, rule in guards._RULES:
        yield str(network[0]), rule
        yield str(network[-1]), rule


class TestAddresses:
    @pytest.mark.usefixtures("patient")
    async def test_b01_b02_no_address_of_the_table_is_connected_to(self):
        """In a URL, behind a name and a redirect; the error names the rule."""
        async with open_stand() as stand:
            mine = f"127.0.0.1:{stand.port}"
            for address, _rule in edges():
                host = f"[{address}]" if ":" in address else address
                stand.say(f"/{address}", redirect(f"http://{host}/"))
            with watched() as log:
                async with web(mine) as fetch:
                    for address, rule in edges():
                        host = f"[{address}]" if ":" in address else address
                        for url in (f"http://{host}/", stand.url(f"/{address}")):
                            with pytest.raises(FetchError) as caught:
                                await fetch(url, Want.FEED)
                            assert caught.value.reason is FailureReason.REFUSED_ADDRESS
                            if ":" not in address:  # others carry one of another
                                assert rule in caught.value.detail
                for address, _rule in edges():
                    async with web(lookup=knows(address)) as fetch:
                        reason = await reason_of(fetch, "http://wire.test/")
                    assert reason is FailureReason.REFUSED_ADDRESS
        assert set(log.connections) == {"127.0.0.1"}  # the stand's
        assert len(log.connections) == stand.connections

    @pytest.mark.parametrize(
        "carrier",
        ["::ffff:{}", "::{}", "64:ff9b::{}", "2002:{hex}::1", "2001:0:1:2:3:4:{not}"],
    )
    @pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
    async def test_b02_an_address_within_an_address_is_looked_at(self, carrier, inner):
        number = int(ipaddress.IPv4Address(inner))
        halves = f"{number >> 16:x}:{number & 0xFFFF:x}"
        inverse = number ^ 0xFFFFFFFF
        flipped = f"{inverse >> 16:x}:{inverse & 0xFFFF:x}"
        made = carrier.replace("{hex}", halves).replace("{not}", flipped).format(inner)
        with watched() as log:
            async with web() as fetch:
                assert await reason_of(fetch, f"http://[{made}]/") in UNREACHED
            async with web(lookup=knows(made)) as fetch:
                assert await reason_of(fetch, "http://wire.test/") in UNREACHED
        assert log.connections == []

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
         "017700000001", "0", "[::1]", "[::ffff:7f00:1]", "127。0。0。1",
         "127.127.127.127", "127.0.0.1.", "①②⑦.⓪.⓪.①", "localhost", "%31%32%37.0.0.1"],
    )  # fmt: skip
    async def test_b03_no_spelling_of_this_machine_reaches_it(self, stand, host):
        with watched() as log:
            async with web() as fetch:
                reason = await reason_of(fetch, f"http://{host}:{stand.port}/")
        assert reason in UNREACHED
        assert (stand.connections, log.connections) == (0, [])

    @pytest.mark.parametrize(
        "shape",
        ["http://127.0.0.1:{port}\\@example.org/", "http://example.org@127.0.0.1:{port}/",
         "http://127.0.0.1:{port}/\r\nHost: example.org", "http://127.0.0.1:{port}\t/",
         "http:// 127.0.0.1:{port}/", "http://example.org#@127.0.0.1:{port}/",
         "http://example.org?@127.0.0.1:{port}/", "http:127.0.0.1:{port}/",
         "//127.0.0.1:{port}/", "http:///127.0.0.1:{port}/"],
    )  # fmt: skip
    async def test_b04_what_two_readers_read_apart_is_not_asked(self, stand, shape):
        """Even where this machine may be asked: by name alone nothing is there."""
        async with web(f"127.0.0.1:{stand.port}", lookup=knows(PUBLIC)) as fetch:
            with watched() as log:
                await reason_of(fetch, shape.format(port=stand.port))
        assert stand.connections == 0
        assert set(log.connections) <= {PUBLIC}

    async def test_b05_a_name_that_is_bound_anew_is_not_asked_again(self, stand):
        answers = [PUBLIC, "127.0.0.1"]

        async def lookup(_host, _port):
            return [(socket.AF_INET, answers.pop(0))]

        with watched() as log:
            async with web(lookup=lookup) as fetch:
                reason = await reason_of(fetch, f"http://wire.test:{stand.port}/")
        assert reason is FailureReason.CONNECT
        assert set(log.connections) == {PUBLIC}
        assert answers == ["127.0.0.1"]
        assert stand.connections == 0

    @pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.1", "::1", "fd00::1"])
    async def test_b06_of_a_name_with_one_private_address_none_is_used(self, private):
        for addresses in ((PUBLIC, private), (private, PUBLIC)):
            with watched() as log:
                async with web(lookup=knows(*addresses)) as fetch:
                    reason = await reason_of(fetch, "http://wire.test/")
            assert reason is FailureReason.REFUSED_ADDRESS
            assert log.connections == []

    @pytest.mark.parametrize("hops", [1, 3])
    async def test_b07_a_redirect_inside_is_refused_at_its_hop(self, stand, hops):
        for hop in range(hops - 1):
            stand.say(f"/{hop}", redirect(f"/{hop + 1}"))
        stand.say(f"/{hops - 1}", redirect(METADATA))
        with watched() as log:
            async with web(f"127.0.0.1:{stand.port}") as fetch:
                reason = await reason_of(fetch, stand.url("/0"))
        assert reason is FailureReason.REFUSED_ADDRESS
        assert set(log.connections) == {"127.0.0.1"}
        assert len(stand.requests) == hops

    @pytest.mark.parametrize(
        "url",
        ["file:///etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd", "file:..",
         "source:file:///etc/passwd", "ftp://example.org/f", "gopher://127.0.0.1:6379/_",
         "data:text/xml,<rss/>", "jar:http://example.org/a!/f", "view-source:http:x"],
    )  # fmt: skip
    async def test_b10_only_the_web_is_asked(self, stand, workers, url):
        stand.say("/a", redirect(url))
        async with web(f"127.0.0.1:{stand.port}") as fetch:
            with watched() as log:
                assert await reason_of(fetch, url) is FailureReason.BAD_URL
                assert await reason_of(fetch, stand.url("/a")) is FailureReason.BAD_URL
                with pytest.raises(SubscriptionError):
                    await discover(url, fetch, workers)
        assert "/etc/passwd" not in log.files
        with pytest.raises(SubscriptionError):
            spelled(url)

    async def test_b12_the_allow_list_opens_one_port_of_one_host(self, stand):
        stand.say("/feed", document(FEED))
        async with open_stand() as other, web(f"127.0.0.1:{stand.port}") as fetch:
            assert (await fetch(stand.url("/feed"), Want.FEED)).body == FEED
            assert await reason_of(fetch, other.url()) is FailureReason.REFUSED_ADDRESS
            twin = f"http://127.0.0.2:{stand.port}/feed"
            assert await reason_of(fetch, twin) is FailureReason.REFUSED_ADDRESS
        assert other.connections == 0

    @pytest.mark.parametrize("port", [22, 25, 110, 3306, 6379, 11211])
    async def test_b25_a_port_that_is_not_the_webs_is_refused(self, port):
        with watched() as log:
            async with web() as fetch:
                reason = await reason_of(fetch, f"http://{PUBLIC}:{port}/")
            async with web(lookup=knows(PUBLIC)) as fetch:
                assert reason is await reason_of(fetch, f"http://wire.test:{port}/")
            async with web(f"{PUBLIC}:{port}") as fetch:
                await reason_of(fetch, f"http://{PUBLIC}:{port}/")
        assert reason is FailureReason.REFUSED_ADDRESS
        assert log.connections == [PUBLIC]  # of the one that was allowed


def vectors():
    with VECTORS.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


async def _names(host, _port):
    """A resolver that knows numbers, and which of the list's names point inside."""
    try:
        rows = socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        hostile = ("internal", "localhost", "nip.io", "sslip.io", "xip.io", "metadata",
                   "instance-data", "rbndr", "1u.ms", "localtest", "lvh.me", "local",
                   "vcap.me")  # fmt: skip
        inside = any(word in host for word in hostile)
        return [(socket.AF_INET, "169.254.169.254" if inside else PUBLIC)]
    return [(row[0], str(row[4][0])) for row in rows]


@needs_vectors
class TestVectors:
    @pytest.mark.usefixtures("patient")
    async def test_b01_to_b04_no_hostile_address_is_connected_to(self):
        """Each as it stands, and as a redirect of an honest server."""
        async with open_stand() as stand:
            hostile = [each for each in vectors() if each["should_block"]]
            for number, each in enumerate(hostile):
                location = each["url"].encode("utf-8", "replace")
                reply = Reply(status=302, headers={"Location": location})
                stand.say(f"/{number}", reply)
            with watched() as log:
                async with web(f"127.0.0.1:{stand.port}", lookup=_names) as fetch:
                    for number, each in enumerate(hostile):
                        await reason_of(fetch, each["url"])
                        await reason_of(fetch, stand.url(f"/{number}"))
            reached = set(log.connections) - {"127.0.0.1", PUBLIC}
            assert reached == set()
            assert len(log.connections) - log.connections.count(PUBLIC) == (
                stand.connections
            )
        assert len(hostile) > 100

    @pytest.mark.usefixtures("patient")
    async def test_no_honest_address_is_refused(self):
        honest = [each["url"] for each in vectors() if not each["should_block"]]
        blocked = []
        async with web(lookup=_names) as fetch:
            for url in honest:
                with watched() as log:
                    reason = await reason_of(fetch, url)
                if reason is not FailureReason.CONNECT or not log.connections:
                    blocked.append(url)
        assert blocked == []
        assert len(honest) > 90


class TestNames:
    """B24: what an address may look like when it is kept or shown."""

    @pytest.mark.parametrize(
        ("stated", "kept"),
        [
            ("https://wire.test/" + "a" * 100_000, ""),
            ("https://desk:word@wire.test/a", "https://wire.test/a"),
            ("https://wіre.test/a", "https://xn--wre-jhd.test/a"),
            ("https://президент.рф/rss", "https://xn--d1abbgf6aiiy.xn--p1ai/rss"),
            (
                "https://XN--D1ABBGF6AIIY.xn--p1ai/",
                "https://xn--d1abbgf6aiiy.xn--p1ai/",
            ),
        ],
    )
    def test_b24_a_name_is_shown_as_it_is_asked_for(self, stated, kept):
        assert urls.link(stated) == kept

    async def test_b24_an_address_without_end_or_with_a_user_is_not_asked(self):
        with watched() as log:
            async with web(lookup=knows(PUBLIC)) as fetch:
                for url in (
                    "http://wire.test/" + "a" * 100_000,
                    "http://u:p@wire.test/",
                ):
                    assert await reason_of(fetch, url) is FailureReason.BAD_URL
        assert log.connections == []
