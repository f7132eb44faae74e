"""Other projects' feeds: each ends, and loses nothing that feedparser would find."""

import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import feedparser
import pytest

from detectors import feeds, urls
from detectors.errors import NotAFeedError
from detectors.feed_dates import EARLIEST_YEAR, is_plain
from detectors.markup import one_line, plain_text

SHARED = Path(__file__).parents[3] / "shared" / "data" / "feeds"
URL = "https://feeds.test/all/feed.xml"
NOT_AS_EXPECTED = "entry_link_rel_enclosure_no_href.xml"  # of feedparser by itself
SECONDS = 5  # after which a worker is killed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SHARED.exists(), reason="the shared corpora of feeds are not here"
    ),
]


@cache
def listed():
    with (SHARED / "manifest.jsonl").open(encoding="utf-8") as lines:
        return tuple(map(json.loads, lines))


def real() -> Iterator[bytes]:
    for each in listed():
        if each.get("fp_ref") and each["fp_ref"]["version"]:
            yield (SHARED / each["path"]).read_bytes()


def reference(body):
    """feedparser's entries, as ours would be; those without a word left out."""
    parsed = feedparser.parse(
        io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
    )
    base = feeds._base(body, URL)
    made = []
    for entry in map(dict, parsed.entries):  # its own `get` warns
        stated = (entry.get("link") or "").strip()
        if stated == (entry.get("id") or "").strip() and ":" not in stated:
            stated = ""  # an id that is no address (C17)
        if any(link.get("href") == stated for link in feeds._beside(entry)):
            stated = ""  # a sound, not a page
        texts = [part.get("value") for part in entry.get("content") or ()]
        text = "".join(
            plain_text(part or "") for part in (*texts, entry.get("summary"))
        )
        title = one_line(entry.get("title") or "")
        link = urls.link(stated, base=base) if stated else ""
        if title or text or link:
            made.append((title, link, dated(entry), entry.get("id"), text))
    return list(dict.fromkeys(made))


def dated(entry):
    """The date, where it is written so that every reader reads the same."""
    for name in ("published", "updated"):
        parsed, stated = entry.get(f"{name}_parsed"), entry.get(name) or ""
        if "+3000" in stated:  # there is no zone so far east
            continue
        if parsed and is_plain(stated) and parsed[0] >= EARLIEST_YEAR:
            year, month, day, hour, minute, second = parsed[:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return None


def test_every_file_ends_in_a_document_or_a_clean_refusal_in_time():
    slow, read, refused = [], 0, 0
    for each in listed():
        body = (SHARED / each["path"]).read_bytes()
        began = time.process_time()
        try:
            feeds.parse(body, url=URL)
            read += 1
        except NotAFeedError:
            refused += 1
        if time.process_time() - began > SECONDS:
            slow.append(each["path"])
    assert slow == []
    assert read > 2_700
    assert read + refused == len(listed())


def test_real_feeds_keep_every_entry_and_title():
    """A title of ours is feedparser's; mojibake alone we leave as it is written."""
    cut, fewer, fallback, feeds_read = [], [], 0, 0
    for body in real():
        document = feeds.parse(body, url=URL)
        told = reference(body)
        feeds_read += 1
        fallback += document.parser == "feedparser"
        if len(document.entries) < len({each[:2] + each[3:4] for each in told}):
            fewer.append(document.title)
        ours = {entry.title for entry in document.entries}
        cut += [
            title
            for title, *_ in told
            if title[: feeds.MAX_TITLE_CHARACTERS] not in ours
            and title.encode().decode("latin-1") not in "".join(ours)
        ]
    assert cut == []
    assert fewer == []
    assert feeds_read > 100
    assert fallback <= 0.05 * feeds_read


def test_feedparsers_own_corpus_gives_its_titles_links_and_dates():
    compared = 0
    for each in listed():
        if each["source"] != "feedparser" or NOT_AS_EXPECTED in each["path"]:
            continue
        body = (SHARED / each["path"]).read_bytes()
        try:
            told = reference(body)
        except (UnicodeError, LookupError):  # what C10 and C11 are about
            told = []
        if not told:
            continue
        entries = feeds.parse(body, url=URL).entries
        assert len(entries) == len(told), each["path"]
        for entry, (title, link, at, *_) in zip(entries, told, strict=True):
            compared += 1
            assert (entry.title, entry.url) == (title, link), each["path"]
            ours = entry.published_at and entry.published_at.replace(microsecond=0)
            assert at in (None, ours), each["path"]
    assert compared > 500
