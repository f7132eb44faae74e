"""The one place that speaks to Slack; every answer becomes taken, not, or unknown.

``retry_handlers=[]``: slack_sdk on its own posts again when a connection drops
after Slack took the message. Slack has no idempotency key for apps, so each message
carries our key as metadata, and the key is looked for before anything is repeated.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from detectors.model import Message, Severity
from detectors.overviews import Overview
from flows.posting import (
    CLOCK_SKEW,
    Absent,
    Dispatch,
    EditResult,
    Found,
    Incomplete,
    LookResult,
    NotTaken,
    Obstacle,
    PostResult,
    Sent,
    Unknown,
)
from flows.slack.answers import (
    BROKEN,
    ELSEWHERE,
    GARBLED,
    LOOK_SETUP_ERRORS,
    NO_BYTES_SENT,
    NO_THREAD,
    PACE,
    SILENT,
    TIMEOUT,
    TooManyPagesError,
    content,
    named,
    refusal,
    word_of,
)
from flows.slack.blocks import render, render_root
from flows.slack.readings import (
    EVENT_TYPE,
    MAX_PAGES,
    PAGE,
    Ask,
    Reading,
    Sleep,
    hashed,
)

WINDOW = timedelta(seconds=60)  # what was taken stands in the history by then

# A channel, a thread in it or None, since when, and from where on backwards.
_Place: TypeAlias = tuple[str, str | None, datetime, str | None]
_TS = re.compile(r"\d+\.\d+")


class SlackPoster:
    """Posts with a bot token; can read the channel back to settle doubt."""

    pace = PACE
    reads = True
    edits = True

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        window: timedelta = WINDOW,
        timeout: timedelta = TIMEOUT,
        broadcast_from: Severity | None = Severity.CRITICAL,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Speak to the Slack at ``base_url`` for the bot behind ``token``.

        Replies also show in the channel from ``broadcast_from`` up; None: never.
        ``sleep`` waits where a reading is asked to.
        """
        self.window = window
        self._broadcast_from = broadcast_from
        self._web = AsyncWebClient(
            token,
            base_url=base_url,
            timeout=round(timeout.total_seconds()),
            retry_handlers=[],
            logger=SILENT,
        )
        self._ids: dict[str, str] = {}
        self._bot: str | None = None
        self._readings: dict[_Place, Reading] = {}
        self._sleep = sleep

    @property
    def addresses(self) -> Mapping[str, str]:
        """The ids behind the names of channels."""
        return self._ids

    def know(self, addresses: Mapping[str, str]) -> None:
        """Take over ids: a channel that is renamed stays the same."""
        self._ids |= addresses

    async def post(self, dispatch: Dispatch, *, plain: bool = False) -> PostResult:
        """Post once, as a root, as a digest or into its story's thread."""
        message = dispatch.message
        rendered = render(dispatch, broadcast_from=self._broadcast_from)
        thread_ts = _thread_of(message)
        body = {
            "channel": self._ids.get(message.channel, message.channel),
            **content(rendered, plain=plain),
            "thread_ts": thread_ts,
            "reply_broadcast": rendered.broadcast or None,
            "metadata": marker(dispatch),
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        self._readings.clear()
        answer = await self._ask("chat.postMessage", body)
        if not isinstance(answer, Mapping):
            if isinstance(answer, NotTaken) and answer.reason in ELSEWHERE:
                self._ids.pop(message.channel, None)
            return answer
        self._learn(message.channel, answer.get("channel"))
        ts, posted = answer.get("ts"), answer.get("message")
        if not isinstance(ts, str):
            return Unknown(reason="Slack said ok and gave no ts")
        stands = posted.get("thread_ts") if isinstance(posted, Mapping) else thread_ts
        return Sent(ts=ts, is_loose=thread_ts is not None and stands is None)

    async def edit(self, channel: str, ts: str, overview: Overview) -> EditResult:
        """Let the root ``ts`` show ``overview``; what it carries to be found stays."""
        if not _TS.fullmatch(ts):
            return NotTaken(obstacle=Obstacle.GONE, reason="stands in no Slack")
        found = await self._found_id(channel)
        if not isinstance(found, str):
            return found
        body = {"channel": found, "ts": ts, **content(render_root(overview))}
        answer = await self._ask("chat.update", body)
        return Sent(ts=ts) if isinstance(answer, Mapping) else answer

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """Read the channel, or the thread, since ``since`` for our marker.

        Replies stand in no channel's history: they are looked for in their thread, and
        in the channel where that is gone. Only a message of our own bot counts; others
        may copy the marker.
        """
        thread_ts = _thread_of(message)
        if thread_ts is not None:
            answer = await self._find(message, thread_ts, since)
            if not isinstance(answer, Incomplete) or answer.reason not in NO_THREAD:
                return answer
        return await self._find(message, None, since)

    async def told(
        self, channel: str, *, since: datetime
    ) -> tuple[str, ...] | Incomplete:
        """The keys of our own messages in a channel since then."""
        answer = await self._read(channel, None, since, None, key=None)
        reading = self._readings.get((channel, None, since, None))
        if isinstance(answer, Incomplete):
            return answer
        return tuple(reading.alone) if reading else ()

    async def _ask(
        self, method: str, body: Mapping[str, object]
    ) -> Mapping[str, Any] | NotTaken | Unknown:
        """Send one request, once; an answer, or why there is none."""
        given = {name: value for name, value in body.items() if value is not None}
        try:
            answer = await self._web.api_call(method, json=given)
            data = answer.data
        except SlackApiError as error:
            return refusal(error)
        except NO_BYTES_SENT as error:
            return NotTaken(obstacle=Obstacle.UNREACHABLE, reason=named(error))
        except (*BROKEN, *GARBLED) as error:
            return Unknown(reason=named(error))
        return data if isinstance(data, Mapping) else Unknown(reason="no object")

    async def _find(
        self, message: Message, thread_ts: str | None, since: datetime
    ) -> LookResult:
        """Look in one place."""
        latest = message.sought_to if thread_ts is None else None
        answer = await self._read(
            message.channel, thread_ts, since, latest, key=message.key
        )
        return answer or Absent()

    async def _read(
        self,
        channel: str,
        thread_ts: str | None,
        since: datetime,
        latest: str | None,
        *,
        key: str | None,
    ) -> Found | Incomplete | None:
        """Read one place until ``key`` is found, or all of it.

        What was read is kept until something is posted: after a restore a hundred
        messages are looked for since one moment.
        """
        place = channel, thread_ts, since, latest
        reading = self._readings.get(place)
        try:
            if reading is None:
                reading = self._readings[place] = await self._reading(*place)
            if key is not None:
                return await reading.find(key)
            await reading.finish()
        except UnseenError as error:
            return Incomplete(reason=str(error), hopeless=True)
        except SlackApiError as error:
            word = word_of(error)
            problem = Incomplete(reason=word, hopeless=word in LOOK_SETUP_ERRORS)
        except (*BROKEN, *GARBLED, TooManyPagesError) as error:
            problem = Incomplete(reason=named(error))
        else:
            return None
        self._readings.pop(place, None)
        came_to = reading.reached if reading is not None else None
        return problem if thread_ts else replace(problem, reached=came_to or latest)

    async def _bot_id(self) -> str:
        """Our own bot's id, asked for once."""
        if self._bot is None:
            self._bot = str((await self._web.auth_test()).get("bot_id", ""))
        return self._bot

    async def _found_id(self, channel: str) -> str | NotTaken | Unknown:
        """The id behind a channel's name, or why it is not known."""
        try:
            found = await self._channel_id(channel)
        except SlackApiError as error:
            return refusal(error)
        except (*BROKEN, *GARBLED, TooManyPagesError) as error:
            return NotTaken(obstacle=Obstacle.UNREACHABLE, reason=named(error))
        if found is None:
            return NotTaken(obstacle=Obstacle.SETUP, reason="channel_not_found")
        return found

    async def _channel_id(self, channel: str) -> str | None:
        """The id behind a channel's name; ids pass as they are."""
        if not channel.startswith("#"):
            return channel
        if channel not in self._ids:
            pages = _pages(
                self._web.conversations_list,
                "channels",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
            )
            async for known in pages:
                self._learn(f"#{known.get('name')}", known.get("id"))
        return self._ids.get(channel)

    def _learn(self, channel: str, found: object) -> None:
        """Remember the id of a channel that was given by name."""
        if channel.startswith("#") and isinstance(found, str) and found:
            self._ids[channel] = found

    async def _reading(
        self, channel: str, thread_ts: str | None, since: datetime, latest: str | None
    ) -> Reading:
        """A reading of a channel, newest first, or of a thread, oldest first.

        Raises:
            UnseenError: The bot cannot see the channel.
        """
        found = await self._channel_id(channel)
        if found is None:
            raise UnseenError(f"no channel {channel} that the bot can see")
        asked = {
            "channel": found,
            "oldest": f"{(since - CLOCK_SKEW).timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
        }
        ask: Ask = self._web.conversations_history
        if latest is not None:
            asked["latest"] = latest
        if thread_ts is not None:
            ask, asked["ts"] = self._web.conversations_replies, thread_ts
        return Reading(ask, asked, bot=await self._bot_id(), sleep=self._sleep)


class UnseenError(Exception):
    """A channel that the bot cannot see."""


def marker(dispatch: Dispatch) -> dict[str, object]:
    """What a message carries to be found again; members of Slack can read it.

    The keys of what it tells as well are hashed: a hundred of them would be too long.
    """
    message = dispatch.message
    payload: dict[str, object] = {"k": message.key, "n": message.attempt}
    if message.is_digest:
        payload["d"] = True
    if dispatch.folded:
        payload["f"] = [hashed(each.key) for each in dispatch.folded]
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def _thread_of(message: Message) -> str | None:
    """The thread to answer in; None where the story's root stands elsewhere.

    A root that was printed, or posted to a webhook, has no ts in Slack.
    """
    ts = message.thread_ts or ""
    return ts if _TS.fullmatch(ts) else None


async def _pages(
    ask: Ask,
    field: str,
    **asked: object,
) -> AsyncIterator[Mapping[str, Any]]:
    """Everything in ``field``, page after page.

    Raises:
        TooManyPagesError: It comes to no end.
    """
    cursor = None
    for _ in range(MAX_PAGES):
        answer = await ask(cursor=cursor, **asked)
        for one in answer.get(field) or ():
            yield one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return
    raise TooManyPagesError(f"more than {MAX_PAGES} pages")
