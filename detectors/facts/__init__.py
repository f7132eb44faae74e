"""Find what an article states: rules over lexicons, one file a language."""

from datetime import datetime

from detectors.facts import meetings, strikes
from detectors.facts.context import Context
from detectors.facts.parts import cut
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Fact, Topic, TopicVerdict
from detectors.slots import MEETING_SLOTS, STRIKE_SLOTS
from detectors.text import Reading


def extract(
    reading: Reading,
    verdict: TopicVerdict,
    *,
    topic: Topic,
    lexicon: Lexicon,
    gazetteer: Gazetteer,
    published_at: datetime,
) -> tuple[Fact, ...]:
    """Every fact that ``reading`` states in the passages of ``verdict``.

    Denied, possible and past things are told as facts, too, marked by their
    certainty. One fact has one value; its evidence lies in the text, in order. The
    entries of a live blog and the lines of a round-up are read each for itself.

    Args:
        reading: The article.
        verdict: Says which of its paragraphs are on the topic.
        topic: Names the slots that are looked for.
        lexicon: The words of the reading's language.
        gazetteer: The places that can be told.
        published_at: When the article came out; what is older is background.
    """
    facts: list[Fact] = []
    for spans in cut(reading, verdict.passages, gazetteer=gazetteer):
        context = Context(
            reading=reading,
            topic=topic.id,
            slots=topic.slots,
            spans=spans,
            lexicon=lexicon,
            gazetteer=gazetteer,
            published_at=published_at,
        )
        if any(slot in STRIKE_SLOTS for slot in topic.slots):
            facts.extend(strikes.extract(context))
        if any(slot in MEETING_SLOTS for slot in topic.slots):
            facts.extend(meetings.extract(context))
    facts.sort(key=lambda fact: (fact.evidence, fact.slot, str(fact.value)))
    return tuple(facts)
