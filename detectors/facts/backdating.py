"""Whether a text tells of another day than its own: by a month, a year, or a place.

What happened in another month or year than that in which an article came out is
history, and so is what it calls to mind of somewhere else. What it counts since a
month is no toll of one attack.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from detectors.facts.context import Atom, Context
from detectors.facts.phrases import Phrasebook, length_of, terms_at
from detectors.lexicons import Lexicon
from detectors.model import Span

_RECORD = 7  # atoms from "deadliest" to "since December", which counts nothing
_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d\d(?![\d,.]\d|\d)")
_INSERTED = re.compile(r", (?:[^\W\d]+ ){1,2}[^\W_]+,$")
"""A date between commas belongs to what follows: "in the worst, in May, 16 died"."""
_FIRST_PHRASE = re.compile(r"([^,;:.]{3,30}),")
_DATE = 4  # words at most: "On 3 February 2025"
_FEAST = 7  # words, where a year is among them: "On Palm Sunday in April 2025"
_MONTH_OF_YEAR = re.compile(r"\w{1,2} ([^\W\d]+) (?:de )?(?:19|20)\d\d\b")
"""What opens a sentence without a pause: "In May 2025 a raid killed"."""
_YEAR_ALONE = 3  # words: "In 2014", "У 2014 році"
_NOUN_BEFORE = 2  # words from a noun to the month that dates it: "truce of November"
_MONTH_AND_YEAR = 19  # letters at most: "September de 2024"
_NO_NOUNS = (
    "strikes.damage",
    "strikes.weapons",
    "strikes.harmed",
    "strikes.aftermath",
    "certainty.ago",
)
_STOPS = frozenset(".,;")
_MONTHS_OF_A_YEAR = 12
_LONG_PAST = 15  # years; "a house of 1978" dates the house, not what happened to it
_FIRST_DAYS = 3  # on 2 March "28 February" is still the news
_LONGEST_MONTH = 31  # days
_NEWS = 3  # days before an article of which it may remind without telling history


@dataclass(frozen=True, slots=True)
class _Named:
    """A year or a month that a sentence names; ``day`` 0 where it names none."""

    start: int
    year: int = 0
    month: int = 0
    day: int = 0
    is_since: bool = False  # what began then still goes on
    is_december: bool = False  # a year told beside its last month


def is_dated_back(context: Context, sentence: Span, span: Span) -> bool:
    """Whether the clause tells of another month or year than the article's.

    A date that opens a sentence, "In February, a raid killed six", dates all of it.
    """
    named = _named(context, sentence)
    if not named:
        return False
    text = context.text[sentence[0] : sentence[1]]
    start, end = _clause(text, span[0] - sentence[0], span[1] - sentence[0])
    is_relative = _is_relative(context, sentence, start + sentence[0])
    if is_relative:
        start = 0
    opening = context.once(("opening of", sentence), lambda: _opening(context, text))
    return any(
        _is_of_the_past(each, context.published_at, since=is_relative)
        for each in named
        if start <= each.start < end or each.start < opening
    )


def is_reminder(context: Context, sentence: Span) -> bool:
    """Whether what a sentence calls to mind is another event than the article's.

    It is where no place is new and no day is named that is no longer the news.
    """
    if any(
        not _is_news(each, context.published_at) for each in _named(context, sentence)
    ):
        return True
    before = {place.name for place in context.places if place.end <= sentence[0]}
    return any(place.name not in before for place in context.places_in(sentence))


def _is_news(named: _Named, published: datetime) -> bool:
    """Whether it is a day so near that it is what the article is about."""
    days = (published - timedelta(days=back) for back in range(_NEWS + 1))
    return any((at.month, at.day) == (named.month, named.day) for at in days)


def is_since(context: Context, span: Span) -> bool:
    """Whether a sentence counts over a time: "since January 60 died", "this month".

    A record, "the deadliest raid this year", counts one attack alone.
    """
    sentence = context.sentence_at(span[0])
    if not context.has(sentence, "certainty.since"):
        return False
    atoms = context.atoms(sentence)
    if any(map(_is_worst_time, atoms, atoms[1:])):
        return True
    if any(atom.means("certainty.since", "span") for atom in atoms):
        return not any(
            atom.means("certainty.since", "record") or atom.means("strikes.nth")
            for atom in atoms
        )
    if not any(atom.means("certainty.since", "since") for atom in atoms):
        return False
    if _ends_with_since(context, span):
        return True
    months = month_numbers(context.lexicon)
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


def _is_worst_time(atom: Atom, after: Atom) -> bool:
    """Whether a time holds a record: "the worst month", whose numbers it counts."""
    return atom.means("certainty.since", "record") and after.means(
        "certainty.ago", "span"
    )


def month_numbers(lexicon: Lexicon) -> dict[str, int]:
    """The number of each word for a month."""

    def read() -> dict[str, int]:
        groups = lexicon.categories.get("numbers.months", {})
        return {term: int(number) for number, terms in groups.items() for term in terms}

    return lexicon.once("months", read)


def _ends_with_since(context: Context, span: Span) -> bool:
    """Whether "since" ends the clause of a number: "390 people killed since"."""
    atoms = context.atoms(context.sentence_at(span[0]))
    after = [atom for atom in atoms if atom.start >= span[1]][:2]
    return bool(after) and (
        after[0].means("certainty.since", "since")
        and (len(after) == 1 or after[1].word in _STOPS)
    )


def _named(context: Context, sentence: Span) -> tuple[_Named, ...]:
    """The years and months of a sentence, from its start."""
    return context.once(("dates of", sentence), lambda: tuple(_read(context, sentence)))


def _read(context: Context, sentence: Span) -> Iterator[_Named]:
    text = context.text[sentence[0] : sentence[1]]
    months = tuple(_months(context, sentence))
    dated = tuple(_dated_nouns(context, sentence))
    is_december = any(each.month == _MONTHS_OF_A_YEAR for each in months)
    for match in _YEAR.finditer(text):
        if not any(start <= match.start() < end for start, end in dated):
            yield _Named(
                match.start(), year=int(match.group()), is_december=is_december
            )
    for each in months:
        if not any(start <= each.start < end for start, end in dated):
            yield each


def _dated_nouns(context: Context, sentence: Span) -> Iterator[Span]:
    """The dates of what is no attack: "in breach of the truce of November 2024"."""
    tokens = context.tokens(sentence)
    for position in range(_NOUN_BEFORE, len(tokens)):
        if (
            not tokens[position].begins.may_count
            or not terms_at(tokens, position, "numbers.months")
            or length_of(tokens, position - 1, "strikes.origin", "of") != 1
        ):
            continue
        noun = position - _NOUN_BEFORE
        if tokens[noun].word.isalpha() and not any(
            terms_at(tokens, noun, category) for category in _NO_NOUNS
        ):
            start = tokens[position].start - sentence[0]
            yield start, start + _MONTH_AND_YEAR


def _months(context: Context, sentence: Span) -> Iterator[_Named]:
    tokens = context.tokens(sentence)
    for position, token in enumerate(tokens):
        if not token.begins.may_count:
            continue
        for _, key in terms_at(tokens, position, "numbers.months"):
            is_capital = context.text[token.start].isupper()
            if context.lexicon.language == "en" and not is_capital:
                continue  # "may" and "march" are verbs
            beside = (*tokens[max(position - 2, 0) : position], *tokens[position + 1 :])
            days = [int(near.word) for near in beside[:3] if near.word.isdecimal()]
            yield _Named(
                token.start - sentence[0],
                month=int(key),
                day=next((day for day in days if 0 < day <= _LONGEST_MONTH), 0),
                is_since=length_of(tokens, position - 1, "certainty.since", "since")
                == 1,
            )


def _is_of_the_past(named: _Named, published: datetime, *, since: bool) -> bool:
    if named.year:
        is_just_over = named.is_december and (
            named.year == (published - timedelta(days=_FIRST_DAYS)).year
        )
        is_past = published.year - _LONG_PAST < named.year < published.year
        return is_past and not is_just_over
    if named.is_since and not since:
        return False
    back = _months_back(named.month, published)
    return back > 1 or (back == 1 and published.day > _FIRST_DAYS)


def _opening(context: Context, text: str) -> int:
    """Where the date ends with which a sentence begins; 0 for none."""
    bare = _MONTH_OF_YEAR.match(text)
    if bare is not None and bare.group(1).casefold() in month_numbers(context.lexicon):
        return bare.end()
    found = _FIRST_PHRASE.match(text)
    if found is None:
        return 0
    tokens = Phrasebook.of(context.lexicon).read(found.group(1))
    is_date = any(terms_at(tokens, n, "numbers.months") for n in range(len(tokens)))
    is_year = length_of(tokens, 0, "strikes.origin", "in") == 1
    longest = _DATE if is_date else _YEAR_ALONE
    if is_date and _YEAR.search(found.group(1)):
        longest = _FEAST
    return found.end(1) if len(tokens) <= longest and (is_date or is_year) else 0


def _clause(text: str, start: int, end: int) -> Span:
    """The part of a sentence between commas, dashes and the like around a span."""
    left = max(text.rfind(sign, 0, start) for sign in (",", ";", ":", "(", " - "))
    rights = [text.find(sign, end) for sign in (",", ";", ":", ")", " - ")]
    right = min((place for place in rights if place >= 0), default=len(text))
    inserted = _INSERTED.search(text, 0, left + 1)
    return (inserted.start() if inserted else left + 1), right


def _is_relative(context: Context, sentence: Span, start: int) -> bool:
    """Whether a clause tells more of what stands before it ("when 45 people died")."""
    first = next(
        (atom for atom in context.atoms(sentence) if atom.start >= start), None
    )
    return first is not None and (
        first.means("certainty.relative") or first.means("certainty.then")
    )


def _months_back(month: int, published: datetime) -> int:
    return (published.month - month) % _MONTHS_OF_A_YEAR
