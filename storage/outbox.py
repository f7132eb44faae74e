"""The outbox: what is to be told, and how far each message has come.

pending → sending → sent | pending (surely not taken) | unknown; unknown → sent |
pending, once the channel's history was read; held and refused wait for a person.
What is told within another message is folded into it by its claim, and shares its
fate: told where that one is sent, held with it, and pending again where that one
surely was not taken, or was refused as it is.
Every step is one short transaction of its own; none is open while Slack is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, update

from detectors.model import Message, MessageState
from storage import tables
from storage.channels import Channels, is_free, is_open
from storage.columns import UtcDateTime, digest
from storage.repository import MAX_NUMBER, Repository, columns_of, parts, values_of

_message = tables.table(tables.Message)
_columns = columns_of(_message, Message)

_channel = tables.table(tables.Channel)
# Made once: an alias makes all its columns anew, which takes as long as the query.
_earlier, _lead = _message.alias("earlier"), _message.alias("lead")

_ON_THE_WAY = (MessageState.SENDING, MessageState.UNKNOWN)
# While one of these is open, no later message of its story may go out before it.
_UNSETTLED = (MessageState.PENDING, *_ON_THE_WAY)
# Read for every post: 0.4 s for 6,000, and after 8 s a claim is not used any more.
MOST_WAITING = 1_000

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
        Channels(self._connection).add(message.channel)
        return self._insert_new(_message, values, ("key_hash",), "id") is not None

    def next_due(self, now: datetime, pace: timedelta) -> Message | None:
        """The next message that may be sent, in the order of deciding; None if none.

        It and its channel are locked until the unit ends: nobody else claims there.
        A story's messages go out in their order: one waits while an earlier one of
        its channel is pending, sending or unknown, or folded into one that is on its
        way.

        Args:
            now: When.
            pace: The least time between two messages to one channel.
        """
        query = self._claimable(now, after=_UNSETTLED).where(is_free(now, pace))
        return self._first(
            query.order_by(_message.c.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=(_message, _channel))
        )

    def waiting(
        self, channel: str, now: datetime, limit: int = MOST_WAITING
    ) -> tuple[Message, ...]:
        """What could be told in a channel now, in the order of deciding.

        Of very much only the first. Also what waits for nothing but an earlier message
        of its story that is here as well. Ask after `next_due`, which locks the
        channel.
        """
        query = self._claimable(now, after=_ON_THE_WAY)
        here = query.where(_message.c.channel == channel)
        return self._many(here.order_by(_message.c.id).limit(limit))

    def free_at(self, now: datetime) -> datetime | None:
        """When the next channel is free that a message waits for; None without any.

        It is not later than ``now`` where others are claiming just then.
        """
        query = self._claimable(now, after=_UNSETTLED)
        free_at = func.coalesce(_channel.c.free_at, literal(now, UtcDateTime))
        first = query.with_only_columns(func.min(free_at))
        moment: datetime | None = self._connection.execute(first).scalar_one()
        return moment

    def claim(
        self,
        message: Message,
        now: datetime,
        lease: timedelta,
        *,
        thread_ts: str | None = None,
        folded: Sequence[Message] = (),
        is_digest: bool = False,
    ) -> Message:
        """Take a message to send it, for as long as ``lease``; as it is from then on.

        It is ``sending`` with one attempt more, and what is told within it is folded
        into it, unless it was told since it was read. Commit before sending: a claim
        that is lost would be sent twice.
        """
        self._connection.execute(
            update(_message)
            .where(_message.c.id == message.id)
            .values(
                state=MessageState.SENDING,
                attempt=message.attempt + 1,
                started_at=now,
                lease_ends_at=now + lease,
                thread_ts=thread_ts,
                problem="",
                is_digest=is_digest,
            )
        )
        for some in parts([each.id for each in folded]):
            self._connection.execute(
                update(_message)
                .where(
                    _message.c.id.in_(some), _message.c.state == MessageState.PENDING
                )
                .values(state=MessageState.FOLDED, folded_into=message.id, problem="")
            )
        return replace(
            message,
            state=MessageState.SENDING,
            attempt=message.attempt + 1,
            started_at=now,
            thread_ts=thread_ts,
            problem="",
            is_digest=is_digest,
        )

    def sent(
        self, message: Message, *, ts: str, at: datetime, thread_ts: str | None = None
    ) -> bool:
        """Slack holds it as ``ts``; true whichever attempt brought it there."""
        values = {"ts": ts, "thread_ts": thread_ts or message.thread_ts, "sent_at": at}
        return self._move(message, MessageState.SENT, _UNSENT, values, exact=False)

    def put_back(self, message: Message, *, problem: str) -> bool:
        """Slack surely has not taken it: send again, once its channel is open.

        Also releases what is held or was refused. What was folded into it waits
        again for itself: the next claim sees anew what goes together.
        """
        values = {
            "problem": problem,
            "is_digest": False,
            "sought_to": None,
        }
        moved = self._move(message, MessageState.PENDING, _UNSENT, values)
        if moved:
            self._unfold(message)
        return moved

    def unknown(
        self, message: Message, *, problem: str, sought_to: str | None = None
    ) -> bool:
        """Nobody can say whether Slack took it: it must be looked for.

        ``sought_to`` is how far back that was done already.
        """
        before = (MessageState.SENDING, MessageState.UNKNOWN)
        values = {"problem": problem, "sought_to": sought_to}
        return self._move(message, MessageState.UNKNOWN, before, values)

    def held(self, message: Message, *, problem: str) -> bool:
        """It cannot be settled by us: a person releases it."""
        values = {"problem": problem}
        return self._move(message, MessageState.HELD, _UNSENT, values)

    def refused(self, message: Message, *, problem: str) -> bool:
        """Slack will not take it as it is; sending again would not help.

        What was folded into it waits again for itself: that was never refused.
        """
        values = {"problem": problem}
        moved = self._move(message, MessageState.REFUSED, _UNSENT, values)
        if moved:
            self._unfold(message)
        return moved

    def stranded(self, now: datetime) -> int:
        """Make unknown what is still ``sending`` at the end of its lease; how many."""
        left = update(_message).where(
            _message.c.state == MessageState.SENDING, _message.c.lease_ends_at <= now
        )
        return self._connection.execute(
            left.values(state=MessageState.UNKNOWN, problem="the sender was lost")
        ).rowcount

    def doubt(self, since: datetime) -> int:
        """Make unknown what may have been told after ``since``, as after a restore.

        How many messages are. Those that were folded are looked for by themselves:
        they may have gone out so.
        """
        open_states = (MessageState.SENDING, MessageState.UNKNOWN, MessageState.HELD)
        folded = select(_lead.c.id).where(_lead.c.state.in_(open_states))
        anew = {"state": MessageState.UNKNOWN, "lease_ends_at": None}
        waiting = or_(
            _message.c.state == MessageState.PENDING,
            and_(
                _message.c.state == MessageState.FOLDED,
                _message.c.folded_into.in_(folded),
            ),
        )
        never = update(_message).where(waiting)
        tried = update(_message).where(
            _message.c.state.in_((MessageState.SENDING, MessageState.HELD))
        )
        return sum(
            self._connection.execute(statement).rowcount
            for statement in (
                never.values(started_at=since, attempt=0, folded_into=None, **anew),
                tried.values(
                    started_at=func.coalesce(
                        _message.c.started_at, literal(since, UtcDateTime)
                    ),
                    **anew,
                ),
            )
        )

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

    def get(self, message_id: int) -> Message | None:
        """The message with this id."""
        if message_id > MAX_NUMBER:
            return None
        return self._first(select(*_columns).where(_message.c.id == message_id))

    def strange(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Those of the keys that no message has."""
        wanted = tuple(dict.fromkeys(keys))
        known = {
            key
            for some in parts(wanted)
            for key in self._connection.execute(
                select(_message.c.key).where(
                    _message.c.key_hash.in_([digest(each) for each in some])
                )
            ).scalars()
        }
        return tuple(each for each in wanted if each not in known)

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

    def folded_into(self, message_id: int) -> tuple[Message, ...]:
        """What is told within a message, in the order of deciding."""
        query = select(*_columns).where(_message.c.folded_into == message_id)
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

    def _unfold(self, message: Message) -> None:
        """Let wait for itself what was folded into a message."""
        self._connection.execute(
            update(_message)
            .where(_message.c.folded_into == message.id)
            .values(state=MessageState.PENDING, folded_into=None)
        )

    def _claimable(
        self, now: datetime, *, after: tuple[MessageState, ...]
    ) -> Select[Any]:
        """Pending messages of open channels that none of those states comes before."""
        on_the_way = (
            select(_lead.c.id)
            .where(
                _lead.c.id == _earlier.c.folded_into,
                _lead.c.state.in_(_ON_THE_WAY),
            )
            .exists()
        )
        blocked = (
            select(_earlier.c.id)
            .where(
                _earlier.c.story == _message.c.story,
                _earlier.c.channel == _message.c.channel,
                _earlier.c.id < _message.c.id,
                or_(
                    _earlier.c.state.in_(after),
                    and_(_earlier.c.state == MessageState.FOLDED, on_the_way),
                ),
            )
            .exists()
        )
        return (
            select(*_columns)
            .join(_channel, _channel.c.name == _message.c.channel)
            .where(
                _message.c.state == MessageState.PENDING,
                is_open(now),
                ~blocked,
            )
        )

    def _first(self, query: Select[Any]) -> Message | None:
        return next(iter(self._many(query)), None)

    def _many(self, query: Select[Any]) -> tuple[Message, ...]:
        return self._records(Message, query)
