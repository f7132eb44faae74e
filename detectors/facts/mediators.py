"""Tell who brings the sides of a meeting together, as countries and their unions."""

from collections.abc import Iterator, Mapping, Sequence

from detectors.facts.lines import Line
from detectors.facts.offices import (
    REACH,
    OfficeMention,
    countries_of,
    find_offices,
    find_parties,
)
from detectors.facts.places import PlaceMention
from detectors.facts.standing import is_refuted
from detectors.facts.statuses import StatusClaim
from detectors.model import Span

_SUBJECT = 8  # tokens from a subject to its verb: "Oman's foreign ministry has said"
_CONFIRMS = 4  # tokens from a country to it: "Qatari officials confirmed"


def find_mediators(
    lines: Sequence[Line], host: str, held: StatusClaim | None
) -> Iterator[tuple[str, Span]]:
    """Countries and unions of them that bring the sides together.

    That is who is said to mediate, who proposes, and who, without being a party,
    tells by its foreign ministry how far the meeting has come. To host is not enough.

    Args:
        lines: A section, in order.
        host: ISO code of the country that the meeting is in; "" unknown.
        held: What the section says of the meeting's status, if anything.
    """
    parties = {party.name for party in find_parties(lines)}
    envoys: dict[str, PlaceMention] = {}
    for line in lines:
        if line.offset >= REACH or line.has("past"):
            continue
        of_news = held is not None and line is held.line
        for place in countries_of(line):
            if place.name in parties:
                continue
            tells = (place.country == host or of_news) and _is_voice(line, place)
            if _mediates(line, line.token_at(place.start), tells=tells):
                yield place.name, place.span
        yield from _envoy_of(line, envoys)
        for mention in find_offices(line):
            if mention.country not in parties:
                envoys[mention.office] = _country_of(line, mention)


def _country_of(line: Line, mention: OfficeMention) -> PlaceMention:
    return next(each for each in countries_of(line) if each.name == mention.country)


def _envoy_of(
    line: Line, envoys: Mapping[str, PlaceMention]
) -> Iterator[tuple[str, Span]]:
    """Whose envoy mediates, where an earlier sentence told whose: "the envoy, who"."""
    for hit in line.of("office"):
        place = envoys.get(hit.key)
        near = any(
            hit.last <= word.first <= hit.last + _SUBJECT for word in line.of("mediate")
        )
        if place is not None and near:
            yield place.name, place.span


def _mediates(line: Line, token: int, *, tells: bool) -> bool:
    """Whether the country at ``token`` is the go-between, or proposes, or tells."""
    start, end = line.clause(token)
    end = max(end, token + _SUBJECT)
    if any(start <= hit.first <= end for hit in line.of("mediate")):
        return not is_refuted(line, token)
    proposes = any(
        token < hit.first <= token + _SUBJECT
        for hit in line.of("status")
        if hit.key == "proposed"
    )
    told = any(token < hit.first <= token + _SUBJECT for hit in line.of("said"))
    return proposes or (tells and (told or _is_told_by(line, token)))


def _is_told_by(line: Line, token: int) -> bool:
    """Whether the verb comes first: "заявив міністр закордонних справ Кенії"."""
    said = [h.last for h in line.of("said") if token - _SUBJECT <= h.first < token]
    return any(last <= hit.first < token for last in said for hit in line.of("voice"))


def _is_voice(line: Line, place: PlaceMention) -> bool:
    """Whether a country's ministry or mediators speak, not its side of the talks."""
    after = line.token_at(place.end - 1) + 1
    confirms = line.starts_at("authority", after) and any(
        after < word.first <= after + _CONFIRMS
        for word in line.of("said")
        if word.key == "confirmed"
    )
    return (
        confirms
        or line.starts_at("voice", after, within=2)
        or _is_told_by(line, line.token_at(place.start))
    )
