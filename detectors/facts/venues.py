"""Tell where a meeting is set.

The plainest words win, then the earliest: "will meet in Oslo" outweighs "flew to
Oslo", and the city of a technical round is never taken.
"""

from collections.abc import Sequence

from detectors.facts.appointments import (
    FAINT,
    FAIR,
    NEW,
    PLAIN,
    REACH,
    is_aside,
    meeting_marks,
)
from detectors.facts.lines import Line
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.facts.standing import has_any, is_refuted
from detectors.facts.statuses import CLOSED, TO_COME, StatusClaim

_HELD = CLOSED - {"cancelled"}
_CITY_STATES = frozenset({"Singapore", "Luxembourg", "Djibouti", "Monaco"})
_MOVED = 6  # tokens from "moved" to the new venue: "moved from Doha to Geneva"
_ASIDE = 3  # tokens before a place within which a word leaves it open
_LEADING = 1  # tokens before "In Lima": "Earlier"
_TOLD = 6  # tokens from "In Lima," to the verb of telling
_SPEAKERS = "voice", "authority"


def find_venue(
    lines: Sequence[Line],
    held: StatusClaim | None,
    parties: Sequence[PlaceMention],
) -> PlaceMention | None:
    """The city that the section most plainly puts the meeting in, the earliest.

    Args:
        lines: Of the section.
        held: The status that holds, if any does.
        parties: The countries that the section joins.
    """
    best: tuple[int, PlaceMention] | None = None
    sides = {party.country for party in parties}
    for line in lines:
        if line.offset >= REACH or _is_later(line, held):
            continue
        for place in line.places:
            if place.kind is not PlaceKind.CITY and place.name not in _CITY_STATES:
                continue
            aside = _is_subordinate(line, place) or _is_of_theme(line, place)
            weight = _venue_weight(line, place, held) - aside
            if place.country in sides:
                weight = min(weight, max(weight - 1, FAINT))
            if weight > 0 and (best is None or weight > best[0]):
                best = weight, place
    return best[1] if best else _dateline(lines, held, parties)


def is_named_after(lines: Sequence[Line], venue: PlaceMention) -> bool:
    """Whether the meeting is called by its city: "the Geneva summit"."""
    for line in lines:
        if venue in line.places and not line.is_background:
            first, last = line.covered(venue.span)
            return line.starts_at("noun", last, within=1) or any(
                line.ends_at("noun", hit.first)
                for hit in line.of("named")
                if hit.last == first
            )
    return False


def find_headed_venue(
    lines: Sequence[Line], heading: Sequence[Line], held: StatusClaim | None
) -> PlaceMention | None:
    """The first mention of the city that an article's title puts its meeting in."""
    named = {
        place.name
        for line in heading
        for place in line.places
        if place.kind is PlaceKind.CITY and _venue_weight(line, place, held) > 0
    }
    if len(named) != 1:
        return None
    return next(
        (
            place
            for line in lines
            for place in line.places
            if place.name in named and line.offset < REACH
        ),
        None,
    )


def _is_later(line: Line, held: StatusClaim | None) -> bool:
    """Whether a sentence tells of the meeting after one that is over or off."""
    return (
        held is not None
        and held.status in CLOSED
        and line.offset > held.line.offset
        and line.has("status", key=TO_COME)
    )


def _dateline(
    lines: Sequence[Line],
    held: StatusClaim | None,
    parties: Sequence[PlaceMention],
) -> PlaceMention | None:
    """Where a meeting that runs or is over was told from, if by no side of it."""
    if held is None or held.status not in _HELD:
        return None
    city = next((line.dateline for line in lines if line.dateline), None)
    named = parties or held.line.places
    sides = {place.country for place in named if place is not city}
    return None if city is None or city.country in sides else city


def _is_subordinate(line: Line, place: PlaceMention) -> bool:
    """Whether a city stands after "after" or "before" in its clause."""
    token = line.token_at(place.start)
    start, _ = line.clause(token)
    return any(start <= hit.first < token for hit in line.of("subordinate"))


def _is_of_theme(line: Line, place: PlaceMention) -> bool:
    """Whether what they talk of is to be there: "talks on a truce in Gaza"."""
    first, _ = line.covered(place.span)
    return any(
        theme.last == way.first and line.ends_at("themed", theme.first)
        for way in line.of("inside")
        if way.last == first
        for theme in line.of("agenda")
    )


def _venue_weight(line: Line, place: PlaceMention, held: StatusClaim | None) -> int:
    """How plainly a sentence puts the meeting in a city; 0 not at all."""
    first, last = line.covered(place.span)
    if line.ends_at("themed", first) and not line.ends_at("inside", first):
        return 0
    gone = line.ends_at("replaces", first) or any(
        line.starts_at(category, last) for category in ("past", "at_wish")
    )
    if gone or is_aside(line, first) or _is_supposed(line, first):
        return 0
    if has_any(line, "at_first", line.clause(first)[0], first):
        return FAINT
    if _names_meeting(line, first, last):
        return PLAIN
    if _is_untrue(line, first):
        return 0
    return _weight_by_preposition(line, first, held)


def _weight_by_preposition(line: Line, first: int, held: StatusClaim | None) -> int:
    """How plainly "in" or "to" a city puts the meeting there; 0 without either."""
    inside = [hit for hit in line.of("inside") if first - 1 <= hit.last <= first]
    spoken_from = any(
        line.ends_at(kind, hit.first) for hit in inside for kind in _SPEAKERS
    )
    withdrawn = any(
        first - 1 <= hit.last <= first
        for hit in line.of("withdrawn")
        if not any(way.first < hit.first and hit.last <= way.last for way in inside)
    )
    if not inside or spoken_from or withdrawn or _is_told_there(line, inside[0].first):
        return 0
    start, _ = line.clause(first)
    near = max(start, first - _MOVED)
    moves = [hit.first for hit in line.of("moves") if near <= hit.first < first]
    if moves:
        return 0 if _is_supposed(line, moves[0]) else NEW
    ways = {hit.key for hit in inside} - {"swap"}
    if "in" in ways:
        return _weight_of_stay(line, first, held)
    over = held is not None and held.status in _HELD
    return _weight_of_way(line, first) if ways and not over else 0


def _is_told_there(line: Line, opening: int) -> bool:
    """Whether a clause begins with where it is told: "In Lima, the ministry said".

    A word may stand before it: "Earlier in Lima it was said".
    """
    start, _ = line.segment(opening)
    _, last = line.clause(opening)
    said = min((h.first for h in line.of("said") if h.first > opening), default=None)
    if said is None or said > last + _TOLD:
        return False
    marks = [hit.first for hit in meeting_marks(line) if opening < hit.first < said]
    return opening - start <= _LEADING and not marks


def _names_meeting(line: Line, first: int, last: int) -> bool:
    """Whether a city is part of the name: "the Geneva talks", "cumbre de Lima"."""
    behind = last + (line.tokens.words[last : last + 1] == (",",))
    if line.starts_at("noun", last, within=1):
        return True
    if line.starts_at("track", last) or line.starts_at("track", behind):
        return True
    if line.ends_at("seat", first) or _is_where(line, last):
        return True
    return any(
        line.ends_at("noun", hit.first) for hit in line.of("named") if hit.last == first
    )


def _is_where(line: Line, last: int) -> bool:
    """Whether "where" goes on with the meeting: "Geneva, where they are to meet"."""
    for word in line.of("where"):
        if last <= word.first <= last + 1:
            start, end = line.clause(word.first)
            return any(start <= hit.first < end for hit in meeting_marks(line))
    return False


def _weight_of_way(line: Line, first: int) -> int:
    """For "to" a city: somebody must go there, or a list of guests is asked to."""
    start, _ = line.clause(first)
    goes = (*line.of("attend"), *line.of("status"))
    asked = has_any(line, "invites", line.segment(first)[0], first)
    return FAIR if asked or any(start <= hit.first < first for hit in goes) else 0


def _weight_of_stay(line: Line, first: int, held: StatusClaim | None) -> int:
    """For "in" a city: the more the clause and the sentence speak of a meeting."""
    start, end = line.clause(first)
    if any(start <= hit.first < end for hit in meeting_marks(line)):
        return PLAIN
    if line.has("noun") or line.has("status"):
        return FAIR
    told_on_site = held is not None and held.status in _HELD and line.has("said")
    return FAINT if told_on_site or line.has("attend") else 0


def _is_untrue(line: Line, token: int) -> bool:
    """Whether its clause only denies or rumours it."""
    start, _ = line.clause(token)
    marks = (*line.of("denial"), *line.of("rumour"))
    return is_refuted(line, token) or any(start <= hit.first < token for hit in marks)


def _is_supposed(line: Line, token: int) -> bool:
    """Whether a word shortly before leaves it open ("could move to Istanbul").

    What is prepared has its city, however possible it is called.
    """
    if line.has("status", key="preparing"):
        return False
    prepositions = {hit.first for hit in line.of("inside")}
    start, _ = line.segment(token)
    if any(
        start <= hit.first < token
        and hit.key == "hypothetical"
        and line.starts_at("meet", hit.last)
        for hit in line.of("before")
    ):
        return True
    return any(
        token - _ASIDE <= hit.first < token and hit.first not in prepositions
        for hit in line.of("before")
        if hit.key == "hypothetical"
    )
