"""The store, and what it knows of work: feeds, cycles, messages, channels."""

from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

from detectors.errors import MonitorError
from detectors.model import Channel, MessageState, RunKind
from flows import clock
from flows.doctor import cures
from flows.doctor.finding import Finding
from flows.errors import FetchError
from flows.settings import Settings
from flows.web.manners import manner
from storage.channels import ASKED_TO_WAIT
from storage.database import Store, UnitOfWork

SILENT_CYCLES = 3  # two missed, and the time of a third
LONG_DOUBT = timedelta(hours=1)  # doubt is settled within a cycle or two

_HELD = (
    "look into the channel; what is not there goes out with `tocsin alerts release ID`"
    " (`tocsin alerts list` shows the ids)"
)
_REFUSED = (
    "`tocsin alerts show ID` says why; please report it, a message should always fit"
)
_UNSET = (
    "set the variable, or the file, where Tocsin runs; or `tocsin feeds set ID --clear`"
)
_DOUBTFUL = "let the bot read the channel back: see the findings about it"


def look_at_store(
    settings: Settings, *, sound: Collection[str] = ()
) -> Iterator[Finding]:
    """Whether it can be opened and is sound, and whether work goes on.

    Args:
        settings: What says where it is.
        sound: Channels that were looked at just now, and are well.
    """
    try:
        store = Store.open(settings.database_url)
    except MonitorError as error:
        yield Finding(what="store", says=str(error), cure=_cure(error))
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
        now = clock.now()
        with store.unit(reading=True) as unit:
            yield from _feeds(unit)
            yield from _notices(unit)
            yield _cycle(unit, now, silent_after=SILENT_CYCLES * settings.poll_every)
            yield _messages(unit, now)
            for channel in unit.channels.closed():
                yield _closed(channel, now, is_mended=channel.name in sound)


def _cure(error: MonitorError) -> str:
    if "migrate" in error.detail:
        return "run `tocsin db migrate`"
    return "see that the database runs, and that TOCSIN_DATABASE_URL names it"


def _feeds(unit: UnitOfWork) -> Iterator[Finding]:
    feeds = unit.feeds.all()
    failing = [feed for feed in feeds if feed.failures]
    yield Finding(
        what="feeds",
        says=f"{len(feeds)} watched, {len(failing)} failing",
        cure="" if feeds else "add one: `tocsin feeds add URL --backfill 48h`",
    )
    for feed in feeds:
        try:
            manner(feed.wishes, feed.url)
        except FetchError as error:
            yield Finding(what=f"feed {feed.id}", says=error.detail, cure=_UNSET)


def _notices(unit: UnitOfWork) -> Iterator[Finding]:
    """What is wrong with sources, a finding each."""
    for notice in unit.notices.open():
        says = f"{notice.text} (since {notice.raised_at:%Y-%m-%d %H:%M} UTC)"
        cure = (
            "`tocsin feeds health` names them all, `tocsin feeds check ID` explains one"
        )
        yield Finding(what=notice.kind.value, says=says, cure=cure)


def _cycle(unit: UnitOfWork, now: datetime, *, silent_after: timedelta) -> Finding:
    last = unit.runs.last_finished(RunKind.CYCLE)
    ended_at = last.finished_at if last else None
    late = ended_at is None or now - ended_at > silent_after
    return Finding(
        what="cycle",
        says=f"last finished {ended_at:%Y-%m-%d %H:%M} UTC" if ended_at else "none yet",
        cure="start `tocsin serve`, or run `tocsin run` from cron" if late else "",
    )


def _messages(unit: UnitOfWork, now: datetime) -> Finding:
    counts = unit.outbox.counts()
    doubtful = unit.outbox.in_state(MessageState.UNKNOWN)
    long_ago = now - LONG_DOUBT
    todo = {
        _HELD: bool(counts.get(MessageState.HELD)),
        _REFUSED: bool(counts.get(MessageState.REFUSED)),
        _DOUBTFUL: any((each.started_at or now) < long_ago for each in doubtful),
    }
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    return Finding(
        what="alerts",
        says=told or "none yet",
        cure="; ".join(cure for cure, is_due in todo.items() if is_due),
    )


def _closed(channel: Channel, now: datetime, *, is_mended: bool) -> Finding:
    """A channel that took nothing the last time; one that asked to wait is well."""
    until, problem = channel.opens_at, channel.problem
    when = f"until {until:%H:%M} UTC" if until and until > now else "when last tried"
    told = partial(Finding, what=f"delivery to {channel.name}")
    if problem.startswith(ASKED_TO_WAIT):
        return told(says=f"nothing {when}: {problem}")
    if is_mended and cures.is_seen(problem):
        return told(
            says=f"nothing {when} ({problem}), but the channel is well now",
            cure="wait until then, or try at once: `tocsin run --force`",
        )
    return told(
        says=f"nothing {when}: {problem}", cure=cures.delivery(problem, channel.name)
    )
