"""The page behind an aggregator's link, where the link itself says which it is.

Two outlets' links to one page are one page only if both are told by its own address.
What no link says (Google News since 2024, which asks its server) stays as it is, and
its article is judged by what the feed says.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from detectors import urls

MAX_HOPS = 3  # an alert's link to a search's link to a page

_GOOGLE_NEWS = "news.google.com"
_ARTICLE = re.compile(r"/(?:articles|read)/([\w-]{16,4096})=*$")
_MAGIC = b"\x08\x13\x22"  # of the protocol buffer whose third field is the address
_LONG = 0x80  # of a length of two bytes
# What redirecting pages are called, and the parameters that say where to.
_DOORS = re.compile(
    r"/(?:url|l|link|out|away|go|goto|click|apiclick|redir|redirect|exit|leave|jump|r)"
    r"(?:\.\w{2,4})?/?$",
    re.IGNORECASE,
)
_TARGETS = ("url", "u", "q", "to", "target", "dest", "destination", "redirect", "link",
            "uddg", "z", "goto", "mpre")  # fmt: skip


def resolved(url: str) -> str:
    """The address of the page that a link leads to; the link itself if it says none.

    >>> resolved("https://www.google.com/url?rct=j&url=https://wire.test/a&ct=ga")
    'https://wire.test/a'
    >>> resolved("https://wire.test/share?url=https://other.test/b")
    'https://wire.test/share?url=https://other.test/b'
    """
    for _ in range(MAX_HOPS):
        target = _target(url)
        if not target:
            break
        url = target
    return url


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.netloc == _GOOGLE_NEWS and (article := _ARTICLE.search(parts.path)):
        return _encoded(article[1])
    at_front = not parts.path.strip("/") and parts.netloc.startswith("l.")
    if not (_DOORS.search(parts.path) or at_front):
        return ""
    return next(_elsewhere(parts.query, urls.site(url)), "")


def _elsewhere(query: str, site: str) -> Iterator[str]:
    """Addresses on other sites that a query names, the likeliest parameter first."""
    named = {name.lower(): value for name, value in reversed(parse_qsl(query))}
    for name in _TARGETS:
        stated = named.get(name, "")
        if stated.lower().startswith(("http://", "https://")):
            target = urls.link(stated)
            if target and urls.site(target) != site:
                yield target


def _encoded(token: str) -> str:
    """The address within an identifier of Google News, of the form until 2024."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return ""
    if not raw.startswith(_MAGIC) or len(raw) < len(_MAGIC) + 2:
        return ""
    start = len(_MAGIC) + 1
    length = raw[start - 1]
    if length >= _LONG:
        length += (raw[start] - 1) * _LONG
        start += 1
    stated = raw[start : start + length].decode("utf-8", "replace")
    return urls.link(stated) if stated.startswith(("http://", "https://")) else ""
