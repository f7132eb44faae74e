"""``tocsin db`` and ``tocsin doctor``: the store and the whole installation."""

from contextlib import closing

import click

from flows.commands.output import as_json, echo_json, say
from flows.doctor import Finding, examine
from flows.settings import load
from flows.wording import counted
from storage.database import Store


@click.group("db")
def db_command() -> None:
    """Migrate and check the store."""


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
