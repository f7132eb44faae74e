"""The demo's invented day: its outlets, what they publish, when we look."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BEFORE_OPENING = timedelta(minutes=10)


class FeedFormat(StrEnum):
    """The four families of feeds in the wild."""

    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"


class PageKind(StrEnum):
    """What a reader finds behind a link; only the first is the article."""

    ARTICLE = "article"
    COOKIE_WALL = "cookie wall"
    LOGIN = "login"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher of the demo and how its feed is made.

    ``full_text`` puts the whole article into the feed, not its first paragraph.
    """

    name: str
    slug: str
    language: str
    format: FeedFormat
    encoding: str = "utf-8"
    full_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article as an outlet publishes it; a revision repeats its URL."""

    id: str
    url: str
    source: str
    language: str
    published_at: datetime
    title: str
    text: str
    revision_of: str | None = None
    page: PageKind = PageKind.ARTICLE

    @property
    def path(self) -> str:
        """The URL without its host."""
        return urlsplit(self.url).path

    @property
    def paragraphs(self) -> list[str]:
        """The text, parted at blank lines."""
        return self.text.split("\n\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Everything that a newsroom needs; ``archive`` lies before the first piece."""

    outlets: tuple[Outlet, ...]
    archive: tuple[Piece, ...]
    pieces: tuple[Piece, ...]


def load(directory: Path) -> Day:
    """Read ``outlets.json`` and ``articles.jsonl``; labels are not looked at.

    Raises:
        OSError: A file is missing.
        ValueError: A line is not what the README of the folder says.
    """
    outlets: list[Outlet] = []
    archive: list[Piece] = []
    for record in json.loads((directory / "outlets.json").read_text("utf-8")):
        archived = record.pop("archive", [])
        outlet = Outlet(**{**record, "format": FeedFormat(record["format"])})
        outlets.append(outlet)
        archive += [
            _archived(outlet, number, old) for number, old in enumerate(archived)
        ]
    with (directory / "articles.jsonl").open(encoding="utf-8") as lines:
        pieces = tuple(piece(json.loads(line)) for line in lines)
    return Day(outlets=tuple(outlets), archive=tuple(archive), pieces=pieces)


def piece(record: Mapping[str, Any]) -> Piece:
    """Take what an outlet publishes from a line of the stream."""
    kept = ("id", "url", "source", "language", "title", "text")
    return Piece(
        **{key: record[key] for key in kept},
        published_at=_moment(record["published_at"]),
        revision_of=record.get("revision_of"),
        page=PageKind(record.get("page", PageKind.ARTICLE)),
    )


def _archived(outlet: Outlet, number: int, record: Mapping[str, Any]) -> Piece:
    return piece(
        {
            "id": f"{outlet.slug}-archive-{number}",
            "source": outlet.name,
            "language": outlet.language,
            **record,
        }
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def ticks(pieces: Iterable[Piece], count: int) -> tuple[datetime, ...]:
    """Choose when to look: once before the first piece, then after equal shares.

    A quiet hour passes in one tick, a busy one takes several, so that a short
    demo never meets a whole morning at once.

    Args:
        pieces: The day, in any order; at least one.
        count: How many moments to choose, at least 2. Fewer come back when
            pieces appeared in the same minute.

    Returns:
        Rising moments; the last one is that of the last piece.
    """
    moments = sorted(piece.published_at for piece in pieces)
    shares = (ceil(len(moments) * i / (count - 1)) for i in range(1, count))
    looks = {moments[max(share, 1) - 1] for share in shares}
    return (moments[0] - BEFORE_OPENING, *sorted(looks))
