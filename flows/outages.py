"""Channels that take nothing until an operator acts: told once, by a second way (E14).

What tells of it cannot go the way that is closed. A webhook beside the token has a
credential of its own; without one the notice waits with the alerts, and stands in the
log and in `tocsin doctor` meanwhile.
"""

import logging
from datetime import datetime

from detectors.model import Channel, Message, Notice, NoticeKind
from detectors.notices import Telling, tellings
from flows.doctor import cures
from flows.notices import end_notice, message_of, raise_notice
from flows.posting import Dispatch, NotTaken, Poster
from storage.database import Store

_log = logging.getLogger(__name__)


async def notice_outages(
    store: Store, second: Poster | None, channel: str, *, now: datetime
) -> None:
    """Let the desk know which channels are closed for it to open, and which are open.

    Args:
        store: Where channels stand after a delivery.
        second: Another way into Slack than the one that is closed, if there is one.
        channel: Where notices go otherwise.
        now: When.
    """
    _note(store, now)
    with store.unit(reading=True) as unit:
        closed = {each.name for each in unit.channels.closed()}
        untold = [n for n in unit.notices.untold() if n.kind is NoticeKind.CHANNEL]
    if second is None or channel not in closed:
        return  # it goes with the other notices
    for telling in tellings(untold):
        await _tell(store, second, telling, message_of(telling, channel, now))


def _note(store: Store, now: datetime) -> None:
    """Raise what is new, and end what is over."""
    with store.unit(reading=True) as unit:
        ours = [n for n in unit.notices.open() if n.kind is NoticeKind.CHANNEL]
        closed = {_subject(c): c for c in unit.channels.closed() if _needs_us(c)}
    begun = closed.keys() - {notice.subject for notice in ours}
    over = [notice for notice in ours if notice.subject not in closed]
    if not begun and not over:
        return
    with store.unit() as unit:
        for subject in sorted(begun):
            text = _text(closed[subject])
            _log.error("%s", text)
            raise_notice(unit, NoticeKind.CHANNEL, subject, text, now=now)
        for notice in over:
            end_notice(unit, notice.kind, notice.subject, _ending(notice), now=now)


async def _tell(
    store: Store, second: Poster, telling: Telling, message: Message
) -> None:
    """Tell it at most once: written down first, and taken back if surely not taken."""
    numbers = [notice.id for notice in telling.notices]
    with store.unit() as unit:
        if telling.is_end:
            unit.notices.tell_end(numbers)
        else:
            unit.notices.tell(numbers, telling.name)
    result = await second.post(Dispatch(message=message))
    if isinstance(result, NotTaken):
        with store.unit() as unit:
            unit.notices.untell(numbers, is_end=telling.is_end)


def _needs_us(channel: Channel) -> bool:
    """Whether it stays closed until somebody does something about it."""
    return cures.delivery(channel.problem, channel.name) != cures.REACH


def _subject(channel: Channel) -> str:
    return f"channel:{channel.name}"


def _text(channel: Channel) -> str:
    cure = cures.delivery(channel.problem, channel.name)
    return f"{channel.name} takes no messages ({channel.problem}): {cure}"


def _ending(notice: Notice) -> str:
    name = notice.subject.partition(":")[2]
    return f"{name} takes messages again; what waited goes out by itself"
