"""A Slack over loopback: channels, threads, history, and everything that goes wrong.

It runs in a thread with its own loop, so that a test may kill the process that posts
and ask the same Slack afterwards. It speaks HTTP by hand: dropping a connection in
the midst of an answer is half of what it is for.
"""

import asyncio
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flows import clock

TOKEN = "xoxb-loopback"  # noqa: S105  # opens nothing but this
BOT = "B0TOCSIN"
HOOK_PATH = "/hook"
NO_CURSOR = "more pages, and no way to them"


class Fault(StrEnum):
    """What becomes of one post; "taken" ones stand in the channel."""

    NONE = "taken, answered"
    DROPPED = "taken, connection closed"
    RESET = "taken, connection reset"
    HALF = "taken, half an answer"
    HTML = "taken, a web page for an answer"
    HUNG = "taken, no answer"
    LIST = "taken, a list for an answer"
    TEXT = "taken, plain text for an answer"
    NO_TS = "taken, ok and no ts"
    LATE = "taken, dropped, in the history only later"
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
        """Whether the message is in the channel afterwards."""
        return self.value.startswith("taken")


_WORDS = {
    Fault.INTERNAL_TOOK: "internal_error",
    Fault.INTERNAL: "internal_error",
    Fault.REFUSED: "invalid_blocks",
    Fault.NO_AUTH: "invalid_auth",
}
_RAW = {
    Fault.HTML: (200, b"<html>maintenance</html>", "text/html"),
    Fault.LIST: (200, b"[1]", "application/json"),
    Fault.TEXT: (200, b"fine", "text/plain"),
    Fault.NO_TS: (200, b'{"ok": true}', "application/json"),
    Fault.SERVER_TOOK: (500, b"upstream", "text/plain"),
    Fault.SERVER: (500, b"upstream", "text/plain"),
}
_HALF_AN_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b'Content-Length: 400\r\n\r\n{"ok": true, "ts": "1'
)


@dataclass
class LoopbackSlack:
    """What the Slack holds, and how it shall fail.

    Args:
        faults: Used up one a post, then `Fault.NONE`.
        history_errors: Used up one a page; "" answers well.
        late: Seconds until a `Fault.LATE` message shows in the history.
        on_taken: Called once a message stands, before anything is answered.
    """

    channels: dict[str, str] = field(default_factory=lambda: {"tocsin": "C0TOCSIN"})
    faults: list[Fault] = field(default_factory=list)
    history_errors: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    posted_at: list[datetime] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    retry_after: str | None = "1"
    late: float = 0.5
    page: int = 15
    now: Callable[[], datetime] = clock.now
    on_taken: Callable[[], None] = lambda: None
    port: int = 0
    _serial: int = 0

    @property
    def base_url(self) -> str:
        """Where the Web API is."""
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def hook_url(self) -> str:
        """Where the incoming webhook is."""
        return f"http://127.0.0.1:{self.port}{HOOK_PATH}"

    @property
    def keys(self) -> Counter[str]:
        """How often each of our keys stands in the channels."""
        return Counter(
            message["metadata"]["event_payload"]["k"]
            for message in self.messages
            if message.get("metadata")
        )

    def say(self, text: str, *, bot: str = "B0OTHER", metadata: Any = None) -> None:
        """Let somebody else post to the first channel."""
        channel = next(iter(self.channels.values()))
        self._take({"channel": channel, "text": text, "metadata": metadata}, bot, 0)

    def _take(self, body: dict[str, Any], bot: str, delay: float) -> dict[str, Any]:
        """Let a message stand in its channel."""
        self._serial += 1
        now = self.now()
        message = {
            **body,
            "type": "message",
            "ts": f"{int(now.timestamp())}.{self._serial:06d}",
            "bot_id": bot,
            "visible_from": now.timestamp() + delay,
        }
        self.messages.append(message)
        self.posted_at.append(now)
        return message

    async def answer(
        self, writer: asyncio.StreamWriter, path: str, token: str, body: dict[str, Any]
    ) -> None:
        """Answer one request."""
        method = path.removeprefix("/api/")
        self.calls.append(method)
        self.bodies.append(body)
        if path == HOOK_PATH:
            await self._post(writer, body, hook=True)
        elif token != f"Bearer {TOKEN}":
            await _reply(writer, {"ok": False, "error": "invalid_auth"})
        elif method == "chat.postMessage":
            await self._post(writer, body)
        elif method in ("conversations.history", "conversations.replies"):
            await self._history(writer, body)
        else:
            await _reply(writer, self._other(method))

    def _other(self, method: str) -> dict[str, Any]:
        """The small methods."""
        if method == "auth.test":
            return {"ok": True, "team": "Desk", "user": "tocsin", "bot_id": BOT}
        if method == "conversations.list":
            known = [{"id": id_, "name": name} for name, id_ in self.channels.items()]
            return {"ok": True, "channels": known}
        return {"ok": False, "error": "unknown_method"}

    async def _post(
        self, writer: asyncio.StreamWriter, body: dict[str, Any], *, hook: bool = False
    ) -> None:
        """Take a message, or not, and answer, or not."""
        channel = next(iter(self.channels.values())) if hook else self._channel(body)
        if channel is None or (complaint := complain(body)):
            error = "channel_not_found" if channel is None else complaint
            await self._refuse(writer, error, hook=hook)
            return
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        message = {}
        if fault.takes:
            delay = self.late if fault is Fault.LATE else 0
            message = self._take({**body, "channel": channel}, BOT, delay)
            self.on_taken()
        await self._fail(writer, fault, message, hook=hook)

    def _channel(self, body: dict[str, Any]) -> str | None:
        """The id of the channel that a post names."""
        name = str(body.get("channel", ""))
        if name in self.channels.values():
            return name
        return self.channels.get(name.removeprefix("#"))

    async def _refuse(
        self, writer: asyncio.StreamWriter, error: str, *, hook: bool
    ) -> None:
        """Say no as the Web API or as a webhook says it."""
        if hook:
            await _send(writer, 400, error.encode(), "text/plain")
        else:
            await _reply(writer, {"ok": False, "error": error})

    async def _fail(  # noqa: C901  # a list of faults, not a decision
        self,
        writer: asyncio.StreamWriter,
        fault: Fault,
        message: dict[str, Any],
        *,
        hook: bool,
    ) -> None:
        """Answer as ``fault`` says; silent faults get none."""
        if fault in _WORDS:
            await self._refuse(writer, _WORDS[fault], hook=hook)
        elif fault in _RAW:
            await _send(writer, *_RAW[fault])
        elif fault is Fault.RESET:
            _reset(writer)
        elif fault is Fault.HUNG:
            await asyncio.sleep(30)
        elif fault is Fault.HALF:
            writer.write(_HALF_AN_ANSWER)
        elif fault is Fault.THROTTLED:
            no = {"ok": False, "error": "ratelimited"}
            await _reply(writer, no, status=429, retry_after=self.retry_after)
        elif fault is Fault.NONE and hook:
            await _send(writer, 200, b"ok", "text/plain")
        elif fault is Fault.NONE:
            told = {name: message[name] for name in ("ts", "channel")}
            await _reply(writer, {"ok": True, **told, "message": {}})

    async def _history(
        self, writer: asyncio.StreamWriter, asked: dict[str, Any]
    ) -> None:
        """One page of a channel, newest first, or of a thread, oldest first."""
        error = self.history_errors.pop(0) if self.history_errors else ""
        if error == NO_CURSOR:
            await _reply(writer, {"ok": True, "messages": [], "has_more": True})
            return
        if error:
            status = 429 if error == "ratelimited" else 200
            await _reply(writer, {"ok": False, "error": error}, status=status)
            return
        if asked["channel"] not in self.channels.values():
            await _reply(writer, {"ok": False, "error": "channel_not_found"})
            return
        shown = self.now().timestamp()
        found = [
            message
            for message in self.messages
            if message["visible_from"] <= shown and _is_seen(message, asked)
        ]
        if "ts" not in asked:
            found.reverse()
        start = int(asked.get("cursor") or 0)
        stop = start + min(int(asked.get("limit", 100)), self.page)
        more = {"next_cursor": str(stop)} if stop < len(found) else {}
        page = [_told(message, asked) for message in found[start:stop]]
        await _reply(
            writer,
            {
                "ok": True,
                "messages": page,
                "has_more": bool(more),
                "response_metadata": more,
            },
        )


def complain(body: dict[str, Any]) -> str:
    """Slack's word for a message beyond its limits; "" if it is within them."""
    if not body.get("text") and not body.get("blocks"):
        return "no_text"
    if len(body.get("text", "")) > 40_000:
        return "msg_too_long"
    blocks = body.get("blocks") or []
    fits = len(blocks) <= 50 and all(_fits(block) for block in blocks)
    return "" if fits else "invalid_blocks"


def _fits(block: dict[str, Any]) -> bool:
    """Whether a block is one that Slack takes."""
    limits = {"header": 150, "section": 3000}
    if block["type"] in limits:
        text = block["text"]
        if block["type"] == "header" and text["type"] != "plain_text":
            return False
        return 1 <= _units(text["text"]) <= limits[block["type"]]
    if block["type"] == "context":
        texts = [element["text"] for element in block["elements"]]
        return 1 <= len(texts) <= 10 and all(1 <= _units(t) <= 3000 for t in texts)
    return False


def _units(text: str) -> int:
    """Length as JavaScript counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_seen(message: dict[str, Any], asked: dict[str, Any]) -> bool:
    """Whether a message belongs to what is asked for."""
    if message["channel"] != asked["channel"]:
        return False
    thread = message.get("thread_ts")
    if "ts" in asked:
        return asked["ts"] in (thread, message["ts"])
    if thread and not message.get("reply_broadcast"):
        return False
    return float(message["ts"]) >= float(asked.get("oldest") or 0)


def _told(message: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """A message as the history shows it."""
    names = ["type", "ts", "text", "bot_id", "thread_ts"]
    if asked.get("include_all_metadata") in ("1", "true", "True"):
        names.append("metadata")
    return {name: message[name] for name in names if message.get(name) is not None}


async def _reply(
    writer: asyncio.StreamWriter,
    body: dict[str, Any],
    *,
    status: int = 200,
    retry_after: str | None = None,
) -> None:
    """Send JSON."""
    await _send(
        writer, status, json.dumps(body).encode(), "application/json", retry_after
    )


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    kind: str,
    retry_after: str | None = None,
) -> None:
    """Send a whole answer."""
    extra = f"Retry-After: {retry_after}\r\n" if retry_after is not None else ""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{extra}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST."""
    endpoint = writer.get_extra_info("socket")
    linger = struct.pack("ii", 1, 0)
    endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _serve_one(
    slack: LoopbackSlack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Read one request, answer it, and close."""
    broken = (ConnectionError, asyncio.IncompleteReadError)
    try:
        with suppress(*broken):
            await _read_and_answer(slack, reader, writer)
    finally:
        writer.close()
        with suppress(*broken):
            await writer.wait_closed()


async def _read_and_answer(
    slack: LoopbackSlack, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Understand just enough HTTP: a head, a length, a body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    target = urlsplit(first.split(" ")[1])
    body: dict[str, Any] = {k: v[0] for k, v in parse_qs(target.query).items()}
    if headers.get("content-type", "").startswith("application/json"):
        body |= json.loads(raw)
    elif raw:
        body |= {k: v[0] for k, v in parse_qs(raw.decode()).items()}
    await slack.answer(writer, target.path, headers.get("authorization", ""), body)


@contextmanager
def loopback_slack(**given: Any) -> Iterator[LoopbackSlack]:
    """A running Slack; gone, with its thread, when the block ends."""
    slack = LoopbackSlack(**given)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(
            lambda reader, writer: _serve_one(slack, reader, writer), "127.0.0.1", 0
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    slack.port = server.sockets[0].getsockname()[1]
    try:
        yield slack
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
