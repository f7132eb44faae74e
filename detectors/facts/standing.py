"""Tell how firmly a sentence says what it says of a meeting.

Denied, supposed, long past or only whispered: by the words of the clause that the
status stands in, and by those that govern the whole sentence.
"""

from collections.abc import Iterator

from detectors.facts.dates import Day
from detectors.facts.frames import Hit
from detectors.facts.lines import Line
from detectors.model import Certainty

_DURATION = 2  # tokens from "after" to "hours"
_ASIDE = 4  # tokens before a status within which a word undoes it
# What a "no" in the frame's own words does not deny, and what a decision makes so.
_NEGATIVE = frozenset({"postponed", "cancelled", "kept", "ended without agreement"})
_DECIDED = frozenset({"proposed", "preparing", "postponed", "cancelled"})
TO_BE = frozenset({"intended", "supposed"})  # "was to be held on Friday"
_BEGUN = frozenset({"under way", "ended with agreement", "ended without agreement"})


def certainty_of(line: Line, hit: Hit) -> Certainty:
    """How firmly a sentence says the status that ``hit`` marks."""
    start, end = line.clause(hit.first)
    shortly_before, within = _undoing(line, hit, start)
    if _is_of_another_time(line, hit):
        return Certainty.BACKGROUND
    denied = (
        "denied" in shortly_before
        or _is_denied_around(line, hit, start)
        or has_any(line, "denial", governed_from(line, start), hit.first)
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


def _is_denied_around(line: Line, hit: Hit, start: int) -> bool:
    """Whether a denial governs it past an insertion.

    "Denied that talks, | due in Oslo, | had been cancelled": the verb that goes on
    stands right behind the second comma.
    """
    if start <= 1 or start > hit.first or not line.starts_at("resumes", start):
        return False
    inserted, _ = line.clause(start - 2)
    if inserted <= 1:
        return False
    before, _ = line.clause(inserted - 2)
    return has_any(line, "denial", governed_from(line, before), inserted)


def _is_of_another_time(line: Line, hit: Hit) -> bool:
    """Whether the sentence, or the clause, or the question after it looks back."""
    return line.has("retrospect") or _is_long_past(line, hit) or _is_premise(line, hit)


def _is_long_past(line: Line, hit: Hit) -> bool:
    """Whether words for another time stand in the clauses that a frame spans."""
    start, _ = line.clause(hit.first)
    _, end = line.clause(hit.last - 1)
    return has_any(line, "past", start, max(end, hit.last))


def is_news_peg(line: Line, hit: Hit) -> bool:
    """Whether a status is told by "after" alone, and not "two days after"."""
    start, _ = line.clause(hit.first)
    openers = tuple(_openers(line, hit, start))
    return (
        bool(openers)
        and all(word.key == "after" for word in openers)
        and not any(line.ends_at("duration", word.first) for word in openers)
        and not _is_long_past(line, hit)
        and not line.has("retrospect")
    )


def is_refuted(line: Line, token: int) -> bool:
    """Whether what its clause says at ``token`` is then called untrue."""
    _, end = line.clause(token)
    return any(token < hit.last <= end for hit in line.of("refuted"))


def is_given_up(line: Line, day: Day) -> bool:
    """Whether another takes its place: "not on Tuesday but on Friday", "instead of"."""
    first, last = line.covered(day.span)
    start, _ = line.clause(first)
    near = max(start, first - _ASIDE)
    if line.ends_at("replaces", first, within=1):
        return True
    return line.starts_at("contrast", last, within=1) and any(
        near <= word.first < first and word.key == "denied"
        for word in line.of("before")
    )


def has_any(line: Line, category: str, start: int, end: int) -> bool:
    """Whether a mark of a category begins in ``start`` to before ``end``."""
    return any(start <= hit.first < end for hit in line.of(category))


def governed_from(line: Line, start: int) -> int:
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
    relatives = [
        word
        for word in line.of("relative")
        if hit.first < word.first < hit.last and not line.ends_at("said", word.first)
    ]
    return any(word.last == hit.last - 1 for word in relatives) or (
        hit.key == "proposed" and bool(relatives) and "earlier" in within
    )


def _firmness(line: Line, start: int, end: int) -> Certainty:
    """Whether rumour is named where it governs the clause, or is all there is."""
    alone = len({hit.key for hit in line.of("status")}) == 1
    first = governed_from(line, start)
    settled = tuple(line.of("settled"))
    rumoured = any(
        alone or word.key == "throughout" or first <= word.first < end
        for word in line.of("rumour")
        if not any(ends.first <= word.first < ends.last for ends in settled)
    )
    return Certainty.UNCONFIRMED if rumoured else Certainty.ASSERTED


def _undoing(line: Line, hit: Hit, start: int) -> tuple[set[str], set[str]]:
    """The kinds of word shortly before a status, and in the gaps of its frame.

    A "no" reaches no further than "but": "will not travel, | and there is no summit";
    nor does what was to be reach past a verb: "talks due to open | were put off".
    """
    aside = max(start, hit.first - _ASIDE)
    contrast = _last(line, "contrast", hit.first)
    verb = _last(line, "resumes", hit.first + 1)
    before = {
        word.key
        for word in line.of("before")
        if aside <= word.first and word.last <= hit.first
        if word.key != "denied" or word.first >= contrast
        if word.key not in TO_BE or word.last > verb
    }
    within = {
        word.key
        for word in line.of("before")
        if hit.first < word.first and word.last < hit.last
    }
    return before, within


def _last(line: Line, category: str, before: int) -> int:
    """Where the last mark of a category before a token begins; 0 without one."""
    return max((w.first for w in line.of(category) if w.first < before), default=0)


def _openers(line: Line, hit: Hit, start: int) -> Iterator[Hit]:
    """The words that make a clause subordinate; "after ten hours" is none.

    Nor is a relative clause whose end a second verb shows, nor what stands in it: "the
    meeting that had been due in Oslo after a raid | was put off".
    """
    resumes = line.ends_at("resumes", hit.first) or line.starts_at("resumes", hit.first)
    related = (word for word in line.of("subordinate") if word.key == "relative")
    within = next((word for word in related if start <= word.first < hit.first), None)
    if resumes and within is not None and within.last < hit.first - 1:
        return iter(())
    return (
        word
        for word in line.of("subordinate")
        if start <= word.first < hit.first
        and not line.starts_at("duration", word.last, within=_DURATION)
    )


def _is_open(line: Line, hit: Hit, before: set[str], within: set[str]) -> bool:
    """Whether it may never come: "could", "if", "was to have", "to" undecided."""
    resolved = hit.key in _DECIDED and line.ends_at("resolved", hit.first, within=1)
    reported = hit.key in _DECIDED and _last(line, "said", hit.first) > 0
    return (
        ("intended" in before and not resolved)
        or ("reported" in before and not reported)
        or ("future" in before and hit.key in _BEGUN)
        or bool((before | within) & {"hypothetical", "supposed"})
        or _is_conditional(line, hit)
    )


def _is_premise(line: Line, hit: Hit) -> bool:
    """Whether a question builds on it: "if it failed, why should the next succeed?"."""
    return any(
        word.first < hit.first and hit.last <= ask.first
        for word in line.of("conditional")
        for ask in line.of("premise")
    )


def _is_conditional(line: Line, hit: Hit) -> bool:
    """Whether an "if" governs it; one deep in a clause of its own governs that alone.

    "The city, third on the list if one counts, says that it was put off" is firm.
    """
    opening, _ = line.segment(hit.first)
    governed = governed_from(line, line.clause(hit.first)[0])
    return any(
        governed <= word.first < hit.first
        or (
            opening <= word.first < hit.first
            and word.first - line.clause(word.first)[0] <= 1
        )
        for word in line.of("conditional")
    )
