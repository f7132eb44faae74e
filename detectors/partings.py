"""Part a text that runs on from one running story into another.

A round-up in whole sentences has no layout to cut it by, and a report of a new strike
recalls the last. What tells them apart is what runs already: a paragraph with figures
of its own, from where another story is and this one is not, is of that story.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from detectors.evidence import town, towns
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.places import Gazetteer
from detectors.model import Fact, Span, Story
from detectors.recognition import COUNT, COUNTRY_KINDS
from detectors.slots import FLEET, NUMBER_SLOTS, TOLLS

OPENING = 60  # letters: "Near the Lebanese city of Tyre ..."; lower, a city is anyone's
MIN_PARTED = 2  # paragraphs; one is of one story
MIN_PARTIES = 2  # "Iran" alone is named in many a meeting's report

_SIGNATURE = re.compile(r",?[^.()]{0,24}\([^)]{2,40}\) ?-")
"""What stands behind a dateline's town: the day, the agency and a dash."""
_END = re.compile(r"[.!?]\s")
_WHERE = frozenset({"place", "venue"})
_FIGURES = NUMBER_SLOTS | {"power_cut"}
_EVENTS = _FIGURES | {"status", "date", "venue"}
"""What a paragraph must state: who is blamed, or what was hit, is said in passing."""
_HIT = TOLLS | {"target", "power_cut"}
"""What says, beside a place, that it was hit."""
_SCENE = frozenset({"weapon", "target"})
"""What says as much together, if it also says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph, with the facts that stand in it and its words."""

    span: Span
    text: str
    facts: tuple[Fact, ...]

    def in_one_sentence(self, one: int, other: int) -> bool:
        """Whether no sentence ends between two places in the reading."""
        first, last = sorted((one, other))
        start = self.span[0]
        return _END.search(self.text, first - start, last - start) is None


@dataclass(slots=True)
class _Whereabouts:
    """Where a part is, and who meets in it."""

    towns: set[str] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.towns) or len(self.parties) >= MIN_PARTIES

    def add(self, other: "_Whereabouts") -> None:
        self.towns |= other.towns
        self.parties |= other.parties

    def meets(self, other: "_Whereabouts") -> bool:
        """Whether the two can be of one event."""
        if not self.towns.isdisjoint(other.towns):
            return True
        return len(self.parties & other.parties) >= MIN_PARTIES

    def is_unplaced_beside(self, other: "_Whereabouts") -> bool:
        """Whether one says not where, and somebody is in both: "there they will"."""
        placed = self.towns and other.towns
        return not placed and not self.parties.isdisjoint(other.parties)


def part_by_story(
    paragraphs: Sequence[Paragraph],
    stories: Sequence[Story],
    *,
    gazetteer: Gazetteer | None,
    meeting: bool,
) -> tuple[tuple[Paragraph, ...], ...]:
    """The paragraphs, cut before each that tells of another running story.

    Args:
        paragraphs: Of one part of an article, in order of the text.
        stories: Those that run and that it may speak of.
        gazetteer: To find who meets, and where a paragraph begins; None: facts alone.
        meeting: Whether they tell of meetings rather than incidents.
    """
    if len(paragraphs) < MIN_PARTED or not stories:
        return (tuple(paragraphs),) if paragraphs else ()
    parts: list[list[Paragraph]] = []
    here = _Whereabouts()
    for paragraph in paragraphs:
        there = _whereabouts(paragraph, gazetteer, meeting=meeting)
        if (
            parts
            and _is_elsewhere(here, there, stories)
            and (_leaves(parts[-1], paragraph) or _is_plain(here, there, stories))
        ):
            parts.append([])
            here = _Whereabouts()
        if not parts:
            parts.append([])
        parts[-1].append(paragraph)
        here.add(there)
    return tuple(map(tuple, parts))


def part_from_count(
    paragraphs: Sequence[Paragraph], stories: Iterable[Story]
) -> tuple[tuple[Paragraph, ...], ...]:
    """A night's count without what it says of running stories, and each of those.

    It counts what was sent over a country, and then says of one city what was hit
    there, which its readers know. Where drones were counted or fell is its own, and
    what names no place belongs to what stands above it.
    """
    homes = [
        _home(each.profile.places, each.profile.parties).towns
        for each in stories
        if COUNT not in each.profile.kinds
    ]
    count: list[Paragraph] = []
    hits: list[tuple[set[str], list[Paragraph]]] = []
    last = count
    for paragraph in paragraphs:
        there = _whereabouts(paragraph, None, meeting=False).towns
        runs = any(not home.isdisjoint(there) for home in homes)
        if runs and count and _tells_of_hit(paragraph, count):
            last = next((part for towns_, part in hits if towns_ & there), [])
            if not last:
                hits.append((there, last))
        elif there or _counts(paragraph):
            last = count
        last.append(paragraph)
    return tuple(map(tuple, (count, *(part for _, part in hits))))


def _counts(paragraph: Paragraph) -> bool:
    """Whether a paragraph is of the count: it gives a figure of it, or no fact."""
    slots = {fact.slot for fact in paragraph.facts if fact.certainty.counts}
    return not slots or not slots.isdisjoint(FLEET)


def _tells_of_hit(paragraph: Paragraph, count: Iterable[Paragraph]) -> bool:
    """Whether a paragraph says what was hit, or by what that was not counted above.

    "Hits by drones were recorded in Kyiv" is still the count.
    """
    if _counts(paragraph):
        return False
    counted = {(f.slot, f.value) for above in count for f in above.facts}
    places = [f.evidence[0] for f in paragraph.facts if f.slot == "place"]
    told = [fact for fact in paragraph.facts if fact.certainty.counts]
    return any(fact.slot in _HIT for fact in told) or any(
        fact.slot == "weapon"
        and (fact.slot, fact.value) not in counted
        and any(paragraph.in_one_sentence(fact.evidence[0], at) for at in places)
        for fact in told
    )


def _homes(stories: Iterable[Story]) -> Iterator[_Whereabouts]:
    """Where each story is and who meets in it; never added to."""
    return (_home(each.profile.places, each.profile.parties) for each in stories)


@lru_cache(maxsize=2_048)  # asked of every story nearby with every article
def _home(places: tuple[str, ...], parties: tuple[str, ...]) -> _Whereabouts:
    return _Whereabouts(towns=set(towns(places)), parties=set(parties))


def _is_elsewhere(
    here: _Whereabouts, there: _Whereabouts, stories: Iterable[Story]
) -> bool:
    """Whether a story runs there that is not here."""
    if not here or not there or here.meets(there) or here.is_unplaced_beside(there):
        return False
    return any(home.meets(there) and not home.meets(here) for home in _homes(stories))


def _is_plain(
    here: _Whereabouts, there: _Whereabouts, stories: Iterable[Story]
) -> bool:
    """Whether the city is a running story's, and so are all of those who are named."""
    return here.parties.isdisjoint(there.parties) and any(
        not home.towns.isdisjoint(there.towns)
        and there.parties
        and there.parties <= home.parties
        for home in _homes(stories)
    )


def _leaves(part: Iterable[Paragraph], paragraph: Paragraph) -> bool:
    """Whether a paragraph states something of its own, no figure told above it."""
    counting = [fact for fact in paragraph.facts if fact.certainty.counts]
    slots = {fact.slot for fact in counting}
    scene = _SCENE | {"place"} if slots >= _SCENE | {"place"} else frozenset()
    stated = [fact for fact in counting if fact.slot in _EVENTS | scene]
    told = {
        (fact.slot, fact.value)
        for above in part
        for fact in above.facts
        if fact.slot in _FIGURES
    }
    return bool(stated) and not any((f.slot, f.value) in told for f in stated)


def _whereabouts(
    paragraph: Paragraph, gazetteer: Gazetteer | None, *, meeting: bool
) -> _Whereabouts:
    """Where facts put a paragraph, or else the cities that it begins with."""
    found = _Whereabouts(
        towns={
            town(str(fact.value))
            for fact in paragraph.facts
            if fact.slot in _WHERE and fact.certainty.counts
        }
    )
    if gazetteer is None or (found.towns and not meeting):
        return found
    mentions = gazetteer.find(paragraph.text)
    if not found.towns:
        found.towns = {
            town(mention.name)
            for mention in mentions
            if mention.start <= OPENING
            and mention.kind not in COUNTRY_KINDS
            and not _is_dateline(paragraph.text, mention)
        }
    if meeting:
        found.parties = {m.country for m in mentions if m.kind in COUNTRY_KINDS}
    return found


def _is_dateline(text: str, mention: PlaceMention) -> bool:
    """Whether a report says by a place where it was written: "LIMA, May 3 (HW) -"."""
    written = text[mention.start : mention.end].isupper()
    return written or _SIGNATURE.match(text, mention.end) is not None
