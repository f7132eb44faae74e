"""Four deliveries and polls that look right and are not: a sweep must catch each.

References:
    Each is somebody's: send, then commit; commit, then send; slack_sdk as it comes;
    a feed's ETag kept before what the feed said.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import (
    FixedValueRetryIntervalCalculator,
)

from detectors.model import Feed, Message, MessageState
from storage.database import UnitOfWork
from storage.feeds import Feeds
from storage.outbox import Outbox
from tests.sweep.dying import Build, DyingPoster, DyingStore
from tests.sweep.points import Shared

AT_ONCE = FixedValueRetryIntervalCalculator(fixed_internal=0.0)


class ForgetfulOutbox(Outbox):
    """An outbox that remembers whether something was claimed, for its store."""

    claimed = False

    def claim(
        self, message: Message, now: datetime, lease: timedelta, **given: Any
    ) -> Message:
        """Take a message."""
        self.claimed = True
        return super().claim(message, now, lease, **given)


class SendFirstStore(DyingStore):
    """Posts go out before anything says that they do."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work; a claim is not kept."""
        with super().unit(reading=reading) as unit:
            unit.outbox = outbox = ForgetfulOutbox(unit._connection)
            yield unit
            if outbox.claimed:
                unit.rollback()


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


class EagerFeeds(Feeds):
    """Feeds whose poll is kept at once, with its validators."""

    shared: Shared

    def record_poll(self, feed: Feed) -> None:
        """Keep it; entries come in the next transaction."""
        super().record_poll(feed)
        self._connection.commit()
        self.shared.passing("after the validators")


class ValidatorFirstStore(DyingStore):
    """A feed's validators are kept before the entries that came with them."""

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work."""
        with super().unit(reading=reading) as unit:
            unit.feeds = feeds = EagerFeeds(unit._connection)
            feeds.shared = self.shared
            yield unit


SEND_FIRST = Build(store=SendFirstStore)
COMMIT_FIRST = Build(store=CommitFirstStore)
SDK_DEFAULT = Build(poster=RetryingPoster)
VALIDATOR_FIRST = Build(store=ValidatorFirstStore)
