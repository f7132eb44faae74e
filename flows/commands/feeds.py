"""``tocsin feeds``: the sources that are watched."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from detectors.errors import SeedError
from detectors.model import Feed
from detectors.opml import Subscription, parse_opml, render_opml
from flows import clock
from flows.commands.output import Duration, as_json, echo_json, echo_table, say, warn
from flows.files import write_file
from flows.settings import Settings, load
from flows.subscriptions import discover, look_back, subscribe, unsubscribe
from flows.web.workers import Workers
from flows.wiring import make_web, open_store
from flows.wording import counted

backfill_option = click.option(
    "--backfill",
    type=Duration(),
    help="How far back a first document counts as news, as 48h; else not at all.",
)


@click.group("feeds")
def feeds_command() -> None:
    """Add, remove and list the feeds; OPML in and out."""


@feeds_command.command("add")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@backfill_option
@click.option(
    "--no-check", is_flag=True, help="Add it as it is, without asking for it."
)
@as_json
def add(
    urls: tuple[str, ...], backfill: timedelta | None, *, no_check: bool, as_json: bool
) -> None:
    """Watch a feed, or the feed that a web page names.

    What it lists just then is no news, but for --backfill; that may be said of a feed
    that is watched already, too.
    """
    settings = load()
    wanted = (
        tuple(Subscription(url=url) for url in urls)
        if no_check
        else asyncio.run(_discover(settings, urls))
    )
    _watch(settings, wanted, backfill, as_json=as_json)


async def _discover(
    settings: Settings, urls: tuple[str, ...]
) -> tuple[Subscription, ...]:
    async with make_web(settings) as fetch, Workers() as workers:
        return tuple([await discover(url, fetch, workers) for url in urls])


@feeds_command.command("remove")
@click.argument("url_or_id", metavar="URL-OR-ID")
def remove(url_or_id: str) -> None:
    """Watch a feed no more; what it brought stays."""
    with closing(open_store(load())) as store:
        feed = unsubscribe(store, url_or_id, now=clock.now())
    say(f"removed {feed.url}")


@feeds_command.command("list")
@as_json
def list_feeds(*, as_json: bool) -> None:
    """Show every feed, when it is asked next, and what is wrong with it."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        feeds = unit.feeds.all()
    if as_json:
        echo_json([_record(feed) for feed in feeds])
        return
    echo_table(
        "",
        ("feed", "title", "url", "state", "polled", "next", "problem"),
        (
            (f.id, f.title, f.url, f.state, f.polled_at, f.next_due_at, f.failure)
            for f in feeds
        ),
    )


def _record(feed: Feed) -> dict[str, object]:
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "source": feed.source,
        "state": feed.state.value,
        "polled_at": feed.polled_at.isoformat() if feed.polled_at else None,
        "next_due_at": feed.next_due_at.isoformat(),
        "failures": feed.failures,
        "problem": feed.failure,
    }


@feeds_command.command("import")
@click.argument("opml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@backfill_option
@as_json
def import_feeds(opml: Path, backfill: timedelta | None, *, as_json: bool) -> None:
    """Watch every feed of an OPML file; --backfill as of `feeds add`."""
    _watch(load(), read_opml(opml), backfill, as_json=as_json)


def read_opml(opml: Path) -> tuple[Subscription, ...]:
    """The feeds of an OPML file.

    Raises:
        SeedError: It cannot be read, or lists no feed.
    """
    try:
        return parse_opml(opml.read_bytes(), str(opml))
    except OSError as error:
        raise SeedError(str(opml), error.strerror or str(error)) from error


@feeds_command.command("export")
@click.argument("opml", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export(opml: Path | None) -> None:
    """Write every feed as OPML, to a file or to standard output."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        feeds = unit.feeds.all()
    document = render_opml(Subscription(url=f.url, title=f.title) for f in feeds)
    if opml is None:
        click.echo(document.decode())
        return
    write_file(opml, document)
    say(f"wrote {counted(len(feeds), 'feed')} to {opml}")


def _watch(
    settings: Settings,
    wanted: tuple[Subscription, ...],
    backfill: timedelta | None,
    *,
    as_json: bool,
) -> None:
    """Watch feeds, and say which of them are new."""
    now = clock.now()
    with closing(open_store(settings)) as store:
        added, refused = subscribe(store, wanted, now=now, backfill=backfill)
        woken = look_back(store, wanted, now=now, backfill=backfill) if backfill else 0
    known = len(wanted) - len(added) - len(refused)
    for sentence in refused:
        warn(sentence)
    if as_json:
        told = [_record(feed) for feed in added]
        shown = {"added": told, "known": known, "refused": list(refused)}
        echo_json({**shown, "woken": woken})
        return
    for feed in added:
        say(f"watching {feed.title or feed.url}  {feed.url}")
    if known:
        say(f"{known} watched already")
    if woken:
        say(f"{woken} of what stood there before will be read as news")
    if added and backfill is None:
        say("what is listed by now is no news; the same with --backfill 48h looks back")
