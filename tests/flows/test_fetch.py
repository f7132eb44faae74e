import asyncio
import gzip
import socket
import zlib
from datetime import timedelta

import pytest

from detectors.model import Validators
from flows.errors import FailureReason, FetchError
from flows.web.fetch import Terms, Want, Web, agent
from flows.web.guard import Guard
from tests.servers.stand import (
    CLOSES,
    Reply,
    document,
    item,
    page,
    redirect,
    rss,
    zipped,
)

FEED = rss(item(1), item(2))


async def reason_of(fetch, url, want=Want.FEED):
    with pytest.raises(FetchError) as caught:
        await fetch(url, want)
    return caught.value.reason


class TestConditions:
    async def test_a01_a35_the_first_request_is_unconditional_and_bare(
        self, stand, fetch
    ):
        await fetch(stand.say("/feed", document(FEED)), Want.FEED)
        [request] = stand.requests
        assert request.header("User-Agent") == b"tocsin/test (+desk@example.org)"
        assert request.header("Accept-Encoding") == b"gzip, deflate"
        assert b"application/rss+xml" in (request.header("Accept") or b"")
        for name in ("If-None-Match", "If-Modified-Since", "Cookie", "Referer"):
            assert request.header(name) is None

    async def test_a02_a03_validators_go_back_as_they_came_byte_for_byte(
        self, stand, fetch
    ):
        etag, modified = b'W/"a b"', b"yesterday; 2041-01-01 \xe2\x82\xac"
        reply = document(FEED, ETag=etag, Last_Modified=modified)
        url = stand.say("/feed", reply, Reply(status=304))
        first = await fetch(url, Want.FEED)
        assert first.validators == Validators(etag=etag, last_modified=modified)
        second = await fetch(url, Want.FEED, Terms(validators=first.validators))
        assert second.is_unchanged
        assert stand.requests[1].header("If-None-Match") == etag
        assert stand.requests[1].header("If-Modified-Since") == modified

    async def test_a04_only_what_was_given_is_sent(self, stand, fetch):
        url = stand.say("/feed", Reply(status=304))
        await fetch(url, Want.FEED, Terms(validators=Validators(etag=b'"1"')))
        assert stand.requests[0].header("If-Modified-Since") is None

    async def test_a_tag_that_cannot_be_sent_unchanged_is_not_sent(self, stand, fetch):
        url = stand.say("/feed", document(FEED, ETag=b'"caf\xe9"'))
        answer = await fetch(url, Want.FEED)
        assert answer.validators.etag == b'"caf\xe9"'
        await fetch(url, Want.FEED, Terms(validators=answer.validators))
        assert stand.requests[1].header("If-None-Match") is None

    async def test_a43_a_304_that_nobody_asked_for_is_no_answer(self, stand, fetch):
        url = stand.say("/feed", Reply(status=304))
        assert await reason_of(fetch, url) is FailureReason.STATUS

    async def test_a_304_tells_the_validators_that_it_repeats(self, stand, fetch):
        url = stand.say("/feed", Reply(status=304, headers={"ETag": '"new"'}))
        answer = await fetch(
            url, Want.FEED, Terms(validators=Validators(etag=b'"old"'))
        )
        assert answer.validators == Validators(etag=b'"new"')

    async def test_a34_cookies_are_not_kept(self, stand):
        """By name: no client keeps the cookies of a bare address."""

        async def lookup(_host, _port):
            return [(socket.AF_INET, "127.0.0.1")]

        stand.say("/feed", document(FEED, Set_Cookie="who=you; Path=/"))
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="a", lookup=lookup) as fetch:
            for _ in range(2):
                await fetch(f"http://wire.test:{stand.port}/feed", Want.FEED)
        assert [r.header("Cookie") for r in stand.requests] == [None, None]


class TestBodies:
    @pytest.mark.parametrize(
        ("coding", "pack"),
        [
            pytest.param("gzip", gzip.compress, id="gzip"),
            pytest.param("X-GZIP", gzip.compress, id="old-name"),
            pytest.param("deflate", zlib.compress, id="deflate-with-header"),
            pytest.param(
                "deflate", lambda b: zlib.compress(b, wbits=-15), id="deflate-bare"
            ),
            pytest.param("identity", lambda b: b, id="not-packed"),
            pytest.param(
                "gzip",
                lambda b: gzip.compress(b[:50]) + gzip.compress(b[50:]) + b"\0\0",
                id="two-members-and-padding",
            ),
        ],
    )
    async def test_compressed_bodies_are_unpacked(self, stand, fetch, coding, pack):
        url = stand.say("/feed", document(pack(FEED), Content_Encoding=coding))
        assert (await fetch(url, Want.FEED)).body == FEED

    @pytest.mark.parametrize("keep", [0, 1, 10, 40, 90])
    async def test_a14_a_cut_gzip_stream_in_whole_framing_is_a_failure(
        self, stand, fetch, keep
    ):
        url = stand.say("/feed", zipped(document(FEED, ETag='"2"'), keep=keep))
        assert await reason_of(fetch, url) is FailureReason.BROKEN_BODY

    async def test_a_damaged_gzip_stream_is_a_failure(self, stand, fetch):
        packed = bytearray(gzip.compress(FEED))
        packed[-6] ^= 0xFF
        url = stand.say("/feed", document(bytes(packed), Content_Encoding="gzip"))
        assert await reason_of(fetch, url) is FailureReason.BROKEN_BODY

    @pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip,deflate"])
    async def test_codings_that_were_not_offered_are_refused(
        self, stand, fetch, coding
    ):
        url = stand.say("/feed", document(b"\x1b\x00", Content_Encoding=coding))
        assert await reason_of(fetch, url) is FailureReason.BROKEN_BODY

    async def test_a_bomb_is_refused_at_the_limit(self, stand, fetch):
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(bomb.compress(b"\0" * 1_000_000) for _ in range(50))
        reply = document(packed + bomb.flush(), Content_Encoding="gzip")
        assert len(reply.body) < 60_000
        url = stand.say("/feed", reply)
        assert await reason_of(fetch, url) is FailureReason.TOO_LARGE

    async def test_a_plain_body_past_the_limit_is_refused(self, stand, fetch):
        endless = Reply(
            headers={"Transfer-Encoding": "chunked", **CLOSES},
            body=b"".join(b"100000\r\n" + b"x" * 0x100000 + b"\r\n" for _ in range(4)),
        )
        url = stand.say("/page", endless)
        assert await reason_of(fetch, url, Want.PAGE) is FailureReason.TOO_LARGE

    async def test_a13_a_body_shorter_than_it_said_is_a_failure(self, stand, fetch):
        url = stand.say("/feed", Reply(body=FEED, length=len(FEED) + 10))
        assert await reason_of(fetch, url) is FailureReason.BROKEN_BODY

    async def test_the_charset_is_told(self, stand, fetch):
        headers = {"Content-Type": "text/xml; charset=windows-1251"}
        url = stand.say("/feed", Reply(body=FEED, headers=headers))
        assert (await fetch(url, Want.FEED)).charset == "windows-1251"


class TestDeadline:
    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(Reply(body=FEED, pause=0.05), id="body-drips"),
            pytest.param(Reply(body=FEED, before=30), id="says-nothing"),
        ],
    )
    async def test_a_slow_server_is_left_at_the_deadline(self, stand, reply):
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="a", deadline=timedelta(seconds=0.3)) as fetch:
            began = asyncio.get_running_loop().time()
            reason = await reason_of(fetch, stand.say("/feed", reply))
            took = asyncio.get_running_loop().time() - began
        assert reason is FailureReason.TIMEOUT
        assert took < 2

    async def test_waiting_for_ones_turn_costs_no_time(self, stand):
        """Six of 0.15 s in a row, each with a deadline of half a second."""
        guard = Guard([f"127.0.0.1:{stand.port}"])
        stand.say("/feed", Reply(body=FEED, before=0.15))
        async with Web(guard, agent="a", deadline=timedelta(seconds=0.5)) as fetch:
            answers = await asyncio.gather(
                *(fetch(stand.url("/feed"), Want.FEED) for _ in range(6))
            )
        assert len(answers) == 6
        assert stand.busiest == 1

    async def test_a37_one_host_gets_one_connection_at_a_time(self, stand, fetch):
        stand.say("/feed", Reply(body=FEED, before=0.02))
        await asyncio.gather(*(fetch(stand.url("/feed"), Want.FEED) for _ in range(8)))
        assert stand.busiest == 1


class TestSilence:
    async def test_a_host_that_is_silent_is_not_asked_a_fourth_time(self, stand):
        guard = Guard([f"127.0.0.1:{stand.port}"])
        stand.say("/feed", Reply(body=FEED, before=30))
        async with Web(guard, agent="a", deadline=timedelta(seconds=0.05)) as fetch:
            reasons = [await reason_of(fetch, stand.url("/feed")) for _ in range(6)]
        assert reasons == [FailureReason.TIMEOUT] * 6
        assert stand.connections == 3

    async def test_an_answer_of_any_kind_breaks_the_silence(self, stand):
        guard = Guard([f"127.0.0.1:{stand.port}"])
        stand.say("/slow", Reply(body=FEED, before=30))
        async with Web(guard, agent="a", deadline=timedelta(seconds=0.05)) as fetch:
            for path in ("/slow", "/slow", "/missing", "/slow", "/slow"):
                await reason_of(fetch, stand.url(path))
        assert len(stand.asked("/slow")) == 4

    async def test_it_is_asked_again_after_a_while(self, stand, monkeypatch):
        monkeypatch.setattr("flows.web.silence.SECONDS", 0.1)
        guard = Guard([f"127.0.0.1:{stand.port}"])
        slow = Reply(body=FEED, before=30)
        stand.say("/feed", slow, slow, slow, document(FEED))
        async with Web(guard, agent="a", deadline=timedelta(seconds=0.2)) as fetch:
            for _ in range(4):
                await reason_of(fetch, stand.url("/feed"))
            await asyncio.sleep(0.2)
            assert (await fetch(stand.url("/feed"), Want.FEED)).body == FEED


class TestRedirects:
    async def test_a29_a41_a_relative_one_is_followed_and_leaves_the_address(
        self, stand, fetch
    ):
        stand.say("/old/feed", redirect("../new#top", 302))
        stand.say("/new", document(FEED))
        answer = await fetch(stand.url("/old/feed"), Want.FEED)
        assert answer.body == FEED
        assert answer.url.startswith(stand.url("/new"))
        assert answer.moved_to is None

    async def test_a_permanent_one_is_told(self, stand, fetch):
        stand.say("/a", redirect("/b", 301))
        stand.say("/b", redirect("/c", 308))
        stand.say("/c", document(FEED))
        answer = await fetch(stand.url("/a"), Want.FEED)
        assert answer.moved_to == stand.url("/c")

    async def test_behind_a_temporary_one_nothing_is_permanent(self, stand, fetch):
        stand.say("/a", redirect("/b", 301))
        stand.say("/b", redirect("/c", 302))
        stand.say("/c", redirect("/d", 301))
        stand.say("/d", document(FEED))
        answer = await fetch(stand.url("/a"), Want.FEED)
        assert answer.moved_to == stand.url("/b")

    async def test_a41_the_sixth_hop_is_not_taken(self, stand, fetch):
        for hop in range(6):
            stand.say(f"/{hop}", redirect(f"/{hop + 1}"))
        stand.say("/6", document(FEED))
        assert await reason_of(fetch, stand.url("/0")) is FailureReason.REDIRECTS
        assert (await fetch(stand.url("/1"), Want.FEED)).body == FEED

    @pytest.mark.parametrize(
        ("target", "reason"),
        [
            ("", FailureReason.REDIRECTS),
            ("file:///etc/passwd", FailureReason.BAD_URL),
            ("ftp://example.org/", FailureReason.BAD_URL),
            ("http://user:word@example.org/", FailureReason.BAD_URL),
            ("http://169.254.169.254/latest/", FailureReason.REFUSED_ADDRESS),
            ("http://[::ffff:10.0.0.1]/", FailureReason.REFUSED_ADDRESS),
            ("http://2130706433/", FailureReason.REFUSED_ADDRESS),
        ],
    )
    async def test_a41_bad_targets_are_refused_at_their_hop(
        self, stand, fetch, target, reason
    ):
        stand.say("/a", redirect("/b"))
        stand.say("/b", redirect(target))
        assert await reason_of(fetch, stand.url("/a")) is reason

    async def test_the_body_of_a_redirect_is_not_waited_for(self, stand, fetch):
        slow = Reply(status=302, headers={"Location": "/b"}, body=b"x" * 500, pause=1)
        stand.say("/a", slow)
        stand.say("/b", document(FEED))
        assert (await fetch(stand.url("/a"), Want.FEED)).body == FEED


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (204, FailureReason.STATUS),
            (206, FailureReason.STATUS),
            (226, FailureReason.STATUS),
            (400, FailureReason.STATUS),
            (401, FailureReason.FORBIDDEN),
            (403, FailureReason.FORBIDDEN),
            (404, FailureReason.NOT_FOUND),
            (410, FailureReason.GONE),
            (429, FailureReason.THROTTLED),
            (500, FailureReason.SERVER),
            (503, FailureReason.SERVER),
        ],
    )
    async def test_a43_a_status_has_its_reason(self, stand, fetch, status, reason):
        headers = {"Retry-After": "120", "Date": "Wed, 04 Mar 2026 11:00:00 GMT"}
        url = stand.say("/feed", Reply(status=status, headers={**headers, **CLOSES}))
        with pytest.raises(FetchError) as caught:
            await fetch(url, Want.FEED)
        assert caught.value.reason is reason
        assert caught.value.retry_after == "120"
        assert caught.value.date == "Wed, 04 Mar 2026 11:00:00 GMT"

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "feed.xml",
            "/etc/passwd",
            "file:///etc/passwd",
            "ftp://example.org/feed",
            "http://",
            "http://a b.test/",
            "http://a.test/\r\nHost: b.test",
            "http://127.0.0.1\\@example.org/",
            "http://user:word@example.org/",
            "http://example.org:99999/",
            "http://[::1/",
            "http://example.org/" + "a" * 9_000,
        ],
    )
    async def test_what_is_no_plain_web_address_is_refused(self, fetch, url):
        assert await reason_of(fetch, url) is FailureReason.BAD_URL

    async def test_no_server_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with Web(Guard([f"127.0.0.1:{port}"]), agent="a") as web:
            reason = await reason_of(web, f"http://127.0.0.1:{port}/")
        assert reason is FailureReason.CONNECT

    async def test_no_tls_there(self):
        async def serve(_, writer):
            writer.write(b"HTTP/1.1 400 Plain\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Web(Guard([f"127.0.0.1:{port}"]), agent="a") as web:
            reason = await reason_of(web, f"https://127.0.0.1:{port}/")
        assert reason is FailureReason.TLS

    async def test_what_is_not_http(self, fetch, stand):
        url = stand.say("/", Reply(headers={"Content-Length": "12"}, body=b"x"))
        assert await reason_of(fetch, url) is FailureReason.BROKEN_BODY

    async def test_the_environments_proxy_is_not_used(self, fetch, stand, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        url = stand.say("/feed", document(FEED))
        assert (await fetch(url, Want.FEED)).body == FEED


class TestNames:
    async def test_the_connection_goes_to_the_address_that_was_checked(self, stand):
        """A name that points elsewhere the second time is not asked twice."""
        answers = [("127.0.0.1",), ("10.0.0.1",)]

        async def lookup(_host, _port):
            return [(socket.AF_INET, address) for address in answers.pop(0)]

        stand.say("/feed", document(FEED))
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="a", lookup=lookup) as fetch:
            url = f"http://wire.test:{stand.port}/feed"
            assert (await fetch(url, Want.FEED)).body == FEED
        assert len(answers) == 1
        assert stand.requests[0].header("Host") == f"wire.test:{stand.port}".encode()

    @pytest.mark.parametrize(
        "addresses",
        [
            pytest.param(["127.0.0.1"], id="loopback"),
            pytest.param(["93.184.216.34", "127.0.0.1"], id="one-of-two"),
            pytest.param(["::ffff:127.0.0.1"], id="mapped"),
        ],
    )
    async def test_a_name_with_a_forbidden_address_is_never_connected_to(
        self, stand, addresses
    ):
        async def lookup(_host, _port):
            return [
                (socket.AF_INET6 if ":" in a else socket.AF_INET, a) for a in addresses
            ]

        async with Web(Guard(), agent="a", lookup=lookup) as fetch:
            reason = await reason_of(fetch, f"http://wire.test:{stand.port}/feed")
        assert reason is FailureReason.REFUSED_ADDRESS
        assert stand.connections == 0

    async def test_a_redirect_to_a_name_that_points_inside(self, stand):
        """The first hop is allowed by its port, the second is another port."""

        async def lookup(_host, _port):
            return [(socket.AF_INET, "127.0.0.1")]

        stand.say("/feed", redirect("http://inside.test:81/"))
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="a", lookup=lookup) as fetch:
            reason = await reason_of(fetch, f"http://wire.test:{stand.port}/feed")
        assert reason is FailureReason.REFUSED_ADDRESS
        assert stand.connections == 1

    async def test_a_name_that_is_unknown(self):
        async def lookup(_host, _port):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")

        async with Web(Guard(), agent="a", lookup=lookup) as fetch:
            reason = await reason_of(fetch, "http://nowhere.test/")
        assert reason is FailureReason.NAME

    async def test_the_systems_resolver_knows_this_machine(self, stand):
        stand.say("/feed", document(FEED))
        guard = Guard(["127.0.0.0/8", "::1"])
        async with Web(guard, agent="a") as fetch:
            answer = await fetch(f"http://localhost:{stand.port}/feed", Want.FEED)
        assert answer.body == FEED

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]",
         "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "localhost", "0", "127.0.0.1."],
    )  # fmt: skip
    async def test_every_spelling_of_this_machine_is_refused(self, stand, host):
        async with Web(Guard(), agent="a") as fetch:
            reason = await reason_of(fetch, f"http://{host}:{stand.port}/")
        assert reason in (FailureReason.REFUSED_ADDRESS, FailureReason.BAD_URL)
        assert stand.connections == 0


def test_the_contact_cannot_break_the_line():
    assert agent("1", "a\r\nX: y") == "tocsin/1 (+aX: y)"
    assert agent("1", "") == "tocsin/1"


async def test_pages_and_feeds_have_their_own_limits(stand, fetch):
    large = page("x" * 3_500_000)
    url = stand.say("/p", large)
    assert await reason_of(fetch, url, Want.PAGE) is FailureReason.TOO_LARGE
    assert len((await fetch(url, Want.FEED)).body) > 3_500_000
