"""``tocsin feeds``: the sources that are watched."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from detectors.credentials import secret_in
from detectors.errors import SeedError, without_secrets
from detectors.model import Feed, FeedState
from detectors.opml import Subscription, is_within, parse_opml, render_opml
from flows import clock
from flows.commands.feed_health import check_command, health_command
from flows.commands.feed_moves import move_command
from flows.commands.feed_settings import public_url, set_command
from flows.commands.output import Duration, as_json, echo_json, echo_table, say, warn
from flows.commands.quarantine import release_command
from flows.files import write_file
from flows.settings import Settings, load
from flows.subscriptions import (
    SHIPPED_FEEDS,
    discover,
    look_back,
    subscribe,
    subscriptions,
    unsubscribe,
)
from flows.web.indexes import IndexedWeb
from flows.web.workers import Workers
from flows.wiring import make_web, open_store
from flows.wishes import settings_of
from flows.wording import counted

OTHERS = 10  # of a page that names more feeds than one

backfill_option = click.option(
    "--backfill",
    type=Duration(),
    help="How far back a first document counts as news, as 48h; else not at all.",
)


@click.group("feeds")
def feeds_command() -> None:
    """Add, remove, list and look after the feeds; OPML in and out."""


for each in (
    set_command,
    check_command,
    health_command,
    move_command,
    release_command,
):
    feeds_command.add_command(each)


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
    """Watch a feed, or the best one that a web page names; the others are told.

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
    found = []
    async with make_web(settings) as web, Workers() as workers:
        fetch = IndexedWeb(web, workers)
        for url in urls:
            discovery = await discover(url, fetch, workers)
            found.append(discovery.best)
            for other in discovery.others[:OTHERS]:
                warn(f"{url} names this feed, too: {without_secrets(other)}")
    return tuple(found)


@feeds_command.command("remove")
@click.argument("url_or_id", metavar="URL-OR-ID")
def remove(url_or_id: str) -> None:
    """Watch a feed no more; what it brought stays."""
    with closing(open_store(load())) as store:
        feed = unsubscribe(store, url_or_id, now=clock.now())
    say(f"removed {public_url(feed)}")


@feeds_command.command("list")
@click.option("--tag", metavar="FOLDER", help="Only those in this folder.")
@as_json
def list_feeds(tag: str | None, *, as_json: bool) -> None:
    """Show every feed, when it is asked next and why, and what is wrong with it."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        feeds = unit.feeds.all()
    if tag:
        feeds = tuple(f for f in feeds if any(is_within(own, tag) for own in f.tags))
    if as_json:
        echo_json([_record(feed) for feed in feeds])
        return
    echo_table(
        "",
        ("feed", "title", "url", "tags", "owner", "polled", "next", "why", "problem"),
        map(_row, feeds),
    )


def _row(feed: Feed) -> tuple[object, ...]:
    is_asked = feed.state is FeedState.ACTIVE
    return (
        feed.id,
        feed.title,
        public_url(feed),
        ", ".join(feed.tags),
        feed.owner,
        feed.polled_at,
        feed.next_due_at if is_asked else feed.state.value,
        feed.due_reason,
        feed.failure,
    )


def _record(feed: Feed) -> dict[str, object]:
    return {
        "id": feed.id,
        "url": public_url(feed),
        "title": feed.title,
        "source": feed.source,
        "state": feed.state.value,
        "polled_at": feed.polled_at.isoformat() if feed.polled_at else None,
        "next_due_at": feed.next_due_at.isoformat(),
        "due_reason": feed.due_reason,
        "failures": feed.failures,
        "problem": feed.failure,
        **settings_of(feed),
    }


@feeds_command.command("import")
@click.argument(
    "opml",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--shipped", is_flag=True, help="The list that ships with Tocsin, seeds/feeds.opml."
)
@click.option("--tag", metavar="FOLDER", help="Only the feeds of this folder.")
@backfill_option
@as_json
def import_feeds(
    opml: Path | None,
    tag: str | None,
    backfill: timedelta | None,
    *,
    shipped: bool,
    as_json: bool,
) -> None:
    """Watch every feed of an OPML file; its folders become tags.

    --backfill is as of `feeds add`.
    """
    if shipped == (opml is not None):
        raise click.UsageError("name an OPML file, or --shipped")
    wanted = read_opml(opml or SHIPPED_FEEDS)
    if tag:
        wanted = tuple(each for each in wanted if each.is_under(tag))
        if not wanted:
            raise SeedError(str(opml or SHIPPED_FEEDS), f"no feed in a folder {tag}")
    _watch(load(), wanted, backfill, as_json=as_json)


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
@click.option("--tag", metavar="FOLDER", help="Only the feeds of this folder.")
def export(opml: Path | None, tag: str | None) -> None:
    """Write every feed as OPML, to a file or to standard output; tags as folders."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        feeds = unit.feeds.all()
    if tag:
        feeds = tuple(f for f in feeds if any(is_within(own, tag) for own in f.tags))
    document = render_opml(subscriptions(feeds))
    for feed in feeds:
        if secret := secret_in(feed.url):
            warn(f"feed {feed.id} is left out: {secret} is a secret")
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
        say(f"watching {feed.title or public_url(feed)}  {public_url(feed)}")
    if known:
        say(f"{known} watched already")
    if woken:
        say(f"{woken} of what stood there before will be read as news")
    if added and backfill is None:
        say("what is listed by now is no news; the same with --backfill 48h looks back")
