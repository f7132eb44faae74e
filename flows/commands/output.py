"""What commands share: results to standard output, all else to standard error."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from detectors.durations import parse_duration

PIPE_WIDTH = 10_000  # a program that reads a table wants no line broken

as_json = click.option("--json", "as_json", is_flag=True, help="Print only JSON.")
topics_option = click.option(
    "--topics",
    type=click.Path(exists=True, path_type=Path),
    help="A folder of topic files, or one file.",
)


class Duration(click.ParamType[timedelta]):
    """A length of time such as ``48h``, ``30d`` or ``90m``."""

    name = "duration"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own type
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> timedelta:
        """Read ``48h``; fail as wrong usage otherwise."""
        if isinstance(value, timedelta):
            return value
        length = parse_duration(str(value))
        if length is None:
            self.fail(f"{value!r} is no duration; write 90m, 48h or 30d", param, ctx)
        return length


def harmless(text: str) -> str:
    r"""``text`` with blanks for all that could steer a terminal or turn text around.

    >>> harmless("Six dead\x1b[2J\u202e")
    'Six dead [2J '
    """
    return "".join(sign if sign.isprintable() else " " for sign in text)


def say(line: str, *, nl: bool = True, bold: bool = False) -> None:
    """Print one line for people, whatever stands in it."""
    click.secho(harmless(line), nl=nl, bold=bold)


def echo_json(record: Any) -> None:  # noqa: ANN401  # whatever json can write
    """Print one record as one line."""
    click.echo(json.dumps(record, ensure_ascii=False))


def echo_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print rows for people; nothing in them is taken as markup."""
    table = Table(title=title or None, title_justify="left", pad_edge=False, box=None)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(show(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    console.print(table)


def show(value: object) -> str:
    """A value for a table: times to the minute in UTC, nothing for None.

    >>> show(None), show(3)
    ('', '3')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return harmless(str(value))


def warn(sentence: str) -> None:
    """Say something to a person without disturbing a program."""
    click.echo(harmless(f"tocsin: {sentence}"), err=True)


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error for long work; none when that is no terminal.

    Yields what is to be called once for each that is done.
    """
    console = Console(stderr=True)
    if not console.is_terminal or total <= 1:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """Show which stage of a cycle is at work; nothing where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("starting") as status:
        yield status.update
