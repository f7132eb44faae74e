"""New entries → articles, or a counted reason why not.

A page that cannot be had degrades its article to the feed's own text; it never
drops it. The page of an entry that was stated anew is read again: another text is a
revision, and the same text leaves everything as it was.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from detectors import pages, urls
from detectors.echoes import folded
from detectors.model import Article, Entry, Outcome, Page
from detectors.walls import WALLS, Refusal
from flows.errors import FailureReason, FetchError
from flows.together import side_by_side
from flows.web.fetch import Fetch, Want
from flows.web.workers import EXTRACT_WITHIN, Run, WorkerError
from storage.database import Store, UnitOfWork

LIMIT = 500  # entries a run: some five minutes of two cores at most
BATCH = 20  # articles a transaction: what a kill can cost
TITLE_CHARACTERS = 120  # of a text that has no title
AT_ONCE = 50  # pages in flight, each up to 3 MB

FEED_TEXT = "feed-text"
TITLE_ONLY = "title-only"
NO_LINK = "no-link"
PAGE_FAILED = "page-failed"

SAME_TEXT = "stated again, the page says the same"
UNREAD = "stated again, the page cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A collection in figures; each entry taken stands in exactly one of them.

    Args:
        articles: Entries that brought a new article.
        revisions: Entries that brought another text of an article known by address.
        joined: Entries that share an article which is not yet decided.
        duplicates: Entries of an article that was decided before they came.
        unchanged: Entries that were stated anew over the same page, or over one that
            cannot be read any more; they end as before.
        failed: Entries without a word to go by.
        flags: How often articles were degraded, and how.
    """

    articles: int = 0
    revisions: int = 0
    joined: int = 0
    duplicates: int = 0
    unchanged: int = 0
    failed: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """Entries that were taken."""
        known = self.revisions + self.joined + self.duplicates + self.unchanged
        return self.articles + known + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """An entry's page, or why there is none."""

    page: Page | None = None
    flag: str = ""


async def collect_entries(
    store: Store, fetch: Fetch, run: Run, *, now: datetime, limit: int = LIMIT
) -> Collected:
    """Read the articles behind pending entries, and tie them, batch by batch.

    Pages are asked for side by side and kept in the order of publication, which
    becomes the order of deciding: the first to tell is the original of its copies.

    Args:
        store: Where entries and articles are.
        fetch: The web, with its address guard.
        run: Workers; extraction happens there.
        now: The moment of the collection.
        limit: At most so many entries.
    """
    with store.unit(reading=True) as unit:
        entries = sorted(unit.entries.to_collect(limit), key=_told_at)
        wanted = [entry for entry in entries if _needs_page(unit, entry)]
    slots = asyncio.Semaphore(AT_ONCE)
    firsts: dict[str, Entry] = {}
    for entry in wanted:
        firsts.setdefault(_key(entry), entry)
    counts: Counter[str] = Counter()
    flags: Counter[str] = Counter()

    async with side_by_side(
        {key: _read(entry, fetch, run, slots) for key, entry in firsts.items()}
    ) as reading:
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            read = {
                key: await reading[key] for key in map(_key, batch) if key in reading
            }
            with store.unit() as unit:
                for entry in batch:
                    known = read.get(_key(entry), _Read())
                    counts[_tie(unit, entry, known, flags, now=now)] += 1
    return Collected(**counts, flags=dict(flags))


def _told_at(entry: Entry) -> tuple[datetime, int]:
    """When an entry says that it was published; when we saw it, if it says nothing."""
    if entry.restated_at:
        return entry.restated_at, entry.id
    return min(entry.published_at or entry.seen_at, entry.seen_at), entry.id


def _needs_page(unit: UnitOfWork, entry: Entry) -> bool:
    """Whether the page must be read: unknown, stated anew, or under a new title."""
    if not entry.url:
        return False
    if entry.restated_at:
        return True
    known = unit.articles.get(_article_id(entry))
    return known is None or not _is_same_title(unit, known, entry)


async def _read(
    entry: Entry, fetch: Fetch, run: Run, slots: asyncio.Semaphore
) -> _Read:
    """Ask for one page and extract its article; every way to fail is a value here."""
    async with slots:
        try:
            answer = await fetch(entry.url, Want.PAGE)
            page = await run(
                EXTRACT_WITHIN,
                pages.read_page,
                answer.body,
                url=answer.url,
                charset=answer.charset,
                feed_title=entry.title,
                feed_text=entry.text,
                feed_published_at=entry.published_at,
            )
        except FetchError as error:
            return _Read(flag=f"{PAGE_FAILED}: {error.reason}")
        except WorkerError:
            return _Read(flag=f"{PAGE_FAILED}: {FailureReason.UNPARSABLE}")
    return _Read(page=page, flag=page.refusal)


def _tie(
    unit: UnitOfWork, entry: Entry, read: _Read, flags: Counter[str], *, now: datetime
) -> str:
    """Give an entry its article, new or known, or end it; says which, in a word."""
    first = unit.articles.get(_article_id(entry))
    if first is None:
        article = make_article(entry, read.page, read.flag, now=now)
        if article is None:
            unit.entries.finish(entry.id, Outcome.FAILED, "no title and no text")
            return "failed"
        word = "articles"
    else:
        known = _version(unit, first, entry, read, now=now)
        if isinstance(known, str):
            return _join(unit, entry, known, read)
        article, word = known, "revisions"
    unit.articles.add(article)
    unit.entries.give_article(entry.id, article.id)
    flags.update(flag.partition(":")[0] for flag in article.flags)
    return word


def _version(
    unit: UnitOfWork, first: Article, entry: Entry, read: _Read, *, now: datetime
) -> Article | str:
    """The id of the version that the entry tells of, or the new version itself.

    A page that cannot be read again says nothing new, but where the article was
    never more than the feed's own words.
    """
    current = unit.articles.get(entry.article_id) if entry.article_id else None
    had = current or first
    if not _is_good(read) and not (entry.restated_at and had.flags):
        return had.id
    article = make_article(entry, read.page, read.flag, now=now)
    if article is None:
        return had.id
    if article.text == first.text:
        return first.id
    version = replace(
        article,
        id=_hashed(first.id, article.text),
        url=first.url,
        published_at=entry.restated_at or article.published_at,
        revision_of=first.id,
    )
    return version if unit.articles.get(version.id) is None else version.id


def _is_good(read: _Read) -> bool:
    """Whether the page was read, and is an article."""
    return read.page is not None and not read.flag


def _join(unit: UnitOfWork, entry: Entry, article_id: str, read: _Read) -> str:
    """Tie an entry to a known article, and end it where that is decided already."""
    decision = unit.decisions.get(article_id)
    if decision is None:
        unit.entries.give_article(entry.id, article_id)
        return "joined"
    if entry.article_id is None:
        reason = f"same address as article {article_id}"
        unit.entries.finish(entry.id, Outcome.DUPLICATE, reason)
        return "unchanged" if entry.restated_at else "duplicates"
    reason = f"{UNREAD}: {read.flag}" if read.flag else SAME_TEXT
    unit.entries.give_article(entry.id, article_id)
    unit.entries.finish(entry.id, decision.outcome, reason)
    return "unchanged"


def make_article(
    entry: Entry, page: Page | None, flag: str, *, now: datetime
) -> Article | None:
    """Make the article from the page, or from what the feed says; None from nothing.

    Args:
        entry: What the feed stated; its title, date and language come first.
        page: What was read behind its link, if anything was.
        flag: Why the page is not to be used; "" for a good one.
        now: When it was read. Dates after the entry was seen are set back to that.
    """
    text, flags = _text(entry, page, flag or ("" if page else NO_LINK))
    if not text:
        return None
    published_at = entry.published_at or _day(page, before=entry.seen_at)
    return Article(
        id=_article_id(entry),
        url=entry.url,
        source=entry.source,
        title=entry.title or (page.title if page else "") or _first_words(text),
        text=text,
        published_at=min(published_at or entry.seen_at, entry.seen_at),
        fetched_at=now,
        language=entry.language or (page.language if page else None),
        flags=flags,
    )


def _day(page: Page | None, *, before: datetime) -> datetime | None:
    """The day that a page gives, unless it is today: then when it was seen is nearer.

    A page tells no hour, and midnight would put the article before its cause.
    """
    stated = page.published_at if page else None
    return stated if stated and stated.date() < before.date() else None


def _text(entry: Entry, page: Page | None, flag: str) -> tuple[str, tuple[str, ...]]:
    """The best text there is, and how it falls short."""
    if page and not flag:
        return page.text, ()
    if entry.text:
        return entry.text, (FEED_TEXT, flag)
    said = page.text if page and page.refusal not in WALLS else ""
    if not said:
        return entry.title, (TITLE_ONLY, flag)
    if flag == Refusal.EMPTY and entry.title:  # a caption or a notice
        return f"{entry.title}\n\n{said}", (flag,)
    return said, (flag,)


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS]}…"


def _is_same_title(unit: UnitOfWork, article: Article, entry: Entry) -> bool:
    titles = {article.title, *(e.title for e in unit.entries.of_article(article.id))}
    return folded(entry.title) in {folded(title) for title in titles}


def _key(entry: Entry) -> str:
    """What makes two entries tell of one article: the address, in one spelling."""
    return urls.normalise(entry.url) or f"{entry.feed_id} {entry.entry_id}"


def _article_id(entry: Entry) -> str:
    return _hashed(_key(entry))


def _hashed(*parts: str) -> str:
    """An id from content, so that a second try makes the same (24 hex digits)."""
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:24]
