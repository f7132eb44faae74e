"""Feed bytes → entries: ids, links, dates and text made honest.

fastfeedparser reads a real feed in 0.6 ms where feedparser takes 35, and loses
what `feed_doubts` lists; feedparser answers there. Both take only bytes from memory:
given text they would fetch an address, given bare bytes feedparser would open a
file.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from xml.sax import SAXException

import fastfeedparser
import feedparser
import xxhash
from lxml import etree

from detectors import urls
from detectors.aggregators import resolved
from detectors.errors import NotAFeedError
from detectors.feed_dates import EARLIEST_YEAR, read_date
from detectors.feed_doubts import (
    ENTRY_TAG,
    HEAD_BYTES,
    STATES_A_YEAR,
    doubts,
    fast_cannot,
    is_cut,
    states_dates,
)
from detectors.feed_hints import read_hints
from detectors.feed_mending import (
    tamed,
    with_text_encoding,
    with_whole_ampersands,
    without_encoding,
)
from detectors.markup import is_utf8, one_line, plain_text
from detectors.model import FeedDocument, FeedEntry
from detectors.sitemaps import is_sitemap, read_sitemap

MAX_ENTRIES = 2_000  # of a document: the longest of 110 real feeds lists 500
MAX_TITLE_CHARACTERS = 1_000
MAX_AUTHOR_CHARACTERS = 200
MAX_TEXT_CHARACTERS = 200_000
MAX_ID_CHARACTERS = 8_192

_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError,
    TypeError, ValueError, SAXException, etree.LxmlError,
)  # fmt: skip
_ADDRESSES = ("http:", "https:", "/")
_BEFORE_FEEDBURNER = b"<feedburner:origLink>"  # the fast parser drops it
_NO_PAGE = frozenset({"enclosure", "license", "replies", "edit", "hub"})
_STATED_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}\b)", re.IGNORECASE)
_BASE = re.compile(rb"\bxml:base\s*=\s*[\"']([^\"'<>]{1,2048})")
_LONG_AGO = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one of the parsers made of the document, before it is made honest."""

    title: str
    language: str
    entries: tuple[FeedEntry, ...]


def parse(body: bytes, *, url: str, charset: str | None = None) -> FeedDocument:
    """Read a feed: RSS 0.9x to 2.0, RSS 1.0, Atom, JSON Feed, or a news sitemap.

    Args:
        body: The document as it came, once decompressed.
        url: Where it came from; relative links are resolved against it.
        charset: What the server said the encoding is, if it did.

    Returns:
        Entries in the document's order, each once. A date that the feed does not
        state is None.

    Raises:
        NotAFeedError: It is a web page, empty, or nothing that can be read.
    """
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise NotAFeedError(url, "empty")
    base = _base(body, url)
    if start[:1] in (b"{", b"["):
        found, parser = _json_feed(start, url, base), "json"
    elif is_sitemap(start):
        found, parser = _sitemap(start, url), "sitemap"
    else:
        found, parser = _xml_feed(body, charset, url, base)
    language = _language(found.language) or _stated_language(body)
    spoken = (e for e in found.entries if e.title or e.text or e.url)
    entries = tuple(
        replace(entry, language=entry.language or language)
        for entry in _distinct(spoken)
    )
    return FeedDocument(
        title=one_line(found.title)[:MAX_TITLE_CHARACTERS],
        language=language,
        entries=_newest(entries),
        parser=parser,
        is_cut=parser != "json" and is_cut(body),
        left_out=max(0, len(entries) - MAX_ENTRIES),
        hints=read_hints(body),
    )


def _xml_feed(
    body: bytes, charset: str | None, url: str, base: str
) -> tuple[_Found, str]:
    """The fast parser's reading, or feedparser's where that one is doubtful."""
    if is_utf8(body):
        body, charset = without_encoding(body), None
    if not fast_cannot(body, charset) and _BEFORE_FEEDBURNER not in body:
        whole = with_whole_ampersands(body)
        try:
            raw = fastfeedparser.parse(whole, include_tags=False, include_media=False)
        except _FAULTS:
            raw = None
        if raw is not None:
            found = _read(raw, base, _fast_texts)
            if not doubts(found.entries, body):
                dated = found if states_dates(body) else _undated(found)
                return dated, "fastfeedparser"
    return _slow_feed(body, charset, url, base), "feedparser"


def _undated(found: _Found) -> _Found:
    return replace(
        found,
        entries=tuple(
            replace(entry, published_at=None, updated_at=None)
            for entry in found.entries
        ),
    )


def _slow_feed(body: bytes, charset: str | None, url: str, base: str) -> _Found:
    body = with_text_encoding(body)
    raw = _feedparser(body, charset)
    if raw is None:  # one character reference or codec can stop it: once more, tamed
        raw = _feedparser(tamed(body), None)
    if raw is None:
        raise NotAFeedError(url, "cannot be parsed")
    if not raw.get("version") and not ENTRY_TAG.search(body):
        raise NotAFeedError(url, "a web page" if _is_page(body) else "no feed in it")
    if not raw.get("version") and (_is_page(body) or not raw.get("entries")):
        raise NotAFeedError(url, "a web page" if _is_page(body) else "no feed in it")
    return _read(raw, base, _slow_texts)


def _feedparser(body: bytes, charset: str | None) -> Mapping[str, Any] | None:
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    try:
        parsed: Mapping[str, Any] = feedparser.parse(
            BytesIO(body),  # bytes would be tried as a file name first
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _FAULTS:
        return None
    return parsed


def _is_page(body: bytes) -> bool:
    head = body[:HEAD_BYTES].lower()
    return b"<html" in head or b"<!doctype html" in head


def _read(
    raw: Mapping[str, Any],
    base: str,
    texts: Callable[[Mapping[str, Any]], Iterator[str]],
) -> _Found:
    feed = raw.get("feed") or {}
    return _Found(
        title=_text(feed.get("title")),
        language=_text(feed.get("language")),
        entries=tuple(
            _entry(entry, base, texts(entry))
            for entry in map(dict, raw.get("entries") or ())  # its own `get` warns
        ),
    )


def _entry(raw: Mapping[str, Any], base: str, texts: Iterable[str]) -> FeedEntry:
    stated_id = _text(raw.get("id")).strip()
    stated_link = _text(raw.get("link")).strip()
    if stated_link == stated_id and not stated_link.lower().startswith(_ADDRESSES):
        stated_link = ""  # feedparser takes an id for a permalink
    if any(link.get("href") == stated_link for link in _beside(raw)):
        stated_link = ""  # a sound or a licence in place of the page
    address = urls.link(stated_link, base=base) if stated_link else ""
    original = _text(raw.get("feedburner_origlink")).strip()
    title = one_line(_text(raw.get("title")))[:MAX_TITLE_CHARACTERS]
    text = max((plain_text(text) for text in texts), key=len, default="")
    made = FeedEntry(
        entry_id=one_line(stated_id)[:MAX_ID_CHARACTERS] or address,
        url=resolved(urls.link(original, base=base) if original else address),
        title=title,
        text=text[:MAX_TEXT_CHARACTERS],
        language=_language(_text(_detail(raw).get("language"))),
        published_at=_moment(raw, "published") or _moment(raw, "updated"),
        updated_at=_moment(raw, "updated"),
        author=one_line(_text(raw.get("author")))[:MAX_AUTHOR_CHARACTERS],
    )
    return made if made.entry_id else replace(made, entry_id=_hashed(title, text))


def _beside(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Links to what is not the page, of an entry that names no page."""
    links = [link for link in _parts(raw, "links") if link.get("href")]
    if all(link.get("rel") in _NO_PAGE for link in links):
        yield from links


def _parts(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A list of a parser's own; an element of that name gives a text in its place."""
    stated = raw.get(name)
    listed = stated if isinstance(stated, list) else ()
    return [part for part in listed if isinstance(part, Mapping)]


def _detail(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    detail = raw.get("title_detail")
    return detail if isinstance(detail, Mapping) else {}


def _fast_texts(raw: Mapping[str, Any]) -> Iterator[str]:
    content = _parts(raw, "content")
    yield from (_text(part.get("value")) for part in content)
    if not content:
        yield _text(raw.get("description"))


def _slow_texts(raw: Mapping[str, Any]) -> Iterator[str]:
    yield from (_text(part.get("value")) for part in _parts(raw, "content"))
    yield _text(raw.get("summary"))


def _moment(raw: Mapping[str, Any], name: str) -> datetime | None:
    """A stated date in UTC; None where it is missing or cannot be told.

    feedparser fills an hour without a day up with today, which is no date.
    """
    stated = _text(raw.get(name))
    parsed = raw.get(f"{name}_parsed")
    guess = None
    if parsed and STATES_A_YEAR.search(stated.encode()):
        with suppress(ValueError, OverflowError, TypeError):
            year, month, day, hour, minute, second = parsed[:6]
            guess = datetime(year, month, day, hour, minute, min(second, 59), 0, UTC)
    return read_date(stated, guess=guess)


def _json_feed(body: bytes, url: str, base: str) -> _Found:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeedError(url, "JSON that cannot be read") from error
    if not isinstance(raw, dict) or "jsonfeed.org" not in _text(raw.get("version")):
        raise NotAFeedError(url, "JSON, but no JSON Feed")
    listed = raw.get("items")
    entries = listed if isinstance(listed, list) else []
    return _Found(
        title=_text(raw.get("title")),
        language=_text(raw.get("language")),
        entries=tuple(
            _json_entry(entry, base) for entry in entries if isinstance(entry, dict)
        ),
    )


def _sitemap(body: bytes, url: str) -> _Found:
    read = read_sitemap(body)
    if read is None:
        raise NotAFeedError(url, "a sitemap without news, or an index of sitemaps")
    return _Found(
        title=read.title,
        language=read.language,
        entries=tuple(
            replace(
                _entry(entry, url, ()), language=_language(_text(entry["language"]))
            )
            for entry in read.entries
        ),
    )


def _json_entry(raw: Mapping[str, Any], base: str) -> FeedEntry:
    entry_id = raw.get("id")
    texts = [_text(raw.get(key)) for key in ("content_html", "content_text", "summary")]
    text = next((text for text in texts if text), "")
    made = _entry(
        {
            "id": str(entry_id) if isinstance(entry_id, int | float) else entry_id,
            "link": raw.get("url") or raw.get("external_url"),
            "title": raw.get("title"),
            "author": ", ".join(_names(raw)),
            "published": raw.get("date_published"),
            "updated": raw.get("date_modified"),
        },
        base,
        (text,),
    )
    return replace(made, language=_language(_text(raw.get("language"))))


def _names(raw: Mapping[str, Any]) -> Iterator[str]:
    """Authors as JSON Feed 1.1 has them, and the one of 1.0."""
    stated = raw.get("authors") or [raw.get("author")]
    for author in stated if isinstance(stated, list) else ():
        if isinstance(author, dict) and _text(author.get("name")):
            yield _text(author.get("name"))


def _distinct(entries: Iterable[FeedEntry]) -> Iterator[FeedEntry]:
    """Each entry once; entries that share an id and nothing else told apart.

    The longer id depends on the entry alone, and of twins the latest counts, so that
    nothing changes when the document is put in another order.
    """
    listed = tuple(dict.fromkeys(entries))
    kinds = Counter(
        entry_id for entry_id, _, _ in {(e.entry_id, e.url, e.title) for e in listed}
    )
    latest: dict[str, FeedEntry] = {}
    for entry in listed:
        entry_id = entry.entry_id
        if kinds[entry_id] > 1:
            entry_id = f"{entry_id}#{_hashed(entry.url, entry.title)}"
        twin = latest.setdefault(entry_id, entry)
        if _age(twin) < _age(entry):
            latest[entry_id] = entry
    for entry_id, entry in latest.items():
        yield replace(entry, entry_id=entry_id)


def _age(entry: FeedEntry) -> tuple[datetime, int, str]:
    """What orders twins, whichever comes first in their document."""
    return entry.touched_at or _LONG_AGO, len(entry.text), entry.text


def _newest(entries: tuple[FeedEntry, ...]) -> tuple[FeedEntry, ...]:
    """As many as are taken, in the document's order; those without a date go first."""
    if len(entries) <= MAX_ENTRIES:
        return entries
    by_date = sorted(
        range(len(entries)),
        key=lambda n: (entries[n].touched_at or _LONG_AGO, -n),
        reverse=True,
    )
    return tuple(entries[n] for n in sorted(by_date[:MAX_ENTRIES]))


def _base(body: bytes, url: str) -> str:
    """What relative links are relative to (XML Base), else the feed's address."""
    stated = _BASE.search(body[:HEAD_BYTES])
    if not stated:
        return url
    try:
        base = stated.group(1).decode("utf-8", "replace").strip()
        return str(urljoin(url, base))
    except ValueError:
        return url


def _stated_language(body: bytes) -> str | None:
    """The channel's own element, which fastfeedparser reads in Atom alone."""
    stated = _STATED_LANGUAGE.search(body[:HEAD_BYTES])
    return stated.group(1).decode("ascii").lower() if stated else None


def _language(stated: str) -> str | None:
    """ISO 639 in lower case without its region: ``en`` of ``en-GB``."""
    match = _LANGUAGE.match(stated.strip())
    return match.group().lower() if match else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _hashed(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return str(xxhash.xxh3_128_hexdigest(joined))
