"""Addresses of documents: read once, and what two readers may read apart refused."""

from yarl import URL

from flows.errors import FailureReason, FetchError

MAX_URL_CHARACTERS = 8_192
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
    return parsed


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


def is_literal(host: str) -> bool:
    """Whether a host is an address itself, which meets no resolver."""
    return ":" in host or host.replace(".", "").isdigit()
