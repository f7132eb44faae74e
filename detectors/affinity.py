"""How well a part of an article fits a story, in points, and what forbids it.

Points are summed evidence: a shared place, figures that can be one toll's, a weapon,
words. A veto is a contradiction that no similarity outweighs.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from detectors.meeting_status import HELD, UNSETTLED
from detectors.model import Story, StoryProfile
from detectors.recognition import (
    AFTERMATH,
    AGAIN,
    BULLETIN,
    NAMED,
    compatible,
    has_ended,
    shared,
)

DECAY = timedelta(days=10)  # tau of 7 to 20 days scored alike (online stories, 661)
MAX_CANDIDATES = 24  # stories whose words are read; the 25th never won (same streams)
NIGHT = timedelta(days=1)  # a night's attack is dated by its evening or its morning

PLACE = 3.0
NEAR_PLACE = 1.5
NAMED_PLACE = 2.0  # in the lead of a part that gives no place as a fact
OTHER_NAMED_PLACE = -1.0
DAY = 0.5
OTHER_DAY = -1.5
SAME_EVENT = timedelta(hours=18)  # first accounts of one strike come within a day
ANOTHER_STRIKE = timedelta(hours=10)  # "for the second night" is never said sooner
AFTERMATH_STYLE = 0.5
SAME_FIGURE = 1.5
SAME_SMALL_FIGURE = 0.7
SMALL = 3  # "two injured" is said of many events
NEARBY_FIGURE = 0.8  # a toll an hour later: half as many again, and two
RISEN_FIGURE = 0.3
FALLEN_FIGURE = -1.0
WILD_FIGURE = -0.7
NEARBY = 1.5
WILD = 4
KIND = 0.7
OTHER_WEAPON = -1.2
TARGET = 0.5
OTHER_TARGET = -0.7
VENUE = 3.0
NAMED_VENUE = 1.5  # the part names the city, if not as where they will meet
TWO_PARTIES = 3.0
ONE_PARTY = 1.0
WORDS = 3.0
NAMES = 2.5

_CASUALTIES = ("killed", "injured", "missing", "children_killed", "power_cut")
_REPEATED = frozenset({SAME_FIGURE, SAME_SMALL_FIGURE})
_TOLLS = ("killed", "injured")
_SALVO = ("launched", "intercepted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Affinity:
    """The points of one pair, and the contradiction if there is one.

    Args:
        evidence: Points by what gave them, before decay.
    """

    story: Story
    points: float
    evidence: Mapping[str, float]
    veto: str = ""

    @property
    def toll_fits(self) -> bool:
        """Whether the dead or the injured are as many, or a few more."""
        return any(self.evidence.get(s, 0.0) >= SAME_SMALL_FIGURE for s in _TOLLS)

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
    """Weigh ``part`` against each story, best first; vetoed ones by facts alone.

    Places, days, parties and figures are compared with every story; words only with
    the few that those leave, so that work does not grow with what is running.
    """
    compared = [_compare(part, story, now=now, meeting=meeting) for story in stories]
    compared.sort(key=_rank, reverse=True)
    free = [one for one in compared if not one.veto][:MAX_CANDIDATES]
    rarity = _rarities(one.story.profile for one in free)
    read = [_with_words(part, one, rarity, now) for one in free]
    vetoed = [one for one in compared if one.veto]
    return tuple(sorted((*read, *vetoed), key=_rank, reverse=True))


def _rank(one: Affinity) -> tuple[float, datetime, str]:
    return one.points, one.story.changed_at, one.story.id


def _compare(
    part: StoryProfile, story: Story, *, now: datetime, meeting: bool
) -> Affinity:
    known = story.profile
    evidence = _meeting(part, known) if meeting else _incident(part, known)
    veto = (_meeting_veto if meeting else _incident_veto)(part, story, evidence, now)
    return Affinity(
        story=story, points=_sum(evidence, story, now), evidence=evidence, veto=veto
    )


def _with_words(
    part: StoryProfile, one: Affinity, rarity: Mapping[str, float], now: datetime
) -> Affinity:
    words, names = _likeness(part.terms, one.story.profile.terms, rarity)
    evidence = {**one.evidence, "words": WORDS * words, "names": NAMES * names}
    points = _sum(evidence, one.story, now)
    return replace(one, points=points, evidence=evidence)


def _sum(evidence: Mapping[str, float], story: Story, now: datetime) -> float:
    """Old likeness fades; a contradiction does not."""
    fresh = math.exp(-max(now - story.changed_at, timedelta()) / DECAY)
    return round(sum(p * fresh if p > 0 else p for p in evidence.values()), 4)


def _rarities(profiles: Iterable[StoryProfile]) -> dict[str, float]:
    """How much a term tells which story it is of: ln(1 + n / stories that have it)."""
    found: Counter[str] = Counter()
    total = 0
    for profile in profiles:
        total += 1
        found.update(profile.terms.keys())
    return {term: math.log(1 + total / n) for term, n in found.items()}


def _incident(part: StoryProfile, known: StoryProfile) -> dict[str, float]:
    return {
        "place": _place(part, known),
        "day": _day(part, known),
        "told as": AFTERMATH_STYLE if AFTERMATH in part.kinds else 0.0,
        **{slot: _figure(slot, part, known) for slot in (*_CASUALTIES, *_SALVO)},
        "weapon": _kind(part, known, "weapon", KIND, OTHER_WEAPON),
        "target": _kind(part, known, "target", TARGET, OTHER_TARGET),
    }


def _meeting(part: StoryProfile, known: StoryProfile) -> dict[str, float]:
    common = len(set(part.parties) & set(known.parties))
    return {
        "venue": _venue(part, known),
        "date": DAY if set(part.days) & set(known.days) else 0.0,
        "parties": (0.0, ONE_PARTY)[common] if common < 2 else TWO_PARTIES,  # noqa: PLR2004
        "mediator": KIND if shared(part.kinds, known.kinds, "mediator") else 0.0,
        "agenda": TARGET if shared(part.kinds, known.kinds, "agenda item") else 0.0,
    }


def _venue(part: StoryProfile, known: StoryProfile) -> float:
    if set(part.places) & set(known.places):
        return VENUE
    named = any(f"@{place}" in part.terms for place in known.places)
    return NAMED_VENUE if named and not part.places else 0.0


def _incident_veto(
    part: StoryProfile, story: Story, evidence: Mapping[str, float], at: datetime
) -> str:
    known = story.profile
    sure = NAMED not in part.kinds and NAMED not in known.kinds
    if part.places and known.places and not evidence["place"] and sure:
        return "another place"
    if BULLETIN in part.kinds and _is_another_issue(part, story, evidence, at):
        return "another night's bulletin"
    if evidence["day"] < 0 and _is_fresh_account(part, evidence):
        return "another day"
    if AGAIN in part.kinds and _is_of_another(part, story, evidence, at):
        return "another strike"
    fallen = any(evidence[slot] < 0 for slot in _TOLLS)
    late = at - story.opened_at > SAME_EVENT and not evidence["day"]
    if late and fallen and _is_fresh_account(part, evidence):
        return "lower figures on a later day"
    return ""


def _is_of_another(
    part: StoryProfile, story: Story, evidence: Mapping[str, float], at: datetime
) -> bool:
    """Whether "hit again" is said of a strike after this story's, and not of it."""
    if _is_fresh_account(part, evidence):
        return True
    repeats = any(evidence[slot] in _REPEATED for slot in _TOLLS)
    follows = AFTERMATH in part.kinds or repeats or evidence["day"] > 0
    return at - story.opened_at > ANOTHER_STRIKE and not follows


def _is_another_issue(
    part: StoryProfile, story: Story, evidence: Mapping[str, float], at: datetime
) -> bool:
    """Whether a bulletin is of another night than the story."""
    if part.days:
        return evidence["day"] < 0
    return BULLETIN in story.profile.kinds and at - story.opened_at > SAME_EVENT


def _is_fresh_account(part: StoryProfile, evidence: Mapping[str, float]) -> bool:
    """Whether a part tells of a strike anew, and its figures or weapon say of another.

    What follows from a strike (a death in hospital, a funeral) has odd figures too.
    """
    if AFTERMATH in part.kinds:
        return False
    fallen = any(evidence[slot] < 0 for slot in _TOLLS)
    fits = any(evidence[slot] >= SAME_SMALL_FIGURE for slot in _TOLLS)
    return evidence["weapon"] < 0 or (fallen and not fits)


def _meeting_veto(
    part: StoryProfile, story: Story, evidence: Mapping[str, float], at: datetime
) -> str:
    del at
    known = story.profile
    if len(part.parties) > 1 and len(known.parties) > 1 and not evidence["parties"]:
        return "other parties"
    if has_ended(known.kinds) and _is_set_anew(part, known):
        return "another round"
    elsewhere = part.places and known.places and not evidence["venue"]
    if elsewhere and not _has_moved(part, known, evidence):
        return "another city"
    return ""


def _is_set_anew(part: StoryProfile, known: StoryProfile) -> bool:
    """Whether a part speaks of a meeting to come, on a day or in a city of its own."""
    statuses = {
        k.removeprefix("status:") for k in part.kinds if k.startswith("status:")
    }
    other_day = part.days and not set(part.days) & set(known.days)
    other_city = part.places and not set(part.places) & set(known.places)
    return bool(statuses and not statuses & HELD and (other_day or other_city))


def _has_moved(
    part: StoryProfile, known: StoryProfile, evidence: Mapping[str, float]
) -> bool:
    """Whether another city can be the same meeting's: same parties, and a reason.

    The old city is named beside the new one, or the meeting had been called off or
    was only an offer.
    """
    if evidence["parties"] < TWO_PARTIES:
        return False
    named = any(f"@{place}" in part.terms for place in known.places)
    return named or any(f"status:{status}" in known.kinds for status in UNSETTLED)


def _place(part: StoryProfile, known: StoryProfile) -> float:
    mine, yours = set(part.places), set(known.places)
    named = NAMED in part.kinds
    if mine & yours:
        return NAMED_PLACE if named else PLACE
    if {_town(place) for place in mine} & {_town(place) for place in yours}:
        return NEAR_PLACE
    return OTHER_NAMED_PLACE if named and mine and yours else 0.0


def _town(place: str) -> str:
    """The town that a region or district is named after."""
    return place.removesuffix(" region").removesuffix(" district")


def _day(part: StoryProfile, known: StoryProfile) -> float:
    if not part.days or not known.days:
        return 0.0
    if set(part.days) & set(known.days):
        return DAY
    if AFTERMATH in part.kinds:  # "a nurse died on Tuesday" of Monday's wounds
        return 0.0
    ours, theirs = map(_as_dates, (part.days, known.days))
    night = min(abs(a - b) for a in ours for b in theirs) <= NIGHT and len(ours) > 1
    return 0.0 if night else OTHER_DAY


def _as_dates(days: Iterable[str]) -> list[date]:
    return [date.fromisoformat(day) for day in days]


def _figure(slot: str, part: StoryProfile, known: StoryProfile) -> float:
    value, latest = part.numbers.get(slot), known.numbers.get(slot)
    if value is None or latest is None:
        return 0.0
    if value in known.figures.get(slot, (latest,)):
        return SAME_FIGURE if value >= SMALL else SAME_SMALL_FIGURE
    if value > WILD * latest + 10:
        return WILD_FIGURE
    if value <= latest and slot not in {"power_cut", "missing"}:
        return FALLEN_FIGURE
    return NEARBY_FIGURE if latest < value <= NEARBY * latest + 2 else RISEN_FIGURE


def _kind(
    part: StoryProfile, known: StoryProfile, slot: str, same: float, other: float
) -> float:
    if shared(part.kinds, known.kinds, slot):
        return same
    return 0.0 if compatible(part.kinds, known.kinds, slot) else other


def _likeness(
    ours: Mapping[str, float], theirs: Mapping[str, float], rarity: Mapping[str, float]
) -> tuple[float, float]:
    """Cosines of the words and of the names, each 0..1."""
    products = {False: 0.0, True: 0.0}
    for term in ours.keys() & theirs.keys():
        weight = rarity.get(term, 1.0) ** 2
        products[term.startswith("@")] += weight * ours[term] * theirs[term]
    sizes = zip(_sizes(ours, rarity), _sizes(theirs, rarity), strict=True)
    words, names = (a * b for a, b in sizes)
    return (
        products[False] / words if words else 0.0,
        products[True] / names if names else 0.0,
    )


def _sizes(
    terms: Mapping[str, float], rarity: Mapping[str, float]
) -> tuple[float, float]:
    squares = {False: 0.0, True: 0.0}
    for term, weight in terms.items():
        squares[term.startswith("@")] += (weight * rarity.get(term, 1.0)) ** 2
    return math.sqrt(squares[False]), math.sqrt(squares[True])
