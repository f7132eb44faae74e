"""``tocsin db`` and ``tocsin doctor``: the store and the whole installation."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from flows import clock
from flows.commands.output import as_json, echo_json, say
from flows.doctor import Finding, examine
from flows.leases import by_hand
from flows.restored import begin_doubt, restore
from flows.settings import load
from flows.wiring import open_store
from flows.wording import counted
from storage.backups import back_up
from storage.database import Store


@click.group("db")
def db_command() -> None:
    """Migrate, check, back up and restore the store."""


@db_command.command("migrate")
def migrate() -> None:
    """Bring the tables up to date, in one transaction."""
    with closing(Store.open(load().database_url, migrate=False)) as store:
        changed = store.migrate()
    say("migrated" if changed else "up to date")


@db_command.command("check")
@as_json
def check(*, as_json: bool) -> None:
    """Look for damage and for entries, articles or alerts that went astray."""
    with closing(Store.open(load().database_url, migrate=False)) as store:
        problems = store.check()
    if as_json:
        echo_json({"problems": list(problems)})
    for problem in () if as_json else problems:
        say(problem)
    if problems:
        told = counted(len(problems), "problem")
        raise click.ClickException(f"{told} in the store")
    if not as_json:
        say("sound")


@db_command.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole store to FILE, while it is in use."""
    back_up(load().database_url, file)
    say(f"wrote {file}")


@db_command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Put the backup FILE in the place of the store, which is kept beside it.

    Stop the service first. What was told since the backup was made is looked for in
    Slack before anything is told again.
    """
    done = restore(load().database_url, file, now=clock.now())
    say(f"restored to {done.since:%Y-%m-%d %H:%M:%S} UTC")
    if done.aside is not None:
        say(f"the store that was there is {done.aside}")
    say(f"{counted(done.doubted, 'message')} to look for in Slack")


@db_command.command("restored")
@click.option(
    "--since",
    type=click.DateTime(("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S")),
    help="The moment of the backup, UTC; else the last one that the store knows.",
)
def restored_command(since: datetime | None) -> None:
    """Say that the store was restored by other tools, such as pg_restore.

    At once, before a cycle runs: what was told since the backup is then looked for in
    Slack before anything is told again.
    """
    with (
        closing(open_store(load())) as store,
        by_hand(store, clock.now),
        store.unit() as unit,
    ):
        known = unit.runs.last_moment() or clock.now()
        moment = known if since is None else since.replace(tzinfo=UTC)
        if moment > clock.now():
            raise click.BadParameter("it lies ahead", param_hint="--since")
        doubted = begin_doubt(unit, since=moment, now=clock.now())
    say(f"{counted(doubted, 'message')} to look for in Slack")


@click.command("doctor")
@as_json
def doctor_command(*, as_json: bool) -> None:
    """Look for everything that can be wrong here, each with its cure."""
    findings = examine(load())
    if as_json:
        echo_json([finding.record() for finding in findings])
    for finding in () if as_json else findings:
        _echo_finding(finding)
    broken = sum(not finding.is_sound for finding in findings)
    if broken:
        raise click.ClickException(f"{counted(broken, 'thing')} to see to")


def _echo_finding(finding: Finding) -> None:
    say("ok  " if finding.is_sound else "!!  ", nl=False, bold=True)
    say(f"{finding.what}: {finding.says}")
    if finding.cure:
        say(f"      → {finding.cure}")
