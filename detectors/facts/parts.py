"""Cut the on-topic paragraphs of an article where its own layout cuts them.

The entries of a live blog tell of different events, and so do the lines of a
round-up that begin with a place and a colon.
"""

import re
from collections.abc import Sequence

from detectors.facts.places import Gazetteer
from detectors.model import Span
from detectors.text import Reading

MIN_LINES = 3  # two labelled lines are an aside, three are a list
MAX_PARTS = 12  # a longer list is read as it stands: its rest joins the last part

LABEL = 40  # letters that a place and its region take
LABEL_BEFORE = 6  # letters before the place: "- In "

_REST_OF_LABEL = re.compile(
    r"(?:\s*[,(/][^:.]{0,30}|\s+(?:and|y|и|і|та|й)\s[^:.]{0,30})?\s*:"
)
"""What may stand between a line's place and its colon: ", March 1", " and region"."""


def cut(
    reading: Reading, spans: Sequence[Span], *, gazetteer: Gazetteer | None
) -> tuple[tuple[Span, ...], ...]:
    """The paragraphs that overlap ``spans``, parted; each part in order of the text.

    What stands above the first entry or line is a part of its own.
    """
    numbers = [
        number
        for number, (first, last) in enumerate(reading.paragraphs)
        if any(start < last and first < end for start, end in spans)
    ]
    opening = _openings(reading, numbers, gazetteer)
    parts: list[list[Span]] = []
    for number in numbers:
        if not parts or (number in opening and len(parts) < MAX_PARTS):
            parts.append([])
        parts[-1].append(reading.paragraphs[number])
    return tuple(tuple(part) for part in parts)


def _openings(
    reading: Reading, numbers: Sequence[int], gazetteer: Gazetteer | None
) -> frozenset[int]:
    """Paragraphs that begin a part."""
    if reading.is_live:
        return frozenset(number for number in numbers if reading.is_stamped(number))
    if gazetteer is None:
        return frozenset()
    lines = [number for number in numbers if _is_line(reading, number, gazetteer)]
    return frozenset(lines if len(lines) >= MIN_LINES else ())


def _is_line(reading: Reading, number: int, gazetteer: Gazetteer) -> bool:
    start, end = reading.paragraphs[number]
    stop = min(end, start + LABEL_BEFORE + LABEL)
    if ":" not in reading.text[start : min(end, stop + LABEL)]:
        return False
    return any(
        place.start - start <= LABEL_BEFORE
        and _REST_OF_LABEL.match(reading.text, place.end, end)
        for place in gazetteer.find(reading.text, start, stop)
    )
