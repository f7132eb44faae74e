"""A newsroom over loopback: real feeds and pages that follow a clock we turn."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Self, TypeAlias

from aiohttp import web

from flows.demo import rendering
from flows.demo.day import FeedFormat, Outlet, PageKind, Piece
from flows.demo.rendering import Listed

LOOPBACK = "127.0.0.1"
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

FEED_LENGTH = 25
RELATED = 4

FEED_NAMES = {
    FeedFormat.RSS: "rss.xml",
    FeedFormat.ATOM: "atom.xml",
    FeedFormat.RDF: "index.rdf",
    FeedFormat.JSON: "feed.json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked for, and how it was answered."""

    path: str
    status: int
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFeed:
    """A feed of the newsroom, to be followed."""

    url: str
    title: str
    outlet: Outlet


class Newsroom:
    """Serves outlets on an ephemeral port of this machine, and nowhere else.

    An entry stands in its feed from the moment it was published on; a revision
    changes the page, the entry and its date. Feeds answer conditional requests:
    RSS gives both validators, Atom and JSON an ETag, RDF only a date.

    Args:
        outlets: Each gets a feed; their slugs are the first part of every path.
        pieces: Archive and day together, in any order; each ``source`` names an
            outlet.
        opens_at: What the newsroom's clock shows at first (UTC).

    Raises:
        ValueError: A piece comes from no outlet that was given.
    """

    def __init__(
        self, outlets: Sequence[Outlet], pieces: Iterable[Piece], *, opens_at: datetime
    ) -> None:
        """Keep the pieces in order of publication; no socket is opened yet."""
        self._outlets = {outlet.slug: outlet for outlet in outlets}
        self._by_name = {outlet.name: outlet for outlet in outlets}
        self._pieces = sorted(pieces, key=lambda piece: piece.published_at)
        if strangers := {piece.source for piece in self._pieces} - set(self._by_name):
            message = f"no outlet of that name: {', '.join(sorted(strangers))}"
            raise ValueError(message)
        self._now = opens_at
        self._runner: web.AppRunner | None = None
        self._port = 0
        self.requests: list[Request] = []

    async def __aenter__(self) -> Self:
        """Start serving."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop serving."""
        await self.stop()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        application = web.Application(middlewares=[self._remember])
        application.router.add_get("/{slug}/", self._home)
        application.router.add_get("/{slug}/{path:.+}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the port and every connection; harmless when not started."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def address(self) -> str:
        """``host:port``, as an allow-list wants it."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def url(self) -> str:
        """The root of every URL, without a slash at its end."""
        return f"http://{self.address}"

    @property
    def feeds(self) -> tuple[PublishedFeed, ...]:
        """Every feed, in the order in which the outlets were given."""
        return tuple(
            PublishedFeed(url=self._feed_url(outlet), title=outlet.name, outlet=outlet)
            for outlet in self._outlets.values()
        )

    @property
    def now(self) -> datetime:
        """What the newsroom's clock shows (UTC)."""
        return self._now

    def advance_to(self, moment: datetime) -> None:
        """Turn the clock forward.

        Raises:
            ValueError: ``moment`` lies before what the clock shows.
        """
        if moment < self._now:
            message = f"a newsroom's clock does not go back to {moment}"
            raise ValueError(message)
        self._now = moment

    def link(self, piece: Piece) -> str:
        """Where a piece is served; a revision where its first wording was."""
        return f"{self.url}/{self._by_name[piece.source].slug}{piece.path}"

    def piece_at(self, url: str) -> Piece | None:
        """The latest wording published under one of our links, if any."""
        shown = [piece for piece in self._published() if self.link(piece) == url]
        return shown[-1] if shown else None

    # --- what is published now ------------------------------------------------

    def _published(self) -> list[Piece]:
        return [piece for piece in self._pieces if piece.published_at <= self._now]

    def _listed(self, outlet: Outlet) -> list[Listed]:
        """The outlet's pieces in their latest wording, last touched first."""
        wordings: dict[str, Listed] = {}
        for piece in self._published():
            if piece.source != outlet.name:
                continue
            earlier = wordings.get(piece.path)
            first_at = earlier.first_published_at if earlier else piece.published_at
            wordings[piece.path] = Listed(
                piece=piece, link=self.link(piece), first_published_at=first_at
            )
        return sorted(
            wordings.values(),
            key=lambda shown: (shown.piece.published_at, shown.piece.id),
            reverse=True,
        )

    def _home_url(self, outlet: Outlet) -> str:
        return f"{self.url}/{outlet.slug}/"

    def _feed_url(self, outlet: Outlet) -> str:
        return self._home_url(outlet) + FEED_NAMES[outlet.format]

    # --- answering ------------------------------------------------------------

    @web.middleware
    async def _remember(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            self._note(request, refusal.status)
            raise
        self._note(request, response.status)
        return response

    def _note(self, request: web.Request, status: int) -> None:
        agent = request.headers.get("User-Agent", "")
        self.requests.append(
            Request(path=request.path, status=status, user_agent=agent)
        )

    async def _home(self, request: web.Request) -> web.StreamResponse:
        outlet = self._asked_for(request)
        feed = self._feed_url(outlet)
        page = rendering.render_home(outlet, feed, self._listed(outlet))
        return web.Response(text=page, content_type="text/html")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        outlet = self._asked_for(request)
        path = request.match_info["path"]
        if path == FEED_NAMES[outlet.format]:
            return self._feed(request, outlet)
        return self._page(outlet, f"/{path}")

    def _asked_for(self, request: web.Request) -> Outlet:
        outlet = self._outlets.get(request.match_info["slug"])
        if outlet is None:
            raise web.HTTPNotFound
        return outlet

    def _feed(self, request: web.Request, outlet: Outlet) -> web.StreamResponse:
        listed = self._listed(outlet)[:FEED_LENGTH]
        body = rendering.render_feed(outlet, self._home_url(outlet), listed)
        headers = _validators(outlet.format, body, listed)
        if _is_unchanged(request, headers):
            return web.Response(status=304, headers=headers)
        response = web.Response(
            body=body,
            headers=headers,
            content_type=rendering.CONTENT_TYPES[outlet.format],
            charset=outlet.encoding,
        )
        response.enable_compression()
        return response

    def _page(self, outlet: Outlet, path: str) -> web.StreamResponse:
        listed = self._listed(outlet)
        shown = next((one for one in listed if one.piece.path == path), None)
        if shown is None:
            raise web.HTTPNotFound
        others = [one for one in listed if one is not shown][:RELATED]
        page = _write_page(outlet, shown, others, self._home_url(outlet))
        response = web.Response(text=page, content_type="text/html")
        response.enable_compression()
        return response


def _write_page(
    outlet: Outlet, shown: Listed, others: Sequence[Listed], home: str
) -> str:
    match shown.piece.page:
        case PageKind.ARTICLE:
            return rendering.render_page(outlet, shown, others, home)
        case PageKind.COOKIE_WALL:
            return rendering.render_cookie_wall(outlet, home)
        case PageKind.LOGIN:
            return rendering.render_login(outlet, shown, home)
        case PageKind.MISSING:
            raise web.HTTPNotFound(text="This page has moved without a word.")


def _validators(
    kind: FeedFormat, body: bytes, listed: Sequence[Listed]
) -> dict[str, str]:
    """What to ask again with (RFC 9110 §8.8), by the habits of each format."""
    validators = {}
    if kind is not FeedFormat.RDF:
        weak = "W/" if kind is FeedFormat.ATOM else ""
        validators["ETag"] = f'{weak}"{hashlib.sha256(body).hexdigest()[:20]}"'
    if kind in (FeedFormat.RSS, FeedFormat.RDF) and listed:
        changed_at = max(shown.piece.published_at for shown in listed)
        validators["Last-Modified"] = format_datetime(changed_at, usegmt=True)
    return validators


def _is_unchanged(request: web.Request, validators: dict[str, str]) -> bool:
    """RFC 9110 §13.2.2: a date counts only where no ETag was sent."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        known = {tag.strip() for tag in tags.split(",")}
        return validators.get("ETag") in known
    since = request.headers.get("If-Modified-Since")
    changed = validators.get("Last-Modified")
    if since is None or changed is None:
        return False
    late = parsedate_to_datetime(changed) - parsedate_to_datetime(since)
    return late <= timedelta(0)
