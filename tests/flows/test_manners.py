"""How one feed is asked: what the desk wants of it, and how hosts are spared."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from detectors.model import FeedWishes
from flows import clock
from flows.errors import FailureReason, FetchError
from flows.web.fetch import Terms, Want, Web
from flows.web.guard import Guard
from tests.servers.stand import CLOSES, Reply, document, item, open_stand, redirect, rss

FEED = rss(item(1))
SOON = timedelta(seconds=0.2)


async def loopback(_host, _port):
    return [(socket.AF_INET, "127.0.0.1")]


@asynccontextmanager
async def web(stand, **more):
    guard = Guard([f"127.0.0.1:{stand.port}"])
    async with Web(guard, agent="tocsin/test", lookup=loopback, **more) as opened:
        yield opened


async def ask(fetch, url, **wishes):
    return await fetch(url, Want.FEED, Terms(wishes=FeedWishes(**wishes)))


async def reason_of(fetch, url, **wishes):
    with pytest.raises(FetchError) as caught:
        await ask(fetch, url, **wishes)
    return caught.value


class TestHeaders:
    async def test_references_are_looked_up_when_it_is_asked(
        self, stand, fetch, monkeypatch, tmp_path
    ):
        monkeypatch.setenv("WIRE_KEY", "open sesame")
        secret = tmp_path / "secret"
        secret.write_text("Basic abc\n")
        url = stand.say("/feed", document(FEED))
        headers = {"X-Key": "env:WIRE_KEY", "Authorization": f"file:{secret}"}
        await ask(fetch, url, headers=headers | {"X-Plain": "as it is"})
        [request] = stand.requests
        assert request.header("X-Key") == b"open sesame"
        assert request.header("Authorization") == b"Basic abc"
        assert request.header("X-Plain") == b"as it is"

    async def test_b15_they_go_to_the_feeds_own_origin_alone(self, stand, monkeypatch):
        monkeypatch.setenv("WIRE_KEY", "open sesame")
        async with open_stand() as other:
            other.say("/feed", redirect(stand.url("/feed")))
            stand.say("/feed", document(FEED))
            guard = Guard([f"127.0.0.1:{each.port}" for each in (stand, other)])
            async with Web(guard, agent="t") as fetch:
                url = other.url("/feed")
                await ask(fetch, url, headers={"X-Key": "env:WIRE_KEY"}, agent="ours/2")
            assert other.requests[0].header("X-Key") == b"open sesame"
        assert stand.requests[0].header("X-Key") is None
        assert stand.requests[0].header("User-Agent") == b"ours/2"

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("X-Key", "env:NOT_SET_ANYWHERE", "NOT_SET_ANYWHERE is not set"),
            ("X-Key", "file:/no/such/file", "/no/such/file cannot be read"),
            ("X-Key", "a\r\nX-Other: b", "value of header X-Key"),
            ("If-None-Match", '"1"', "header If-None-Match"),
            ("Accept-Encoding", "br", "header Accept-Encoding"),
            ("Refer er", "x", "header Refer er"),
        ],
    )
    async def test_what_cannot_be_sent_is_told_and_nothing_is_asked(
        self, stand, fetch, name, value, told
    ):
        error = await reason_of(fetch, stand.url("/feed"), headers={name: value})
        assert error.reason is FailureReason.SETTING
        assert told in error.detail
        assert not stand.connections

    async def test_a_secret_is_in_no_error(self, stand, fetch, monkeypatch):
        monkeypatch.setenv("WIRE_KEY", "open sesame")
        url = stand.say("/feed", Reply(status=403, headers=CLOSES))
        error = await reason_of(fetch, url, headers={"X-Key": "env:WIRE_KEY"})
        assert "sesame" not in str(error)


class TestProxies:
    async def test_a_feed_is_asked_through_its_proxy(self, stand, monkeypatch):
        monkeypatch.setenv("PROXY", f"http://desk:word@127.0.0.1:{stand.port}")
        stand.say("http://far.test/feed", document(FEED))
        async with web(stand) as fetch:
            answer = await ask(fetch, "http://far.test/feed", proxy="env:PROXY")
        assert answer.body == FEED
        [request] = stand.requests
        assert (
            request.header(
                "Proxy-Authorization",
            )
            is not None
        )
        assert request.header("Host") == b"far.test"

    async def test_b13_a_proxy_inside_must_be_allowed(self, stand):
        async with Web(Guard(), agent="t", lookup=loopback) as fetch:
            proxy = f"http://proxy.test:{stand.port}"
            error = await reason_of(fetch, "http://far.test/feed", proxy=proxy)
        assert error.reason is FailureReason.REFUSED_ADDRESS
        assert not stand.connections

    async def test_b13_an_address_inside_is_not_asked_for_through_one(self, stand):
        async with web(stand) as fetch:
            proxy = f"http://127.0.0.1:{stand.port}"
            error = await reason_of(fetch, "http://10.0.0.1/feed", proxy=proxy)
        assert error.reason is FailureReason.REFUSED_ADDRESS

    async def test_a_proxy_that_is_none_is_told(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with Web(Guard([f"127.0.0.1:{port}"]), agent="t") as fetch:
            proxy = f"http://127.0.0.1:{port}"
            error = await reason_of(fetch, "http://far.test/feed", proxy=proxy)
        assert error.reason is FailureReason.PROXY


class TestCertificates:
    @pytest.fixture
    async def secure(self, tmp_path):
        """A server with a certificate that it made itself; its port and that."""
        authority = tmp_path / "ours.pem"
        key = tmp_path / "ours.key"
        signed(authority, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority, key)

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(document(FEED, **CLOSES).head() + FEED)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        async with server:
            yield server.sockets[0].getsockname()[1], authority

    async def test_a44_one_that_nobody_signed_is_refused(self, secure):
        port, _ = secure
        guard = Guard([f"127.0.0.1:{port}"])
        async with Web(guard, agent="t", lookup=loopback) as fetch:
            error = await reason_of(fetch, f"https://wire.test:{port}/")
        assert error.reason is FailureReason.TLS

    async def test_a44_a_feeds_own_authority_is_trusted_for_it(self, secure):
        port, authority = secure
        guard = Guard([f"127.0.0.1:{port}"])
        async with Web(guard, agent="t", lookup=loopback) as fetch:
            url = f"https://wire.test:{port}/"
            assert (await ask(fetch, url, authority=str(authority))).body == FEED
            assert (await reason_of(fetch, url)).reason is FailureReason.TLS

    async def test_b26_it_does_not_make_another_name_good(self, secure):
        port, authority = secure
        guard = Guard([f"127.0.0.1:{port}"])
        async with Web(guard, agent="t", lookup=loopback) as fetch:
            url = f"https://other.test:{port}/"
            error = await reason_of(fetch, url, authority=str(authority))
        assert error.reason is FailureReason.TLS

    async def test_an_authority_that_is_no_file_is_told(self, stand, fetch):
        error = await reason_of(fetch, stand.url("/"), authority="/no/such.pem")
        assert error.reason is FailureReason.SETTING


def signed(certificate, key):
    """A certificate for wire.test that signs itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wire.test")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("wire.test")]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


class TestBreath:
    async def took(self, fetch, *urls):
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(fetch(url, Want.FEED) for url in urls))
        return loop.time() - began

    async def test_a_host_has_a_breath_between_two_requests(self, stand):
        stand.say("/feed", document(FEED))
        url = f"http://wire.test:{stand.port}/feed"
        async with web(stand, delay=SOON) as fetch:
            assert await self.took(fetch, url) < SOON.total_seconds()
            assert await self.took(fetch, url, url) >= 2 * SOON.total_seconds() * 0.9

    async def test_another_host_is_not_waited_for(self, stand):
        stand.say("/feed", document(FEED))
        urls = [f"http://wire{n}.test:{stand.port}/feed" for n in range(8)]
        async with web(stand, delay=timedelta(seconds=30)) as fetch:
            assert await self.took(fetch, *urls) < 10

    async def test_our_own_networks_need_none_unless_the_desk_says_so(self, stand):
        stand.say("/feed", document(FEED))
        url = f"http://wire.test:{stand.port}/feed"
        async with web(stand) as fetch:
            assert await self.took(fetch, *[url] * 5) < 1

    @pytest.mark.parametrize("host", ["127.0.0.1", "wire.test"])
    async def test_a23_a_refusal_says_whether_its_host_is_ours(self, stand, host):
        stand.say("/feed", Reply(status=429, headers=CLOSES))
        async with web(stand) as fetch:
            error = await reason_of(fetch, f"http://{host}:{stand.port}/feed")
        assert error.own
        assert error.status == 429


def test_a23_which_addresses_are_ours():
    guard = Guard(["10.0.0.0/8"])
    addresses = ("10.1.2.3", "::1", "93.184.216.34", "?")
    assert [guard.is_own(each) for each in addresses] == [True, True, False, False]


async def test_a45_an_address_that_is_dead_costs_no_feed(stand):
    """The first of two addresses answers nothing; the second is asked."""

    async def lookup(_host, _port):
        return [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]

    stand.say("/feed", document(FEED))
    guard = Guard([f"127.0.0.1:{stand.port}", f"[::1]:{stand.port}"])
    async with Web(guard, agent="t", lookup=lookup) as fetch:
        answer = await fetch(f"http://wire.test:{stand.port}/feed", Want.FEED)
    assert answer.body == FEED


async def test_what_a_server_says_of_asking_again_is_told(stand, fetch):
    reply = document(
        FEED, Cache_Control="max-age=60", Age="7", X_Robots_Tag="noarchive", X_Else="x"
    )
    answer = await fetch(stand.say("/feed", reply), Want.FEED)
    assert answer.told["age"] == "7"
    assert answer.told["cache-control"] == "max-age=60"
    assert "x-else" not in answer.told
