"""The near-duplicate index: which earlier articles share runs of words.

Bottom-k sketches (Broder 1997): three of the 96 smallest shingle hashes in common
make a candidate; 0.998 of the copies are found so.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    bindparam,
    distinct,
    func,
    insert,
    or_,
    select,
)

from storage import tables
from storage.repository import Repository

_shingle = tables.table(tables.Shingle)
_article = tables.table(tables.Article)

# A hash that so many different texts share is furniture, not copy.
MAX_ROOTS = 50
# Copies of one text that are indexed under a hash: more would find nothing new, and
# a wire report that everyone prints must not make its hashes furniture.
MAX_COPIES = 8
# The days over which a hash is found common; copies come within a week or two.
MEMORY = timedelta(days=14)
_HASHES: BindParameter[list[int]] = bindparam("hashes", expanding=True)
_SINCE: BindParameter[date] = bindparam("since")


def _candidates() -> Select[tuple[str]]:
    """Articles by how many of ``hashes`` they share, those too common left out."""
    posted = (
        select(_shingle.c.hash, _shingle.c.article, _shingle.c.root)
        .where(_shingle.c.hash.in_(_HASHES), _shingle.c.day >= _SINCE)
        .cte("posted")
    )
    common = (
        select(posted.c.hash)
        .group_by(posted.c.hash)
        .having(func.count(distinct(posted.c.root)) > MAX_ROOTS)
    )
    shared = func.count()
    best = (
        select(posted.c.article, shared.label("shared"))
        .where(posted.c.hash.not_in(common))
        .group_by(posted.c.article)
        .having(shared >= bindparam("min_shared"))
        .order_by(shared.desc(), posted.c.article)
        .limit(bindparam("most", type_=Integer()))
        .cte("best")
    )
    named = select(_article.c.id).join(best, best.c.article == _article.c.number)
    return named.order_by(best.c.shared.desc(), best.c.article)


def _too_common() -> Select[tuple[int]]:
    """Those of ``hashes`` that stand for enough texts, or enough of ``own_root``."""
    roots = func.count(distinct(_shingle.c.root))
    copies = func.count().filter(_shingle.c.root == bindparam("own_root"))
    return (
        select(_shingle.c.hash)
        .where(_shingle.c.hash.in_(_HASHES), _shingle.c.day >= _SINCE)
        .group_by(_shingle.c.hash)
        .having(or_(roots > MAX_ROOTS, copies >= MAX_COPIES))
    )


# Built once: building them took three times as long as running them.
_CANDIDATES = _candidates()
_TOO_COMMON = _too_common()


class Shingles(Repository):
    """The smallest shingle hashes of articles, by hash.

    No hash has more than `MAX_ROOTS` × `MAX_COPIES` rows within the days that are
    looked at: asking costs the same however large the archive is.
    """

    def add(
        self,
        article_id: str,
        bottom: Sequence[int],
        *,
        day: date,
        root: str | None = None,
    ) -> None:
        """Index an article, unless and where its hashes are too common already.

        Args:
            article_id: An article that was added.
            bottom: Its smallest hashes, 0..2**64-1, without repeats.
            day: The day it counts for.
            root: The first article of its copies; None when that is itself.
        """
        numbers = self._numbers([article_id, root or article_id])
        article, first = numbers[article_id], numbers[root or article_id]
        common = self._too_common(bottom, first, day - MEMORY)
        rows = [
            {"hash": value, "article": article, "root": first, "day": day}
            for value in bottom
            if value not in common
        ]
        if rows:
            self._connection.execute(insert(_shingle), rows)

    def candidates(
        self,
        bottom: Sequence[int],
        *,
        since: date,
        min_shared: int = 3,
        limit: int = 8,
    ) -> tuple[str, ...]:
        """Articles that share at least ``min_shared`` of these hashes, best first.

        Args:
            bottom: The smallest hashes of the article that is asked for.
            since: Articles of earlier days are not looked at.
            min_shared: Fewer is chance.
            limit: At most so many; ties go to the first that arrived.
        """
        asked = {"hashes": list(bottom), "since": since}
        bounds = {"min_shared": min_shared, "most": limit}
        found = self._connection.execute(_CANDIDATES, asked | bounds)
        return tuple(found.scalars())

    def prune(self, before: date) -> int:
        """Forget articles of days before ``before``; how many hashes went.

        Changes no answer, as long as ``before`` is `MEMORY` earlier than the oldest
        article still to be added, and not after the day that is asked with.
        """
        old = _shingle.delete().where(_shingle.c.day < before)
        return self._connection.execute(old).rowcount

    def _too_common(self, bottom: Sequence[int], root: int, since: date) -> set[int]:
        """Hashes that already stand for enough texts, or enough copies of ``root``."""
        asked = {"hashes": list(bottom), "since": since, "own_root": root}
        return set(self._connection.execute(_TOO_COMMON, asked).scalars())

    def _numbers(self, article_ids: Sequence[str]) -> dict[str, int]:
        """The numbers that the index knows articles by."""
        query = select(_article.c.id, _article.c.number)
        return self._pairs(query.where(_article.c.id.in_(article_ids)))
