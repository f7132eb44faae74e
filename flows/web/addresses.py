"""Addresses of documents: read once, and what two readers may read apart refused."""

import re
import socket

from yarl import URL

from flows.errors import FailureReason, FetchError

MAX_URL_CHARACTERS = 8_192
_NUMBER = re.compile(r"\d+|0[xX][0-9a-fA-F]*")  # no name ends in one (WHATWG)
_FORBIDDEN = frozenset(map(chr, (*range(0x21), 0x5C, 0x7F)))


def checked(url: str) -> URL:
    """Read an address the one time that it is read.

    Raises:
        FetchError: BAD_URL; it is no plain web address, or names a user.
    """
    if len(url) > MAX_URL_CHARACTERS or not _FORBIDDEN.isdisjoint(url):
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
    address = literal(host)  # one spelling, as browsers have it, also for a proxy
    return parsed if address in (None, host) else parsed.with_host(address)


def target(location: str, url: URL) -> URL:
    """Where a redirect from ``url`` leads.

    Raises:
        FetchError: REDIRECTS to nowhere; BAD_URL to what is no web address.
    """
    stated = location.strip()
    if not stated:
        raise FetchError(str(url), FailureReason.REDIRECTS, "to nowhere")
    try:
        return checked(str(url.join(URL(stated))))
    except ValueError as error:
        raise FetchError(str(url), FailureReason.BAD_URL, "redirected") from error


def literal(host: str) -> str | None:
    """The address that a host is itself, which may meet no resolver; None for a name.

    An IPv4 address is written in any of the ways of inet_aton. One that nobody can
    read comes back as it is.

    >>> literal("0x7f.1"), literal("134744072"), literal("::1"), literal("wire.test")
    ('127.0.0.1', '8.8.8.8', '::1', None)
    """
    if ":" in host:
        return host
    if not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return host
