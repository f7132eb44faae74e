"""The ``tocsin`` command: one line of help each, imported only when called."""

import importlib
import sys
from typing import Any

import click

from detectors.errors import MonitorError
from flows.errors import BusyError
from flows.logs import keep_to_lines

EX_TEMPFAIL = 75  # sysexits.h: try later

COMMANDS = {
    "demo": ("work", "An invented newsroom's day, watched by the real pipeline."),
    "serve": ("work", "The scheduled service, until it is stopped."),
    "run": ("work", "One whole cycle now, without any server."),
    "scan": ("reading", "What the detectors see in a document."),
    "replay": ("reading", "The detectors over a stream of articles."),
    "backtest": (
        "backtest",
        "The archive under other topics: what comes and goes.",
    ),
    "why": ("archive", "Every decision taken on one article."),
    "report": ("archive", "One page of stories, alerts and entries by outcome."),
    "stories": ("stories", "What is running: list, show, merge, split, reject, undo."),
    "alerts": ("archive", "What was told, and what waits: list, show, release."),
    "feeds": ("feeds", "What is watched: add, remove, list, import, export."),
    "topics": ("topics", "What is looked for: list, check."),
    "db": ("upkeep", "The store: migrate, check, backup, restore."),
    "doctor": ("upkeep", "Everything that can be wrong here, with its cure."),
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
        family, _ = COMMANDS[cmd_name]
        module = importlib.import_module(f"flows.commands.{family}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List every command without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own type
        """Turn what can go wrong into a sentence and an exit status."""
        try:
            return super().invoke(ctx)
        except BusyError as error:
            click.echo(f"tocsin: {error}", err=True)
            ctx.exit(EX_TEMPFAIL)
        except MonitorError as error:
            from flows.commands.output import harmless

            raise click.ClickException(harmless(str(error))) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="tocsin")
def main() -> None:
    """Watch the news for a desk: one message a development, never one an article."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    keep_to_lines()


if __name__ == "__main__":
    main()
