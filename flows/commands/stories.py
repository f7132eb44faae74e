"""``tocsin stories``: what is running, and what a person rules on it by hand."""

import getpass
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from detectors.corroboration import spread
from detectors.model import Claim, Development, FactValue
from detectors.slots import SLOTS, is_number
from flows import clock
from flows.commands.output import (
    Duration,
    as_json,
    echo_json,
    echo_table,
    harmless,
    say,
    show,
)
from flows.histories import (
    History,
    history,
    in_words,
    ruling_record,
    story_record,
    with_proof,
)
from flows.leases import by_hand
from flows.settings import load
from flows.wiring import open_store
from flows.wording import changes_in, counted, slot_name, value_name

if TYPE_CHECKING:
    from flows.ruled import Clerk, Ruled
    from storage.database import UnitOfWork

_WORDS = {"true": True, "false": False}


@click.group("stories")
def stories_command() -> None:
    """Look at the running stories, and set right by hand what went wrong."""


@stories_command.command("list")
@click.option("--topic", help="Only this topic's.")
@click.option("--since", type=Duration(), help="Only those that changed since, as 48h.")
@as_json
def list_stories(topic: str | None, since: timedelta | None, *, as_json: bool) -> None:
    """Show every story, the last changed first."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        found = unit.stories.all(clock.now() - since if since else None)
    chosen = [story for story in found if topic in (None, story.topic)]
    chosen.sort(key=lambda story: story.changed_at, reverse=True)
    if as_json:
        echo_json([story_record(story) for story in chosen])
        return
    echo_table(
        "",
        ("story", "topic", "headline", "articles", "sources", "changed"),
        (
            (s.id, s.topic, s.headline, s.articles, len(s.sources), s.changed_at)
            for s in chosen
        ),
    )


@stories_command.command("show")
@click.argument("story_id", metavar="STORY")
@as_json
def show_story(story_id: str, *, as_json: bool) -> None:
    """Show one story: its state, and every claim with the words that prove it."""
    from flows.ruled import RulingError

    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        story = unit.stories.get(story_id)
        if story is None:
            raise RulingError(story_id, "no such story")
        found = history(unit, story)
    if as_json:
        echo_json(found.record())
    else:
        _echo_history(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    """How a ruling is made: why, by whom, and how it is answered."""

    reason: str
    by: str
    as_json: bool


def _by_hand(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what every ruling says of itself, as its ``manner``."""

    @as_json
    @click.option("--by", default=getpass.getuser, help="Who rules; you, if not given.")
    @click.option("--reason", required=True, help="Why; told where the story was told.")
    @wraps(command)
    def ruled(*, reason: str, by: str, as_json: bool, **given: Any) -> None:  # noqa: ANN401  # click's own
        command(**given, manner=_Manner(reason=reason, by=by, as_json=as_json))

    return ruled


@stories_command.command("reject")
@click.argument("story_id", metavar="STORY")
@click.argument("slot", type=click.Choice(SLOTS))
@click.argument("value")
@click.option("--article", help="Only this article's claim, not everybody's.")
@_by_hand
def reject_claim(
    story_id: str,
    slot: str,
    value: str,
    article: str | None,
    *,
    manner: _Manner,
) -> None:
    """Strike a wrong value out of a story, and take back what was told of it."""
    from flows import rulings

    _rule(
        lambda unit, clerk: rulings.reject(
            unit, clerk, story_id, slot, _value(slot, value), article_id=article
        ),
        manner,
    )


@stories_command.command("merge")
@click.argument("story_ids", metavar="STORY STORY", nargs=2)
@_by_hand
def merge_stories(story_ids: Sequence[str], *, manner: _Manner) -> None:
    """Let two stories go on as one: the one that was told, or opened, first."""
    from flows import rulings

    _rule(
        lambda unit, clerk: rulings.merge(unit, clerk, story_ids),
        manner,
    )


@stories_command.command("split")
@click.argument("story_id", metavar="STORY")
@click.argument("articles", metavar="ARTICLE...", nargs=-1, required=True)
@_by_hand
def split_story(story_id: str, articles: Sequence[str], *, manner: _Manner) -> None:
    """Take articles out of a story, into one of their own."""
    from flows import rulings

    _rule(
        lambda unit, clerk: rulings.split(unit, clerk, story_id, articles),
        manner,
    )


@stories_command.command("undo")
@click.argument("number", metavar="RULING", type=click.IntRange(1))
@_by_hand
def undo_ruling(number: int, *, manner: _Manner) -> None:
    """Take a ruling back; `stories show` names them."""
    from flows import rulings

    _rule(
        lambda unit, clerk: rulings.undo(unit, clerk, number),
        manner,
    )


def _rule(make: "Callable[[UnitOfWork, Clerk], Ruled]", manner: _Manner) -> None:
    """Make a ruling while no cycle is at work, and say what came of it."""
    from flows.desk import Desk
    from flows.ruled import Clerk
    from flows.seeds import load_seeds

    settings = load()
    seeds = load_seeds(settings.topics, home=settings.home, meaning=settings.meaning)
    desk = Desk(seeds=seeds, channel=settings.slack_channel)
    with closing(open_store(settings)) as store, by_hand(store, clock.now):
        clerk = Clerk(desk=desk, by=manner.by, reason=manner.reason, now=clock.now())
        with store.unit() as unit:
            ruled = make(unit, clerk)
    if manner.as_json:
        echo_json(
            {
                **ruling_record(ruled.ruling),
                "changes": [with_proof(each) for each in ruled.changes],
                "messages": ruled.messages,
            }
        )
        return
    say(in_words(ruled.ruling))
    for change in changes_in(ruled.changes):
        say(f"  {change.what}: {change.moved}")
    say(f"{counted(ruled.messages, 'message')} to go out with the next run")


def _value(slot: str, written: str) -> FactValue:
    """A value as the ledger has it: a number, true, or words."""
    if not is_number(slot):
        return written
    if written.lower() in _WORDS:
        return _WORDS[written.lower()]
    try:
        return int(written.replace(",", ""))
    except ValueError as error:
        raise click.BadParameter(f"{slot} holds numbers, not {written!r}") from error


def _echo_history(found: History) -> None:
    story = found.story
    say(story.headline, bold=True)
    articles = counted(story.articles, "article")
    say(f"{story.topic}, {articles}, sources: {', '.join(story.sources)}")
    if story.merged_into:
        say(f"goes on in {story.merged_into}")
    for ended in found.ended:
        say(f"with {ended}, which goes on here")
    for slot, values in found.state().items():
        told = ", ".join(value_name(slot, value) for value in values)
        say(f"  {slot_name(slot)}: {told}{_spread(found, slot)}")
    for ruling in found.rulings:
        say(f"  {in_words(ruling)}")
    _echo_ledger(found)


def _echo_ledger(found: History) -> None:
    """Every claim with what it changed, then what people changed by hand."""
    changes = {
        (each.article_id, each.development.slot, each.development.new): each.development
        for each in found.course
    }
    for claim in found.claims:
        change = changes.pop((claim.article_id, claim.slot, claim.value), None)
        _echo_claim(found, claim, change)
    for change in changes.values():
        new = "taken back" if change.new is None else change.new
        old = f"{change.old} → " if change.old is not None else ""
        by = f", says {change.attribution}" if change.attribution else ""
        say(f"  {'':16}  {change.kind:12} {change.slot}: {old}{new}{by}")
        say(f"      “{change.quote}”")


def _spread(found: History, slot: str) -> str:
    ends = spread(found.claims).get(slot)
    return f" (sources differ: {ends[0]} to {ends[1]})" if ends else ""


def _echo_claim(found: History, claim: Claim, change: Development | None) -> None:
    """One line of the ledger, struck through where it no longer stands."""
    kind = change.kind if change else ""
    old = f"{change.old} → " if change and change.old is not None else ""
    firm = "" if claim.certainty == "asserted" else f", {claim.certainty}"
    says = f", says {claim.attribution}" if claim.attribution else ""
    line = (
        f"  {show(claim.claimed_at)}  {kind:12} "
        f"{claim.slot}: {old}{claim.value}{firm}{says}"
        f"  [{found.source(claim.article_id)}, {claim.article_id}]"
    )
    if claim.stands:
        say(line)
    else:
        click.secho(harmless(line), strikethrough=True)
        ruling = found.ruling(claim)
        if ruling:
            say(f"      struck out by {ruling.made_by}: {ruling.reason}")
    say(f"      “{claim.quote}”")
