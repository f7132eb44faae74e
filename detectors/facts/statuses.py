"""Tell how far a meeting has come, and how firmly that is said.

A section says one thing: the earliest sentence that asserts a status wins, and within
it the furthest status. What is denied, supposed or long past is kept as such, so that
"the Kremlin denied that the summit was cancelled" never reads as a cancellation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.facts.frames import Hit
from detectors.facts.lines import Line
from detectors.facts.place_mentions import PlaceKind
from detectors.facts.standing import (
    certainty_of,
    governed_from,
    has_any,
    is_given_up,
    is_news_peg,
)
from detectors.model import Certainty, Span

STATUS_REACH = 700  # code points of a section that speak for its story
_BEGUN_OR_AGREED = frozenset({"under way", "ended with agreement"})
_OBJECT = 1  # tokens from "talks" to what they are on: "talks on pay"
TO_COME = "to come"
CHANGE = "change"  # "Chad confirmed the change": of a city alone it tells nothing
KEPT = "kept"  # "will not cancel the summit": who says so announces that it stands
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
# (a status, what says better where it stands before it in the same words)
_COVERED = frozenset(
    {
        (TO_COME, "proposed"),
        ("under way", TO_COME),
        ("under way", "proposed"),
        ("ended with agreement", "announced"),
    }
)
_COUNTRIES = frozenset({PlaceKind.COUNTRY, PlaceKind.NATIONALITY})
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
    is_of_change: bool = False

    @property
    def asserted(self) -> bool:
        """Whether the article itself, or someone in it, says that it is so."""
        return self.certainty in (Certainty.ASSERTED, Certainty.CLAIMED)


def find_statuses(lines: Sequence[Line]) -> tuple[StatusClaim, ...]:
    """Every status that a section speaks of; the one that holds comes first.

    What stands after "after" holds if nothing else does: "shares rose after the two
    sides agreed to meet". That a meeting will not be cancelled is said in passing, too:
    it holds, wherever it stands, if nothing else does. A rumour counts for denied where
    the section denies one.
    """
    claims = [claim for line in lines for claim in _of_line(line)]
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
    if not any(claim.asserted and claim.status == "announced" for claim in claims):
        claims = [claim for claim in claims if not claim.is_of_change]
    if any(line.has("unanswered") for line in lines):
        claims = [_as_one_sided(claim) for claim in claims]
    return tuple(_seconded_first(claims))


def _as_one_sided(claim: StatusClaim) -> StatusClaim:
    """One side's yes while the other has not answered: announced, not confirmed.

    Who says "confirmed" is taken at the word.
    """
    if claim.status != "confirmed" or claim.line.has("said", key="confirmed"):
        return claim
    return replace(claim, status="announced")


def _seconded_first(claims: Sequence[StatusClaim]) -> Iterator[StatusClaim]:
    """The claims, and before an announcement that holds who confirms it further down.

    "Both capitals have said yes" does not: it is the host that says so.
    """
    second = next((each for each in claims if each.asserted and _confirms(each)), None)
    announced = bool(claims) and claims[0].asserted and claims[0].status == "announced"
    if second is None or not announced:
        yield from claims
        return
    yield second
    yield from (each for each in claims if each is not second)


def _confirms(claim: StatusClaim) -> bool:
    """Whether the word itself is said: "the other side confirmed that it would"."""
    return claim.status == "confirmed" and any(
        word.key == "confirmed" and 0 <= word.first - claim.token < claim.length
        for word in claim.line.of("said")
    )


def _as(claim: StatusClaim, before: Certainty, after: Certainty) -> StatusClaim:
    if claim.certainty is not before:
        return claim
    return replace(claim, certainty=after)


def _rank(claim: StatusClaim) -> tuple[int, int]:
    return _PRIORITY.index(claim.status), claim.length


def _of_line(line: Line) -> Iterator[StatusClaim]:
    near = line.offset < STATUS_REACH
    hits = tuple(hit for hit in line.of("status") if near or hit.key == KEPT)
    for hit in hits:
        if any(_yields(hit, other) for other in hits):
            continue
        status = _status(line, hit)
        if status is None:
            continue
        technical = has_any(line, "technical", *line.clause(hit.first))
        if (technical and status != "preparing") or _is_of_others(line, hit):
            continue
        yield StatusClaim(
            status=status,
            span=line.quoted(hit),
            certainty=certainty_of(line, hit),
            line=line,
            token=hit.first,
            length=hit.last - hit.first,
            is_news_peg=is_news_peg(line, hit),
            is_of_change=hit.key == CHANGE,
        )


def _is_partial(line: Line, hit: Hit) -> bool:
    """Whether only a part is over: "ended the first day of talks without a word"."""
    return hit.key.startswith("ended") and any(
        hit.first < word.first < hit.last for word in line.of("partial")
    )


def _is_of_others(line: Line, hit: Hit) -> bool:
    """Whether it is said of a match, a trial or a flight, and not of a meeting.

    That is if such a word stands in its clause, and no meeting closer by; "talks on
    pay" are none, "to discuss a budget" tells of what they will speak.
    """
    start, end = line.clause(hit.first)
    themes = [w.first for w in line.of("discusses") if hit.last <= w.first < end]
    end = min(themes, default=max(end, hit.last))
    others = [word for word in line.of("unrelated") if start <= word.first < end]
    if not others:
        return False
    meetings = [
        _gap(word, hit)
        for word in line.of("noun")
        if start <= word.first < end
        and not any(0 <= it.first - word.last <= _OBJECT for it in others)
    ]
    return min(_gap(word, hit) for word in others) <= min(meetings, default=end)


def _gap(word: Hit, hit: Hit) -> int:
    """How many tokens part two marks; 0 where they overlap."""
    return max(word.first - hit.last, hit.first - word.last, 0)


def _status(line: Line, hit: Hit) -> str | None:
    """What a mark says of its meeting; None where it only tells of another place.

    What will come is announced if somebody says so, confirmed by that word, and put
    off if a later day takes the place of another. "Moved from Oslo to Vienna" and "in
    Vienna rather than Oslo" leave it as it was.
    """
    if hit.key == "postponed" and is_move(line, hit):
        return None
    if hit.key in {KEPT, CHANGE}:
        sure = hit.key == CHANGE or _is_seconded(line, hit)
        return "confirmed" if sure else "announced"
    if hit.key != TO_COME and not _is_dated_ahead(line, hit):
        return "under way" if _is_partial(line, hit) else hit.key
    if _is_put_off(line):
        return "postponed"
    if _is_seconded(line, hit):
        return "confirmed"
    untold = line.has("elsewhere") or _is_unconfirmed(line, hit)
    return "announced" if line.has("said") and not untold else None


def _is_dated_ahead(line: Line, hit: Hit) -> bool:
    """Whether a verb of the present speaks of a date to come: "they meet on May 9"."""
    start, end = line.clause(hit.first)
    return hit.key == "under way" and any(
        day.on > line.today
        and not day.by_weekday
        and start <= line.token_at(day.start) < end
        for day in line.days
    )


def _is_put_off(line: Line) -> bool:
    """Whether a day gives way to a later one: "not on Friday but on Monday"."""
    gone = [day for day in line.days if is_given_up(line, day)]
    return any(day.on > old.on for old in gone for day in line.days if day not in gone)


def is_move(line: Line, hit: Hit) -> bool:
    """Whether a word such as "перенесли" moves a meeting to a city, not to a day.

    A city that it leaves must be named, or the new one stand right behind it, before
    any day: "moved to Oslo and will be held on Friday".
    """
    verb = next(
        (each.first for each in line.of("moves") if hit.first <= each.first < hit.last),
        None,
    )
    if verb is None:
        return False
    if line.starts_at("elsewhere", verb):
        return True
    _, end = line.clause(verb)
    days = [at for day in line.days if verb < (at := line.token_at(day.start))]
    end = min((end, *days))
    cities = [
        token
        for place in line.places
        if place.kind is PlaceKind.CITY
        and verb < (token := line.token_at(place.start)) < end
    ]
    if any(line.ends_at("withdrawn", token) for token in cities):
        return True
    return any(
        mark.last == cities[0] and (mark.key == "to" or mark.first <= verb + 1)
        for mark in line.of("inside")
        if cities
    )


def _is_seconded(line: Line, hit: Hit) -> bool:
    """Whether the other side agrees, or somebody confirms it.

    That is "the palace confirmed" after it, or "Chad confirmed that" before it.
    """
    return line.has("seconded") or any(
        not _is_denied(line, word) for word in _confirming(line, hit)
    )


def _is_unconfirmed(line: Line, hit: Hit) -> bool:
    """Whether somebody does not confirm it: "Chad has not confirmed that"."""
    return any(
        word.last <= hit.first and _is_denied(line, word)
        for word in _confirming(line, hit)
    )


def _confirming(line: Line, hit: Hit) -> Iterator[Hit]:
    """The words "confirmed" that stand after a mark, or govern it from before."""
    governs = governed_from(line, line.clause(hit.first)[0])
    for word in line.of("said"):
        stands = hit.last <= word.first or governs <= word.first < hit.first
        if stands and word.key == "confirmed":
            yield word


def _is_denied(line: Line, word: Hit) -> bool:
    return line.ends_at("before", word.first, within=1)


def _longer(hit: Hit, other: Hit) -> bool:
    return hit.last - hit.first > other.last - other.first


def _yields(hit: Hit, other: Hit) -> bool:
    """Whether ``other`` says better what ``hit`` would say of the same words.

    "Offered to host talks" announces none, preparations that began are no talks that
    did, and of what was agreed the closest object counts: "agreed to attend talks".
    "Will not take place | until Monday" is put off.
    """
    if other.first >= hit.last or hit.first >= other.last:
        return False
    pair = hit.key, other.key
    if pair == ("cancelled", "postponed"):
        return other.first > hit.first and other.last > hit.last
    if set(pair) == {"under way", TO_COME} and hit.first == other.first:
        return (
            not _longer(hit, other) if hit.key == "under way" else _longer(other, hit)
        )
    if pair in _COVERED:
        return other.first <= hit.first
    if set(pair) == {"ended with agreement", "confirmed"}:
        return (
            hit.first <= other.first and other.last <= hit.last and _longer(hit, other)
        )
    return other.key == "preparing" and hit.key in _BEGUN_OR_AGREED


def side_of(claim: StatusClaim) -> str | None:
    """The country whose plan a status is: the one named before it in its sentence."""
    line = claim.line
    countries = [place for place in line.places if place.kind in _COUNTRIES]
    named = {
        each.name
        for each in (*countries, *line.groups, *line.governments)
        if line.token_at(each.start) < claim.token
    }
    return named.pop() if len(named) == 1 else None
