import io
from datetime import UTC, datetime

from rich.console import Console

from detectors.model import AlertKind, DevelopmentKind, Severity
from flows.posting import Absent, Dispatch, Sent
from flows.terminal import TerminalPoster, panel_of
from tests.flows.messages import alert, development, message


def printed(told, width=88):
    paper = io.StringIO()
    Console(width=width, file=paper, color_system=None).print(panel_of(told))
    return paper.getvalue()


def test_an_update_is_printed_as_one_readable_panel():
    rise = development(
        "killed",
        4,
        6,
        DevelopmentKind.CHANGE,
        quote="Six people died, the harbour master said.",
        attribution="the harbour master",
    )
    children = development("children_killed", None, 2)
    told = message(
        alert(rise, children, kind=AlertKind.UPDATE, severity=Severity.CRITICAL),
        thread_ts="1.2",
    )
    assert printed(told, width=72) == (
        "╭─  UPDATE  critical · Quay fires ─────────────────────────────────────╮\n"
        "│ Grain silo burns at the northern quay                                │\n"
        "│ killed           4 → 6 (+2), says the harbour master                 │\n"
        "│ children killed  2                                                   │\n"
        "│                                                                      │\n"
        "│ “Six people died, the harbour master said.”                          │\n"
        "│                                                                      │\n"
        "│ Meridian Wire · Four dead as silo burns                              │\n"
        "│ https://meridian.test/silo?page=1&from=feed                          │\n"
        "│ 1 source: Meridian Wire                                              │\n"
        "╰────────────────── #tocsin · reply in thread · 06:40 UTC, 1 Mar 2026 ─╯\n"
    )


def test_text_from_outside_is_no_markup_and_no_escape_sequence():
    told = message(
        headline="[red]x[/red] [link=https://evil.test]y[/link] \x1b[31mz",
        article_title="[/]",
    )
    text = printed(told)
    assert "[red]x[/red] [link=https://evil.test]y[/link] [31mz" in text
    assert "\x1b" not in text


def test_a_narrow_terminal_wraps_instead_of_losing_words():
    text = printed(message(), width=40)
    assert max(len(line) for line in text.splitlines()) == 40
    assert "northern" in text


async def test_what_was_printed_counts_as_sent():
    paper = io.StringIO()
    poster = TerminalPoster(Console(width=88, file=paper))
    assert await poster.post(Dispatch(message=message(id=7))) == Sent(ts="terminal-7")
    assert "Grain silo" in paper.getvalue()


async def test_a_terminal_is_not_read_back():
    poster = TerminalPoster(Console(file=io.StringIO()))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert await poster.look(message(), since=at) == Absent()
