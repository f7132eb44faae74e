"""Rows B11 and B16 to B23: how much, and how long."""

import asyncio
import contextlib
import gzip
import socket
import threading
import tracemalloc
import zlib
from datetime import timedelta

import pytest

from detectors.opml import Subscription
from flows.errors import FailureReason
from flows.keeping import PollResult
from flows.poll import poll_feeds
from flows.subscriptions import subscribe
from flows.web import guard as guards
from flows.web.fetch import Want
from tests.flows import archive
from tests.flows.attacked import FEED, HURRY, here, near, raw, reason_of, web
from tests.servers.stand import Reply, document, redirect, rss


class TestSizes:
    """B16, B17, B18, B20, B23: what a server calls 3 KB may be 3 GB."""

    @pytest.fixture
    def peak(self):
        """The most memory that Python held beyond what it had, in bytes."""
        tracemalloc.start()
        yield lambda: tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    async def test_b16_an_endless_body_is_left_at_the_limit(self, peak):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
        async with raw(head, chunk, before=0.0005) as port, near(port) as fetch:
            reason = await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert reason is FailureReason.TOO_LARGE
        assert peak() < Want.FEED.limit + 20_000_000

    async def test_b16_a_body_that_says_5_gb_is_left_at_the_limit(self, peak):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 5368709120\r\n\r\n"
        whole = b"x" * 0x40000
        async with raw(head, whole, before=0.0005) as port, near(port) as fetch:
            reason = await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert reason is FailureReason.TOO_LARGE
        assert peak() < Want.FEED.limit + 20_000_000

    @pytest.mark.parametrize(
        ("coding", "reason"),
        [
            ("gzip", FailureReason.TOO_LARGE),
            ("br", FailureReason.BROKEN_BODY),
            ("gzip, gzip", FailureReason.BROKEN_BODY),
            (", ".join(["gzip"] * 1_000), FailureReason.BROKEN_BODY),
        ],
    )
    async def test_b17_a_bomb_does_not_go_off(self, stand, peak, coding, reason):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(200))
        reply = document(bomb + packer.flush(), Content_Encoding=coding)
        assert len(reply.body) < 200_000
        tracemalloc.reset_peak()
        async with web(f"127.0.0.1:{stand.port}") as fetch:
            assert await reason_of(fetch, stand.say("/feed", reply)) is reason
        assert peak() < 100_000_000

    async def test_b18_a_bomb_in_a_redirect_is_not_unpacked(self, stand, peak):
        bomb = gzip.compress(b"\0" * 50_000_000)
        tracemalloc.reset_peak()
        headers = {"Location": "/b", "Content-Encoding": "gzip"}
        stand.say("/a", Reply(status=302, headers=headers, body=bomb))
        stand.say("/b", document(FEED))
        async with web(f"127.0.0.1:{stand.port}") as fetch:
            assert (await fetch(stand.url("/a"), Want.FEED)).body == FEED
        assert peak() < 20_000_000

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(
                b"HTTP/1.1 200 OK\r\n"
                + b"".join(
                    b"X-%d: " % n + b"y" * 60_000 + b"\r\n" for n in range(1_000)
                )
                + b"\r\n",
                id="thousand-headers-of-60-kb",
            ),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000_000 + b"\r\n\r\n",
                id="a-header-of-20-mb",
            ),
            pytest.param(
                b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000, id="50000-continues"
            ),
            pytest.param(b"HTTP/1.1 200 OK", id="no-end"),
        ],
    )
    async def test_b20_endless_headers_end_cleanly(self, said):
        began = asyncio.get_running_loop().time()
        async with raw(said) as port, web(f"127.0.0.1:{port}") as fetch:
            await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert asyncio.get_running_loop().time() - began < 5

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(
                b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
                id="two-lengths",
            ),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5",
                id="chunk-cut-in-its-size",
            ),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
                id="chunk-of-no-size",
            ),
            pytest.param(b"<rss/>", id="http-0.9"),
        ],
    )
    async def test_b23_broken_framing_is_a_failure_and_no_hang(self, said):
        async with raw(said) as port, web(f"127.0.0.1:{port}") as fetch:
            reason = await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert reason in (FailureReason.BROKEN_BODY, FailureReason.CONNECT)


class TestTime:
    """B19, B21, B22: one deadline from the name to the last byte."""

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param((b"HTTP/1.1 200 OK\r\nX-A: 1\r\n", b"X"), id="in-headers"),
            pytest.param(
                (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"<"), id="in-body"
            ),
        ],
    )
    async def test_b19_a_drip_ends_at_the_deadline(self, said):
        began = asyncio.get_running_loop().time()
        async with raw(*said, before=0.05) as port, near(port, HURRY) as fetch:
            reason = await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert reason is FailureReason.TIMEOUT
        assert asyncio.get_running_loop().time() - began < 3

    async def test_b19_redirects_have_no_time_of_their_own(self, stand):
        for hop in range(5):
            reply = redirect(f"/{hop + 1}")
            stand.say(f"/{hop}", Reply(status=302, headers=reply.headers, before=0.2))
        stand.say("/5", document(FEED))
        async with web(f"127.0.0.1:{stand.port}", deadline=HURRY) as fetch:
            assert await reason_of(fetch, stand.url("/0")) is FailureReason.TIMEOUT
        assert len(stand.requests) < 5

    async def test_b21_a_name_that_is_never_answered_ends_at_the_deadline(self):
        async def lookup(_host, _port):
            await asyncio.sleep(600)
            return ()

        async with web(lookup=lookup, deadline=HURRY) as fetch:
            assert await reason_of(fetch, "http://wire.test/") is FailureReason.TIMEOUT

    async def test_b21_the_systems_resolver_holds_up_nobody(self, stand, monkeypatch):
        """It runs in threads of its own: one that hangs costs its own host alone."""
        release = threading.Event()
        resolve = guards._addresses

        def stuck(host, port):
            if host == "stuck.test":
                release.wait(30)
            return resolve(host, port)

        monkeypatch.setattr(guards, "_addresses", stuck)
        stand.say("/feed", document(FEED))
        try:
            async with web(
                "127.0.0.0/8", "::1", deadline=timedelta(seconds=3)
            ) as fetch:
                hanging = asyncio.create_task(reason_of(fetch, "http://stuck.test/"))
                await asyncio.sleep(0.05)
                url = f"http://localhost:{stand.port}/feed"
                assert (await fetch(url, Want.FEED)).body == FEED
                assert not hanging.done()
                assert await hanging is FailureReason.TIMEOUT
        finally:
            release.set()

    async def test_b21_a_host_that_swallows_every_packet_ends_at_the_deadline(self):
        with socket.socket() as full, contextlib.ExitStack() as stack:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            for _ in range(3):  # its queue is full: further packets are dropped
                waiting = stack.enter_context(socket.socket())
                waiting.settimeout(0)
                waiting.connect_ex(("127.0.0.1", port))
            async with web(f"127.0.0.1:{port}", deadline=HURRY) as fetch:
                reason = await reason_of(fetch, f"http://127.0.0.1:{port}/")
        assert reason is FailureReason.TIMEOUT

    async def test_b22_five_hostile_feeds_delay_none_of_fifty(
        self, news, stand, workers, now, monkeypatch
    ):
        monkeypatch.setattr("flows.asking.PARSE_WITHIN", timedelta(seconds=3))
        attributes = " ".join(f'a{n}="1"' for n in range(40_000))
        poison = rss(f"<item {attributes}><title>T &nbsp;</title></item>")
        hostile = {
            "/drips": Reply(body=FEED, pause=0.1),
            "/silent": Reply(body=FEED, before=600),
            "/poison": document(poison),
            "/bomb": document(
                gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"
            ),
            "/lies": Reply(body=FEED, length=10**10),
        }
        for path, reply in hostile.items():
            stand.say(path, reply)
        names = [f"http://hostile{n}.test:{stand.port}{p}" for n, p in
                 enumerate(hostile)]  # fmt: skip
        for number in range(50):
            path = f"/feed{number}"
            stand.say(path, document(FEED))
            names.append(f"http://wire{number}.test:{stand.port}{path}")
        subscribe(news, [Subscription(url=url) for url in names], now=now)
        async with web(
            f"127.0.0.1:{stand.port}", lookup=here, deadline=timedelta(seconds=8)
        ) as fetch:
            began = asyncio.get_running_loop().time()
            polled = await poll_feeds(news, fetch, workers, now=now)
            took = asyncio.get_running_loop().time() - began
        assert {url.split("/")[-1] for url, _ in polled.failures} == {
            path.strip("/") for path in hostile
        }, polled.failures
        assert polled.feeds == {PollResult.READ: 50, PollResult.FAILED: 5}
        assert took < 8 + 10
        with news.unit(reading=True) as unit:
            assert len(archive.entries(unit)) == 100
