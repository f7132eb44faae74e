"""Tell which days a text names: "on Tuesday", "March 8", "el viernes", "8 марта".

Every day is read from the day of publication where the language is at home. A weekday
is the next one, today included; only "last" turns it back, and a number beside it
("martes 22") says which. A day of a month without a year, or without its month ("el
día 21", "21-го числа"), is the one closest to publication. "Next week" and "in March"
name no day.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from detectors.facts.frames import Hit, Tokens, frames, tokenize
from detectors.lexicons import Lexicon
from detectors.model import Span

_WEEK = 7
_HALF_YEAR = timedelta(days=183)
_ISO = re.compile(r"(?<![\d.-])(\d{4})-(\d\d)-(\d\d)(?![\d-])")
_DOTTED = re.compile(r"(?<![\d./-])(\d\d?)([./])(\d\d?)\2(\d{4}|\d\d)(?![\d/-])")
_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|го|ого|е|є)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LAST_OF_MONTH = 31
_MONTHS = 12
_ORDINAL = re.compile(r"\d\d?(?:st|nd|rd|th)")
_CENTURY = 2000
_OPENS = frozenset({"day_word", "days", "months", "relative", "shifts", "weekdays"})
"""What the words for a day begin with, if with no number; the rest stands behind."""
_COMMON_RANKS = 3  # "the second", "the third" are seldom days


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that a text names, and the words that name it.

    ``by_weekday`` says that only a weekday was given, which the same words may mean
    a week earlier ("she said on Monday").
    """

    on: date
    start: int
    end: int
    by_weekday: bool = False

    @property
    def iso(self) -> str:
        """As in ISO 8601."""
        return self.on.isoformat()

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The tokens of a stretch of text, and what of them are words for days.

    Args:
        numbers: The tokens that begin with a digit.
    """

    tokens: Tokens
    hits: tuple[Hit, ...]
    numbers: Sequence[int]

    @classmethod
    def of(cls, tokens: Tokens, lexicon: Lexicon) -> "Dated":
        """Find the words for days among tokens."""
        numbers = [n for n, word in enumerate(tokens.words) if word[0].isdigit()]
        found = frames(lexicon, "dates").find(
            tokens, beside=None if numbers else _OPENS
        )
        return cls(tokens=tokens, hits=found, numbers=numbers)

    def months(self, first: int, last: int) -> tuple[int, ...]:
        """The months, 1 to 12, that tokens from ``first`` to before ``last`` name."""
        return tuple(
            int(hit.key)
            for hit in self.hits
            if hit.category == "months" and first <= hit.first and hit.last <= last
        )


def resolve(
    text: str,
    span: Span,
    published_at: datetime,
    lexicon: Lexicon,
    *,
    dated: Dated | None = None,
) -> tuple[Day, ...]:
    """Find the days that ``text[span]`` names, in order, none inside another.

    Of several days in a row ("March 8-9", "с 8 по 10 марта") it is the first.
    ``dated`` is what is known of the span already.

    >>> from datetime import datetime
    >>> english = Lexicon("en", {
    ...     "dates.weekdays": {"2": ("Tuesday",), "5": ("Friday",)},
    ...     "dates.months": {"3": ("March", "Mar")},
    ...     "dates.relative": {"1": ("tomorrow",)},
    ...     "dates.shifts": {"following": ("next",), "back": ("last",)},
    ...     "dates.links": {"link": ("of", "the")},
    ... })
    >>> sunday = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> def days(text):
    ...     found = resolve(text, (0, len(text)), sunday, english)
    ...     return [(day.iso, text[day.start:day.end]) for day in found]
    >>> days("They meet in Paris on Tuesday, not tomorrow.")
    [('2026-03-03', 'Tuesday'), ('2026-03-02', 'tomorrow')]
    >>> days("Tuesday, March 10; the 7th of March; last Friday; next Friday")
    ... # doctest: +NORMALIZE_WHITESPACE
    [('2026-03-10', 'Tuesday, March 10'), ('2026-03-07', '7th of March'),
     ('2026-02-27', 'last Friday'), ('2026-03-06', 'next Friday')]
    """
    if dated is None:
        dated = Dated.of(tokenize(text, *span), lexicon)
    tokens = dated.tokens
    numbers = dated.numbers
    if not numbers and not dated.hits:
        return ()
    marks: dict[int, dict[str, Hit]] = defaultdict(dict)  # by first token
    for hit in dated.hits:
        marks[hit.first][hit.category] = hit
    opened = (place for place, hits in marks.items() if not _OPENS.isdisjoint(hits))
    starts = sorted({*numbers, *opened})
    if not starts:
        return ()
    today = today_of(published_at, lexicon)
    numeric = _numeric(text, span, lexicon.language) if numbers else ()
    worded = _Reader(tokens, marks, today).days(starts)
    taken = [(day.start, day.end) for day in numeric]
    kept = (d for d in worded if not any(a < d.end and d.start < b for a, b in taken))
    return tuple(sorted((*numeric, *kept), key=lambda day: day.start))


def today_of(published_at: datetime, lexicon: Lexicon) -> date:
    """The day on which something came out, where its readers live.

    A lexicon names the zone of a language that is mostly read in one (``dates.zone``);
    what came out in Kyiv at half past midnight says "tomorrow" of the day after that.
    """
    return published_at.astimezone(lexicon.once("zone", lambda: _zone(lexicon))).date()


def _zone(lexicon: Lexicon) -> tzinfo:
    names = lexicon.categories.get("dates.zone", {}).get("name", ())
    return ZoneInfo(names[0]) if names else UTC


def _numeric(text: str, span: Span, language: str) -> tuple[Day, ...]:
    """Days in digits alone; "03/04/2026" is none in English, where it is two days."""
    found = [
        Day(on=on, start=match.start(), end=match.end())
        for match in _ISO.finditer(text, *span)
        if (on := _date(*(int(part) for part in match.groups())))
    ]
    for match in _DOTTED.finditer(text, *span):
        day, sign, month, year = match.groups()
        if sign == "/" and language == "en":
            continue
        century = _CENTURY if len(year) == len("26") else 0
        if on := _date(int(year) + century, int(month), int(day)):
            found.append(Day(on=on, start=match.start(), end=match.end()))
    return tuple(found)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


class _Reader:
    """Reads days off tokens, left to right."""

    def __init__(
        self, tokens: Tokens, marks: Mapping[int, Mapping[str, Hit]], today: date
    ) -> None:
        self._tokens = tokens
        self._words: Sequence[str] = tokens.words
        self._marks = marks
        self._today = today

    def days(self, starts: Iterable[int]) -> tuple[Day, ...]:
        """Those that begin at one of some places, in order, none inside another."""
        found: list[Day] = []
        free = 0
        for place in starts:
            if place < free:
                continue
            read = (
                self._weekday(place)
                or self._calendar(place)
                or self._relative(place)
                or self._numbered(place)
            )
            if read is None:
                continue
            on, free, by_weekday = read
            start, end = self._tokens.span(place, free)
            found.append(Day(on=on, start=start, end=end, by_weekday=by_weekday))
        return tuple(found)

    def _mark(self, place: int, category: str) -> Hit | None:
        marks = self._marks.get(place)
        return marks.get(category) if marks else None

    def _weekday(self, place: int) -> tuple[date, int, bool] | None:
        """A weekday, with what shifts it, or the date that it stands with."""
        shift = self._mark(place, "shifts")
        weekday = self._mark(shift.last if shift else place, "weekdays")
        if weekday is None:
            return None
        after = self._skip(weekday.last)
        if (dated := self._calendar(after)) is not None:
            return dated
        number = int(weekday.key)
        if (dated := self._weekday_with_number(number, after)) is not None:
            return dated
        if shift is None:
            later = self._mark(weekday.last, "shifts_after")
            if later is not None:
                return self._shifted(number, later.key), later.last, True
            return self._shifted(number, "nearest"), weekday.last, True
        return self._shifted(number, shift.key), weekday.last, True

    def _shifted(self, weekday: int, shift: str) -> date:
        ahead = (weekday - self._today.isoweekday()) % _WEEK
        match shift:
            case "back":
                days = ahead - _WEEK
            case "following":
                days = weekday - self._today.isoweekday() + _WEEK
            case _:
                days = ahead
        return self._today + timedelta(days=days)

    def _skip(self, place: int) -> int:
        """Past a comma, and words such as "the" and "of" (``dates.links``)."""
        while place < len(self._words):
            link = self._mark(place, "links")
            if self._words[place] == ",":
                place += 1
            elif link is not None:
                place = link.last
            else:
                break
        return place

    def _weekday_with_number(
        self, weekday: int, place: int
    ) -> tuple[date, int, bool] | None:
        """As in "martes 22", "Tuesday the 22nd", where the two agree."""
        named = self._named_day(place)
        if named is None or not self._stops(named[1]):
            return None
        day, last = named
        dates = [on for on in self._near(day) if on.isoweekday() == weekday]
        return (self._likeliest(dates), last, False) if dates else None

    def _numbered(self, place: int) -> tuple[date, int, bool] | None:
        """A day of a month that goes without saying: "el día 21", "21-го числа"."""
        word = self._mark(place, "day_word")
        first = word.last if word else place
        named = self._named_day(first)
        if named is None or (word is not None and self._calendar(first)):
            return None
        day, last = named
        behind = self._mark(last, "day_after")
        if behind is not None:
            last = behind.last
        elif word is None or not self._fits(word, last):
            return None
        dates = self._near(day)
        if word is not None and self._led_by(word) == "ahead":
            dates = [on for on in dates if on >= self._today]
        return (self._likeliest(dates), last, False) if dates else None

    def _led_by(self, word: Hit) -> str:
        """What kind of words end in the one before a day: "until | the", "on | the"."""
        before = self._mark(word.first - 1, "day_led_by")
        return before.key if before and before.last == word.last else ""

    def _fits(self, word: Hit, last: int) -> bool:
        """Whether an ordinal is a day and counts nothing: "the 9th", no "9th round".

        In words, as in "on the nineteenth", it must be beyond "the third", which may
        be anything. A word for "day" needs no ordinal.
        """
        if word.key == "day":
            return True
        worded = self._mark(word.last, "days")
        if worded is not None:
            is_day = bool(self._led_by(word)) and int(worded.key) > _COMMON_RANKS
        else:
            is_day = _ORDINAL.fullmatch(self._at(word.last)) is not None
        return is_day and self._stops(last) and self._mark(last, "links") is None

    def _stops(self, place: int) -> bool:
        """Whether no noun follows that a number could count."""
        return not self._at(place).isalpha() or self._mark(place, "stops") is not None

    def _near(self, day: int) -> list[date]:
        """The dates with that day of a month within some weeks of today."""
        months = (self._today.month - 1 + shift for shift in (-1, 0, 1))
        dates = [
            _date(self._today.year + number // _MONTHS, number % _MONTHS + 1, day)
            for number in months
        ]
        return [on for on in dates if on is not None]

    def _likeliest(self, dates: Sequence[date]) -> date:
        """The closest, where a day that is gone counts as twice as far."""
        return min(
            dates,
            key=lambda on: max(on - self._today, 2 * (self._today - on)),
        )

    def _calendar(self, place: int) -> tuple[date, int, bool] | None:
        return self._day_month(place) or self._month_day(place)

    def _day_month(self, place: int) -> tuple[date, int, bool] | None:
        """As in "8 March", "the 8th of March", "8-10 марта", "8 y 9 de marzo"."""
        named = self._named_day(place)
        if named is None:
            return None
        day, after = named
        month = self._mark(self._skip(after), "months")
        if month is None and (to := self._range(after)) is not None:
            month = self._mark(self._skip(to), "months")
        if month is None:
            return None
        return self._complete(day, int(month.key), month.last)

    def _suffix(self, place: int) -> int:
        """Past the ending of a numeral that a hyphen parts: "8-го", "8-е"."""
        if self._at(place) == "-" and self._at(place + 1) in {"го", "ого", "е", "є"}:
            return place + 2
        return place

    def _range(self, place: int) -> int | None:
        """Past "-9", "and 9", "по 10" after the first day."""
        link = self._mark(place, "ranges")
        after = link.last if link else place + 1
        if link is None and self._at(place) != "-":
            return None
        named = self._named_day(after)
        return named[1] if named else None

    def _month_day(self, place: int) -> tuple[date, int, bool] | None:
        """As in "March 8", "Mar. 8th", "March 8, 2026"."""
        month = self._mark(place, "months")
        if month is None:
            return None
        after = month.last + (self._at(month.last) == ".")
        named = self._named_day(after)
        if named is None or self._at(named[1]) in {":", "%"}:
            return None
        return self._complete(named[0], int(month.key), named[1])

    def _complete(
        self, day: int, month: int, last: int
    ) -> tuple[date, int, bool] | None:
        """A date with the year that follows, or the one closest to publication."""
        place = self._skip(last)
        if _YEAR.fullmatch(self._at(place)):
            on = _date(int(self._at(place)), month, day)
            return (on, place + 1, False) if on else None
        years = (self._today.year, self._today.year + 1, self._today.year - 1)
        dates = [on for year in years if (on := _date(year, month, day))]
        if not dates:
            return None
        on = min(dates, key=lambda each: abs(each - self._today))
        return (on, last, False) if abs(on - self._today) <= _HALF_YEAR else None

    def _relative(self, place: int) -> tuple[date, int, bool] | None:
        """As in "tomorrow", "pasado mañana"; the lexicon's key is the days ahead."""
        relative = self._mark(place, "relative")
        if relative is None:
            return None
        return self._today + timedelta(days=int(relative.key)), relative.last, False

    def _named_day(self, place: int) -> tuple[int, int] | None:
        """The number of a day, in digits or words, and where it ends."""
        match = _DAY.fullmatch(self._at(place))
        if match is None:
            worded = self._mark(place, "days")
            return (int(worded.key), worded.last) if worded else None
        day = int(match.group(1))
        return (day, self._suffix(place + 1)) if 1 <= day <= _LAST_OF_MONTH else None

    def _at(self, place: int) -> str:
        return self._words[place] if 0 <= place < len(self._words) else ""
