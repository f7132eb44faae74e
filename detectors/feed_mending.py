"""Feed bytes made such that a parser reads them; what they say stays the same."""

import re

from detectors.feed_doubts import HEAD_BYTES

_BARE = re.compile(
    rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|(\d{1,9}));")
_NO_TEXT = re.compile(
    rb"encoding\s*=\s*[\"']\s*(?:punycode|idna|undefined|(?:raw[_-])?unicode[_-]escape|"
    rb"utf[_-]?7)\s*[\"']",
    re.IGNORECASE,
)
_LONGEST_DECLARATION = 512
_HALF_CHARACTERS = range(0xD800, 0xE000)
_ENCODING = re.compile(
    rb"(<\?xml[^>]{0,256}?)encoding\s*=\s*[\"'][^\"'>]*[\"']", re.IGNORECASE
)


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


def tamed(body: bytes) -> bytes:
    """The document without half characters and without its claim of an encoding."""
    return _REFERENCE.sub(_whole, without_encoding(body))


def with_text_encoding(body: bytes) -> bytes:
    """The document without a claim of an encoding that no document is written in.

    A declaration that does not end goes as a whole: feedparser's search for its
    encoding takes the square of its length, 18 s of 24 KB (found by mutation).
    """
    if body.startswith(b"<?") and b"?>" not in body[:_LONGEST_DECLARATION]:
        start = body.find(b"<", 1)
        return body[start:] if start > 0 else b""
    return without_encoding(body) if _NO_TEXT.search(body[:HEAD_BYTES]) else body


def without_encoding(body: bytes) -> bytes:
    """The document without its claim of an encoding."""
    head, rest = body[:HEAD_BYTES], body[HEAD_BYTES:]
    return _ENCODING.sub(rb"\1", head) + rest


def _whole(match: re.Match[bytes]) -> bytes:
    """A character reference, unless it names half a character."""
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    return b"" if code in _HALF_CHARACTERS else match.group()
