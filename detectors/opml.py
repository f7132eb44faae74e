"""Lists of feeds as OPML 2.0, the format every feed reader speaks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from detectors.errors import SeedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list: its URL, and its title ("" if the list names none)."""

    url: str
    title: str = ""


def parse_opml(body: bytes, name: str) -> tuple[Subscription, ...]:
    """Every outline with an ``xmlUrl``, in order, each URL once, folders flattened.

    Raises:
        SeedError: The file is no OPML, or names no feed.
    """
    root = _root(body)
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise SeedError(name, "no OPML document")
    found = {each.url: each for each in reversed(list(_outlines(root)))}
    if not found:
        raise SeedError(name, "no outline with an xmlUrl")
    return tuple(reversed(found.values()))


def _root(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return None


def _outlines(root: etree._Element) -> Iterator[Subscription]:
    for outline in root.iter("{*}outline", "outline"):
        attributes = {str(key).lower(): str(value) for key, value in outline.items()}
        url = attributes.get("xmlurl", "").strip()
        if url:
            title = attributes.get("title") or attributes.get("text") or ""
            yield Subscription(url=url, title=title.strip())


def render_opml(subscriptions: Iterable[Subscription]) -> bytes:
    """An OPML document that `parse_opml` reads back."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin feeds"
    outlines = etree.SubElement(root, "body")
    for each in subscriptions:
        title = each.title or each.url
        etree.SubElement(
            outlines, "outline", type="rss", text=title, title=title, xmlUrl=each.url
        )
    return etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
