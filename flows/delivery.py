"""What one delivery remembers, and the steps that messages take in it."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from detectors.model import Message
from detectors.parcels import BURST
from flows.clock import Clock
from flows.posting import NotTaken, Poster, Unknown
from flows.seeds import Seeds
from storage.channels import LONGEST
from storage.database import Store, UnitOfWork

LEASE = timedelta(seconds=30)  # above any request's deadline, below any window
FIRST_BACK_OFF = timedelta(seconds=30)
LONGEST_BACK_OFF = timedelta(minutes=15)
EDIT_PACE = timedelta(minutes=1) / 50  # Slack's tier 3: so many edits a minute
BRIEFLY = timedelta(milliseconds=100)  # another sender is claiming in that channel

_log = logging.getLogger(__name__)


class Step(StrEnum):
    """What became of a message, or of a root, in this run."""

    SENT = "sent"
    FOLDED = "folded"
    FOUND = "found"
    PUT_BACK = "put back"
    UNKNOWN = "unknown"
    HELD = "held"
    REFUSED = "refused"
    EDITED = "edited"
    UNEDITED = "unedited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How many messages took each step; ``found`` were sent by an earlier run.

    ``folded`` were told within those that were ``sent``. ``edited`` roots show their
    stories as they stand, ``unedited`` ones do not yet.
    """

    sent: int = 0
    folded: int = 0
    found: int = 0
    put_back: int = 0
    unknown: int = 0
    held: int = 0
    refused: int = 0
    edited: int = 0
    unedited: int = 0
    problems: tuple[str, ...] = ()

    @property
    def told(self) -> int:
        """How many messages were told by this run, alone or within others."""
        return self.sent + self.folded


@dataclass(slots=True, kw_only=True)
class Round:
    """One run over the outbox.

    Args:
        burst: As of `detectors.parcels`.
        loud: By channel, as of `detectors.parcels`; a channel stands here once a
            digest was begun in it.
        edited_at: When the last root was edited.
    """

    store: Store
    poster: Poster
    seeds: Seeds
    clock: Clock
    burst: int = BURST
    loud: dict[str, set[str]] = field(default_factory=dict)
    edited_at: datetime | None = None
    _steps: list[Step] = field(default_factory=list)
    _problems: list[str] = field(default_factory=list)
    _latest: datetime | None = None

    def now(self) -> datetime:
        """The moment; within a run it never goes back, whatever the clock does."""
        moment = self.clock.now()
        self._latest = max(moment, self._latest or moment)
        return self._latest

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass; what was slept counts as passed, should the clock stand still.

        Never much at once: a wait of hours was written by a clock that went wrong.
        """
        longest = max(self.poster.pace, EDIT_PACE)
        wait = min(max(moment - self.now(), BRIEFLY), longest)
        until = self.now() + wait
        await self.clock.sleep(wait.total_seconds())
        self._latest = max(self.now(), until)

    async def keep_edit_pace(self) -> None:
        """Wait until another root may be edited."""
        if self.edited_at is not None and self.edited_at + EDIT_PACE > self.now():
            await self.wait_until(self.edited_at + EDIT_PACE)

    def took(self, step: Step, *, times: int = 1) -> None:
        """Count a step."""
        self._steps += [step] * times

    def note(self, step: Step, channel: str, problem: str) -> None:
        """Count a step that somebody should know of."""
        self._steps.append(step)
        self._problems.append(f"{channel}: {problem}")
        _log.warning("to %s %s: %s", channel, step, problem)

    def delivered(self) -> Delivered:
        """All steps so far; each problem is told once."""
        counts = {step.name.lower(): self._steps.count(step) for step in Step}
        return Delivered(**counts, problems=tuple(dict.fromkeys(self._problems)))


def stand(
    unit: UnitOfWork,
    message: Message,
    ts: str,
    at: datetime,
    *,
    is_loose: bool = False,
) -> bool:
    """Write down that a message stands in its channel as ``ts``, and roots as such.

    A reply that came loose (see `flows.posting.Sent`) is the root from now on, and is
    edited to look like one. False if all that was known.
    """
    story, channel = message.alert.story, message.channel
    if not unit.outbox.sent(message, ts=ts, at=at):
        return False
    if is_loose:
        unit.threads.lose(story, channel, ts=message.thread_ts, problem="")
        unit.threads.move(story)
    if ts and not message.is_digest and (is_loose or message.thread_ts is None):
        unit.threads.stand(story, channel, ts=ts, at=at)
    return True


def close(
    unit: UnitOfWork, channel: str, refused: NotTaken | Unknown, now: datetime
) -> None:
    """Send nothing to a channel as long as it asked, or longer with every failure.

    One answer that nobody understood is no outage, two are.
    """
    failures = unit.channels.get(channel).failures + 1
    opens_at: datetime | None = now + back_off(failures)
    if isinstance(refused, NotTaken) and refused.retry_after is not None:
        opens_at = now + min(refused.retry_after, LONGEST)
    elif isinstance(refused, Unknown):
        opens_at = now + back_off(failures - 1) if failures > 1 else None
    unit.channels.close(channel, opens_at=opens_at, problem=refused.reason)


def back_off(failures: int) -> timedelta:
    """Longer with every refusal in a row: 30 s, a minute, two, at most fifteen."""
    doublings = min(max(failures - 1, 0), 10)
    return min(FIRST_BACK_OFF * (1 << doublings), LONGEST_BACK_OFF)
