"""Tell who meets and who brings them together, as offices and countries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detectors.facts.frames import Hit
from detectors.facts.lines import Line
from detectors.facts.places import PlaceKind, PlaceMention
from detectors.facts.statuses import StatusClaim
from detectors.model import Span

REACH = 900  # code points of a section in which participants are told
_SUBJECT = 8  # tokens from a subject to its verb: "Oman's foreign ministry has said"
_VERBS = frozenset({"said", "status", "attend"})  # part one country from the next
_POSSESSIVE = frozenset({"'", "s"})
_OWNED = 2  # tokens from "leaders" to their country: "leaders of the two Koreas"
_JOIN = 6  # tokens that may part two parties: "Ukraine's president and that of Russia"
_COUNTRY = frozenset({PlaceKind.COUNTRY, PlaceKind.NATIONALITY})
_WITH_ARTICLE = (
    "United ",
    "European ",
    "African ",
    "Netherlands",
    "Philippines",
    "Democratic ",
    "Czech Republic",
    "Maldives",
    "Bahamas",
)
_SPOKESMEN = frozenset({"Foreign Minister", "Defence Minister", "Secretary-General"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeMention:
    """An office of a country, as "President of Ukraine", and where it stands."""

    office: str
    country: str
    code: str
    span: Span
    first: int
    last: int

    @property
    def title(self) -> str:
        """As facts spell it.

        >>> OfficeMention(office="Special Envoy", country="United States",
        ...     code="US", span=(0, 1), first=0, last=1).title
        'Special Envoy of the United States'
        """
        article = "the " if self.country.startswith(_WITH_ARTICLE) else ""
        return f"{self.office} of {article}{self.country}"


def find_offices(line: Line) -> Iterator[OfficeMention]:
    """Every office in a sentence whose country stands beside it."""
    countries = [place for place in line.places if place.kind in _COUNTRY]
    taken = 0
    hits = sorted(line.of("office"), key=lambda hit: (hit.first, -hit.last))
    for hit in hits:
        if hit.first < taken:
            continue
        taken = hit.last
        for country in _owners(line, hit, countries):
            start, end = line.quoted(hit)
            yield OfficeMention(
                office=hit.key,
                country=country.name,
                code=country.country,
                span=(min(start, country.start), max(end, country.end)),
                first=hit.first,
                last=line.token_at(country.end - 1) + 1
                if country.end > end
                else hit.last,
            )


def _owners(
    line: Line, office: Hit, countries: Iterable[PlaceMention]
) -> Iterator[PlaceMention]:
    """The countries of an office: those after it and joined, or the one before."""
    placed = [(line.token_at(country.start), country) for country in countries]
    after = _skip(line, office.last, "belongs")
    owned = False
    while True:
        found = next((each for at, each in placed if at == after), None)
        if found is None:
            break
        owned = True
        yield found
        after = _skip(line, line.token_at(found.end - 1) + 1, "joins")
    if owned:
        return
    words = line.tokens.words
    for at, country in placed:
        end = line.token_at(country.end - 1) + 1
        gap = words[end : office.first]
        if at < office.first and all(word in _POSSESSIVE for word in gap):
            yield country


def _skip(line: Line, token: int, category: str) -> int:
    ends = [hit.last for hit in line.of(category) if hit.first == token]
    return max(ends, default=token)


def find_participants(lines: Iterable[Line], host: str) -> Iterator[tuple[str, Span]]:
    """Offices that take part, not those that speak of it.

    ``host`` is the ISO code of the country the meeting is in; its foreign minister
    speaks for the mediator.
    """
    for line in lines:
        if line.offset >= REACH or line.has("past"):
            continue
        for mention in find_offices(line):
            speaks = line.starts_at("said", mention.last, within=1)
            spokesman = mention.office in _SPOKESMEN
            if speaks or (spokesman and mention.code == host):
                continue
            if line.has("attend") or line.has("noun"):
                yield mention.title, mention.span


def find_mediators(
    lines: Sequence[Line], host: str, held: StatusClaim | None
) -> Iterator[tuple[str, Span]]:
    """Countries that bring the sides together.

    That is who is said to mediate, who proposes, and who, without being a party,
    tells how far the meeting has come.

    Args:
        lines: A section, in order.
        host: ISO code of the country that the meeting is in; "" unknown.
        held: What the section says of the meeting's status, if anything.
    """
    parties = {name for line in lines for name in _parties(line)}
    for line in lines:
        if line.offset >= REACH or line.has("past"):
            continue
        of_news = held is not None and line is held.line
        for place in line.places:
            if place.kind not in _COUNTRY or place.name in parties:
                continue
            token = line.token_at(place.start)
            tells = place.country == host or (of_news and _is_voice(line, place))
            if _mediates(line, token, tells=tells):
                yield place.name, place.span


def _mediates(line: Line, token: int, *, tells: bool) -> bool:
    """Whether the country at ``token`` is the go-between, or proposes, or tells."""
    start, end = line.clause(token)
    end = max(end, token + _SUBJECT)
    if any(start <= hit.first < end for hit in line.of("mediate")):
        return True
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
    """Whether a country's ministry or officials speak, not its side of the talks."""
    after = line.token_at(place.end - 1) + 1
    return line.starts_at("voice", after, within=2)


def _parties(line: Line) -> Iterator[str]:
    """The countries that a sentence joins ("leaders of Ukraine and Russia")."""
    countries = [place for place in line.places if place.kind in _COUNTRY]
    for one, other in pairwise(countries):
        gap = line.tokens.words[
            line.token_at(one.end - 1) + 1 : line.token_at(other.start)
        ]
        last = line.token_at(other.end - 1) + 1
        proposes = not line.ends_at(
            "side", line.token_at(one.start), within=_OWNED
        ) and any(
            last <= hit.first <= last + 1
            for hit in line.of("status")
            if hit.key == "proposed"
        )
        first, stop = line.token_at(one.end), line.token_at(other.start)
        joined = (
            len(gap) <= _JOIN
            and any(first <= hit.first < stop for hit in line.of("joins"))
            and not any(
                first <= hit.first < stop and hit.category in _VERBS
                for hit in line.hits
            )
        )
        if not proposes and (joined or gap in (("-",), ())):
            yield from (one.name, other.name)
