"""Sentences as the rules on meetings read them: words, marks, places, days."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from detectors.facts.context import Context
from detectors.facts.dates import Dated, Day, resolve, today_of
from detectors.facts.frames import Hit, Tokens, frames, tokenize
from detectors.facts.parts import cut
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Span

SECTION = "meetings"
_BORROWED = frozenset({"strikes.actors"})  # armed groups send envoys, too
_STAMP = re.compile(r"\d{1,2}[:.]\d\d\b[\s-]*")
_DATELINE = re.compile(
    r"[^\W\d_]{2}[\w .,/'&-]{0,60}?(?:\([^)]{2,40}\))?\s*(?:\([^)]{2,40}\) - | - )"
)
POSSESSIVE = ("'", "s")
_MISLED = frozenset({"before", "past"})  # categories with words that are in dates
_BESIDE = 2  # letters from "its capital" to its name: ", "
_OWNS = frozenset({"'s", "’s", "'", "’"})  # "Chad's capital", "the Comoros' capital"
_ACTS = 4  # tokens from a capital to its verb: "Oslo has been mediating"
_SHORT_DATELINE = 3  # words with the dash: "Geneva -", "San Marino -"
_MONTHS = 12
_FIRST_YEAR = 1900  # of those that an article calls to mind
_LED_BY = frozenset({(PlaceKind.COUNTRY, "of"), (PlaceKind.CITY, "city")})
_STOPS = frozenset(".;:!?")
_WALLS = _STOPS | frozenset(",()")
_Marks = dict[str, list[Hit]]
"""The marks of a sentence by category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence of a section.

    Args:
        by_category: The marks; a hundred rules ask for those of one category.
        offset: Code points between the start of its section and its own.
        walls: The tokens that are commas, brackets or stops.
        stops: Those that are semicolons or stops.
        bodies: Unions of countries, as if each were one.
        groups: Armies and armed groups, likewise.
        governments: Countries that their capitals stand for: "Oslo is mediating".
        dateline: The city that it was written in, if it says so.
        today: The day on which its article came out.
    """

    span: Span
    offset: int
    tokens: Tokens
    walls: Sequence[int]
    stops: Sequence[int]
    by_category: Mapping[str, Sequence[Hit]]
    places: tuple[PlaceMention, ...]
    days: tuple[Day, ...]
    today: date
    bodies: tuple[PlaceMention, ...] = ()
    groups: tuple[PlaceMention, ...] = ()
    governments: tuple[PlaceMention, ...] = ()
    dateline: PlaceMention | None = None

    def of(self, category: str) -> Sequence[Hit]:
        """The marks of one category, in order, past the dateline."""
        return self.by_category.get(category, ())

    def has(self, category: str, *, key: str | None = None) -> bool:
        """Whether the sentence carries a mark of a category (and key)."""
        marks = self.of(category)
        return bool(marks) if key is None else any(hit.key == key for hit in marks)

    @property
    def is_background(self) -> bool:
        """Whether it tells of earlier meetings, in a clause or from its first word."""
        return self.has("past") or self.has("retrospect")

    def quoted(self, hit: Hit) -> Span:
        """Where a mark stands in the text."""
        return self.tokens.span(hit.first, hit.last)

    def token_at(self, position: int) -> int:
        """The number of the first token that ends after ``position``."""
        return bisect_right(self.tokens.ends, position)

    def ends_at(self, category: str, token: int, *, within: int = 0) -> bool:
        """Whether a mark ends at ``token``, or up to ``within`` tokens before."""
        return any(token - within <= hit.last <= token for hit in self.of(category))

    def starts_at(self, category: str, token: int, *, within: int = 0) -> bool:
        """Whether a mark begins at ``token``, or up to ``within`` tokens after."""
        return any(token <= hit.first <= token + within for hit in self.of(category))

    def is_owner(self, token: int) -> bool:
        """Whether what ends before ``token`` has an "'s" there."""
        return self.tokens.words[token : token + len(POSSESSIVE)] == POSSESSIVE

    def covered(self, span: Span) -> tuple[int, int]:
        """The token that a span begins in, and the one behind its last."""
        return self.token_at(span[0]), self.token_at(span[1] - 1) + 1

    def clause(self, token: int) -> tuple[int, int]:
        """The tokens around ``token`` that no comma or stop parts from it."""
        return self._between(token, self.walls)

    def segment(self, token: int) -> tuple[int, int]:
        """The tokens around ``token`` up to the next semicolon or stop."""
        return self._between(token, self.stops)

    def _between(self, token: int, walls: Sequence[int]) -> tuple[int, int]:
        end = len(self.tokens.words)
        number = bisect_left(walls, min(token, end))
        return (
            walls[number - 1] + 1 if number else 0,
            walls[number] if number < len(walls) else end,
        )


def read_sections(context: Context) -> tuple[tuple[Line, ...], ...]:
    """The on-topic sentences, parted where each part tells of one meeting."""
    parts = cut(context.reading, context.spans, gazetteer=None)
    return tuple(tuple(_lines(context, part)) for part in parts)


def read_heading(context: Context) -> tuple[Line, ...]:
    """The article's title, as `Context.heading` has it."""
    return tuple(line for part in read_sections(context.heading) for line in part)


def _lines(context: Context, part: Sequence[Span]) -> Iterator[Line]:
    before = 0
    for paragraph in part:
        for sentence in context.sentences_in(paragraph):
            offset = before + sentence.start - paragraph[0]
            opens = sentence.start == paragraph[0]
            yield _line(context, sentence.span, offset, opens=opens)
        before += paragraph[1] - paragraph[0]


def _line(context: Context, span: Span, offset: int, *, opens: bool) -> Line:
    text = context.reading.text
    dateline = _DATELINE.match(text, *span) if opens else None
    start = dateline.end() if dateline and _is_dateline(dateline.group()) else span[0]
    if opens and (stamp := _STAMP.match(text, *span)):
        start = stamp.end()
    tokens = tokenize(text, start, span[1])
    places = context.places_in((start, span[1]))
    hits = frames(context.lexicon, SECTION, _BORROWED).find(tokens)
    marks = _by_category(hits)
    places = tuple(_styled(context, tokens, marks, places))
    places = (*places, *_own_capitals(context, tokens, marks, places))
    dated = Dated.of(tokens, context.lexicon)
    days = resolve(
        text, (start, span[1]), context.published_at, context.lexicon, dated=dated
    )
    today = context.once(
        "today", lambda: today_of(context.published_at, context.lexicon)
    )
    names = [place.span for place in places]
    names += [day.span for day in days if day.on >= today]
    _leave_out_unmeant(context, dated, marks, names)
    walls = [n for n, word in enumerate(tokens.words) if word in _WALLS]
    return Line(
        span=span,
        offset=offset,
        tokens=tokens,
        walls=walls,
        stops=[n for n in walls if tokens.words[n] in _STOPS],
        by_category=marks,
        places=places,
        days=days,
        today=today,
        bodies=tuple(_bodies(tokens, marks.get("body", ()))),
        groups=tuple(_bodies(tokens, marks.get("actors", ()))),
        governments=tuple(_governments(context, tokens, marks, places)),
        dateline=_city(context, (span[0], start)) if dateline else None,
    )


def _by_category(hits: Iterable[Hit]) -> _Marks:
    found: _Marks = {}
    for hit in hits:
        found.setdefault(hit.category, []).append(hit)
    return found


def _city(context: Context, span: Span) -> PlaceMention | None:
    """The first city named in a span."""
    places = context.places_in(span)
    return next((each for each in places if each.kind is PlaceKind.CITY), None)


def _bodies(tokens: Tokens, hits: Iterable[Hit]) -> Iterator[PlaceMention]:
    for hit in hits:
        start, end = tokens.span(hit.first, hit.last)
        yield PlaceMention(
            name=hit.key,
            kind=PlaceKind.COUNTRY,
            country=hit.key,
            start=start,
            end=end,
        )


def _governments(
    context: Context,
    tokens: Tokens,
    marks: _Marks,
    places: Iterable[PlaceMention],
) -> Iterator[PlaceMention]:
    """The country whose capital begins a sentence as who mediates: "Oslo mediates"."""
    first = tokens.starts[0] if tokens.starts else 0
    acts = [hit.first for hit in marks.get("mediate", ())]
    for place in places if min(acts, default=_ACTS) < _ACTS else ():
        if place.kind is PlaceKind.CITY and place.start == first:
            country = context.gazetteer.country_led_from(place)
            if country is not None:
                yield replace(place, name=country.name, kind=country.kind)


def _styled(
    context: Context,
    tokens: Tokens,
    marks: _Marks,
    places: Sequence[PlaceMention],
) -> Iterator[PlaceMention]:
    """The places as they are styled: "the capital of Chad", "the Chadian city of Doba".

    A country beside a word for its capital is that city; a city begins with what
    leads up to its name.
    """
    capitals = [
        (hit.key, tokens.span(hit.first, hit.last)) for hit in marks.get("capital", ())
    ]
    adjectives = {
        each.end: each.start for each in places if each.kind is PlaceKind.NATIONALITY
    }
    for place in places:
        start, end = _as_capital(context, place, capitals)
        if place.kind is PlaceKind.CITY:
            led = adjectives.get(start - 1, start) if start != place.start else start
            yield place if led == place.start else replace(place, start=led)
            continue
        city = context.gazetteer.capital_of(place.country)
        if city is None or (start, end) == place.span:
            yield place
        else:
            yield replace(place, name=city.name, kind=city.kind, start=start, end=end)


def _own_capitals(
    context: Context,
    tokens: Tokens,
    marks: _Marks,
    places: Sequence[PlaceMention],
) -> Iterator[PlaceMention]:
    """The capital of who is named first: "Chad offered to host them in its capital"."""
    for hit in marks.get("own_capital", ()):
        start, end = tokens.span(hit.first, hit.last)
        named = any(
            place.kind is PlaceKind.CITY and end < place.start <= end + _BESIDE
            for place in places
        )
        owner = next((each for each in places if each.end <= start), None)
        if owner is None or named:
            continue
        city = context.gazetteer.capital_of(owner.country)
        if city is not None:
            yield replace(owner, name=city.name, kind=city.kind, start=start, end=end)


def _as_capital(
    context: Context, place: PlaceMention, marks: Iterable[tuple[str, Span]]
) -> Span:
    """Where a place stands with the word that makes it a capital, or a city."""
    for key, (start, end) in marks:
        before, behind = end + 1 == place.start, place.end + 1 == start
        owned = context.text[place.end : start].strip() in _OWNS
        if owned and (place.kind, key) == (PlaceKind.COUNTRY, "word"):
            return place.start, end
        if before and (place.kind, key) in _LED_BY:
            return start, place.end
        if (before or behind) and (place.kind, key) == (PlaceKind.NATIONALITY, "word"):
            return min(start, place.start), max(end, place.end)
    return place.span


def _leave_out_unmeant(
    context: Context, dated: Dated, marks: _Marks, names: Sequence[Span]
) -> None:
    """Leave out what is none of a mark: "may" in "May 19", "to" in "to Geneva".

    Nor is an earlier time that today's is only likened to, "as happened in August" or
    "the first since talks broke off in 2019", or a name in small letters.
    """
    tokens = dated.tokens
    for category in _MISLED & marks.keys():
        marks[category] = [
            hit for hit in marks[category] if not _is_in_names(tokens, hit, names)
        ]
    if marks.get("past"):
        likened = _likened(tokens, marks)
        marks["past"] = [
            hit
            for hit in marks["past"]
            if hit.first not in likened and not _is_to_come(context, dated, hit)
        ]
    if "holder" in marks:
        marks["holder"] = [
            hit
            for hit in marks["holder"]
            if context.text[tokens.starts[hit.first]].isupper()
        ]


def _is_in_names(tokens: Tokens, hit: Hit, names: Iterable[Span]) -> bool:
    """Whether it is part of a place or a day, or stands right before one."""
    start, end = tokens.span(hit.first, hit.last)
    return any(a <= end + 1 and start < b for a, b in names)


def _likened(tokens: Tokens, marks: _Marks) -> set[int]:
    """Where an earlier time begins that is only likened to today's."""
    likened = {hit.last for hit in marks.get("likened", ())}
    for hit in marks.get("record", ()):
        likened |= {*range(hit.last - 1, _clause_end(tokens, hit.last))}
    return likened


def _clause_end(tokens: Tokens, token: int) -> int:
    """Where the words after ``token`` come to a comma or a stop."""
    words = tokens.words[token:]
    return token + next(
        (n for n, word in enumerate(words) if word in _WALLS), len(words)
    )


def _is_to_come(context: Context, dated: Dated, hit: Hit) -> bool:
    """Whether the month that a phrase names lies in the half-year ahead.

    Or its number is no year that is gone: "in 20 minutes", "in 2031".
    """
    months = dated.months(hit.first, hit.last)
    now = context.published_at
    words = dated.tokens.words[hit.first : hit.last + 1]
    numbers = [int(word) for word in words[: hit.last - hit.first] if word.isdigit()]
    if months and words[-1].isdigit() and _FIRST_YEAR <= int(words[-1]) < now.year:
        return False
    return any(
        (month - now.month) % _MONTHS <= _MONTHS // 2 for month in months
    ) or any(not _FIRST_YEAR <= number < now.year for number in numbers)


def _is_dateline(text: str) -> bool:
    """Whether what stands before the first dash is "PARIS, March 3 (Wire) - "."""
    word = re.match(r"[^\W\d_]+", text)
    return (
        bool(word and word.group().isupper())
        or "(" in text
        or len(text.split()) <= _SHORT_DATELINE
    )
