"""``tocsin feeds move``: a feed at another address, or back at the one before."""

from contextlib import closing
from dataclasses import replace

import click

from detectors.courses import moved
from detectors.errors import without_secrets
from flows import clock
from flows.commands.output import say
from flows.settings import load
from flows.subscriptions import SubscriptionError, spelled, watched
from flows.wiring import open_store


@click.command("move")
@click.argument("feed", metavar="FEED")
@click.argument("url", required=False)
def move_command(feed: str, url: str | None) -> None:
    """Ask a feed at another URL: its entries stay known, nothing is told again.

    Without URL it goes back to where it was before, should a redirect that it followed
    have been wrong.
    """
    now = clock.now()
    with closing(open_store(load())) as store, store.unit() as unit:
        known = watched(unit, feed)
        before = known.course.came_from
        if url is None and not before:
            raise SubscriptionError(feed, "it never moved: say where to")
        target = spelled(url or before[-1])
        if not unit.feeds.move(known.id, target):
            raise SubscriptionError(target, "another feed is watched there")
        due = replace(known, next_due_at=now, due_reason="it was moved")
        unit.feeds.record_poll(moved(due, target).feed)
    say(f"{known.title or feed}: asked at {without_secrets(target)} from now on")
