"""Tell how far a meeting has come, and how firmly that is said.

A section says one thing: the earliest sentence that asserts a status wins, and within
it the furthest status. What is denied, supposed or long past is kept as such, so that
"the Kremlin denied that the summit was cancelled" never reads as a cancellation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.facts.frames import Hit
from detectors.facts.lines import Line
from detectors.facts.places import PlaceKind
from detectors.model import Certainty, Span

STATUS_REACH = 700  # code points of a section that speak for its story
_DURATION = 2  # tokens from "after" to "hours"
_ASIDE = 4  # tokens before a status within which a word undoes it
TO_COME = "to come"
_PRIORITY = (
    "ended without agreement",
    "ended with agreement",
    "under way",
    "cancelled",
    "postponed",
    "confirmed",
    "announced",
    "preparing",
    "proposed",
)
# What a "no" in the frame's own words does not deny, and what a decision makes so.
_NEGATIVE = frozenset({"postponed", "cancelled", "ended without agreement"})
_DECIDED = frozenset({"proposed", "preparing", "postponed", "cancelled"})
# (a status, what says better where it stands before it in the same words)
_COVERED = frozenset(
    {
        (TO_COME, "proposed"),
        ("under way", TO_COME),
        ("ended with agreement", "announced"),
    }
)
_BEGUN = frozenset({"under way", "ended with agreement", "ended without agreement"})
CLOSED = frozenset(
    {"under way", "cancelled", "ended with agreement", "ended without agreement"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusClaim:
    """A status that a sentence speaks of, from its token ``token`` on."""

    status: str
    span: Span
    certainty: Certainty
    line: Line
    token: int
    length: int
    is_news_peg: bool = False

    @property
    def asserted(self) -> bool:
        """Whether the article itself, or someone in it, says that it is so."""
        return self.certainty in (Certainty.ASSERTED, Certainty.CLAIMED)


def find_statuses(lines: Sequence[Line]) -> tuple[StatusClaim, ...]:
    """Every status that a section speaks of; the one that holds comes first.

    What stands after "after" holds if nothing else does: "shares rose after the two
    sides agreed to meet". A rumour counts for denied where the section denies one.
    """
    claims = [
        claim
        for line in lines
        if line.offset < STATUS_REACH
        for claim in _of_line(line)
    ]
    if any(line.has("denial") or line.has("refuted") for line in lines):
        claims = [
            _as(claim, Certainty.UNCONFIRMED, Certainty.DENIED) for claim in claims
        ]
    if not any(claim.asserted for claim in claims):
        claims = [
            _as(claim, Certainty.BACKGROUND, Certainty.ASSERTED)
            if claim.is_news_peg
            else claim
            for claim in claims
        ]
    claims.sort(key=lambda claim: (not claim.asserted, claim.line.offset, _rank(claim)))
    return tuple(claims)


def _as(claim: StatusClaim, before: Certainty, after: Certainty) -> StatusClaim:
    if claim.certainty is not before:
        return claim
    return replace(claim, certainty=after)


def _rank(claim: StatusClaim) -> tuple[int, int]:
    return _PRIORITY.index(claim.status), claim.length


def _of_line(line: Line) -> Iterator[StatusClaim]:
    hits = tuple(line.of("status"))
    for hit in hits:
        if any(_yields(hit, other) for other in hits):
            continue
        status = _status(line, hit)
        if status is None:
            continue
        start, end = line.clause(hit.first)
        if status != "preparing" and _any(line, "technical", start, end):
            continue
        yield StatusClaim(
            status=status,
            span=line.quoted(hit),
            certainty=_certainty(line, hit, start, end),
            line=line,
            token=hit.first,
            length=hit.last - hit.first,
            is_news_peg=_is_news_peg(line, hit, start, end),
        )


def _status(line: Line, hit: Hit) -> str | None:
    """What a mark says of its meeting; None where it only tells of another place.

    What will come is announced if somebody says so, and confirmed by that word.
    "Moved from Oslo to Vienna" and "in Vienna rather than Oslo" leave it as it was.
    """
    if hit.key == "postponed" and is_move(line, hit):
        return None
    if hit.key != TO_COME:
        return hit.key
    if not line.has("said") or line.has("elsewhere"):
        return None
    return "confirmed" if _is_seconded(line, hit) else "announced"


def is_move(line: Line, hit: Hit) -> bool:
    """Whether a word such as "перенесли" moves a meeting to a city, not to a day.

    A city that it leaves must be named, or the new one stand right behind it.
    """
    if not any(mark.first == hit.first for mark in line.of("moves")):
        return False
    if line.starts_at("elsewhere", hit.first):
        return True
    _, end = line.clause(hit.first)
    if any(hit.first < line.token_at(day.start) < end for day in line.days):
        return False
    cities = [
        token
        for place in line.places
        if place.kind is PlaceKind.CITY
        and hit.first < (token := line.token_at(place.start)) < end
    ]
    if any(line.ends_at("withdrawn", token) for token in cities):
        return True
    return any(
        mark.last == cities[0] and (mark.key == "to" or mark.first <= hit.first + 1)
        for mark in line.of("inside")
        if cities
    )


def _is_seconded(line: Line, hit: Hit) -> bool:
    """Whether what will come is followed by "the Kremlin confirmed", not denied."""
    return any(
        hit.last <= word.first and not line.ends_at("before", word.first, within=1)
        for word in line.of("said")
        if word.key == "confirmed"
    )


def _yields(hit: Hit, other: Hit) -> bool:
    """Whether ``other`` says better what ``hit`` would say of the same words.

    "Offered to host talks" announces none, preparations that began are no talks that
    did, and of what was agreed the closest object counts: "agreed to attend talks".
    """
    if other.first >= hit.last or hit.first >= other.last:
        return False
    pair = hit.key, other.key
    if pair in _COVERED:
        return other.first <= hit.first
    if set(pair) == {"ended with agreement", "confirmed"}:
        return other.first == hit.first and other.last < hit.last
    return pair == ("under way", "preparing")


def _certainty(line: Line, hit: Hit, start: int, end: int) -> Certainty:
    """How firmly a status is said, by the words of its clause ``start`` to ``end``."""
    shortly_before, within = _undoing(line, hit, start)
    if _any(line, "past", start, max(end, hit.last)):
        return Certainty.BACKGROUND
    denied = (
        "denied" in shortly_before
        or _any(line, "denial", _governed_from(line, start), hit.first)
        or is_refuted(line, hit.first)
    )
    if denied or ("denied" in within and hit.key not in _NEGATIVE):
        return Certainty.DENIED
    if _is_open(line, hit, shortly_before, within):
        return Certainty.HYPOTHETICAL
    if "background" in shortly_before or any(_openers(line, hit, start)):
        return Certainty.BACKGROUND
    if _is_known(line, hit, within):
        return Certainty.BACKGROUND
    return _firmness(line, start, end)


def _governed_from(line: Line, start: int) -> int:
    """Where what governs a clause begins: "опроверг слухи о том, | что отменён"."""
    while start > 1 and line.starts_at("that", start):
        before, _ = line.clause(start - 2)
        start = min(before, start - 1)
    return start


def _is_known(line: Line, hit: Hit, within: set[str]) -> bool:
    """Whether it is told as known: "a summit that failed", "the offer that Oman had".

    Args:
        line: The sentence.
        hit: The mark of a status.
        within: The kinds of word in the gaps of its frame.
    """
    relatives = [w for w in line.of("relative") if hit.first < w.first < hit.last]
    return any(word.last == hit.last - 1 for word in relatives) or (
        hit.key == "proposed" and bool(relatives) and "earlier" in within
    )


def is_refuted(line: Line, token: int) -> bool:
    """Whether what its clause says at ``token`` is then called untrue."""
    _, end = line.clause(token)
    return any(token < hit.last <= end for hit in line.of("refuted"))


def _firmness(line: Line, start: int, end: int) -> Certainty:
    """Whether rumour is named in the clause, or anywhere if it has but one status."""
    alone = len({hit.key for hit in line.of("status")}) == 1
    rumoured = _any(line, "rumour", start, end) or (alone and line.has("rumour"))
    return Certainty.UNCONFIRMED if rumoured else Certainty.ASSERTED


def _undoing(line: Line, hit: Hit, start: int) -> tuple[set[str], set[str]]:
    """The kinds of word shortly before a status, and in the gaps of its frame."""
    aside = max(start, hit.first - _ASIDE)
    before = {
        word.key
        for word in line.of("before")
        if aside <= word.first and word.last <= hit.first
    }
    within = {
        word.key
        for word in line.of("before")
        if hit.first < word.first and word.last < hit.last
    }
    return before, within


def _openers(line: Line, hit: Hit, start: int) -> Iterator[Hit]:
    """The words that make a clause subordinate; "after ten hours" is none.

    Nor is a relative clause whose end a second verb shows: "the meeting that had been
    due in Oslo | was put off".
    """
    resumes = line.ends_at("resumes", hit.first) or line.starts_at("resumes", hit.first)
    return (
        word
        for word in line.of("subordinate")
        if start <= word.first < hit.first
        and not line.starts_at("duration", word.last, within=_DURATION)
        and not (word.key == "relative" and resumes and word.last < hit.first - 1)
    )


def _is_news_peg(line: Line, hit: Hit, start: int, end: int) -> bool:
    """Whether it is told by "after" alone, and not "two days after"."""
    openers = tuple(_openers(line, hit, start))
    return (
        bool(openers)
        and all(word.key == "after" for word in openers)
        and not any(line.ends_at("duration", word.first) for word in openers)
        and not _any(line, "past", start, max(end, hit.last))
    )


def _is_open(line: Line, hit: Hit, before: set[str], within: set[str]) -> bool:
    """Whether it may never come: "could", "if", "was to have", "to" undecided."""
    resolved = hit.key in _DECIDED and line.ends_at("resolved", hit.first, within=1)
    return (
        ("intended" in before and not resolved)
        or ("future" in before and hit.key in _BEGUN)
        or bool((before | within) & {"hypothetical", "supposed"})
        or _any(line, "conditional", line.segment(hit.first)[0], hit.first)
    )


def _any(line: Line, category: str, start: int, end: int) -> bool:
    return any(start <= hit.first < end for hit in line.of(category))
