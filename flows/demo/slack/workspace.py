"""A workspace: its channels, what stands in them, and who may change it.

References:
    docs.slack.dev/reference/methods: chat.postMessage, chat.update,
    conversations.history, conversations.replies.
    slack-go #1571: a reply to a message that is gone is posted to the channel, and
    nothing but a missing ``thread_ts`` says so. bolt-js #2307: it is refused.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from flows import clock
from flows.demo.slack.content import checked
from flows.demo.slack.paging import MAX_LIMIT, YES, is_reply, page_of
from flows.demo.slack.refusals import Json, RefusedError

TEAM = "T0DESK"
BOT = "B0TOCSIN"
_TS = re.compile(r"\d{1,12}\.\d{6}")
_ASKED = ("mrkdwn", "parse", "link_names")  # how a message is to be rendered
_OWN = ("channel", "reply_broadcast", *_ASKED)  # what the Web API does not show


class Orphans(StrEnum):
    """What becomes of a reply to a message that is not there."""

    UNTHREADED = "posted to the channel"
    REFUSED = "thread_not_found"


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel as our bot meets it."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_member: bool = True

    def shown(self) -> Json:
        """As conversations.info and conversations.list show it."""
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_member": self.is_member,
            "is_general": False,
            "is_shared": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who posts: a bot, with its user and app."""

    bot: str
    name: str

    @property
    def user(self) -> str:
        """The bot's user id."""
        return f"U{self.bot[1:]}"

    @property
    def app(self) -> str:
        """The id of the app that the bot belongs to."""
        return f"A{self.bot[1:]}"


OURS = Author(bot=BOT, name="tocsin")


@dataclass(kw_only=True)
class Workspace:
    """What stands where, and what may be done to it.

    Args:
        now: The clock, which may be simulated.
        edit_window: How long a message may be edited; for ever if None.
        orphans: What becomes of a reply whose root is not there.
    """

    channels: list[Channel] = field(
        default_factory=lambda: [Channel(id="C0TOCSIN", name="tocsin")]
    )
    messages: list[Json] = field(default_factory=list)
    posted_at: list[datetime] = field(default_factory=list)
    now: Callable[[], datetime] = clock.now
    edit_window: timedelta | None = None
    orphans: Orphans = Orphans.UNTHREADED
    changes: int = 0
    _hidden_until: dict[str, datetime] = field(default_factory=dict)
    _late_edits: list[tuple[datetime, Json, Json]] = field(default_factory=list)

    # --- for tests and for the page --------------------------------------------------

    @property
    def keys(self) -> Counter[str]:
        """How often each of our keys stands in the channels."""
        payloads = [
            message["metadata"]["event_payload"]
            for message in self.messages
            if message.get("metadata")
        ]
        return Counter(payload["k"] for payload in payloads if "k" in payload)

    def channel(self, name: str) -> Channel:
        """The channel that is called ``name``, with or without its sign.

        Raises:
            RefusedError: There is none.
        """
        return self._find(lambda known: known.name == name.removeprefix("#"))

    def message(self, ts: str) -> Json:
        """The message that was posted at ``ts``.

        Raises:
            RefusedError: There is none.
        """
        for message in self.messages:
            if message["ts"] == ts:
                return message
        raise RefusedError("message_not_found")

    def thread(self, root: str) -> list[Json]:
        """The replies to a root, oldest first."""
        return [
            message
            for message in self.messages
            if message.get("thread_ts") == root != message["ts"]
        ]

    def say(
        self,
        text: str,
        *,
        bot: str = "B0OTHER",
        metadata: Json | None = None,
        thread_ts: str | None = None,
    ) -> Json:
        """Let somebody else post to the first channel."""
        content = {"text": text, "metadata": metadata, "thread_ts": thread_ts}
        given = {name: value for name, value in content.items() if value is not None}
        return self._keep(self.channels[0], given, Author(bot=bot, name="other"))

    def delete(self, ts: str) -> None:
        """Let a person delete a message: a root with replies leaves a tombstone."""
        self.changes += 1
        message = self.message(ts)
        if not self.thread(ts):
            self.messages.remove(message)
            return
        for name in ("blocks", "metadata", "edited", "bot_id", "app_id"):
            message.pop(name, None)
        message |= {
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "text": "This message was deleted.",
        }

    # --- what the Web API does -------------------------------------------------------

    def post(self, body: Json, *, late: timedelta = timedelta(0)) -> Json:
        """Let our bot post; ``late`` hides the message from readers for so long."""
        channel = self.writable(str(body.get("channel") or ""))
        content = checked(body) | self._reply_to(channel, body)
        own = {name: body[name] for name in _ASKED if name in body}
        message = self._keep(channel, own | content, OURS)
        if late:
            self._hidden_until[message["ts"]] = self.now() + late
        return message

    def edit(self, body: Json, *, late: timedelta = timedelta(0)) -> Json:
        """Let our bot edit; with ``late`` the edit is made only then, whatever else is.

        Blocks that are left out go with a new text; metadata that is left out stays.
        """
        message = self._editable(body)
        content: Json = {"blocks": None, **checked(body, edit=True)}
        content["edited"] = {"user": OURS.user, "ts": f"{self.now().timestamp():.6f}"}
        if late:
            self._late_edits.append((self.now() + late, message, content))
        else:
            self._change(message, content)
        return message

    def history(self, asked: Json, *, most: int = MAX_LIMIT) -> Json:
        """One page of a channel, newest first; broadcast replies stand in it too."""
        channel = self.readable(str(asked.get("channel") or ""))
        found = [
            message
            for message in self._seen(channel)
            if message.get("reply_broadcast") or not is_reply(message)
        ]
        return self._page(found[::-1], asked, most, newest_first=True)

    def replies(self, asked: Json, *, most: int = MAX_LIMIT) -> Json:
        """One page of a thread, oldest first; its root leads whatever was asked for."""
        channel = self.readable(str(asked.get("channel") or ""))
        seen = self._seen(channel)
        of = {
            message["ts"]: message.get("thread_ts", message["ts"]) for message in seen
        }
        root = of.get(str(asked.get("ts") or ""))
        if root is None:
            raise RefusedError("thread_not_found")
        found = [message for message in seen if of[message["ts"]] == root]
        return self._page(found, asked, most, newest_first=False)

    # --- who may do what -------------------------------------------------------------

    def known(self, id_: str) -> Channel:
        """A channel that our bot may know of, by its id."""
        channel = self._find(lambda known: known.id == id_)
        if channel.is_private and not channel.is_member:
            raise RefusedError("channel_not_found")
        return channel

    def readable(self, id_: str) -> Channel:
        """A channel that our bot is in, by its id."""
        channel = self.known(id_)
        if not channel.is_member:
            raise RefusedError("not_in_channel")
        return channel

    def writable(self, name: str) -> Channel:
        """A channel that our bot may post to, by its id or by its name."""
        found = self._find(
            lambda known: name.removeprefix("#") in (known.name, known.id)
        )
        channel = self.readable(found.id)
        if channel.is_archived:
            raise RefusedError("is_archived")
        return channel

    def shown(self, message: Json, *, metadata: bool = True) -> Json:
        """A message as the Web API shows it: a root with the count of its replies."""
        kept = {name: value for name, value in message.items() if name not in _OWN}
        if not metadata:
            kept.pop("metadata", None)
        if is_reply(message):
            kept["parent_user_id"] = OURS.user
            if message.get("reply_broadcast"):
                kept["subtype"] = "thread_broadcast"
            return kept
        replies = self.thread(message["ts"])
        if replies:
            kept |= {
                "thread_ts": message["ts"],
                "reply_count": len(replies),
                "reply_users": sorted({reply["user"] for reply in replies}),
                "latest_reply": replies[-1]["ts"],
                "is_locked": False,
            }
            kept["reply_users_count"] = len(kept["reply_users"])
        return kept

    def settle(self) -> None:
        """Make the late edits whose time has come."""
        due = [late for late in self._late_edits if late[0] <= self.now()]
        self._late_edits = [late for late in self._late_edits if late not in due]
        for _, message, content in due:
            self._change(message, content)

    # --- within ----------------------------------------------------------------------

    def _find(self, is_it: Callable[[Channel], bool]) -> Channel:
        found = next((known for known in self.channels if is_it(known)), None)
        if found is None:
            raise RefusedError("channel_not_found")
        return found

    def _reply_to(self, channel: Channel, body: Json) -> Json:
        """Where a reply goes: into its thread, or out of it if that is not there."""
        ts = body.get("thread_ts")
        if ts is None or ts == "":
            return {}
        if not isinstance(ts, str) or not _TS.fullmatch(ts):
            raise RefusedError("invalid_thread_ts")
        roots = (each for each in self.messages if each["channel"] == channel.id)
        if any(each["ts"] == ts and not is_reply(each) for each in roots):
            broadcast = body.get("reply_broadcast") in YES
            return {"thread_ts": ts} | ({"reply_broadcast": True} if broadcast else {})
        if self.orphans is Orphans.REFUSED:
            raise RefusedError("thread_not_found")
        return {}

    def _editable(self, body: Json) -> Json:
        """The message that an edit means, if our bot may edit it."""
        channel = self.known(str(body.get("channel") or ""))
        if channel.is_archived:
            raise RefusedError("is_inactive")
        message = self.message(str(body.get("ts") or ""))
        if message["channel"] != channel.id or message.get("subtype") == "tombstone":
            raise RefusedError("message_not_found")
        if message.get("bot_id") != OURS.bot:
            raise RefusedError("cant_update_message")
        age = self.now().timestamp() - float(message["ts"])
        if self.edit_window is not None and age > self.edit_window.total_seconds():
            raise RefusedError("edit_window_closed")
        if body.get("reply_broadcast") in YES:
            raise RefusedError("no_dual_broadcast_content_update")
        return message

    def _keep(self, channel: Channel, content: Json, author: Author) -> Json:
        """Let a message stand in its channel."""
        now = self.now()
        self.changes += 1
        self.posted_at.append(now)
        message = {
            **content,
            "type": "message",
            "ts": f"{int(now.timestamp())}.{len(self.posted_at):06d}",
            "channel": channel.id,
            "user": author.user,
            "bot_id": author.bot,
            "app_id": author.app,
            "team": TEAM,
        }
        if not message.get("metadata"):
            message.pop("metadata", None)
        self.messages.append(message)
        return message

    def _change(self, message: Json, content: Json) -> None:
        self.changes += 1
        message |= content
        for name in ("blocks", "metadata"):
            if not message.get(name):
                message.pop(name, None)

    def _seen(self, channel: Channel) -> list[Json]:
        """What readers see of a channel, oldest first."""
        now = self.now()
        return [
            message
            for message in self.messages
            if message["channel"] == channel.id
            and self._hidden_until.get(message["ts"], now) <= now
        ]

    def _page(
        self, found: list[Json], asked: Json, most: int, *, newest_first: bool
    ) -> Json:
        """As many of ``found`` as a page holds, and the way to the next."""
        page, cursor = page_of(found, asked, most=most, newest_first=newest_first)
        metadata = asked.get("include_all_metadata") in YES
        shown = [self.shown(message, metadata=metadata) for message in page]
        answer: Json = {"messages": shown, "has_more": bool(cursor)}
        if cursor:
            answer["response_metadata"] = {"next_cursor": cursor}
        return answer
