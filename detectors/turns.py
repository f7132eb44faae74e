"""Which facts of an article can move its story, and in which order they are judged.

The rest is said in passing: it supports what is known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detectors.leads import Lead
from detectors.ledger import State
from detectors.model import Article, Bound, Certainty, Claim, Fact, Story
from detectors.slots import DEATHS, SINGLE, in_order, is_number
from detectors.values import same


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article before a story's ledger.

    ``voice`` is who really speaks through it; None: its source.
    """

    story: Story
    claims: Sequence[Claim]
    article: Article
    voice: str | None

    def claim(self, fact: Fact, *, aside: bool) -> Claim:
        """What it claims by stating ``fact``, in passing or not."""
        return Claim(
            story=self.story.id,
            slot=fact.slot,
            value=fact.value,
            bound=fact.bound,
            certainty=fact.certainty,
            source=self.article.source,
            attribution=fact.attribution,
            authority=fact.authority,
            side=fact.side,
            article_id=self.article.id,
            claimed_at=self.article.published_at,
            quote=fact.quote,
            corrects=fact.corrects,
            aside=aside,
            voice=self.voice,
        )


def in_turn(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Facts that can count, in the order of judging: one of each number, then plans.

    Of several figures of one slot the text's correction speaks first, then a
    figure of the whole over one of a place, then the firmest, then the highest:
    "one more died, bringing the dead to two". The dead come before the wounded, who
    are the fewer for them.
    """
    counting = [fact for fact in facts if fact.certainty.counts]
    figures: dict[str, Fact] = {}
    for fact in counting:
        if is_number(fact.slot):
            best = figures.get(fact.slot)
            if best is None or _weight(fact) > _weight(best):
                figures[fact.slot] = fact
    rest = [fact for fact in counting if not is_number(fact.slot)]
    yield from sorted(
        figures.values(), key=lambda fact: (fact.slot not in DEATHS, fact.evidence)
    )
    yield from sorted(
        rest,
        key=lambda fact: (in_order(fact.slot), fact.corrects is None, fact.evidence),
    )


def _weight(fact: Fact) -> tuple[bool, bool, bool, int]:
    return (
        fact.corrects is not None,
        fact.place is None,
        fact.certainty is not Certainty.UNCONFIRMED and fact.bound is not Bound.UP_TO,
        -1 if fact.value is True else int(fact.value),
    )


def passes_by(
    fact: Fact, facts: Iterable[Fact], lead: Lead | None, state: State, case: Case
) -> bool:
    """Whether a fact is said in passing: it supports the state and moves none.

    As a second day of one article, the toll of a part, a soft fact below the lead, or
    what a mended misprint repeats.
    """
    if fact.slot in SINGLE and state.is_set_by(fact.slot, case.article.id):
        return True
    if is_number(fact.slot) and fact.place is not None:
        return True
    opening = lead is None or fact.evidence[0] < lead.opening
    unsure = (
        fact.slot == "venue" and not opening and not _is_moved(fact, facts, state, case)
    )
    if case.claims and (unsure or _is_aside(fact, lead)):
        return True
    return _is_reprinted(fact, case)


def _is_aside(fact: Fact, lead: Lead | None) -> bool:
    """Whether a soft fact stands below the part that speaks for the story."""
    return (
        lead is not None and not is_number(fact.slot) and fact.evidence[0] >= lead.end
    )


def _is_reprinted(fact: Fact, case: Case) -> bool:
    """Whether a revision repeats how far a meeting had come, word for word.

    A misprint mended makes no news of what was true when the article came out first.
    """
    if case.article.revision_of is None or fact.slot not in SINGLE:
        return False
    return any(
        claim.slot == fact.slot
        and claim.source == case.article.source
        and claim.quote == fact.quote
        and same(claim.value, fact.value)
        for claim in case.claims
    )


def _is_moved(fact: Fact, facts: Iterable[Fact], state: State, case: Case) -> bool:
    """Whether more than a name says that the meeting has another city.

    Its status or day changes too, the text corrects, or another source said so.
    """
    if fact.corrects is not None:
        return True
    plans = (other for other in facts if other.slot in {"status", "date"})
    changed = any(
        other.certainty.counts
        and other.certainty is not Certainty.UNCONFIRMED
        and not same(other.value, state.current.get(other.slot, ""))
        for other in plans
    )
    return changed or any(
        claim.slot == "venue"
        and claim.stands
        and claim.speaker != (case.voice or case.article.source)
        and same(claim.value, fact.value)
        for claim in case.claims
    )
