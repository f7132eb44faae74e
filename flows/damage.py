"""Learned models that turn out damaged: alerts go on without, and the desk is told."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from detectors.model import NoticeKind
from flows.notices import end_notice, raise_notice
from storage.database import Store

TOPICS, ENCODER = "model:topics", "model:encoder"
_MENDED = {
    TOPICS: "the model of the topics is kept between runs again",
    ENCODER: "passages are read for what they mean again",
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A model that could not be used, and what was done instead.

    Args:
        subject: Which: `TOPICS` or `ENCODER`.
        text: A sentence for people.
        lasting: The next run will find it so again.
    """

    subject: str
    text: str
    lasting: bool


Damaged: TypeAlias = Callable[[Damage], None]


def notice_damage(store: Store, damages: Sequence[Damage], *, now: datetime) -> None:
    """Log each damage, and let the desk know once; also when a lasting one is over."""
    found = {damage.subject for damage in damages}
    with store.unit(reading=True) as unit:
        over = [
            notice.subject
            for notice in unit.notices.open()
            if notice.kind is NoticeKind.MODEL and notice.subject not in found
        ]
    if not damages and not over:
        return
    with store.unit() as unit:
        for each in damages:
            _log.warning("%s", each.text)
            raise_notice(
                unit,
                NoticeKind.MODEL,
                each.subject,
                each.text,
                now=now,
                lasting=each.lasting,
            )
        for subject in over:
            end_notice(unit, NoticeKind.MODEL, subject, _MENDED[subject], now=now)
