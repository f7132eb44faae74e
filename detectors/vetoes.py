"""What makes it impossible that a part of an article tells of a known story.

Another place, another day, another weapon with other figures, other parties, another
round: no likeness outweighs these. The first that holds names the veto.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from detectors.evidence import (
    TWO_PARTIES,
    Evidence,
    carries_toll,
    is_same_toll,
    names_one_of,
    sounds_of,
    toll_falls,
    toll_fits,
    toll_repeats,
    towns,
)
from detectors.meeting_status import FAILED, HELD, OFF, PLANNED, UNSETTLED
from detectors.model import Story, StoryProfile
from detectors.recognition import (
    AFTERMATH,
    AGAIN,
    BULLETIN,
    NAMED,
    QUARTERS,
    has_ended,
)
from detectors.slots import HARMED

SAME_EVENT = timedelta(hours=18)  # first accounts of one strike come within a day
OTHER_HIT = timedelta(hours=6)  # until then a mass attack is told piece by piece
ANOTHER_STRIKE = timedelta(hours=10)  # "for the second night" is never said sooner
# After talks that failed; later, a round is a story of its own. One labelled case, a
# day after, is all there is to set it by.
NEXT_OFFER = timedelta(days=3)
# That a bulletin counts over: in seven streams 3 and 4 do the same; with 2, B-cubed F1
# of their strike stories falls by .01 to .02, as two places are one attack's, too.
REGIONS = 3
_OPPOSITE = 2  # quarters of a day


class Whereabouts:
    """Where a part of an article says that it was: the first and cheapest question.

    Most of what runs was elsewhere, so this is asked of every story and the rest only
    of those that it leaves.
    """

    def __init__(self, part: StoryProfile) -> None:
        """Towns and the regions named after them are one place here."""
        self._sure = bool(part.places) and NAMED not in part.kinds
        self._towns = towns(part.places)
        # Few parts tell a toll that could be any other's.
        self._tells_toll = is_same_toll(part, part)
        self._is_harmed = not part.numbers.keys().isdisjoint(HARMED)
        self._follows = AFTERMATH in part.kinds
        self._part = part

    def exclude(self, known: StoryProfile) -> bool:
        """Whether both say where, as a fact, and no place is in both or near.

        A toll that is the story's in every figure tells that a place was misread. So
        does one that fits where the story's place is named all the same, or where
        somebody has died since, as he may have in a hospital elsewhere.
        """
        if not self._sure or not known.places or NAMED in known.kinds:
            return False
        if not self._towns.isdisjoint(towns(known.places)):
            return False
        if self._tells_toll and is_same_toll(self._part, known):
            return False
        return not (
            self._is_harmed
            and carries_toll(self._part, known)
            and (self._follows or sounds_of(self._part, known.places))
        )


class Company:
    """Who meets, and in which city: the first question about talks.

    It is asked of every story that runs, and the rest only of those that it leaves.
    """

    def __init__(self, part: StoryProfile) -> None:
        """Look at who and where is named in a part of an article."""
        self._parties = frozenset(part.parties)
        self._places = frozenset(part.places)
        self._part = part

    def exclude(self, known: StoryProfile) -> bool:
        """Whether both say who meets or both say where, and nothing is in both.

        What else they may have in common is too little to join or to be told of.
        """
        if not self._parties.isdisjoint(known.parties):
            return False
        several = len(self._parties) > 1 and len(known.parties) > 1
        if self._places:
            placed = bool(known.places)
            return (several or placed) and self._places.isdisjoint(known.places)
        return several and not names_one_of(self._part, known.places)


class Pair(NamedTuple):
    """A part of an article beside a story, with what speaks for and against it.

    A tuple, as it is made of every part and every story near it.

    Args:
        known: What the story is recognised by.
    """

    part: StoryProfile
    known: StoryProfile
    story: Story
    evidence: Evidence
    at: datetime

    @property
    def age(self) -> timedelta:
        """How long ago the story opened."""
        return self.at - self.story.opened_at


Rule = tuple[str, Callable[[Pair], bool]]


def find_veto(pair: Pair, *, meeting: bool) -> str:
    """The contradiction between the two; "" if there is none."""
    rules = _OF_MEETINGS if meeting else _OF_INCIDENTS
    for name, holds in rules:
        if holds(pair):
            return name
    return ""


def _is_another_issue(pair: Pair) -> bool:
    """A bulletin is of another night than the story."""
    if BULLETIN not in pair.part.kinds:
        return False
    if pair.part.days:
        return pair.evidence["day"] < 0
    return BULLETIN in pair.known.kinds and pair.age > SAME_EVENT


def _is_bulletin_or_one_hit(pair: Pair) -> bool:
    """One counts a night's drones over many regions, the other is of one of them."""
    ours, theirs = (BULLETIN in each.kinds for each in (pair.part, pair.known))
    many = pair.part if ours else pair.known
    return ours != theirs and len(many.places) >= REGIONS


def _is_fresh_account(pair: Pair) -> bool:
    """A strike is told anew, and its figures or weapon are another's.

    What follows from a strike (a death in hospital, a funeral) has odd figures too.
    """
    if AFTERMATH in pair.part.kinds:
        return False
    other_toll = toll_falls(pair.evidence) and not toll_fits(pair.evidence)
    return pair.evidence["weapon"] < 0 or other_toll


def _is_another_day(pair: Pair) -> bool:
    return pair.evidence["day"] < 0 and _is_fresh_account(pair)


def _is_another_strike(pair: Pair) -> bool:
    """The words "hit again" are said of a strike after this story's, and not of it."""
    if AGAIN not in pair.part.kinds:
        return False
    follows = AFTERMATH in pair.part.kinds or toll_repeats(pair.evidence)
    later = pair.age > ANOTHER_STRIKE and pair.evidence["day"] <= 0
    return _is_fresh_account(pair) or (later and not follows)


def _is_another_hour(pair: Pair) -> bool:
    """Told anew, and of the other end of the day: morning and evening, night and noon.

    Neighbours on the clock are one: what fell at night is told of the morning.
    """
    ours, theirs = (
        [at for at, name in enumerate(QUARTERS) if name in kinds]
        for kinds in (pair.part.kinds, pair.known.kinds)
    )
    return (
        bool(ours and theirs)
        and all(abs(a - b) == _OPPOSITE for a in ours for b in theirs)
        and _is_fresh_account(pair)
    )


def _is_another_hit(pair: Pair) -> bool:
    """Another weapon on another target, hours later."""
    unlike = pair.evidence["weapon"] < 0 and pair.evidence["target"] < 0
    return unlike and pair.age > OTHER_HIT and _is_fresh_account(pair)


def _is_lower_later(pair: Pair) -> bool:
    """Lower figures, told of no day, when the story is a day old."""
    late = pair.age > SAME_EVENT and not pair.evidence["day"]
    return late and toll_falls(pair.evidence) and _is_fresh_account(pair)


def _has_other_parties(pair: Pair) -> bool:
    several = len(pair.part.parties) > 1 and len(pair.known.parties) > 1
    return several and not pair.evidence["parties"]


def _is_next_offer(pair: Pair) -> bool:
    """Days after talks failed somebody offers the same sides to try again elsewhere.

    Every side is named, and the old city beside the new one.
    """
    failed = f"status:{FAILED}" in pair.known.kinds
    if not failed or pair.at - pair.story.changed_at > NEXT_OFFER:
        return False
    stated = {kind for kind in pair.part.kinds if kind.startswith("status:")}
    sides = bool(pair.known.parties) and set(pair.known.parties) <= set(
        pair.part.parties
    )
    named = names_one_of(pair.part, pair.known.places)
    return sides and named and stated == {"status:proposed"}


def _is_another_round(pair: Pair) -> bool:
    """The meeting is over, and one to come has a day or a city of its own."""
    if not has_ended(pair.known.kinds) or _is_next_offer(pair):
        return False
    stated = {kind.removeprefix("status:") for kind in pair.part.kinds}
    other_day = pair.part.days and not set(pair.part.days) & set(pair.known.days)
    other_city = pair.part.places and not (
        set(pair.part.places) & set(pair.known.places)
    )
    to_come = bool(stated & (PLANNED | OFF)) and not stated & HELD
    return to_come and bool(other_day or other_city)


def _is_in_another_city(pair: Pair) -> bool:
    """Both say where, and nothing says that the one meeting has moved.

    It can have moved where the parties are the same and the old city is named beside
    the new one, or the meeting had been called off or was only an offer.
    """
    placed = bool(pair.part.places and pair.known.places)
    if not placed or pair.evidence["venue"] or _is_next_offer(pair):
        return False
    if pair.evidence["parties"] < TWO_PARTIES:
        return True
    named = names_one_of(pair.part, pair.known.places)
    free = any(f"status:{status}" in pair.known.kinds for status in UNSETTLED)
    return not (named or free)


_OF_INCIDENTS: tuple[Rule, ...] = (
    ("a bulletin of many places", _is_bulletin_or_one_hit),
    ("another night's bulletin", _is_another_issue),
    ("another day", _is_another_day),
    ("another strike", _is_another_strike),
    ("another hour", _is_another_hour),
    ("another weapon on another target", _is_another_hit),
    ("lower figures on a later day", _is_lower_later),
)
_OF_MEETINGS: tuple[Rule, ...] = (
    ("other parties", _has_other_parties),
    ("another round", _is_another_round),
    ("another city", _is_in_another_city),
)
