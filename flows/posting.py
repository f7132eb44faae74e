"""What can become of a message once it left: taken, not taken, or unknown.

"Not taken" is said only where it is certain. Everything else is unknown, and an
unknown message is looked for before anything is sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from detectors.model import Message
from detectors.overviews import Overview

CLOCK_SKEW = timedelta(minutes=10)  # ours against Slack's; a look too short doubles


class Obstacle(StrEnum):
    """Why a message was certainly not taken; decides what happens to it next."""

    THROTTLED = "asked to wait"
    UNREACHABLE = "no connection"
    SETUP = "needs the operator"
    CONTENT = "message not accepted"
    GONE = "deleted in Slack"
    FROZEN = "cannot be edited any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A message as it leaves, with all that is told by it.

    Args:
        message: That was claimed. It is a digest, a reply where it has a
            ``thread_ts``, and its story's root otherwise.
        overview: Its story as it stands at this moment; None where nothing is known
            of the story. A root shows it.
        folded: Messages that are told by this one too, in the order of deciding: of
            a root those of its own story, of a digest those of many, ``message``
            beside them. None of them tells more of its own where a reply has any.
    """

    message: Message
    overview: Overview | None = None
    folded: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The message stands in its channel.

    Args:
        ts: Its name there; "" where the door tells none.
        is_loose: It was to answer a root that is not there any more, and stands in the
            channel by itself.
    """

    ts: str = ""
    is_loose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """The message certainly does not stand in its channel.

    Args:
        reason: The other side's own word, such as ``channel_not_found``.
        retry_after: How long it asked us to wait.
    """

    obstacle: Obstacle
    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody can tell yet whether the message was taken."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The message was looked for and stands in its channel.

    Args:
        ts: Of what was found.
        within: It was told within another message, or in a digest, whose ``ts`` this
            is: no root of its story's.
        thread_ts: The root that it answers; None where it stands by itself.
    """

    ts: str
    within: bool = False
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The whole of the time in question was read; the message is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """The look-up could not be finished.

    Args:
        hopeless: Looking again changes nothing until an operator acts.
        reached: How far back it was read, for the next look to go on from.
    """

    reason: str
    hopeless: bool = False
    reached: str | None = None


PostResult: TypeAlias = Sent | NotTaken | Unknown
EditResult: TypeAlias = Sent | NotTaken | Unknown
LookResult: TypeAlias = Found | Absent | Incomplete


class Poster(Protocol):
    """A door by which messages leave."""

    @property
    def window(self) -> timedelta:
        """How long a message that was taken may be missing where `look` looks."""
        ...

    @property
    def pace(self) -> timedelta:
        """The least time between two messages to one channel."""
        ...

    @property
    def reads(self) -> bool:
        """Whether `look` can ever find anything; False for a door of one way."""
        ...

    @property
    def edits(self) -> bool:
        """Whether what was posted can be edited."""
        ...

    @property
    def addresses(self) -> Mapping[str, str]:
        """What channels are reached by, by their names, as far as it is known."""
        ...

    def know(self, addresses: Mapping[str, str]) -> None:
        """Take over what another run found out."""
        ...

    async def post(self, dispatch: Dispatch, *, plain: bool = False) -> PostResult:
        """Send it, once; ``plain`` sends its shortest form, text alone."""
        ...

    async def edit(self, channel: str, ts: str, overview: Overview) -> EditResult:
        """Let the root ``ts`` of a story show ``overview``; may be repeated."""
        ...

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """Find out whether ``message`` was taken at or after ``since``."""
        ...

    async def told(
        self, channel: str, *, since: datetime
    ) -> tuple[str, ...] | Incomplete:
        """The keys of our own messages in a channel since then.

        Replies that stand in their threads alone are left out.
        """
        ...
