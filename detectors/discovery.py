"""Where a web page says that its feeds are (the RSS Advisory Board's autodiscovery)."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from detectors import urls

FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)
WELL_KNOWN = (
    "/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json",
    "/news-sitemap.xml",
)  # fmt: skip
"""Where feeds are most often, the likeliest first; each costs a request to ask."""

_FEED_LINK = re.compile(
    r"(?:^|[/.])(?:rss2?|feeds?|atom)(?:\.xml|\.php|\.aspx)?/?$|\.(?:rss|atom|rdf)$",
    re.IGNORECASE,
)
_OF_REMARKS = re.compile(
    r"comment|coment|комент|коммент|podcast|подкаст", re.IGNORECASE
)


def find_feeds(body: bytes, url: str) -> tuple[str, ...]:
    """The addresses of a page's feeds, the best first; none if it names none.

    What the page declares comes before what it only links to. Feeds of remarks and
    recordings come last, those of the page's own section first, else as listed.

    >>> find_feeds(b'<link rel="alternate" type="application/rss+xml" href="/rss">',
    ...            "https://example.org/news")
    ('https://example.org/rss',)
    """
    try:
        root = html.document_fromstring(body)
    except (etree.ParserError, ValueError):
        return ()
    declared = _ranked(_declared(root), url)
    return declared or _ranked(_linked(root, url), url)


def well_known(url: str) -> tuple[str, ...]:
    """Where a site that names no feed most often has one."""
    return tuple(urljoin(url, path) for path in WELL_KNOWN)


def _declared(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Address and title of every feed that the page says it has."""
    for link in root.iter("link"):
        kind = str(link.get("type", "")).lower().split(";")[0].strip()
        if (
            kind in FEED_TYPES
            and "alternate" in str(link.get("rel", "")).lower().split()
        ):
            yield str(link.get("href") or ""), str(link.get("title") or "")


def _linked(root: html.HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """Address and text of every link on its own site that looks like one to a feed."""
    for link in root.iter("a"):
        target = str(link.get("href") or "").strip()
        path = target.partition("?")[0].partition("#")[0]
        if _FEED_LINK.search(path) and urls.site(urls.link(target, base=url)) == (
            urls.site(url)
        ):
            yield target, link.text_content()


def _ranked(named: Iterator[tuple[str, str]], url: str) -> tuple[str, ...]:
    section = urlsplit(url).path.strip("/").casefold()

    def rank(found: tuple[str, str]) -> tuple[bool, bool]:
        address, title = found
        is_own = bool(section) and section in urlsplit(address).path.casefold()
        return bool(_OF_REMARKS.search(f"{address} {title}")), not is_own

    linked = [
        (urls.link(address, base=url), title) for address, title in named if address
    ]
    return tuple(
        dict.fromkeys(address for address, _ in sorted(linked, key=rank) if address)
    )
