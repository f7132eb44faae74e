"""Find what an article says of a meeting between leaders or envoys.

Each section of an article (a timed entry of a live blog, otherwise the whole of what
is on the topic) tells of one meeting: one status, one venue, one day, and sets of
participants, mediators and agenda.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.appointments import find_day
from detectors.facts.attribution import attribution_at
from detectors.facts.context import Context
from detectors.facts.frames import Hit
from detectors.facts.lines import Line, read_heading, read_sections
from detectors.facts.mediators import find_mediators
from detectors.facts.offices import find_parties
from detectors.facts.participants import Hosts, find_participants
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.statuses import StatusClaim, find_statuses, side_of
from detectors.facts.venues import find_headed_venue, find_venue, is_named_after
from detectors.model import Certainty, Fact, Span

AGENDA_REACH = 900  # code points of a section in which its agenda is told
_LEADERS = ("President ", "Prime Minister ", "Chancellor ", "King ", "Emir ", "Leader ")
_ASIDE = 4  # tokens before a theme within which a word leaves it open


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    slot: str
    value: str
    span: Span
    certainty: Certainty = Certainty.ASSERTED
    is_attributed: bool = False  # whether it matters who tells it
    side: str | None = None


def extract(context: Context) -> tuple[Fact, ...]:
    """Every fact on meetings in the on-topic paragraphs, one a value.

    A status that is denied, supposed or past is kept and marked so.
    """
    facts: dict[tuple[str, str], Fact] = {}
    sections = read_sections(context)
    for section in sections:
        for found in _of_section(section, context, alone=len(sections) == 1):
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
                    attribution=attribution_at(context, found.span)
                    if found.is_attributed
                    else None,
                    side=found.side,
                )
    return tuple(sorted(facts.values(), key=lambda fact: fact.evidence))


def _of_section(
    lines: Sequence[Line], context: Context, *, alone: bool
) -> Iterator[_Found]:
    """What a section tells; the title speaks for one that is ``alone``."""
    claims = find_statuses(lines)
    yield from _statuses(claims)
    held = claims[0] if claims and claims[0].asserted else None
    parties = find_parties(lines)
    venue = find_venue(lines, held, parties)
    if venue is None and alone:
        venue = find_headed_venue(lines, read_heading(context), held)
    if venue is not None:
        yield _Found(slot="venue", value=venue.name, span=venue.span)
    if (day := find_day(lines, held)) is not None:
        yield _Found(slot="date", value=day.iso, span=day.span)
    mediators = tuple(find_mediators(lines, parties))
    for country, span in mediators:
        yield _Found(slot="mediator", value=country, span=span)
    hosts = Hosts(
        country=venue.country if venue else "",
        mediators=frozenset(country for country, _ in mediators),
    )
    offices = tuple(find_participants(lines, hosts, parties))
    for title, span in offices:
        yield _Found(slot="participants", value=title, span=span)
    leaders = {title for title, _ in offices if title.startswith(_LEADERS)}
    if venue and len(leaders) > 1 and _is_planned(lines, claims, venue):
        yield _Found(slot="status", value="announced", span=venue.span)
    yield from _agenda(lines)


def _is_planned(
    lines: Sequence[Line], claims: Iterable[StatusClaim], venue: PlaceMention
) -> bool:
    """Whether a meeting of leaders is taken for granted: "the Geneva summit".

    That is if nothing is said of how far it has come, nor that it is long past.
    """
    told = any(
        claim.asserted or venue.name in {place.name for place in claim.line.places}
        for claim in claims
    )
    return not told and is_named_after(lines, venue)


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
            is_attributed=True,
            side=side_of(claim),
        )


def _agenda(lines: Iterable[Line]) -> Iterator[_Found]:
    for line in lines:
        if line.offset >= AGENDA_REACH or line.is_background:
            continue
        left_out = set(_left_out(line))
        for hit in line.of("agenda"):
            aside = _is_whereabouts(line, hit) or _names_other_body(line, hit)
            if hit in left_out or aside or _is_open(line, hit):
                continue
            yield _Found(slot="agenda item", value=hit.key, span=line.quoted(hit))


def _is_whereabouts(line: Line, hit: Hit) -> bool:
    """Whether a theme's word only tells where something is: "at the border"."""
    return hit.key == "territory" and any(
        words.first <= hit.first and hit.last <= words.last
        for words in line.of("whereabouts")
        if words.last - words.first > hit.last - hit.first
    )


def _names_other_body(line: Line, hit: Hit) -> bool:
    """Whether a theme is the name of those who meet elsewhere: "border commission"."""
    return any(
        hit.first <= other.last and other.first <= hit.last
        for other in line.of("technical")
    )


def _is_open(line: Line, hit: Hit) -> bool:
    """Whether a theme is only supposed, "once a truce holds", or rumoured.

    Or somebody was once willing to talk of it: "had been open to negotiating a truce".
    """
    start, end = line.clause(hit.first)
    near = max(start, hit.first - _ASIDE)
    openers = (*line.of("subordinate"), *line.of("conditional"))
    return (
        any(near <= word.first < hit.first for word in openers)
        or any(start <= word.first < end for word in line.of("rumour"))
        or any(start <= word.first < hit.first for word in line.of("disposed"))
    )


def _left_out(line: Line) -> Iterator[Hit]:
    """The themes that a sentence says were not spoken of.

    That is those in the words' own clause and listed behind it, otherwise the last one
    before them: "про перемир'я, за словами учасників, не йшлося".
    """
    themes = list(line.of("agenda"))
    for words in line.of("undiscussed"):
        start, _ = line.clause(words.first)
        _, end = line.clause(words.last - 1)
        own = [hit for hit in themes if start <= hit.first < end]
        if any(hit.first >= words.last for hit in own):
            _, end = line.segment(words.last)
            own = [hit for hit in themes if words.last <= hit.first < end]
        yield from own or [hit for hit in themes if hit.last <= start][-1:]
