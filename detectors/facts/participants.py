"""Tell who meets, as offices of countries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.lines import Line
from detectors.facts.offices import (
    NEGOTIATORS,
    REACH,
    OfficeMention,
    find_holders,
    find_offices,
)
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.standing import has_any
from detectors.model import Span

_TELLER = 4  # tokens from "anunció" to who did: "este martes el"
_NAMED = 3  # tokens of a name from an office to its verb: "President Awa Keita said"
_ANSWER = 2  # tokens before "counterpart": "His Malian"
_SPOKESMEN = frozenset({"Foreign Minister", "Defence Minister", "Secretary-General"})
# Who is sent to talk; a president or a foreign minister comments on any talks.
_DELEGATES = frozenset(
    {
        "Deputy Foreign Minister",
        "Deputy Defence Minister",
        "National Security Adviser",
        "Security Council Secretary",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Who brings the sides together.

    Args:
        country: ISO code of the country the meeting is in; "" if that is not told.
        mediators: Names of the countries that go between.
    """

    country: str
    mediators: frozenset[str]


def find_participants(
    lines: Sequence[Line], hosts: Hosts, parties: Sequence[PlaceMention]
) -> Iterator[tuple[str, Span]]:
    """Offices that take part, not those that speak of it, offer it or mediate.

    The host's foreign minister speaks for the host. A side's negotiator takes part,
    whatever is told of him, and so do two of whom one speaks after the other, and the
    delegates of two sides who both speak.
    """
    sides = frozenset(party.name for party in parties)
    speaker: OfficeMention | None = None
    delegates: dict[str, OfficeMention] = {}
    for line in lines:
        if line.offset >= REACH or line.is_background:
            continue
        answers = speaker is not None and _is_answer(line)
        office = speaker.office if speaker is not None and answers else ""
        mentions = tuple(_mentions(line, parties, office))
        if speaker is not None and answers:
            yield speaker.title, speaker.span
        speaker = None
        for mention in mentions:
            if answers or _takes_part(line, mention, mentions, hosts, sides):
                yield mention.title, mention.span
                continue
            speaker = mention
            if mention.office in _DELEGATES and mention.country in sides:
                delegates.setdefault(mention.country, mention)
    if len(delegates) > 1:
        yield from ((each.title, each.span) for each in delegates.values())


def _is_answer(line: Line) -> bool:
    """Whether it begins with the other side's office: "His Malian counterpart"."""
    return line.starts_at("counterpart", line.clause(0)[0], within=_ANSWER)


def _mentions(
    line: Line, parties: Iterable[PlaceMention], office: str
) -> Iterator[OfficeMention]:
    """The offices that a sentence names, but for those of another meeting."""
    others = min((hit.last for hit in line.of("other_meeting")), default=None)
    for mention in (*find_offices(line, parties, office), *find_holders(line)):
        if others is None or mention.first < others:
            yield mention


def _takes_part(
    line: Line,
    mention: OfficeMention,
    mentions: Iterable[OfficeMention],
    hosts: Hosts,
    sides: frozenset[str],
) -> bool:
    """Whether an office takes part by what its sentence says."""
    paired = any(
        other.first == mention.first and other.country != mention.country
        for other in mentions
    )
    if any(_are_joined(line, mention, other) for other in mentions):
        return True
    is_side = mention.country in sides
    speaks_for_host = mention.office in _SPOKESMEN and mention.code == hosts.country
    mediates = mention.country in hosts.mediators and not is_side
    if not paired and (speaks_for_host or mediates):
        return False
    if _is_accredited(line, mention) or _was_disposed(line, mention):
        return False
    if is_side and _negotiates(line, mention):
        return True
    meets = paired or line.has("attend") or line.has("noun")
    return meets and not _speaks(line, mention, is_side=is_side)


def _are_joined(line: Line, one: OfficeMention, other: OfficeMention) -> bool:
    """Whether two do or say something as one: "Chad's president and Mali's premier"."""
    if one.first > other.first:
        one, other = other, one
    opens = line.token_at(other.span[0])
    return one.country != other.country and any(
        hit.first == one.last and hit.last == opens and hit.key == "and"
        for hit in line.of("joins")
        if line.tokens.words[hit.first] != ","
    )


def _negotiates(line: Line, mention: OfficeMention) -> bool:
    """Whether it is a negotiator, and not "the envoy's aircraft"."""
    return mention.office in NEGOTIATORS and not line.is_owner(mention.last)


def _was_disposed(line: Line, mention: OfficeMention) -> bool:
    """Whether it would have come: "had been prepared to send its envoy"."""
    start, _ = line.segment(mention.first)
    return any(start <= hit.first < mention.last for hit in line.of("disposed"))


def _is_accredited(line: Line, mention: OfficeMention) -> bool:
    """Whether it is sent to a body and not to a meeting: "envoy to the Arab League"."""
    return mention.office in NEGOTIATORS and any(
        mention.last <= line.token_at(body.start) - 1 <= mention.last + 1
        for body in line.bodies
    )


def _speaks(line: Line, mention: OfficeMention, *, is_side: bool) -> bool:
    """Whether an office tells of the meeting, or offers it to others."""
    offers = not is_side and any(
        _follows(line, hit.first, mention.last)
        for hit in line.of("status")
        if hit.key == "proposed"
    )
    return (
        offers
        or _tells(line, mention.last)
        or line.starts_at("denial", mention.last)
        or _is_said_by(line, mention.first)
    )


def _tells(line: Line, last: int) -> bool:
    """Whether a verb of telling follows; past a comma its subject does as well."""
    return any(_follows(line, hit.first, last) for hit in line.of("said"))


def _follows(line: Line, verb: int, last: int) -> bool:
    """Whether a verb stands behind an office, or behind the name of who holds it."""
    return (
        last <= verb <= last + _NAMED
        and "," not in line.tokens.words[last:verb]
        and not has_any(line, "attend", last, verb)
        and not has_any(line, "joins", last, verb)
    )


def _is_said_by(line: Line, office: int) -> bool:
    """Whether a verb of telling stands before who tells: "anunció el ministro"."""
    return any(
        office - _TELLER <= hit.last <= office
        and "," not in line.tokens.words[hit.last : office]
        and not any(hit.last <= word.first < office for word in line.of("that"))
        for hit in line.of("told_by")
    )
