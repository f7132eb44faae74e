"""Tell the count of a night over a whole country from the report of one hit.

An air force counts what was launched and shot down, and says of no town what happened
there. A mayor's report may count drones, too: after the town, and those it harmed.
"""

from collections.abc import Iterable

from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Fact
from detectors.slots import FLEET, TOLLS
from detectors.text import Reading


def opens_with_count(
    reading: Reading,
    facts: Iterable[Fact],
    mentions: Iterable[PlaceMention],
    *,
    before: int,
) -> bool:
    """Whether some paragraphs open with what a country counted in a night.

    In the report of a hit the town comes first, and whom it harmed; one region alone
    has a count of its own, as its governor gives it.

    Args:
        reading: That the paragraphs stand in.
        facts: Theirs, of those that count.
        mentions: The places that they name.
        before: Where their opening ends, in which the count must stand.
    """
    told = sorted(facts, key=lambda fact: fact.evidence)
    first = next((fact for fact in told if fact.slot in FLEET), None)
    if first is None or first.evidence[0] >= before:
        return False
    end = reading.sentence_at(first.evidence[0])[1]
    opening = [fact for fact in told if fact.evidence[0] < end]
    if any(fact.slot in TOLLS for fact in opening):
        return False
    places = {str(fact.value) for fact in opening if fact.slot == "place"}
    regions = {each.name for each in mentions if each.kind is PlaceKind.REGION}
    return len(places) != 1 and places <= regions
