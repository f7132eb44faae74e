"""The outbox: what is to be told, and how far each message has come.

pending → sending → sent | pending (surely not taken) | unknown; unknown → sent |
pending, once the channel's history was read; held and refused wait for a person.
Every step is one short transaction of its own; none is open while Slack is asked.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from detectors.model import Message, MessageState
from storage import tables
from storage.columns import digest
from storage.repository import MAX_NUMBER, Repository, columns_of, values_of

_message = tables.table(tables.Message)
_columns = columns_of(_message, Message)

# While one of these is open, no later message of its story may go out before it.
_UNSETTLED = (MessageState.PENDING, MessageState.SENDING, MessageState.UNKNOWN)
_UNSENT = tuple(state for state in MessageState if state is not MessageState.SENT)


class Outbox(Repository):
    """Messages in the order of deciding.

    A step that a message is no longer there for is not taken and answers False: an
    attempt whose lease ended must not move what a later attempt has begun.
    """

    def add(self, message: Message) -> bool:
        """Put a message at the end; False if its key is known: never told twice.

        ``message.id`` is not used, the store gives one.
        """
        values = values_of(message)
        del values["id"]
        values |= {"key_hash": digest(message.key), "story": message.alert.story}
        return self._insert_new(_message, values, ("key_hash",), "id") is not None

    def claim_next(self, now: datetime, lease: timedelta) -> Message | None:
        """Take the next message to send, for as long as ``lease``; None if none is due.

        It is ``sending`` from then on, with one attempt more and the thread of its
        story, if there is one by now. Commit before sending: a claim that is lost
        would be sent twice. A story's messages go out in their order: one waits
        while an earlier one of its channel is pending, sending or unknown.
        """
        earlier = _message.alias("earlier")
        blocked = (
            select(earlier.c.id)
            .where(
                earlier.c.story == _message.c.story,
                earlier.c.channel == _message.c.channel,
                earlier.c.id < _message.c.id,
                earlier.c.state.in_(_UNSETTLED),
            )
            .exists()
        )
        due = _message.c.not_before_at
        found = self._first(
            select(*_columns)
            .where(_message.c.state == MessageState.PENDING)
            .where(or_(due.is_(None), due <= now), ~blocked)
            .order_by(_message.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        thread = found.thread_ts or self.thread_of(found.alert.story, found.channel)
        self._connection.execute(
            update(_message)
            .where(_message.c.id == found.id)
            .values(
                state=MessageState.SENDING,
                attempt=found.attempt + 1,
                started_at=now,
                lease_ends_at=now + lease,
                thread_ts=thread,
                problem="",
            )
        )
        return self.get(found.id)

    def sent(
        self, message: Message, *, ts: str, at: datetime, thread_ts: str | None = None
    ) -> bool:
        """Slack holds it as ``ts``; true whichever attempt brought it there."""
        values = {"ts": ts, "thread_ts": thread_ts or message.thread_ts, "sent_at": at}
        return self._move(message, MessageState.SENT, _UNSENT, values, exact=False)

    def put_back(
        self, message: Message, *, not_before_at: datetime | None, problem: str
    ) -> bool:
        """Slack surely has not taken it: send again, not before ``not_before_at``.

        Also releases what is held or was refused.
        """
        values = {"not_before_at": not_before_at, "problem": problem}
        return self._move(message, MessageState.PENDING, _UNSENT, values)

    def unknown(self, message: Message, *, problem: str) -> bool:
        """Nobody can say whether Slack took it: it must be looked for."""
        before = (MessageState.SENDING, MessageState.UNKNOWN)
        values = {"problem": problem}
        return self._move(message, MessageState.UNKNOWN, before, values)

    def held(self, message: Message, *, problem: str) -> bool:
        """It cannot be settled by us: a person releases it."""
        values = {"problem": problem}
        return self._move(message, MessageState.HELD, _UNSENT, values)

    def refused(self, message: Message, *, problem: str) -> bool:
        """Slack will not take it as it is; sending again would not help."""
        values = {"problem": problem}
        return self._move(message, MessageState.REFUSED, _UNSENT, values)

    def stranded(self, now: datetime) -> int:
        """Make unknown what is still ``sending`` at the end of its lease; how many."""
        left = update(_message).where(
            _message.c.state == MessageState.SENDING, _message.c.lease_ends_at <= now
        )
        return self._connection.execute(
            left.values(state=MessageState.UNKNOWN, problem="the sender was lost")
        ).rowcount

    def to_settle(
        self, now: datetime, window: timedelta = timedelta(0)
    ) -> tuple[Message, ...]:
        """Unknown messages to look for, oldest first.

        Args:
            now: When.
            window: What Slack took may need so long to stand in its history;
                messages whose attempt began later than that are left out.
        """
        query = select(*_columns).where(
            _message.c.state == MessageState.UNKNOWN,
            _message.c.started_at <= now - window,
        )
        return self._many(query.order_by(_message.c.id))

    def thread_of(self, story: str, channel: str) -> str | None:
        """The ts of the first message that Slack holds of a story in a channel."""
        query = (
            select(_message.c.ts)
            .where(
                _message.c.story == story,
                _message.c.channel == channel,
                _message.c.state == MessageState.SENT,
                _message.c.ts.is_not(None),
            )
            .order_by(_message.c.id)
            .limit(1)
        )
        ts: str | None = self._connection.execute(query).scalar_one_or_none()
        return ts

    def get(self, message_id: int) -> Message | None:
        """The message with this id."""
        if message_id > MAX_NUMBER:
            return None
        return self._first(select(*_columns).where(_message.c.id == message_id))

    def all(self) -> tuple[Message, ...]:
        """Every message, in the order of deciding."""
        return self._many(select(*_columns).order_by(_message.c.id))

    def recent(self, limit: int) -> tuple[Message, ...]:
        """The last messages, the latest first."""
        query = select(*_columns).order_by(_message.c.id.desc())
        return self._many(query.limit(limit))

    def in_state(self, *states: MessageState) -> tuple[Message, ...]:
        """Messages in one of these states, in the order of deciding."""
        query = select(*_columns).where(_message.c.state.in_(states))
        return self._many(query.order_by(_message.c.id))

    def of_story(self, story: str) -> tuple[Message, ...]:
        """What was or will be told of a story, in order."""
        query = select(*_columns).where(_message.c.story == story)
        return self._many(query.order_by(_message.c.id))

    def of_article(self, article_id: str) -> tuple[Message, ...]:
        """What an article made us tell, in order."""
        query = select(*_columns).where(_message.c.article_id == article_id)
        return self._many(query.order_by(_message.c.id))

    def counts(self) -> Mapping[MessageState, int]:
        """How many messages are in each state; empty states are left out."""
        query = select(_message.c.state, func.count()).group_by(_message.c.state)
        found = self._pairs(query)
        return {state: found[state] for state in MessageState if state in found}

    def _move(
        self,
        message: Message,
        state: MessageState,
        before: tuple[MessageState, ...],
        values: Mapping[str, Any],
        *,
        exact: bool = True,
    ) -> bool:
        """Take one step, if the message is still where the caller saw it.

        ``exact``: only for the attempt that the caller made.
        """
        step = update(_message).where(
            _message.c.id == message.id, _message.c.state.in_(before)
        )
        if exact:
            step = step.where(_message.c.attempt == message.attempt)
        moved = step.values(state=state, lease_ends_at=None, **values)
        return self._connection.execute(moved).rowcount > 0

    def _first(self, query: Select[Any]) -> Message | None:
        return next(iter(self._many(query)), None)

    def _many(self, query: Select[Any]) -> tuple[Message, ...]:
        return self._records(Message, query)
