"""What the fast parser is known to lose, seen in the bytes before or after it."""

import html
import re
from collections.abc import Sequence

from detectors.feed_dates import is_plain
from detectors.model import FeedEntry

HEAD_BYTES = 2_048
ENTRY_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_NAMED_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};")
_BARE = re.compile(
    rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_CODED = re.compile(  # Atom's text in base64
    rb"<(?:title|summary|content)\s[^<>]{0,256}?\btype\s*=\s*[\"']application/octet"
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
    if b"application/octet" in body and _CODED.search(body):
        return True
    return _NAMED_ENTITY.search(_without_cdata(body)) is not None


def with_whole_ampersands(body: bytes) -> bytes:
    """The document with each ``&`` that begins nothing written out.

    The fast parser would drop it, and in an address also the name that follows.
    """
    if b"&" not in body:
        return body
    first, *rest = body.split(b"<![CDATA[")
    pieces = [_BARE.sub(b"&amp;", first)]
    for piece in rest:
        inside, end, outside = piece.partition(b"]]>")
        pieces.append(inside + end + _BARE.sub(b"&amp;", outside))
    return b"<![CDATA[".join(pieces)


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
    if not entries or len(entries) != len(ENTRY_TAG.findall(_without_cdata(body))):
        return True
    if not all(entry.title or entry.url for entry in entries):
        return True
    if _UNDECODABLE not in body and any(
        "\ufffd" in entry.title or "\ufffd" in entry.text for entry in entries
    ):
        return True
    first = ENTRY_TAG.search(body)
    start = first.start() if first else 0
    linked = sum(bool(entry.url) for entry in entries)
    if linked < min(len(entries), len(_LINK_ELEMENT.findall(body, start))):
        return True
    listed = ENTRY_TAG.split(body)[1:] if b":title" in body else ()
    if any(map(_is_titled_by_another, listed)):
        return True
    stated = _DATE_ELEMENT.findall(body, start)
    plain = sum(map(_is_plain_date, stated))
    dated = sum(entry.published_at is not None for entry in entries)
    return plain < max(dated, len(stated))


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
