"""``tocsin feeds release``: entries of a flood, read after all."""

from contextlib import closing

import click

from flows import clock
from flows.commands.output import as_json, echo_json, echo_table, say
from flows.intake import release
from flows.settings import load
from flows.subscriptions import watched
from flows.wiring import open_store

NOTHING = "nothing of that is in quarantine"
LISTED = 1_000  # entries shown; a flood may have more


@click.command("release")
@click.argument("feed")
@click.argument("entries", metavar="[ENTRY]...", nargs=-1, type=click.IntRange(min=1))
@click.option("--dry-run", is_flag=True, help="Only show what is in quarantine.")
@as_json
def release_command(
    feed: str, entries: tuple[int, ...], *, dry_run: bool, as_json: bool
) -> None:
    """Have what a flood brought read after all: all of it, or some entries.

    FEED is a number or an address of `tocsin feeds list`; an ENTRY is a number that
    --dry-run shows. The next cycle reads them.
    """
    now, count = clock.now(), 0
    with closing(open_store(load())) as store, store.unit() as unit:
        flooded = watched(unit, feed)
        kept = unit.entries.quarantined(flooded.id, LISTED)
        shown = [each for each in kept if not entries or each.id in entries]
        if not dry_run:
            count = release(unit, flooded, entries, now=now)
    if as_json:
        echo_json(
            {
                "released": count,
                "entries": [
                    {"id": each.id, "title": each.title, "url": each.url}
                    for each in shown
                ],
            }
        )
    elif dry_run:
        rows = ((e.id, e.updated_at, e.title, e.url) for e in shown)
        echo_table("", ("entry", "dated", "title", "url"), rows)
    else:
        say(f"released: {count:,}; the next cycle reads them" if count else NOTHING)
