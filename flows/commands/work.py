"""What does the work: ``run``, ``serve``, ``demo``."""

import asyncio
import logging
import sys
import threading
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from flows import clock
from flows.commands.feeds import backfill_option, read_opml
from flows.commands.output import (
    as_json,
    echo_json,
    say,
    stages,
    topics_option,
    warn,
)
from flows.settings import load

if TYPE_CHECKING:
    from flows.cycle import Cycle


@click.command("run")
@click.option(
    "--feeds",
    "opml",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Watch these feeds too.",
)
@topics_option
@backfill_option
@click.option(
    "--dry-run", is_flag=True, help="Decide and print; keep and send nothing."
)
@click.option(
    "--force",
    is_flag=True,
    help="Ask every feed, due or not; try every channel that took nothing lately.",
)
@click.option(
    "--ignore-backoff",
    "heedless",
    is_flag=True,
    help="Ask those feeds too that failed, or whose server asked us to wait.",
)
@as_json
def run_command(  # noqa: PLR0913  # an option each
    opml: Path | None,
    topics: Path | None,
    backfill: timedelta | None,
    *,
    dry_run: bool,
    force: bool,
    heedless: bool,
    as_json: bool,
) -> None:
    """Do one whole cycle now: poll, collect, follow, deliver. Needs no server."""
    from flows.cycle import Cycle, run_cycle
    from flows.subscriptions import subscribe
    from flows.wiring import Wiring

    # What it logs as it goes is told at the end, with where to look.
    logging.getLogger("flows.delivery").addHandler(logging.NullHandler())
    wanted = read_opml(opml) if opml else ()
    console = Console(stderr=as_json)

    async def run() -> Cycle:
        async with Wiring(load(), topics=topics, console=console, warn=warn) as wiring:
            _, refused = subscribe(wiring.store, wanted, now=clock.now())
            for sentence in refused:
                warn(sentence)
            return await run_cycle(
                wiring,
                force=force,
                heedless=heedless,
                backfill=backfill,
                dry=dry_run,
                step=step,
            )

    with stages() as step:
        done = asyncio.run(run())
    if as_json:
        echo_json(done.record())
    else:
        _echo_cycle(done, console)


def _echo_cycle(done: "Cycle", console: Console) -> None:
    from flows.terminal import show_message

    for url, problem in done.polled.failures:
        warn(f"{url}: {problem}")
    for notice in done.notices:
        warn(notice.text)
    for message in done.unsent:
        show_message(console, message)
    polled = ", ".join(f"{count} {word}" for word, count in done.polled.feeds.items())
    say(f"feeds: {done.feeds} watched; asked: {polled or 'none was due'}")
    if done.polled.resting:
        say(f"  {done.polled.resting} left in peace: their servers asked to wait")
    say(f"entries: {done.entries} seen, {done.polled.entries} new")
    for word, count in done.outcomes.items():
        say(f"  {count:6} {word}")
    say(f"  {done.pending:6} pending")
    _echo_told(done)
    if not done.feeds:
        say("No feed is watched yet: `tocsin feeds add URL --backfill 48h`")


def _echo_told(done: "Cycle") -> None:
    """What became of the alerts, and why some of them wait."""
    alerts = sum(len(each.alerts) for each in done.decisions)
    if done.delivered is None:
        say(f"alerts: {alerts} decided; none was kept or sent")
        return
    waiting = f", {done.waiting} waiting" if done.waiting else ""
    say(f"alerts: {alerts} decided, {done.delivered.told} told{waiting}")
    closed = {f"{channel.name}: {channel.problem}" for channel in done.closed}
    for problem in done.delivered.problems:
        if problem not in closed:
            warn(problem)
    for channel in done.closed:
        until = channel.opens_at
        when = f" before {until:%H:%M:%S} UTC" if until else ""
        warn(f"{channel.name} is tried no more{when} ({channel.problem})")
    if done.delivered.problems or done.closed:
        warn("`tocsin doctor` says what to do; `tocsin run --force` tries at once")


@click.command("serve")
def serve_command() -> None:
    """Run the scheduled service on this machine until it is stopped."""
    from flows.serve import serve

    serve(load())


@click.command("demo")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the demo's store in this folder, to look at afterwards.",
)
@click.option(
    "--slack",
    "in_slack",
    is_flag=True,
    help="Post to a Slack on this machine, and show its channel as a local page.",
)
@as_json
def demo_command(keep: Path | None, *, in_slack: bool, as_json: bool) -> None:
    """Watch an invented newsroom's day go by, with the real pipeline.

    Feeds and pages are served over loopback and change while they are polled;
    every alert is printed as it fires, then a summary. With --slack the alerts are
    posted to a Slack on this machine instead; its page stays open until Ctrl-C.
    """
    from flows.demo.run import run_demo
    from flows.demo.slack import loopback_slack

    console = Console(stderr=as_json)
    with ExitStack() as stack:
        slack = stack.enter_context(loopback_slack()) if in_slack else None
        if slack is not None:
            console.print(f"The desk's channel: {slack.url}/")
        summary = asyncio.run(run_demo(console=console, home=keep, slack=slack))
        if as_json:
            echo_json(summary.record())
        else:
            summary.print(console)
        if slack is not None and sys.stdin.isatty() and not as_json:
            console.print(f"\n{slack.url}/ stays open until you press Ctrl-C.")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
