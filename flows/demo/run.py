"""``tocsin demo``: the real pipeline over an invented newsroom's day."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from detectors.model import Outcome
from detectors.opml import Subscription
from detectors.streams import outcome_record
from flows import clock
from flows.cycle import Cycle, run_cycle
from flows.demo.day import Day, load, ticks
from flows.demo.newsroom import Newsroom
from flows.demo.slack import TOKEN, LoopbackSlack
from flows.posting import Poster
from flows.seeds import SHIPPED
from flows.settings import Settings
from flows.slack.client import SlackPoster
from flows.subscriptions import subscribe
from flows.terminal import TerminalPoster
from flows.wiring import Wiring

LOOKS = 26  # cycles in the day: about every second ends with something to say

SILENT = {
    Outcome.DUPLICATE: "syndicated copies, folded",
    Outcome.KNOWN: "on topic, nothing new",
    Outcome.IMMATERIAL: "new, but not what the topic calls material",
    Outcome.STALE: "an older state, arriving late",
    Outcome.WAITING: "waiting for a second source",
    Outcome.REVISION: "read again, nothing changed that matters",
    Outcome.OFF_TOPIC: "on no topic",
    Outcome.BASELINE: "there before we began to watch",
    Outcome.UNREADABLE_LANGUAGE: "in a language that cannot be read",
    Outcome.FAILED: "without a word to go by",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The day in figures; ``entries`` are the sum of ``outcomes`` and ``pending``."""

    feeds: int
    entries: int
    articles: int
    outcomes: Mapping[Outcome, int]
    pending: int
    stories: int
    alerts: int
    requests: int
    seconds: float

    def record(self) -> dict[str, Any]:
        """As ``tocsin demo --json`` prints it."""
        return {
            "feeds": self.feeds,
            "entries": self.entries,
            "articles": self.articles,
            "outcomes": outcome_record(self.outcomes),
            "pending": self.pending,
            "copies_folded": self.outcomes.get(Outcome.DUPLICATE, 0),
            "stories": self.stories,
            "alerts": self.alerts,
            "requests": self.requests,
            "seconds": round(self.seconds, 1),
        }

    def print(self, console: Console) -> None:
        """Draw it, with the silent entries by reason."""
        told = self.outcomes.get(Outcome.ALERTED, 0)
        console.print(
            Text(
                f"\n{self.entries} entries in {self.feeds} feeds, "
                f"{self.articles} articles read, {self.stories} stories, "
                f"{self.alerts} alerts, in {self.seconds:.0f} s",
                style="bold",
            )
        )
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_row(str(told), "spoke", style="green")
        for outcome, why in SILENT.items():
            if count := self.outcomes.get(outcome):
                table.add_row(str(count), f"silent: {why}")
        if self.pending:
            table.add_row(str(self.pending), "still to be decided")
        console.print(table)


@dataclass(slots=True)
class RunningClock:
    """The newsroom's clock, which runs on between two looks.

    Messages to one channel are a second apart: on a clock that stands still that
    second never passes.
    """

    newsroom: Newsroom
    _turned_at: datetime = field(default_factory=clock.now)

    def now(self) -> datetime:
        """What the clock shows (UTC)."""
        return self.newsroom.now + (clock.now() - self._turned_at)

    def turn_to(self, look: datetime) -> None:
        """Put the newsroom's clock forward to ``look``.

        Raises:
            ValueError: ``look`` lies before what the newsroom shows.
        """
        self.newsroom.advance_to(look)
        self._turned_at = clock.now()


async def run_demo(
    *,
    console: Console,
    home: Path | None = None,
    slack: LoopbackSlack | None = None,
) -> Summary:
    """Serve the day over loopback, watch it, tell each alert as it fires.

    Args:
        console: Where the alerts are printed.
        home: Where to keep the store; a folder that is thrown away unless given.
        slack: Where the alerts are posted instead; it gets the newsroom's clock.
    """
    day = load(SHIPPED / "demo")
    looks = ticks(day.pieces, LOOKS)
    with ExitStack() as stack:
        kept = home or Path(stack.enter_context(TemporaryDirectory()))
        poster: Poster = TerminalPoster(console)
        if slack is not None:
            poster = SlackPoster(TOKEN, base_url=slack.base_url)
        return await _watch(day, looks, kept, poster, slack)


async def _watch(
    day: Day,
    looks: tuple[datetime, ...],
    home: Path,
    poster: Poster,
    slack: LoopbackSlack | None,
) -> Summary:
    started = clock.now()
    cycles: list[Cycle] = []
    async with Newsroom(
        day.outlets, (*day.archive, *day.pieces), opens_at=looks[0]
    ) as newsroom:
        settings = Settings.model_validate(
            {
                "TOCSIN_HOME": home,
                "TOCSIN_DATABASE_URL": f"sqlite:///{home / 'demo.db'}",
                "TOCSIN_ALLOW_NETWORKS": (newsroom.address,),
                "TOCSIN_CONTACT": "demo",
            }
        )
        running = RunningClock(newsroom)
        if slack is not None:
            slack.now = running.now
        async with Wiring(
            settings,
            topics=SHIPPED / "topics",
            now=running.now if slack else lambda: newsroom.now,
            poster=poster,
        ) as wiring:
            feeds = (Subscription(url=f.url, title=f.title) for f in newsroom.feeds)
            subscribe(wiring.store, feeds, now=newsroom.now)
            for look in looks:
                running.turn_to(look)
                cycles.append(await run_cycle(wiring, force=True))
            return _summary(wiring, cycles, len(newsroom.requests), started)


def _summary(
    wiring: Wiring, cycles: list[Cycle], requests: int, started: datetime
) -> Summary:
    last = cycles[-1]
    with wiring.store.unit(reading=True) as unit:
        articles = unit.articles.total()
        stories = len(unit.stories.all())
    return Summary(
        feeds=last.feeds,
        entries=last.entries,
        articles=articles,
        outcomes=last.outcomes,
        pending=last.pending,
        stories=stories,
        alerts=sum(len(each.alerts) for cycle in cycles for each in cycle.decisions),
        requests=requests,
        seconds=(clock.now() - started).total_seconds(),
    )
