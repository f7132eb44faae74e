"""Due feeds → new entries, with validators and next due time in one transaction."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from detectors.errors import without_secrets
from detectors.model import Feed, Host
from detectors.polling import FLOOR, may_force, next_due, postponed, rests
from detectors.urls import place
from flows.asking import ask
from flows.keeping import Kept, PollResult, Rules, keep
from flows.righting import right_clock
from flows.rounds import Round, running
from flows.together import side_by_side
from flows.web.fetch import Fetch
from flows.web.workers import Run
from storage.database import Store, UnitOfWork

AT_ONCE = 50  # documents in flight, each up to 10 MB

USUAL = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A poll in figures; every feed asked stands in exactly one of ``feeds``.

    Args:
        feeds: How many, by what came of it.
        pending: New entries whose article is to be read.
        baseline: Entries that were there when their feed was added.
        repeated: Entries under a new id, known by address and title.
        quarantined: Entries of a flood, kept aside.
        restated: Known entries that say more now, whose page is to be read again.
        resting: Feeds that were due and left in peace: their server asked to wait.
        failures: Addresses of the feeds that failed, with a sentence each.
    """

    feeds: Mapping[PollResult, int] = field(default_factory=dict)
    pending: int = 0
    baseline: int = 0
    repeated: int = 0
    quarantined: int = 0
    restated: int = 0
    resting: int = 0
    failures: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> int:
        """Feeds that were asked."""
        return sum(self.feeds.values())

    @property
    def entries(self) -> int:
        """Entries seen for the first time."""
        return self.pending + self.baseline + self.repeated + self.quarantined


async def poll_feeds(  # noqa: PLR0913  # three doors and four wishes
    store: Store,
    fetch: Fetch,
    run: Run,
    *,
    now: datetime,
    force: bool = False,
    limit: int | None = None,
    rules: Rules = USUAL,
) -> Polled:
    """Ask every feed that is due, at most 50 at a time; keep each on its own.

    A feed that fails costs the others nothing. A run that is killed has kept the
    feeds it got through whole, and the rest is due again in a minute.

    Args:
        store: Where feeds and entries are.
        fetch: The web.
        run: Workers; parsing happens there.
        now: The moment of the poll.
        force: Ask all feeds, due or not, but those that were asked within a minute or
            whose server asked to wait; still conditionally.
        limit: At most so many feeds.
        rules: How.
    """
    with store.unit() as unit:
        right_clock(unit, now)
        _hasten(unit, now=now, rules=rules)
        resting = dict(unit.hosts.resting(now))
        due = _due(unit, resting, now=now, force=force, heedless=rules.heedless)[:limit]
        unit.feeds.claim((feed.id for feed in due), now + FLOOR)
        unit.hosts.prune(now)
    kept: list[Kept] = []
    order = Round(due, resting={} if rules.heedless else resting, moment=running(now))

    async def work() -> None:
        while (feed := order.next()) is not None:
            found = await ask(feed, fetch, run, moment=order.moment)
            kept.append(keep(store, feed, found, now=now, rules=rules))
            order.done(feed, kept[-1].rests)

    jobs = {number: work() for number in range(min(AT_ONCE, len(due)))}
    async with side_by_side(jobs) as working:
        await asyncio.gather(*working.values())
    if order.left:
        with store.unit() as unit:
            for feed, host in order.left:
                unit.feeds.postpone(postponed(feed, host, cycle=rules.cycle))
    return _counted(kept, resting=len(order.left))


def _hasten(unit: UnitOfWork, *, now: datetime, rules: Rules) -> None:
    """Plan anew for feeds that made us speak: they were asked before anybody knew."""
    for feed in unit.feeds.spoken():
        due = next_due(feed, now=now, cycle=rules.cycle)
        if due.due_at < feed.next_due_at:
            unit.feeds.postpone(
                replace(feed, next_due_at=due.due_at, due_reason=due.why)
            )


def _due(
    unit: UnitOfWork,
    resting: Mapping[str, Host],
    *,
    now: datetime,
    force: bool,
    heedless: bool,
) -> tuple[Feed, ...]:
    """Feeds to ask, longest due first.

    Those that rest are never asked by force; `heedless` asks them, due or not.
    """
    if not force and not heedless:
        return unit.feeds.due(now)
    return tuple(
        feed
        for feed in unit.feeds.due(now, everything=True)
        if may_force(feed, now)
        and _is_wanted(feed, resting, now=now, force=force, heedless=heedless)
    )


def _is_wanted(
    feed: Feed,
    resting: Mapping[str, Host],
    *,
    now: datetime,
    force: bool,
    heedless: bool,
) -> bool:
    if rests(feed, now) or place(feed.url) in resting:
        return heedless
    return force or feed.next_due_at <= now or feed.failures > 0


def _counted(kept: Sequence[Kept], *, resting: int) -> Polled:
    results = Counter(one.result for one in kept)
    taken = [one.taken for one in kept]
    return Polled(
        feeds=dict(results),
        pending=sum(each.pending for each in taken),
        baseline=sum(each.baseline for each in taken),
        repeated=sum(each.repeated for each in taken),
        quarantined=sum(each.quarantined for each in taken),
        restated=sum(each.restated for each in taken),
        resting=resting,
        failures=tuple(
            (without_secrets(one.url), one.problem) for one in kept if one.problem
        ),
    )
