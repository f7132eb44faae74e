"""Four deliveries and polls that look right and are not: a sweep must catch each.

References:
    Each is somebody's: send, then commit; commit, then send; slack_sdk as it comes;
    a feed's ETag kept before what the feed said.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import (
    FixedValueRetryIntervalCalculator,
)
from sqlalchemy import Connection

from detectors.model import Entry, Feed, Message, MessageState
from storage.database import UnitOfWork
from storage.entries import Entries
from storage.feeds import Feeds
from storage.outbox import Outbox
from tests.sweep.dying import Build, DyingPoster, DyingStore
from tests.sweep.points import Shared

BETWEEN = "after the validators"
AT_ONCE = FixedValueRetryIntervalCalculator(fixed_internal=0.0)


class LateOutbox(Outbox):
    """An outbox where a claim is written down once its message was sent."""

    claims: ClassVar[dict[int, Callable[[Outbox], Message]]] = {}

    def claim(
        self,
        message: Message,
        now: datetime,
        lease: timedelta,
        *,
        thread_ts: str | None = None,
        **given: Any,
    ) -> Message:
        """Take a message; nobody else learns of it."""
        self.claims[message.id] = lambda later: Outbox.claim(
            later, message, now, lease, thread_ts=thread_ts, **given
        )
        return replace(
            message,
            state=MessageState.SENDING,
            attempt=message.attempt + 1,
            started_at=now,
            thread_ts=thread_ts,
            is_digest=given["is_digest"],
        )

    def sent(
        self, message: Message, *, ts: str, at: datetime, thread_ts: str | None = None
    ) -> bool:
        """Learn where it stands, and that it was claimed."""
        if keep := self.claims.pop(message.id, None):
            keep(self)
        return super().sent(message, ts=ts, at=at, thread_ts=thread_ts)


class SendFirstStore(DyingStore):
    """Posts go out before anything says that they do."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work."""
        with super().unit(reading=reading) as unit:
            unit.outbox = LateOutbox(unit._connection)
            yield unit


class HastyOutbox(Outbox):
    """An outbox where what is claimed counts as sent."""

    def claim(
        self,
        message: Message,
        now: datetime,
        lease: timedelta,
        *,
        folded: Sequence[Message] = (),
        **given: Any,
    ) -> Message:
        """Take a message: it is sent, before it is."""
        taken = super().claim(message, now, lease, folded=folded, **given)
        super().sent(taken, ts="", at=now)
        return taken

    def sent(
        self, message: Message, *, ts: str, at: datetime, thread_ts: str | None = None
    ) -> bool:
        """Learn where it stands."""
        values = {"ts": ts, "thread_ts": thread_ts or message.thread_ts, "sent_at": at}
        every = tuple(MessageState)
        return self._move(message, MessageState.SENT, every, values, exact=False)


class CommitFirstStore(DyingStore):
    """Messages count as sent before they go out."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work."""
        with super().unit(reading=reading) as unit:
            unit.outbox = HastyOutbox(unit._connection)
            yield unit


class RetryingPoster(DyingPoster):
    """Slack's own client as it comes: it sends again when the connection breaks."""

    def __init__(self, shared: Shared, base_url: str, *, patience: float) -> None:
        """Retry at once, to save the tests its pause."""
        super().__init__(shared, base_url, patience=patience)
        self._web.retry_handlers = [
            AsyncConnectionErrorRetryHandler(interval_calculator=AT_ONCE)
        ]


class LateEntries(Entries):
    """Entries that are remembered once their feed's poll was."""

    def __init__(self, connection: Connection) -> None:
        """Hold none."""
        super().__init__(connection)
        self.held: list[Callable[[], object]] = []

    def add_new(self, *given: Any, **named: Any) -> tuple[Entry, ...]:
        """Hold them; nobody learns which are new."""
        self.held.append(lambda: Entries.add_new(self, *given, **named))
        return ()


class EagerFeeds(Feeds):
    """Feeds whose poll is kept at once, with its validators."""

    shared: Shared
    entries: LateEntries

    def record_poll(self, feed: Feed) -> None:
        """Keep it; entries come in the next transaction."""
        super().record_poll(feed)
        self._connection.commit()
        self.shared.passing(BETWEEN)
        for remember in self.entries.held:
            remember()


class ValidatorFirstStore(DyingStore):
    """A feed's validators are kept before the entries that came with them."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work."""
        with super().unit(reading=reading) as unit:
            unit.feeds = feeds = EagerFeeds(unit._connection)
            unit.entries = feeds.entries = LateEntries(unit._connection)
            feeds.shared = self.shared
            yield unit


SEND_FIRST = Build(name="send-first", store=SendFirstStore)
COMMIT_FIRST = Build(name="commit-first", store=CommitFirstStore)
SDK_DEFAULT = Build(name="sdk-default", poster=RetryingPoster)
VALIDATOR_FIRST = Build(name="validator-first", store=ValidatorFirstStore)
