"""How firmly a text states something.

A statement is judged by the clause that it stands in: the words of the lexicon's
``certainty`` section mark what is history, a possibility, a denial or a rumour. What
"then" tells after a sentence on the past is past with it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from detectors.facts.context import Atom, Context
from detectors.facts.phrases import Phrasebook, Token, tokenize
from detectors.lexicons import Lexicon
from detectors.model import Certainty, Span

_REACH = 60  # characters from "could" to what it makes uncertain
_NEAR = 15  # characters from "was not" to what it denies
_RECORD = 7  # atoms from "deadliest" to "since December", which counts nothing
_AGO = 4  # atoms from "years" to "ago": "a year and a half ago"
_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d\d(?![\d,.]\d|\d)")
_CLAUSE_END = re.compile(r"[,;:]")
_INSERTED = re.compile(r", (?:[^\W\d]+ ){1,2}[^\W_]+,$")
"""A date between commas belongs to what follows: "in the worst, in May, 16 died"."""
_ATTACKS = frozenset({"strikes.weapons", "strikes.harmed", "strikes.harmed_one"})
_FIRST_PHRASE = re.compile(r"([^,;:.]{3,30}),")
_DATE = 4  # words at most: "On 3 February 2025"
_YEAR_ALONE = 3  # words: "In 2014", "У 2014 році"
_STOPS = frozenset(".,;")
_SOFT_WALLS = frozenset(";:")
_MONTHS_OF_A_YEAR = 12
_LONG_PAST = 15  # years; "a house of 1978" dates the house, not what happened to it

_MARKS: tuple[tuple[str, Certainty], ...] = (
    ("certainty.background", Certainty.BACKGROUND),
    ("certainty.denied", Certainty.DENIED),
    ("certainty.hypothetical", Certainty.HYPOTHETICAL),
    ("certainty.unconfirmed", Certainty.UNCONFIRMED),
    ("certainty.claimed", Certainty.CLAIMED),
)


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


def certainty_at(context: Context, span: Span) -> Certainty:
    """How firmly the text states what stands at ``span``.

    History colours its whole sentence, a possibility or a denial its own clause
    alone and only where it stands before the statement or close behind it.
    """
    sentence = context.sentence_at(span[0])
    if (
        _is_dated_back(context, sentence, span)
        or _is_cause(context, sentence, span)
        or _goes_on(context, sentence)
    ):
        return Certainty.BACKGROUND
    marks = _marks_of(context, sentence)
    for _, certainty in _MARKS:
        for mark in marks:
            if (
                mark.certainty is certainty
                and _reaches(context, mark, span)
                and not (mark.is_of_day and _is_first_told(context, span))
            ):
                return certainty
    return Certainty.ASSERTED


def _is_first_told(context: Context, span: Span) -> bool:
    """Whether nothing before a place tells of an attack: "a day earlier" is its day.

    A morning after begins with flowers and goes on with the toll of the day before.
    """
    sentence = context.sentence_at(span[0])
    return not any(
        atom.means_any(_ATTACKS)
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


def is_since(context: Context, span: Span) -> bool:
    """Whether a sentence counts over a time: "since January 60 died", "this month".

    A record, "the deadliest raid this year", counts one attack alone.
    """
    atoms = context.atoms(context.sentence_at(span[0]))
    if any(atom.means("certainty.since", "span") for atom in atoms):
        return not any(
            atom.means("certainty.since", "record") or atom.means("strikes.nth")
            for atom in atoms
        )
    months = context.lexicon.once("months", lambda: _month_numbers(context.lexicon))
    if _ends_with_since(context, span):
        return True
    return any(
        atom.means("certainty.since", "since")
        and after.word in months
        and _months_back(months[after.word], context.published_at) > 0
        and not any(
            before.means("certainty.since", "record")
            for before in atoms[max(place - _RECORD, 0) : place]
        )
        for place, (atom, after) in enumerate(pairwise(atoms))
    )


def _ends_with_since(context: Context, span: Span) -> bool:
    """Whether "since" ends the clause of a number: "390 people killed since"."""
    atoms = context.atoms(context.sentence_at(span[0]))
    after = [atom for atom in atoms if atom.start >= span[1]][:2]
    return bool(after) and (
        after[0].means("certainty.since", "since")
        and (len(after) == 1 or after[1].word in _STOPS)
    )


def _goes_on(context: Context, sentence: Span) -> bool:
    """Whether a sentence goes on with the past of the one before: "Then two died"."""
    return context.once(f"past of {sentence}", lambda: _is_then(context, sentence))


def _is_then(context: Context, sentence: Span) -> bool:
    before = context.sentence_before(sentence)
    if before is None:
        return False
    atoms = context.atoms(sentence)
    marks = _marks_of(context, before)
    if atoms and atoms[0].means("certainty.then"):
        return (
            any(_is_past(mark) for mark in marks)
            or _is_dated_back(context, before, before)
            or _goes_on(context, before)
        )
    return any(mark.opens for mark in marks) and not any(
        atom.means("certainty.now") for atom in atoms
    )


def _is_past(mark: _Mark) -> bool:
    return mark.certainty is Certainty.BACKGROUND and not mark.is_forward


def _marks_of(context: Context, sentence: Span) -> list[_Mark]:
    return context.once(f"marks of {sentence}", lambda: _marks(context, sentence))


def _marks(context: Context, sentence: Span) -> list[_Mark]:
    atoms = context.atoms(sentence)
    is_record = any(atom.means("certainty.since", "record") for atom in atoms)
    marks = [
        _Mark(
            certainty,
            atom.start,
            atom.end,
            _NEAR if atom.means(category, "not") else _REACH,
            is_forward=atom.means(category, "after"),
            looks_back=atom.means(category, "behind"),
            opens=atom.means(category, "before"),
            is_of_day=atom.means(category, "day"),
        )
        for atom in atoms
        for category, certainty in _MARKS
        if atom.means(category)
        and not (is_record and atom.means(category, "whole"))
        and not (
            certainty is Certainty.HYPOTHETICAL
            and _is_month(context, atom, opens=atom.start == sentence[0])
        )
    ]
    return [*marks, *_ago(atoms)]


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


def _is_month(context: Context, atom: Atom, *, opens: bool) -> bool:
    """Whether a capital tells a month from a verb: "11 May", "on May 11"."""
    months = context.lexicon.once("months", lambda: _month_numbers(context.lexicon))
    return not opens and atom.word in months and context.text[atom.start].isupper()


def _month_numbers(lexicon: Lexicon) -> dict[str, int]:
    groups = lexicon.categories.get("numbers.months", {})
    return {term: int(number) for number, terms in groups.items() for term in terms}


def _is_cause(context: Context, sentence: Span, span: Span) -> bool:
    """Whether it is what an attack answered: "in reply to a missile fired at"."""
    return any(
        atom.end <= span[0] and not _CLAUSE_END.search(context.text, atom.end, span[0])
        for atom in context.atoms(sentence)
        if atom.means("certainty.cause")
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
    if mark.certainty is Certainty.BACKGROUND:
        return ";" not in between
    if any(wall in between for wall in _SOFT_WALLS):
        return False
    if mark.certainty not in (Certainty.HYPOTHETICAL, Certainty.DENIED):
        return True
    is_near = len(between) <= mark.reach and "," not in between
    return is_near and (mark.end <= span[0] or mark.looks_back)


def _is_dated_back(context: Context, sentence: Span, span: Span) -> bool:
    """Whether the clause tells of another month or year than the article's.

    A date that opens a sentence, "In February, a raid killed six", dates all of it.
    """
    text = context.text[sentence[0] : sentence[1]]
    published = context.published_at
    clause = _clause(text, span[0] - sentence[0], span[1] - sentence[0])
    is_relative = _is_relative(context, text[clause[0] : clause[1]])
    if is_relative:
        clause = 0, clause[1]
    opening = context.once(f"opening of {sentence}", lambda: _opening(context, text))
    part = f"{opening} {text[clause[0] : clause[1]]}"
    years = [int(match.group()) for match in _YEAR.finditer(part)]
    if any(published.year - _LONG_PAST < year < published.year for year in years):
        return True
    return any(
        _months_back(month, published) > 1 or _is_last_month(month, published)
        for month in _months(context, part, since=is_relative)
    )


def _opening(context: Context, text: str) -> str:
    """The date with which a sentence begins, before its first comma; "" for none."""
    found = _FIRST_PHRASE.match(text)
    if found is None:
        return ""
    tokens = tokenize(found.group(1))
    book = Phrasebook.of(context.lexicon)
    is_date = any(book.matches(tokens, n, "numbers.months") for n in range(len(tokens)))
    is_year = book.length(tokens, 0, "strikes.origin", "in") == 1
    is_short = len(tokens) <= (_DATE if is_date else _YEAR_ALONE)
    return found.group(1) if is_short and (is_date or is_year) else ""


def _clause(text: str, start: int, end: int) -> Span:
    """The part of a sentence between commas, dashes and the like around a span."""
    left = max(text.rfind(sign, 0, start) for sign in (",", ";", ":", "(", " - "))
    rights = [text.find(sign, end) for sign in (",", ";", ":", ")", " - ")]
    right = min((place for place in rights if place >= 0), default=len(text))
    inserted = _INSERTED.search(text, 0, left + 1)
    return (inserted.start() if inserted else left + 1), right


def _is_relative(context: Context, clause: str) -> bool:
    """Whether a clause tells more of what stands before it ("when 45 people died")."""
    tokens = tokenize(clause)
    book = Phrasebook.of(context.lexicon)
    return bool(book.matches(tokens, 0, "certainty.relative"))


def _months(context: Context, text: str, *, since: bool) -> list[int]:
    """The months named; those after "since" only if ``since``."""
    tokens = tokenize(text)
    book = Phrasebook.of(context.lexicon)
    return [
        int(key)
        for position, token in enumerate(tokens)
        for _, key in book.matches(tokens, position, "numbers.months")
        if (context.lexicon.language != "en" or _is_capital(text, token.start))
        and (since or not _is_since(book, tokens, position))
    ]


def _is_since(book: Phrasebook, tokens: Sequence[Token], position: int) -> bool:
    """Whether "since" stands before a month: what began then still goes on."""
    return book.length(tokens, position - 1, "certainty.since", "since") == 1


def _is_capital(text: str, position: int) -> bool:
    """English months are capitals: "may" and "march" are verbs."""
    return text[position].isupper()


def _months_back(month: int, published: datetime) -> int:
    return (published.month - month) % _MONTHS_OF_A_YEAR


def _is_last_month(month: int, published: datetime) -> bool:
    """Whether a month is the one before, and that one is over for a while."""
    return _months_back(month, published) == 1 and published.day > _FIRST_DAYS


_FIRST_DAYS = 3  # on 2 March "28 February" is still the news
