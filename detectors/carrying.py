"""Tell whether an article that stays below a topic plainly carries on a running story.

What a short report, an essay or a last paragraph says of a known event needs few of a
topic's words. So what comes near the topic is compared with what runs, like any part
of an article, but asked for more: the place, something that changes or is repeated
there, while it is news. It never opens a story.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from detectors.affinity import Affinity, weigh
from detectors.evidence import NAMED_PLACE, NAMED_VENUE, names_one_of, town, towns
from detectors.facts.places import Gazetteer
from detectors.model import Span, Story
from detectors.recognition import COUNTRY_KINDS
from detectors.slots import NUMBER_SLOTS
from detectors.units import Unit

# Points that do not fade; `affinity.JOIN` is what a part of a matched article needs. Of
# six streams 24 articles that belong to a topic have 4.3 and more; one that does not
# has 6.3 (the raid that put off the talks it is about), the next 3.6.
SURE = 4.0
MIN_SHARED = 2  # the place, and something else
LATEST = timedelta(days=3)  # the oldest of those stories had changed 69 hours before
_HOUR = timedelta(hours=1)
_STATED = (*sorted(NUMBER_SLOTS), "power_cut", "weapon")
"""What can be told of a strike. Talks that name the refinery that was attacked do not
tell of the attack; in seven streams none that belongs to a story tells no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """A part of an article beside the running story that it plainly carries on.

    Args:
        spans: The paragraphs of the part.
        shared: The place, and the slots that both tell of.
        after: How long after the story last changed it was published.
    """

    story: str
    spans: tuple[Span, ...]
    shared: tuple[str, ...]
    after: timedelta

    def __str__(self) -> str:
        """In words, for ``tocsin why``."""
        hours = max(round(self.after / _HOUR), 0)
        return f"carries on {self.story}: {', '.join(self.shared)}, {hours} h later"


def continued(
    parts: Iterable[Unit], stories: Sequence[Story], *, now: datetime
) -> tuple[Continuation, ...]:
    """The parts of an article that plainly carry on a running story, in order.

    Args:
        parts: Of an article that stays below its topic.
        stories: Of the topic, in any order.
        now: When the article was published.
    """
    running = [story for story in stories if runs(story, now)]
    found = (_continuation(part, running, now=now) for part in parts)
    return tuple(each for each in found if each is not None)


def _continuation(
    part: Unit, running: Sequence[Story], *, now: datetime
) -> Continuation | None:
    best = _best(part, running, now=now)
    if best is None or sum(best.evidence.values()) < SURE:
        return None
    shared = tuple(_shared(part, best))
    if len(shared) < MIN_SHARED:
        return None
    return Continuation(
        story=best.story.id,
        spans=part.spans,
        shared=shared,
        after=now - best.story.changed_at,
    )


def named(text: str, gazetteer: Gazetteer, *, capitals: bool) -> frozenset[str]:
    """The places that a text names.

    ``capitals`` adds those of its countries: a meeting "in Oman" is in Muscat.
    """
    mentions = gazetteer.find(text)
    countries = {m.country for m in mentions if capitals and m.kind in COUNTRY_KINDS}
    seats = map(gazetteer.capital_of, countries)
    return frozenset(m.name for m in mentions) | {s.name for s in seats if s}


def at_one_of(stories: Iterable[Story], places: Iterable[str]) -> tuple[Story, ...]:
    """Those of ``stories`` that were at one of some places, or in its region."""
    wanted = frozenset(map(town, places))
    return tuple(s for s in stories if not wanted.isdisjoint(towns(s.profile.places)))


def runs(story: Story, now: datetime) -> bool:
    """Whether something of it is news: it changed of late, or is to be these days."""
    days = (now.date() - date.fromisoformat(day) for day in story.profile.days)
    is_day = any(timedelta() <= ago <= LATEST for ago in days)
    return story.opened_at < now and (now - story.changed_at <= LATEST or is_day)


def _best(part: Unit, stories: Sequence[Story], *, now: datetime) -> Affinity | None:
    """The story that fits best and that nothing contradicts."""
    weighed = weigh(part.profile, stories, now=now, meeting=part.meeting)
    return next((one for one in weighed if one.grounded and not one.veto), None)


def _shared(part: Unit, best: Affinity) -> Iterator[str]:
    """The place first, and what else of the event both tell of; () without a place.

    Of a meeting it is enough to say how it stands: that it is off is news of it.
    """
    place = best.evidence.get("venue" if part.meeting else "place", 0.0)
    if place < (NAMED_VENUE if part.meeting else NAMED_PLACE):
        return
    yield from _places(part, best.story)[:1]
    if part.meeting:
        stands = any(kind.startswith("status:") for kind in part.profile.kinds)
        yield from ("status",) if stands else ()
    else:
        yield from (slot for slot in _STATED if best.evidence.get(slot, 0.0) > 0)


def _places(part: Unit, story: Story) -> list[str]:
    """Where both say that it was; of a meeting, which city is named."""
    told = part.profile
    return [
        place
        for place in story.profile.places
        if place in told.places or names_one_of(told, (place,))
    ]
