"""Dates as feeds write them → moments in UTC; one that cannot be told is none.

Both parsers guess: 04.03.2026 is taken for the third of April, GMT+9 for GMT, the
number 1767366245 for the year 1768, and a name of a zone that is not known for none.
"""

import re
from datetime import UTC, datetime, timedelta

EARLIEST_YEAR = 1990  # no feed is older: an earlier date is a missing one
LATEST_YEAR = 2100  # some write 9999 for "never"

_HOUR = 60
_FARTHEST = 14 * _HOUR  # Kiribati
_ZONES = {  # names that mean one zone wherever news is written, in minutes
    "": 0, "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "JST": 540, "KST": 540, "HKT": 480, "SGT": 480, "AEST": 600, "AEDT": 660,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
    "PST": -480, "PDT": -420,
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
           "dec")  # fmt: skip
_NAMES = "|".join(name for name in _ZONES if name)
_PLAIN = re.compile(  # as RFC 822 and RFC 3339 have it: every parser reads it alike
    r"\s*(?:(?:[A-Za-z]{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d\d(?:\d\d)?\s+"
    rf"\d\d:\d\d(?::[0-5]\d)?(?:\s+(?:{_NAMES}|[+-]\d{{4}}))?|"
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::[0-5]\d(?:\.\d+)?)?\s?(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"\s*"
)
_TIME = (
    r"(?:(?:[\s,]+|[\s,]*T)(?P<hour>\d{1,2}):(?P<minute>\d{1,2})"
    r"(?::(?P<second>\d{1,2})(?:[.,](?P<rest>\d{1,9}))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<zone>[A-Za-z]{0,5})\s*(?P<offset>[+-]\d{1,2}(?::?\d\d)?)?)?\s*"
)
_DAY_NAME = r"(?:[^\W\d]{1,12}\.?,?\s*)?"
_MONTH_NAME = r"[\s-]+(?P<name>[A-Za-z]{3,9})\.?,?[\s-]+"
_SHAPES = tuple(
    re.compile(rf"\s*{day}{_TIME}")
    for day in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)",
        rf"{_DAY_NAME}(?P<day>\d{{1,2}}){_MONTH_NAME}(?P<year>\d{{4}}|\d\d(?=\s))",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
_SLASHED = re.compile(
    rf"\s*(?P<one>\d{{1,2}})/(?P<other>\d{{1,2}})/(?P<year>\d{{4}}){_TIME}"
)
_COUNTED = re.compile(r"\s*(\d{10})(\d{3})?\s*")  # seconds since 1970, or thousandths


def is_plain(stated: str) -> bool:
    """Whether a date is written as the standards have it.

    >>> is_plain("Wed, 04 Mar 2026 11:30:00 GMT"), is_plain("4.3.2026 GMT+9")
    (True, False)
    """
    return _PLAIN.fullmatch(stated) is not None


def read_date(stated: str, *, guess: datetime | None) -> datetime | None:
    """The moment that is stated, in UTC; None where it cannot be told.

    Args:
        stated: As written in the feed.
        guess: What a parser made of it; taken where it is written in no way that is
            known here, as with months in other languages.

    >>> read_date("Thu, 4 Mar 2027 4:35:5 GMT+9", guess=None)
    datetime.datetime(2027, 3, 3, 19, 35, 5, tzinfo=datetime.timezone.utc)
    >>> read_date("05/04/2026", guess=None) is None
    True
    """
    try:
        moment = _read(stated, guess)
    except (ValueError, OverflowError):
        return None
    return moment if moment and EARLIEST_YEAR <= moment.year < LATEST_YEAR else None


def _read(stated: str, guess: datetime | None) -> datetime | None:
    if counted := _COUNTED.fullmatch(stated):
        return datetime.fromtimestamp(int(counted.group(1)), UTC)
    for shape in _SHAPES:
        if found := shape.fullmatch(stated):
            named = found.groupdict()
            month = named.get("month")
            return _moment(found, int(month) if month else _month(named["name"]), guess)
    if found := _SLASHED.fullmatch(stated):
        return _slashed(found)
    return guess


def _month(name: str) -> int | None:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def _slashed(found: re.Match[str]) -> datetime | None:
    """Day and month in whichever order: told only where one is no month."""
    one, other = int(found["one"]), int(found["other"])
    day, month = max(one, other), min(one, other)
    if day <= len(_MONTHS) and day != month:
        return None
    return _made(found, day=day, month=month)


def _moment(
    found: re.Match[str], month: int | None, guess: datetime | None
) -> datetime | None:
    if month is None:
        return guess
    return _made(found, day=int(found["day"]), month=month)


def _made(found: re.Match[str], *, day: int, month: int) -> datetime | None:
    offset = _offset(found)
    if offset is None:
        return None
    midnight = datetime(_year(found["year"]), month, day, tzinfo=UTC)
    clock = timedelta(hours=_hour(found), minutes=int(found["minute"] or 0))
    if clock > timedelta(days=1):
        return None
    return midnight + clock + _seconds(found) - offset


def _year(stated: str) -> int:
    """RFC 822 had two digits; no feed is as old as the century before."""
    return int(stated) if len(stated) == len("2026") else 2000 + int(stated)


def _seconds(found: re.Match[str]) -> timedelta:
    second = min(int(found["second"] or 0), 59)  # 60 is a leap second
    rest = (found["rest"] or "").ljust(6, "0")[:6]
    return timedelta(seconds=second, microseconds=int(rest))


def _hour(found: re.Match[str]) -> int:
    hour = int(found["hour"] or 0)
    if not found["half"]:
        return hour
    return hour % 12 + (12 if found["half"][0] in "Pp" else 0)


def _offset(found: re.Match[str]) -> timedelta | None:
    """From UTC; None for a zone that is not known, or farther off than any is."""
    minutes = _ZONES.get((found["zone"] or "").upper())
    if minutes is None:
        return None
    if found["offset"]:
        sign = -1 if found["offset"][0] == "-" else 1
        digits = found["offset"][1:].replace(":", "")
        hours = int(digits if len(digits) <= len("03") else digits[:-2])
        rest = int(digits[-2:]) if len(digits) > len("03") else 0
        minutes += sign * (hours * _HOUR + rest)
    return timedelta(minutes=minutes) if abs(minutes) <= _FARTHEST else None
