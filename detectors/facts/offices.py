"""Find offices of countries, and the sides that a text joins."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detectors.facts.frames import Hit
from detectors.facts.lines import POSSESSIVE, Line
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Span

REACH = 900  # code points of a section in which participants are told
_VERBS = frozenset({"said", "status", "attend", "mediate"})  # part two countries
_STYLED = 4  # tokens from "of" to a country: "of the Taliban government in Afghanistan"
_OWNED = 2  # tokens from "leaders" to their country: "leaders of the two Koreas"
_TWO = 2  # sides, that "both" speaks of
_JOIN = 6  # tokens that may part two parties: "Ukraine's president and that of Russia"
_Placed = tuple[int, PlaceMention]  # a country, and its first token
_CITY = PlaceKind.CITY
_COUNTRY = frozenset({PlaceKind.COUNTRY, PlaceKind.NATIONALITY})
_WITH_ARTICLE = (
    "United ",
    "European ",
    "African ",
    "Arab ",
    "Organization ",
    "Economic ",
    "Intergovernmental ",
    "Netherlands",
    "Philippines",
    "Democratic ",
    "Czech Republic",
    "Maldives",
    "Bahamas",
    "Rapid Support ",
    "Sudanese ",
    "Islamic State",
    "National Liberation ",
    "Kurdistan ",
    "Polisario ",
    "Arakan ",
    "Houthis",
    "Taliban",
)
_ENVOYS = "Envoys"  # of a country whoever is sent, of an armed group an office
NEGOTIATORS = frozenset({"Envoy", _ENVOYS, "Special Envoy", "Chief Negotiator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeMention:
    """An office of a country, as "President of Ukraine", and where it stands.

    Args:
        office: As facts spell it.
        country: Its usual English name, or that of an armed group.
        code: ISO 3166-1 where a place or nationality names the country. Of a holder
            known by name it is the country's name again, which equals no code.
        span: Code points of the text.
        first: Its first token.
        last: The token behind it.
    """

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


def find_offices(
    line: Line, parties: Iterable[PlaceMention] = (), before: str = ""
) -> Iterator[OfficeMention]:
    """Every office in a sentence whose country stands beside it.

    "Of both countries" names those of ``parties``, the sides of a section; ``before``
    is the office that "his counterpart" holds, too, if the sentence names none.
    """
    offices = _offices_of(line, before)
    if not offices:
        return
    sides = tuple(parties)
    countries = list(countries_of(line))
    taken = 0
    hits = _last_of_chains(line, offices)
    for hit in hits:
        if hit.first < taken:
            continue
        taken = hit.last
        named = [*countries, *line.groups] if hit.key in NEGOTIATORS else countries
        owners = (
            tuple(_owners(line, hit, named))
            or tuple(_owners_named_before(line, hit, named, sides))
            or tuple(_senders(line, hit, named))
            or tuple(_headed(line, hit, named))
        )
        for country in owners:
            if hit.key == _ENVOYS and country not in line.groups:
                continue
            start, end = line.quoted(hit)
            yield OfficeMention(
                office=hit.key if hit.key != _ENVOYS else "Envoy",
                country=country.name,
                code=country.country,
                span=(min(start, country.start), max(end, country.end)),
                first=hit.first,
                last=line.token_at(country.end - 1) + 1
                if country.end > end
                else hit.last,
            )
        of_both = len(sides) == _TWO and hit.key != _ENVOYS
        if not owners and of_both and line.starts_at("both", hit.last):
            for side in sides:
                yield OfficeMention(
                    office=hit.key,
                    country=side.name,
                    code=side.country,
                    span=line.quoted(hit),
                    first=hit.first,
                    last=hit.last,
                )


def find_holders(line: Line) -> Iterator[OfficeMention]:
    """The offices of those whom a sentence names, unless they no longer hold them.

    "Putin's envoy" is not Putin, nor is "the envoy of Putin".
    """
    offices = tuple(line.of("office"))
    for hit in line.of("holder"):
        behind = hit.last + len(POSSESSIVE)
        owned = line.is_owner(hit.last)
        envoy = any(
            (owned and office.first == behind)
            or (office.last == hit.first and not hit.key.startswith(office.key))
            for office in offices
        )
        if envoy or line.ends_at("former", hit.first, within=_STYLED):
            continue
        office, _, country = hit.key.partition(" of ")
        yield OfficeMention(
            office=office,
            country=country.removeprefix("the "),
            code=country,
            span=line.quoted(hit),
            first=hit.first,
            last=hit.last,
        )


def _owners_named_before(
    line: Line,
    office: Hit,
    countries: Sequence[PlaceMention],
    sides: Sequence[PlaceMention],
) -> Iterator[PlaceMention]:
    """Whose office "its president" is: the only country's before it, or both sides'."""
    owned = [hit for hit in line.of("own") if hit.last == office.first]
    if any(hit.key == "two" for hit in owned) and len(sides) == _TWO:
        yield from sides
    elif any(hit.key == "one" for hit in owned):
        place, _ = line.quoted(owned[0])
        start, _ = line.segment(owned[0].first)
        before = {
            each.name: each
            for each in countries
            if each.end <= place and line.token_at(each.start) >= start
        }
        if len(before) == 1:
            yield from before.values()


def _headed(
    line: Line, office: Hit, countries: Sequence[PlaceMention]
) -> Iterator[PlaceMention]:
    """Whose head of state it is, where one country is named before it, as who tells."""
    if not any(word.last == office.last for word in line.of("bare_head")):
        return
    place, _ = line.quoted(office)
    before = {each.name: each for each in countries if each.end <= place}
    if len(before) == 1:
        yield from before.values()


def _senders(
    line: Line, office: Hit, countries: Sequence[PlaceMention]
) -> Iterator[PlaceMention]:
    """Who sends it: the first who is named in "Chad said it would send an envoy"."""
    sent = [hit for hit in line.of("sends") if hit.last == office.first]
    if sent and not line.has("status", key="proposed"):
        place, _ = line.quoted(sent[0])
        start, _ = line.segment(sent[0].first)
        before = [
            each
            for each in countries
            if each.end <= place and line.token_at(each.start) >= start
        ]
        yield from sorted(before, key=lambda each: each.start)[:1]


def _offices_of(line: Line, before: str) -> list[Hit]:
    """The words for offices; "his counterpart" is the office before it."""
    hits = sorted(line.of("office"), key=lambda hit: (hit.first, -hit.last))
    for hit in line.of("counterpart"):
        named = [each.key for each in hits if each.last <= hit.first]
        if key := (named or [before])[-1]:
            hits.append(hit._replace(key=key))
    return sorted(hits, key=lambda hit: (hit.first, -hit.last))


def _last_of_chains(line: Line, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Each office, and for "the president's envoy" the envoy alone."""
    chained = 0
    for hit in hits:
        if hit.first < chained:
            continue
        behind = hit.last + len(POSSESSIVE)
        owned = line.is_owner(hit.last)
        nested = [each for each in hits if owned and each.first == behind]
        if nested:
            chained = nested[0].last
            yield nested[0]._replace(first=hit.first)
        else:
            yield hit


def countries_of(line: Line) -> Iterator[PlaceMention]:
    """The countries that a sentence names, and unions of them."""
    yield from _countries(line)
    yield from line.bodies


def _countries(line: Line) -> Iterator[PlaceMention]:
    """The countries named, but for "Chad's army" and "the Chadian city of Doba".

    "РФ" is a country, too, where it is also listed as a side of a war.
    """
    wider = [*line.groups, *(each for each in line.places if each.kind is _CITY)]
    for place in line.places:
        if place.kind in _COUNTRY and not any(
            each.start <= place.start < each.end and each.span != place.span
            for each in wider
        ):
            yield place


def _owners(
    line: Line, office: Hit, countries: Iterable[PlaceMention]
) -> Iterator[PlaceMention]:
    """The countries of an office: inside it, behind it and joined, or before it."""
    placed = sorted(
        ((line.token_at(country.start), country) for country in countries),
        key=lambda pair: (pair[0], -pair[1].end),
    )
    inside = [each for at, each in placed if office.first < at < office.last]
    behind = inside or list(_owners_behind(line, office, placed))
    yield from behind or _owners_before(line, office, placed)


def _owners_behind(
    line: Line, office: Hit, placed: Sequence[_Placed]
) -> Iterator[PlaceMention]:
    """As in "the presidents of Chad and Mali", "of Chad and of army-ruled Mali"."""
    after = _skip(line, office.last, "belongs")
    reach = 0
    while True:
        found = next(
            (each for at, each in placed if after <= at <= after + reach), None
        )
        if found is None:
            return
        _, last = line.covered(found.span)
        if line.is_owner(last):
            return  # "an envoy of Chad's army" is not Chad's
        if found.kind is PlaceKind.NATIONALITY and line.starts_at("office", last):
            return  # "the president of Chad and the Malian minister"
        yield found
        joined = _skip(line, last, "joins")
        after = _skip(line, joined, "belongs")
        reach = _STYLED if after > joined > last else 0
        if joined == last:
            return


def _owners_before(
    line: Line, office: Hit, placed: Sequence[_Placed]
) -> Iterator[PlaceMention]:
    """As in "Chad's president", "the Chadian and Malian presidents"."""
    words = line.tokens.words
    start = office.first
    for at, country in reversed(placed):
        _, end = line.covered(country.span)
        gap = words[end:start]
        beside = at < start and all(word in POSSESSIVE for word in gap)
        joined = start < office.first and _is_joined_owner(line, country, at, start)
        if beside or joined:
            start = at
            yield country
        elif _heads(line, office, at, end):
            yield country


def _is_joined_owner(line: Line, country: PlaceMention, first: int, to: int) -> bool:
    """Whether it owns what the next does: "Chadian and", "Chad's and", "U.S. and"."""
    _, last = line.covered(country.span)
    if line.is_owner(last):
        last += len(POSSESSIVE)
    elif country.kind is not PlaceKind.NATIONALITY and not line.starts_at(
        "adjectival", first
    ):
        return False
    return _skip(line, last, "joins") == to


def _heads(line: Line, office: Hit, first: int, last: int) -> bool:
    """Whether it leads a country's side: "the Chadian team is led by its envoy"."""
    return any(
        hit.last == office.first and (last == hit.first or hit.first < first < hit.last)
        for hit in line.of("leads")
    )


def _skip(line: Line, token: int, category: str) -> int:
    ends = [hit.last for hit in line.of(category) if hit.first == token]
    return max(ends, default=token)


def find_parties(lines: Iterable[Line]) -> tuple[PlaceMention, ...]:
    """The countries that a section joins ("leaders of Chad and Mali"), once each."""
    parties = {party.name: party for line in lines for party in _parties(line)}
    return tuple(parties.values())


def _joins(line: Line, hit: Hit, one: int, other: int) -> bool:
    """Whether a word joins two parties; a comma must stand beside both.

    "The Chadian came with a lawyer, a Peruvian official said" joins nobody.
    """
    beside = hit.first - one <= 1 and other - hit.last <= 1
    return hit.first < other and (beside or line.tokens.words[hit.first] != ",")


def _parties(line: Line) -> Iterator[PlaceMention]:
    """The countries that a sentence joins, but for those who go between."""
    countries = (*_countries(line), *line.groups)
    for one, other in pairwise(sorted(countries, key=lambda each: each.start)):
        if _are_joined(line, one, other) and not _go_between(line, one, other):
            yield from (one, other)


def _are_joined(line: Line, one: PlaceMention, other: PlaceMention) -> bool:
    """Whether two countries stand together: "Chad and Mali", "the Chad-Mali talks"."""
    first, stop = line.token_at(one.end), line.token_at(other.start)
    gap = line.tokens.words[line.token_at(one.end - 1) + 1 : stop]
    if gap in (("-",), ()):
        return True
    joined = any(
        _joins(line, hit, first, stop) for hit in line.of("joins") if hit.first >= first
    )
    parted = any(first <= hit.first < stop for verb in _VERBS for hit in line.of(verb))
    return len(gap) <= _JOIN and joined and not parted


def _go_between(line: Line, one: PlaceMention, other: PlaceMention) -> bool:
    """Whether the two propose or mediate: "Qatar and Egypt are mediating"."""
    first, last = line.covered((one.start, other.end))
    owned = line.ends_at("side", first, within=_OWNED)
    proposes = any(
        last <= hit.first <= last + 1
        for hit in line.of("status")
        if hit.key == "proposed"
    )
    opens = first == line.clause(first)[0]
    mediates = opens and line.starts_at("mediate", last, within=1)
    return (proposes and not owned) or mediates
