"""Notices: raised with what shows them, told through the outbox like any alert.

A notice is raised in the transaction that saw its cause, once for as long as that
lasts. Its end answers it in its thread.
"""

from datetime import datetime

from detectors.model import Alert, AlertKind, Message, Notice, NoticeKind, Severity
from detectors.notices import Telling, tellings
from flows.restored import put_in
from storage.database import Store, UnitOfWork

TITLE = "Tocsin"  # stands where an alert has its topic


def raise_notice(
    unit: UnitOfWork,
    kind: NoticeKind,
    subject: str,
    text: str,
    *,
    now: datetime,
    lasting: bool = True,
) -> bool:
    """Let the desk know of something; False if it was told and is not over.

    Args:
        unit: Whose transaction saw it.
        kind: What is wrong.
        subject: What with, such as ``feed:12``.
        text: A sentence for people, with the name that they know the subject by.
        now: When.
        lasting: It is open until `end_notice`; else it only happened.
    """
    notice = Notice(
        id=0,
        kind=kind,
        subject=subject,
        text=text,
        raised_at=now,
        ended_at=None if lasting else now,
        end_told=not lasting,
    )
    return unit.notices.begin(notice)


def end_notice(
    unit: UnitOfWork, kind: NoticeKind, subject: str, text: str, *, now: datetime
) -> bool:
    """What a notice told is over, as ``text`` says; False if none was open."""
    return unit.notices.end(kind, subject, ending=text, now=now)


def tell_notices(store: Store, channel: str, *, now: datetime) -> int:
    """Put into the outbox what the desk was not told yet; how many messages."""
    with store.unit(reading=True) as unit:
        if not unit.notices.untold():
            return 0
    with store.unit() as unit:
        told = tellings(unit.notices.untold())
        for telling in told:
            put_in(unit, message_of(telling, channel, now))
            numbers = [notice.id for notice in telling.notices]
            if telling.is_end:
                unit.notices.tell_end(numbers)
            else:
                unit.notices.tell(numbers, telling.name)
    return len(told)


def message_of(telling: Telling, channel: str, now: datetime) -> Message:
    """A row of the outbox; a notice ends once, so that its key is its own."""
    last = max(notice.id for notice in telling.notices)
    end = f"/over:{last}" if telling.is_end else ""
    return Message(
        id=0,
        key=f"{telling.name}{end}/{channel}",
        channel=channel,
        alert=Alert(
            topic="",
            story=telling.name,
            kind=AlertKind.RECOVERY if telling.is_end else AlertKind.NOTICE,
            severity=Severity.NOTICE,
            developments=(),
            sources=(),
            reason="\n".join(telling.details),
        ),
        headline=telling.headline,
        topic_title=TITLE,
        article_id=None,
        article_title="",
        article_source="",
        url="",
        decided_at=now,
    )
