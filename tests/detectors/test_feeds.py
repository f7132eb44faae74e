import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import feeds
from detectors.errors import NotAFeedError
from detectors.markup import one_line, plain_text
from detectors.model import FeedDocument

GOLDEN = Path(__file__).parents[1] / "golden" / "feeds"
DOCUMENTS = sorted(path for path in GOLDEN.iterdir() if ".expected" not in path.name)
URL = "https://feeds.test/all/feed.xml"


def parse(body, charset=None):
    return feeds.parse(body, url=URL, charset=charset)


def record(document):
    written = asdict(document)
    hints = {
        n: sorted(v) if isinstance(v, frozenset) else v
        for n, v in written["hints"].items()
    }
    return json.loads(json.dumps(written | {"hints": hints}, default=str))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_document_reads_as_expected(path):
    expected = path.with_name(path.name + ".expected.json").read_text(encoding="utf-8")
    assert record(parse(path.read_bytes())) == json.loads(expected)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b" \n\xef\xbb\xbf", id="blanks"),
        pytest.param(b"<", id="one-byte"),
        pytest.param(b"/etc/passwd", id="a-path"),
        pytest.param(b"file:///etc/passwd", id="a-file-url"),
        pytest.param(b"http://127.0.0.1:9/", id="an-url"),
        pytest.param(b"tests/golden/feeds/rss20.xml", id="a-path-to-a-feed"),
        pytest.param(b"<html><body><form>Log in</form></body></html>", id="login"),
        pytest.param(
            b"<!DOCTYPE html><html><head><title>x</title></head><body><item><title>"
            b"a</title></item></body></html>",
            id="page-with-items",
        ),
        pytest.param(b'<?xml version="1.0"?><opml version="2.0"/>', id="opml"),
        pytest.param(b'<?xml version="1.0"?><urlset/>', id="sitemap"),
        pytest.param(b'{"items": []}', id="other-json"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1"', id="cut-json"),
        pytest.param(b"[" * 100_000, id="deep-json"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", id="pdf"),
        pytest.param(b"\x1f\x8b\x08\x00", id="gzip"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body):
    with pytest.raises(NotAFeedError):
        parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel><title>Quiet</title></channel></rss>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Quiet</title></feed>',
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "Quiet"}',
    ],
)
def test_a_feed_without_entries_is_a_feed(body):
    document = parse(body)
    assert (document.title, document.entries) == ("Quiet", ())


def rss(*items, head=b""):
    return (
        b'<rss version="2.0"><channel>' + head + b"".join(items) + b"</channel></rss>"
    )


@pytest.mark.parametrize("lead", [b"\xef\xbb\xbf", b"\n\n  ", b"<!-- hello -->\n"])
def test_what_stands_before_the_document_does_no_harm(lead):
    body = lead + rss(b"<item><title>One</title><link>https://a.test/1</link></item>")
    assert [entry.title for entry in parse(body).entries] == ["One"]


def test_the_servers_charset_is_used_where_the_document_names_none():
    item = "<item><title>Порт</title><link>https://a.test/1</link></item>"
    document = parse(rss(item.encode("koi8-r")), charset="koi8-r")
    assert [entry.title for entry in document.entries] == ["Порт"]


@pytest.mark.parametrize("stated", [None, "iso-8859-1", "utf-8"])
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1252", "us-ascii"])
def test_what_can_only_be_utf8_is_read_so_whatever_is_said(stated, declared):
    told = f' encoding="{declared}"' if declared else ""
    item = "<item><title>Café «Порт»</title><link>https://a.test/1</link></item>"
    body = f'<?xml version="1.0"{told}?>'.encode() + rss(item.encode())
    document = parse(body, charset=stated)
    assert [entry.title for entry in document.entries] == ["Café «Порт»"]
    assert document.parser == "fastfeedparser"


def test_ids_do_not_depend_on_the_order_of_the_document():
    items = [
        f"<item><title>T{n}</title><link>https://a.test/{n}</link>"
        f"<guid isPermaLink='false'>same</guid></item>".encode()
        for n in range(4)
    ]
    forth = {entry.entry_id: entry.url for entry in parse(rss(*items)).entries}
    back = {entry.entry_id: entry.url for entry in parse(rss(*items[::-1])).entries}
    assert forth == back
    assert len(forth) == 4


def test_an_ampersand_that_begins_nothing_is_kept():
    """The fast parser drops it, and in an address the name that follows."""
    item = b"<title>R & D, AT&T</title><link>https://a.test/?a=1&b=2&copy=3</link>"
    text = b"<description><![CDATA[a & b]]></description>"
    document = parse(rss(b"<item>" + item + text + b"</item>"))
    [entry] = document.entries
    assert (entry.title, entry.text) == ("R & D, AT&T", "a & b")
    assert entry.url == "https://a.test/?a=1&b=2&copy=3"
    assert document.parser == "fastfeedparser"


def test_a_picture_does_not_name_its_entry():
    item = (
        b"<item xmlns:media='http://search.yahoo.com/mrss/'><media:title>Photo: Ana"
        b"</media:title><title>Mill burns</title><link>https://a.test/1</link></item>"
    )
    assert [entry.title for entry in parse(rss(item)).entries] == ["Mill burns"]


def test_an_address_without_a_host_is_a_link_though_the_id_repeats_it():
    item = b"<item><title>T</title><link>/blog/1/</link><guid>/blog/1/</guid></item>"
    named = b"<description>&nbsp;</description>"  # has feedparser read it
    for body in (item, item.replace(b"<guid>", named + b"<guid>")):
        assert [e.url for e in parse(rss(body)).entries] == [
            "https://feeds.test/blog/1/"
        ]


@pytest.mark.parametrize("name", ["links", "content", "title_detail", "summary"])
def test_an_element_named_like_a_parsers_own_list_does_no_harm(name):
    """Found by atheris: feedparser puts its text where the list would be."""
    told = f"<item><title>T &nbsp;</title><{name}>x</{name}><guid>g</guid></item>"
    assert [entry.title for entry in parse(rss(told.encode())).entries] == ["T"]


def test_letter_case_of_an_id_counts():
    items = [
        f"<item><title>T</title><link>https://a.test/{g}</link>"
        f"<guid isPermaLink='false'>{g}</guid></item>".encode()
        for g in ("AbC", "abc")
    ]
    assert [e.entry_id for e in parse(rss(*items)).entries] == ["AbC", "abc"]


def test_overlong_fields_are_cut():
    long = b"x" * 300_000
    body = rss(
        b"<item><title>" + long + b"</title><description>" + long + b"</description>"
        b"<guid isPermaLink='false'>" + long + b"</guid></item>"
    )
    [entry] = parse(body).entries
    assert len(entry.title) == feeds.MAX_TITLE_CHARACTERS
    assert len(entry.text) == feeds.MAX_TEXT_CHARACTERS
    assert len(entry.entry_id) == feeds.MAX_ID_CHARACTERS


def test_dates_are_aware_and_in_utc():
    item = (
        b"<item><title>T</title><link>https://a.test/1</link>"
        b"<pubDate>Wed, 04 Mar 2026 01:30:00 +0200</pubDate></item>"
    )
    [entry] = parse(rss(item)).entries
    assert entry.published_at == datetime(2026, 3, 3, 23, 30, tzinfo=UTC)
    assert entry.published_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Six <b>dead</b> at <i>mill</i>", "Six dead at mill"),
        ("AT&amp;T cuts #include &lt;iostream&gt;", "AT&T cuts #include <iostream>"),
        ("5 < 6 & 7 > 6", "5 < 6 & 7 > 6"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("a\x00b\ud800c\n d", "abc d"),
        ("", ""),
    ],
)
def test_titles_are_one_line_of_plain_words(title, shown):
    assert one_line(title) == shown


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Plain words.", "Plain words."),
        ("First\nline.\n\nSecond.", "First line.\n\nSecond."),
        ("<p>One<p>Two", "One\n\nTwo"),
        ("One<br/>still one<br><br>Two", "One still one\n\nTwo"),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("A<script>b()</script>c<style>d{}</style>e<!-- f -->g", "Aceg"),
        ("<noscript><p>pixel</p></noscript>Words", "Words"),
        ("<td>6</td><td>dead</td>", "6 dead"),
        ("caf&eacute; &#x1F6A2; &amp;lt;", "café 🚢 &lt;"),
        ("<b>One</b>\n\nTwo", "One\n\nTwo"),
        ("<p></p><br>", ""),
        ("<" * 50, "<" * 50),
        ("<div>" * 5_000 + "deep", ""),
    ],
)
def test_markup_reads_as_a_browser_shows_it(markup, text):
    if text or not markup.startswith("<div>"):
        assert plain_text(markup) == text
    else:
        plain_text(markup)  # libxml2 keeps 256 levels: no crash is all we ask


BODIES = [path.read_bytes() for path in DOCUMENTS]


@st.composite
def damaged(draw):
    """A golden document with a few of its bytes cut out, doubled or changed."""
    body = bytearray(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(body)))
        end = at + draw(st.integers(0, 40))
        body[at:end] = draw(
            st.one_of(
                st.binary(max_size=8),
                st.just(bytes(body[at : at + 30]) * 2),
                st.sampled_from([b"<item>", b"]]>", b"&x;", b"\x00", b"&#xDFFF;"]),
            )
        )
    return bytes(body)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), damaged()))
def test_any_bytes_give_a_document_or_a_clean_refusal(body):
    try:
        document = parse(body)
    except NotAFeedError:
        return
    assert isinstance(document, FeedDocument)
    ids = [entry.entry_id for entry in document.entries]
    assert len(ids) == len(set(ids))
    assert all(ids)
    for entry in document.entries:
        assert entry.title or entry.text or entry.url
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
        for text in (entry.entry_id, entry.title, entry.text):
            assert "\x00" not in text
            text.encode("utf-8")
    assert parse(body) == document
