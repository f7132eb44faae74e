"""What an answer of Slack's says: taken, surely not taken, or nobody can tell.

"Not taken" is said only where Slack documents that nothing was done.

References:
    docs.slack.dev/reference/methods: chat.postMessage, chat.update; and
    docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError

from detectors.freshness import asked_wait
from flows.posting import NotTaken, Obstacle, Unknown
from flows.slack.blocks import RenderedMessage
from flows.wording import shown

TIMEOUT = timedelta(seconds=20)  # whole request; a slower answer is unknown
PACE = timedelta(seconds=1)  # Slack: one message a second a channel
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
    action_prohibited channel_is_archived invalid_token is_inactive no_service no_team
    posting_to_general_channel_denied team_disabled
"""
_CONTENT_WORDS = """
    attachment_payload_limit_exceeded blocked_file_type
    invalid_arguments invalid_array_arg invalid_attachments invalid_blocks
    invalid_blocks_format invalid_charset invalid_form_data invalid_json
    invalid_metadata_format invalid_metadata_schema invalid_payload
    invalid_post_type json_not_object markdown_text_conflict message_limit_exceeded
    metadata_must_be_sent_from_app metadata_too_large missing_post_type
    msg_blocks_too_long msg_too_long no_dual_broadcast_content_update no_text
    slack_connect_blocked_file_type too_many_attachments
"""
# The root is not there any more, or takes no reply: the story begins another.
_GONE_WORDS = """
    cannot_reply_to_message invalid_thread_ts message_not_found
    restricted_action_thread_locked thread_not_found
"""
_FROZEN_WORDS = "cant_update_message edit_window_closed"
SETUP_ERRORS = frozenset(_SETUP_WORDS.split())
CONTENT_ERRORS = frozenset(_CONTENT_WORDS.split())
_MEANINGS = {
    **dict.fromkeys(SETUP_ERRORS, Obstacle.SETUP),
    **dict.fromkeys(CONTENT_ERRORS, Obstacle.CONTENT),
    **dict.fromkeys(_GONE_WORDS.split(), Obstacle.GONE),
    **dict.fromkeys(_FROZEN_WORDS.split(), Obstacle.FROZEN),
}
THROTTLE_ERRORS = frozenset(("rate_limited", "ratelimited"))
# By then another channel may have the name.
ELSEWHERE = frozenset(("channel_not_found", "is_archived"))
NO_THREAD = frozenset(("message_not_found", "thread_not_found"))
LOOK_SETUP_ERRORS = SETUP_ERRORS | {"method_not_supported_for_channel_type"}

# The SDK logs webhook URLs and bodies. Outside the tree of loggers, for Prefect
# enables whatever it finds in it.
SILENT = logging.Logger("slack", level=logging.CRITICAL + 1)  # noqa: LOG001
BROKEN = (aiohttp.ClientError, TimeoutError, OSError)
# What the SDK trips over when an answer is not the object it expects.
GARBLED = (ValueError, AttributeError, TypeError, KeyError)
NO_BYTES_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class TooManyPagesError(Exception):
    """A look-up that does not come to an end."""


def content(rendered: RenderedMessage, *, plain: bool = False) -> dict[str, object]:
    """The words of a message; nothing in them is read as a name or a mark."""
    return {
        "text": rendered.plain if plain else rendered.text,
        "blocks": None if plain else list(rendered.blocks),
        "link_names": False,
        "parse": "none",
    }


def refusal(error: SlackApiError) -> NotTaken | Unknown:
    """What an answer other than ok says about the message."""
    answer = error.response
    status = getattr(answer, "status_code", getattr(answer, "status", 0))
    return judged(word_of(error), status, getattr(answer, "headers", {}))


def judged(word: str, status: int, headers: Mapping[str, str]) -> NotTaken | Unknown:
    """Taken as refused only where that is documented."""
    if status == 429 or word in THROTTLE_ERRORS:  # noqa: PLR2004  # RFC 6585
        return _throttled(headers)
    # A server error settles nothing, whatever it says.
    if status < 500 and word in _MEANINGS:  # noqa: PLR2004
        return NotTaken(obstacle=_MEANINGS[word], reason=word)
    return Unknown(reason=shown(f"{status} {word}")[:80])


def _throttled(headers: Mapping[str, str]) -> NotTaken:
    """Asked to wait; says so where we come back sooner than asked."""
    asked = _asked(headers)
    wait = min(max(asked, SHORTEST_WAIT), MAX_WAIT)
    cut = f" for {asked}, comes back after {wait}" if asked > MAX_WAIT else ""
    return NotTaken(
        obstacle=Obstacle.THROTTLED, reason=f"asked to wait{cut}", retry_after=wait
    )


def throttled_for(error: SlackApiError) -> timedelta | None:
    """How long a refusal asks to wait; None if it is for another reason."""
    answer = refusal(error)
    return answer.retry_after if isinstance(answer, NotTaken) else None


def word_of(error: SlackApiError) -> str:
    """Slack's own word for what is wrong; "" where the answer holds none."""
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _asked(headers: Mapping[str, str]) -> timedelta:
    """How long a 429 asks to wait: seconds or a date; a minute if it does not say."""
    lowered = {name.lower(): value for name, value in headers.items()}
    wait = asked_wait(lowered.get("retry-after"), date=lowered.get("date"))
    return DEFAULT_WAIT if wait is None else wait


def named(error: BaseException) -> str:
    """An error by its kind alone: its text may hold addresses and tokens."""
    return str(error) if isinstance(error, TooManyPagesError) else type(error).__name__
