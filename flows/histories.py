"""A story's whole history: its claims, what changed, what was told, who ruled on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detectors.corroboration import spread
from detectors.ledger import fold
from detectors.model import (
    Article,
    Claim,
    Development,
    FactValue,
    Message,
    Ruling,
    Story,
    ToldDevelopment,
)
from detectors.slots import is_single
from detectors.streams import development_record
from flows.wording import counted
from storage.database import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that is known of a story, in order.

    Args:
        story: As it is now.
        claims: Its ledger in the order of writing, with what was struck out.
        course: What changed.
        alerts: What was or will be told, in its own thread.
        rulings: What people decided on it, with what was undone.
        articles: Those that claims, course and members name, by id.
        members: Ids of all that tell of it, first arrived first.
        ended: Ids of the stories that go on in it.
    """

    story: Story
    claims: tuple[Claim, ...]
    course: tuple[ToldDevelopment, ...]
    alerts: tuple[Message, ...]
    rulings: tuple[Ruling, ...]
    articles: Mapping[str, Article]
    members: tuple[str, ...]
    ended: tuple[str, ...]

    def ruling(self, claim: Claim) -> Ruling | None:
        """Who struck a claim out, and why."""
        found = (each for each in self.rulings if each.id == claim.struck_by)
        return next(found, None)

    def source(self, article_id: str) -> str:
        """Who published an article."""
        article = self.articles.get(article_id)
        return (article.source or article.url) if article else article_id

    def state(self) -> dict[str, list[FactValue]]:
        """What is so now, by slot: its one value, or all of them in order."""
        now = fold(self.claims)
        return {
            slot: [value] if is_single(slot) else list(now.members[slot])
            for slot, value in now.current.items()
        }

    def record(self) -> dict[str, Any]:
        """As ``tocsin stories show --json`` prints it."""
        return {
            **story_record(self.story),
            "merged": list(self.ended),
            "members": list(self.members),
            "state": self.state(),
            "spread": {slot: list(ends) for slot, ends in spread(self.claims).items()},
            "claims": [self._claim(claim) for claim in self.claims],
            "developments": [
                {
                    "at": told.developed_at.isoformat(),
                    "article": told.article_id,
                    "waiting": told.waiting,
                    **with_proof(told.development),
                }
                for told in self.course
            ],
            "alerts": [
                {
                    "id": message.id,
                    "kind": message.alert.kind.value,
                    "severity": message.alert.severity.value,
                    "channel": message.channel,
                    "state": message.state.value,
                    "article": message.article_id,
                    "decided_at": message.decided_at.isoformat(),
                    "reason": message.alert.reason,
                }
                for message in self.alerts
            ],
            "rulings": [ruling_record(each) for each in self.rulings],
        }

    def _claim(self, claim: Claim) -> dict[str, Any]:
        struck = self.ruling(claim)
        return {
            "at": claim.claimed_at.isoformat(),
            "article": claim.article_id,
            "source": claim.source,
            "speaks_for": claim.voice,
            "slot": claim.slot,
            "value": claim.value,
            "bound": claim.bound.value,
            "certainty": claim.certainty.value,
            "attribution": claim.attribution,
            "quote": claim.quote,
            "stands": claim.stands,
            "struck_out": ruling_record(struck) if struck else None,
        }


def history(unit: UnitOfWork, story: Story) -> History:
    """Gather the history of one story."""
    claims, course = unit.stories.claims(story.id), unit.stories.developments(story.id)
    members = unit.stories.members(story.id)
    named = {*members, *(claim.article_id for claim in claims)}
    named |= {told.article_id for told in course}
    return History(
        story=story,
        claims=claims,
        course=course,
        alerts=unit.outbox.of_story(story.id),
        rulings=unit.rulings.of_story(story.id),
        articles=unit.articles.get_many(named),
        members=members,
        ended=unit.rulings.ended_in(story.id),
    )


def story_record(story: Story) -> dict[str, Any]:
    """A story in short."""
    return {
        "id": story.id,
        "topic": story.topic,
        "headline": story.headline,
        "opened_at": story.opened_at.isoformat(),
        "changed_at": story.changed_at.isoformat(),
        "articles": story.articles,
        "sources": list(story.sources),
        "told_at": story.told_at.isoformat() if story.told_at else None,
        "merged_into": story.merged_into,
    }


def ruling_record(ruling: Ruling) -> dict[str, Any]:
    """A ruling: what, who, when, why, and whether it was undone."""
    return {
        "id": ruling.id,
        "kind": ruling.kind.value,
        "story": ruling.story,
        "at": ruling.made_at.isoformat(),
        "by": ruling.made_by,
        "reason": ruling.reason,
        "slot": ruling.slot,
        "value": ruling.value,
        "article": ruling.article_id,
        "other": ruling.other,
        "articles": list(ruling.articles),
        "undone_at": ruling.undone_at.isoformat() if ruling.undone_at else None,
        "undone_by": ruling.undone_by,
    }


def in_words(ruling: Ruling) -> str:
    """A ruling in one line."""
    what = {
        "reject": f"{ruling.slot} {ruling.value} is struck out",
        "merge": f"{ruling.other} goes on in it",
        "split": f"{counted(len(ruling.articles), 'article')} to {ruling.other}",
    }[ruling.kind]
    undone = ", undone" if ruling.undone_at else ""
    return (
        f"ruling {ruling.id}{undone}: {ruling.story}: {what} "
        f"({ruling.made_by}, {ruling.made_at:%Y-%m-%d %H:%M}: {ruling.reason})"
    )


def with_proof(development: Development) -> dict[str, Any]:
    """A development beside the words that prove it, and whose they are."""
    return {
        **development_record(development),
        "quote": development.quote,
        "attribution": development.attribution,
    }
