"""How well a part of an article fits a story, in points, and what forbids it.

Points are summed evidence: a shared place, figures that can be one toll's, a weapon,
words. A veto is a contradiction that no similarity outweighs.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from detectors import evidence as points
from detectors import shared_words
from detectors.model import Story, StoryProfile
from detectors.vetoes import Company, Pair, Whereabouts, find_veto

JOIN = 2.5  # points that outweigh opening a story
DECAY = timedelta(days=10)  # tau of 7 to 20 days scored alike (online stories, 661)
MAX_CANDIDATES = 24  # stories whose words are read; 14 of 31 at most had no veto
WORDS = 3.0
NAMES = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """The points of one pair, and the contradiction if there is one.

    Args:
        evidence: Points by what gave them, before decay.
        grounded: Whether some of it is of the event itself, not of its kind.
    """

    story: Story
    points: float
    evidence: Mapping[str, float]
    veto: str = ""
    grounded: bool = False

    @property
    def toll_fits(self) -> bool:
        """Whether the dead or the injured are as many, or a few more."""
        return points.toll_fits(self.evidence)

    @property
    def because(self) -> str:
        """The four heaviest reasons, heaviest first."""
        ranked = sorted(
            self.evidence.items(), key=lambda pair: (-abs(pair[1]), pair[0])
        )
        return ", ".join(f"{name} {value:+.1f}" for name, value in ranked[:4] if value)


def weigh(
    part: StoryProfile, stories: Iterable[Story], *, now: datetime, meeting: bool
) -> tuple[Affinity, ...]:
    """Weigh ``part`` against each story near it, best first; vetoed by facts alone.

    Stories that are elsewhere, or of others, are left out. Days, figures and the like
    are compared with all the rest; words only with the few that those leave, so that
    work does not grow with what is running.
    """
    free: list[Pair] = []
    weighed: list[Affinity] = []
    for pair in _pairs(part, stories, now=now, meeting=meeting):
        veto = find_veto(pair, meeting=meeting)
        if veto:
            weighed.append(_affinity(pair, pair.evidence, veto=veto))
        else:
            free.append(pair)
    if len(free) > MAX_CANDIDATES:
        free = sorted(free, key=_rank_of_pair, reverse=True)[:MAX_CANDIDATES]
    likenesses = shared_words.compare(part.terms, [pair.known.terms for pair in free])
    for pair, alike in zip(free, likenesses, strict=True):
        evidence = {
            **pair.evidence,
            "words": WORDS * alike.words,
            "names": NAMES * alike.names,
        }
        grounded = points.has_ground(evidence, part, pair.known, meeting=meeting)
        weighed.append(_affinity(pair, evidence, grounded=grounded))
    return tuple(sorted(weighed, key=_rank, reverse=True))


def _pairs(
    part: StoryProfile, stories: Iterable[Story], *, now: datetime, meeting: bool
) -> Iterator[Pair]:
    """``part`` beside each story that is not elsewhere, or of others."""
    first = Company(part) if meeting else Whereabouts(part)
    compare = points.of_meeting if meeting else points.of_incident
    for story in stories:
        known = story.profile
        if not first.exclude(known):
            yield Pair(part, known, story, compare(part, known), now)


def _rank(one: Affinity) -> tuple[float, datetime, str]:
    return one.points, one.story.changed_at, one.story.id


def _rank_of_pair(pair: Pair) -> tuple[float, datetime, str]:
    return _sum(pair.evidence, pair), pair.story.changed_at, pair.story.id


def _affinity(
    pair: Pair, evidence: Mapping[str, float], *, veto: str = "", grounded: bool = False
) -> Affinity:
    return Affinity(
        story=pair.story,
        points=_sum(evidence, pair),
        evidence=evidence,
        veto=veto,
        grounded=grounded,
    )


def _sum(evidence: Mapping[str, float], pair: Pair) -> float:
    """Old likeness fades; a contradiction does not, nor what follows from that day.

    A death in hospital is told weeks later, and names the day of the strike.
    """
    follows = evidence.get("told as", 0.0) > 0 and evidence.get("day", 0.0) > 0
    age = max(pair.at - pair.story.changed_at, timedelta())
    fresh = 1.0 if follows else math.exp(-age / DECAY)
    total = 0.0
    for value in evidence.values():
        total += value * fresh if value > 0 else value
    return round(total, 4)
