"""The near-duplicate index: which earlier articles share runs of words.

Bottom-k sketches (Broder 1997): three of the 96 smallest shingle hashes in common
make a candidate; 0.998 of the copies are found so.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from zlib import crc32

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
_HASHES_IN_ALL = 1 << 64
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


def _furniture() -> Select[tuple[int]]:
    """Those of ``hashes`` that more than ``most`` articles of one site have.

    Copies count: a site prints few texts twice, and furniture may pass for a copy.
    """
    return (
        select(_shingle.c.hash)
        .where(
            _shingle.c.hash.in_(_HASHES),
            _shingle.c.day >= _SINCE,
            _shingle.c.site == bindparam("site"),
        )
        .group_by(_shingle.c.hash)
        .having(func.count() > bindparam("most"))
    )


# Built once: building them took three times as long as running them.
_CANDIDATES = _candidates()
_TOO_COMMON = _too_common()
_FURNITURE = _furniture()


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
        site: str = "",
        root: str | None = None,
    ) -> None:
        """Index an article, unless and where its hashes are too common already.

        Args:
            article_id: An article that was added.
            bottom: Its smallest hashes, 0..2**64-1, without repeats.
            day: The day it counts for.
            site: The name of its publisher's site, for `furniture`.
            root: The first article of its copies; None when that is itself.
        """
        numbers = self._numbers([article_id, root or article_id])
        article, first = numbers[article_id], numbers[root or article_id]
        common = self._too_common(bottom, first, day - MEMORY)
        where = {"article": article, "root": first, "day": day, "site": _number(site)}
        rows = [{"hash": value, **where} for value in bottom if value not in common]
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

    def furniture(
        self, bottom: Sequence[int], *, site: str, since: date, most: int
    ) -> frozenset[int]:
        """Those of these hashes that are no article's own, but stand all over a site.

        The stop-list is the index itself: it has no rows of its own, and what a site
        no longer prints is forgotten with the articles that had it.

        Args:
            bottom: The smallest hashes of the article that is asked for.
            site: Its site; articles of others do not count.
            since: Articles of earlier days do not count.
            most: So many articles may share a run of words by quoting each other.
        """
        asked = {"hashes": list(bottom), "since": since}
        of_site = {"site": _number(site), "most": most}
        found = self._connection.execute(_FURNITURE, asked | of_site)
        return frozenset(found.scalars())

    def prune(self, before: date, *, part: int = 0, of: int = 1) -> int:
        """Forget articles of days before ``before``; how many hashes went.

        Changes no answer, as long as ``before`` is `MEMORY` earlier than the oldest
        article still to be added, and not after the day that is asked with.

        Args:
            before: Articles of this day stay.
            part: Only hashes of this part of the index are looked at, 0..of-1: a
                slice of its key, so that many short transactions make a whole one.
            of: Into how many the index is cut.
        """
        first, end = part * _HASHES_IN_ALL // of, (part + 1) * _HASHES_IN_ALL // of
        old = _shingle.delete().where(
            _shingle.c.hash.between(first, end - 1), _shingle.c.day < before
        )
        return self._connection.execute(old).rowcount

    def _too_common(self, bottom: Sequence[int], root: int, since: date) -> set[int]:
        """Hashes that already stand for enough texts, or enough copies of ``root``."""
        asked = {"hashes": list(bottom), "since": since, "own_root": root}
        return set(self._connection.execute(_TOO_COMMON, asked).scalars())

    def _numbers(self, article_ids: Sequence[str]) -> dict[str, int]:
        """The numbers that the index knows articles by."""
        query = select(_article.c.id, _article.c.number)
        return self._pairs(query.where(_article.c.id.in_(article_ids)))


def _number(site: str) -> int:
    """A site in four bytes a row; two that share a number count as one."""
    return crc32(site.encode("utf-8", "surrogatepass")) - (1 << 31)
