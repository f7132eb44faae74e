"""Lists of feeds as OPML 2.0, the format every feed reader speaks.

A folder is a tag, and a folder within it a tag with a slash: ``Ukraine/Agencies``. A
feed that stands in two folders has both. What OPML has no word for is written in our
own namespace, as its specification asks; other readers leave that alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from lxml import etree

from detectors.credentials import secret_in
from detectors.durations import parse_duration, render_duration
from detectors.errors import SeedError

NAMESPACE = "urn:tocsin:feeds"
SEPARATOR = "/"  # between a folder and one within it

_NAMES = {"text": "title", "xmlurl": "url", "description": "why"}
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list.

    Args:
        url: Where it is.
        title: "" if the list names none.
        tags: Its folders, each with those above it: ``Ukraine/Agencies``.
        owner: Who speaks through it, if the list says so.
        why: Why it is in the list.
        interval: How often it is to be asked; None leaves that to its pace.
    """

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    owner: str | None = None
    why: str = ""
    interval: timedelta | None = None

    def is_under(self, tag: str) -> bool:
        """Whether it stands in the folder ``tag``, or in one within it."""
        return any(is_within(own, tag) for own in self.tags)


def is_within(tag: str, other: str) -> bool:
    """Whether ``tag`` is ``other`` or a folder within it, whatever the case.

    >>> is_within("Ukraine/Agencies", "ukraine"), is_within("Ukraine", "Ukr")
    (True, False)
    """
    one, above = tag.casefold(), other.casefold()
    return one == above or one.startswith(f"{above}{SEPARATOR}")


def parse_opml(body: bytes, name: str) -> tuple[Subscription, ...]:
    """Every outline with an ``xmlUrl``, in order, each URL once, in all its folders.

    What only one of several outlines of a URL says of it is kept.

    Raises:
        SeedError: The file is no OPML, or names no feed.
    """
    root = _root(body)
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise SeedError(name, "no OPML document")
    found: dict[str, Subscription] = {}
    for each in _outlines(root, ()):
        first = found.get(each.url)
        found[each.url] = _joined(first, each) if first else each
    if not found:
        raise SeedError(name, "no outline with an xmlUrl")
    return tuple(found.values())


def _root(body: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError:
        return None


def _outlines(
    element: etree._Element, folders: tuple[str, ...]
) -> Iterator[Subscription]:
    """The feeds below an element, which stands in these folders."""
    stack = [(child, folders) for child in reversed(element)]
    while stack:  # no recursion: a hostile list nests deeper than Python does
        outline, above = stack.pop()
        within = above
        if isinstance(outline.tag, str) and outline.tag.endswith("outline"):
            stated = _attributes(outline)
            if stated.get("url"):
                yield _subscription(stated, above)
            elif folder := _folder(stated.get("title", "")):
                within = (*above, folder)
        stack += [(child, within) for child in reversed(outline)]


def _attributes(outline: etree._Element) -> dict[str, str]:
    """By our names; ``title`` before ``text``, our own attributes in any spelling."""
    stated: dict[str, str] = {}
    for key, value in outline.items():
        name = etree.QName(str(key))
        if name.namespace in (None, NAMESPACE):
            plain = name.localname.lower()
            text = _line(str(value))
            if text and (plain != "text" or "title" not in stated):
                stated[_NAMES.get(plain, plain)] = text
    return stated


def _subscription(stated: Mapping[str, str], above: tuple[str, ...]) -> Subscription:
    folder = SEPARATOR.join(above)
    categories = (
        _path(path.split(SEPARATOR)) for path in stated.get("category", "").split(",")
    )
    return Subscription(
        url=stated["url"],
        title=stated.get("title", ""),
        tags=tuple(dict.fromkeys(tag for tag in (folder, *categories) if tag)),
        owner=stated.get("owner"),
        why=stated.get("why", ""),
        interval=parse_duration(stated.get("interval", "")),
    )


def _joined(one: Subscription, other: Subscription) -> Subscription:
    return replace(
        one,
        title=one.title or other.title,
        tags=tuple(dict.fromkeys((*one.tags, *other.tags))),
        owner=one.owner or other.owner,
        why=one.why or other.why,
        interval=one.interval or other.interval,
    )


def _line(text: str) -> str:
    """What an attribute can hold, in one line."""
    return " ".join(_UNFIT.sub("", text).split())


def _folder(name: str) -> str:
    return name.replace(SEPARATOR, " ").strip()


def _path(folders: Iterable[str]) -> str:
    return SEPARATOR.join(name for name in map(_folder, folders) if name)


def render_opml(subscriptions: Iterable[Subscription]) -> bytes:
    """An OPML document that `parse_opml` reads back.

    A feed whose address holds a secret is left out: lists are passed on.
    """
    root = etree.Element("opml", nsmap={"tocsin": NAMESPACE}, version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Tocsin feeds"
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for each in subscriptions:
        if secret_in(each.url):
            continue
        for tag in each.tags or ("",):
            path = tuple(name for name in tag.split(SEPARATOR) if name)
            etree.SubElement(_opened(folders, path), "outline", _stated(each))
    return etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )


def _opened(
    folders: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]
) -> etree._Element:
    """The element of a folder, made with those above it where there is none."""
    for depth in range(1, len(path) + 1):
        if path[:depth] not in folders:
            name = _line(path[depth - 1])
            above = folders[path[: depth - 1]]
            made = etree.SubElement(above, "outline", text=name, title=name)
            folders[path[:depth]] = made
    return folders[path]


def _stated(each: Subscription) -> dict[str, str]:
    title = _line(each.title) or each.url
    stated = {"type": "rss", "text": title, "title": title, "xmlUrl": each.url}
    if each.why:
        stated["description"] = _line(each.why)
    if each.owner:
        stated[f"{{{NAMESPACE}}}owner"] = _line(each.owner)
    if each.interval is not None:
        stated[f"{{{NAMESPACE}}}interval"] = render_duration(each.interval)
    return stated
