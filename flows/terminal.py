"""The same message for a terminal, where no Slack is set up."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from detectors.model import Message, Severity
from detectors.overviews import Overview
from flows.posting import (
    Absent,
    Dispatch,
    EditResult,
    LookResult,
    NotTaken,
    Obstacle,
    PostResult,
    Sent,
)
from flows.wording import Change, Wording, in_utc, words_of

MAX_WIDTH = 88
MAX_QUOTES = 3
_COLOURS = {
    Severity.CRITICAL: "red",
    Severity.MAJOR: "yellow",
    Severity.NOTICE: "cyan",
}
_LABEL_STYLES = {
    "NEW": "bold black on green",
    "UPDATE": "bold white on blue",
    "CORRECTION": "bold white on magenta",
    "CONFLICT": "bold black on yellow",
    "CONFIRMED": "bold black on cyan",
    "NOTICE": "bold white on grey37",
    "RECOVERED": "bold black on green",
}


def panel_of(message: Message) -> Panel:
    """Draw ``message``; text from outside is never read as markup."""
    words = words_of(message)
    parts: list[RenderableType] = [
        Text(words.headline, style="bold"),
        _changes(words.changes),
        *(
            Padding(Text(f"“{quoted}”", style="italic"), (1, 0, 0, 0))
            for quoted in words.quotes[:MAX_QUOTES]
        ),
        Padding(_origin(words), (1, 0, 0, 0)),
    ]
    return Panel(
        Group(*parts),
        title=_title(words),
        title_align="left",
        subtitle=Text(_place(message, words), style="dim"),
        subtitle_align="right",
        border_style=_COLOURS[words.severity],
        padding=(0, 1),
    )


def show_message(console: Console, message: Message) -> None:
    """Print ``message``, no wider than is good to read."""
    console.print(panel_of(message), width=min(MAX_WIDTH, console.width))


class TerminalPoster:
    """Prints messages; what was printed counts as sent."""

    pace = timedelta(0)
    window = timedelta(0)  # nothing to wait for: a message cut short prints again
    reads = False
    edits = False

    def __init__(self, console: Console) -> None:
        """Print to ``console``."""
        self._console = console

    @property
    def addresses(self) -> Mapping[str, str]:
        """There is one terminal."""
        return {}

    def know(self, addresses: Mapping[str, str]) -> None:
        """There is one terminal."""

    async def post(self, dispatch: Dispatch, *, plain: bool = False) -> PostResult:
        """Print it, and after it what is told by it as well: paper costs nothing."""
        del plain
        for message in (dispatch.message, *dispatch.folded):
            show_message(self._console, message)
        return Sent(ts=f"terminal-{dispatch.message.id}")

    async def edit(self, channel: str, ts: str, overview: Overview) -> EditResult:
        """What is printed stays."""
        del channel, ts, overview
        return NotTaken(obstacle=Obstacle.FROZEN, reason="what is printed stays")

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """Nobody can read a terminal back: a message cut short is printed again."""
        del message, since
        return Absent()

    async def told(self, channel: str, *, since: datetime) -> tuple[str, ...]:
        """Nobody can read a terminal back."""
        del channel, since
        return ()


def _title(words: Wording) -> Text:
    """Kind, severity and topic, as the panel's upper edge."""
    title = Text()
    title.append(f" {words.label} ", style=_LABEL_STYLES[words.label])
    title.append(f" {words.severity} ", style=f"bold {_COLOURS[words.severity]}")
    title.append(f"· {words.topic}")
    return title


def _changes(changes: tuple[Change, ...]) -> Table:
    """What changed, in two columns."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="left", style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for change in changes:
        told = Text()
        if change.old:
            told.append(f"{change.old} → ")
        told.append(change.new, style="bold")
        if change.step:
            told.append(f" ({change.step})", style="bold")
        if change.aside:
            told.append(f", {change.aside}", style="dim")
        grid.add_row(Text(change.what), told)
    return grid


def _origin(words: Wording) -> Text:
    """Where it was read, and how many tell it."""
    origin = Text(style="dim", overflow="fold")
    origin.append(" · ".join(filter(None, (words.source, words.title))))
    if words.link:
        origin.append(f"\n{words.link}", style=f"link {words.link}")
    for line in filter(None, (words.sources, words.ruled)):
        origin.append(f"\n{line}")
    return origin


def _place(message: Message, words: Wording) -> str:
    """The channel, whether it answers in a thread, and when it was decided."""
    thread = "reply in thread" if words.reply else "new thread"
    return f"{message.channel} · {thread} · {in_utc(words.told_at)}"
