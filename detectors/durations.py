"""Lengths of time as people write them: ``10m``, ``48h``, ``7d``."""

import re
from datetime import timedelta

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_WRITTEN = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhdw])")


def parse_duration(text: str) -> timedelta | None:
    """Read a length of time; None for what is none.

    >>> parse_duration("90m"), parse_duration("soon")
    (datetime.timedelta(seconds=5400), None)
    """
    written = _WRITTEN.fullmatch(text.strip().lower())
    if not written:
        return None
    try:
        return float(written[1]) * _UNITS[written[2]]
    except OverflowError:
        return None


def render_duration(length: timedelta) -> str:
    """Write a length of time in the largest unit that takes it whole.

    >>> render_duration(timedelta(minutes=90)), render_duration(timedelta(days=14))
    ('90m', '2w')
    """
    for unit, size in _UNITS.items():
        if length >= size and not length % size:
            return f"{length // size}{unit}"
    return f"{length.total_seconds():g}s"
