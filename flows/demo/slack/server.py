"""A Slack over loopback: the Web API, a webhook, Socket Mode, and what goes wrong.

It enforces what Slack documents: tokens and scopes, rate limits, limits of blocks and
text, threads, edits, paging. It runs in a thread with its own loop, so that a test
may kill the process that posts and ask the same Slack afterwards.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from flows.demo.slack.arguments import body_of, token_of
from flows.demo.slack.faults import NO_CURSOR, WORDS, Fault, fail
from flows.demo.slack.limits import POSTING, Allowance, Limiter
from flows.demo.slack.methods import METHODS, READING, Call, allowed_of
from flows.demo.slack.page import page_of
from flows.demo.slack.refusals import Json, RefusedError, ThrottledError
from flows.demo.slack.sockets import Sockets
from flows.demo.slack.workspace import Workspace

LOOPBACK = "127.0.0.1"
TOKEN = "xoxb-loopback"  # noqa: S105  # opens nothing but this
APP_TOKEN = "xapp-loopback"  # noqa: S105
HOOK_PATH = "/hook"
SCOPES = (
    "chat:write",
    "channels:history",
    "groups:history",
    "channels:read",
    "groups:read",
    "commands",
)
THROTTLES = ("ratelimited", "rate_limited")
# docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; 400 is the rest
_HOOK_STATUS = {
    "action_prohibited": 403,
    "invalid_token": 403,
    "channel_not_found": 404,
    "no_service": 404,
    "no_team": 404,
    "channel_is_archived": 410,
}
_HOOK_WORDS = {
    "is_archived": "channel_is_archived",
    "invalid_json": "invalid_payload",
    "json_not_object": "invalid_payload",
}


@dataclass(kw_only=True)
class LoopbackSlack(Workspace):
    """A workspace that can be reached, and how it shall fail.

    Fault lists are used up one a request, then all is well. A fault is a `Fault`, or
    an error word that is answered before anything is done; "" is no fault.

    Args:
        faults: Of posts, by ``chat.postMessage`` and by the webhook.
        edit_faults: Of ``chat.update``.
        history_faults: Of ``conversations.history`` and ``.replies``, one a page.
        other_faults: Of every other method.
        scopes: What the bot's token may do.
        token_problem: Why the tokens are no good, such as ``token_revoked``.
        hook_problem: Why the webhook is no good, such as ``no_service``.
        limited: Whether rate limits are kept.
        strict_reading: Reading as apps outside the marketplace may: once a minute,
            15 messages.
        retry_after: What a `Fault.THROTTLED` says; None sends no such header.
        dated: Whether rate limits say when, as a date, and not for how long.
        late: Seconds until what a `Fault.LATE` asked for is done for all to see.
        slow: Seconds until a `Fault.SLOW` is answered.
        on_taken: Called once a post or an edit stands, before it is answered.
    """

    faults: list[Fault | str] = field(default_factory=list)
    edit_faults: list[Fault | str] = field(default_factory=list)
    history_faults: list[Fault | str] = field(default_factory=list)
    other_faults: list[Fault | str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    scopes: tuple[str, ...] = SCOPES
    token_problem: str = ""
    hook_problem: str = ""
    limited: bool = True
    strict_reading: bool = False
    retry_after: str | None = "1"
    dated: bool = False
    late: float = 0.5
    slow: float = 0.3
    on_taken: Callable[[], None] = lambda: None
    port: int = 0
    sockets: Sockets = field(default_factory=Sockets)
    _limiter: Limiter = field(default_factory=Limiter)

    @property
    def url(self) -> str:
        """Where everything is, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def base_url(self) -> str:
        """Where the Web API is."""
        return f"{self.url}/api/"

    @property
    def hook_url(self) -> str:
        """Where the incoming webhook is."""
        return self.url + HOOK_PATH

    def application(self) -> web.Application:
        """Everything that can be asked for."""
        application = web.Application()
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_post(HOOK_PATH, self._hook)
        application.router.add_get("/link/", self.sockets.serve)
        application.router.add_get("/", self._show)
        application.router.add_get("/changes", self._count)
        return application

    # --- the Web API -----------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a method."""
        method = request.match_info["method"]
        try:
            body = await body_of(request)
        except RefusedError as refusal:
            return web.json_response(refusal.answer())
        self.calls.append(method)
        self.bodies.append(body)
        self.settle()
        try:
            token = token_of(request, body)
            self._admit(method, token, body)
            answer = await self._act(request, method, body)
        except RefusedError as refusal:
            answer = self._refusal(refusal)
        answer.headers["Date"] = format_datetime(self.now(), usegmt=True)
        if self._is_known(request):
            answer.headers["x-oauth-scopes"] = ",".join(self.scopes)
        return answer

    async def _act(
        self, request: web.Request, method: str, body: Json
    ) -> web.StreamResponse:
        """Do what is asked for, unless a fault forbids it, and say so, or not."""
        fault = _next(self._faults_of(method))
        if not isinstance(fault, Fault):
            return self._worded(fault, method)
        if not fault.takes:
            return await self._fail(request, fault)
        call = Call(
            body=body,
            late=self._late(fault),
            strict=self.strict_reading,
            socket_url=self._socket_url,
        )
        told = METHODS[method].act(self, call)
        if method.startswith("chat."):
            self.on_taken()
        answer = web.json_response({"ok": True, **told})
        return await self._told(request, fault, answer)

    def _admit(self, method: str, token: str, body: Json) -> None:
        """Let a request in whose token is good, with its scopes, in its time.

        Raises:
            RefusedError: It is not.
        """
        self._know(token)
        if method not in METHODS:
            raise RefusedError("unknown_method", req_method=method)
        if METHODS[method].of_app is not (token == APP_TOKEN):
            raise RefusedError("not_allowed_token_type")
        for scope in METHODS[method].scopes(self, body):
            if scope not in self.scopes:
                provided = ",".join(self.scopes)
                raise RefusedError("missing_scope", needed=scope, provided=provided)
        self._pace(method, str(body.get("channel") or ""))

    def _know(self, token: str) -> None:
        """Whether a token is good.

        Raises:
            RefusedError: There is none, it is unknown, or all are no good.
        """
        if not token:
            raise RefusedError("not_authed")
        if token not in (TOKEN, APP_TOKEN):
            raise RefusedError("invalid_auth")
        if self.token_problem:
            raise RefusedError(self.token_problem)

    def _pace(self, method: str, channel: str) -> None:
        """Let through what is within its rate limit.

        Raises:
            RefusedError: It comes too soon.
        """
        allowance = allowed_of(method, strict=self.strict_reading)
        key = method
        if allowance is POSTING:
            known = (
                each for each in self.channels if channel in (each.id, f"#{each.name}")
            )
            key = next((each.id for each in known), channel)
        self._spend(key, allowance)

    def _spend(self, key: str, allowance: Allowance) -> None:
        """Count one request of a kind.

        Raises:
            ThrottledError: There were too many.
        """
        wait = self._limiter.wait(key, allowance, self.now()) if self.limited else None
        if wait is not None:
            until = self.now() + wait if self.dated else None
            raise ThrottledError.of(wait, until=until)

    def _refusal(self, refusal: RefusedError) -> web.Response:
        """A refusal as JSON; one by a rate limit has its own status and header."""
        if isinstance(refusal, ThrottledError):
            return _throttled(refusal.word, refusal.retry_after)
        return web.json_response(refusal.answer())

    def _worded(self, word: str, method: str) -> web.Response:
        """A word of Slack's that a test asked for."""
        if word == NO_CURSOR:
            return web.json_response({"ok": True, "messages": [], "has_more": True})
        if word in THROTTLES:
            return _throttled(word, self.retry_after)
        return web.json_response(RefusedError(word, req_method=method).answer())

    def _socket_url(self) -> str:
        return f"ws://{LOOPBACK}:{self.port}{self.sockets.ticket()}"

    def _faults_of(self, method: str) -> list[Fault | str]:
        if method in READING:
            return self.history_faults
        lists = {"chat.postMessage": self.faults, "chat.update": self.edit_faults}
        return lists.get(method, self.other_faults)

    def _is_known(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    # --- the webhook -----------------------------------------------------------------

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        """Take a message for the first channel; answer in plain words."""
        self.calls.append(HOOK_PATH)
        self.settle()
        try:
            body = await body_of(request)
            self.bodies.append(body)
            return await self._take(request, body)
        except RefusedError as refusal:
            return self._hook_refusal(refusal)

    async def _take(self, request: web.Request, body: Json) -> web.StreamResponse:
        if self.hook_problem:
            raise RefusedError(self.hook_problem)
        fault = _next(self.faults)
        if not isinstance(fault, Fault):
            raise RefusedError(fault)
        self._spend(HOOK_PATH, POSTING)
        if fault.takes:
            self.post({**body, "channel": self.channels[0].id}, late=self._late(fault))
            self.on_taken()
        if fault in WORDS and fault is not Fault.THROTTLED:
            raise RefusedError(WORDS[fault])
        return await self._told(request, fault, web.Response(text="ok"))

    def _hook_refusal(self, refusal: RefusedError) -> web.Response:
        if isinstance(refusal, ThrottledError):
            return self._refusal(refusal)
        word = _HOOK_WORDS.get(refusal.word, refusal.word)
        return web.Response(status=_HOOK_STATUS.get(word, 400), text=word)

    # --- the page --------------------------------------------------------------------

    async def _show(self, request: web.Request) -> web.StreamResponse:
        self.settle()
        return page_of(self, request)

    async def _count(self, request: web.Request) -> web.StreamResponse:
        """How often anything changed: the page looks anew when this does."""
        del request
        self.settle()
        return web.Response(text=str(self.changes))

    # --- answers ---------------------------------------------------------------------

    async def _told(
        self, request: web.Request, fault: Fault, answer: web.Response
    ) -> web.StreamResponse:
        """``answer``, as ``fault`` gives it."""
        if fault is Fault.SLOW:
            await asyncio.sleep(self.slow)
        if fault in (Fault.NONE, Fault.SLOW):
            return answer
        return await self._fail(request, fault)

    def _late(self, fault: Fault) -> timedelta:
        """How long what a request does stays hidden."""
        return timedelta(seconds=self.late if fault is Fault.LATE else 0)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault is Fault.THROTTLED:
            return _throttled(WORDS[fault], self.retry_after)
        if fault in WORDS:
            return web.json_response({"ok": False, "error": WORDS[fault]})
        return await fail(request, fault)


def _next(faults: list[Fault | str]) -> Fault | str:
    """The fault of this request; it is used up."""
    return (faults.pop(0) if faults else Fault.NONE) or Fault.NONE


def _throttled(word: str, retry_after: str | None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    answer = RefusedError(word).answer()
    return web.json_response(answer, status=429, headers=headers)


@contextmanager
def loopback_slack(**given: Any) -> Iterator[LoopbackSlack]:  # noqa: ANN401  # the fields of `LoopbackSlack`
    """A running Slack; gone, with its thread, when the block ends."""
    slack = LoopbackSlack(**given)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(slack.application(), access_log=None, shutdown_timeout=0)

    async def start() -> int:
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, 0).start()
        return int(runner.addresses[0][1])

    async def stop() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:  # first: cleaning up waits for handlers that hang
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await runner.cleanup()

    slack.port = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    slack.sockets.loop = loop
    try:
        yield slack
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
