"""One careful request for a document that a stranger's feed named.

A total deadline, a bounded body, redirects by hand, an address guard in the
connector; no cookies, no referrer, nothing from the environment. One `Web` for a
whole run: a TLS context costs 25 ms, a connection that stays open saves one.
"""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from detectors import urls
from detectors.model import FeedWishes, Validators
from flows.errors import FailureReason, FetchError
from flows.web.addresses import checked, literal, target
from flows.web.decoding import ACCEPTED, read_body
from flows.web.faults import translated
from flows.web.guard import Guard, GuardedResolver, Lookup
from flows.web.manners import PLAIN, Manner, conditions, manner
from flows.web.silence import Silence
from flows.web.turns import PER_HOST, Turns

DEADLINE = timedelta(seconds=30)  # names, redirects and body together
MAX_REDIRECTS = 5
AT_ONCE = 50
_CONNECT_SECONDS = 10.0
_HEADER_BYTES = 64 * 1024

_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_REASONS = {
    401: FailureReason.FORBIDDEN,
    403: FailureReason.FORBIDDEN,
    404: FailureReason.NOT_FOUND,
    410: FailureReason.GONE,
    429: FailureReason.THROTTLED,
    451: FailureReason.FORBIDDEN,
}
_FIRST_SERVER_ERROR = 500
_TOLD = (  # what servers say of what they gave: asking again, and using it
    "Age",
    "Cache-Control",
    "Content-Type",
    "Date",
    "Expires",
    "TDM-Policy",
    "TDM-Reservation",
    "X-Robots-Tag",
)


class Want(Enum):
    """What is asked for: the Accept line, and the largest body that is taken."""

    FEED = (
        (  # what feeds are sent as, best first
            "application/rss+xml, application/atom+xml, application/feed+json, "
            "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
        ),
        10_000_000,
    )
    PAGE = (
        "text/html, application/xhtml+xml, */*;q=0.1",
        3_000_000,  # p99 of 439 news pages is 1.5 MB, the largest 2.1
    )
    ROBOTS = ("text/plain, */*;q=0.1", 2_000_000)  # of which a quarter is read

    @property
    def accept(self) -> str:
        """The Accept line."""
        return self.value[0]

    @property
    def limit(self) -> int:
        """Bytes of body, as sent and as decoded."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A usable answer: a document, or the news that there is no newer one.

    Args:
        status: 200 or 304; anything else is a `FetchError`.
        url: Where the document was found, after redirects.
        body: Decompressed; empty for a 304.
        validators: To ask again with; for a 304 only what it repeated.
        charset: What the server said the encoding is.
        moved_to: Where permanent redirects alone led; None without any.
        told: What the server said of what it gave, by lower-case header.
    """

    status: int
    url: str
    body: bytes = b""
    validators: Validators = field(default_factory=Validators)
    charset: str | None = None
    moved_to: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said that nothing changed."""
        return self.status == _NOT_MODIFIED

    def renewed(self, kept: Validators) -> Validators:
        """What a 304 repeats replaces what was kept (RFC 9111 §4.3.4)."""
        return Validators(
            etag=self.validators.etag or kept.etag,
            last_modified=self.validators.last_modified or kept.last_modified,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a document is asked for.

    Args:
        validators: What was given the last time.
        issuer: Where, after redirects: they are sent nowhere else. None: at the address
            itself.
        wishes: How the desk wants it asked.
    """

    validators: Validators = field(default_factory=Validators)
    issuer: str | None = None
    wishes: FeedWishes = field(default_factory=FeedWishes)


ANEW = Terms()  # as if never had, and as any document


class Fetch(Protocol):
    """How the flows ask the web; tests bring their own."""

    async def __call__(self, url: str, want: Want, terms: Terms = ..., /) -> Answer:
        """Fetch ``url``.

        Args:
            url: A web address.
            want: What is asked for.
            terms: On what terms.

        Raises:
            FetchError: Whatever kept it from being a document.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """One document to be had, and what may be said on the way to it."""

    start: URL
    want: Want
    validators: Validators
    issuer: URL
    manner: Manner = PLAIN

    def headers(self, url: URL) -> CIMultiDict[str]:
        """What is said at one hop: validators where they came from, secrets at home."""
        headers = CIMultiDict({"Accept": self.want.accept})
        if url.origin() == self.start.origin():
            headers.update(self.manner.headers)
        if self.manner.agent:
            headers["User-Agent"] = self.manner.agent
        if url.with_fragment(None) == self.issuer:
            headers.update(conditions(self.validators))
        return headers


class Web:
    """The web, as far as it may be asked; a context manager and a `Fetch`.

    Args:
        guard: Which addresses may be connected to.
        agent: The User-Agent line.
        lookup: Resolves names; the system's resolver unless given.
        deadline: How long one document may take in all.
        per_host: Connections to one host at a time.
        delay: Between two requests to one host; `flows.web.turns` says what None is.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        agent: str,
        lookup: Lookup | None = None,
        deadline: timedelta = DEADLINE,
        per_host: int = PER_HOST,
        delay: timedelta | None = None,
    ) -> None:
        """Keep the rules; nothing is opened before the context is entered."""
        self._guard = guard
        self._agent = agent
        self._resolver = GuardedResolver(guard, lookup)
        self._deadline = deadline.total_seconds()
        self._stack = AsyncExitStack()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._turns = Turns(per_host=per_host, delay=delay)
        self._silence = Silence()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        connector = aiohttp.TCPConnector(
            ssl=ssl.create_default_context(),
            limit=0,  # ours are outside the deadline, so that waiting costs no time
            use_dns_cache=False,
            resolver=self._resolver,
            socket_factory=self._guard.open,
        )
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=_CONNECT_SECONDS
                ),
                headers={"User-Agent": self._agent, "Accept-Encoding": ACCEPTED},
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._stack.aclose()
        self._session = None

    async def __call__(self, url: str, want: Want, terms: Terms = ANEW, /) -> Answer:
        """Fetch one document; waiting for a free slot does not count as time.

        Raises:
            FetchError: Its reason says whether asking again may help.
        """
        start = checked(url)
        errand = _Errand(
            start=start,
            want=want,
            validators=terms.validators,
            issuer=(checked(terms.issuer) if terms.issuer else start).with_fragment(
                None
            ),
            manner=PLAIN if terms.wishes == ANEW.wishes else manner(terms.wishes, url),
        )
        place = start.raw_authority
        async with self._turns.of(place):
            self._silence.check(place, url)
            await self._turns.breath(place)
            try:
                async with self._slots:
                    answer = await self._within_time(errand)
            except FetchError as error:
                self._silence.note(place, error.reason)
                error.own = self._is_own(urls.host(error.subject))
                raise
            finally:
                self._turns.asked(place, own=self._is_own(start.raw_host))
            self._silence.note(place, None)
            return answer

    async def _within_time(self, errand: _Errand) -> Answer:
        with translated(str(errand.start)):
            async with asyncio.timeout(self._deadline):
                return await self._follow(errand)

    async def _follow(self, errand: _Errand) -> Answer:
        """Walk the redirects, each hop checked like the first."""
        url, moved_to = errand.start, errand.start
        for _ in range(MAX_REDIRECTS + 1):
            headers = errand.headers(url)
            async with self._request(url, headers, errand.manner) as response:
                if response.status not in _REDIRECTS:
                    answer = await _answer(response, url, errand.want, headers)
                    break
                hop = target(response.headers.get("Location", ""), url)
                if moved_to == url and response.status in _PERMANENT:
                    moved_to = hop
            url = hop  # its body was never read: it may be a bomb of its own
        else:
            raise FetchError(str(errand.start), FailureReason.REDIRECTS)
        if moved_to == errand.start:
            return answer
        return replace(answer, moved_to=str(moved_to))

    def _request(
        self, url: URL, headers: CIMultiDict[str], asked: Manner
    ) -> "aiohttp.client._RequestContextManager":
        if self._session is None:
            raise RuntimeError("the web is not open: use `async with`")
        address = literal(url.raw_host or "")
        if address is not None:  # the socket would refuse, too, but not a proxy's
            self._guard.check(address, url.port or 0)
        return self._session.get(
            url,
            headers=headers,
            allow_redirects=False,
            proxy=asked.proxy,
            ssl=True if asked.trust is None else asked.trust,
        )

    def slow_down(self, place: str, delay: timedelta, /) -> None:
        """Leave at least ``delay`` between two requests to a host, as it wishes."""
        self._turns.slow_down(place, delay)

    def _is_own(self, host: str | None) -> bool:
        """Whether a host that was asked is in a network of ours."""
        address = literal(host or "")
        if address is not None:
            return self._guard.is_own(address)
        return host in self._resolver.own


def agent(version: str, contact: str) -> str:
    """The User-Agent line: who asks, and how to reach the one who runs it.

    >>> agent("1.2", "desk@example.org")
    'tocsin/1.2 (+desk@example.org)'
    """
    printable = "".join(c for c in contact if c.isascii() and c.isprintable())
    return f"tocsin/{version}" + (f" (+{printable})" if printable else "")


async def _answer(
    response: aiohttp.ClientResponse, url: URL, want: Want, asked: Mapping[str, str]
) -> Answer:
    conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
    if response.status == _NOT_MODIFIED and conditional:
        return Answer(
            status=_NOT_MODIFIED,
            url=str(url),
            validators=_validators(response),
            told=_told(response),
        )
    if response.status != _OK:
        raise _refused(response, url)
    body = await read_body(
        response.content.iter_chunked(64 * 1024),
        coding=", ".join(response.headers.getall("Content-Encoding", ())),
        limit=want.limit,
        url=str(url),
    )
    return Answer(
        status=_OK,
        url=str(url),
        body=body,
        validators=_validators(response),
        charset=response.charset,
        told=_told(response),
    )


def _refused(response: aiohttp.ClientResponse, url: URL) -> FetchError:
    status = response.status
    default = (
        FailureReason.SERVER if status >= _FIRST_SERVER_ERROR else FailureReason.STATUS
    )
    return FetchError(
        str(url),
        _REASONS.get(status, default),
        f"HTTP {status}",
        retry_after=response.headers.get("Retry-After"),
        date=response.headers.get("Date"),
        status=status,
    )


def _told(response: aiohttp.ClientResponse) -> dict[str, str]:
    """What was said of asking again and of use; repeated lines are one list."""
    return {
        name.lower(): ", ".join(response.headers.getall(name))
        for name in _TOLD
        if name in response.headers
    }


def _validators(response: aiohttp.ClientResponse) -> Validators:
    """The pair, as bytes: quotes, ``W/`` and blanks inside are part of the value."""
    found = {name.lower(): value for name, value in response.raw_headers}
    return Validators(
        etag=found.get(b"etag") or None,
        last_modified=found.get(b"last-modified") or None,
    )
