"""The desk's channel as a local page: roots, threads, and what each message says."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from secrets import token_urlsafe
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from flows.demo.slack.mrkdwn import Reader, mrkdwn, near, ordinal, plain
from flows.demo.slack.paging import is_reply
from flows.demo.slack.refusals import Json
from flows.demo.slack.workspace import OURS, Channel, Workspace
from flows.templating import open_templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message on the page.

    Args:
        at: When it was posted, in the reader's zone.
        replies: How many stand in its thread.
        last_reply_at: When the last of them was posted.
        root: The message that it answers, where it is a reply.
    """

    message: Json
    at: datetime
    is_ours: bool
    replies: int = 0
    last_reply_at: datetime | None = None
    root: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that the page shows.

    Args:
        thread: A root and its replies, where one is open.
        query: What the page was asked with, without the thread.
    """

    channels: tuple[Channel, ...]
    channel: Channel
    messages: tuple[Shown, ...]
    thread: tuple[Shown, ...]
    changes: int
    reader: Reader
    query: str


def page_of(workspace: Workspace, request: web.Request) -> web.Response:
    """The page that a browser asked for.

    ``channel`` names the channel, ``thread`` the root whose thread is open, and
    ``zone`` the reader's time zone; anything that there is not falls back.
    """
    reader = Reader(zone=_zone(request.query.get("zone", "")), now=workspace.now())
    view = _view(
        workspace,
        reader,
        request.query.get("channel", ""),
        request.query.get("thread", ""),
    )
    nonce = token_urlsafe(16)
    text = _environment().get_template("slack.html.j2").render(view=view, nonce=nonce)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    return web.Response(
        text=text,
        content_type="text/html",
        headers={
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )


def _view(workspace: Workspace, reader: Reader, name: str, thread: str) -> View:
    named = [channel for channel in workspace.channels if channel.name == name]
    channel = (named or workspace.channels)[0]
    standing = [m for m in workspace.messages if m["channel"] == channel.id]
    roots = {m["ts"]: m for m in standing if not is_reply(m)}
    in_channel = [m for m in standing if not is_reply(m) or m.get("reply_broadcast")]
    opened = [roots[thread], *workspace.thread(thread)] if thread in roots else []
    return View(
        channels=tuple(workspace.channels),
        channel=channel,
        messages=tuple(_shown(workspace, reader, roots, m) for m in in_channel),
        thread=tuple(_shown(workspace, reader, roots, m) for m in opened),
        changes=workspace.changes,
        reader=reader,
        query=f"channel={channel.name}&zone={getattr(reader.zone, 'key', 'UTC')}",
    )


def _shown(
    workspace: Workspace, reader: Reader, roots: dict[str, Json], message: Json
) -> Shown:
    replies = workspace.thread(message["ts"])
    return Shown(
        message=message,
        at=_at(message["ts"], reader),
        is_ours=message.get("bot_id") == OURS.bot,
        replies=len(replies),
        last_reply_at=_at(replies[-1]["ts"], reader) if replies else None,
        root=roots.get(message["thread_ts"]) if is_reply(message) else None,
    )


def _at(ts: str, reader: Reader) -> datetime:
    return datetime.fromtimestamp(float(ts), tz=reader.zone)


def _zone(name: str) -> tzinfo:
    """A time zone by its name; UTC if there is none of that name."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return UTC


@cache
def _environment() -> Environment:
    environment = open_templates()
    environment.filters |= {
        "as_text": _as_text,
        "as_message": _as_message,
        "headline": _headline,
        "day": lambda at: f"{at:%A}, {at:%B} {ordinal(at.day)}",
        "near": lambda at, reader: near(at, reader) or f"{at:%B} {ordinal(at.day)}",
        "clock": lambda at: f"{at:%H:%M}",
        "as_json": lambda value: json.dumps(value, ensure_ascii=False, indent=2),
    }
    return environment


def _as_text(text: Json, reader: Reader) -> Markup:
    """A text object of a block."""
    if text["type"] == "plain_text":
        return plain(text["text"], emoji=text.get("emoji", True))
    return mrkdwn(text["text"], reader, verbatim=text.get("verbatim", False))


def _as_message(message: Json, reader: Reader) -> Markup:
    """The text of a message without blocks."""
    if message.get("mrkdwn", True) in (False, "false", "0"):
        return plain(message["text"])
    return mrkdwn(message["text"], reader)


def _headline(message: Json) -> Markup:
    """What a message is about, in a line: its first header, or its text."""
    for block in _headers(message):
        return plain(block["text"]["text"], emoji=block["text"].get("emoji", True))
    return plain(message["text"].partition("\n")[0])


def _headers(message: Json) -> Iterator[Json]:
    return (block for block in message.get("blocks", ()) if block["type"] == "header")
