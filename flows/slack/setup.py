"""What Slack says of an installation: whom the token speaks for, what it may see.

Nothing is posted, and each answer is bounded in time. Only what Slack says comes out
of here; what to do about it is `flows.doctor`'s to say.

References:
    docs.slack.dev/reference/methods: auth.test, conversations.list,
    conversations.info, conversations.history; docs.slack.dev/authentication/tokens.
"""

import asyncio
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeAlias

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from flows import clock
from flows.posting import NotTaken, Obstacle
from flows.slack.answers import BROKEN, GARBLED, SILENT, named, refusal, word_of

# All that the app asks for, and what each is for; deploy/slack-app.yaml has the same.
SCOPES: Mapping[str, str] = {
    "chat:write": "post alerts, answer in their threads, edit what was posted",
    "channels:history": "see whether a message in doubt stands in a public channel",
    "groups:history": "the same in a private channel",
    "channels:read": "find a public channel and see whether the bot is in it",
    "groups:read": "the same for a private channel",
    "commands": "the buttons, which do not exist yet",
}
LATER = frozenset(("commands",))  # asked for already, so that nobody installs twice

PATIENCE = timedelta(seconds=10)  # for one answer; Slack's take well below one
LONGEST = timedelta(seconds=60)  # for all of them
PAGE = 999  # channels; the most that conversations.list gives

# Words for what went wrong on Slack's side.
_THEIR_FAILURES = frozenset(
    ("fatal_error", "internal_error", "request_timeout", "service_unavailable")
)
_NAME = re.compile(r"#[^\s#.,:;/()A-Z]{1,80}")
_ID = re.compile(r"[CG][A-Z0-9]{7,}")
_LINK = re.compile(r"https://\S+/archives/([CG][A-Z0-9]{7,})\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A question that got no good answer.

    Args:
        word: Slack's own word, or the kind of failure; never an error's text.
        is_broken: Whether Slack gave no answer at all, or one that is none.
        wait: How long it asked us to wait.
        nearest: A channel that is called much like the one asked for.
        needed: The scope that was missing.
    """

    word: str
    is_broken: bool = False
    wait: timedelta | None = None
    nearest: str = ""
    needed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Whom a token speaks for.

    Args:
        user: The bot's name, by which it is invited.
        team: The workspace.
        scopes: What it may do; None where Slack does not say.
        ahead: By how much our clock is before Slack's; None where it does not say.
    """

    user: str
    team: str
    scopes: frozenset[str] | None = None
    ahead: timedelta | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The scopes that the token has not, in the order of `SCOPES`."""
        if self.scopes is None:
            return ()
        return tuple(scope for scope in SCOPES if scope not in self.scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A channel as the bot sees it; ``unread`` says why its history cannot be read."""

    id: str
    name: str
    is_private: bool
    is_archived: bool
    is_member: bool
    unread: Trouble | None = None


Known: TypeAlias = dict[str, Mapping[str, Any]]


@dataclass(slots=True)
class Survey:
    """Asks Slack about an installation, for at most `LONGEST` in all.

    Args:
        token: A bot's.
        base_url: Of the Web API.
        now: Our clock, which is compared with Slack's.
    """

    token: str = field(repr=False)
    base_url: str
    now: Callable[[], datetime] = clock.now
    patience: timedelta = PATIENCE
    longest: timedelta = LONGEST
    _web: AsyncWebClient = field(init=False)
    _until: float = field(init=False)
    _listed: Known | Trouble | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Begin to count the time."""
        self._until = clock.elapsed() + self.longest.total_seconds()
        self._web = AsyncWebClient(
            self.token, base_url=self.base_url, retry_handlers=[], logger=SILENT
        )

    async def bot(self) -> Bot | Trouble:
        """Whom the token speaks for."""
        before = self.now()
        answer = await self._ask("auth.test")
        if isinstance(answer, Trouble):
            return answer
        between = before + (self.now() - before) / 2
        scopes = answer.headers.get("x-oauth-scopes")
        return Bot(
            user=str(answer.said.get("user") or ""),
            team=str(answer.said.get("team") or ""),
            scopes=None if scopes is None else frozenset(_parted(scopes)),
            ahead=_ahead(answer.headers.get("date"), between),
        )

    async def channel(self, name: str) -> Sight | Trouble:
        """A channel by its name (``#desk``) or id, and whether it can be read back."""
        found = await self._id_of(name)
        if isinstance(found, Trouble):
            return found
        answer = await self._ask("conversations.info", channel=found)
        if isinstance(answer, Trouble):
            return answer
        shown = answer.said.get("channel")
        if not isinstance(shown, Mapping):
            return Trouble(word="no channel in the answer", is_broken=True)
        sight = Sight(
            id=found,
            name=str(shown.get("name") or ""),
            is_private=bool(shown.get("is_private")),
            is_archived=bool(shown.get("is_archived")),
            is_member=bool(shown.get("is_member")),
        )
        if sight.is_archived or not sight.is_member:
            return sight
        return await self._read(sight)

    async def _read(self, sight: Sight) -> Sight:
        """Try to read one message of a channel, as the look-up of doubt does."""
        answer = await self._ask("conversations.history", channel=sight.id, limit=1)
        return replace(sight, unread=answer) if isinstance(answer, Trouble) else sight

    async def _id_of(self, name: str) -> str | Trouble:
        if not name.startswith("#"):
            return name
        if self._listed is None:
            self._listed = await self._list()
        if isinstance(self._listed, Trouble):
            return self._listed
        known = self._listed.get(name)
        if known is not None:
            return str(known.get("id"))
        near = difflib.get_close_matches(name, self._listed, n=1)
        return Trouble(word="channel_not_found", nearest=near[0] if near else "")

    async def _list(self) -> Known | Trouble:
        """Every channel that the bot can see, all pages; archived ones too."""
        known: Known = {}
        cursor = ""
        while True:
            answer = await self._ask(
                "conversations.list",
                types="public_channel,private_channel",
                limit=PAGE,
                cursor=cursor,
            )
            if isinstance(answer, Trouble):
                return answer
            for each in answer.said.get("channels") or ():
                known[f"#{each.get('name')}"] = each
            cursor = str(
                (answer.said.get("response_metadata") or {}).get("next_cursor") or ""
            )
            if not cursor:
                return known

    async def _ask(self, method: str, **asked: str | int) -> "_Answer | Trouble":
        """Ask once; an answer, or why there is none."""
        left = min(self._until - clock.elapsed(), self.patience.total_seconds())
        try:
            async with asyncio.timeout(max(left, 0)):
                answer = await self._web.api_call(method, params=asked)
            said, headers = answer.data, _lowered(answer.headers)
        except SlackApiError as error:
            return _refused(error)
        except (*BROKEN, *GARBLED) as error:
            return Trouble(word=named(error), is_broken=True)
        if not isinstance(said, Mapping):
            return Trouble(word="no object", is_broken=True)
        return _Answer(said=said, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    said: Mapping[str, Any]
    headers: Mapping[str, str]


def misnamed(channel: str) -> str:
    """How a channel should be written that is neither a name nor an id; "" if it is.

    >>> [misnamed(each) for each in ("#desk", "C0123456789", "desk", "#Desk")]
    ['', '', '#desk', '#desk']
    >>> misnamed("https://desk.slack.com/archives/C0123456789")
    'C0123456789'
    """
    if _NAME.fullmatch(channel) or _ID.fullmatch(channel):
        return ""
    if link := _LINK.fullmatch(channel):
        return link[1]
    bare = "-".join(channel.lower().lstrip("#").split())
    return f"#{bare}" if _NAME.fullmatch(f"#{bare}") else "#name-of-the-channel"


def _parted(scopes: str) -> Iterable[str]:
    return (scope.strip() for scope in scopes.split(",") if scope.strip())


def _refused(error: SlackApiError) -> Trouble:
    judged = refusal(error)
    if isinstance(judged, NotTaken) and judged.obstacle is Obstacle.THROTTLED:
        return Trouble(word="asked to wait", wait=judged.retry_after)
    word = word_of(error)
    needed = error.response.get("needed") if word else None
    return Trouble(
        word=word or judged.reason or named(error),
        is_broken=not word or word in _THEIR_FAILURES,
        needed=str(needed or ""),
    )


def _lowered(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _ahead(said: str | None, ours: datetime) -> timedelta | None:
    """By how much ``ours`` is before the moment that a header says, to a second."""
    with suppress(TypeError, ValueError):
        theirs = parsedate_to_datetime(said or "")
        return ours - theirs.replace(tzinfo=theirs.tzinfo or UTC)
    return None
