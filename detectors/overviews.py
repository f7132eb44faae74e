"""A story as it stands: what the root of its thread shows, and goes on showing.

Everything is computed from the claims that stand, so that a value which was taken back
is gone from it, and is shown as gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from detectors.alerting import severity_of
from detectors.corroboration import bearers
from detectors.ledger import State, fold
from detectors.model import (
    Article,
    Certainty,
    Claim,
    Development,
    DevelopmentKind,
    FactValue,
    Severity,
    Story,
    ToldDevelopment,
    Topic,
)
from detectors.slots import SLOTS, is_single
from detectors.values import same

MAX_VALUES = 8  # of a slot that holds many: later ones are counted, not named
MAX_WITHDRAWN = 2  # the last ones; older mistakes are nobody's concern any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a story knows of one slot, since when, and from whom.

    Args:
        values: The one that holds, or all of a slot that holds many; () where what
            was told is taken back and nothing stands in its place.
        more: Further values, beyond those that are named.
        since: When the last of them was first claimed.
        sources: Who says the last of them, independently; who said it first leads.
        attribution: Whom the first report names for it.
        rivals: Figures that others give beside it.
        withdrawn: Values that were told and are taken back.
        is_sure: Whether it is asserted, not one source's rumour or leap.
        quote: The sentence that proves it.
    """

    slot: str
    values: tuple[FactValue, ...]
    since: datetime
    more: int = 0
    sources: tuple[str, ...] = ()
    attribution: str | None = None
    rivals: tuple[FactValue, ...] = ()
    withdrawn: tuple[FactValue, ...] = ()
    is_sure: bool = True
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A story as it stands.

    Args:
        severity: How loud its topic calls what is known now.
        sources: The independent voices behind it.
        latest: The article that moved it last, or that opened it.
    """

    story: str
    topic: str
    topic_title: str
    headline: str
    severity: Severity
    opened_at: datetime
    changed_at: datetime
    sources: tuple[str, ...]
    known: tuple[Known, ...]
    latest: Article | None = None


def overview(
    story: Story,
    claims: Sequence[Claim],
    course: Sequence[ToldDevelopment],
    *,
    topic: Topic | None,
    sources: tuple[str, ...],
    latest: Article | None,
) -> Overview:
    """Sum a story up.

    Args:
        story: Which.
        claims: Its ledger in order, with what was struck out.
        course: Its developments in order; the last one is its last change.
        topic: Its topic; None where it is configured no more.
        sources: The independent voices behind it.
        latest: The article that moved it last.
    """
    state = fold(claims)
    corrected = _corrected(claims, (told.development for told in course))
    slots = [slot for slot in SLOTS if slot in state.current or slot in corrected]
    known = tuple(
        _known(slot, state, claims, tuple(corrected.get(slot, ()))) for slot in slots
    )
    return Overview(
        story=story.id,
        topic=story.topic,
        topic_title=topic.title if topic else story.topic,
        headline=story.headline,
        severity=severity_of(topic, _as_told(story, known)),
        opened_at=story.opened_at,
        changed_at=course[-1].developed_at if course else story.opened_at,
        sources=sources,
        known=known,
        latest=latest,
    )


def _known(
    slot: str,
    state: State,
    claims: Sequence[Claim],
    corrected: tuple[tuple[FactValue, datetime], ...],
) -> Known:
    """One slot; ``corrected`` are values that were taken back, and when."""
    current = state.current.get(slot)
    if current is None:
        values = tuple(value for value, _ in corrected)
        return Known(
            slot=slot,
            values=(),
            since=max(at for _, at in corrected),
            withdrawn=values[-MAX_WITHDRAWN:],
        )
    held = (current,) if is_single(slot) else tuple(state.members[slot])
    setter = state.setters[slot]
    gone = [value for value, _ in corrected if not any(same(value, h) for h in held)]
    return Known(
        slot=slot,
        values=held[:MAX_VALUES],
        more=len(held[MAX_VALUES:]),
        since=setter.claimed_at,
        sources=_carriers(claims, setter),
        attribution=setter.attribution,
        rivals=tuple(state.rivals.get(slot, ())),
        withdrawn=tuple(gone[-MAX_WITHDRAWN:]),
        is_sure=slot not in state.unsure,
        quote=setter.quote,
    )


def _corrected(
    claims: Iterable[Claim], course: Iterable[Development]
) -> dict[str, dict[tuple[FactValue, datetime], None]]:
    """Values that were taken back, by their slot, in order, each with its last hour.

    A desk strikes claims out; a source corrects what it said, and the ledger knows of
    it by the development alone.
    """
    hours = {(claim.slot, claim.value): claim.claimed_at for claim in claims}
    gone = [
        (each.slot, each.old)
        for each in course
        if each.kind is DevelopmentKind.CORRECTION and each.old is not None
    ]
    standing = {(claim.slot, claim.value) for claim in claims if claim.stands}
    gone += [key for key in hours if key not in standing]
    found: dict[str, dict[tuple[FactValue, datetime], None]] = {}
    for slot, value in gone:
        if (slot, value) in hours:
            found.setdefault(slot, {})[value, hours[slot, value]] = None
    return found


def _as_told(story: Story, known: Iterable[Known]) -> Iterable[Development]:
    """What is known now, as if it were told for the first time."""
    return [
        Development(
            topic=story.topic,
            story=story.id,
            slot=each.slot,
            old=None,
            new=value,
            kind=DevelopmentKind.NEW,
            certainty=Certainty.ASSERTED if each.is_sure else Certainty.UNCONFIRMED,
        )
        for each in known
        for value in each.values
    ]


def _carriers(claims: Iterable[Claim], setter: Claim) -> tuple[str, ...]:
    """Who says what ``setter`` said, and not more; who said it first leads."""
    stated = Development(
        topic="",
        story=setter.story,
        slot=setter.slot,
        old=None,
        new=setter.value,
        kind=DevelopmentKind.CONFIRMATION,
    )
    return tuple(dict.fromkeys((setter.speaker, *bearers(claims, stated))))
