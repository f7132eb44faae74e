"""Tell who brings the sides of a meeting together, as countries and their unions."""

from collections.abc import Iterator, Mapping, Sequence

from detectors.facts.frames import Hit
from detectors.facts.lines import POSSESSIVE, Line
from detectors.facts.offices import (
    REACH,
    countries_of,
    find_offices,
)
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.facts.standing import has_any, is_refuted
from detectors.model import Span

_SUBJECT = 8  # tokens from a subject to its verb: "Oman's foreign ministry has said"
_NAME = 4  # tokens of a name with its comma: "the minister, Awa Keita, whose"
_NO = 3  # tokens from "not" to a word for mediating: "is not the mediator"
_TWO = 2  # others, whom who invites brings together
_BY = 2  # tokens from an offer to whose it is: "proposal by Oman"


def find_mediators(
    lines: Sequence[Line], joined: Sequence[PlaceMention]
) -> Iterator[tuple[str, Span]]:
    """Countries and unions of them that bring the sides together.

    That is who is said to mediate, and who proposes, invites or offers its house
    without being a party. To host what is agreed, or to tell how far it has come, is
    not enough: readers differ on it.

    Args:
        lines: Of a section.
        joined: The countries that it joins, as the parties.
    """
    parties = {party.name for party in joined}
    told = {place.name for line in lines for place in countries_of(line)}
    envoys: dict[str, PlaceMention] = {}
    for line in lines:
        if line.offset >= REACH or line.has("retrospect"):
            continue
        for place in (*countries_of(line), *line.governments):
            token = line.token_at(place.start)
            goes_between = (
                place.name not in parties or _is_named(line, token)
            ) and _mediates(line, token)
            invites = len(told - {place.name}) >= _TWO and _invites(line, place)
            if (goes_between or invites) and not _is_past(line, token):
                yield place.name, place.span
        yield from _envoy_of(line, envoys)
        countries = {each.name: each for each in countries_of(line)}
        for mention in find_offices(line):
            if mention.country in countries.keys() - parties:
                office = mention.office.removeprefix("Special ")
                envoys[office] = countries[mention.country]


def _invites(line: Line, place: PlaceMention) -> bool:
    """Whether it is a country's invitation that two others speak of."""
    first, last = line.covered(place.span)
    owned = line.is_owner(last) and line.starts_at("offer", last + len(POSSESSIVE))
    adjective = place.kind is PlaceKind.NATIONALITY and line.starts_at("offer", last)
    return _is_whose(line, first) or owned or adjective


def _envoy_of(
    line: Line, envoys: Mapping[str, PlaceMention]
) -> Iterator[tuple[str, Span]]:
    """Whose envoy mediates, where an earlier sentence told whose: "the envoy, who"."""
    for hit in line.of("office"):
        place = envoys.get(hit.key.removeprefix("Special "))
        near = any(
            hit.last <= word.first <= hit.last + _SUBJECT for word in line.of("mediate")
        )
        if place is not None and near:
            yield place.name, place.span


def _is_named(line: Line, token: int) -> bool:
    """Whether it stands right behind the word: "con la mediación de Omán y Catar"."""
    ends = {hit.last for hit in line.of("mediate")}
    ends |= {of.last for of in line.of("belongs") if of.first in ends}
    named = [
        last
        for first, last in (line.covered(each.span) for each in countries_of(line))
        if first in ends
    ]
    return token in ends or any(
        word.last == token and word.first in named for word in line.of("joins")
    )


def _mediates(line: Line, token: int) -> bool:
    """Whether the country at ``token`` is the go-between, or proposes."""
    start, end = _reach(line, token)
    behind = [hit.last for hit in line.of("passive") if start <= hit.last <= end]
    if behind:
        helpers = [(each.first, each.last) for each in find_offices(line)]
        return any(
            last <= token <= last + _BY
            or any(last <= a <= last + _BY and a <= token < b for a, b in helpers)
            for last in behind
        )
    if any(start <= hit.first <= end for hit in line.of("mediate")):
        return not is_refuted(line, token) and not _is_denied(line, start, end)
    return any(
        _proposes(line, hit, token)
        for hit in line.of("status")
        if hit.key == "proposed"
    )


def _is_past(line: Line, token: int) -> bool:
    """Whether an earlier meeting is named up to the end of the clause at ``token``.

    "Oman mediates, as it did in 2019" tells of today's.
    """
    return has_any(line, "past", line.segment(token)[0], line.clause(token)[1])


def _is_denied(line: Line, start: int, end: int) -> bool:
    """Whether a "no" stands right before the word: "is not a mediator"."""
    return any(
        no.key == "denied" and hit.first - _NO <= no.first < hit.first
        for hit in line.of("mediate")
        if start <= hit.first <= end
        for no in line.of("before")
    )


def _proposes(line: Line, hit: Hit, token: int) -> bool:
    """Whether an offer is that of a country: before it, or "a proposal by" it.

    To offer a place alone is to host, and "had offered" tells of what went before.
    """
    aside = any(
        word.first == hit.first - 1
        for word in line.of("before")
        if word.key == "earlier"
    )
    if aside:
        return False
    places = [line.covered(place.span) for place in countries_of(line)]
    if any(first < token for first, _ in places if token > hit.first) and any(
        last == hit.first for _, last in places
    ):
        return False  # "Чад запропонував Малі": who is asked is a party
    named = [first for first, _ in places if hit.first < first <= hit.first + _BY]
    subjects = _subjects(line, hit, places)
    if named and (not subjects or any(_is_whose(line, first) for first in named)):
        return token in named
    near = token < hit.first <= token + _SUBJECT
    return near and token in subjects and not _is_party_to(line, hit)


def _subjects(
    line: Line, hit: Hit, places: Sequence[tuple[int, int]]
) -> frozenset[int]:
    """The first tokens of those who offer: the first country, and what it is joined to.

    "Peru has written to Chad and Mali offering a house" is Peru's offer.
    """
    start, _ = line.clause(hit.first)
    before = sorted(place for place in places if start <= place[0] < hit.first)
    found: list[tuple[int, int]] = before[:1]
    for first, last in before[1:]:
        gap = found[-1][1]
        if any(join.first == gap and join.last == first for join in line.of("joins")):
            found.append((first, last))
        else:
            break
    return frozenset(first for first, _ in found)


def _is_whose(line: Line, token: int) -> bool:
    """Whether an offer or invitation is that of whom ``token`` names: "offer by"."""
    return line.ends_at("offered_by", token)


def _is_party_to(line: Line, hit: Hit) -> bool:
    """Whether an offer is to meet another country: "proposed talks with Mali"."""
    _, end = line.clause(hit.first)
    firsts = [line.token_at(place.start) for place in countries_of(line)]
    return any(
        hit.first < word.first < end
        and word.last in firsts
        and not any(hit.first < first < word.first for first in firsts)
        for word in line.of("beside")
    )


def _reach(line: Line, token: int) -> tuple[int, int]:
    """The tokens that say what a country does: "the mediator, | Oman, | which says".

    That is its clause with a word right before its comma, and past a relative clause
    what follows it. A speaker's name may stand before that: "said Oman's minister, Badr
    Said, whose government mediated".
    """
    start, end = line.clause(token)
    told = any(start <= hit.first < token for hit in line.of("said"))
    opens = token - start <= 1
    if start and opens and not told and line.ends_at("mediate", start - 1):
        start -= 2
    _, named = line.clause(end + 1)
    if told and named - end <= _NAME and line.starts_at("relative", named + 1):
        end = named
    if line.starts_at("relative", end + 1):
        _, end = line.clause(line.clause(end + 1)[1] + 1)
    return start, max(end, token + _SUBJECT)
