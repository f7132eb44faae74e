"""What the fast parser is known to lose, seen in the bytes before or after it."""

import re
from collections.abc import Sequence

from detectors.model import FeedEntry

HEAD_BYTES = 2_048
ENTRY_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};")
_OLD_FORMAT = re.compile(
    rb"<rss[^>]{0,512}?\bversion\s*=\s*[\"']0\.9|<(?:[\w.-]+:)?rdf[\s>]|"
    rb"[\"']http://purl\.org/(?:atom/ns#|rss/1\.0/)[\"']",
    re.IGNORECASE,
)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,256}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE
)
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
    return _NAMED_ENTITY.search(_without_cdata(body)) is not None


def _is_plain(body: bytes) -> bool:
    """ASCII without escapes reads the same in every charset but the stateful ones."""
    return body.isascii() and b"\x1b" not in body and b"~{" not in body


def doubts(entries: Sequence[FeedEntry], body: bytes) -> bool:
    """Whether the fast parser's reading may lack something.

    It must find as many entries as the bytes name, each with a title or a link,
    links as far as there are elements for them, no undecodable character, and no
    date that no element states: it reads dates out of ids, and fills a bare hour
    up with today.
    """
    if not entries or len(entries) != len(ENTRY_TAG.findall(_without_cdata(body))):
        return True
    if not all(entry.title or entry.url for entry in entries):
        return True
    if any("\ufffd" in entry.title or "\ufffd" in entry.text for entry in entries):
        return True
    first = ENTRY_TAG.search(body)
    start = first.start() if first else 0
    linked = sum(bool(entry.url) for entry in entries)
    if linked < min(len(entries), len(_LINK_ELEMENT.findall(body, start))):
        return True
    stated = _DATE_ELEMENT.findall(body, start)
    honest = sum(STATES_A_YEAR.search(text) is not None for text in stated)
    dated = sum(entry.published_at is not None for entry in entries)
    return honest < max(dated, len(stated))


def _without_cdata(body: bytes) -> bytes:
    """The document without its CDATA sections, in one pass."""
    first, *rest = body.split(b"<![CDATA[")
    return first + b"".join(piece.partition(b"]]>")[2] for piece in rest)
