"""Everything that can be wrong with an installation, each with its cure."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from detectors.errors import MonitorError
from detectors.model import MessageState, RunKind
from flows import clock
from flows.settings import Settings
from flows.wording import counted
from storage.database import Store

_SLACK_CURE = "create a Slack app from deploy/slack-app.yaml and set SLACK_BOT_TOKEN"
_STUCK = (MessageState.HELD, MessageState.REFUSED)  # wait for a person
RECENT = 1000  # messages that are looked at
SILENT_CYCLES = 3  # two missed, and the time of a third


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; ``cure`` is empty where nothing is wrong."""

    what: str
    says: str
    cure: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.cure

    def record(self) -> dict[str, Any]:
        """As ``tocsin doctor --json`` prints it."""
        return {
            "what": self.what,
            "sound": self.is_sound,
            "says": self.says,
            "cure": self.cure,
        }


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; a check that fails is a finding, never an error."""
    return (
        _home(settings),
        *_store(settings),
        _seeds(settings),
        _meaning(settings),
        _slack(settings),
        _contact(settings),
    )


def _home(settings: Settings) -> Finding:
    home = settings.home
    nearest = next(path for path in (home, *home.parents) if path.exists())
    if os.access(nearest, os.W_OK):
        return Finding(what="data directory", says=f"{home} can be written")
    return Finding(
        what="data directory",
        says=f"{home} cannot be written",
        cure="set TOCSIN_HOME to a folder of this user's, or give this user the folder",
    )


def _store(settings: Settings) -> Iterator[Finding]:
    try:
        store = Store.open(settings.database_url)
    except MonitorError as error:
        yield Finding(what="store", says=str(error), cure=_store_cure(error))
        return
    with closing(store):
        problems = store.check()
        yield Finding(
            what="store",
            says="; ".join(problems) or f"{store.url} is sound",
            cure="restore the last backup; `tocsin db check` says more"
            if problems
            else "",
        )
        yield from _work(store, silent_after=SILENT_CYCLES * settings.poll_every)


def _store_cure(error: MonitorError) -> str:
    if "migrate" in error.detail:
        return "run `tocsin db migrate`"
    return "see that the database runs, and that TOCSIN_DATABASE_URL names it"


def _work(store: Store, *, silent_after: timedelta) -> Iterator[Finding]:
    now = clock.now()
    with store.unit(reading=True) as unit:
        feeds = unit.feeds.all()
        last = unit.runs.last_finished(RunKind.CYCLE)
        held = [m for m in unit.outbox.recent(RECENT) if m.state in _STUCK]
    failing = [feed for feed in feeds if feed.failures]
    yield Finding(
        what="feeds",
        says=f"{len(feeds)} watched, {len(failing)} failing",
        cure="" if feeds else "add one: `tocsin feeds add URL`",
    )
    ended_at = last.finished_at if last else None
    late = ended_at is None or now - ended_at > silent_after
    says = f"last finished {ended_at:%Y-%m-%d %H:%M} UTC" if ended_at else "none yet"
    yield Finding(
        what="cycle",
        says=says,
        cure="start `tocsin serve`, or run `tocsin run` from cron" if late else "",
    )
    yield Finding(
        what="alerts",
        says=f"{len(held)} held or refused",
        cure="see `tocsin alerts list`, then deploy/RUNBOOK.md" if held else "",
    )


def _seeds(settings: Settings) -> Finding:
    from flows.seeds import load_seeds

    try:
        seeds = load_seeds(settings.topics)
    except MonitorError as error:
        return Finding(what="topics", says=str(error), cure="run `tocsin topics check`")
    return Finding(
        what="topics",
        says=f"{counted(len(seeds.topics), 'topic')},"
        f" {counted(len(seeds.lexicons), 'language')}",
    )


def _meaning(settings: Settings) -> Finding:
    if not settings.meaning:
        return Finding(what="meaning", says="off: topics are known by their words")
    from flows.meaning import CURE, load_encoder

    try:
        encoder = load_encoder()
    except MonitorError as error:
        return Finding(what="meaning", says=str(error), cure=CURE)
    return Finding(what="meaning", says=f"read by the encoder {encoder.digest}")


def _slack(settings: Settings) -> Finding:
    if settings.slack_bot_token is not None:
        return _token(settings, settings.slack_bot_token)
    if settings.slack_webhook_url is not None:
        return Finding(
            what="Slack",
            says="only a webhook is set: no threads, and doubt cannot be settled",
            cure=_SLACK_CURE,
        )
    return Finding(
        what="Slack",
        says="not set: alerts are printed to the terminal",
        cure=_SLACK_CURE,
    )


def _token(settings: Settings, token: SecretStr) -> Finding:
    from flows.slack.client import SlackPoster

    poster = SlackPoster(token.get_secret_value(), base_url=settings.slack_base_url)
    standing = asyncio.run(poster.standing())
    if not standing.problem:
        return Finding(what="Slack", says=f"speaks as {standing.speaks_for}")
    return Finding(
        what="Slack",
        says=f"the token does not work: {standing.problem}",
        cure="install the app again and set SLACK_BOT_TOKEN; see deploy/RUNBOOK.md",
    )


def _contact(settings: Settings) -> Finding:
    if settings.contact:
        return Finding(what="contact", says=f"{settings.contact} in the User-Agent")
    return Finding(
        what="contact",
        says="publishers cannot tell who polls them",
        cure="set TOCSIN_CONTACT to an e-mail address or a page",
    )
