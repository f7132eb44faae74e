"""Tell which running story a part of an article continues, or that it opens one.

A wrong join hides a new event, a wrong opening tells an old one again: so a
contradiction (another place, another day, other parties) outweighs any likeness.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import xxhash

from detectors.affinity import Affinity, affinity, rarities
from detectors.model import Article, Fact, Story, StoryVerdict
from detectors.profiles import LEAD, Surroundings, joined
from detectors.units import Unit, lead_end, merged, units

__all__ = [
    "Strand",
    "Surroundings",
    "Unit",
    "assign",
    "gather",
    "join",
    "open_story",
    "units",
]

JOIN = 2.5  # points that outweigh opening a story
CONTINUE = 1.2  # points that are enough where the part could open none
MAX_SOURCES = 40

@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """What an article says of one story: its units, facts and the story as it is now.

    Args:
        story: With this article in its profile; None for no single event.
        opens: Whether this article opened it.
        lead_end: Where the part that speaks for the story ends, for `develop`.
    """

    story: Story | None
    opens: bool
    verdict: StoryVerdict
    units: tuple[Unit, ...]
    facts: tuple[Fact, ...]
    lead_end: int


def assign(unit: Unit, stories: Iterable[Story], *, now: datetime) -> StoryVerdict:
    """Find the story that ``unit`` continues.

    Args:
        stories: The topic's running ones, in any order; ties go to the one that
            changed last, then by id.
    """
    candidates = sorted(stories, key=lambda each: each.id)
    rarity = rarities(story.profile for story in candidates)
    weighed = [
        affinity(unit.profile, story, rarity=rarity, now=now, meeting=unit.meeting)
        for story in candidates
    ]
    changed = {story.id: story.changed_at for story in candidates}
    best = max(
        (one for one in weighed if not one.veto),
        key=lambda one: (one.points, changed[one.story], one.story),
        default=None,
    )
    opens = unit.shows_event
    threshold = JOIN if opens else CONTINUE
    vetoes = tuple(
        f"{one.story}: {one.veto}" for one in weighed if one.veto and one.points >= JOIN
    )
    joins = best is not None and best.points >= threshold
    return StoryVerdict(
        story=best.story if best is not None and joins else None,
        opens=opens and not joins,
        score=best.points if best is not None else 0.0,
        threshold=threshold,
        reason=_reason(best, joins=joins, opens=opens),
        vetoes=vetoes,
    )


def open_story(unit: Unit, article: Article, *, source: str = "") -> Story:
    """A story that begins with ``unit``; its id hangs on topic, article and place.

    Args:
        source: The voice behind the article, if not its own source.
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
        sources=(source or article.source,),
    )


def join(story: Story, unit: Unit, article: Article, *, source: str = "") -> Story:
    """``story`` with one more part of an article in it."""
    speaker = source or article.source
    return replace(
        story,
        changed_at=max(story.changed_at, article.published_at),
        profile=joined(story.profile, unit.profile),
        articles=story.articles + 1,
        sources=tuple(dict.fromkeys((*story.sources, speaker)))[:MAX_SOURCES],
    )


def gather(
    parts: Sequence[Unit],
    stories: Iterable[Story],
    *,
    article: Article,
    now: datetime,
    may_open: bool = True,
) -> tuple[Strand, ...]:
    """Assign every unit in turn and bring together those of one story.

    A unit may continue the story that an earlier one of the article opened.

    Args:
        may_open: False for a copy, which never opens a story.
    """
    running = {story.id: story for story in stories}
    opened: set[str] = set()
    strands: dict[str | int, list[tuple[Unit, StoryVerdict]]] = {}
    for number, unit in enumerate(parts):
        verdict = assign(unit, running.values(), now=now)
        key: str | int = number
        if verdict.story is not None:
            key = verdict.story
            known = [one.spans[0] for one, _ in strands.get(key, ())]
            story = join(running[key], unit, article)
            running[key] = replace(
                story, articles=story.articles - bool(known or key in opened)
            )
        elif verdict.opens and may_open:
            story = open_story(unit, article)
            key = story.id
            running[key] = story
            opened.add(key)
        strands.setdefault(key, []).append((unit, verdict))
    return tuple(_strand(key, told, running, opened) for key, told in strands.items())


def _strand(
    key: str | int,
    told: Sequence[tuple[Unit, StoryVerdict]],
    running: Mapping[str, Story],
    opened: set[str],
) -> Strand:
    parts = tuple(unit for unit, _ in told)
    return Strand(
        story=running[key] if isinstance(key, str) else None,
        opens=key in opened,
        verdict=told[0][1],
        units=parts,
        facts=merged(parts),
        lead_end=lead_end(parts[0], LEAD) if len(parts) == 1 else parts[-1].spans[-1][1],
    )


def _reason(best: Affinity | None, *, joins: bool, opens: bool) -> str:
    if best is None:
        nearest = "no running story is near"
    else:
        nearest = f"{best.story}: {best.points:.2f} ({', '.join(best.because[:4])})"
    if joins:
        return f"continues {nearest}"
    return f"{'opens a story' if opens else 'tells of no single event'}; {nearest}"
