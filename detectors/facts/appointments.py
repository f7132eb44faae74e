"""Tell on which day a meeting is set.

The plainest words win, then the earliest; neither the day of a technical round nor
the one on which something was said is ever taken.
"""

from collections.abc import Iterable, Iterator

from detectors.facts.dates import Day
from detectors.facts.frames import Hit
from detectors.facts.lines import Line
from detectors.facts.standing import TO_BE, has_any, is_given_up, is_refuted
from detectors.facts.statuses import CLOSED, TO_COME, StatusClaim

REACH = 1_000  # code points of a section in which where and when are told
_NAMED = 3  # tokens from a day to its meeting: "Saturday's planned summit"
_PARTING = frozenset({",", "-", ":", ";", "."})
_SAID = 2  # tokens from a verb of telling to its day: "said late on Monday"

# How plainly words set a meeting: what names it beside a place or a day, what only
# stands in the same sentence, and what merely lets it be guessed.
NEW, PLAIN, FAIR, FAINT = 4, 3, 2, 1


def is_aside(line: Line, token: int) -> bool:
    """Whether a place or day belongs to another meeting: lower, earlier, or past.

    What experts prepare is the meeting: "experts | draft the agenda for Oslo".
    """
    start, _ = line.segment(token)
    _, end = line.clause(token)
    work = [hit.first for hit in line.of("status") if hit.key == "preparing"]
    lower = any(
        start <= hit.first < end
        and not any(hit.last <= prepared < token for prepared in work)
        for hit in line.of("technical")
    )
    return lower or any(start <= hit.first < token for hit in line.of("past"))


def meeting_marks(line: Line) -> Iterator[Hit]:
    """The marks that name a meeting, or say that it will take place."""
    yield from line.of("noun")
    yield from (hit for hit in line.of("status") if hit.key == TO_COME)


def find_day(lines: Iterable[Line], held: StatusClaim | None) -> Day | None:
    """The day that the meeting is set for; none once it runs, is over or is off.

    Of a postponed meeting only the new day counts.
    """
    if held is not None and held.status in CLOSED:
        return None
    postponed = held if held is not None and held.status == "postponed" else None
    best: tuple[int, Day] | None = None
    for line in lines:
        if line.offset >= REACH:
            continue
        for day in line.days:
            if postponed is not None and not _is_new_day(line, day, postponed):
                continue
            weight = _day_weight(line, day)
            if weight > 0 and (best is None or weight > best[0]):
                best = weight, day
    return best[1] if best else None


def _day_weight(line: Line, day: Day) -> int:
    """How plainly a sentence sets the meeting for a day; 0 not at all."""
    first = line.token_at(day.start)
    if day.on < line.today or is_aside(line, first):
        return 0
    if is_refuted(line, first) or _is_telling(line, day) or is_given_up(line, day):
        return 0
    if has_any(line, "at_first", line.clause(first)[0], first):
        return FAINT
    if day.on > line.today and (weight := _weight_by_name(line, day)):
        return weight
    return _weight_by_clause(line, first, is_today=day.on == line.today)


def _weight_by_name(line: Line, day: Day) -> int:
    """How plainly a day is named as the meeting's own; 0 not at all."""
    if _is_name_of_meeting(line, day):
        return NEW
    return PLAIN if _is_fixed(line, day) else 0


def _weight_by_clause(line: Line, first: int, *, is_today: bool) -> int:
    """The more the clause and the sentence speak of a meeting; today's must come."""
    start, end = line.clause(first)
    to_come = any(
        start <= hit.first < end for hit in line.of("status") if hit.key == TO_COME
    )
    if is_today and not to_come:
        return 0
    if line.has("unrelated") and not (line.has("noun") or line.has("side")):
        return 0  # "the fair will open on Friday"
    if to_come or any(start <= hit.first < end for hit in meeting_marks(line)):
        return PLAIN
    if line.has("noun") or line.has("status"):
        return FAIR
    return FAINT if line.has("attend") else 0


def _is_name_of_meeting(line: Line, day: Day) -> bool:
    """As in "Saturday's planned summit", "the March 8 meeting"."""
    _, last = line.covered(day.span)
    return line.starts_at("noun", last, within=_NAMED) and not any(
        word in _PARTING for word in line.tokens.words[last : last + _NAMED]
    )


def _is_fixed(line: Line, day: Day) -> bool:
    """As in "the date of Sunday stands", or what a day was swapped for."""
    first = line.token_at(day.start)
    if line.ends_at("dated", first, within=1):
        return True
    start, _ = line.clause(first)
    swapped = any(
        hit.key == "swap" and first - 1 <= hit.last <= first
        for hit in line.of("inside")
    )
    return swapped and any(start <= hit.first < first for hit in line.of("moves"))


def _is_telling(line: Line, day: Day) -> bool:
    """Whether something was said on it, or it is but a bound ("after Friday's")."""
    first, last = line.covered(day.span)
    for hit in line.of("bound"):
        named = hit.key == "before" and line.starts_at("noun", last, within=_NAMED)
        if first - 1 <= hit.last <= first and not named:
            return True
    if _ends_close(line, "said", first) or line.starts_at("said", last):
        return True
    if _ends_close(line, "report", first):
        return True
    if day.by_weekday and line.ends_at("happened", first, within=_SAID):
        return True
    tellings = (*line.of("denial"), *_proposals(line))
    return any(
        first - _SAID <= hit.first < first or hit.first == last for hit in tellings
    )


def _ends_close(line: Line, category: str, token: int) -> bool:
    """Whether a mark ends shortly before a day, and no comma parts them."""
    return any(
        token - _SAID <= hit.last <= token
        and not any(word in _PARTING for word in line.tokens.words[hit.last : token])
        for hit in line.of(category)
    )


def _proposals(line: Line) -> Iterator[Hit]:
    return (hit for hit in line.of("status") if hit.key == "proposed")


def _is_new_day(line: Line, day: Day, held: StatusClaim) -> bool:
    """Whether a day is what a postponed meeting was moved to.

    That is what "until" or "to" names after the word that postpones, or what a later
    sentence says will come, and not what was to come.
    """
    first = line.token_at(day.start)
    start, end = line.clause(first)
    until = [hit for hit in line.of("until") if first - 1 <= hit.last <= first]
    # "para" is of what was to be, but for "se aplazó para el lunes"
    named = min((hit.first for hit in until), default=end)
    opens = [hit for hit in line.of("before") if not named <= hit.first < first]
    supposed = any(start <= hit.first < end and hit.key in TO_BE for hit in opens)
    if line is held.line:
        beside = any(held.token <= hit.first < first for hit in opens)
        moved = first > held.token and bool(until)
        return moved and not (supposed and beside)
    to_come = any(
        start <= hit.first < end for hit in line.of("status") if hit.key == TO_COME
    )
    return line.offset > held.line.offset and to_come and not supposed
