"""Tell how far a meeting has come, and how firmly that is said.

A section says one thing: the earliest sentence that asserts a status wins, and within
it the furthest status. What is denied, supposed or long past is kept as such, so that
"the Kremlin denied that the summit was cancelled" never reads as a cancellation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detectors.facts.lines import Line
from detectors.model import Certainty, Span

STATUS_REACH = 700  # code points of a section that speak for its story
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
CLOSED = frozenset(
    {"under way", "cancelled", "ended with agreement", "ended without agreement"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusClaim:
    """A status that a sentence speaks of."""

    status: str
    span: Span
    certainty: Certainty
    line: Line
    token: int

    @property
    def asserted(self) -> bool:
        """Whether the article itself, or someone in it, says that it is so."""
        return self.certainty in (Certainty.ASSERTED, Certainty.CLAIMED)


def find_statuses(lines: Iterable[Line]) -> tuple[StatusClaim, ...]:
    """Every status that a section speaks of; the one that holds comes first."""
    claims = [claim for line in lines for claim in _of_line(line)]
    near = [claim for claim in claims if claim.line.offset < STATUS_REACH]
    near.sort(key=lambda claim: (not claim.asserted, claim.line.offset, _rank(claim)))
    return tuple(near)


def _rank(claim: StatusClaim) -> tuple[int, int]:
    return _PRIORITY.index(claim.status), claim.token


def _of_line(line: Line) -> Iterator[StatusClaim]:
    for hit in line.of("status"):
        status = hit.key
        if status == TO_COME:
            if not line.has("said"):
                continue
            status = "announced"
        if line.has("technical") and status != "preparing":
            continue
        yield StatusClaim(
            status=status,
            span=line.quoted(hit),
            certainty=_certainty(line, hit.first, hit.last, status),
            line=line,
            token=hit.first,
        )


def _certainty(line: Line, first: int, last: int, status: str) -> Certainty:
    start, end = line.clause(first)
    if any(start <= hit.first < max(end, last) for hit in line.of("past")):
        return Certainty.BACKGROUND
    undone = {
        hit.key
        for hit in line.of("before")
        if max(start, first - _ASIDE) <= hit.first and hit.last <= first
    }
    inside = {
        hit.key for hit in line.of("before") if first < hit.first and hit.last < last
    }
    if _denies(line, start, first) or "denied" in undone:
        return Certainty.DENIED
    if {"hypothetical", "intended"} & (undone | inside):
        return Certainty.HYPOTHETICAL
    if "background" in undone:
        return Certainty.BACKGROUND
    if line.has("rumour"):
        return Certainty.UNCONFIRMED
    return Certainty.ASSERTED


def _denies(line: Line, start: int, first: int) -> bool:
    """Whether a denial governs the clause ("denied that …")."""
    return any(
        start <= hit.first < first and hit.last <= first for hit in line.of("denial")
    )
