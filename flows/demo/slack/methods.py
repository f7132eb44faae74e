"""The Web API's methods: what each needs, how often it may be called, what it does.

References:
    docs.slack.dev/reference/methods, one page a method, and /reference/scopes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from flows.demo.slack.limits import (
    POSTING,
    STRICT_PAGE,
    STRICT_READING,
    TIER_2,
    TIER_3,
    TIER_4,
    Allowance,
)
from flows.demo.slack.paging import MAX_LIMIT, YES, cursor_to, limit_of, place_of
from flows.demo.slack.refusals import Json, RefusedError
from flows.demo.slack.workspace import OURS, TEAM, Channel, Workspace

MAX_CHANNELS = 1000
READING = ("conversations.history", "conversations.replies")
_KINDS = {"public_channel": "channels", "private_channel": "groups"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, with what the server knows of it.

    Args:
        late: How long what it does stays hidden.
        strict: Whether reading is held to what apps outside the marketplace get.
        socket_url: Makes the address of a new websocket.
    """

    body: Json
    late: timedelta = timedelta(0)
    strict: bool = False
    socket_url: Callable[[], str] = str


Act: TypeAlias = Callable[[Workspace, Call], Json]
Scopes: TypeAlias = Callable[[Workspace, Json], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of the Web API.

    Args:
        scopes: All that the token must have for this request.
        allowance: How often it may be called; posts are counted by channel.
        of_app: Called with the app's token, not with the bot's.
    """

    act: Act
    scopes: Scopes = lambda workspace, body: ()  # noqa: ARG005  # none at all
    allowance: Allowance = TIER_3
    of_app: bool = False


def allowed_of(name: str, *, strict: bool) -> Allowance:
    """How often a method may be called."""
    return STRICT_READING if strict and name in READING else METHODS[name].allowance


def _post(workspace: Workspace, call: Call) -> Json:
    message = workspace.post(call.body, late=call.late)
    return {
        "channel": message["channel"],
        "ts": message["ts"],
        "message": workspace.shown(message),
    }


def _update(workspace: Workspace, call: Call) -> Json:
    message = workspace.edit(call.body, late=call.late)
    return {
        "channel": message["channel"],
        "ts": message["ts"],
        "text": message["text"],
        "message": workspace.shown(message),
    }


def _history(workspace: Workspace, call: Call) -> Json:
    return workspace.history(call.body, most=STRICT_PAGE if call.strict else MAX_LIMIT)


def _replies(workspace: Workspace, call: Call) -> Json:
    return workspace.replies(call.body, most=STRICT_PAGE if call.strict else MAX_LIMIT)


def _test(workspace: Workspace, call: Call) -> Json:
    del workspace, call
    return {
        "url": "https://desk.example.org/",
        "team": "Desk",
        "team_id": TEAM,
        "user": OURS.name,
        "user_id": OURS.user,
        "bot_id": OURS.bot,
        "is_enterprise_install": False,
    }


def _open(workspace: Workspace, call: Call) -> Json:
    """A way to a websocket, which the server has made."""
    del workspace
    return {"url": call.socket_url()}


def _info(workspace: Workspace, call: Call) -> Json:
    channel = workspace.known(str(call.body.get("channel") or ""))
    shown = channel.shown()
    if call.body.get("include_num_members") in YES:
        shown["num_members"] = len(_members_of(channel))
    return {"channel": shown}


def _list(workspace: Workspace, call: Call) -> Json:
    """Public channels, and private ones that the bot is in; a page at a time."""
    kinds = _kinds(call.body)
    found = [
        channel
        for channel in workspace.channels
        if ("private_channel" if channel.is_private else "public_channel") in kinds
        and (channel.is_member or not channel.is_private)
        and not (channel.is_archived and call.body.get("exclude_archived") in YES)
    ]
    ids = [channel.id for channel in found]
    cursor = call.body.get("cursor")
    place = place_of(str(cursor)) if cursor else ""
    if place and place not in ids:
        raise RefusedError("invalid_cursor")
    start = ids.index(place) if place else 0
    stop = start + limit_of(call.body, MAX_CHANNELS)
    following = cursor_to(ids[stop]) if stop < len(ids) else ""
    return {
        "channels": [channel.shown() for channel in found[start:stop]],
        "response_metadata": {"next_cursor": following},
    }


def _members(workspace: Workspace, call: Call) -> Json:
    channel = workspace.known(str(call.body.get("channel") or ""))
    return {
        "members": _members_of(channel),
        "response_metadata": {"next_cursor": ""},
    }


def _members_of(channel: Channel) -> list[str]:
    return ["U0EDITOR", *([OURS.user] if channel.is_member else [])]


def _kinds(body: Json) -> tuple[str, ...]:
    """The kinds of channels that a list is asked for."""
    kinds = tuple(
        str(body.get("types") or "public_channel").replace(" ", "").split(",")
    )
    if not set(kinds) <= set(_KINDS):
        raise RefusedError("invalid_types")
    return kinds


def _to_write(workspace: Workspace, body: Json) -> tuple[str, ...]:
    del workspace, body
    return ("chat:write",)


def _to_list(workspace: Workspace, body: Json) -> tuple[str, ...]:
    del workspace
    return tuple(f"{_KINDS[kind]}:read" for kind in _kinds(body))


def _by_kind(right: str) -> Scopes:
    """The scope for the kind of channel that a request names."""

    def scopes(workspace: Workspace, body: Json) -> tuple[str, ...]:
        wanted = body.get("channel")
        private = any(
            channel.is_private for channel in workspace.channels if channel.id == wanted
        )
        return (f"{'groups' if private else 'channels'}:{right}",)

    return scopes


METHODS = {
    "chat.postMessage": Method(act=_post, scopes=_to_write, allowance=POSTING),
    "chat.update": Method(act=_update, scopes=_to_write),
    "conversations.history": Method(act=_history, scopes=_by_kind("history")),
    "conversations.replies": Method(act=_replies, scopes=_by_kind("history")),
    "conversations.info": Method(act=_info, scopes=_by_kind("read")),
    "conversations.list": Method(act=_list, scopes=_to_list, allowance=TIER_2),
    "conversations.members": Method(
        act=_members, scopes=_by_kind("read"), allowance=TIER_4
    ),
    "auth.test": Method(act=_test, allowance=TIER_4),
    "apps.connections.open": Method(act=_open, of_app=True),
}
