"""One self-contained page: what was told, what runs, and why the rest was silent.

Everything on the page comes from the store, gathered in one place; it loads nothing,
runs nothing, and escapes whatever came from outside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from detectors.errors import without_secrets
from detectors.health import Health, healths
from detectors.model import (
    Bound,
    Claim,
    Entry,
    Message,
    MessageState,
    Outcome,
    Run,
    RunKind,
    Story,
)
from flows.files import write_file
from flows.histories import History, history, in_words
from flows.templating import open_templates
from flows.wording import (
    changes_in,
    quotes_of,
    safe_url,
    shown,
    slot_name,
    value_name,
    words_of,
)

if TYPE_CHECKING:
    from storage.database import Store, UnitOfWork

MOST_ALERTS = 500
MOST_ENTRIES = 200  # of each outcome; the rest is counted

MEANINGS: Mapping[Outcome, str] = {
    Outcome.ALERTED: "made us speak",
    Outcome.HELD: "decided, but kept back",
    Outcome.WAITING: "waits for a second source or for more to come",
    Outcome.KNOWN: "on a topic, and says nothing new",
    Outcome.IMMATERIAL: "new, but not what the topic calls material",
    Outcome.STALE: "an older state of things, arriving late",
    Outcome.SILENCED: "its story is silenced",
    Outcome.DUPLICATE: "repeats copy that was seen before",
    Outcome.REVISION: "the same article, asked again",
    Outcome.OFF_TOPIC: "matches no topic",
    Outcome.UNREADABLE_LANGUAGE: "in a language that is not read",
    Outcome.BASELINE: "stood in the feed when it was added",
    Outcome.QUARANTINED: "one of too many at once",
    Outcome.FAILED: "could not be read",
}

_TOLD = (MessageState.SENT, MessageState.FOLDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTold:
    """A story with its whole history, under its topic's title."""

    topic: str
    history: History

    @property
    def story(self) -> Story:
        """The story as it is now."""
        return self.history.story

    @property
    def alerts(self) -> tuple[Message, ...]:
        """What was told of it."""
        return self.history.alerts

    @property
    def told_by(self) -> frozenset[str]:
        """Ids of the articles that made us speak of it."""
        told = (message.article_id for message in self.alerts)
        return frozenset(article for article in told if article is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTold:
    """Entries that ended alike: how many, and the last of them."""

    word: str
    meaning: str
    count: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that stands on the page."""

    since: datetime
    now: datetime
    stories: tuple[StoryTold, ...]
    alerts: tuple[Message, ...]
    outcomes: tuple[OutcomeTold, ...]
    feeds: tuple[Health, ...]
    last_cycle: Run | None

    @property
    def entries(self) -> int:
        """How many entries were seen: the outcomes and what is pending."""
        return sum(told.count for told in self.outcomes)

    @property
    def unhealthy(self) -> int:
        """How many feeds need somebody to look at them."""
        return sum(not told.is_well for told in self.feeds)

    @property
    def unsent(self) -> int:
        """How many alerts do not stand in their channel."""
        return sum(each.state not in _TOLD for each in self.alerts)


def write_report(store: "Store", out: Path, *, since: datetime, now: datetime) -> None:
    """Write the page about everything since ``since`` to the file ``out``.

    Raises:
        FileError: It cannot be written.
    """
    page = render_report(gather_report(store, since=since, now=now))
    write_file(out, page.encode())


def gather_report(store: "Store", *, since: datetime, now: datetime) -> Report:
    """Read all that the page shows, in one look at the store."""
    with store.unit(reading=True) as unit:
        alerts = tuple(
            message
            for message in unit.outbox.recent(MOST_ALERTS)
            if message.decided_at >= since
        )
        titles = {message.alert.topic: message.topic_title for message in alerts}
        stories = (_story(unit, story, titles) for story in unit.stories.all(since))
        return Report(
            since=since,
            now=now,
            stories=tuple(sorted(stories, key=_latest_and_told, reverse=True)),
            alerts=alerts,
            outcomes=tuple(_outcomes(unit, since)),
            feeds=healths(unit.feeds.all(), unit.notices.open(), now=now),
            last_cycle=unit.runs.last_finished(RunKind.CYCLE),
        )


def render_report(report: Report) -> str:
    """The page as HTML."""
    environment = open_templates()
    environment.filters |= {
        "moment": _moment,
        "clock": _clock,
        "shown": shown,
        "link": safe_url,
        "changes": changes_in,
        "words": words_of,
        "public": without_secrets,
        "quotes": quotes_of,
        "ruling": in_words,
        "slot": slot_name,
        "value": _value,
    }
    return environment.get_template("report.html.j2").render(report=report)


def _story(unit: "UnitOfWork", story: Story, titles: Mapping[str, str]) -> StoryTold:
    """A story and everything that the page tells of it."""
    return StoryTold(
        topic=titles.get(story.topic, story.topic), history=history(unit, story)
    )


def _latest_and_told(told: StoryTold) -> tuple[bool, datetime, str]:
    """Stories that we spoke of first, then the last changed."""
    return bool(told.alerts), told.story.changed_at, told.story.id


def _outcomes(unit: "UnitOfWork", since: datetime) -> Iterable[OutcomeTold]:
    """Every outcome that occurred, in the order of the contract, then pending."""
    for outcome, count in unit.entries.counts(since).items():
        yield OutcomeTold(
            word=outcome,
            meaning=MEANINGS[outcome],
            count=count,
            entries=unit.entries.latest(outcome, since, MOST_ENTRIES),
        )
    pending = unit.entries.pending()
    if pending:
        yield OutcomeTold(
            word="pending",
            meaning="not decided on yet",
            count=pending,
            entries=unit.entries.latest(None, since, MOST_ENTRIES),
        )


def _value(claim: Claim) -> str:
    """A claim's value as people write it, with its bound."""
    bound = "" if claim.bound is Bound.EXACT else f"{claim.bound} "
    return f"{bound}{value_name(claim.slot, claim.value)}"


def _moment(moment: datetime | None) -> str:
    """A moment as the page writes it.

    >>> _moment(None)
    'never'
    """
    return "never" if moment is None else f"{moment:%-d %b %Y, %H:%M} UTC"


def _clock(moment: datetime) -> str:
    """A moment within a story's course."""
    return f"{moment:%-d %b %H:%M}"
