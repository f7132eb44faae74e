import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from flows.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CONTRIBUTING.md", "deploy/RUNBOOK.md", "seeds/README.md")


def commands(
    group: click.Group, *path: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


ALL = dict(commands(main))
EACH = [pytest.param(path, ALL[path], id=" ".join(path)) for path in ALL]


@pytest.mark.parametrize(("path", "command"), EACH)
def test_every_command_has_help_and_stands_in_the_readme(path, command):
    assert (command.help or "").strip()
    (row,) = re.findall(rf"^\| `tocsin {path[0]}` \|.*$", README, re.MULTILINE)
    assert all(f"`{word}`" in row for word in path[1:])


@pytest.mark.parametrize(("path", "command"), EACH)
def test_every_option_says_what_it_does(path, command):
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or "").strip()] == []


def test_the_readme_names_no_command_that_there_is_not():
    assert re.findall(r"^\| `tocsin (\w+)` \|", README, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_type_can_be_typed(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for line in re.findall(r"\btocsin ((?:[a-z][a-z-]*|--[a-z-]+)(?: [^`\n]*)?)", text):
        words = line.split("#")[0].split()
        if words[0] not in COMMANDS:
            continue
        path = (words[0],)
        while (longer := (*path, *words[len(path) :][:1])) in ALL and longer != path:
            path = longer
        known = {option for one in ALL[path].params for option in one.opts}
        asked = {word.strip("`,.;)") for word in words if word.startswith("--")}
        assert asked <= known, line
