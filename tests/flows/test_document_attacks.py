"""Rows C01 to C27 of the reliability matrix: what strangers' documents may do to us."""

import os
import resource
import signal
import time
from contextlib import suppress
from datetime import timedelta

import pytest

from detectors import feeds
from detectors.discovery import find_feeds
from detectors.errors import NotAFeedError, SeedError
from detectors.markup import one_line
from detectors.opml import Subscription, parse_opml
from detectors.pages import read_page
from flows.collect import collect_entries
from flows.keeping import PollResult, Rules
from flows.poll import poll_feeds
from flows.subscriptions import subscribe
from flows.web.workers import EXTRACT_WITHIN, PARSE_WITHIN, WorkerError
from tests.flows.sockets import watched
from tests.servers.stand import Reply, document, item, page, rss

URL = "https://wire.test/feed"
SENTINEL = "orchard-lamp-77"
TOLD = "Two ferries collided off the cape at dawn and forty people swam ashore."
XINCLUDE = "http://www.w3.org/2001/XInclude"
XHTML = "http://www.w3.org/1999/xhtml"
LATELY = Rules(backfill=timedelta(days=1))


def parse(body, charset=None):
    return feeds.parse(body, url=URL, charset=charset)


def declared(doctype, title="T"):
    told = f"<item><title>{title}</title><link>https://wire.test/1</link></item>"
    return (
        f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>'
        f"<title>W</title>{told}{item(2)}</channel></rss>"
    ).encode()


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
)  # fmt: skip
BOMBS = {
    "c01-billion-laughs": declared(f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;"),
    "c02-quadratic": declared(
        f'<!DOCTYPE r [<!ENTITY a "{"x" * 100_000}">]>', "&a;" * 20_000
    ),
    "c22-namespaces": rss(
        "".join(f'<x{n}:a xmlns:x{n}="u:{n}">' for n in range(8_000))
    ),
    "c22-comments": rss("<!--" * 80_000, item(1)),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_of_a_feed_ends_in_time_and_memory(workers, name):
    """Its entries, a clean refusal, or a worker that is killed: never more."""
    began = time.monotonic()
    with suppress(NotAFeedError, WorkerError):
        await workers(PARSE_WITHIN, feeds.parse, BOMBS[name], url=URL)
    assert time.monotonic() - began < PARSE_WITHIN.total_seconds() + 3
    used = await workers(PARSE_WITHIN, resource.getrusage, resource.RUSAGE_SELF)
    assert used.ru_maxrss < 1_000_000  # kilobytes
    document = await workers(PARSE_WITHIN, feeds.parse, rss(item(1)), url=URL)
    assert len(document.entries) == 1


@pytest.fixture
def collected(news, stand, fetch, workers, now):
    """What becomes of a feed's entries."""

    async def collect(*items):
        url = stand.say("/feed", document(rss(*items)))
        subscribe(news, [Subscription(url=url)], now=now)
        await poll_feeds(news, fetch, workers, now=now, rules=LATELY)
        await collect_entries(news, fetch, workers, now=now)
        with news.unit(reading=True) as unit:
            return unit.articles.undecided(9)

    return collect


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SENTINEL, encoding="utf-8")
    return path


class TestOutside:
    """C03, C04: a document that names another brings nothing of it."""

    @pytest.fixture(
        params=["file", "parameter", "external-dtd", "xinclude", "http", "stylesheet"]
    )
    def body(self, request, secret, stand):
        names = {
            "file": (f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]>', "&e;"),
            "parameter": (
                f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{secret.as_uri()}">%p;]>',
                "T",
            ),
            "external-dtd": (f'<!DOCTYPE r SYSTEM "{stand.url("/d.dtd")}">', "T"),
            "xinclude": (
                "",
                f'<i:include xmlns:i="{XINCLUDE}" parse="text" href="{secret}"/>',
            ),
            "http": (f'<!DOCTYPE r [<!ENTITY e SYSTEM "{stand.url("/e")}">]>', "&e;"),
            "stylesheet": (f'<?xml-stylesheet href="{stand.url("/s.xsl")}"?>', "T"),
        }
        return declared(*names[request.param])

    def test_c03_a_feed_opens_no_file_and_no_connection(self, body, secret, stand):
        with watched() as log:
            try:
                found = repr(parse(body))
            except NotAFeedError as error:
                found = str(error)
        assert SENTINEL not in found
        assert str(secret) not in log.files
        assert (log.connections, stand.connections) == ([], 0)

    def test_c03_nor_do_pages_and_what_they_name(self, body, secret):
        with watched() as log:
            found = repr((read_page(body, url=URL), find_feeds(body, URL)))
        assert SENTINEL not in found
        assert str(secret) not in log.files
        assert log.connections == []

    @pytest.mark.parametrize("depth", [0, 10_000])
    def test_c04_nor_do_lists_of_feeds_however_deep(self, secret, depth):
        doctype = f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">{LAUGHS}]>'
        feed = '<outline xmlUrl="https://wire.test/feed" text="&e;&l9;"/>'
        nested = "<outline>" * depth + feed + "</outline>" * depth
        body = f"{doctype}<opml><body>{nested}</body></opml>".encode()
        began = time.process_time()
        with watched() as log:
            try:
                found = repr(parse_opml(body, "feeds.opml"))
            except SeedError as error:
                found = str(error)
        assert SENTINEL not in found
        assert str(secret) not in log.files
        assert time.process_time() - began < 2


ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(80_000))
HOSTILE_PAGES = {
    "attributes": f"<p {ATTRIBUTES}>text</p>",
    "paragraphs": "".join(
        f"<p>{n} of a thing that is told nowhere else.</p>" for n in range(60_000)
    ),
    "breaks": "text<br>" * 200_000,
}


class TestPoison:
    """C05, C06: killed in time, and only the poisoned one is the poorer for it."""

    async def test_c05_a_poisoned_feed_is_killed_and_waits_longer(
        self, news, stand, fetch, workers, now, monkeypatch
    ):
        monkeypatch.setattr("flows.asking.PARSE_WITHIN", timedelta(seconds=1))
        few = " ".join(f'a{n}="1"' for n in range(40_000))
        poison = rss(f"<item {few}><title>T &nbsp;</title></item>")
        paths = {"/poison": poison, "/a": rss(item(1)), "/b": rss(item(2))}
        listed = [
            Subscription(url=stand.say(path, document(body)))
            for path, body in paths.items()
        ]
        subscribe(news, listed, now=now)
        polled = await poll_feeds(news, fetch, workers, now=now)
        assert polled.feeds == {PollResult.READ: 2, PollResult.FAILED: 1}
        with news.unit(reading=True) as unit:
            poisoned, *others = unit.feeds.all()
        assert poisoned.failures == 1
        assert poisoned.failure
        assert poisoned.validators.etag is None
        assert all(poisoned.next_due_at >= other.next_due_at for other in others)

    @pytest.mark.parametrize("name", HOSTILE_PAGES)
    async def test_c06_a_poisoned_page_leaves_what_the_feed_tells(
        self, stand, workers, collected, name, monkeypatch
    ):
        monkeypatch.setattr("flows.pages.EXTRACT_WITHIN", timedelta(seconds=0.5))
        await workers(PARSE_WITHIN, int, "1")
        stand.say("/story/1", page(HOSTILE_PAGES[name]))
        stand.say(
            "/story/2", page(*[f"{TOLD} This is paragraph {n}." for n in "abcdefg"])
        )
        items = [item(n, description=TOLD) for n in (1, 2)]
        article, other = await collected(*items)
        assert article.text.endswith(TOLD)
        assert article.flags == ("feed-text", "page-failed: cannot be parsed")
        assert other.flags == ()


async def articles(news, stand, fetch, workers, now, *items):
    """What becomes of a feed's entries."""
    url = stand.say("/feed", document(rss(*items)))
    subscribe(news, [Subscription(url=url)], now=now)
    await poll_feeds(news, fetch, workers, now=now, rules=LATELY)
    await collect_entries(news, fetch, workers, now=now)
    with news.unit(reading=True) as unit:
        return unit.articles.undecided(9)


class TestPages:
    @pytest.mark.parametrize(
        "inside",
        [
            pytest.param("<td colspan=9007199254740991>x</td>", id="c07-colspan"),
            pytest.param("<div>" * 100_000 + "deep", id="c08-nested"),
            pytest.param("", id="c26-empty"),
            pytest.param("x", id="c26-one-byte"),
            pytest.param("403 Forbidden", id="c26-forbidden"),
            pytest.param("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", id="c26-pdf"),
            pytest.param(
                '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
                id="c23-deep-json",
            ),
        ],
    )
    async def test_a_page_of_nothing_leaves_what_the_feed_tells(
        self, stand, collected, inside
    ):
        body = f"<html><body><table>{inside}" if inside else ""
        stand.say("/story/1", Reply(body=body.encode("latin-1")))
        [article] = await collected(item(1, description=TOLD))
        assert article.text.endswith(TOLD)
        assert article.flags[0] == "feed-text"

    @pytest.mark.parametrize("stated", ["99999-99-99", "0000-00-00", "x"])
    def test_c23_a_day_that_is_none_is_no_date(self, stated):
        head = f'<meta property="article:published_time" content="{stated}">'
        body = f"<html><head>{head}</head><body><p>{TOLD}</p></body></html>".encode()
        assert read_page(body, url="https://wire.test/a").published_at is None

    async def test_c27_a_worker_that_is_struck_down_is_replaced(self, workers):
        for number in (signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT):
            before = await workers(PARSE_WITHIN, os.getpid)
            with pytest.raises(WorkerError, match="died"):
                await workers(EXTRACT_WITHIN, signal.raise_signal, number)
            assert await workers(PARSE_WITHIN, int, "7") == 7
            assert before


class TestFeeds:
    def test_c09_of_a_feed_without_end_the_newest_are_read(self):
        items = [
            f"<item><title>T{n}</title><link>https://wire.test/{n}</link><pubDate>"
            f"Wed, 04 Mar 2026 {n % 24:02d}:00:00 GMT</pubDate></item>"
            for n in range(24_000)
        ]
        found = parse(rss(*items))
        assert len(found.entries) == feeds.MAX_ENTRIES
        assert found.left_out == 24_000 - feeds.MAX_ENTRIES
        hours = {
            entry.published_at.hour for entry in found.entries if entry.published_at
        }
        assert hours == {22, 23}
        titles = [int(entry.title[1:]) for entry in found.entries]
        assert titles == sorted(titles)

    async def test_c09_and_the_desk_is_told_how_many_were_left_out(
        self, news, stand, fetch, workers, now
    ):
        items = [item(n) for n in range(feeds.MAX_ENTRIES + 3)]
        url = stand.say("/feed", document(rss(*items, title="Endless")))
        subscribe(news, [Subscription(url=url)], now=now)
        await poll_feeds(news, fetch, workers, now=now)
        with news.unit(reading=True) as unit:
            told = [notice.text for notice in unit.notices.untold()]
        assert len(told) == 1
        assert "Endless listed 2003 entries" in told[0]
        assert "3 were left out" in told[0]

    @pytest.mark.parametrize("reference", ["&#xD800;", "&#xDFFF;", "&#55296;"])
    def test_c10_half_a_character_costs_no_entry(self, reference):
        found = parse(declared("", f"Half {reference} told"))
        assert [entry.title for entry in found.entries] == ["Half told", "Story 2"]

    @pytest.mark.parametrize(
        "encoding",
        ["punycode", "undefined", "idna", "zlib", "hex", "utf-7", "rot13", "x-unknown",
         "utf-16", "utf-32", "unicode_escape"],
    )  # fmt: skip
    def test_c11_c12_a_strange_encoding_is_read_as_what_it_is(self, encoding):
        body = declared("").replace(b'"1.0"', f'"1.0" encoding="{encoding}"'.encode())
        assert [entry.title for entry in parse(body).entries] == ["T", "Story 2"]
        assert parse(declared(""), charset=encoding).entries

    @pytest.mark.parametrize("code", [0, 1, 8, 0x0B, 0x1F, 0x7F, 0x9F, 0xFFFE, 0xFFFF])
    def test_c13_what_a_database_refuses_is_gone_at_the_door(self, code):
        character = chr(code)
        body = rss(
            f"<item><title>A{character}b</title><description>C{character}d"
            f"</description><link>https://wire.test/1{character}</link>"
            f"<guid>g{character}h</guid></item>",
            item(2),
        )
        for text in (body, body.replace(character.encode(), f"&#{code};".encode())):
            try:
                entries = parse(text).entries
            except NotAFeedError:  # NUL may end the document for some
                continue
            for entry in entries:
                for field in (entry.entry_id, entry.title, entry.text, entry.url):
                    assert character not in field
                    field.encode("utf-8")

    async def test_c14_a_feed_that_breaks_off_is_asked_for_again(
        self, news, stand, fetch, workers, now
    ):
        """Two of three are news now; the third is when the document is whole."""
        whole = rss(item(1), item(2), item(3))
        cut = whole[: whole.index(b"<title>Story 3")]
        tag = b'"whole"'

        def answer(request):
            if request.header("If-None-Match") == tag:
                return Reply(status=304, headers={"ETag": tag})
            body = cut if len(stand.asked("/feed")) == 1 else whole
            return document(body, ETag=tag)

        subscribe(news, [Subscription(url=stand.answer("/feed", answer))], now=now)
        first = await poll_feeds(news, fetch, workers, now=now, rules=LATELY)
        assert first.pending == 2
        later = now + timedelta(hours=2)
        second = await poll_feeds(news, fetch, workers, now=later, rules=LATELY)
        assert second.pending == 1
        last = now + timedelta(hours=9)
        third = await poll_feeds(news, fetch, workers, now=last, rules=LATELY)
        assert third.feeds == {PollResult.UNCHANGED: 1}

    def test_c15_two_entries_of_one_id_are_two(self):
        twins = [item(n, guid="same") for n in (1, 2)]
        found = parse(rss(*twins)).entries
        assert [entry.title for entry in found] == ["Story 1", "Story 2"]
        assert len({entry.entry_id for entry in found}) == 2

    @pytest.mark.parametrize(
        "guids", [("", ""), ("0", "0"), (" a ", " a "), ("AbC", "abc"), (None, None)]
    )
    def test_c16_an_entry_is_itself_in_every_poll(self, guids):
        items = [
            f"<item><title>T{n}</title>"
            + ("" if guid is None else f'<guid isPermaLink="false">{guid}</guid>')
            + "</item>"
            for n, guid in enumerate(guids)
        ]
        polls = {
            tuple(e.entry_id for e in parse(rss(*items)).entries) for _ in range(10)
        }
        assert len(polls) == 1
        [ids] = polls
        assert len(set(ids)) == 2
        assert set(ids) == {e.entry_id for e in parse(rss(*items[::-1])).entries}

    @pytest.mark.parametrize("permalink", ["", ' isPermaLink="true"'])
    def test_c17_an_id_that_is_no_address_is_no_link(self, permalink):
        told = f"<item><title>T &nbsp;</title><guid{permalink}>a</guid></item>"
        [entry] = parse(rss(told)).entries
        assert (entry.entry_id, entry.url) == ("a", "")

    @pytest.mark.parametrize(
        ("link", "kept"),
        [
            ("javascript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("file:///etc/passwd", ""),
            ("http://desk:word@evil.test/", "http://evil.test/"),
            ("//evil.test/a", "https://evil.test/a"),
            ("https://a.test/&lt;b&gt;|c", "https://a.test/%3Cb%3E|c"),
            ("https://a.test/x\u202egpj.exe", "https://a.test/x%20gpj.exe"),
        ],
    )
    def test_c18_only_an_address_of_the_web_is_a_link(self, link, kept):
        [entry] = parse(rss(item(1, link=link))).entries
        assert (entry.title, entry.url) == ("Story 1", kept)

    def test_c20_what_has_no_end_is_cut(self):
        long = "x" * 10_000_000
        tags = "".join(f"<category>{n}</category>" for n in range(100_000))
        body = rss(f"<item><title>{long}</title>{tags}<guid>1</guid></item>")
        [entry] = parse(body).entries
        assert len(entry.title) == feeds.MAX_TITLE_CHARACTERS

    def test_c21_a_feed_of_json_is_read_and_one_without_end_refused(self):
        told = b'{"version": "https://jsonfeed.org/version/1.1", "items": [%s]}'
        [entry] = parse(told % b'{"id": 7, "title": "T", "url": "/a"}').entries
        assert (entry.entry_id, entry.url) == ("7", "https://wire.test/a")
        for deep in (
            b"[" * 100_000,
            told % (b'{"id":' * 100_000),
            told % b'1, null, "x"',
        ):
            try:
                assert parse(deep).entries == ()
            except NotAFeedError:
                continue

    @pytest.mark.parametrize(
        ("title", "shown"),
        [
            ("<title>A &amp;amp; B</title>", "A & B"),
            ("<title><![CDATA[A & <b>B</b>]]></title>", "A & B"),
            ('<title type="html">A &lt;em&gt;B&lt;/em&gt;</title>', "A B"),
            ('<title type="text">1 &lt; 2</title>', "1 < 2"),
            (
                f'<title type="xhtml"><div xmlns="{XHTML}">A <b>B</b></div></title>',
                "A B",
            ),
        ],
    )
    def test_c24_a_title_is_as_a_browser_shows_it(self, title, shown):
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://wire.test/n/">'
            f'<title>W</title><entry>{title}<id>urn:1</id><link href="a"/>'
            "<updated>2026-03-04T11:00:00Z</updated></entry></feed>"
        ).encode()
        [entry] = parse(body).entries
        assert (entry.title, entry.url) == (shown, "https://wire.test/n/a")
        assert one_line(entry.title) == entry.title
