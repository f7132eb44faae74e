"""News sitemaps: a publisher's list of its latest articles, as search engines take it.

Beside feeds they say little (an address, a title, a date), but they are complete, and
some publishers have nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from detectors import urls

HEAD_BYTES = 2_048
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(urlset|sitemapindex)[\s>]", re.IGNORECASE)
_NEWS = re.compile(r"news|noticias|novyny|novosti", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a news sitemap says: entries as parsers of feeds give them, in its order."""

    title: str
    language: str
    entries: tuple[Mapping[str, str], ...]


def is_sitemap(body: bytes) -> bool:
    """Whether the document is a sitemap of any kind, or an index of some."""
    return _ROOT.search(body[:HEAD_BYTES]) is not None


def read_sitemap(body: bytes) -> Sitemap | None:
    """The news of a sitemap; None where it tells of none.

    Pages without news of their own (``news:news``) are left out: those are sections,
    and articles of all times.

    References:
        The sitemaps.org protocol 0.9, and its news extension 0.9.
    """
    root = _parsed(body)
    if root is None or _name(root) != "urlset":
        return None
    told = [_stated(page) for page in root if _name(page) == "url"]
    news = [page for page in told if page.get("title")]
    if not news:
        return None
    return Sitemap(
        title=news[0].get("name", ""),
        language=news[0].get("language", ""),
        entries=tuple(
            {
                "id": page.get("loc", ""),
                "link": page.get("loc", ""),
                "title": page["title"],
                "published": page.get("publication_date", ""),
                "language": page.get("language", ""),
            }
            for page in news
            if page.get("loc")
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPart:
    """A sitemap of an index; ``changed`` is when, as it is stated, or ""."""

    url: str
    changed: str = ""


def parts_of(body: bytes, url: str) -> tuple[SitemapPart, ...]:
    """The sitemaps of an index: those of news first, then the latest, else none."""
    root = _parsed(body)
    if root is None or _name(root) != "sitemapindex":
        return ()
    stated = [_stated(part) for part in root if _name(part) == "sitemap"]
    listed = [
        SitemapPart(
            url=urls.link(part["loc"], base=url), changed=part.get("lastmod", "")
        )
        for part in stated
        if part.get("loc")
    ]
    listed.sort(key=lambda part: part.changed, reverse=True)  # ISO 8601 sorts as text
    listed.sort(key=lambda part: not _NEWS.search(part.url))
    return tuple(part for part in listed if part.url)


def _stated(page: etree._Element) -> dict[str, str]:
    """The text of every element below, by name; the first of a name."""
    found: dict[str, str] = {}
    for name, text in _texts(page):
        found.setdefault(name, text)
    return found


def _texts(page: etree._Element) -> Iterator[tuple[str, str]]:
    for element in page.iter():
        text = element.text.strip() if isinstance(element.text, str) else ""
        if text:
            yield _name(element), text


def _name(element: etree._Element) -> str:
    tag = element.tag
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else ""


def _parsed(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        return etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
