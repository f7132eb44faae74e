"""The near-duplicate index: which earlier articles share runs of words.

Bottom-k sketches (Broder 1997): three of the 48 smallest shingle hashes in common
make a candidate; 0.998 of the copies are found so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import BindParameter, Row, bindparam, or_, select

from storage import tables
from storage.repository import Repository

_shingle = tables.table(tables.Shingle)
_article = tables.table(tables.Article)

# A hash that so many different texts share is furniture, not copy.
MAX_ROOTS = 24
# The days over which a hash is found common; copies come within a week or two.
MEMORY = timedelta(days=14)
_HASHES_IN_ALL = 1 << 64
_NOBODY = 0  # no article's number; an empty list would be asked for row by row
_SIGN = 1 << 63  # as `storage.columns.Hash64`
_NUMBERS: BindParameter[list[int]] = bindparam("numbers", expanding=True)

# Built once: building it took three times as long as running it.
_NAMED = select(
    _article.c.number,
    _article.c.id,
    _article.c.title,
    _article.c.text,
    _article.c.published_at,
).where(or_(_article.c.number.in_(_NUMBERS), _article.c.id == bindparam("own")))
# Rows go to the driver as they are: turning as many dictionaries took half of the time.
_INSERT = "INSERT INTO shingle (hash, article, root, day, site) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An earlier article that shares words, with what it is compared by.

    ``root`` is the first article of its copies: itself unless it is a copy.
    """

    article_id: str
    root: str
    title: str
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What the index holds of an article's hashes.

    Args:
        candidates: Articles that share enough of them, best first.
        furniture: Those of the hashes that stand all over the article's site.
        crowded: Those that too many texts have.
        texts: The numbers of the texts that have a hash, copies left out.
        numbers: Of the article and of all that are named in ``candidates``.
    """

    candidates: tuple[Neighbour, ...]
    furniture: frozenset[int]
    crowded: frozenset[int]
    texts: Mapping[int, AbstractSet[int]]
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the index is asked.

    Args:
        site: The article's own; only its articles make furniture, none where unknown.
        since: Articles of earlier days are not looked at.
        most: So many articles of a site may share a run of words by quoting.
        min_shared: Fewer shared hashes are chance.
        limit: At most so many candidates; ties go to the first that arrived.
    """

    since: date
    site: str = ""
    most: int = 6
    min_shared: int = 3
    limit: int = 8


class Shingles(Repository):
    """The smallest shingle hashes of articles, by hash.

    No hash has more than `MAX_ROOTS` + 1 rows within the days that are looked at:
    asking costs the same however large the archive is.
    """

    def near(self, article_id: str, bottom: Sequence[int], asked: Asked) -> Near:
        """Look up the smallest hashes of an article that was added.

        The stop-list of a site is the index itself: it has no rows of its own, and
        what a site no longer prints is forgotten with the articles that had it.
        """
        posted = self._posted(bottom, asked.since)
        own = _number(asked.site)
        of_site: Counter[int] = Counter()
        texts: defaultdict[int, set[int]] = defaultdict(set)
        for run, _, root, site in posted:
            texts[run].add(root)
            if asked.site and site == own:
                of_site[run] += 1
        furniture = {run for run, times in of_site.items() if times > asked.most}
        crowded = {run for run, roots in texts.items() if len(roots) > MAX_ROOTS}
        ignored = furniture | crowded
        shared = Counter((a, root) for run, a, root, _ in posted if run not in ignored)
        enough = [pair for pair, times in shared.items() if times >= asked.min_shared]
        best = sorted(enough, key=lambda pair: (-shared[pair], pair))[: asked.limit]
        named = self._named(article_id, (number for pair in best for number in pair))
        return Near(
            candidates=tuple(
                Neighbour(
                    article_id=named[number].id,
                    root=named[root].id,
                    title=named[number].title,
                    text=named[number].text,
                    published_at=named[number].published_at,
                )
                for number, root in best
                if number in named and root in named  # the archive may be cut shorter
            ),
            furniture=frozenset(run + _SIGN for run in furniture),
            crowded=frozenset(run + _SIGN for run in crowded),
            texts={run + _SIGN: roots for run, roots in texts.items()},
            numbers={row.id: number for number, row in named.items()},
        )

    def add(
        self,
        article_id: str,
        bottom: Sequence[int],
        near: Near,
        *,
        day: date,
        site: str = "",
        root: str | None = None,
    ) -> None:
        """Index an article, but not under hashes that are too common already.

        Nor under those that its original has: who shares them finds the original.

        Args:
            article_id: An article that was added.
            bottom: Its smallest hashes, 0..2**64-1, without repeats.
            near: What `near` said of them, since `MEMORY` before ``day``.
            day: The day it counts for.
            site: The name of its publisher's site.
            root: The first article of its copies; None when that is itself.
        """
        first = near.numbers[root or article_id]
        same = near.numbers[article_id], first, day.toordinal(), _number(site)
        rows = [
            (run - _SIGN, *same)
            for run in bottom
            if run not in near.crowded and first not in near.texts.get(run, ())
        ]
        if rows:
            sign = "?" if self._connection.dialect.positional else "%s"
            self._connection.exec_driver_sql(_INSERT.replace("?", sign), rows)

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

    def _posted(
        self, bottom: Sequence[int], since: date
    ) -> Sequence[Row[tuple[int, int, int, int]]]:
        """Hash (signed), article, text and site of all that have one of the hashes.

        The numbers stand in the statement: to bind them took as long as to find them.
        """
        listed = ",".join(str(int(run) - _SIGN) for run in bottom) or "NULL"
        query = (
            "SELECT hash, article, root, site FROM shingle "  # noqa: S608  # numbers
            f"WHERE hash IN ({listed}) AND day >= {since.toordinal()}"
        )
        return self._connection.exec_driver_sql(query).all()

    def _named(self, own: str, numbers: Iterable[int]) -> dict[int, Row[Any]]:
        """The articles that the index knows by number, and one's own."""
        asked = {"own": own, "numbers": [*dict.fromkeys(numbers)] or [_NOBODY]}
        return {row.number: row for row in self._connection.execute(_NAMED, asked)}


def _number(site: str) -> int:
    """A site in four bytes a row; two that share a number count as one."""
    return crc32(site.encode("utf-8", "surrogatepass")) - (1 << 31)
