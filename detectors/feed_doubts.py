"""What the fast parser is known to lose, seen in the bytes before or after it."""

import html
import re
from collections.abc import Sequence

from detectors.feed_dates import is_plain
from detectors.model import FeedEntry

HEAD_BYTES = 2_048
ENTRY_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};")
_CODED = re.compile(  # Atom's text in base64, and titles that hold elements
    rb"<(?:title|summary|content)\s[^<>]{0,256}?\btype\s*=\s*[\"']application/octet|"
    rb"<title\s[^<>]{0,256}?\btype\s*=\s*[\"'](?:xhtml|application/xhtml)"
)
_ANY_TITLE = re.compile(rb"<(?:[\w.-]+:)?title[\s>]")
_OLD_FORMAT = re.compile(
    rb"<rss[^>]{0,512}?\bversion\s*=\s*[\"']0\.9|<(?:[\w.-]+:)?rdf[\s>]|"
    rb"[\"']http://purl\.org/(?:atom/ns#|rss/1\.0/)[\"']",
    re.IGNORECASE,
)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,256}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE
)
_UNDECODABLE = "\ufffd".encode()  # some write it themselves
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]{0,60})")
_TAIL_BYTES = 2_048  # after the end of a document: comments of caches
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_UNICODE = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_DATE_ELEMENT = re.compile(
    rb"<(?:[\w.-]+:)?(?:pubdate|published|updated|issued|modified|created|date)"
    rb"(?:\s[^<>]{0,256})?>\s*(?:<!\[CDATA\[)?([^<\]]{1,128})",
    re.IGNORECASE,
)
_LINK_ELEMENT = re.compile(rb"<(?:atom:)?link[\s>]", re.IGNORECASE)
STATES_A_YEAR = re.compile(
    rb"(?<![+\d-])\d{4}|\d\s*[ -]\s*[A-Za-z]{3,9}\s*[ -]\s*\d\d\b"
)


def fast_cannot(body: bytes, charset: str | None) -> bool:
    """Whether the document holds what the fast parser is known to lose."""
    head = body[:HEAD_BYTES]
    declared = _DECLARED.search(head)
    names = {(charset or "utf-8").lower()}
    if declared:
        names.add(declared.group(1).decode("ascii", "replace").lower())
    if body.startswith(_BOMS) or (not names <= _UNICODE and not _is_plain(body)):
        return True
    if _OLD_FORMAT.search(head) or b"<!ENTITY" in head:
        return True
    if _CODED.search(body):
        return True
    return _NAMED_ENTITY.search(_without_cdata(body)) is not None


def is_cut(body: bytes) -> bool:
    """Whether an XML document breaks off before its first element ends."""
    head = body[:HEAD_BYTES].replace(b"\0", b"")  # of UTF-16
    root = _ROOT.search(head, head.find(b"?>") + 1)
    tail = body[-_TAIL_BYTES:].replace(b"\0", b"")
    return root is not None and b"</" + root.group(1) not in tail


def states_dates(body: bytes) -> bool:
    """Whether any entry is dated: where none is, the fast parser dates by the ids."""
    first = ENTRY_TAG.search(body)
    return _DATE_ELEMENT.search(body, first.start() if first else 0) is not None


def _is_plain(body: bytes) -> bool:
    """ASCII without escapes reads the same in every charset but the stateful ones."""
    return body.isascii() and b"\x1b" not in body and b"~{" not in body


def doubts(entries: Sequence[FeedEntry], body: bytes) -> bool:
    """Whether the fast parser's reading may lack something.

    It must find as many entries as the bytes name, each with a title or a link,
    links as far as there are elements for them, no title of a picture in place of the
    entry's, no undecodable character, and no date but those that are stated, as the
    standards have them: it reads dates out of ids, and guesses.
    """
    first = ENTRY_TAG.search(body)
    start = first.start() if first else 0
    return (
        _lacks_entries(entries, body)
        or _lacks_letters(entries, body)
        or _lacks_links(entries, body, start)
        or _lacks_titles(body)
        or _lacks_dates(entries, body, start)
    )


def _lacks_entries(entries: Sequence[FeedEntry], body: bytes) -> bool:
    told = len(ENTRY_TAG.findall(_without_cdata(body)))
    if not entries or len(entries) != told or is_cut(body):
        return True
    return not all(entry.title or entry.url for entry in entries)


def _lacks_letters(entries: Sequence[FeedEntry], body: bytes) -> bool:
    return _UNDECODABLE not in body and any(
        "\ufffd" in entry.title or "\ufffd" in entry.text for entry in entries
    )


def _lacks_links(entries: Sequence[FeedEntry], body: bytes, start: int) -> bool:
    linked = sum(bool(entry.url) for entry in entries)
    return linked < min(len(entries), len(_LINK_ELEMENT.findall(body, start)))


def _lacks_titles(body: bytes) -> bool:
    return b":title" in body and any(
        map(_is_titled_by_another, ENTRY_TAG.split(body)[1:])
    )


def _lacks_dates(entries: Sequence[FeedEntry], body: bytes, start: int) -> bool:
    """Where none is stated, what it dated all the same is taken off."""
    stated = _DATE_ELEMENT.findall(body, start)
    plain = sum(map(_is_plain_date, stated))
    dated = sum(entry.published_at is not None for entry in entries)
    return bool(stated) and plain < max(dated, len(stated))


def _is_titled_by_another(entry: bytes) -> bool:
    """Whether a title of another vocabulary stands first, which the fast one takes."""
    first = _ANY_TITLE.search(entry)
    if first is None or b":" not in first.group() or b"<title" not in entry:
        return False
    before = entry[: first.start()]
    return not any(
        before.count(b"<" + name) > before.count(b"</" + name)
        for name in (b"media:content", b"media:group")
    )


def _is_plain_date(stated: bytes) -> bool:
    return is_plain(html.unescape(stated.decode("utf-8", "replace")))


def _without_cdata(body: bytes) -> bytes:
    """The document without its CDATA sections, in one pass."""
    first, *rest = body.split(b"<![CDATA[")
    return first + b"".join(piece.partition(b"]]>")[2] for piece in rest)
