"""Why was there an alert, or none? Everything that was decided on one article."""

from dataclasses import dataclass
from typing import Any

from detectors.errors import MonitorError
from detectors.model import Article, Decision, Entry, Message
from detectors.streams import decision_record
from storage.database import Store, UnitOfWork


class NothingKnownError(MonitorError):
    """No entry and no article has that URL or id."""

    what = "never seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One article's whole way: how it came, what was decided, what was said.

    ``article`` is None for an entry whose page was never read, and ``decision``
    while it waits.
    """

    entries: tuple[Entry, ...]
    article: Article | None
    decision: Decision | None
    messages: tuple[Message, ...]

    def record(self) -> dict[str, Any]:
        """As ``tocsin why --json`` prints it."""
        return {
            "article": self.article.id if self.article else None,
            "url": self.article.url if self.article else self.entries[0].url,
            "title": self.article.title if self.article else self.entries[0].title,
            "flags": list(self.article.flags) if self.article else [],
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
            "messages": [
                {
                    "channel": message.channel,
                    "state": message.state.value,
                    "sent_at": message.sent_at.isoformat() if message.sent_at else None,
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
    return Account(
        entries=unit.entries.of_article(article.id),
        article=article,
        decision=unit.decisions.get(article.id),
        messages=unit.outbox.of_article(article.id),
    )


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
    }
