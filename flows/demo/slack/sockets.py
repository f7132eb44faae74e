"""Slack's way to us: Socket Mode's websockets, and signed requests over HTTP.

References:
    docs.slack.dev/apis/events-api/using-socket-mode (hello, envelopes,
    acknowledgements, disconnect; ten connections at most),
    docs.slack.dev/authentication/verifying-requests-from-slack (v0 signatures).
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from threading import Condition
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from flows.demo.slack.refusals import Json
from flows.demo.slack.workspace import OURS, TEAM, Workspace

SIGNING_SECRET = "loopback-signing-secret"  # noqa: S105  # signs nothing but this
MAX_CONNECTIONS = 10
LIFE = 3600  # seconds that a connection is said to last
PATIENCE = 3.0  # seconds that Slack waits for an acknowledgement
EDITOR = {"id": "U0EDITOR", "username": "editor", "name": "editor", "team_id": TEAM}
_CALL = 5.0  # seconds until a call into the server's thread is given up

_T = TypeVar("_T")


@dataclass
class Sockets:
    """The open connections of an app, and what it acknowledged.

    Args:
        acknowledged: Payload by envelope id, None where the answer held none.
        loop: The server's loop; calls come from other threads.
    """

    acknowledged: dict[str, Any] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    _open: list[web.WebSocketResponse] = field(default_factory=list)
    _tickets: set[str] = field(default_factory=set)
    _serial: int = 0
    _came: Condition = field(default_factory=Condition)

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def ticket(self) -> str:
        """The path of a new connection; it can be used once."""
        self._serial += 1
        ticket = f"ticket-{self._serial}"
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id={OURS.app}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Greet a connection and keep what it acknowledges, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MAX_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._forget(socket)
        return socket

    def send(self, kind: str, payload: Json) -> str:
        """Send an envelope to one connection; its id, to look for among the answers.

        Args:
            kind: ``interactive``, ``slash_commands`` or ``events_api``.
            payload: As it would come over HTTP.
        """
        self._serial += 1
        envelope = {
            "envelope_id": f"envelope-{self._serial}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        self.repeat(envelope)
        return str(envelope["envelope_id"])

    def repeat(self, envelope: Json) -> None:
        """Send an envelope as it is, as Slack does when it doubts that it came.

        Raises:
            LookupError: No connection is open.
        """
        if not self._open:
            raise LookupError("no connection is open")
        place = self._serial % len(self._open)  # any of them may get it
        self._run(self._open[place].send_json(envelope))

    def answer_to(self, envelope_id: str, *, within: float = PATIENCE) -> object:
        """What came with the acknowledgement of an envelope.

        Raises:
            TimeoutError: None came ``within`` so many seconds; Slack shows an error.
        """
        with self._came:
            if not self._came.wait_for(
                lambda: envelope_id in self.acknowledged, within
            ):
                raise TimeoutError(envelope_id)
        return self.acknowledged[envelope_id]

    def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come anew, and close it."""
        for socket in tuple(self._open):
            self._run(socket.send_json(_goodbye(reason)))
            self._forget(socket)
            self._run(socket.close())

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do something in the server's thread and wait for it."""
        if self.loop is None:
            work.close()
            raise RuntimeError("the server is not running")
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_CALL)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": OURS.app},
            "debug_info": {
                "host": "applink-loopback",
                "build_number": 1,
                "approximate_connection_time": LIFE,
            },
        }

    def _acknowledge(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        if isinstance(answer, dict) and "envelope_id" in answer:
            with self._came:
                self.acknowledged[str(answer["envelope_id"])] = answer.get("payload")
                self._came.notify_all()

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)


def _goodbye(reason: str) -> Json:
    return {
        "type": "disconnect",
        "reason": reason,
        "debug_info": {"host": "applink-loopback"},
    }


def press(workspace: Workspace, ts: str, action_id: str) -> Json:
    """What Slack sends when the editor presses a button of a message.

    Raises:
        LookupError: The message has no such button.
    """
    message = workspace.message(ts)
    block, element = _button(message, action_id)
    at = f"{workspace.now().timestamp():.6f}"
    channel = next(each for each in workspace.channels if each.id == message["channel"])
    pressed = {
        name: element[name] for name in ("type", "value", "text") if name in element
    }
    return {
        "type": "block_actions",
        "user": EDITOR,
        "api_app_id": OURS.app,
        "token": "deprecated",
        "team": {"id": TEAM, "domain": "desk"},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": f"{at}.{action_id}",
        "container": {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel.id,
            "is_ephemeral": False,
        },
        "channel": {"id": channel.id, "name": channel.name},
        "message": workspace.shown(message, metadata=False),
        "state": {"values": {}},
        "actions": [
            {
                **pressed,
                "action_id": action_id,
                "block_id": block["block_id"],
                "action_ts": at,
            }
        ],
    }


def _button(message: Json, action_id: str) -> tuple[Json, Json]:
    """The block and the element that an action belongs to."""
    for block in message.get("blocks", ()):
        for element in (*block.get("elements", ()), block.get("accessory", {})):
            if element.get("action_id") == action_id:
                return block, element
    raise LookupError(action_id)


def signed(
    payload: Json, *, now: datetime, secret: str = SIGNING_SECRET
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of an interactive payload that comes over HTTP.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 1, tzinfo=UTC)
    >>> body, headers = signed({"type": "block_actions"}, now=now)
    >>> body, headers["X-Slack-Signature"][:3]
    (b'payload=%7B%22type%22%3A+%22block_actions%22%7D', 'v0=')
    """
    body = urlencode({"payload": json.dumps(payload)}).encode()
    at = str(int(now.timestamp()))
    seal = hmac.new(
        secret.encode(), b":".join((b"v0", at.encode(), body)), hashlib.sha256
    )
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={seal.hexdigest()}",
    }
