"""A ruling told: in the threads of its stories, as loudly as what it takes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from detectors import alerting
from detectors.errors import MonitorError
from detectors.model import (
    Alert,
    AlertKind,
    Article,
    Development,
    Message,
    Ruling,
    Severity,
    Story,
)
from flows.desk import Desk
from flows.restored import put_in
from storage.database import UnitOfWork


class RulingError(MonitorError):
    """A ruling cannot be made, or undone; says why."""

    what = "cannot be ruled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Who rules, when, why, and under which seeds.

    Args:
        by: A name that the desk knows; it is told with the reason.
    """

    desk: Desk
    by: str
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A ruling that is written down, on its way through one unit of work."""

    unit: UnitOfWork
    clerk: Clerk
    ruling: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A ruling that was made or undone, and what came of it.

    Args:
        ruling: As it stands now.
        changes: What is told anew because of it.
        messages: How many of them went into the outbox.
    """

    ruling: Ruling
    changes: tuple[Development, ...] = ()
    messages: int = 0


def told_of(unit: UnitOfWork, story_id: str) -> tuple[Development, ...]:
    """All that the desk was told of a story in its own thread, in order.

    In a store that tells nobody, all that would have been told.
    """
    messages = unit.outbox.of_story(story_id)
    if messages:
        return tuple(each for m in messages for each in m.alert.developments)
    decisions = map(unit.decisions.get, unit.stories.members(story_id))
    return tuple(
        each
        for decision in decisions
        if decision is not None
        for alert in decision.alerts
        if alert.story == story_id
        for each in alert.developments
    )


def tell(
    matter: Matter,
    story: Story,
    changes: Sequence[Development],
    kind: AlertKind,
    *,
    beside: Story | None = None,
) -> int:
    """Tell changes wherever the story was told; how many messages that takes.

    Args:
        matter: Names the messages, so that each goes out once.
        story: In whose thread.
        changes: What to tell; nothing is told without any.
        kind: As what.
        beside: The story whose channels a new one is told in.
    """
    if not changes:
        return 0
    unit, clerk, ruling = matter.unit, matter.clerk, matter.ruling
    before = unit.outbox.of_story((beside or story).id)
    topic = clerk.desk.seeds.find(story.topic)
    alert = Alert(
        topic=story.topic,
        story=story.id,
        kind=kind,
        severity=_loudness(before, alerting.severity_of(topic, changes)),
        developments=tuple(changes),
        sources=story.sources if kind is AlertKind.NEW else (),
        reason=f"{ruling.kind} by {clerk.by}: {clerk.reason}",
        by_hand=True,
    )
    return _send(matter, story, alert, latest(unit, story, changes), before)


def point_out(matter: Matter, story: Story, sentence: str) -> int:
    """Say in the thread of a story where it goes on; how many messages that takes."""
    before = matter.unit.outbox.of_story(story.id)
    if not before:
        return 0
    clerk = matter.clerk
    alert = Alert(
        topic=story.topic,
        story=story.id,
        kind=AlertKind.CORRECTION,
        severity=Severity.NOTICE,
        developments=(),
        sources=(),
        reason=f"{sentence}; {clerk.by}: {clerk.reason}",
        by_hand=True,
    )
    return _send(matter, story, alert, latest(matter.unit, story, ()), before)


def latest(unit: UnitOfWork, story: Story, changes: Sequence[Development]) -> Article:
    """The article to read: the last one that claims what is told, or that there is."""
    claims = [
        claim
        for claim in unit.stories.claims(story.id)
        if any(
            claim.slot == one.slot and claim.value in (one.new, one.old)
            for one in changes
        )
    ]
    article_id = claims[-1].article_id if claims else unit.stories.members(story.id)[-1]
    return unit.articles.get_many([article_id])[article_id]


def _send(
    matter: Matter,
    story: Story,
    alert: Alert,
    article: Article,
    before: Iterable[Message],
) -> int:
    """Put the alert into the outbox, once for each channel that heard of it."""
    titles = {message.channel: message.topic_title for message in before}
    undone = "/undone" if matter.ruling.undone_at else ""
    return sum(
        put_in(
            matter.unit,
            Message(
                id=0,
                key=f"{story.id}/ruling {matter.ruling.id}{undone}/{channel}",
                channel=channel,
                alert=alert,
                headline=story.headline,
                topic_title=title,
                article_id=article.id,
                article_title=article.title,
                article_source=article.source,
                url=article.url,
                decided_at=matter.clerk.now,
            ),
        )
        for channel, title in titles.items()
    )


def _loudness(before: Iterable[Message], own: Severity) -> Severity:
    """As loud as the loudest that was told: what woke a desk must not linger."""
    levels = tuple(Severity)
    told = (message.alert.severity for message in before)
    return max((own, *told), key=levels.index)
