"""Cut the on-topic paragraphs of an article where its own layout cuts them.

The entries of a live blog tell of different events, and so do the lines of a
round-up that begin with a place and a colon, or each with "In" and another place.
Two paragraphs with a toll each, of two places that are not near, are two events in
any layout.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from detectors.facts.places import Gazetteer
from detectors.model import Span
from detectors.text import Reading

MIN_LINES = 3  # two labelled lines are an aside, three are a list
MIN_SCENES = 3  # paragraphs of as many places; two are one night told from two
MAX_PARTS = 12  # a longer list is read as it stands: its rest joins the last part

LABEL = 40  # letters that a place and its region take
_STEM = 4  # letters that a name keeps in any case
_ENDING = 2
LABEL_BEFORE = 6  # letters before the place: "- In "

_REST_OF_LABEL = re.compile(
    r"(?:\s*[,(/][^:.]{0,30}|\s+(?:and|y|и|і|та|й)\s[^:.]{0,30})?\s*:"
)
"""What may stand between a line's place and its colon: ", March 1", " and region"."""
_SCENE = re.compile(
    r"(?:In|Near|Outside|At|En|Cerca de|У|В|Во|Під|Под|Біля|Возле|На) "
    r"(?:the |[A-Z]\w+ese |[A-Z]\w+an )*(?=[A-ZÀ-ÞА-ЯІЇЄҐ])"
)
"""What a round-up's paragraph begins with, before its place."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a paragraph states of an attack.

    Args:
        places: That were hit, by name, each with where it stands first.
        tolls: The killed and the injured, as slot and number.
        besides: The slots of those that are counted besides others: "ten others".
    """

    places: Mapping[str, int]
    tolls: frozenset[tuple[str, int]]
    besides: frozenset[str] = frozenset()


_NOTHING = Told(places={}, tolls=frozenset())


def part_by_toll(
    reading: Reading,
    paragraphs: Sequence[Span],
    told: Mapping[Span, Told],
    gazetteer: Gazetteer,
) -> tuple[tuple[Span, ...], ...]:
    """One part's paragraphs, parted where another place has a toll of its own.

    A city that is only mentioned tears nothing, nor does the toll of a place near by:
    the dead of a city and of its region are summed and told of one attack. So are
    those of a place that is named above, unless a paragraph begins with it: where two
    paragraphs begin with a place and have its toll, what stands above is their frame.

    Args:
        reading: Whose paragraphs they are.
        paragraphs: In order of the text.
        told: What each states; one that states nothing may be left out.
        gazetteer: Says which region a town lies in.
    """
    roll = _roll(paragraphs, told, gazetteer)
    parts: list[_Part] = []
    for span in paragraphs:
        stated = told.get(span, _NOTHING)
        here = {place: _around(place, gazetteer) for place in stated.places}
        another = bool(parts) and (
            span in roll
            or (
                parts[-1].is_told_apart(stated)
                and parts[-1].hit.isdisjoint(set().union(*here.values()))
                and not any(
                    at > span[0] + LABEL and parts[-1].names(reading, at)
                    for at in stated.places.values()
                )
            )
        )
        if not parts or (another and len(parts) < MAX_PARTS):
            parts.append(_Part())
        parts[-1].add(span, stated, here)
    return tuple(tuple(part.spans) for part in parts)


def _roll(
    paragraphs: Sequence[Span], told: Mapping[Span, Told], gazetteer: Gazetteer
) -> frozenset[Span]:
    """Paragraphs that begin each with another place, and tell how many it lost.

    What one above has told of one of its places, with as many, is told again.
    """
    begun: dict[Span, set[str]] = {}
    above: list[Told] = []
    for span in paragraphs:
        stated = told.get(span, _NOTHING)
        first = min(stated.places, key=stated.places.__getitem__, default=None)
        if first is None or not stated.tolls or stated.places[first] > span[0] + LABEL:
            continue
        around = _around(first, gazetteer)
        again = any(
            stated.places.keys() & other.places.keys() and stated.tolls <= other.tolls
            for other in above
        )
        if not again and all(around.isdisjoint(before) for before in begun.values()):
            begun[span] = around
        above.append(stated)
    return frozenset(begun) if len(begun) > 1 else frozenset()


@dataclass(slots=True)
class _Part:
    """Paragraphs of one attack, and what was hit in them with what is around it."""

    spans: list[Span] = field(default_factory=list)
    hit: set[str] = field(default_factory=set)
    tolls: set[tuple[str, int]] = field(default_factory=set)

    def add(self, span: Span, told: Told, here: Mapping[str, set[str]]) -> None:
        self.spans.append(span)
        self.hit.update(*here.values())
        self.tolls |= told.tolls

    def is_told_apart(self, told: Told) -> bool:
        """Whether a paragraph has a place and a toll of its own, as these have.

        "Ten others were wounded" goes on with the dead that stand above.
        """
        harmed = {slot for slot, _ in self.tolls}
        goes_on = {t for t in told.tolls if t[0] in told.besides - harmed}
        own = told.tolls - self.tolls - goes_on
        return bool(self.hit and self.tolls and told.places and own)

    def names(self, reading: Reading, at: int) -> bool:
        """Whether these name what stands at ``at``, in any case."""
        word = reading.text[at : at + LABEL].split(maxsplit=1)[0].casefold()
        stem = word[: max(_STEM, len(word) - _ENDING)]
        return any(stem in reading.quote(span).casefold() for span in self.spans)


def _around(place: str, gazetteer: Gazetteer) -> set[str]:
    """A place, and the region that it lies in."""
    known = {place, *(m.region for m in gazetteer.find(place))}
    return {n.removesuffix(" region").removesuffix(" district") for n in known if n}


def _openings(
    reading: Reading, numbers: Sequence[int], gazetteer: Gazetteer | None
) -> frozenset[int]:
    """Paragraphs that begin a part."""
    if reading.is_live:
        return frozenset(number for number in numbers if reading.is_stamped(number))
    if gazetteer is None:
        return frozenset()
    lines = [number for number in numbers if _is_line(reading, number, gazetteer)]
    if len(lines) >= MIN_LINES:
        return frozenset(lines)
    scenes = {
        number: place
        for number in range(len(reading.paragraphs))
        if (place := _scene(reading, number, gazetteer)) is not None
    }
    is_round_up = len(set(scenes.values())) >= MIN_SCENES
    return frozenset(scenes).intersection(numbers) if is_round_up else frozenset()


def _scene(reading: Reading, number: int, gazetteer: Gazetteer) -> str | None:
    """The place that a paragraph begins in, as those of a round-up do."""
    start, end = reading.paragraphs[number]
    opening = _SCENE.match(reading.text, start, end)
    if opening is None:
        return None
    stop = min(end, opening.end() + LABEL)
    return next(
        (
            place.name
            for place in gazetteer.find(reading.text, opening.end(), stop)
            if place.start == opening.end()
        ),
        None,
    )


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
