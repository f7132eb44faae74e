"""``tocsin feeds set``: how the desk wants one feed to be asked, and counted."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from detectors.errors import without_secrets
from detectors.model import Feed, WaitScope
from detectors.polling import next_due
from flows import clock
from flows.commands.output import Duration, as_json, echo_json, say
from flows.settings import load
from flows.subscriptions import watched
from flows.wiring import open_store
from flows.wishes import CLEARED, Changes, WishError, said, settings_of, wished


@click.command("set")
@click.argument("feeds", metavar="FEED...", nargs=-1, required=True)
@click.option(
    "--interval",
    type=Duration(),
    help="How often to ask, as 10m; else as it publishes.",
)
@click.option(
    "--owner",
    metavar="NAME",
    help="Who speaks through it: feeds of one owner count once.",
)
@click.option(
    "--tag",
    "tags",
    metavar="FOLDER",
    multiple=True,
    help="A folder, as Ukraine/Agencies; several, in place of those it has.",
)
@click.option("--why", metavar="TEXT", help="Why the desk watches it.")
@click.option(
    "--header",
    "headers",
    metavar="NAME=VALUE",
    multiple=True,
    help="One more header; secrets as env:NAME or file:/path.",
)
@click.option("--agent", metavar="LINE", help="Another User-Agent.")
@click.option(
    "--proxy",
    metavar="URL",
    help="Through a proxy; with a password as env:NAME or file:/path.",
)
@click.option(
    "--ca",
    "authority",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates to trust besides the usual ones.",
)
@click.option(
    "--waits",
    type=click.Choice([scope.value for scope in WaitScope]),
    help="Who rests when its server asks to wait.",
)
@click.option(
    "--dates-only/--dates-and-tags",
    default=None,
    help="Send no ETag back, to a server that mistakes them.",
)
@click.option(
    "--weight", type=float, help="Above 1 it is asked first where not all can be."
)
@click.option(
    "--clear",
    "cleared",
    multiple=True,
    type=click.Choice(CLEARED),
    help="As for all feeds again.",
)
@as_json
def set_command(
    feeds: tuple[str, ...],
    headers: tuple[str, ...],
    *,
    authority: Path | None,
    waits: str | None,
    as_json: bool,
    **options: Any,  # noqa: ANN401  # one a field of `Changes`
) -> None:
    """Change how feeds are asked, and whom they count for; without options, show it.

    FEED is a number or an address of `tocsin feeds list`.
    """
    changes = Changes(
        headers=dict(map(_header, headers)),
        authority=str(authority.resolve()) if authority else None,
        waits=WaitScope(waits) if waits else None,
        **options,
    )
    settings, now = load(), clock.now()
    with closing(open_store(settings)) as store, store.unit() as unit:
        kept = [wished(watched(unit, feed), changes) for feed in feeds]
        for feed in kept:
            unit.feeds.wish(feed)
            due = next_due(feed, now=now, cycle=settings.poll_every)
            again = replace(feed, next_due_at=due.due_at, due_reason=due.why)
            unit.feeds.postpone(again)
    if as_json:
        echo_json([{"id": f.id, "url": public_url(f), **settings_of(f)} for f in kept])
        return
    for feed in kept:
        say(f"{feed.title or public_url(feed)}: {said(feed) or 'as all feeds'}")


def _header(written: str) -> tuple[str, str]:
    """One ``NAME=VALUE``; as ``NAME: VALUE``, which other tools take, too.

    Raises:
        WishError: It is neither.
    """
    name, sign, value = written.partition("=")
    if not sign or ":" in name:
        name, sign, value = written.partition(":")
    if not sign:
        raise WishError(f"--header {written[:20]}", "write NAME=VALUE")
    return name.strip(), value.strip()


def public_url(feed: Feed) -> str:
    """A feed's address without what lets its bearer in."""
    return without_secrets(feed.url)
