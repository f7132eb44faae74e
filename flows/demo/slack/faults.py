"""What can go wrong with one request, and how it looks from outside."""

import asyncio
import socket
import struct
from enum import StrEnum

from aiohttp import web

NO_CURSOR = "more pages, and no way to them"


class Fault(StrEnum):
    """What becomes of one request; what a "taken" one asks for is done."""

    NONE = "taken, answered"
    SLOW = "taken, answered after a while"
    DROPPED = "taken, connection closed"
    RESET = "taken, connection reset"
    HALF = "taken, half an answer"
    HTML = "taken, a web page for an answer"
    HUNG = "taken, no answer"
    LIST = "taken, a list for an answer"
    TEXT = "taken, plain text for an answer"
    NO_TS = "taken, ok and no ts"
    LATE = "taken, dropped, done for all to see only later"
    SERVER_TOOK = "taken, 500"
    INTERNAL_TOOK = "taken, internal_error"
    SERVER = "500"
    INTERNAL = "internal_error"
    THROTTLED = "429"
    CLOSED = "closed before anything"
    REFUSED = "invalid_blocks"
    NO_AUTH = "invalid_auth"

    @property
    def takes(self) -> bool:
        """Whether what was asked for is done."""
        return self.value.startswith("taken")


WORDS = {
    Fault.INTERNAL_TOOK: "internal_error",
    Fault.INTERNAL: "internal_error",
    Fault.THROTTLED: "ratelimited",
    Fault.REFUSED: "invalid_blocks",
    Fault.NO_AUTH: "invalid_auth",
}
_WHOLE = {
    Fault.HTML: (200, "<html>maintenance</html>", "text/html"),
    Fault.LIST: (200, "[1]", "application/json"),
    Fault.TEXT: (200, "fine", "text/plain"),
    Fault.NO_TS: (200, '{"ok": true}', "application/json"),
    Fault.SERVER_TOOK: (500, "upstream", "text/plain"),
    Fault.SERVER: (500, "upstream", "text/plain"),
}
_HALF_AN_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b'Content-Length: 400\r\n\r\n{"ok": true, "ts": "1'
)
_LONG = 30.0  # seconds; beyond any deadline of a test


async def fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Answer as ``fault`` says: with the wrong thing, with half of it, not at all."""
    if fault in _WHOLE:
        status, text, kind = _WHOLE[fault]
        return web.Response(status=status, text=text, content_type=kind)
    if fault is Fault.HUNG:
        await asyncio.sleep(_LONG)
    transport = request.transport
    if transport is not None:
        if fault is Fault.HALF:
            transport.write(_HALF_AN_ANSWER)
            transport.close()
        elif fault is Fault.RESET:
            linger = struct.pack("ii", 1, 0)  # on close: RST, whatever waits
            endpoint = transport.get_extra_info("socket")
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        else:
            transport.close()
    return web.Response()  # goes nowhere: the connection is gone
