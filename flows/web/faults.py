"""The client's many errors, each as one of ours with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

from flows.errors import FailureReason, FetchError
from flows.web.guard import RefusedAddressError

_FAULTS: tuple[tuple[type[Exception], FailureReason], ...] = (  # the first that fits
    (TimeoutError, FailureReason.TIMEOUT),
    (aiohttp.InvalidURL, FailureReason.BAD_URL),
    (aiohttp.ClientSSLError, FailureReason.TLS),
    (aiohttp.ClientHttpProxyError, FailureReason.PROXY),
    (aiohttp.ClientProxyConnectionError, FailureReason.PROXY),
    (aiohttp.ClientConnectorDNSError, FailureReason.NAME),
    (aiohttp.ClientPayloadError, FailureReason.BROKEN_BODY),
    (aiohttp.ClientResponseError, FailureReason.BROKEN_BODY),
    (Exception, FailureReason.CONNECT),
)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Let what goes wrong inside be a `FetchError` of ``url``."""
    try:
        yield
    except (aiohttp.ClientError, OSError, ValueError) as error:
        refused = _refused_address(error)
        if refused is not None:
            raise FetchError(
                url, FailureReason.REFUSED_ADDRESS, str(refused)
            ) from error
        reason = next(reason for kind, reason in _FAULTS if isinstance(error, kind))
        raise FetchError(url, reason, type(error).__name__) from error


def _refused_address(error: Exception) -> RefusedAddressError | None:
    """Our own refusal, wherever the client put it."""
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return inner if isinstance(inner, RefusedAddressError) else None
