"""Why was there an alert, or none? Everything that was decided on one article."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from detectors.errors import MonitorError
from detectors.model import (
    Article,
    Decision,
    Entry,
    Fact,
    FactValue,
    Message,
    Outcome,
    Ruling,
    Story,
)
from detectors.streams import decision_record
from flows.histories import ruling_record
from storage.database import Store, UnitOfWork


class NothingKnownError(MonitorError):
    """No entry and no article has that URL or id."""

    what = "never seen"


_ENTRY_TIPS: Mapping[Outcome, str] = {
    Outcome.BASELINE: "an entry that its feed lists after it was added, or --backfill",
    Outcome.QUARANTINED: "a person who releases it, for it came with too many others",
    Outcome.FAILED: "a page, or a text in the feed, with words to go by",
}
"""What would have made an entry alert whose page was never decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A fact of the article that the desk had been told, and the message that told."""

    fact: Fact
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One article's whole way: how it came, what was decided, what was said.

    ``article`` is None for an entry whose page was never read, and ``decision``
    while it waits.

    Args:
        stories: That it tells of now, as people may have ruled since.
        before: What of it was told already, by an earlier article.
        rulings: By which people changed those stories, undone ones too.
    """

    entries: tuple[Entry, ...]
    article: Article | None
    decision: Decision | None
    messages: tuple[Message, ...]
    stories: tuple[Story, ...] = ()
    before: tuple[Before, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    @property
    def tipping(self) -> tuple[str, ...]:
        """What would have made it alert; () if it did, or is not decided on yet."""
        if self.decision is not None:
            return self.decision.tipping
        outcomes = dict.fromkeys(each.outcome for each in self.entries if each.outcome)
        return tuple(_ENTRY_TIPS[each] for each in outcomes if each in _ENTRY_TIPS)

    def record(self) -> dict[str, Any]:
        """As ``tocsin why --json`` prints it."""
        return {
            "article": self.article.id if self.article else None,
            "url": self.article.url if self.article else self.entries[0].url,
            "title": self.article.title if self.article else self.entries[0].title,
            "flags": list(self.article.flags) if self.article else [],
            "author": self.article.author if self.article else "",
            "language": self.article.language if self.article else None,
            "origins": dict(self.article.origins) if self.article else {},
            "entries": [
                {
                    "id": entry.id,
                    "source": entry.source,
                    "seen_at": entry.seen_at.isoformat(),
                    "outcome": entry.outcome.value if entry.outcome else "pending",
                    "reason": entry.reason,
                }
                for entry in self.entries
            ],
            "decision": _decision(self.decision),
            "would_alert": list(self.tipping),
            "stories": [
                {"id": story.id, "topic": story.topic, "headline": story.headline}
                for story in self.stories
            ],
            "told_before": [
                {
                    "slot": each.fact.slot,
                    "value": each.fact.value,
                    "alert": each.message.id,
                    "article": each.message.article_id,
                    "channel": each.message.channel,
                    "at": _moment(each.message.sent_at or each.message.decided_at),
                }
                for each in self.before
            ],
            "rulings": [ruling_record(each) for each in self.rulings],
            "messages": [
                {
                    "channel": message.channel,
                    "state": message.state.value,
                    "sent_at": _moment(message.sent_at),
                    "problem": message.problem,
                }
                for message in self.messages
            ],
        }


def accounts(store: Store, url_or_id: str) -> tuple[Account, ...]:
    """Every version of the article at a URL, or the one with an id.

    Raises:
        NothingKnownError: Neither an entry nor an article is known by it.
    """
    with store.unit(reading=True) as unit:
        articles = _articles(unit, url_or_id)
        if articles:
            return tuple(_account(unit, article) for article in articles)
        entries = unit.entries.find(url_or_id)
        found = dict.fromkeys(each.article_id for each in entries if each.article_id)
        read = unit.articles.get_many(found)
        if read:
            return tuple(_account(unit, article) for article in read.values())
    if not entries:
        raise NothingKnownError(url_or_id, "no entry or article by that URL or id")
    return (Account(entries=entries, article=None, decision=None, messages=()),)


def _articles(unit: UnitOfWork, url_or_id: str) -> tuple[Article, ...]:
    article = unit.articles.get(url_or_id)
    return (article,) if article else unit.articles.versions(url_or_id)


def _account(unit: UnitOfWork, article: Article) -> Account:
    decision = unit.decisions.get(article.id)
    stories = unit.stories.of_article(article.id)
    rulings = (each for s in stories for each in unit.rulings.of_story(s.id))
    return Account(
        entries=unit.entries.of_article(article.id),
        article=article,
        decision=decision,
        messages=unit.outbox.of_article(article.id),
        stories=stories,
        before=tuple(_before(unit, article, decision, stories)),
        rulings=tuple({each.id: each for each in rulings}.values()),
    )


def _before(
    unit: UnitOfWork,
    article: Article,
    decision: Decision | None,
    stories: Iterable[Story],
) -> Iterator[Before]:
    """Its facts that an earlier alert had told, each by the first that did."""
    stated: dict[tuple[str, FactValue | None], Fact] = {
        (told.fact.slot, told.fact.value): told.fact
        for told in (decision.facts if decision else ())
        if told.story is not None and told.fact.certainty.counts
    }
    for story in stories:
        members = unit.stories.members(story.id)
        earlier = set(members[: members.index(article.id)])
        for message in unit.outbox.of_story(story.id):
            told = message.alert.developments if message.article_id in earlier else ()
            for one in told:
                key = (one.slot, one.new)
                fact = stated.pop(key, None) if one.new is not None else None
                if fact is not None:
                    yield Before(fact=fact, message=message)


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        **decision_record(decision),
        "duplicate": {
            "nearest": decision.duplicate.nearest,
            "containment": decision.duplicate.containment,
            "reason": decision.duplicate.reason.value,
        },
        "thresholds": {each.topic: each.threshold for each in decision.topics},
        "nearest_exemplars": {
            each.topic: each.nearest_exemplar for each in decision.topics
        },
        "trace": list(decision.trace),
        "version": decision.version,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
