"""``tocsin feeds health`` and ``check``: which source is not well, and why."""

import asyncio
from collections import Counter
from contextlib import closing
from datetime import timedelta

import click

from detectors.durations import render_duration
from detectors.health import Health, HealthState, healths
from flows import clock
from flows.checking import Check, check
from flows.commands.feed_settings import public_url
from flows.commands.output import as_json, echo_json, echo_table, say, show
from flows.explaining import lines, record
from flows.keeping import Rules
from flows.settings import Settings, load
from flows.web.indexes import IndexedWeb
from flows.web.robots import PoliteWeb
from flows.web.workers import Workers
from flows.wiring import make_web, open_store

MINUTE = timedelta(minutes=1)


@click.command("health")
@click.option("--all", "all_of_them", is_flag=True, help="Those that are well, too.")
@as_json
def health_command(*, all_of_them: bool, as_json: bool) -> None:
    """Show which feeds are failing, silent, late or gone, and since when."""
    settings = load()
    with closing(open_store(settings)) as store, store.unit(reading=True) as unit:
        found = healths(
            unit.feeds.all(),
            unit.notices.open(),
            now=clock.now(),
            cycle=settings.poll_every,
        )
    counts = Counter(health.state for health in found)
    if as_json:
        states = {state.value: counts[state] for state in HealthState}
        echo_json({"states": states, "feeds": [_record(h) for h in found]})
        return
    shown = [h for h in found if all_of_them or h.state is not HealthState.OK]
    if shown:
        echo_table(
            "",
            ("feed", "title", "state", "since", "usual gap", "why", "told"),
            map(_row, shown),
        )
    told = (f"{counts[state]} {state.value}" for state in HealthState if counts[state])
    say(f"{len(found)} feeds: {', '.join(told)}" if found else "no feed is watched")


def _row(health: Health) -> tuple[object, ...]:
    feed = health.feed
    return (
        feed.id,
        feed.title or public_url(feed),
        health.state.value,
        health.since,
        _gap(health),
        health.why,
        ", ".join(f"{n.kind.value} {show(n.raised_at)}" for n in health.notices),
    )


def _gap(health: Health) -> str | None:
    """The usual time between two entries, to the minute."""
    if health.gap is None:
        return None
    return render_duration(max(round(health.gap / MINUTE), 1) * MINUTE)


def _record(health: Health) -> dict[str, object]:
    feed = health.feed
    return {
        "id": feed.id,
        "title": feed.title,
        "url": public_url(feed),
        "owner": feed.owner,
        "tags": list(feed.tags),
        "state": health.state.value,
        "since": health.since.isoformat() if health.since else None,
        "why": health.why,
        "usual_gap_seconds": health.gap.total_seconds() if health.gap else None,
        "failures": feed.failures,
        "notices": [
            {
                "kind": notice.kind.value,
                "text": notice.text,
                "since": notice.raised_at.isoformat(),
            }
            for notice in health.notices
        ],
    }


@click.command("check")
@click.argument("feed", metavar="URL-OR-ID")
@as_json
def check_command(feed: str, *, as_json: bool) -> None:
    """Ask one feed once, and explain what comes; nothing of it is kept.

    It is asked a second time to see whether its validators work, unless its server
    asked us to wait.
    """
    made = asyncio.run(_checked(load(), feed))
    if as_json:
        echo_json(record(made))
    else:
        for what, how in lines(made):
            say(f"{what:<12}{how}")
    if made.document is None:
        raise SystemExit(1)


async def _checked(settings: Settings, feed: str) -> Check:
    with closing(open_store(settings)) as store:
        async with make_web(settings) as web, Workers() as workers:
            fetch = IndexedWeb(web, workers)
            polite = PoliteWeb(fetch, store, now=clock.now, slow=web.slow_down)
            rules = Rules(cycle=settings.poll_every, waits=settings.waits)
            now = clock.now()
            return await check(store, polite, workers, feed, now=now, rules=rules)
