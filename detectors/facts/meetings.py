"""Find what an article says of a meeting between leaders or envoys.

Each section of an article (a timed entry of a live blog, otherwise the whole of what
is on the topic) tells of one meeting: one status, one venue, one day, and sets of
participants, mediators and agenda.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from detectors.facts.context import Context
from detectors.facts.dates import Day
from detectors.facts.frames import Hit
from detectors.facts.lines import Line, read_sections
from detectors.facts.offices import find_mediators, find_participants
from detectors.facts.places import PlaceKind, PlaceMention
from detectors.facts.statuses import CLOSED, TO_COME, StatusClaim, find_statuses
from detectors.model import Certainty, Fact, Span

VENUE_REACH = 1_000
DATE_REACH = 1_000
AGENDA_REACH = 900
_HELD = CLOSED - {"cancelled"}
_NAMED = 3  # tokens from a day to its meeting: "Saturday's planned summit"
_MOVED = 6  # tokens from "moved" to the new venue: "moved from Doha to Geneva"
_CITY_STATES = frozenset({"Singapore", "Luxembourg", "Djibouti", "Monaco"})
_ASIDE = 3  # tokens before a place within which a word leaves it open


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    slot: str
    value: str
    span: Span
    certainty: Certainty = Certainty.ASSERTED


def extract(context: Context) -> tuple[Fact, ...]:
    """Every fact on meetings in the on-topic paragraphs, one a value.

    A status that is denied, supposed or past is kept and marked so.
    """
    facts: dict[tuple[str, str], Fact] = {}
    for section in read_sections(context):
        for found in _of_section(section, context):
            if found.slot not in context.slots:
                continue
            known = facts.get((found.slot, found.value))
            if known is None or (found.certainty.counts and not known.certainty.counts):
                facts[found.slot, found.value] = Fact(
                    topic=context.topic,
                    slot=found.slot,
                    value=found.value,
                    evidence=found.span,
                    quote=context.reading.quote(found.span),
                    certainty=found.certainty,
                )
    return tuple(sorted(facts.values(), key=lambda fact: fact.evidence))


def _of_section(lines: Sequence[Line], context: Context) -> Iterator[_Found]:
    claims = find_statuses(lines)
    yield from _statuses(claims)
    held = claims[0] if claims and claims[0].asserted else None
    venue = _venue(lines, held)
    if venue is not None:
        yield _Found(slot="venue", value=venue.name, span=venue.span)
    if (day := _day(lines, held, context)) is not None:
        yield _Found(slot="date", value=day.iso, span=day.span)
    host = venue.country if venue else ""
    for title, span in find_participants(lines, host):
        yield _Found(slot="participants", value=title, span=span)
    for country, span in find_mediators(lines, host, held):
        yield _Found(slot="mediator", value=country, span=span)
    yield from _agenda(lines)


def _statuses(claims: Iterable[StatusClaim]) -> Iterator[_Found]:
    """The status that holds, and those that are only spoken of."""
    holds = True
    for claim in claims:
        if claim.certainty.counts and not holds:
            continue
        holds = holds and not claim.certainty.counts
        yield _Found(
            slot="status",
            value=claim.status,
            span=claim.span,
            certainty=claim.certainty,
        )


def _is_aside(line: Line, token: int) -> bool:
    """Whether a place or day belongs to another meeting: lower, earlier, or past."""
    start, _ = line.segment(token)
    _, end = line.clause(token)
    return (
        any(start <= hit.first < end for hit in line.of("technical"))
        or any(hit.first < token for hit in line.of("past"))
    )


def _is_later(line: Line, held: StatusClaim | None) -> bool:
    """Whether a sentence tells of the meeting after one that is over or off."""
    return (
        held is not None
        and held.status in CLOSED
        and line.offset > held.line.offset
        and line.has("status", key=TO_COME)
    )


def _venue(lines: Iterable[Line], held: StatusClaim | None) -> PlaceMention | None:
    """The city that the section most plainly puts the meeting in, the earliest."""
    best: tuple[int, PlaceMention] | None = None
    for line in lines:
        if line.offset >= VENUE_REACH or _is_later(line, held):
            continue
        for place in line.places:
            if place.kind is not PlaceKind.CITY and place.name not in _CITY_STATES:
                continue
            weight = _venue_weight(line, place, held) - _is_subordinate(line, place)
            if weight > 0 and (best is None or weight > best[0]):
                best = weight, place
    return best[1] if best else None


def _is_subordinate(line: Line, place: PlaceMention) -> bool:
    """Whether a city stands after "after" or "before" in its clause."""
    token = line.token_at(place.start)
    start, _ = line.clause(token)
    return any(start <= hit.first < token for hit in line.of("subordinate"))


def _venue_weight(
    line: Line, place: PlaceMention, held: StatusClaim | None
) -> int:
    """How plainly a sentence puts the meeting in a city; 0 not at all."""
    first = line.token_at(place.start)
    last = line.token_at(place.end - 1) + 1
    if _is_aside(line, first) or _is_supposed(line, first):
        return 0
    if line.starts_at("noun", last, within=1) or line.starts_at("track", last):
        return 3
    if any(
        line.ends_at("noun", hit.first) for hit in line.of("named") if hit.last == first
    ):
        return 3
    if line.ends_at("withdrawn", first, within=1):
        return 0
    inside = [hit for hit in line.of("inside") if first - 1 <= hit.last <= first]
    if not inside:
        return 0
    start, end = line.clause(first)
    if any(line.ends_at("voice", hit.first) for hit in inside):
        return 0
    if any(first - _MOVED <= hit.first < first for hit in line.of("moves")):
        return 4
    if all(hit.key == "to" for hit in inside):
        goes = [*line.of("attend"), *line.of("status")]
        return 2 * any(start <= hit.first < first for hit in goes)
    if any(start <= hit.first < end for hit in _meeting(line)):
        return 3
    if line.has("noun") or line.has("status"):
        return 2
    told_on_site = held is not None and held.status in _HELD and line.has("said")
    return int(told_on_site or line.has("attend"))


def _is_supposed(line: Line, token: int) -> bool:
    """Whether a word shortly before leaves it open ("could move to Istanbul")."""
    prepositions = {hit.first for hit in line.of("inside")}
    return any(
        token - _ASIDE <= hit.first < token and hit.first not in prepositions
        for hit in line.of("before")
        if hit.key == "hypothetical"
    )


def _meeting(line: Line) -> Iterator[Hit]:
    """The marks that name a meeting, or say that it will take place."""
    yield from line.of("noun")
    yield from (hit for hit in line.of("status") if hit.key == TO_COME)


def _day(
    lines: Iterable[Line], held: StatusClaim | None, context: Context
) -> Day | None:
    """The day that the meeting is set for; none once it runs or is off."""
    if held is not None and held.status in CLOSED:
        return None
    postponed = held is not None and held.status == "postponed"
    best: tuple[int, Day] | None = None
    for line in lines:
        if line.offset >= DATE_REACH:
            continue
        for day in line.days:
            if postponed and not _is_new_day(line, day, held):
                continue
            weight = _day_weight(line, day, context.published_at.date())
            if weight > 0 and (best is None or weight > best[0]):
                best = weight, day
    return best[1] if best else None


def _day_weight(line: Line, day: Day, today: date) -> int:
    """How plainly a sentence sets the meeting for a day; 0 not at all."""
    first = line.token_at(day.start)
    if day.on < today or _is_aside(line, first) or _is_telling(line, day):
        return 0
    start, end = line.clause(first)
    to_come = any(
        start <= hit.first < end for hit in line.of("status") if hit.key == TO_COME
    )
    if day.on == today and not to_come:
        return 0
    if to_come or any(start <= hit.first < end for hit in _meeting(line)):
        return 3
    return 2 if line.has("noun") or line.has("status") else int(line.has("attend"))


def _is_telling(line: Line, day: Day) -> bool:
    """Whether something was said on it, or it is but a bound ("after Friday's")."""
    first = line.token_at(day.start)
    last = line.token_at(day.end - 1) + 1
    for hit in line.of("bound"):
        named = hit.key == "before" and line.starts_at("noun", last, within=_NAMED)
        if first - 1 <= hit.last <= first and not named:
            return True
    if line.ends_at("said", first, within=2):
        return True
    if line.starts_at("said", last):
        return True
    tellings = [*line.of("denial"), *_proposals(line)]
    return any(hit.first in (first - 2, first - 1, last) for hit in tellings)


def _proposals(line: Line) -> Iterator[Hit]:
    return (hit for hit in line.of("status") if hit.key == "proposed")


def _is_new_day(line: Line, day: Day, held: StatusClaim | None) -> bool:
    """Whether a day is what a postponed meeting was moved to."""
    first = line.token_at(day.start)
    if not line.ends_at("until", first, within=1):
        return False
    return held is None or line is not held.line or first > held.token


def _agenda(lines: Iterable[Line]) -> Iterator[_Found]:
    for line in lines:
        if line.offset >= AGENDA_REACH or line.has("past"):
            continue
        for hit in line.of("agenda"):
            yield _Found(slot="agenda item", value=hit.key, span=line.quoted(hit))
