"""Publishers who keep their pages from text and data mining, by machine-readable word.

Such a page is judged by what its feed says: that was given to be read by machines.
"""

import re
from collections.abc import Iterator, Mapping

OURS = "tocsin"  # what we are called in robots.txt and in X-Robots-Tag
HEAD = 65_536  # bytes of a page in which its own word is looked for

_KEEPS_ALL = frozenset({"noai"})
_KEEPS_US = _KEEPS_ALL | {"noindex", "none"}  # said to us by name
_META = re.compile(rb"<meta\s[^<>]{1,512}>", re.IGNORECASE)
_NAME = re.compile(rb"\bname\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_CONTENT = re.compile(
    rb"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_RESERVED = "tdm-reservation"


def opted_out(told: Mapping[str, str], body: bytes) -> str:
    """What says that a page is not to be mined; "" if nothing does.

    >>> opted_out({"tdm-reservation": "1"}, b"")
    'tdm-reservation'

    Args:
        told: Headers of the answer by lower-case name.
        body: The page as it came.

    References:
        The TDM Reservation Protocol (W3C community group, 2024); Google's
        ``X-Robots-Tag`` with the directive ``noai``.
    """
    if told.get(_RESERVED, "").strip() == "1":
        return _RESERVED
    said = _directives(told.get("x-robots-tag", ""))
    if any(word in (_KEEPS_US if whom == OURS else _KEEPS_ALL) for whom, word in said):
        return "X-Robots-Tag"
    for name, content in _metas(body[:HEAD]):
        if name == _RESERVED and content == "1":
            return _RESERVED
        words = {word.strip() for word in content.split(",")}
        if (name == "robots" and words & _KEEPS_ALL) or (
            name == OURS and words & _KEEPS_US
        ):
            return "robots"
    return ""


def _directives(tag: str) -> Iterator[tuple[str, str]]:
    """Whom each word is said to; "" for everybody. Others' words are left out."""
    whom = ""
    for part in tag.lower().split(","):
        name, sign, word = part.partition(":")
        if sign and name.strip() != "unavailable_after":
            whom = name.strip()
        stated = (word if sign else name).strip()
        if whom in ("", OURS):
            yield whom, stated


def _metas(head: bytes) -> Iterator[tuple[str, str]]:
    for meta in _META.findall(head):
        name, content = _NAME.search(meta), _CONTENT.search(meta)
        if name and content:
            stated = content[content.lastindex or 0].decode("latin-1")
            yield name[1].decode().lower(), stated.lower().strip()
