"""How firmly a text states something.

A statement is judged by the clause that it stands in: the words of the lexicon's
``certainty`` section mark what is history, a possibility, a denial or a rumour. What
"then" tells after a sentence on the past is past with it. Dates are for `backdating`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.backdating import is_dated_back, is_reminder, month_numbers
from detectors.facts.context import Atom, Context
from detectors.model import Certainty, Span

_REACH = 60  # characters from "could" to what it makes uncertain
_NEAR = 15  # characters from "was not" to what it denies
_AGO = 4  # atoms from "years" to "ago": "a year and a half ago"
_CLAUSE_END = re.compile(r"[,;:]")
_DAY_AFTER = re.compile(r" \d{1,2}\b")
_WEAPONS = frozenset({"strikes.weapons"})
_ATTACKS = _WEAPONS | {"strikes.harmed", "strikes.harmed_one"}
_SOFT_WALLS = frozenset(";:")
_MARKS: tuple[tuple[str, Certainty], ...] = (
    ("certainty.background", Certainty.BACKGROUND),
    ("certainty.denied", Certainty.DENIED),
    ("certainty.hypothetical", Certainty.HYPOTHETICAL),
    ("certainty.unconfirmed", Certainty.UNCONFIRMED),
    ("certainty.claimed", Certainty.CLAIMED),
)
_MARKING = frozenset(category for category, _ in _MARKS)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word that makes what stands near it uncertain."""

    certainty: Certainty
    start: int
    end: int
    reach: int = _REACH
    is_forward: bool = False  # "weeks after" dates what follows it
    looks_back: bool = False  # "were false" denies what stands before it
    opens: bool = False  # "been hit before" dates the next sentence, too
    is_of_day: bool = False  # "a day earlier" is the news of whoever tells it first
    is_staged: bool = False  # "the drill simulated" makes all of its sentence a play


def certainty_at(context: Context, span: Span) -> Certainty:
    """How firmly the text states what stands at ``span``.

    History colours its whole sentence, a possibility or a denial its own clause
    alone and only where it stands before the statement or close behind it.
    """
    sentence = context.sentence_at(span[0])
    if is_dated_back(context, sentence, span) or _is_cause(context, sentence, span):
        return Certainty.BACKGROUND
    carried = _carried(context, sentence)
    if carried is not None:
        return carried
    marks = _marks_of(context, sentence)
    for _, certainty in _MARKS:
        for mark in marks:
            if (
                mark.certainty is certainty
                and _reaches(context, mark, span)
                and not (mark.is_of_day and _is_first_told(context, mark, span))
            ):
                return certainty
    return Certainty.ASSERTED


def _is_first_told(context: Context, mark: _Mark, span: Span) -> bool:
    """Whether nothing before a place tells of an attack: "a day earlier" is its day.

    A morning after begins with flowers and goes on with the toll of the day before,
    or begins with the toll: "Eight are dead after Saturday's strike".
    """
    sentence = context.sentence_at(span[0])
    here = _WEAPONS if mark.is_forward else _ATTACKS
    return not any(
        atom.means_any(here if other.span[0] == sentence[0] else _ATTACKS)
        for other in context.sentences
        if other.span[0] <= sentence[0]
        for atom in context.atoms(other.span)
        if atom.end <= span[0]
    )


def is_feared(context: Context, span: Span) -> Certainty | None:
    """UNCONFIRMED where fear alone makes a statement a possibility; None otherwise."""
    sentence = context.sentence_at(span[0])
    fears = {
        atom.start
        for atom in context.atoms(sentence)
        if atom.means("certainty.hypothetical", "fear")
    }
    others = any(
        mark.certainty is Certainty.HYPOTHETICAL
        and mark.start not in fears
        and _reaches(context, mark, span)
        for mark in _marks_of(context, sentence)
    )
    return Certainty.UNCONFIRMED if fears and not others else None


def _carried(context: Context, sentence: Span) -> Certainty | None:
    """What a sentence goes on with from the one before; None if with nothing.

    The past goes on with "Then two died", a drill with whatever its script tells.
    """
    return context.once(("carried to", sentence), lambda: _carry(context, sentence))


def _carry(context: Context, sentence: Span) -> Certainty | None:
    before = context.sentence_before(sentence)
    if before is None:
        return None
    atoms = context.atoms(sentence)
    marks = _marks_of(context, before)
    if atoms and atoms[0].means("certainty.then"):
        is_past = (
            any(_is_past(mark) for mark in marks)
            or is_dated_back(context, before, before)
            or _carried(context, before) is Certainty.BACKGROUND
        )
        return Certainty.BACKGROUND if is_past else None
    if context.has(sentence, "certainty.now"):
        return None
    if any(mark.opens for mark in marks):
        return Certainty.BACKGROUND
    return Certainty.HYPOTHETICAL if any(mark.is_staged for mark in marks) else None


def _is_past(mark: _Mark) -> bool:
    return mark.certainty is Certainty.BACKGROUND and not mark.is_forward


def _marks_of(context: Context, sentence: Span) -> list[_Mark]:
    return context.once(("marks of", sentence), lambda: _marks(context, sentence))


def _marks(context: Context, sentence: Span) -> list[_Mark]:
    marks: list[_Mark] = []
    if context.has(sentence, *_MARKING):
        marks += _worded(context, sentence)
        marks += _refuted(context, sentence)
    if context.has(sentence, "certainty.ago"):
        marks += _ago(context.atoms(sentence))
    if context.has(sentence, "certainty.recap") and is_reminder(context, sentence):
        marks += [
            _Mark(Certainty.BACKGROUND, atom.start, atom.end)
            for atom in context.atoms(sentence)
            if atom.means("certainty.recap")
        ]
    return marks


def _worded(context: Context, sentence: Span) -> Iterator[_Mark]:
    """What the words of a sentence make uncertain."""
    is_record = context.tells(sentence, ("certainty.since", "record"))
    return (
        _Mark(
            certainty,
            atom.start,
            atom.end,
            _NEAR if atom.means(category, "not") else _REACH,
            is_forward=atom.means(category, "after") or atom.means(category, "of day"),
            looks_back=atom.means(category, "behind"),
            opens=atom.means(category, "before"),
            is_of_day=atom.means(category, "day") or atom.means(category, "of day"),
            is_staged=atom.means(category, "staged"),
        )
        for atom in context.atoms(sentence)
        if atom.means_any(_MARKING)
        for category, certainty in _MARKS
        if atom.means(category)
        and not (is_record and atom.means(category, "whole"))
        and not (
            certainty is Certainty.HYPOTHETICAL
            and _is_month(context, atom, opens=atom.start == sentence[0])
        )
    )


def _ago(atoms: Sequence[Atom]) -> Iterator[_Mark]:
    """What is told as weeks, months or years ago: "hace tres años", "a year ago"."""
    for position, atom in enumerate(atoms):
        if atom.means("certainty.ago", "ends"):
            beside = atoms[max(position - _AGO, 0) : position]
        elif atom.means("certainty.ago", "begins"):
            beside = atoms[position + 1 : position + 1 + _AGO]
        else:
            continue
        if any(other.means("certainty.ago", "span") for other in beside):
            yield _Mark(Certainty.BACKGROUND, atom.start, atom.end)


def _refuted(context: Context, sentence: Span) -> Iterator[_Mark]:
    """What somebody took to have happened: "talk of a drone was denied by all"."""
    if not context.has(sentence, "certainty.theory"):
        return
    atoms = context.atoms(sentence)
    denials = [atom.start for atom in atoms if atom.means("certainty.denied")]
    for atom in atoms if denials else ():
        if atom.means("certainty.theory") and atom.end <= denials[-1]:
            yield _Mark(Certainty.DENIED, atom.start, atom.end)


def _is_month(context: Context, atom: Atom, *, opens: bool) -> bool:
    """Whether a capital tells a month from a verb: "11 May", "on May 11".

    What opens a sentence has one anyway; there a day must follow.
    """
    if atom.word not in month_numbers(context.lexicon):
        return False
    if opens:
        return _DAY_AFTER.match(context.text, atom.end) is not None
    return context.text[atom.start].isupper()


def _is_cause(context: Context, sentence: Span, span: Span) -> bool:
    """Whether it is what an attack answered: "in reply to a missile fired at"."""
    return context.has(sentence, "certainty.cause") and any(
        atom.end <= span[0] and not _CLAUSE_END.search(context.text, atom.end, span[0])
        for atom in context.atoms(sentence)
        if atom.means("certainty.cause")
    )


def _is_of_cause(context: Context, mark: _Mark, span: Span) -> bool:
    """Whether a mark dates what an attack answered: "in reply to last week's raid"."""
    return span[1] <= mark.start and any(
        span[1] <= atom.start < mark.start and atom.means("certainty.cause")
        for atom in context.atoms(context.sentence_at(span[0]))
    )


def _reaches(context: Context, mark: _Mark, span: Span) -> bool:
    if mark.start < span[1] and span[0] < mark.end:
        return mark.reach != _NEAR  # the frames themselves refuse "was not killed"
    between = (
        context.text[mark.end : span[0]]
        if mark.end <= span[0]
        else context.text[span[1] : mark.start]
    )
    if mark.is_forward:
        return mark.end <= span[0] and not _CLAUSE_END.search(between)
    if mark.certainty is Certainty.BACKGROUND or mark.is_staged:
        return ";" not in between and not _is_of_cause(context, mark, span)
    if any(wall in between for wall in _SOFT_WALLS):
        return False
    if mark.certainty not in (Certainty.HYPOTHETICAL, Certainty.DENIED):
        return True
    is_near = len(between) <= mark.reach and "," not in between
    return is_near and (mark.end <= span[0] or mark.looks_back)
