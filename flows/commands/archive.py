"""What was decided and told: ``why``, ``stories``, ``alerts``, ``report``."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from detectors.errors import MonitorError
from detectors.model import Decision, Development, Message, MessageState, Story
from detectors.streams import development_record
from flows import clock
from flows.commands.output import Duration, as_json, echo_json, echo_table, say, show
from flows.settings import load
from flows.why import Account, accounts
from flows.wiring import open_store
from flows.wording import counted
from storage.database import UnitOfWork

RECENT = 50


class UnknownError(MonitorError):
    """No story or alert has that id."""

    what = "not known"


@click.command("why")
@click.argument("url_or_id", metavar="URL-OR-ID")
@as_json
def why_command(url_or_id: str, *, as_json: bool) -> None:
    """Tell every decision taken on one article, also a silent one."""
    with closing(open_store(load())) as store:
        found = accounts(store, url_or_id)
    for account in found:
        if as_json:
            echo_json(account.record())
        else:
            _echo_account(account)


def _echo_account(account: Account) -> None:
    first = account.article or account.entries[0]
    say(first.title or first.url, bold=True)
    say(f"{first.url}  [{first.source}]")
    for entry in account.entries:
        because = f" - {entry.reason}" if entry.reason else ""
        word = entry.outcome or "pending"
        say(f"  entry {entry.id}, seen {show(entry.seen_at)}: {word}{because}")
    if account.article is None:
        say("  its page was not read")
        return
    flags = ", ".join(account.article.flags)
    published = show(account.article.published_at)
    say(f"  article {account.article.id}, published {published} {flags}".rstrip())
    if account.decision is None:
        say("  not decided on yet")
    else:
        _echo_decision(account.decision)
    for message in account.messages:
        when = show(message.sent_at)
        told = f"  told {message.channel}: {message.state} {when} {message.problem}"
        say(told.rstrip())


def _echo_decision(decision: Decision) -> None:
    for line in decision.trace:
        say(f"  {line}")
    for verdict in decision.topics:
        if verdict.because:
            say(f"  words for {verdict.topic}: {', '.join(verdict.because)}")
        if verdict.nearest_exemplar:
            nearest = verdict.nearest_exemplar
            say(f"  nearest exemplar of {verdict.topic}: {nearest}")


@click.group("stories")
def stories_command() -> None:
    """Look at the running stories."""


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
        echo_json([_story_record(story) for story in chosen])
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
    """Show one story: its developments, each with the words that prove it."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        story = unit.stories.get(story_id)
        if story is None:
            raise UnknownError(story_id, "no such story")
        record = _whole_story(unit, story)
    if as_json:
        echo_json(record)
        return
    say(story.headline, bold=True)
    articles = counted(story.articles, "article")
    say(f"{story.topic}, {articles}, sources: {', '.join(story.sources)}")
    for each in record["developments"]:
        old = f"{each['old']} → " if each["old"] is not None else ""
        say(
            f"  {each['at'][:16]}  {each['kind']:12} {each['slot']}: {old}{each['new']}"
        )
        say(f"      “{each['quote']}” ({each['article']})")


def _story_record(story: Story) -> dict[str, Any]:
    return {
        "id": story.id,
        "topic": story.topic,
        "headline": story.headline,
        "opened_at": story.opened_at.isoformat(),
        "changed_at": story.changed_at.isoformat(),
        "articles": story.articles,
        "sources": list(story.sources),
        "told_at": story.told_at.isoformat() if story.told_at else None,
    }


def _whole_story(unit: UnitOfWork, story: Story) -> dict[str, Any]:
    return {
        **_story_record(story),
        "members": list(unit.stories.members(story.id)),
        "developments": [
            {
                "at": told.developed_at.isoformat(),
                "article": told.article_id,
                **_with_proof(told.development),
            }
            for told in unit.stories.developments(story.id)
        ],
    }


def _with_proof(development: Development) -> dict[str, Any]:
    return {
        **development_record(development),
        "quote": development.quote,
        "attribution": development.attribution,
    }


@click.group("alerts")
def alerts_command() -> None:
    """Look at what was told, and what waits."""


@alerts_command.command("list")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=RECENT,
    show_default=True,
    help="How many at the most.",
)
@as_json
def list_alerts(limit: int, *, as_json: bool) -> None:
    """Show the last alerts, the latest first."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        messages = unit.outbox.recent(limit)
    if as_json:
        echo_json([_message_record(message) for message in messages])
        return
    echo_table(
        "",
        (
            "alert",
            "decided",
            "state",
            "kind",
            "severity",
            "channel",
            "headline",
            "what",
        ),
        (
            (
                m.id,
                m.decided_at,
                m.state,
                m.alert.kind,
                m.alert.severity,
                m.channel,
                m.headline,
                m.alert.reason,
            )
            for m in messages
        ),
    )


@alerts_command.command("show")
@click.argument("alert_id", metavar="ALERT", type=int)
@as_json
def show_alert(alert_id: int, *, as_json: bool) -> None:
    """Show one alert as it looks, and how far it has come."""
    with closing(open_store(load())) as store, store.unit(reading=True) as unit:
        message = unit.outbox.get(alert_id)
    if message is None:
        raise UnknownError(str(alert_id), "no such alert")
    if as_json:
        echo_json(_message_record(message))
        return
    from rich.console import Console

    from flows.terminal import panel_of

    Console().print(panel_of(message))
    problem = f": {message.problem}" if message.problem else ""
    say(f"{message.state}, attempt {message.attempt}{problem}")


@alerts_command.command("release")
@click.argument("alert_id", metavar="ALERT", type=int)
def release_alert(alert_id: int) -> None:
    """Send an alert that is held or was refused, once somebody has looked.

    A held alert may stand in its channel already: look there first.
    """
    with closing(open_store(load())) as store, store.unit() as unit:
        message = unit.outbox.get(alert_id)
        if message is None:
            raise UnknownError(str(alert_id), "no such alert")
        if message.state not in (MessageState.HELD, MessageState.REFUSED):
            raise UnknownError(str(alert_id), f"it is {message.state}, not held")
        unit.outbox.put_back(message, not_before_at=None, problem="released by hand")
    click.echo(f"alert {alert_id} goes out with the next run")


def _message_record(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "channel": message.channel,
        "state": message.state.value,
        "topic": message.alert.topic,
        "story": message.alert.story,
        "kind": message.alert.kind.value,
        "severity": message.alert.severity.value,
        "headline": message.headline,
        "article": message.article_id,
        "url": message.url,
        "decided_at": message.decided_at.isoformat(),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "attempt": message.attempt,
        "problem": message.problem,
        "developments": [_with_proof(each) for each in message.alert.developments],
        "sources": list(message.alert.sources),
    }


@click.command("report")
@click.option(
    "--since",
    type=Duration(),
    default="7d",
    show_default=True,
    help="How far back it goes, as 48h.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="tocsin-report.html",
    show_default=True,
    help="The file that it is written to.",
)
def report_command(since: timedelta, out: Path) -> None:
    """Write one self-contained page: stories, alerts, entries by outcome."""
    from flows.report import write_report

    with closing(open_store(load())) as store:
        write_report(store, out, since=clock.now() - since, now=clock.now())
    say(f"wrote {out}")
