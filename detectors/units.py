"""Cut an article's matched paragraphs into the incidents or meetings they tell of.

Most articles tell of one. Live blogs part theirs by the hour, round-ups by the
line, and a report on two attacks by figures that cannot belong to one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from detectors.evidence import town
from detectors.facts.parts import Told, cut, part_by_toll
from detectors.lexicons import Lexicon
from detectors.model import (
    Certainty,
    Fact,
    Span,
    Story,
    StoryProfile,
    Topic,
    TopicVerdict,
    Vocabulary,
)
from detectors.partings import Paragraph, part_by_story, part_from_count
from detectors.recognition import (
    BULLETIN,
    COUNT,
    Excerpt,
    Surroundings,
    compatible,
    kinds,
    profile,
)
from detectors.slots import FLEET, HARMED, NUMBER_SLOTS, has_only_words, is_number
from detectors.text import Reading

CORRECTION_LINE = 120  # letters: "(Corrects number of dead in headline and ...)"
MIN_EVENT_FACTS = 2  # fewer say too little to stand as an incident of their own
_TIMED = re.compile(
    r"[\W_]{0,3}(?:[01]?\d|2[0-3])[:.][0-5]\d\b(?:\s*(?:GMT|UTC|CET|[ap]\.?m\.?))?"
)
_HARD = NUMBER_SLOTS | {"weapon"}
"""Slots that show a strike, if a place is known: "two hurt" alone is any accident."""
_SOFT = frozenset({"target", "power_cut", "claimed_by"})
"""Slots that show one together, and none alone: a storm cuts the power too."""
_ARMED = frozenset({"weapon", "launched", "intercepted", "claimed_by", "blamed_on"})
"""Slots of which each says that somebody attacked: of seven streams 184 right stories
open with a weapon, one without, and so do five on accidents, courts and sums."""
_WHO = frozenset({"participants", "mediator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of an article that tells of one incident or meeting.

    Args:
        spans: Its paragraphs in the reading, in order.
        facts: Those whose words stand in them, of any certainty.
        headline: The article's, or the part's own first words where it has many.
        meeting: Whether its topic is about meetings rather than incidents.
        shows_event: Whether it could open a story: talk of events shows none.
        is_other: Whether it tells of harm that no attack did there and then, an
            accident or what a court hears of: it continues no attack lightly.
        vocabulary: How common words are in its topic, where it is recognised by
            them; None where by facts.
    """

    topic: str
    spans: tuple[Span, ...]
    facts: tuple[Fact, ...]
    profile: StoryProfile
    headline: str
    meeting: bool = False
    shows_event: bool = True
    is_other: bool = False
    vocabulary: Vocabulary | None = None


@dataclass(slots=True)
class _Part:
    spans: list[Span] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def units(
    reading: Reading,
    verdict: TopicVerdict,
    facts: Sequence[Fact],
    *,
    topic: Topic,
    published_at: datetime,
    surroundings: Surroundings,
) -> tuple[Unit, ...]:
    """Cut the paragraphs that ``verdict`` matched, in order of the text.

    Of ``facts``, one that stands outside the paragraphs goes to the nearest before
    it. ``surroundings`` hold the places, and the words of the reading's language.
    """
    stated = _corrected(facts) if _is_correction(reading, surroundings) else facts
    parts = _cut(reading, verdict, stated, surroundings)
    whole = len(parts) == 1 and not reading.is_live
    return tuple(
        _unit(
            Excerpt(
                reading=reading,
                spans=tuple(part.spans),
                heading=reading.title if whole else "",
            ),
            part.facts,
            topic=topic,
            published_at=published_at,
            surroundings=surroundings,
        )
        for part in parts
    )


def part_further(
    parts: Sequence[Unit],
    reading: Reading,
    stories: Sequence[Story],
    *,
    topic: Topic,
    published_at: datetime,
    surroundings: Surroundings,
) -> tuple[Unit, ...]:
    """Cut the units of ``reading`` where they run on into another running story."""
    found: list[Unit] = []
    for unit in parts:
        stated = _by_paragraph(unit.spans, unit.facts)
        paragraphs = [
            Paragraph(span=span, text=reading.quote(span), facts=tuple(stated[span]))
            for span in unit.spans
        ]
        if COUNT in unit.profile.kinds:
            pieces = part_from_count(paragraphs, stories)
        else:
            pieces = part_by_story(
                paragraphs,
                stories,
                gazetteer=surroundings.gazetteer,
                meeting=unit.meeting,
            )
        if len(pieces) < 2:  # noqa: PLR2004  # one piece is the unit itself
            found.append(unit)
            continue
        found.extend(
            _unit(
                Excerpt(
                    reading=reading,
                    spans=tuple(paragraph.span for paragraph in piece),
                    heading="",
                ),
                [fact for paragraph in piece for fact in paragraph.facts],
                topic=topic,
                published_at=published_at,
                surroundings=surroundings,
            )
            for piece in pieces
        )
    return tuple(found)


def terms_of(parts: Iterable[Unit]) -> frozenset[str]:
    """Every word and name that an article's parts are recognised by."""
    return frozenset(term for part in parts for term in part.profile.terms)


def _unit(
    excerpt: Excerpt,
    facts: Sequence[Fact],
    *,
    topic: Topic,
    published_at: datetime,
    surroundings: Surroundings,
) -> Unit:
    recognised = profile(
        excerpt,
        [fact for fact in facts if fact.certainty.counts],
        topic=topic,
        published_at=published_at,
        surroundings=surroundings,
    )
    is_event = _shows_event(topic, facts, recognised)
    attacked = _tells_of_attack(topic, excerpt, facts, surroundings)
    return Unit(
        topic=topic.id,
        spans=excerpt.spans,
        facts=tuple(facts),
        profile=recognised,
        headline=excerpt.heading or _first_words(excerpt.reading, excerpt.spans[0]),
        meeting="venue" in topic.slots,
        shows_event=is_event and attacked,
        is_other=not attacked and (is_event or _refutes_weapon(facts)),
        vocabulary=surroundings.vocabulary if has_only_words(topic.slots) else None,
    )


def _refutes_weapon(facts: Iterable[Fact]) -> bool:
    """Whether a weapon is named that was not used; one of another day was."""
    return any(
        fact.slot == "weapon"
        and fact.certainty in (Certainty.DENIED, Certainty.HYPOTHETICAL)
        for fact in facts
    )


def _tells_of_attack(
    topic: Topic, excerpt: Excerpt, facts: Sequence[Fact], surroundings: Surroundings
) -> bool:
    """Whether what is told of was done by somebody: an accident has victims, too.

    A weapon tells it, or else the sentence of the victims, and the heading where no
    weapon is named: one that was not used - it fell last month, somebody denies it -
    heads an article on a court, a count of the month or a fire, and what its own
    sentence says of an attack is no more true than it.
    """
    counting = [fact for fact in facts if fact.certainty.counts]
    lexicon = surroundings.lexicon
    if lexicon is None or "weapon" not in topic.slots:
        return True
    if any(fact.slot in _ARMED for fact in counting):
        return True
    sentence_at, quote = excerpt.reading.sentence_at, excerpt.reading.quote
    unused = {sentence_at(f.evidence[0]) for f in facts if f.slot == "weapon"}
    told = {sentence_at(f.evidence[0]) for f in counting if is_number(f.slot)} - unused
    return any(
        lexicon.has("stories.attacks", text)
        for text in ("" if unused else excerpt.heading, *map(quote, told))
    )


def _shows_event(topic: Topic, facts: Iterable[Fact], recognised: StoryProfile) -> bool:
    """Whether a part could open a story: talk of strikes or of meetings shows none.

    A meeting needs a status, and two that meet or one and a city. A strike needs a
    place, or a weapon and its victims (no table holds every village), or is a
    bulletin that counts what was launched, and names no place where a country was
    attacked; that it was one, `_tells_of_attack` says.
    """
    if has_only_words(topic.slots):
        return True
    slots = {fact.slot for fact in facts if fact.certainty.counts}
    if "venue" in topic.slots:
        return "status" in slots and bool(
            slots & _WHO or len(recognised.parties) > (not recognised.places)
        )
    if slots & FLEET and BULLETIN in recognised.kinds:
        return True
    if "weapon" in slots and slots.intersection(HARMED):
        return True
    hit = slots & _HARD or len(slots & _SOFT) > 1
    return bool(hit and recognised.places)


def _cut(
    reading: Reading,
    verdict: TopicVerdict,
    facts: Iterable[Fact],
    surroundings: Surroundings,
) -> list[_Part]:
    """Parts by the layout, and by figures that cannot be of one event."""
    gazetteer = surroundings.gazetteer
    laid_out = cut(reading, verdict.passages, gazetteer=gazetteer)
    stated = _by_paragraph([span for part in laid_out for span in part], facts)
    if len(laid_out) == 1 and gazetteer is not None and not reading.is_live:
        lexicon = surroundings.lexicon
        told = {span: _told(some, lexicon) for span, some in stated.items()}
        laid_out = part_by_toll(reading, laid_out[0], told, gazetteer)
    parts: list[_Part] = []
    for spans in laid_out:
        parts.append(_Part())
        for span in spans:
            if len(laid_out) == 1 and _cannot_belong(parts[-1].facts, stated[span]):
                parts.append(_Part())
            parts[-1].spans.append(span)
            parts[-1].facts.extend(stated[span])
    if len(parts) > 1 and not reading.is_live and _is_frame(parts):
        parts[1].spans[:0] = parts.pop(0).spans
    return parts


def _is_frame(parts: Sequence[_Part]) -> bool:
    """Whether a round-up's first lines only say what it is of, and sum it up."""
    first, *others = (
        {town(str(f.value)) for f in part.facts if f.slot == "place"} for part in parts
    )
    summed = sum(not first.isdisjoint(places) for places in others)
    return not parts[0].facts or summed > 1 or (not first and _adds_up(parts))


def _adds_up(parts: Sequence[_Part]) -> bool:
    """Whether the first part tells what the tolls of the others come to."""
    total, *each = (_told(part.facts).tolls for part in parts)
    return bool(total) and all(
        value
        == sum(max((v for s, v in tolls if s == slot), default=0) for tolls in each)
        for slot, value in total
    )


def _told(facts: Iterable[Fact], lexicon: Lexicon | None = None) -> Told:
    """The places and the tolls that a paragraph states."""
    counting = [fact for fact in facts if fact.certainty.counts]
    harmed = [fact for fact in counting if fact.slot in HARMED]
    besides = (
        fact.slot
        for fact in harmed
        if lexicon and "more" in lexicon.keys_in("strikes.helpers", fact.quote)
    )
    return Told(
        places={
            str(f.value): f.evidence[0] for f in counting[::-1] if f.slot == "place"
        },
        tolls=frozenset((fact.slot, int(fact.value)) for fact in harmed),
        besides=frozenset(besides),
    )


def _by_paragraph(
    paragraphs: Sequence[Span], facts: Iterable[Fact]
) -> dict[Span, list[Fact]]:
    found: dict[Span, list[Fact]] = {span: [] for span in paragraphs}
    for fact in sorted(facts, key=lambda each: each.evidence) if paragraphs else ():
        at = sum(start <= fact.evidence[0] for start, _ in paragraphs)
        found[paragraphs[max(at - 1, 0)]].append(fact)
    return found


def _is_correction(reading: Reading, surroundings: Surroundings) -> bool:
    """Whether the headline, or the first line, says that the article corrects."""
    lexicon = surroundings.lexicon
    if lexicon is None or reading.is_live:
        return False
    first = reading.quote(reading.sentences[0].span) if reading.sentences else ""
    opening = (reading.title, first[:CORRECTION_LINE])
    return any(lexicon.has("stories.corrections", text) for text in opening) or any(
        lexicon.has("stories.retractions", text) for text in (reading.title, first)
    )


def _corrected(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of a correcting article: its figures and day take back what was told.

    What equals the told figure is known all the same, whoever corrects it.
    """
    return tuple(
        replace(fact, corrects=True)
        if fact.corrects is None and (is_number(fact.slot) or fact.slot == "date")
        else fact
        for fact in facts
    )


def _cannot_belong(before: Sequence[Fact], stated: Sequence[Fact]) -> bool:
    """Whether a paragraph's casualties and weapon are another incident's.

    Other figures alone are not enough: tolls are summed, broken down and corrected.
    """
    counting = [fact for fact in stated if fact.certainty.counts]
    if len(counting) < MIN_EVENT_FACTS:
        return False
    figures = {f.slot: f.value for f in before if f.slot in HARMED}
    other = any(
        fact.slot in figures
        and fact.value != figures[fact.slot]
        and fact.corrects is None
        for fact in counting
    )
    return other and not compatible(kinds(before), kinds(counting), "weapon")


def _first_words(reading: Reading, span: Span) -> str:
    start, end = reading.sentence_at(span[0])
    sentence = reading.text[start:end] if end > start else reading.quote(span)
    return _TIMED.sub("", sentence, count=1).strip(" -:\n")
