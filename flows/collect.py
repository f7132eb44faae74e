"""New entries → articles, or a counted reason why not.

A page that cannot be had degrades its article to the feed's own text; it never
drops it. The page of an entry that was stated anew is read again: another text is a
revision, and the same text leaves everything as it was.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from detectors.echoes import folded
from detectors.model import Article, Entry, Outcome
from flows.articles import (
    article_id,
    key_of,
    make_article,
    version_of,
    without_site_text,
)
from flows.pages import Look, look, remember
from flows.together import finished, side_by_side
from flows.web.fetch import Fetch
from flows.web.workers import Run
from storage.database import Store, UnitOfWork

LIMIT = 500  # entries a run: some five minutes of two cores at most
LOOKED_AT = 4  # times as many entries, to take some of each feed
BATCH = 20  # articles a transaction: what a kill can cost
AT_ONCE = 50  # pages in flight, each up to 3 MB
# A host of ours is asked one page at a time, for 30 s at most: one that drips would
# hold back all others. What is late is left pending, and asked for in the next run.
WITHIN = timedelta(minutes=2)

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
        waiting = unit.entries.to_collect(limit * LOOKED_AT)
        entries = sorted(_in_turns(waiting)[:limit], key=_told_at)
        wanted = [entry for entry in entries if _needs_page(unit, entry)]
        firsts: dict[str, Entry] = {}
        for entry in wanted:
            firsts.setdefault(key_of(entry), entry)
        last = {key: unit.visits.get(article_id(e)) for key, e in firsts.items()}
    slots = asyncio.Semaphore(AT_ONCE)
    ends_at = asyncio.get_running_loop().time() + WITHIN.total_seconds()
    counts: Counter[str] = Counter()
    flags: Counter[str] = Counter()

    async def ask(key: str, entry: Entry) -> Look:
        async with slots:
            return await look(entry, fetch, run, last=last[key])

    async with side_by_side(
        {key: ask(key, entry) for key, entry in firsts.items()}
    ) as reading:
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            keys = {key for key in map(key_of, batch) if key in reading}
            seen = await finished({key: reading[key] for key in keys}, by=ends_at)
            with store.unit() as unit:
                for entry in batch:
                    key = key_of(entry)
                    if key in seen or key not in keys:
                        known = seen.get(key, Look())
                        counts[_tie(unit, entry, known, flags, now=now)] += 1
    return Collected(**counts, flags=dict(flags))


def _in_turns(waiting: Sequence[Entry]) -> list[Entry]:
    """Entries of all feeds in turn: none has others wait for its many."""
    taken: Counter[int] = Counter()
    turns: list[tuple[int, int, Entry]] = []
    for place, entry in enumerate(waiting):
        taken[entry.feed_id] += 1
        turns.append((taken[entry.feed_id], place, entry))
    return [entry for _, _, entry in sorted(turns, key=lambda turn: turn[:2])]


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
    known = unit.articles.get(article_id(entry))
    return known is None or not _is_same_title(unit, known, entry)


def _tie(
    unit: UnitOfWork, entry: Entry, seen: Look, flags: Counter[str], *, now: datetime
) -> str:
    """Give an entry its article, new or known, or end it; says which, in a word."""
    seen = without_site_text(unit, entry, seen)
    first = unit.articles.get(article_id(entry))
    if first is None:
        article = make_article(entry, seen.page, seen.flag, now=now)
        if article is None:
            unit.entries.finish(entry.id, Outcome.FAILED, "no title and no text")
            return "failed"
        unit.articles.add(article)
        remember(unit, article, seen, now=now)
        word = "articles"
    else:
        remember(unit, first, seen, now=now)
        known = version_of(unit, first, entry, seen, now=now)
        if isinstance(known, str):
            return _join(unit, entry, known, seen)
        article, word = known, "revisions"
        unit.articles.add(article)
    unit.entries.give_article(entry.id, article.id)
    flags.update(flag.partition(":")[0] for flag in article.flags)
    return word


def _join(unit: UnitOfWork, entry: Entry, known: str, seen: Look) -> str:
    """Tie an entry to a known article, and end it where that is decided already."""
    decision = unit.decisions.get(known)
    if decision is None:
        unit.entries.give_article(entry.id, known)
        return "joined"
    if entry.article_id is None:
        reason = f"same address as article {known}"
        unit.entries.finish(entry.id, Outcome.DUPLICATE, reason)
        return "unchanged" if entry.restated_at else "duplicates"
    reason = f"{UNREAD}: {seen.flag}" if seen.flag else SAME_TEXT
    unit.entries.give_article(entry.id, known)
    unit.entries.finish(entry.id, decision.outcome, reason)
    return "unchanged"


def _is_same_title(unit: UnitOfWork, article: Article, entry: Entry) -> bool:
    titles = {article.title, *(e.title for e in unit.entries.of_article(article.id))}
    return folded(entry.title) in {folded(title) for title in titles}
