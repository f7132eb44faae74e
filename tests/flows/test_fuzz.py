"""Mutated documents: parse → entry and page → article, for so many seconds a run.

Each run has another seed, which a failure prints with the document's place in it:
``FUZZ_SEED=… python -m pytest tests/flows/test_fuzz.py`` is the same run again.
``FUZZ_SECONDS=3600`` is for the night.
"""

import os
import random  # noqa: TID251  # its seed is told
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors import feeds
from detectors.errors import NotAFeedError
from detectors.model import Entry
from detectors.pages import read_page
from flows.articles import make_article
from tests.servers.stand import page

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "golden" / "feeds").iterdir())
SECONDS = float(
    os.environ.get("FUZZ_SECONDS", "10")
)  # for feeds, and as many for pages
SEED = int(os.environ.get("FUZZ_SEED", str(time.time_ns() % 10**9)))
SLOWEST = 5.0  # seconds of CPU for a document of some kilobytes
SEEN_AT = datetime(2026, 3, 4, 12, tzinfo=UTC)
URL = "https://wire.test/feed"

FEEDS = [path.read_bytes() for path in GOLDEN if path.suffix != ".json"]
STORY = page(
    *[
        f"Two ferries collided off cape {n} and forty people swam ashore."
        for n in "abcde"
    ]
).body
PAGES = [
    STORY,
    STORY.replace(b"<head>", b'<head><meta property="article:published_time" content="'
                  b'2026-03-02T10:00:00Z"><meta name="author" content="A. Writer">'),
    STORY.replace(b"<p>", b"<table><tr><td colspan=2>Six</td></tr></table><p>", 1),
    STORY.replace(b"<p>", b"<ul><li><p>").replace(b"</p>", b"</p></ul>"),
    STORY.replace(b"<head>", b'<head><script type="application/ld+json">{"@type": '
                  b'"NewsArticle", "author": [{"name": "A"}], "datePublished": "x"}'
                  b"</script>"),
]  # fmt: skip
TOKENS = [
    b"<item>", b"</item>", b"<entry>", b"]]>", b"<![CDATA[", b"&x;", b"&#xD800;", b"\0",
    b"&#xDFFF;", b"<!--", b"<!ENTITY a 'b'>", b"\xff\xfe", b"\xed\xa0\x80", b"<title>",
    b'<?xml version="1.0" encoding="utf-7"?>', b"99999-99-99", b"<guid>", b'="', b"<p",
    b"<table>", b"colspan=9007199254740991", b"<br>" * 50, b"<div>" * 300, b"{", b"&",
    "\u202e\ufffe\U000e0001".encode(), b"1" * 400, b"<script>", b"<pubDate>24:61</",
]  # fmt: skip


def mutated(rng, corpus):
    """A document with some of its bytes cut, doubled, moved, spliced or spoiled."""
    body = bytearray(rng.choice(corpus))
    for _ in range(rng.choice((1, 1, 2, 3, 8, 20))):
        at = rng.randrange(len(body) + 1)
        end = min(len(body), at + rng.choice((0, 1, 4, 30, 300)))
        other = rng.choice(corpus)
        start = rng.randrange(len(other))
        body[at:end] = rng.choice(
            (
                b"",
                rng.choice(TOKENS),
                rng.randbytes(rng.randrange(1, 9)),
                bytes(body[at:end]) * rng.choice((2, 40)),
                other[start : start + rng.randrange(200)],
            )
        )
    return bytes(body)


def runs(kind, corpus):
    """Documents until the time is up; what breaks is told with how to see it again."""
    rng = random.Random(f"{SEED} {kind}")  # noqa: S311
    ends_at = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < ends_at:
        number += 1
        yield f"FUZZ_SEED={SEED}, {kind} {number}", mutated(rng, corpus)


def check_feed(body):
    try:
        document = feeds.parse(body, url=URL)
    except NotAFeedError:
        return
    ids = [entry.entry_id for entry in document.entries]
    assert len(ids) == len(set(ids))
    for entry in document.entries:
        assert entry.entry_id
        assert entry.title or entry.text or entry.url
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))
        for text in (entry.entry_id, entry.title, entry.text, entry.url, entry.author):
            assert "\0" not in text
            text.encode("utf-8")
        for moment in (entry.published_at, entry.updated_at):
            assert moment is None or moment.tzinfo is UTC


ENTRY = Entry(
    id=1, feed_id=1, source="Wire", entry_id="g", url="https://wire.test/1", title="",
    text="", language=None, published_at=None, seen_at=SEEN_AT,
)  # fmt: skip


def check_page(body):
    read = read_page(body, url=ENTRY.url)
    article = make_article(ENTRY, read, read.refusal, now=SEEN_AT)
    if article is None:
        assert read.refusal
        return
    assert article.text
    assert article.title
    assert article.published_at <= SEEN_AT
    for text in (article.title, article.text, article.author):
        text.encode("utf-8")


@pytest.mark.slow
@pytest.mark.timeout(4 * SECONDS + 120)
@pytest.mark.parametrize(
    ("kind", "corpus", "check"),
    [("feed", FEEDS, check_feed), ("page", PAGES, check_page)],
    ids=["parse-to-entry", "page-to-article"],
)
def test_no_mutation_breaks_it(kind, corpus, check):
    count = 0
    for place, body in runs(kind, corpus):
        began = time.process_time()
        try:
            check(body)
        except Exception as error:
            raise AssertionError(f"{place}: {body[:2_000]!r}") from error
        assert time.process_time() - began < SLOWEST, place
        count += 1
    assert count > SECONDS  # slower than one a second, it would find nothing


PIECES = st.sampled_from([*TOKENS, b"<rss>", b"<html>", b"<p>words</p>", b"</title>"])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=12), max_size=30).map(b"".join))
def test_nothing_that_is_put_together_breaks_it(body):
    check_feed(b"<rss><channel><item>" + body)
    check_page(b"<html><body><p>" + body)
