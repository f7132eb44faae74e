"""Tell what an article changes in its story: the developments that alerts hang on.

A fact repeated, a figure that is merely out of date, a rumour of what is settled:
none of these is a development. In the article that opens a story every fact is one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.corroboration import rivals
from detectors.folding import state_of
from detectors.leads import Lead
from detectors.ledger import MOVES, PLAN, Effect, State
from detectors.meeting_status import OFF
from detectors.model import (
    Article,
    Bound,
    Certainty,
    Claim,
    Development,
    DevelopmentKind,
    Fact,
    FactValue,
    Story,
)
from detectors.slots import NUMBER_SLOTS, SINGLE, TOLLS, is_single
from detectors.turns import Case, in_turn, passes_by
from detectors.values import leaps

_SAID_BESIDE = frozenset({"target", "agenda item", "participants", "mediator"})
"""Slots whose values also stand in asides, and are most often misread."""

_TELLING = NUMBER_SLOTS | {"status"}

NAMED = 5  # known facts that a reason names

_KINDS = {
    Effect.NEW: DevelopmentKind.NEW,
    Effect.CHANGE: DevelopmentKind.CHANGE,
    Effect.CORRECTION: DevelopmentKind.CORRECTION,
    Effect.CONFIRMATION: DevelopmentKind.CONFIRMATION,
}


def tells_more(facts: Iterable[Fact], earlier: Iterable[Fact]) -> Fact | None:
    """The first figure or status of a copy that its original does not state.

    A wire prints its report again with one sentence more, "a sixth person died": in
    words that is a copy, and the desk must hear of it.
    """
    known = {(fact.slot, fact.value) for fact in earlier}
    return next(
        (
            fact
            for fact in facts
            if fact.slot in _TELLING
            and fact.certainty.counts
            and (fact.slot, fact.value) not in known
        ),
        None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one article does to one story.

    Args:
        before: The ledger that the article was judged by.
        claims: For the ledger, in the order in which it must keep them.
        developments: In order of the text; empty when it says nothing new.
        known: How many of its facts the story held already.
        repeated: The first of those, as "killed 6".
        overtaken: Its facts that were true once, as "killed 4".
        likeness: To the article of the story that it is most like in words, where the
            topic asks for it (`novelty`); None elsewhere.
    """

    before: Sequence[Claim] = ()
    claims: tuple[Claim, ...] = ()
    developments: tuple[Development, ...] = ()
    known: int = 0
    repeated: tuple[str, ...] = ()
    overtaken: tuple[str, ...] = ()
    likeness: float | None = None

    @property
    def ledger(self) -> tuple[Claim, ...]:
        """The ledger with the article in it."""
        return (*self.before, *self.claims)


def develop(
    story: Story,
    claims: Sequence[Claim],
    facts: Sequence[Fact],
    *,
    article: Article,
    lead: Lead | None = None,
    voice: str | None = None,
) -> Progress:
    """Judge the facts that ``article`` states of ``story`` against its ledger.

    Args:
        story: Whose state may change.
        claims: The story's ledger, oldest first; empty for a new story.
        facts: Those of this article and this story, of any certainty.
        article: Whose facts they are; it dates and signs the claims.
        lead: Where it stops speaking for the story; a soft fact past it supports
            what is known and changes nothing. None: nowhere.
        voice: Who really speaks through the article (`detectors.sources`); None:
            its source.
    """
    case = Case(story=story, claims=claims, article=article, voice=voice)
    judged, state = _judge(case, facts, lead, state_of(claims))
    if claims and lead is not None and _is_retold(judged):
        # Judged again with less of the text: a lone word lower down is no news. Of
        # 25 in eleven labelled streams five were, and those stood in the first lines.
        nearer = replace(lead, end=lead.first)
        judged, state = _judge(case, facts, nearer, state_of(claims))
    moved = sorted(
        (one for one in judged if one.effect in MOVES),
        key=lambda one: one.fact.evidence,
    )
    set_against = tuple(rivals(facts, state, claims))
    return Progress(
        before=claims,
        claims=(
            *_unheard(judged, claims),
            *(case.claim(fact, aside=True) for fact, _ in set_against),
        ),
        developments=(
            *(one.development() for one in moved),
            *(_conflict(story, fact, agreed.value) for fact, agreed in set_against),
            *(
                _conflict(story, one.fact, state.current[one.fact.slot])
                for one in _disputes(judged, state, claims)
            ),
        ),
        known=sum(one.effect is Effect.KNOWN for one in judged),
        repeated=tuple(_values(judged, Effect.KNOWN))[:NAMED],
        overtaken=tuple(_values(judged, Effect.STALE)),
    )


def _values(judged: Iterable["_Judged"], effect: Effect) -> Iterator[str]:
    """Facts of one effect, each once, as "killed 6"."""
    told = (
        f"{one.fact.slot} {one.fact.value}" for one in judged if one.effect is effect
    )
    yield from dict.fromkeys(told)


def _judge(
    case: Case, facts: Sequence[Fact], lead: Lead | None, state: State
) -> tuple[list["_Judged"], State]:
    """What each fact does to the ledger's state, and what that becomes by them."""
    judged: list[_Judged] = []
    for fact in in_turn(facts):
        aside = passes_by(fact, facts, lead, state, case)
        claim = case.claim(fact, aside=aside)
        old = state.current.get(fact.slot)
        judged.append(
            _Judged(fact=fact, claim=claim, effect=state.take(claim), old=old)
        )
    return judged, state


def _is_retold(judged: Iterable["_Judged"]) -> bool:
    """Whether an article tells what was told, but for a word or two beside it."""
    return all(
        one.effect is Effect.NEW and one.fact.slot in _SAID_BESIDE
        for one in judged
        if one.effect in MOVES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A fact, its claim, and what that did to the state."""

    fact: Fact
    claim: Claim
    effect: Effect
    old: FactValue | None

    def development(self) -> Development:
        return Development(
            topic=self.fact.topic,
            story=self.claim.story,
            slot=self.fact.slot,
            old=self.old if is_single(self.fact.slot) else None,
            new=self.fact.value,
            kind=_KINDS[self.effect],
            quote=self.fact.quote,
            attribution=self.fact.attribution,
            certainty=self._certainty(),
        )

    def _certainty(self) -> Certainty:
        """As stated, but a leap is unconfirmed while one source alone tells it."""
        leap = leaps(self.fact.slot, self.old, self.fact.value)
        if leap and self.effect in {Effect.NEW, Effect.CHANGE}:
            return Certainty.UNCONFIRMED
        return self.fact.certainty


def _unheard(judged: Iterable[_Judged], ledger: Iterable[Claim]) -> Iterator[Claim]:
    """Claims that the ledger needs: what a source said before and says again adds none.

    A claim that moved the state stays, and so do late ones and passing words on a
    meeting's plan: what comes beside or after them is read in their light. So is what
    an article that changes the plan, or calls it off, repeats of another day or city,
    and how the meeting stood, of one that says how it stands now.
    """
    judged = tuple(judged)
    replanned = any(
        one.effect in MOVES and (one.claim.slot in PLAN or one.claim.value in OFF)
        for one in judged
    )
    restated = any(one.effect in MOVES and one.claim.slot == "status" for one in judged)
    heard = {_saying(claim) for claim in ledger if claim.stands}
    for one in judged:
        lights = one.effect is Effect.STALE or one.claim.slot in SINGLE
        needed = one.effect in MOVES or (lights and one.effect is not Effect.KNOWN)
        needed = needed or (replanned and one.claim.slot in PLAN)
        needed = needed or (restated and one.claim.slot == "status")
        if needed or _saying(one.claim) not in heard:
            yield one.claim


def _saying(claim: Claim) -> tuple[str, str, str, str | None]:
    return claim.slot, repr(claim.value), claim.speaker, claim.attribution


def _disputes(
    judged: Sequence[_Judged], state: State, ledger: Sequence[Claim]
) -> Iterator[_Judged]:
    """Lower tolls that an article lays at another authority's door than the current.

    Two articles that differ are no conflict otherwise: one of them is usually late, as
    one surely is that gives an old figure too. Of 26 lower figures on four labelled
    streams none names another authority for a figure that the story never had.
    """
    lower = [one for one in judged if one.effect is Effect.STALE]
    if any(one.fact.value in state.members.get(one.fact.slot, {}) for one in lower):
        return
    heard = {(claim.slot, claim.value) for claim in ledger}
    for one in lower:
        plain = one.fact.bound is Bound.EXACT and not one.claim.aside
        new = (one.fact.slot, one.fact.value) not in heard
        if one.fact.slot in TOLLS and plain and new and state.is_disputed(one.claim):
            yield one


def _conflict(story: Story, fact: Fact, agreed: FactValue) -> Development:
    return Development(
        topic=fact.topic,
        story=story.id,
        slot=fact.slot,
        old=agreed,
        new=fact.value,
        kind=DevelopmentKind.CONFLICT,
        quote=fact.quote,
        attribution=fact.attribution,
    )
