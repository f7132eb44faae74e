"""What a story is recognised by: places, days, parties, kinds, names and figures.

Everything that can be is brought to one spelling for all languages: four languages
that tell of one event share few words, but its places, days and figures.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from detectors.facts.dates import resolve
from detectors.facts.places import Gazetteer
from detectors.ledger import is_number
from detectors.lexicons import Lexicon
from detectors.model import Fact, Span, StoryProfile, Topic
from detectors.names import headline_names, names
from detectors.text import Reading, stems

LEAD = 500  # letters that speak for the story; what stands below is often background
MAX_TERMS = 60  # a unit's; an article of 600 words has some 120 stems
MAX_STORY_TERMS = 150  # keeps a long story's row, and the work on it, bounded
MAX_FIGURES = 24  # a slot's values in a story: one an hour for a day
MAX_MEMBERS = 40  # places, days, parties, kinds of one story
MIN_LETTERS = 4  # shorter words carry grammar, in all four languages

_KINDS = ("weapon", "target", "agenda item", "mediator", "claimed_by")
_PARTY_SLOTS = ("participants",)
_BROADER = {
    "ballistic missile": "missile",
    "cruise missile": "missile",
    "glide bomb": "air strike",
}
_COUNTRY_KINDS = frozenset({"country", "nationality"})
_OFFICE_OF = re.compile(r" of (?:the )?(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a reading's names and days are resolved with."""

    gazetteer: Gazetteer | None = None
    lexicon: Lexicon | None = None


def profile(
    reading: Reading,
    spans: Sequence[Span],
    facts: Sequence[Fact],
    *,
    topic: Topic,
    published_at: datetime,
    surroundings: Surroundings,
    titled: bool,
) -> StoryProfile:
    """What the paragraphs ``spans`` can be recognised by."""
    meeting = "venue" in topic.slots
    heading = reading.title if titled else ""
    lead = _lead(reading, spans)
    figures = {
        fact.slot: int(fact.value)
        for fact in facts
        if is_number(fact.slot) and fact.value is not True and fact.place is None
    }
    return StoryProfile(
        places=_places(facts, heading, lead, surroundings, meeting=meeting),
        days=_days(facts, heading, lead, published_at, surroundings, meeting=meeting),
        parties=_parties(facts, heading, lead, surroundings) if meeting else (),
        kinds=tuple(sorted(kinds(facts) | _style(heading, lead, facts, surroundings))),
        terms=_terms(reading, spans, heading, surroundings),
        numbers=figures,
        figures={slot: (value,) for slot, value in figures.items()},
    )


def joined(story: StoryProfile, part: StoryProfile) -> StoryProfile:
    """A story's profile with one more part of an article in it; bounded."""
    terms = {term: weight * 0.9 for term, weight in story.terms.items()}
    for term, weight in part.terms.items():
        terms[term] = terms.get(term, 0.0) + weight
    kept = sorted(terms, key=lambda term: (-terms[term], term))[:MAX_STORY_TERMS]
    figures = dict(story.figures)
    for slot, values in part.figures.items():
        before = tuple(v for v in figures.get(slot, ()) if v not in values)
        figures[slot] = (*before, *values)[-MAX_FIGURES:]
    return StoryProfile(
        places=_union(story.places, part.places),
        days=_union(story.days, part.days),
        parties=_union(story.parties, part.parties),
        kinds=_union(story.kinds, part.kinds),
        terms={term: round(terms[term], 4) for term in sorted(kept)},
        numbers={**story.numbers, **part.numbers},
        figures=figures,
    )


def kinds(facts: Iterable[Fact]) -> frozenset[str]:
    """Weapons, targets and the like, as "weapon:drone"."""
    return frozenset(f"{f.slot}:{f.value}" for f in facts if f.slot in _KINDS)


def compatible(ours: Iterable[str], theirs: Iterable[str], slot: str) -> bool:
    """Whether two sets of kinds can be one event's: silence fits everything.

    >>> compatible({"weapon:missile"}, {"weapon:ballistic missile"}, "weapon")
    True
    >>> compatible({"weapon:glide bomb"}, {"weapon:ballistic missile"}, "weapon")
    False
    """
    mine, yours = _broad(ours, slot), _broad(theirs, slot)
    return not mine or not yours or bool(mine & yours)


def shared(ours: Iterable[str], theirs: Iterable[str], slot: str) -> bool:
    """Whether two sets of kinds have one in common, however broadly named."""
    return bool(_broad(ours, slot) & _broad(theirs, slot))


def _broad(values: Iterable[str], slot: str) -> frozenset[str]:
    plain = (value.partition(":") for value in values)
    return frozenset(_BROADER.get(v, v) for kind, _, v in plain if kind == slot)


def _lead(reading: Reading, spans: Sequence[Span]) -> str:
    return "\n".join(reading.quote(span) for span in spans)[:LEAD]


def _places(
    facts: Iterable[Fact],
    heading: str,
    lead: str,
    surroundings: Surroundings,
    *,
    meeting: bool,
) -> tuple[str, ...]:
    """Where it happened: the facts say so, or else the headline, or else the lead."""
    slot = "venue" if meeting else "place"
    stated = tuple(dict.fromkeys(str(f.value) for f in facts if f.slot == slot))
    if stated or meeting or surroundings.gazetteer is None:
        return stated
    for text in (heading, lead):
        found = tuple(
            dict.fromkeys(
                mention.name
                for mention in surroundings.gazetteer.find(text)
                if mention.kind not in _COUNTRY_KINDS
            )
        )
        if found:
            return found
    return ()


def _parties(
    facts: Iterable[Fact], heading: str, lead: str, surroundings: Surroundings
) -> tuple[str, ...]:
    """The countries that meet, as far as offices and the lead name them."""
    offices = [str(f.value) for f in facts if f.slot in _PARTY_SLOTS]
    if surroundings.gazetteer is None:
        ends = (_OFFICE_OF.search(office) for office in offices)
        return tuple(sorted({match.group(1) for match in ends if match}))
    text = ". ".join((*offices, heading, lead))
    return tuple(
        sorted(
            {
                mention.country
                for mention in surroundings.gazetteer.find(text)
                if mention.kind in _COUNTRY_KINDS
            }
        )
    )


def _days(
    facts: Iterable[Fact],
    heading: str,
    lead: str,
    published_at: datetime,
    surroundings: Surroundings,
    *,
    meeting: bool,
) -> tuple[str, ...]:
    """The days that the headline, or else the lead, puts the event on.

    An incident lies behind its report: a weekday to come is the one before.
    """
    if meeting:
        return tuple(sorted({str(f.value) for f in facts if f.slot == "date"}))
    if surroundings.lexicon is None:
        return ()
    today = published_at.date()
    for text in (heading, lead):
        days = {
            day.on - timedelta(days=7) if day.by_weekday and day.on > today else day.on
            for day in resolve(
                text, (0, len(text)), published_at, surroundings.lexicon
            )
        }
        if days:
            return tuple(sorted(day.isoformat() for day in days if day <= today))
    return ()


def _style(
    heading: str, lead: str, facts: Iterable[Fact], surroundings: Surroundings
) -> frozenset[str]:
    """Whether it is one of a series: a summary of a night or of a day."""
    slots = {fact.slot for fact in facts}
    lexicon = surroundings.lexicon
    worded = lexicon is not None and lexicon.has("stories.bulletins", heading + "\n" + lead)
    counted = bool(slots & {"launched", "intercepted"}) and "killed" not in slots
    return frozenset({"style:bulletin"} if worded or counted else ())


def _terms(
    reading: Reading, spans: Sequence[Span], heading: str, surroundings: Surroundings
) -> Mapping[str, float]:
    """Stems and names, weighted by the root of their number and of unit length.

    Names carry an "@": they are compared across languages, stems only within one.
    """
    text = "\n".join((heading, *(reading.quote(span) for span in spans)))
    counted: Counter[str] = Counter(
        stem for stem in stems(text, reading.language) if len(stem) >= MIN_LETTERS
    )
    called = headline_names(heading)
    for start, end in spans:
        called.update(names(reading, start, end))
    if surroundings.gazetteer is not None:
        called.update(mention.name for mention in surroundings.gazetteer.find(text))
    weights = {term: math.sqrt(n) for term, n in counted.items()}
    weights.update({f"@{name}": math.sqrt(n) for name, n in called.items()})
    kept = sorted(weights, key=lambda term: (-weights[term], term))
    named = [term for term in kept if term.startswith("@")][: MAX_TERMS // 2]
    kept = [term for term in kept if not term.startswith("@")][: MAX_TERMS - len(named)]
    return {term: round(weights[term], 4) for term in sorted((*named, *kept))}


def _union(before: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *more)))[-MAX_MEMBERS:]
