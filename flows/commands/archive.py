"""What was decided and told: ``why``, ``alerts``, ``report``."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from detectors.errors import MonitorError
from detectors.model import Article, Decision, Message, MessageState
from flows import clock
from flows.commands.output import Duration, as_json, echo_json, echo_table, say, show
from flows.histories import in_words, with_proof
from flows.settings import load
from flows.why import Account, accounts
from flows.wiring import open_store

_PARTS = {
    "title": "title by",
    "published_at": "date by",
    "author": "author by",
    "language": "language by",
}
_ORIGINS = {
    "feed": "the feed",
    "page": "the page",
    "text": "its first words",
    "seen": "when it was seen",
}

RECENT = 50


class UnknownError(MonitorError):
    """No alert has that id."""

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
        _echo_context(account)
        return
    flags = ", ".join(account.article.flags)
    published = show(account.article.published_at)
    say(f"  article {account.article.id}, published {published} {flags}".rstrip())
    _echo_origins(account.article)
    if account.decision is None:
        say("  not decided on yet")
    else:
        _echo_decision(account.decision)
    _echo_context(account)


def _echo_origins(article: Article) -> None:
    """Who signed it, and where each of its parts came from."""
    if article.author:
        say(f"  signed {article.author}")
    if article.origins:
        parts = (f"{_PARTS[part]} {_ORIGINS[of]}" for part, of in article.origins)
        say(f"  {', '.join(parts)}")


def _echo_context(account: Account) -> None:
    """What would have tipped it, what was told before it, and what was told of it."""
    for tip in account.tipping:
        say(f"  would have alerted: {tip}")
    for story in account.stories:
        say(f"  story {story.id}: {story.headline}")
    for each in account.before:
        told, at = each.message, each.message.sent_at or each.message.decided_at
        value = f"{each.fact.slot} {each.fact.value}"
        say(f"  {value} was told by alert {told.id} ({told.channel}, {show(at)})")
    for ruling in account.rulings:
        say(f"  {in_words(ruling)}")
    for message in account.messages:
        when = show(message.sent_at)
        told_in = f"  told {message.channel}: {message.state} {when} {message.problem}"
        say(told_in.rstrip())


def _echo_decision(decision: Decision) -> None:
    if decision.version:
        say(f"  decided by {decision.version}")
    for line in decision.trace:
        say(f"  {line}")
    for verdict in decision.topics:
        if verdict.because:
            say(f"  words for {verdict.topic}: {', '.join(verdict.because)}")
        if verdict.nearest_exemplar:
            nearest = verdict.nearest_exemplar
            say(f"  nearest exemplar of {verdict.topic}: {nearest}")


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
    within = f" into alert {message.folded_into}" if message.folded_into else ""
    say(f"{message.state}{within}, attempt {message.attempt}{problem}")


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
        unit.outbox.put_back(message, problem="released by hand")
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
        "folded_into": message.folded_into,
        "developments": [with_proof(each) for each in message.alert.developments],
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
