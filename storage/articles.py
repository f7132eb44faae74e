"""Articles: the texts that were read, in the order of their arrival."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, update

from detectors.model import Article
from storage import tables
from storage.columns import digest
from storage.errors import StoreError
from storage.repository import Repository, columns_of, parts, values_of

_article = tables.table(tables.Article)
_member = tables.table(tables.StoryMember)
_columns = columns_of(_article, Article)
_names = tuple(field.name for field in fields(Article))

_PAGE = 200  # articles read at once: some 2 MB

_FEW = 10  # of one text: a site's own has hundreds

MAX_ID = 500  # code points; PostgreSQL indexes no value above some 2,700 bytes

TEXT_FORGOTTEN = "text-forgotten"  # a flag: its text was kept long enough


class Articles(Repository):
    """Articles by id, by URL, and by whether they were decided on.

    Their order is that of adding, whatever the batches: the first one added is
    decided first and is the original of its copies.
    """

    def add(self, article: Article) -> bool:
        """Remember ``article``; False if its id was known, and nothing is changed.

        Raises:
            StoreError: Its id is longer than `MAX_ID`.
        """
        if len(article.id) > MAX_ID:
            raise StoreError(article.id[:80] + "…", f"an id of over {MAX_ID} letters")
        values = values_of(article) | {
            "url_hash": digest(article.url),
            "text_hash": digest(article.text),
        }
        return self._insert_new(_article, values, ("id",), "number") is not None

    def get(self, article_id: str) -> Article | None:
        """The article with this id."""
        return self._first(_select(_article.c.id == article_id))

    def get_many(self, article_ids: Iterable[str]) -> Mapping[str, Article]:
        """Articles by their ids, in the order asked for; the unknown are left out."""
        asked = list(dict.fromkeys(article_ids))
        found = {
            article.id: article
            for some in parts(asked)
            for article in self._many(_select(_article.c.id.in_(some)))
        }
        return {key: found[key] for key in asked if key in found}

    def by_url(self, url: str) -> Article | None:
        """The first article that was read at this URL; later ones are its revisions."""
        query = _select(_article.c.url_hash == digest(url))
        return self._first(query.order_by(_article.c.number).limit(1))

    def versions(self, url: str) -> tuple[Article, ...]:
        """Everything that was read at this URL, first to last."""
        query = _select(_article.c.url_hash == digest(url))
        return self._many(query.order_by(_article.c.number))

    def version_ids(self, url: str) -> tuple[str, ...]:
        """The ids of everything that was read at this URL, first to last."""
        query = select(_article.c.id).where(_article.c.url_hash == digest(url))
        ordered = query.order_by(_article.c.number)
        return tuple(self._connection.execute(ordered).scalars())

    def of_text(self, text: str) -> tuple[Article, ...]:
        """The first few articles that say exactly this, under whatever address."""
        query = _select(_article.c.text_hash == digest(text))
        return self._many(query.order_by(_article.c.number).limit(_FEW))

    def undecided(self, limit: int) -> tuple[Article, ...]:
        """Articles that wait for a decision, first arrived first."""
        query = _select(_article.c.decided_at.is_(None))
        return self._many(query.order_by(_article.c.number).limit(limit))

    def arrived(self, since: datetime) -> Iterator[Article]:
        """Articles read at or after ``since``, first arrived first, page by page."""
        after = 0
        while True:
            query = select(_article.c.number, *_columns).where(
                _article.c.number > after, _article.c.fetched_at >= since
            )
            page = query.order_by(_article.c.number).limit(_PAGE)
            rows = self._connection.execute(page).all()
            for row in rows:
                yield Article(**{name: getattr(row, name) for name in _names})
            if len(rows) < _PAGE:
                return
            after = rows[-1].number

    def forget_texts(self, before: datetime, *, limit: int) -> int:
        """Drop the texts of articles that were decided before then and told nothing.

        Those that belong to a story keep theirs: it may be split, or told anew. Title,
        address and decision stay of all.

        Returns:
            How many; fewer than ``limit`` once there is none left.
        """
        of_a_story = exists().where(_member.c.article_id == _article.c.id)
        silent = (
            select(_article.c.number, _article.c.flags)
            .where(_article.c.decided_at < before, _article.c.text != "", ~of_a_story)
            .limit(limit)
        )
        rows = self._connection.execute(silent).all()
        for row in rows:
            self._connection.execute(
                update(_article)
                .where(_article.c.number == row.number)
                .values(text="", flags=(*row.flags, TEXT_FORGOTTEN))
            )
        return len(rows)

    def total(self) -> int:
        """How many articles there are."""
        query = select(func.count()).select_from(_article)
        return self._connection.execute(query).scalar_one()

    def _first(self, query: Select[Any]) -> Article | None:
        return next(iter(self._many(query)), None)

    def _many(self, query: Select[Any]) -> tuple[Article, ...]:
        return self._records(Article, query)


def _select(*which: ColumnElement[bool]) -> Select[Any]:
    """The columns of an `Article`."""
    return select(*_columns).where(*which)
