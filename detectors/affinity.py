"""How well a part of an article fits a story, in points, and what forbids it.

Points are summed evidence: a shared place, figures that can be one toll's, a weapon,
words. A veto is a contradiction that no similarity outweighs.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from detectors.model import Story, StoryProfile
from detectors.profiles import compatible, shared

DECAY = timedelta(days=10)  # tau of 7 to 20 days scored alike (online stories, 661)
NIGHT = timedelta(days=1)  # a night's attack is dated by its evening or its morning

PLACE = 3.0
NEAR_PLACE = 1.5
DAY = 0.5
OTHER_DAY = -1.5
SAME_FIGURE = 1.5
SAME_SMALL_FIGURE = 0.7
SMALL = 3  # "two injured" is said of many events
RISEN_FIGURE = 0.4
FALLEN_FIGURE = -1.0
WILD_FIGURE = -0.7
WILD = 4  # times as many, and ten more
KIND = 0.7
OTHER_WEAPON = -1.2
TARGET = 0.5
OTHER_TARGET = -0.7
VENUE = 3.0
TWO_PARTIES = 3.0
ONE_PARTY = 1.0
WORDS = 3.0
NAMES = 2.5

_CASUALTIES = ("killed", "injured", "missing", "children_killed", "power_cut")
_SALVO = ("launched", "intercepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """The points of one pair, and the contradiction if there is one."""

    story: str
    points: float
    because: tuple[str, ...]
    veto: str = ""


def affinity(
    part: StoryProfile,
    story: Story,
    *,
    rarity: Mapping[str, float],
    now: datetime,
    meeting: bool,
) -> Affinity:
    """Weigh ``part`` against ``story``.

    Args:
        rarity: How much a term tells, from `rarities`.
    """
    evidence = _meeting(part, story.profile) if meeting else _incident(part, story)
    evidence["words"] = WORDS * _cosine(part, story.profile, rarity, names=False)
    evidence["names"] = NAMES * _cosine(part, story.profile, rarity, names=True)
    fresh = math.exp(-max(now - story.changed_at, timedelta()) / DECAY)
    points = sum(p * fresh if p > 0 else p for p in evidence.values())
    veto = (_meeting_veto if meeting else _incident_veto)(part, story.profile, evidence)
    ranked = sorted(evidence.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return Affinity(
        story=story.id,
        points=round(points, 4),
        because=tuple(f"{name} {value:+.1f}" for name, value in ranked if value),
        veto=veto,
    )


def rarities(stories: Iterable[StoryProfile]) -> dict[str, float]:
    """How much each term tells of which story: ln(1 + n / stories that have it)."""
    found: dict[str, int] = {}
    total = 0
    for profile in stories:
        total += 1
        for term in profile.terms:
            found[term] = found.get(term, 0) + 1
    return {term: math.log(1 + total / n) for term, n in found.items()}


def _incident(part: StoryProfile, story: Story) -> dict[str, float]:
    known = story.profile
    return {
        "place": _place(part.places, known.places),
        "day": _day(part.days, known.days),
        **{slot: _figure(slot, part, known) for slot in (*_CASUALTIES, *_SALVO)},
        "weapon": _kind(part, known, "weapon", KIND, OTHER_WEAPON),
        "target": _kind(part, known, "target", TARGET, OTHER_TARGET),
    }


def _meeting(part: StoryProfile, known: StoryProfile) -> dict[str, float]:
    common = len(set(part.parties) & set(known.parties))
    return {
        "venue": VENUE if set(part.places) & set(known.places) else 0.0,
        "date": DAY if set(part.days) & set(known.days) else 0.0,
        "parties": (0.0, ONE_PARTY)[common] if common < 2 else TWO_PARTIES,  # noqa: PLR2004
        "mediator": KIND if shared(part.kinds, known.kinds, "mediator") else 0.0,
        "agenda": TARGET if shared(part.kinds, known.kinds, "agenda item") else 0.0,
    }


def _incident_veto(
    part: StoryProfile, known: StoryProfile, evidence: Mapping[str, float]
) -> str:
    series = "style:bulletin"
    if part.places and known.places and not evidence["place"]:
        return "another place"
    if evidence["day"] < 0 and series in part.kinds and series in known.kinds:
        return "another night's bulletin"
    contradictions = sum(evidence[name] < 0 for name in ("day", "weapon", "target"))
    fallen = evidence["killed"] < 0 or evidence["injured"] < 0
    if evidence["day"] < 0 and contradictions + fallen >= 2:  # noqa: PLR2004
        return "another day"
    return ""


def _meeting_veto(
    part: StoryProfile, known: StoryProfile, evidence: Mapping[str, float]
) -> str:
    if len(part.parties) > 1 and len(known.parties) > 1 and not evidence["parties"]:
        return "other parties"
    moved = evidence["parties"] >= TWO_PARTIES
    if part.places and known.places and not evidence["venue"] and not moved:
        return "another venue"
    return ""


def _place(ours: Iterable[str], theirs: Iterable[str]) -> float:
    mine, yours = set(ours), set(theirs)
    if mine & yours:
        return PLACE
    stems = {_town(place) for place in mine} & {_town(place) for place in yours}
    return NEAR_PLACE if stems else 0.0


def _town(place: str) -> str:
    """ "Kyiv region" lies around Kyiv."""
    return place.removesuffix(" region").removesuffix(" district")


def _day(ours: Iterable[str], theirs: Iterable[str]) -> float:
    mine, yours = ([date.fromisoformat(d) for d in days] for days in (ours, theirs))
    if not mine or not yours:
        return 0.0
    if set(mine) & set(yours):
        return DAY
    gap = min(abs(a - b) for a in mine for b in yours)
    return 0.0 if gap <= NIGHT and len(mine) > 1 else OTHER_DAY


def _figure(slot: str, part: StoryProfile, known: StoryProfile) -> float:
    value, latest = part.numbers.get(slot), known.numbers.get(slot)
    if value is None or latest is None:
        return 0.0
    if value in known.figures.get(slot, (latest,)):
        return SAME_FIGURE if value >= SMALL else SAME_SMALL_FIGURE
    if value > WILD * latest + 10:
        return WILD_FIGURE
    if value > latest or slot in {"power_cut", "missing"}:
        return RISEN_FIGURE
    return FALLEN_FIGURE


def _kind(
    part: StoryProfile, known: StoryProfile, slot: str, same: float, other: float
) -> float:
    if shared(part.kinds, known.kinds, slot):
        return same
    return 0.0 if compatible(part.kinds, known.kinds, slot) else other


def _cosine(
    part: StoryProfile, known: StoryProfile, rarity: Mapping[str, float], *, names: bool
) -> float:
    wanted: Callable[[str], bool] = lambda term: term.startswith("@") is names  # noqa: E731
    ours = {t: w * rarity.get(t, 1.0) for t, w in part.terms.items() if wanted(t)}
    theirs = {t: w * rarity.get(t, 1.0) for t, w in known.terms.items() if wanted(t)}
    product = sum(weight * theirs.get(term, 0.0) for term, weight in ours.items())
    if not product:
        return 0.0
    size = math.hypot(*ours.values()) * math.hypot(*theirs.values())
    return product / size
