"""What was read → an article, or another version of one that is known."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from detectors import urls
from detectors.echoes import folded
from detectors.model import Article, Entry, Page
from detectors.walls import WALLS, Refusal, is_site_text
from flows.pages import Look
from storage.database import UnitOfWork

TITLE_CHARACTERS = 120  # of a text that has no title
# At most, of a text that leaves out what its headline tells. Of 38,000 summaries of a
# front page the longest has 355; half of 100 saved feeds stay below, the rest carry
# whole articles (2026-11).
SUMMARY_CHARACTERS = 1_000

FEED_TEXT = "feed-text"
TITLE_ONLY = "title-only"
NO_LINK = "no-link"

FROM_FEED, FROM_PAGE, FROM_TEXT = "feed", "page", "text"
SEEN = "seen"  # when its feed listed it first


def version_of(
    unit: UnitOfWork, first: Article, entry: Entry, seen: Look, *, now: datetime
) -> Article | str:
    """The version that an entry tells of: its id where it is known, else itself.

    Another text is another version, and so is another title of the same source: a
    toll is often mended there first. A page that cannot be read again says nothing
    new, but where the article was never more than a feed's own words: then what else a
    feed says of it counts.

    Args:
        unit: The transaction.
        first: The first article that was read at that address.
        entry: As it is stated now.
        seen: Its page, as it was asked for now.
        now: When.
    """
    current = unit.articles.get(entry.article_id) if entry.article_id else None
    had = current or first
    made = _made(entry, seen, had, now=now)
    if made is None:
        return had.id
    titles = {folded(made.title)} - {folded(first.title)}
    if entry.source != first.source:
        titles.clear()
    if not titles and made.text == first.text:
        return first.id
    version = replace(
        made,
        id=_hashed(first.id, *titles, made.text),
        url=first.url,
        published_at=entry.restated_at or made.published_at,
        fetched_at=now,
        revision_of=first.id,
    )
    return version if unit.articles.get(version.id) is None else version.id


def _made(entry: Entry, seen: Look, had: Article, *, now: datetime) -> Article | None:
    """The article as it is now: of a new text, or of the old one with its title."""
    if seen.is_good or (entry.restated_at and had.flags and not seen.is_same):
        return make_article(entry, seen.page, seen.flag, now=now)
    if _says_more(entry, had):
        return make_article(entry, None, seen.flag or had.flags[-1], now=now)
    return replace(
        had,
        title=entry.title or had.title,
        source=entry.source,
        published_at=min(entry.published_at or entry.seen_at, entry.seen_at),
    )


def _says_more(entry: Entry, had: Article) -> bool:
    """Whether another entry of a page that nobody can read has words of its own.

    Of two feeds that list it the first may give a headline alone, the other the toll.
    """
    told = folded(entry.text)
    return bool(
        had.flags and entry.article_id is None and told and told not in folded(had.text)
    )


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
    day = _day(page, before=entry.seen_at)
    published_at = entry.published_at or day
    by_page = page.author if page and page.refusal not in WALLS else ""
    author = entry.author or by_page
    return Article(
        id=article_id(entry),
        url=entry.url,
        source=entry.source,
        title=entry.title or (page.title if page else "") or _first_words(text),
        text=text,
        published_at=min(published_at or entry.seen_at, entry.seen_at),
        fetched_at=now,
        language=entry.language or (page.language if page else None),
        flags=flags,
        author=author,
        origins=tuple(_origins(entry, page, day, author)),
    )


def _origins(
    entry: Entry, page: Page | None, day: datetime | None, author: str
) -> Iterator[tuple[str, str]]:
    """Where each part came from, in the order in which they are preferred."""
    if entry.title:
        yield "title", FROM_FEED
    else:
        yield "title", FROM_PAGE if page and page.title else FROM_TEXT
    if entry.published_at and entry.published_at <= entry.seen_at:
        yield "published_at", FROM_FEED
    else:
        yield "published_at", FROM_PAGE if day and not entry.published_at else SEEN
    if author:
        yield "author", FROM_FEED if entry.author else FROM_PAGE
    if entry.language or (page and page.language):
        yield "language", FROM_FEED if entry.language else FROM_PAGE


def without_site_text(unit: UnitOfWork, entry: Entry, seen: Look) -> Look:
    """What came of asking for a page, refused where it has but its site's own words.

    Those stand on other pages of the site too, under other titles: of a paywall that
    no phrase gives away, or a column of names.
    """
    page = seen.page
    if page is None or seen.flag or not is_site_text(entry.title, page.text):
        return seen
    itself, place = article_id(entry), urls.site(entry.url)
    elsewhere = (
        other
        for other in unit.articles.of_text(page.text)
        if other.id != itself and urls.site(other.url) == place
    )
    if all(folded(other.title) == folded(entry.title) for other in elsewhere):
        return seen
    refused = replace(page, refusal=Refusal.SITE)
    return replace(seen, page=refused, flag=Refusal.SITE)


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
        return _headed(entry), (FEED_TEXT, flag)
    said = page.text if page and page.refusal not in WALLS else ""
    if not said:
        return entry.title, (TITLE_ONLY, flag)
    if flag == Refusal.EMPTY and entry.title:  # a caption or a notice
        return f"{entry.title}\n\n{said}", (flag,)
    return said, (flag,)


def _headed(entry: Entry) -> str:
    """A feed's own text below its headline, which tells what a summary leaves out.

    A long one is the whole article, and tells it itself.
    """
    title, text = entry.title, entry.text
    if len(text) > SUMMARY_CHARACTERS or folded(text).startswith(folded(title)):
        return text
    return f"{title}\n\n{text}"


def _first_words(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= TITLE_CHARACTERS else f"{line[:TITLE_CHARACTERS]}…"


def key_of(entry: Entry) -> str:
    """What makes two entries tell of one article: the address, in one spelling."""
    return urls.normalise(entry.url) or f"{entry.feed_id} {entry.entry_id}"


def article_id(entry: Entry) -> str:
    """The id of the first article at an entry's address."""
    return _hashed(key_of(entry))


def _hashed(*parts: str) -> str:
    """An id from content, so that a second try makes the same (24 hex digits)."""
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()[:24]
