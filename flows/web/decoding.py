"""Bodies taken off the wire, bounded: what a server calls 3 KB may be 3 GB."""

import zlib
from collections.abc import AsyncIterator

from flows.errors import FailureReason, FetchError

ACCEPTED = "gzip, deflate"  # no brotli: its decoder cannot be bounded
_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_PLAIN = frozenset({"", "identity"})
_ZLIB_FIRST_BYTE = 0x78  # RFC 1950; many servers send deflate without that header


async def read_body(
    chunks: AsyncIterator[bytes], *, coding: str, limit: int, url: str
) -> bytes:
    """Gather a whole body of at most ``limit`` bytes, before and after decoding.

    Raises:
        FetchError: TOO_LARGE past the limit; BROKEN_BODY where the compressed
            stream ends early, is damaged, or is coded in a way we did not offer.
    """
    name = coding.strip().lower()
    if name in _PLAIN:
        return await _gather(chunks, limit, url)
    if name not in _CODINGS:
        raise FetchError(url, FailureReason.BROKEN_BODY, f"coded as {name[:40]}")
    return _decoded(await _gather(chunks, limit, url), _CODINGS[name], limit, url)


async def _gather(chunks: AsyncIterator[bytes], limit: int, url: str) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise FetchError(url, FailureReason.TOO_LARGE, f"over {limit:,} bytes")
    return bytes(body)


def _decoded(coded: bytes, window: int, limit: int, url: str) -> bytes:
    """Inflate to at most ``limit`` bytes; a stream without its end is no body.

    A truncated gzip stream in complete HTTP framing is a 200 without error in
    every client; with its validators kept, the feed would answer 304 for ever.
    """
    if window == zlib.MAX_WBITS and coded[:1] and coded[0] & 0x7F != _ZLIB_FIRST_BYTE:
        window = _RAW
    body = bytearray()
    rest = coded
    while rest.strip(b"\0"):  # gzip may hold several members, padded by zeros
        stream = zlib.decompressobj(window)
        try:
            body += stream.decompress(rest, limit + 1 - len(body))
        except zlib.error as error:
            raise FetchError(url, FailureReason.BROKEN_BODY, str(error)) from error
        if len(body) > limit:
            raise FetchError(url, FailureReason.TOO_LARGE, f"over {limit:,} bytes")
        if not stream.eof:
            raise FetchError(url, FailureReason.BROKEN_BODY, "compressed stream is cut")
        if window != _GZIP or not stream.unused_data.startswith(b"\x1f\x8b"):
            break  # what follows the end is no part of the body
        rest = stream.unused_data
    if not body and coded == b"":
        raise FetchError(url, FailureReason.BROKEN_BODY, "compressed stream is empty")
    return bytes(body)
