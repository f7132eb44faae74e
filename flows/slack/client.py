"""The one place that speaks to Slack; every answer becomes taken, not, or unknown.

``retry_handlers=[]``: slack_sdk on its own posts again when a connection drops
after Slack took the message. Slack has no idempotency key for apps, so each message
carries our key as metadata, and the key is looked for before anything is repeated.
"""

import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from detectors.model import Message
from detectors.polling import asked_wait
from flows.posting import (
    Absent,
    Dispatch,
    Found,
    Incomplete,
    LookResult,
    NotTaken,
    Obstacle,
    PostResult,
    Sent,
    Unknown,
)
from flows.slack.blocks import render

EVENT_TYPE = "tocsin_alert"
TIMEOUT = timedelta(seconds=20)  # whole request; a slower answer is unknown
WINDOW = timedelta(seconds=60)  # what was taken stands in the history by then
CLOCK_SKEW = timedelta(minutes=10)  # ours against Slack's; a look too short doubles
PAGE = 15  # the most that Slack gives apps outside its marketplace
PACE = timedelta(seconds=1)  # Slack: one message a second a channel
MAX_PAGES = 200  # 3,000 foreign messages within one window: give up, look again
DEFAULT_WAIT = timedelta(seconds=60)  # a 429 that names no time, or none we can read
SHORTEST_WAIT = timedelta(seconds=1)
MAX_WAIT = timedelta(hours=1)

# What Slack documents as refused before anything was done. A word that is in none
# of these is unknown, as are internal_error, fatal_error, request_timeout and
# service_unavailable: "some aspect of the operation" may have succeeded.
_SETUP_WORDS = """
    access_denied account_inactive channel_not_found ekm_access_denied
    invalid_auth is_archived missing_scope no_permission not_allowed_token_type
    not_authed not_in_channel org_login_required restricted_action
    restricted_action_read_only_channel
    team_access_not_granted team_not_found token_expired token_revoked
    two_factor_setup_required user_not_found
    action_prohibited channel_is_archived invalid_token no_service no_team
    posting_to_general_channel_denied team_disabled
"""
_CONTENT_WORDS = """
    attachment_payload_limit_exceeded blocked_file_type cannot_reply_to_message
    invalid_arguments invalid_array_arg invalid_attachments invalid_blocks
    invalid_blocks_format invalid_charset invalid_form_data invalid_json
    invalid_metadata_format invalid_metadata_schema invalid_payload
    invalid_post_type json_not_object markdown_text_conflict message_limit_exceeded
    metadata_must_be_sent_from_app metadata_too_large missing_post_type
    msg_blocks_too_long msg_too_long no_text restricted_action_thread_locked
    slack_connect_blocked_file_type
    too_many_attachments
"""
SETUP_ERRORS = frozenset(_SETUP_WORDS.split())
CONTENT_ERRORS = frozenset(_CONTENT_WORDS.split())
THROTTLE_ERRORS = frozenset(("rate_limited", "ratelimited"))
LOOK_SETUP_ERRORS = SETUP_ERRORS | {"method_not_supported_for_channel_type"}

_TS = re.compile(r"\d+\.\d+")
# The SDK logs webhook URLs and bodies. Outside the tree of loggers, for Prefect
# enables whatever it finds in it.
_SILENT = logging.Logger("slack", level=logging.CRITICAL + 1)  # noqa: LOG001
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
# What the SDK trips over when an answer is not the object it expects.
_GARBLED = (ValueError, AttributeError, TypeError, KeyError)
_NO_BYTES_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whom a token speaks for; ``problem`` is Slack's word where it is no good."""

    speaks_for: str = ""
    problem: str = ""


class SlackPoster:
    """Posts with a bot token; can read the channel back to settle doubt."""

    pace = PACE

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        window: timedelta = WINDOW,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        """Speak to the Slack at ``base_url`` for the bot behind ``token``."""
        self.window = window
        self._web = AsyncWebClient(
            token,
            base_url=base_url,
            timeout=round(timeout.total_seconds()),
            retry_handlers=[],
            logger=_SILENT,
        )
        self._ids: dict[str, str] = {}
        self._bot: str | None = None

    async def post(self, message: Message, *, plain: bool = False) -> PostResult:
        """Post ``message`` once, as a root or into its story's thread."""
        rendered = render(Dispatch(message=message))
        body = {
            "channel": self._ids.get(message.channel, message.channel),
            "text": rendered.plain if plain else rendered.text,
            "blocks": None if plain else list(rendered.blocks),
            "thread_ts": _thread_of(message),
            "reply_broadcast": rendered.broadcast or None,
            "metadata": marker(message),
            "unfurl_links": False,
            "unfurl_media": False,
            "link_names": False,
            "parse": "none",
            "mrkdwn": False,
        }
        given = {name: value for name, value in body.items() if value is not None}
        try:
            answer = await self._web.api_call("chat.postMessage", json=given)
            self._learn(message.channel, answer.get("channel"))
            ts = answer.get("ts")
        except SlackApiError as error:
            return _refusal(error)
        except _NO_BYTES_SENT as error:
            return NotTaken(obstacle=Obstacle.UNREACHABLE, reason=_named(error))
        except (*_BROKEN, *_GARBLED) as error:
            return Unknown(reason=_named(error))
        if not isinstance(ts, str):
            return Unknown(reason="Slack said ok and gave no ts")
        return Sent(ts=ts)

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """Read the channel, or the thread, since ``since`` for our marker.

        Replies stand in no channel's history: they are looked for in their thread.
        Only a message of our own bot counts; others may copy the marker.
        """
        try:
            channel = await self._channel_id(message.channel)
            if channel is None:
                reason = f"no channel {message.channel} that the bot can see"
                return Incomplete(reason=reason, hopeless=True)
            bot = await self._bot_id()
            async for seen in self._since(channel, _thread_of(message), since):
                if _is_ours(seen, message.key, bot):
                    return Found(ts=str(seen["ts"]))
        except SlackApiError as error:
            word = _word(error)
            return Incomplete(reason=word, hopeless=word in LOOK_SETUP_ERRORS)
        except (*_BROKEN, *_GARBLED, _TooManyPagesError) as error:
            return Incomplete(reason=_named(error))
        return Absent()

    async def standing(self) -> Standing:
        """Whom the token speaks for, or why it speaks for nobody."""
        try:
            answer = await self._web.auth_test()
        except SlackApiError as error:
            return Standing(problem=_word(error))
        except (*_BROKEN, *_GARBLED) as error:
            return Standing(problem=_named(error))
        team, user = answer.get("team", ""), answer.get("user", "")
        return Standing(speaks_for=f"{user} in {team}")

    async def _bot_id(self) -> str:
        """Our own bot's id, asked for once."""
        if self._bot is None:
            self._bot = str((await self._web.auth_test()).get("bot_id", ""))
        return self._bot

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

    def _since(
        self, channel: str, thread_ts: str | None, since: datetime
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Every message in question with its metadata, all pages."""
        oldest = f"{(since - CLOCK_SKEW).timestamp():.6f}"
        asked = {
            "channel": channel,
            "oldest": oldest,
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
        }
        if thread_ts is not None:
            replies = self._web.conversations_replies
            return _pages(replies, "messages", ts=thread_ts, **asked)
        return _pages(self._web.conversations_history, "messages", **asked)


class WebhookPoster:
    """Posts to an incoming webhook: no threads, and no way to read back."""

    pace = PACE
    window = timedelta(0)  # waiting would teach nothing

    def __init__(self, url: str, *, timeout: timedelta = TIMEOUT) -> None:
        """Post to ``url``, which is a secret: it is never logged or shown."""
        self._hook = AsyncWebhookClient(
            url,
            timeout=round(timeout.total_seconds()),
            retry_handlers=[],
            logger=_SILENT,
        )

    async def post(self, message: Message, *, plain: bool = False) -> PostResult:
        """Post ``message`` once."""
        rendered = render(Dispatch(message=message))
        body: dict[str, Any] = {
            "text": rendered.plain if plain else rendered.text,
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        if not plain:
            body["blocks"] = list(rendered.blocks)
        try:
            answer = await self._hook.send_dict(body)
        except _NO_BYTES_SENT as error:
            return NotTaken(obstacle=Obstacle.UNREACHABLE, reason=_named(error))
        except (*_BROKEN, *_GARBLED) as error:
            return Unknown(reason=_named(error))
        if answer.status_code == 200 and answer.body.strip() == "ok":  # noqa: PLR2004
            return Sent()
        return _judged(answer.body.strip(), answer.status_code, answer.headers)

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """A webhook cannot read: an unknown message is held for a human."""
        del message, since
        return Incomplete(reason="a webhook cannot be read back", hopeless=True)


class _TooManyPagesError(Exception):
    """A look-up that does not come to an end."""


def marker(message: Message) -> dict[str, object]:
    """What the message carries to be found again; members of Slack can read it."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"k": message.key, "n": message.attempt},
    }


def _thread_of(message: Message) -> str | None:
    """The thread to answer in; None where the story's root stands elsewhere.

    A root that was printed, or posted to a webhook, has no ts in Slack.
    """
    ts = message.thread_ts or ""
    return ts if _TS.fullmatch(ts) else None


async def _pages(
    ask: Any,  # noqa: ANN401  # the SDK's bound methods share no type
    field: str,
    **asked: object,
) -> AsyncIterator[Mapping[str, Any]]:
    """Everything in ``field``, page after page.

    Raises:
        _TooManyPagesError: Nothing is concluded from half a reading.
    """
    cursor = None
    for _ in range(MAX_PAGES):
        answer = await ask(cursor=cursor, **asked)
        for one in answer.get(field) or ():
            yield one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None and answer.get("has_more"):
            raise _TooManyPagesError("more pages, and no way to them")
        if cursor is None:
            return
    raise _TooManyPagesError(f"more than {MAX_PAGES} pages")


def _is_ours(seen: Mapping[str, Any], key: str, bot: str) -> bool:
    """Whether a message carries our marker and comes from our own bot."""
    metadata = seen.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if metadata.get("event_type") != EVENT_TYPE or payload.get("k") != key:
        return False
    return not bot or seen.get("bot_id") == bot


def _refusal(error: SlackApiError) -> PostResult:
    """What an answer other than ok says about the message."""
    answer = error.response
    status = getattr(answer, "status_code", getattr(answer, "status", 0))
    return _judged(_word(error), status, getattr(answer, "headers", {}))


def _judged(word: str, status: int, headers: Mapping[str, str]) -> PostResult:
    """Taken as refused only where that is documented."""
    if status == 429 or word in THROTTLE_ERRORS:  # noqa: PLR2004  # RFC 6585
        return NotTaken(
            obstacle=Obstacle.THROTTLED,
            reason="asked to wait",
            retry_after=_wait(headers),
        )
    if status < 500:  # noqa: PLR2004  # a server error settles nothing
        if word in SETUP_ERRORS:
            return NotTaken(obstacle=Obstacle.SETUP, reason=word)
        if word in CONTENT_ERRORS:
            return NotTaken(obstacle=Obstacle.CONTENT, reason=word)
    return Unknown(reason=f"{status} {word}".strip()[:80])


def _word(error: SlackApiError) -> str:
    """Slack's own word for what is wrong; "" where the answer holds none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _wait(headers: Mapping[str, str]) -> timedelta:
    """How long a 429 asks to wait: seconds or a date, never more than an hour."""
    lowered = {name.lower(): value for name, value in headers.items()}
    wait = asked_wait(lowered.get("retry-after"), date=lowered.get("date"))
    return min(max(DEFAULT_WAIT if wait is None else wait, SHORTEST_WAIT), MAX_WAIT)


def _named(error: BaseException) -> str:
    """An error by its kind alone: its text may hold addresses and tokens."""
    return str(error) if isinstance(error, _TooManyPagesError) else type(error).__name__
