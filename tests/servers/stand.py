"""A news stand over loopback that answers exactly what a test wrote, byte for byte.

It speaks HTTP/1.1 on bare streams, because the faults that matter (a body that
stops, a header that drips, a coding that lies) cannot be said to a polite server.
It remembers every request with its headers as bytes, and counts connections.
"""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field

CLOSES = {"Connection": "close"}


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: Mapping[bytes, bytes]

    def header(self, name: str) -> bytes | None:
        return self.headers.get(name.lower().encode())


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes over the wire; ``length`` may lie, ``pause`` is seconds a byte."""

    status: int = 200
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    pause: float = 0.0
    before: float = 0.0

    def head(self) -> bytes:
        length = len(self.body) if self.length is None else self.length
        lines = [f"HTTP/1.1 {self.status} Said".encode()]
        if self.status != 304 and "Transfer-Encoding" not in self.headers:
            lines.append(f"Content-Length: {length}".encode())
        for name, value in self.headers.items():
            shown = value if isinstance(value, bytes) else value.encode()
            lines.append(name.encode() + b": " + shown)
        return b"\r\n".join(lines) + b"\r\n\r\n"


def redirect(target: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": target})


def rss(*items: str, title: str = "Wire", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"{head}{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, *, link: str | None = None, title: str = "", **more: str) -> str:
    told = {
        "title": title or f"Story {number}",
        "link": link if link is not None else f"/story/{number}",
        "guid": f"guid-{number}",
        **more,
    }
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in told.items()) + "</item>"


def document(body: bytes, **headers: str | bytes) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=body, headers={"Content-Type": "application/rss+xml", **named})


def page(*paragraphs: str, title: str = "A page") -> Reply:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Reply(body=html.encode(), headers=headers)


def zipped(reply: Reply, *, keep: int | None = None) -> Reply:
    """The reply compressed; ``keep`` cuts the stream, framing stays whole."""
    body = gzip.compress(reply.body)[:keep]
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    return Reply(status=reply.status, headers=headers, body=body)


Answerer = Callable[[Request], Reply]


@dataclass
class Stand:
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    busiest: int = 0
    _open: int = 0
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    _replies: dict[str, list[Reply] | Answerer] = field(default_factory=dict)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def say(self, path: str, *replies: Reply) -> str:
        """Answer ``path`` with each in turn, and with the last from then on."""
        self._replies[path] = list(replies)
        return self.url(path)

    def answer(self, path: str, answerer: Answerer) -> str:
        self._replies[path] = answerer
        return self.url(path)

    def publish(self, path: str, body: bytes, etag: bytes = b'"1"') -> str:
        """A server that does it right: 304 for the tag that it gave."""
        known = document(body, ETag=etag)

        def answer(request: Request) -> Reply:
            if request.header("If-None-Match") == etag:
                return Reply(status=304, headers={"ETag": etag})
            return known

        return self.answer(path, answer)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def _reply(self, request: Request) -> Reply:
        replies = self._replies.get(request.path)
        if replies is None:
            return Reply(status=404)
        if not isinstance(replies, list):
            return replies(request)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self._open += 1
        self.busiest = max(self.busiest, self._open)
        with serving(self._serving, writer):
            while await self._exchange(reader, writer):
                pass
        self._open -= 1

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        method, path, _ = lines[0].decode().split(" ")
        pairs = (line.partition(b":") for line in lines[1:] if line)
        headers = {name.lower(): value.removeprefix(b" ") for name, _, value in pairs}
        request = Request(method=method, path=path, headers=headers)
        self.requests.append(request)
        reply = self._reply(request)
        await asyncio.sleep(reply.before)
        writer.write(reply.head())
        await self._send(writer, reply)
        return reply.length is None and "Connection" not in reply.headers

    @staticmethod
    async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
        if not reply.pause:
            writer.write(reply.body)
        else:
            for byte in reply.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(reply.pause)
        await writer.drain()


@contextlib.contextmanager
def serving(
    tasks: set[asyncio.Task[None]], writer: asyncio.StreamWriter
) -> Iterator[None]:
    """Serve one connection until it, or the server, is closed."""
    task = asyncio.current_task()
    assert task is not None
    tasks.add(task)
    try:
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            yield
    finally:
        tasks.discard(task)
        writer.close()


async def shut(server: asyncio.Server, tasks: set[asyncio.Task[None]]) -> None:
    """Close a server with all its connections, also those that it is busy with."""
    server.close()
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
    await asyncio.sleep(0)  # transports close in the next turn of the loop


@contextlib.asynccontextmanager
async def open_stand() -> AsyncIterator[Stand]:
    stand = Stand()
    server = await asyncio.start_server(stand._serve, "127.0.0.1", 0)
    stand.port = server.sockets[0].getsockname()[1]
    try:
        yield stand
    finally:
        await shut(server, stand._serving)
