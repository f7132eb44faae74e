"""A story's state, computed from the claims in its ledger that stand.

Nothing is stored but claims: strike one out and the state is as if it had never
been made. The same rule that folds old claims judges a new one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from detectors.meeting_status import FAILED, HELD, OFF, PLANNED, Step, step
from detectors.model import Bound, Certainty, Claim, FactValue
from detectors.slots import (
    EITHER_WAY,
    NUMBER_SLOTS,
    SINGLE,
    TOLLS,
    broader,
    is_number,
    is_single,
)
from detectors.values import Authority, leaps, same

LATE = timedelta(hours=12)
"""A figure that was overtaken less than this ago is a late report of the old state, a
later one is news. On two labelled streams late ones came within 9.5 h, and the first
true return of a figure (a death after a correction) after 16.7 h."""

VOID = timedelta(hours=24)
"""How long the old day of a postponed meeting is a late report (one came: 11.6 h)."""

DOUBTERS = 2
"""Independent sources that take a figure back together, which neither of them told."""

RETHOUGHT = timedelta(hours=36)
"""How long a lower figure without a word of correction can be one. On six labelled
streams true ones come within a day; the wounded "still in hospital" after four."""

ECHO = timedelta(hours=24)
"""How long other outlets repeat a false value that a desk has struck out: a day, as a
morning's copy stands in the next morning's papers. Later it is heard again."""


class Effect(StrEnum):
    """What a claim does to the state."""

    NEW = "new"
    CHANGE = "change"
    CORRECTION = "correction"
    KNOWN = "known"
    STALE = "stale"
    ASIDE = "aside"
    CONFIRMATION = "confirmation"


PLAN = ("venue", "date")
"""The single slots that a meeting called off has no more."""
MOVES = frozenset({Effect.NEW, Effect.CHANGE, Effect.CORRECTION, Effect.CONFIRMATION})


@dataclass(slots=True, kw_only=True)
class State:
    """What a story's standing claims add up to; built up by `fold`.

    Args:
        current: The one value of a slot, or the last that a set gained.
        members: Every value that a slot ever held, as spoken first.
        overtaken: When a value of a slot ceased to be current.
        late: Articles that set the meeting on a day already given up.
        beside: What the article that set a single slot said of it besides: its
            background, which no repetition makes news.
        echoes: Which article last repeated what was said beside a plan, or how the
            meeting stood, and when.
        unsure: Who first told a single value that nobody has asserted yet.
        struck: When a value that was struck out by hand was last claimed.
        hinted: Who first said a value of a set in passing.
        rivals: Figures that others give beside the current one, which it never was,
            and who gives them.
        setters: The claim that set the current value of a slot.
        dead_by: How many were dead when the current number of wounded was told.
        ceilings: Figures that were only said to be at the most so high.
        void_at: When the planned day was called off, if no other was set.
    """

    current: dict[str, FactValue] = field(default_factory=dict)
    members: dict[str, dict[FactValue, None]] = field(default_factory=dict)
    overtaken: dict[tuple[str, FactValue], datetime] = field(default_factory=dict)
    beside: dict[str, set[FactValue]] = field(default_factory=dict)
    echoes: dict[tuple[str, FactValue], Claim] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    unsure: dict[str, str] = field(default_factory=dict)
    struck: dict[tuple[str, FactValue], datetime] = field(default_factory=dict)
    hinted: dict[tuple[str, FactValue], str] = field(default_factory=dict)
    rivals: dict[str, dict[FactValue, set[str]]] = field(default_factory=dict)
    setters: dict[str, Claim] = field(default_factory=dict)
    dead_by: int = 0
    ceilings: set[str] = field(default_factory=set)
    void_at: datetime | None = None

    def copy(self) -> "State":
        """The same state, to be built up apart from this one."""
        rivals = {
            slot: {value: set(who) for value, who in figures.items()}
            for slot, figures in self.rivals.items()
        }
        return State(
            current=dict(self.current),
            members={slot: dict(known) for slot, known in self.members.items()},
            overtaken=dict(self.overtaken),
            beside={slot: set(said) for slot, said in self.beside.items()},
            echoes=dict(self.echoes),
            late=set(self.late),
            unsure=dict(self.unsure),
            struck=dict(self.struck),
            hinted=dict(self.hinted),
            rivals=rivals,
            setters=dict(self.setters),
            dead_by=self.dead_by,
            ceilings=set(self.ceilings),
            void_at=self.void_at,
        )

    def effect(self, claim: Claim) -> Effect:
        """What ``claim`` would do; changes nothing."""
        if not claim.certainty.counts:
            return Effect.ASIDE
        if self._is_struck(claim):
            return Effect.STALE
        if self._confirms(claim):
            return Effect.CONFIRMATION
        return self._of_slot(claim)

    def _of_slot(self, claim: Claim) -> Effect:
        if is_number(claim.slot):
            return self._number(claim)
        if claim.slot == "status":
            return self._status(claim)
        if claim.slot in SINGLE:
            return self._plan(claim)
        return self._member(claim)

    def take(self, claim: Claim) -> Effect:
        """Judge ``claim``, and let it move the state if it does."""
        effect = self.effect(claim)
        given_up = (claim.slot, claim.value) in self.overtaken
        if claim.slot == "date" and (effect is Effect.STALE or given_up):
            self.late.add(claim.article_id)
        if effect not in MOVES:
            self._note_rival(claim, effect)
            if effect is Effect.ASIDE and claim.aside:
                self.hinted.setdefault((claim.slot, claim.value), claim.speaker)
            self._note_beside(claim)
            return effect
        slot, value, old = claim.slot, claim.value, self.current.get(claim.slot)
        self.unsure.pop(slot, None)
        if effect is Effect.CONFIRMATION:
            return effect
        doubtful = claim.certainty is Certainty.UNCONFIRMED and is_single(slot)
        if doubtful or leaps(slot, old, value):
            self.unsure[slot] = claim.speaker
        if old is not None and is_single(slot):
            self.overtaken[slot, old] = claim.claimed_at
        self.overtaken.pop((slot, value), None)
        self.current[slot] = value
        self.rivals.pop(slot, None)
        self.members.setdefault(slot, {})[value] = None
        self.setters[slot] = claim
        if slot == "injured":
            self.dead_by = self._dead()
        self._note_bound(claim)
        self.beside[slot] = {
            said
            for (of, said), echo in self.echoes.items()
            if of == slot and echo.article_id == claim.article_id
        }
        self._call_off(claim)
        return effect

    def _note_beside(self, claim: Claim) -> None:
        """Keep what the setter of a single slot says besides, and who repeats that."""
        if self.is_set_by(claim.slot, claim.article_id):
            self.beside.setdefault(claim.slot, set()).add(claim.value)
        elif self._is_repeated(claim):
            self.echoes[claim.slot, claim.value] = claim

    def _is_repeated(self, claim: Claim) -> bool:
        """Whether it repeats a plan's other day or city, or how the meeting stood."""
        if claim.slot == "status":
            return same(claim.value, self.current.get("status", ""))
        return claim.slot in PLAN and claim.value in self._beside(claim)

    def _note_bound(self, claim: Claim) -> None:
        """Keep whether the current figure is a ceiling: then a higher one is news."""
        if claim.bound is Bound.UP_TO:
            self.ceilings.add(claim.slot)
        else:
            self.ceilings.discard(claim.slot)

    def _note_rival(self, claim: Claim, effect: Effect) -> None:
        """Keep a figure that another source sets against the current one."""
        slot, value = claim.slot, claim.value
        if effect is not Effect.STALE or slot not in NUMBER_SLOTS:
            return
        if self.is_older(claim) or self._have_died(claim):
            return
        if value not in self.members.get(slot, {}):
            self.rivals.setdefault(slot, {}).setdefault(value, set()).add(claim.speaker)

    def is_older(self, claim: Claim) -> bool:
        """Whether its report came out before the one that told the current value."""
        setter = self.setters.get(claim.slot)
        return setter is not None and claim.claimed_at < setter.claimed_at

    def is_set_by(self, slot: str, article_id: str) -> bool:
        """Whether an article told the current value of a slot."""
        setter = self.setters.get(slot)
        return setter is not None and setter.article_id == article_id

    def is_disputed(self, claim: Claim) -> bool:
        """Whether another authority says so than the one behind the current value.

        A report of an older hour disputes nothing: whoever spoke in it knew less.
        """
        setter = self.setters.get(claim.slot)
        if setter is None or self.is_older(claim):
            return False
        said = Authority(setter.attribution, setter.authority)
        return said.is_other_than(Authority(claim.attribution, claim.authority))

    def _is_struck(self, claim: Claim) -> bool:
        """Whether it echoes what a person struck out a short while before."""
        at = self.struck.get((claim.slot, claim.value))
        return at is not None and claim.claimed_at - at < ECHO

    def _confirms(self, claim: Claim) -> bool:
        """Whether another source asserts what was told as unconfirmed."""
        teller = self.unsure.get(claim.slot)
        if teller is None or teller == claim.speaker or claim.aside:
            return False
        firm = claim.certainty is Certainty.ASSERTED
        return firm and same(claim.value, self.current[claim.slot])

    def _call_off(self, claim: Claim) -> None:
        """A postponed or cancelled meeting has no day, unless the news sets one."""
        if claim.slot == "date":
            self.void_at = None
        if claim.slot != "status":
            return
        called_off = claim.value in OFF
        for slot in PLAN if called_off else ():
            if not self.is_set_by(slot, claim.article_id):
                self.beside.pop(slot, None)
        if called_off:
            self.echoes = {
                said: echo
                for said, echo in self.echoes.items()
                if echo.article_id == claim.article_id
            }
        if called_off and not self.is_set_by("date", claim.article_id):
            self.void_at = claim.claimed_at
        elif not called_off:
            self.void_at = None

    def _late(self, claim: Claim) -> bool:
        at = self.overtaken.get((claim.slot, claim.value))
        return at is not None and claim.claimed_at - at < LATE

    def _number(self, claim: Claim) -> Effect:
        old = self.current.get(claim.slot)
        if old is None:
            return Effect.ASIDE if _is_nothing(claim) else Effect.NEW
        if same(claim.value, old) or claim.value is True:
            return Effect.KNOWN
        bounded = claim.bound is Bound.UP_TO and claim.slot not in self.ceilings
        if claim.certainty is Certainty.UNCONFIRMED or bounded:
            return Effect.ASIDE
        if _takes_back(claim, old):
            return Effect.CORRECTION
        if self._outruns(claim, old):
            return Effect.CHANGE
        return Effect.CORRECTION if self._is_withdrawn(claim) else Effect.STALE

    def _is_withdrawn(self, claim: Claim) -> bool:
        """Whether a lower figure takes the toll back though no word says so.

        Its own source gives it within `RETHOUGHT`, or two others do; it was never the
        toll before, for then it would most likely be an old report. Later the wounded
        are fewer because they were sent home.
        """
        slot, value = claim.slot, claim.value
        setter = self.setters[slot]
        if claim.claimed_at - setter.claimed_at > RETHOUGHT:
            return False
        plain = claim.bound is Bound.EXACT and not claim.aside
        if slot not in TOLLS or not plain or value in self.members[slot]:
            return False
        if setter.article_id == claim.article_id or self.is_disputed(claim):
            return False
        if self.is_older(claim) or self._have_died(claim):
            return False
        others = self.rivals.get(slot, {}).get(value, set()) | {claim.speaker}
        return setter.speaker == claim.speaker or len(others) >= DOUBTERS

    def _dead(self) -> int:
        return int(self.current.get("killed", 0))

    def _have_died(self, claim: Claim) -> bool:
        """Whether the wounded are fewer by no more than have died since they were told.

        "A third man died; four are in hospital" takes no figure back, and one wounded
        is a person who is told of.
        """
        if claim.slot != "injured":
            return False
        if claim.value == 1:
            return True
        fewer = int(self.current["injured"]) - int(claim.value)
        return fewer <= self._dead() - self.dead_by

    def _outruns(self, claim: Claim, old: FactValue) -> bool:
        """Whether a figure is newer than ``old``: higher, or free to fall."""
        if old is True:
            return True
        rises = int(claim.value) > int(old)
        if claim.slot in EITHER_WAY:
            return not self._late(claim) and not self.is_older(claim)
        return not self._late(claim) and rises

    def _status(self, claim: Claim) -> Effect:
        old = self.current.get("status")
        if old is None:
            return Effect.NEW
        anew = any(self.is_set_by(slot, claim.article_id) for slot in PLAN)
        step_ = step(str(old), str(claim.value), set_anew=anew)
        if step_ is Step.SAME or (claim.value in self._beside(claim) and not anew):
            return Effect.KNOWN
        if claim.certainty is Certainty.UNCONFIRMED or claim.aside:
            return Effect.ASIDE
        late = claim.article_id in self.late and str(claim.value) in PLANNED
        if step_ is Step.BEHIND or late:
            return Effect.STALE
        return Effect.CHANGE

    def _plan(self, claim: Claim) -> Effect:
        """A day or city: another one is a change, unless it was given up before."""
        old = self.current.get(claim.slot)
        if old is None:
            return Effect.NEW
        if same(claim.value, old):
            return Effect.STALE if self._is_void(claim) else Effect.KNOWN
        if claim.certainty is Certainty.UNCONFIRMED or claim.aside:
            return Effect.ASIDE
        if _takes_back(claim, old):
            return Effect.CORRECTION
        if claim.value in self._beside(claim) or self._is_echo(claim):
            return Effect.KNOWN
        given_up = (claim.slot, claim.value) in self.overtaken
        return Effect.STALE if given_up or self._is_held(claim) else Effect.CHANGE

    def _is_held(self, claim: Claim) -> bool:
        """Whether the meeting has its day and city for good: it runs, or is over.

        Talks that failed may be offered another city, by a report that came later.
        """
        status = self.current.get("status")
        if status != FAILED or claim.slot != "venue":
            return status in HELD
        return claim.claimed_at <= self.setters["status"].claimed_at

    def _beside(self, claim: Claim) -> set[FactValue]:
        return self.beside.get(claim.slot, set())

    def _is_echo(self, claim: Claim) -> bool:
        """Whether who called the meeting off said so in passing, a short while before.

        Later another day or city is set anew.
        """
        echo = self.echoes.get((claim.slot, claim.value))
        return echo is not None and claim.claimed_at - echo.claimed_at < VOID

    def _is_void(self, claim: Claim) -> bool:
        """Whether it repeats the day that a postponement has just called off."""
        if claim.slot != "date" or self.void_at is None:
            return False
        return claim.claimed_at - self.void_at < VOID

    def _member(self, claim: Claim) -> Effect:
        known = self.members.get(claim.slot, {})
        if any(same(claim.value, value) for value in known):
            return Effect.KNOWN
        if any(broader(str(value)) == claim.value for value in known):
            return Effect.KNOWN
        if known and claim.certainty is Certainty.UNCONFIRMED:
            return Effect.ASIDE
        return Effect.ASIDE if self._is_passing(claim) else Effect.NEW

    def _is_passing(self, claim: Claim) -> bool:
        """Whether it is said in passing, and by no other source before."""
        teller = self.hinted.get((claim.slot, claim.value), claim.speaker)
        return claim.aside and teller == claim.speaker


def fold(claims: Iterable[Claim], onto: State | None = None) -> State:
    """The state that standing claims add up to, taken in the order of the ledger.

    ``onto`` is that of the claims before them, which it is built up from.

    >>> fold(()).current
    {}
    """
    state = State() if onto is None else onto
    for claim in claims:
        if claim.stands:
            state.take(claim)
        else:
            state.struck[claim.slot, claim.value] = claim.claimed_at
    return state


def _takes_back(claim: Claim, old: FactValue) -> bool:
    """Whether a text corrects the value that holds.

    One that corrects a toll tells in the same breath of another that has risen.
    """
    if claim.corrects is None or claim.corrects is False:
        return False
    if claim.corrects is not True:
        return same(claim.corrects, old)
    return claim.slot not in TOLLS - EITHER_WAY or int(claim.value) < int(old)


def _is_nothing(claim: Claim) -> bool:
    """A zero where nothing was said before tells of no loss, so of nothing."""
    return claim.value is not True and claim.value == 0
