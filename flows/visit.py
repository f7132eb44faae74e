"""Pages whose stories live → asked again; what changed is a revision.

Visited are the pages of articles that tell of a story, by their first version: so the
load is four requests a page and day, and one a cycle for a live blog. A page that says
the same, or cannot be had, leaves everything as it was.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from detectors import visiting
from detectors.model import Article, Decision, Entry, Visit
from flows.articles import version_of
from flows.errors import FailureReason
from flows.pages import Look, look, remember
from flows.together import finished, side_by_side
from flows.web.fetch import Fetch
from flows.web.workers import Run
from storage.database import Store, UnitOfWork

LIMIT = 200  # pages a cycle: those longest due; the rest is due in the next one
AT_ONCE = 50  # pages in flight, each up to 3 MB
BATCH = 20  # pages a transaction: what a kill can cost
WITHIN = timedelta(minutes=2)  # what is late is due in the next cycle

CHANGED = "its page was asked again, and had changed"
_OVER = frozenset(
    {
        FailureReason.GONE,
        FailureReason.NOT_FOUND,
        FailureReason.FORBIDDEN,
        FailureReason.ROBOTS,
        FailureReason.OPTED_OUT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """Visits in figures; each page stands in exactly one of them.

    Args:
        revisions: Pages that had changed.
        unchanged: Pages that said what was known.
        failed: Pages that could not be read.
        ended: Pages that were not asked any more: their stories sleep.
    """

    revisions: int = 0
    unchanged: int = 0
    failed: int = 0
    ended: int = 0

    @property
    def asked(self) -> int:
        """Pages that were asked."""
        return self.revisions + self.unchanged + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A visit that is due, with what it is paid to: an article, and what led there."""

    visit: Visit
    first: Article
    entry: Entry


def begin_visits(
    unit: UnitOfWork, article: Article, decision: Decision, *, now: datetime
) -> None:
    """Have an article's page asked again from now on, where a story hangs on it.

    Only what was read from a page can be asked again: what comes from an archive or a
    file is not.
    """
    if not any(decision.stories.values()):
        return
    if not visiting.is_worth(article, decision.outcome):
        return
    known = unit.visits.get(article.revision_of or article.id)
    if known is not None and known.next_at is None and not known.times:
        next_at = visiting.next_visit(known, now=now)
        unit.visits.keep(replace(known, next_at=next_at))


async def visit_pages(
    store: Store, fetch: Fetch, run: Run, *, now: datetime, limit: int = LIMIT
) -> Visited:
    """Ask the pages that are due again, and keep what changed, batch by batch.

    Args:
        store: Where visits and articles are.
        fetch: The web, with its address guard.
        run: Workers; extraction happens there.
        now: The moment of the visits.
        limit: At most so many pages.
    """
    counts: Counter[str] = Counter()
    with store.unit() as unit:
        found = [_call(unit, visit, now=now) for visit in unit.visits.due(now, limit)]
        calls = [each for each in found if isinstance(each, _Call)]
        over = [each for each in found if isinstance(each, str)]
        unit.visits.end(over)
    counts["ended"] = len(over)
    slots = asyncio.Semaphore(AT_ONCE)
    ends_at = asyncio.get_running_loop().time() + WITHIN.total_seconds()

    async def ask(call: _Call) -> Look:
        async with slots:
            return await look(call.entry, fetch, run, last=call.visit)

    jobs = {call.visit.article_id: ask(call) for call in calls}
    async with side_by_side(jobs) as looking:
        for start in range(0, len(calls), BATCH):
            batch = calls[start : start + BATCH]
            keys = [call.visit.article_id for call in batch]
            seen = await finished({key: looking[key] for key in keys}, by=ends_at)
            with store.unit() as unit:
                for call in batch:
                    paid = seen.get(call.visit.article_id)
                    if paid is not None:
                        counts[_keep(unit, call, paid, now=now)] += 1
    return Visited(**counts)


def _call(unit: UnitOfWork, visit: Visit, *, now: datetime) -> _Call | str | None:
    """The call that a visit is; the id of its article where its stories sleep.

    None while the page is about to be read for its feed's sake.
    """
    versions = unit.articles.version_ids(visit.url)
    first = unit.articles.get(visit.article_id)
    entry = _last_entry(unit, versions)
    stories = (story for each in versions for story in unit.stories.of_article(each))
    if first is None or entry is None or not visiting.is_awake(stories, now=now):
        return visit.article_id
    if entry.restated_at is not None:
        return None
    return _Call(visit=visit, first=first, entry=entry)


def _last_entry(unit: UnitOfWork, versions: Sequence[str]) -> Entry | None:
    """The entry that leads to the latest version: what changes is told under it."""
    for version in reversed(versions):
        entries = unit.entries.of_article(version)
        if entries:
            return entries[0]
    return None


def _keep(unit: UnitOfWork, call: _Call, seen: Look, *, now: datetime) -> str:
    """Keep what came of one visit, with when the next is due; says which, in a word."""
    remember(unit, call.first, seen, now=now)
    word = _compare(unit, call, seen, now=now)
    kept = replace(
        unit.visits.get(call.first.id) or call.visit, times=call.visit.times + 1
    )
    if word == "revisions" and kept.is_live:
        kept = replace(kept, opened_at=now)
    next_at = None if seen.failure in _OVER else visiting.next_visit(kept, now=now)
    unit.visits.keep(replace(kept, next_at=next_at))
    return word


def _compare(unit: UnitOfWork, call: _Call, seen: Look, *, now: datetime) -> str:
    """Add what a page says otherwise than before as a version of its article."""
    if seen.is_same:
        return "unchanged"
    if not seen.is_good:
        return "failed"
    told = replace(call.entry, restated_at=now)
    version = version_of(unit, call.first, told, seen, now=now)
    if isinstance(version, str):
        return "unchanged"
    unit.articles.add(version)
    unit.entries.turn(call.entry.id, version.id, reason=CHANGED)
    return "revisions"
