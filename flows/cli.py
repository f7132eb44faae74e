"""The ``tocsin`` command: one line of help each, imported only when called."""

import importlib
import sys
from typing import Any

import click

from detectors.errors import MonitorError
from flows.errors import BusyError

EX_TEMPFAIL = 75  # sysexits.h: try later

COMMANDS = {
    "demo": "work",
    "serve": "work",
    "run": "work",
    "scan": "reading",
    "replay": "reading",
    "why": "archive",
    "report": "archive",
    "stories": "archive",
    "alerts": "archive",
    "feeds": "feeds",
    "topics": "topics",
    "db": "upkeep",
    "doctor": "upkeep",
}


class LazyGroup(click.Group):
    """Commands whose module is imported when they are called.

    `tocsin why` then does not pay for what `tocsin serve` needs.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the contract."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that is asked for."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"flows.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own type
        """Turn what can go wrong into a sentence and an exit status."""
        try:
            return super().invoke(ctx)
        except BusyError as error:
            click.echo(f"tocsin: {error}", err=True)
            ctx.exit(EX_TEMPFAIL)
        except MonitorError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="tocsin")
def main() -> None:
    """Watch the news for a desk: one message a development, never one an article."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
