"""``tocsin topics``: what the desk looks for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detectors.errors import SeedError, SeedErrors
from flows.commands.output import as_json, echo_json, echo_table, say, topics_option
from flows.seeds import load_owners, load_topics
from flows.settings import load
from flows.wording import counted

if TYPE_CHECKING:
    from detectors.model import Topic


@click.group("topics")
def topics_command() -> None:
    """Look at the seed topics, and check them."""


@topics_command.command("list")
@topics_option
@as_json
def list_topics(topics: Path | None, *, as_json: bool) -> None:
    """Show every topic: its id, title, slots and channel."""
    found = load_topics(topics or load().topics)
    if as_json:
        echo_json(
            [
                {
                    "id": topic.id,
                    "title": topic.title,
                    "languages": list(topic.languages),
                    "slots": list(topic.slots),
                    "exemplars": len(topic.exemplars),
                    "channel": topic.alert.channel,
                }
                for topic in found
            ]
        )
        return
    echo_table(
        "",
        ("topic", "title", "exemplars", "slots", "channel"),
        (
            (
                topic.id,
                topic.title,
                len(topic.exemplars),
                ", ".join(topic.slots),
                topic.alert.channel or "(default)",
            )
            for topic in found
        ),
    )


@topics_command.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@as_json
def check(path: Path | None, *, as_json: bool) -> None:
    """Name file, line and key of every mistake in the topic files.

    The owners.yaml that stands beside them is checked too. PATH is a file or a folder;
    the configured topics unless given.
    """
    place = path or load().topics
    found: tuple[Topic, ...] = ()
    mistakes: tuple[SeedError, ...] = ()
    try:
        found = load_topics(place)
        load_owners(place)
    except SeedErrors as errors:
        mistakes = errors.mistakes
    except SeedError as error:
        mistakes = (error,)
    if as_json:
        echo_json(
            {
                "topics": [topic.id for topic in found],
                "mistakes": [
                    {"where": each.subject, "what": each.detail} for each in mistakes
                ],
            }
        )
    for each in () if as_json else mistakes:
        say(f"{each.subject}: {each.detail}")
    if mistakes:
        told = counted(len(mistakes), "mistake")
        raise click.ClickException(f"{told} in the topic files")
    if not as_json:
        say(f"{counted(len(found), 'topic')}, no mistake")
