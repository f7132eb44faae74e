"""Decisions: everything that was decided on an article, and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, insert, select, update

from detectors.model import Decision, Outcome
from storage import tables
from storage.repository import Repository, parts

_decision = tables.table(tables.Decision)
_article = tables.table(tables.Article)


class Decisions(Repository):
    """One decision an article, never taken again."""

    def add(
        self, decision: Decision, *, decided_at: datetime, dry: bool = False
    ) -> None:
        """Keep what was decided; its article waits no more.

        Args:
            decision: On an article that was added and has no decision.
            decided_at: When.
            dry: Its alerts go to no outbox (a replay, a dry run).
        """
        self._connection.execute(
            insert(_decision).values(
                article_id=decision.article_id,
                decided_at=decided_at,
                outcome=decision.outcome,
                duplicate_of=decision.duplicate.original,
                dry=dry,
                decision=decision,
            )
        )
        self._connection.execute(
            update(_article)
            .where(_article.c.id == decision.article_id)
            .values(decided_at=decided_at)
        )

    def get(self, article_id: str) -> Decision | None:
        """What was decided on this article."""
        query = select(_decision.c.decision)
        found = query.where(_decision.c.article_id == article_id)
        decision: Decision | None = self._connection.execute(found).scalar_one_or_none()
        return decision

    def roots_of(self, article_ids: Iterable[str]) -> Mapping[str, str]:
        """The first of each one's copies: itself unless it was found a duplicate."""
        asked = list(dict.fromkeys(article_ids))
        found: dict[str, str] = {}
        for some in parts(asked):
            copies = select(_decision.c.article_id, _decision.c.duplicate_of).where(
                _decision.c.article_id.in_(some), _decision.c.duplicate_of.is_not(None)
            )
            found |= self._pairs(copies)
        return {key: found.get(key, key) for key in asked}

    def counts(self) -> Mapping[Outcome, int]:
        """How many articles ended in each outcome; those without any are left out."""
        query = select(_decision.c.outcome, func.count())
        found = self._pairs(query.group_by(_decision.c.outcome))
        return {outcome: found[outcome] for outcome in Outcome if outcome in found}
