"""One careful request for a document that a stranger's feed named.

A total deadline, a bounded body, redirects by hand, an address guard in the
connector; no cookies, no referrer, nothing from the environment. One `Web` for a
whole run: a TLS context costs 25 ms, a connection that stays open saves one.
"""

import asyncio
import ssl
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from types import TracebackType
from typing import Protocol, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from detectors.model import Validators
from flows.errors import FailureReason, FetchError
from flows.web.decoding import ACCEPTED, read_body
from flows.web.guard import Guard, GuardedResolver, Lookup, RefusedAddressError
from flows.web.silence import Silence

DEADLINE = timedelta(seconds=30)  # names, redirects and body together
MAX_REDIRECTS = 5
AT_ONCE = 50
PER_HOST = 1  # connections to one host at a time
MAX_URL_CHARACTERS = 8_192
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
_NONE = Validators()
_FAULTS: tuple[tuple[type[Exception], FailureReason], ...] = (  # the first that fits
    (TimeoutError, FailureReason.TIMEOUT),
    (aiohttp.InvalidURL, FailureReason.BAD_URL),
    (aiohttp.ClientSSLError, FailureReason.TLS),
    (aiohttp.ClientConnectorDNSError, FailureReason.NAME),
    (aiohttp.ClientPayloadError, FailureReason.BROKEN_BODY),
    (aiohttp.ClientResponseError, FailureReason.BROKEN_BODY),
    (Exception, FailureReason.CONNECT),
)
_FORBIDDEN_IN_URL = frozenset(map(chr, (*range(0x21), 0x5C, 0x7F)))


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
    """

    status: int
    url: str
    body: bytes = b""
    validators: Validators = field(default_factory=Validators)
    charset: str | None = None
    moved_to: str | None = None

    @property
    def is_unchanged(self) -> bool:
        """Whether the server said that nothing changed."""
        return self.status == _NOT_MODIFIED


class Fetch(Protocol):
    """How the flows ask the web; tests bring their own."""

    async def __call__(
        self, url: str, want: Want, validators: Validators = ..., /
    ) -> Answer:
        """Fetch ``url``.

        Raises:
            FetchError: Whatever kept it from being a document.
        """
        ...


class Web:
    """The web, as far as it may be asked; a context manager and a `Fetch`.

    Args:
        guard: Which addresses may be connected to.
        agent: The User-Agent line.
        lookup: Resolves names; the system's resolver unless given.
        deadline: How long one document may take in all.
        per_host: Connections to one host at a time.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        agent: str,
        lookup: Lookup | None = None,
        deadline: timedelta = DEADLINE,
        per_host: int = PER_HOST,
    ) -> None:
        """Keep the rules; nothing is opened before the context is entered."""
        self._guard = guard
        self._agent = agent
        self._lookup = lookup
        self._deadline = deadline.total_seconds()
        self._stack = AsyncExitStack()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(per_host)
        )
        self._silence = Silence()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session."""
        connector = aiohttp.TCPConnector(
            ssl=ssl.create_default_context(),
            limit=0,  # ours are outside the deadline, so that waiting costs no time
            use_dns_cache=False,
            resolver=GuardedResolver(self._guard, self._lookup),
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

    async def __call__(
        self, url: str, want: Want, validators: Validators | None = None, /
    ) -> Answer:
        """Fetch one document; waiting for a free slot does not count as time.

        Raises:
            FetchError: Its reason says whether asking again may help.
        """
        start = _checked(url)
        place = start.raw_authority
        async with self._hosts[place], self._slots:
            self._silence.check(place, url)
            try:
                with _translated(url):
                    async with asyncio.timeout(self._deadline):
                        answer = await self._follow(start, want, validators or _NONE)
            except FetchError as error:
                self._silence.note(place, error.reason)
                raise
            self._silence.note(place, None)
            return answer

    async def _follow(self, start: URL, want: Want, validators: Validators) -> Answer:
        """Walk the redirects, each hop checked like the first."""
        url, moved_to = start, start
        for _ in range(MAX_REDIRECTS + 1):
            async with self._request(url, want, validators) as response:
                if response.status not in _REDIRECTS:
                    answer = await _answer(response, url, want, validators)
                    break
                target = _target(response, url)
                if moved_to == url and response.status in _PERMANENT:
                    moved_to = target
            url = target  # its body was never read: it may be a bomb of its own
        else:
            raise FetchError(str(start), FailureReason.REDIRECTS)
        if moved_to == start:
            return answer
        return _moved(answer, str(moved_to))

    def _request(
        self, url: URL, want: Want, validators: Validators
    ) -> "aiohttp.client._RequestContextManager":
        if self._session is None:
            raise RuntimeError("the web is not open: use `async with`")
        headers = CIMultiDict({"Accept": want.accept})
        for name, value in _conditions(validators):
            headers[name] = value
        self._check_literal(url)
        return self._session.get(url, headers=headers, allow_redirects=False)

    def _check_literal(self, url: URL) -> None:
        """Refuse an address in the URL itself by name; the socket would, too."""
        if url.raw_host and _is_literal(url.raw_host):
            self._guard.check(url.raw_host, url.port or 0)


def agent(version: str, contact: str) -> str:
    """The User-Agent line: who asks, and how to reach the one who runs it.

    >>> agent("1.2", "desk@example.org")
    'tocsin/1.2 (+desk@example.org)'
    """
    printable = "".join(c for c in contact if c.isascii() and c.isprintable())
    return f"tocsin/{version}" + (f" (+{printable})" if printable else "")


def _checked(url: str) -> URL:
    """Read an address the one time that it is read; refuse what two may read apart."""
    if len(url) > MAX_URL_CHARACTERS or not _FORBIDDEN_IN_URL.isdisjoint(url):
        raise FetchError(url[:200], FailureReason.BAD_URL)
    try:
        parsed = URL(url)
    except ValueError as error:
        raise FetchError(url[:200], FailureReason.BAD_URL) from error
    host = parsed.raw_host or "%"  # an escape in a name is decoded by some
    if parsed.scheme not in ("http", "https") or "%" in host:
        raise FetchError(url[:200], FailureReason.BAD_URL)
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise FetchError(host, FailureReason.BAD_URL, "names a user")
    return parsed


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _target(response: aiohttp.ClientResponse, url: URL) -> URL:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(str(url), FailureReason.REDIRECTS, "to nowhere")
    try:
        return _checked(str(url.join(URL(location))))
    except ValueError as error:
        raise FetchError(str(url), FailureReason.BAD_URL, "redirected") from error


async def _answer(
    response: aiohttp.ClientResponse, url: URL, want: Want, asked: Validators
) -> Answer:
    if response.status == _NOT_MODIFIED and asked != _NONE:
        return Answer(
            status=_NOT_MODIFIED, url=str(url), validators=_validators(response)
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
    )


def _moved(answer: Answer, target: str) -> Answer:
    return Answer(
        status=answer.status,
        url=answer.url,
        body=answer.body,
        validators=answer.validators,
        charset=answer.charset,
        moved_to=target,
    )


def _validators(response: aiohttp.ClientResponse) -> Validators:
    """The pair, as bytes: quotes, ``W/`` and blanks inside are part of the value."""
    found = {name.lower(): value for name, value in response.raw_headers}
    return Validators(
        etag=found.get(b"etag") or None,
        last_modified=found.get(b"last-modified") or None,
    )


def _conditions(validators: Validators) -> Iterator[tuple[str, str]]:
    """Conditional headers; one that cannot be sent byte for byte is left out."""
    pairs = (
        ("If-None-Match", validators.etag),
        ("If-Modified-Since", validators.last_modified),
    )
    for name, value in pairs:
        if value is not None:
            try:
                yield name, value.decode("utf-8")  # as aiohttp writes it again
            except UnicodeDecodeError:
                continue


@contextmanager
def _translated(url: str) -> Iterator[None]:
    """Turn the client's many errors into ours, each with its reason."""
    try:
        yield
    except (aiohttp.ClientError, OSError, ValueError) as error:
        refused = _refused_address(error)
        if refused is not None:
            raise FetchError(
                url, FailureReason.REFUSED_ADDRESS, str(refused)
            ) from error
        reason = next(reason for kind, reason in _FAULTS if isinstance(error, kind))
        raise FetchError(url, reason, _named(error)) from error


def _refused_address(error: Exception) -> RefusedAddressError | None:
    """Our own refusal, wherever the client put it."""
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return inner if isinstance(inner, RefusedAddressError) else None


def _named(error: Exception) -> str:
    return type(error).__name__
