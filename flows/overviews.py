"""A story as it stands: gathered from the store, and put into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from detectors import sources
from detectors.model import FactValue, Severity
from detectors.overviews import Known, Overview, overview
from detectors.values import leaps
from flows.seeds import Seeds
from flows.wording import (
    count_sources,
    host_of,
    safe_url,
    shown,
    slot_name,
    value_name,
)
from storage.database import UnitOfWork

HEADLINED = ("status", "killed", "injured", "missing")  # what a headline may tell
NAMED_SOURCES = 2  # of one fact: those of the story are named elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One slot of a story in words, fit to show but not yet escaped for any markup.

    Args:
        value: "" where what was told is taken back and nothing stands in its place.
        withdrawn: What was told and is taken back.
        note: What to think of it: "unconfirmed", "others say 9".
        who: Who says so, and who carries it.
        since: When it was first said.
    """

    what: str
    value: str
    withdrawn: tuple[str, ...]
    note: str
    who: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """An overview in words, fit to show but not yet escaped for any markup.

    ``now`` is what the headline may tell and has changed since; "" if nothing has.
    """

    topic: str
    severity: Severity
    headline: str
    now: str
    lines: tuple[Line, ...]
    quotes: tuple[str, ...]
    sources: str
    opened_at: datetime
    changed_at: datetime
    source: str
    title: str
    link: str
    host: str

    @property
    def in_one_line(self) -> str:
        """Everything in one line: notifications, search, screen readers."""
        told = "; ".join(f"{each.what} {each.value}" for each in self.lines)
        head = f"{self.topic} · {self.headline}"
        return f"{head}: {told}" if told else head


def overview_of(unit: UnitOfWork, seeds: Seeds, story_id: str) -> Overview | None:
    """A story as it stands in the store; None if there is none of that id."""
    story = unit.stories.get(story_id)
    if story is None:
        return None
    course = unit.stories.developments(story_id)
    moved_by = course[-1].article_id if course else None
    members = unit.stories.members(story_id)
    latest = moved_by or (members[0] if members else None)
    articles = unit.articles.get_many([latest] if latest else [])
    return overview(
        story,
        unit.stories.claims(story_id),
        course,
        topic=seeds.find(story.topic),
        sources=sources.independent(
            story.sources,
            owners=sources.owners_of(unit.feeds.outlets_of(story.sources)),
        ),
        latest=articles.get(latest) if latest else None,
    )


def summary_of(found: Overview) -> Summary:
    """Put a story as it stands into words."""
    latest = found.latest
    link = safe_url(latest.url) if latest else ""
    quotes = (shown(known.quote) for known in found.known if known.values)
    return Summary(
        topic=shown(found.topic_title) or shown(found.topic),
        severity=found.severity,
        headline=shown(found.headline) or "Untitled",
        now=_now(found),
        lines=tuple(map(_line, found.known)),
        quotes=tuple(dict.fromkeys(filter(None, quotes))),
        sources=count_sources(found.sources),
        opened_at=found.opened_at,
        changed_at=found.changed_at,
        source=shown(latest.source) if latest else "",
        title=(shown(latest.title) or "Read the article") if latest else "",
        link=link,
        host=host_of(link),
    )


def _now(found: Overview) -> str:
    """The state, where it has left the headline behind: "7 killed, 31 injured"."""
    changed = (
        known
        for known in found.known
        if known.slot in HEADLINED and known.since > found.opened_at
    )
    return ", ".join(filter(None, map(_in_short, changed)))


def _in_short(known: Known) -> str:
    slot = slot_name(known.slot)
    if not known.values:
        return f"{slot} taken back"
    value = value_name(known.slot, known.values[0])
    if known.slot == "status":
        return value
    return f"{value} {slot}" if known.values[0] else ""


def _line(known: Known) -> Line:
    values = ", ".join(_names(known.slot, known.values))
    more = f" and {known.more} more" if known.more else ""
    return Line(
        what=slot_name(known.slot),
        value=values + more,
        withdrawn=tuple(_names(known.slot, known.withdrawn)),
        note=_note(known),
        who=_who(known),
        since=known.since,
    )


def _note(known: Known) -> str:
    if not known.values:
        return "taken back"
    notes = []
    if not known.is_sure:
        leap = leaps(known.slot, None, known.values[0])
        notes.append("single source, unconfirmed" if leap else "unconfirmed")
    if known.rivals:
        notes.append(f"others say {' or '.join(_names(known.slot, known.rivals))}")
    return "; ".join(notes)


def _who(known: Known) -> str:
    """The authority that is quoted, then who carries it."""
    carriers = tuple(filter(None, map(shown, known.sources)))
    more = len(carriers) - NAMED_SOURCES
    carried = ", ".join(carriers[:NAMED_SOURCES]) + (f" +{more}" if more > 0 else "")
    said = shown(known.attribution or "")
    return " in ".join(part for part in (said, carried) if part)


def _names(slot: str, values: Iterable[FactValue]) -> Iterable[str]:
    return (value_name(slot, value) for value in values)
