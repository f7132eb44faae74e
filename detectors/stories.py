"""Tell which running story a part of an article continues, or that it opens one.

A wrong join hides a new event, a wrong opening tells an old one again: so a
contradiction (another place, another day, other parties) outweighs any likeness.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import xxhash

from detectors.affinity import JOIN, Affinity, weigh
from detectors.leads import Lead, lead
from detectors.likeness import liken
from detectors.model import Article, Fact, Story, StoryVerdict
from detectors.recognition import AFTERMATH, NAMED, joined
from detectors.sources import NOTHING_KNOWN, Outlets, voice
from detectors.units import Unit
from detectors.vetoes import SAME_EVENT

CONTINUE = 1.2  # enough where a part shows no event, or says not where
MAX_SOURCES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """What an article says of one story: its units, facts and the story as it is now.

    Args:
        story: With this article in its profile; None for no single event.
        opens: Whether this article opened it.
        lead: Where it stops speaking for the story, for `develop`.
    """

    story: Story | None
    opens: bool
    verdict: StoryVerdict
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]
    lead: Lead | None


def assign(unit: Unit, stories: Iterable[Story], *, now: datetime) -> StoryVerdict:
    """Find the story that ``unit`` continues, or say that it opens one.

    Of the topic's running ``stories``, in any order, the best one that nothing
    contradicts; ties go to the one that changed last, then by id.
    """
    weighed = _weighed(unit, stories, now=now)
    free = [one for one in weighed if not one.veto]
    best = next((one for one in free if one.grounded), next(iter(free), None))
    opens = unit.shows_event
    threshold = _threshold(unit, best)
    joins = best is not None and _is_one_event(unit, best) and best.points >= threshold
    return StoryVerdict(
        story=best.story.id if best is not None and joins else None,
        opens=opens and not joins,
        score=best.points if best is not None else 0.0,
        threshold=threshold,
        reason=_reason(best, joins=joins, opens=opens),
        vetoes=tuple(
            f"{one.story.id}: {one.veto}"
            for one in weighed
            if one.veto and one.points >= JOIN
        ),
    )


def _is_one_event(unit: Unit, best: Affinity) -> bool:
    """Whether what binds them can tell an event: figures of an accident are its own."""
    return best.grounded and (not unit.is_other or best.evidence.get("place", 0.0) > 0)


def _weighed(
    unit: Unit, stories: Iterable[Story], *, now: datetime
) -> tuple[Affinity, ...]:
    """The stories, best first: by facts, or by words where a topic has no more."""
    if unit.vocabulary is not None:
        return liken(unit.profile, stories, vocabulary=unit.vocabulary, now=now)
    return weigh(unit.profile, stories, now=now, meeting=unit.meeting)


def open_story(
    unit: Unit, article: Article, *, outlets: Outlets = NOTHING_KNOWN
) -> Story:
    """A story that begins with ``unit``.

    Its id hangs on the topic, the article and where in it the unit stands, so that
    the same stream opens the same stories however it is cut.
    """
    seed = f"{unit.topic}|{article.id}|{unit.spans[0][0]}"
    key = f"{xxhash.xxh3_64_intdigest(seed.encode()):016x}"[:10]
    profile = unit.profile
    if not profile.days and not unit.meeting:
        profile = replace(profile, days=(article.published_at.date().isoformat(),))
    return Story(
        id=f"{article.published_at:%Y%m%d}-{key}",
        topic=unit.topic,
        headline=unit.headline or article.title,
        opened_at=article.published_at,
        changed_at=article.published_at,
        profile=profile,
        articles=1,
        sources=(voice(article, unit.facts, outlets=outlets),),
    )


def join(
    story: Story,
    unit: Unit,
    article: Article,
    *,
    told: bool = False,
    outlets: Outlets = NOTHING_KNOWN,
) -> Story:
    """``story`` with one more part of an article in it.

    ``told`` says that another part of the article was joined to it before.
    """
    speaker = voice(article, unit.facts, known=story.sources, outlets=outlets)
    return replace(
        story,
        changed_at=max(story.changed_at, article.published_at),
        profile=joined(
            story.profile, unit.profile, dated=_is_of_the_day(story, unit, article)
        ),
        articles=story.articles + (not told),
        sources=tuple(dict.fromkeys((*story.sources, speaker)))[:MAX_SOURCES],
    )


def gather(
    parts: Sequence[Unit],
    stories: Iterable[Story],
    *,
    article: Article,
    now: datetime,
    may_open: bool = True,
    outlets: Outlets = NOTHING_KNOWN,
) -> tuple[Strand, ...]:
    """Assign every unit in turn and bring together those of one story.

    A unit may continue the story that an earlier one of the article opened. A copy
    opens none (``may_open``).
    """
    running = {story.id: story for story in stories}
    threads: dict[str, _Thread] = {}
    for number, unit in enumerate(parts):
        verdict = assign(unit, running.values(), now=now)
        key = verdict.story or f"#{number}"
        own, lent = _parted(unit, running, verdict.story)
        story: Story | None = None
        if verdict.story is not None:
            told = verdict.story in threads
            story = join(
                running[verdict.story], own, article, told=told, outlets=outlets
            )
        elif verdict.opens and may_open:
            story = open_story(own, article, outlets=outlets)
            key = story.id
        thread = threads.setdefault(
            key, _Thread(verdict=verdict, opens=verdict.story is None)
        )
        thread.story, thread.units = story, [*thread.units, own]
        if story is not None:
            running[story.id] = story
        for owner, fact in lent:
            threads.setdefault(owner, _Thread(verdict=verdict, story=running[owner]))
            threads[owner].lent.append(fact)
    return tuple(thread.strand() for thread in threads.values())


@dataclass(slots=True, kw_only=True)
class _Thread:
    """A strand while the article is still being read."""

    verdict: StoryVerdict
    opens: bool = False
    story: Story | None = None
    units: list[Unit] = field(default_factory=list)
    lent: list[Fact] = field(default_factory=list)

    def strand(self) -> Strand:
        stated = [fact for unit in self.units for fact in unit.facts]
        return Strand(
            story=self.story,
            opens=self.opens and self.story is not None,
            verdict=self.verdict,
            units=tuple(self.units),
            facts=tuple(sorted((*stated, *self.lent), key=lambda f: f.evidence)),
            # Of several parts each is all lead.
            lead=lead(self.units[0].spans) if len(self.units) == 1 else None,
        )


def _parted(
    unit: Unit, running: Mapping[str, Story], joins: str | None
) -> tuple[Unit, tuple[tuple[str, Fact], ...]]:
    """A unit without the cities where other meetings run, and those facts by owner.

    "What Paris settled looms over Geneva" moves no meeting to Paris. A part that
    does not name its own story's city is left alone: the meeting may have moved.
    """
    if joins is None or not unit.meeting:
        return unit, ()
    home = set(running[joins].profile.places)
    if not home & set(unit.profile.places):
        return unit, ()
    lent = []
    for fact in unit.facts:
        if fact.slot == "venue" and fact.value not in home:
            owner = _owner(str(fact.value), running, joins)
            lent += [(owner, fact)] if owner else []
    taken = {fact for _, fact in lent}
    places = {str(fact.value) for fact in taken}
    own = replace(
        unit,
        facts=tuple(fact for fact in unit.facts if fact not in taken),
        profile=replace(
            unit.profile,
            places=tuple(place for place in unit.profile.places if place not in places),
        ),
    )
    return own, tuple(lent)


def _owner(venue: str, running: Mapping[str, Story], joins: str) -> str | None:
    """The story last heard of that meets, or met, in ``venue``."""
    owners = [
        story
        for story in running.values()
        if story.id != joins and venue in story.profile.places
    ]
    last = max(owners, key=lambda each: (each.changed_at, each.id), default=None)
    return last.id if last else None


def _threshold(unit: Unit, best: Affinity | None) -> float:
    """What a story must reach: little where its part could open none.

    A part that names no place tells of what its readers know already if its toll is
    this story's, and otherwise of no strike at all. An accident is another event.
    """
    if unit.vocabulary is not None or unit.is_other:
        return JOIN
    if unit.meeting or unit.profile.places:
        return (
            JOIN if unit.shows_event and NAMED not in unit.profile.kinds else CONTINUE
        )
    return CONTINUE if best is not None and best.toll_fits else JOIN


def _is_of_the_day(story: Story, unit: Unit, article: Article) -> bool:
    """Whether the days that a unit names can be those of the story's event."""
    early = article.published_at - story.opened_at <= SAME_EVENT
    return unit.meeting or (early and AFTERMATH not in unit.profile.kinds)


def _reason(best: Affinity | None, *, joins: bool, opens: bool) -> str:
    if best is None:
        nearest = "no running story is near"
    else:
        nearest = f"{best.story.id}: {best.points:.2f} ({best.because})"
    if best is not None and not best.grounded and best.points >= CONTINUE:
        nearest += ", but neither place, party nor figure says that it is the same"
    if joins:
        return f"continues {nearest}"
    return f"{'opens a story' if opens else 'tells of no single event'}; {nearest}"
