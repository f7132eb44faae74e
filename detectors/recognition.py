"""What a story is recognised by: places, days, parties, kinds, names and figures.

Everything that can be is brought to one spelling for all languages: four languages
that tell of one event share few words, but its places, days and figures.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np

from detectors.bulletins import opens_with_count
from detectors.facts.dates import resolve
from detectors.facts.place_mentions import PlaceMention
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Fact, Span, StoryProfile, Topic, Vocabulary
from detectors.names import headline_names, names
from detectors.slots import BROADER, EITHER_WAY, has_only_words, is_number
from detectors.text import Reading, stem_words, words

LEAD = 500  # letters that speak for the story; what stands below is often background
OPENING = 250  # letters: two or three sentences, where news stands
MAX_TERMS = 60  # a unit's; an article of 600 words has some 120 stems
MAX_WORDED_TERMS = 100  # where words are all there is; pair F1 .81, .78 with 60
MAX_STORY_TERMS = 150  # keeps a long story's row, and the work on it, bounded
MAX_WORDED_STORY_TERMS = 200
TITLE_WEIGHT = 4  # a headline's word counts so often, the lead's twice
MAX_FIGURES = 24  # a slot's values in a story: one an hour for a day
FADING = 0.9  # an article's words weigh a third after ten more
MAX_MEMBERS = 40  # places, days, parties, kinds of one story
_STYLE = "style:"
BULLETIN = "style:bulletin"
COUNT = "style:count"  # a bulletin that opens with what was sent over a country
AGAIN = "style:again"
AFTERMATH = "style:aftermath"
NAMED = "style:named"  # its places are named in the lead, but no fact says "there"
WORDED = "style:worded"  # its topic has only words to tell stories apart
QUARTERS = ("style:night", "style:morning", "style:afternoon", "style:evening")
"""When in the day an incident was, in the order of the clock."""
_STYLES = {"bulletins": BULLETIN, "again": AGAIN, "aftermath": AFTERMATH}
_ENDED = "status:ended"
_UNDER_WAY = "status:under way"
MIN_LETTERS = 4  # shorter words carry grammar, in all four languages

_SCALE = 10_000  # of weights, kept to four digits
_SURELY_NEAREST = 0.499

_KINDS = ("weapon", "target", "agenda item", "mediator", "claimed_by", "status")
COUNTRY_KINDS = frozenset({"country", "nationality"})
_WEEK = timedelta(days=7)
_OFFICE_OF = re.compile(r" of (?:the )?(.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a reading's names and days are resolved with, and its words weighed.

    ``vocabulary`` is that of a topic that has only words to go by.
    """

    gazetteer: Gazetteer | None = None
    lexicon: Lexicon | None = None
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The paragraphs of a reading that tell of one event.

    ``heading`` is the article's title where all of it does, else "".
    """

    reading: Reading
    spans: tuple[Span, ...]
    heading: str

    @property
    def text(self) -> str:
        """The heading and the paragraphs."""
        return "\n".join((self.heading, *map(self.reading.quote, self.spans)))

    @property
    def opening_end(self) -> int:
        """How much of ``text`` its first sentences take, and the heading."""
        return len(self.heading) + 1 + OPENING

    @property
    def lead_end(self) -> int:
        """How much of ``text`` speaks for the story: the heading and some lines."""
        return len(self.heading) + 1 + LEAD


def profile(
    excerpt: Excerpt,
    facts: Sequence[Fact],
    *,
    topic: Topic,
    published_at: datetime,
    surroundings: Surroundings,
) -> StoryProfile:
    """What an excerpt can be recognised by."""
    meeting = "venue" in topic.slots
    text = excerpt.text
    lead = text[: excerpt.lead_end]
    gazetteer = surroundings.gazetteer
    mentions = gazetteer.find(text) if gazetteer is not None else ()
    heard = [mention for mention in mentions if mention.end <= excerpt.lead_end]
    figures = {
        fact.slot: int(fact.value)
        for fact in facts
        if is_number(fact.slot) and fact.value is not True and fact.place is None
    }
    stated = _stated(facts, "venue" if meeting else "place")
    styles = _styles((text[: excerpt.opening_end], lead), surroundings.lexicon)
    if opens_with_count(
        excerpt.reading, facts, mentions, before=after(excerpt.spans, OPENING)
    ):
        styles |= {BULLETIN, COUNT}
    # A count names where the drones came from.
    named = () if meeting or stated or COUNT in styles else _towns(heard)
    worded = has_only_words(topic.slots)
    styles |= ({NAMED} if named else set()) | ({WORDED} if worded else set())
    if not meeting and surroundings.lexicon is not None:
        styles |= _hours(excerpt, surroundings.lexicon)
    return StoryProfile(
        places=stated or named,
        days=_stated(facts, "date")
        if meeting
        else _days(
            excerpt,
            published_at,
            surroundings.lexicon,
            letters=OPENING if AGAIN in styles else LEAD,
        ),
        parties=_parties(facts, heard, gazetteer) if meeting else (),
        kinds=tuple(sorted(kinds(facts) | styles)),
        terms=_terms(excerpt, text, mentions, worded=worded),
        numbers=figures,
        figures={slot: (value,) for slot, value in figures.items()},
    )


def joined(story: StoryProfile, part: StoryProfile, *, dated: bool) -> StoryProfile:
    """A story's profile with one more part of an article in it; bounded.

    Args:
        story: As it was.
        part: What joins it. A bulletin's list of places is not the story's, nor are
            places that are only named, or where somebody died since.
        dated: Whether the days of ``part`` can be the event's, and not those of what
            follows from it.
    """
    terms = {term: weight * FADING for term, weight in story.terms.items()}
    for term, weight in part.terms.items():
        terms[term] = terms.get(term, 0.0) + weight
    most = MAX_WORDED_STORY_TERMS if WORDED in part.kinds else MAX_STORY_TERMS
    figures = dict(story.figures)
    for slot, values in part.figures.items():
        before = tuple(v for v in figures.get(slot, ()) if v not in values)
        figures[slot] = (*before, *values)[-MAX_FIGURES:]
    guest = BULLETIN in part.kinds and BULLETIN not in story.kinds
    placed = bool(part.places) and not guest and NAMED not in part.kinds
    if AFTERMATH in part.kinds and NAMED not in story.kinds and story.places:
        placed = placed and not set(story.places).isdisjoint(part.places)
    return StoryProfile(
        places=_union(story.places, part.places if placed else ()),
        days=_union(story.days, part.days if dated else ()),
        parties=_union(story.parties, part.parties),
        kinds=_kinds_joined(story.kinds, part.kinds, guest=guest, placed=placed),
        terms=_rounded(terms, _heaviest(terms, most)),
        numbers=_latest(story.numbers, part.numbers),
        figures=figures,
    )


def _kinds_joined(
    story: Iterable[str], part: Iterable[str], *, guest: bool, placed: bool
) -> tuple[str, ...]:
    """Kinds of both, without the styles of one article and the status left behind."""
    restated = any(kind.startswith("status:") for kind in part)
    timed = not set(QUARTERS).isdisjoint(story)  # what follows has hours of its own
    lasting = tuple(
        kind
        for kind in story
        if kind not in {AGAIN, AFTERMATH}
        and not (placed and kind == NAMED)
        and not (restated and kind.startswith("status:") and _ENDED not in kind)
    )
    passing = {NAMED, BULLETIN} if guest else {NAMED}
    passing |= set(QUARTERS) if timed else set()
    return _union(lasting, (kind for kind in part if kind not in passing))


def _latest(story: Mapping[str, int], part: Mapping[str, int]) -> dict[str, int]:
    """The newest figures: the higher of two tolls, the later of what can fall."""
    newer = {
        slot: value
        for slot, value in part.items()
        if slot in EITHER_WAY or value >= story.get(slot, 0)
    }
    return {**story, **newer}


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
    mine, yours = broadly(ours).get(slot), broadly(theirs).get(slot)
    return not mine or not yours or not mine.isdisjoint(yours)


def states_kinds(kinds_: Iterable[str]) -> bool:
    """Whether a weapon, a target or the like is stated, beside the style."""
    return any(not kind.startswith(_STYLE) for kind in kinds_)


def broadly(kinds_: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The values of each slot among some kinds, as broadly named as they can be."""
    return _broadly(tuple(kinds_))


@lru_cache(maxsize=8_192)  # asked of every story nearby with every article
def _broadly(kinds_: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for slot, _, value in (kind.partition(":") for kind in kinds_):
        found.setdefault(slot, set()).add(BROADER.get(value, value))
    return {slot: frozenset(values) for slot, values in found.items()}


def _stated(facts: Iterable[Fact], slot: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(fact.value) for fact in facts if fact.slot == slot))


def _towns(mentions: Iterable[PlaceMention]) -> tuple[str, ...]:
    """Towns and regions named, where no fact says where."""
    towns = (m.name for m in mentions if m.kind not in COUNTRY_KINDS)
    return tuple(dict.fromkeys(towns))


def _parties(
    facts: Iterable[Fact],
    mentions: Iterable[PlaceMention],
    gazetteer: Gazetteer | None,
) -> tuple[str, ...]:
    """The countries that meet, as far as offices and the lead name them.

    Who lends the room or carries the letters is no party by that, for a city is shared
    by meetings that have nothing else in common.
    """
    offices = _stated(facts, "participants")
    if gazetteer is None:
        ends = (_OFFICE_OF.search(office) for office in offices)
        return tuple(sorted({match.group(1) for match in ends if match}))
    meeting = _countries(gazetteer.find(". ".join(offices)))
    named = meeting | _countries(mentions)
    helping = ". ".join((*_stated(facts, "venue"), *_stated(facts, "mediator")))
    hosts = {m.country for m in gazetteer.find(helping)} - meeting
    return tuple(sorted(named - hosts))


def _countries(mentions: Iterable[PlaceMention]) -> set[str]:
    return {m.country for m in mentions if m.kind in COUNTRY_KINDS}


def _days(
    excerpt: Excerpt,
    published_at: datetime,
    lexicon: Lexicon | None,
    *,
    letters: int,
) -> tuple[str, ...]:
    """The days that the headline puts an incident on, or the first line that does.

    It lies behind its report: a weekday to come is the one before. Further down than
    ``letters`` stand the days of what went before: "mourning for Tuesday's dead"; of
    one that says "again" they stand near the top.
    """
    if lexicon is None:
        return ()
    today = published_at.date()
    for text in _first_lines(excerpt, letters):
        days = {
            day.on - _WEEK if day.by_weekday and day.on > today else day.on
            for day in resolve(text, (0, len(text)), published_at, lexicon)
        }
        if days:
            return tuple(sorted(day.isoformat() for day in days if day <= today))
    return ()


def _hours(excerpt: Excerpt, lexicon: Lexicon) -> set[str]:
    """The quarters of the day that the first line which names one puts it in."""
    for text in _first_lines(excerpt):
        hours = {f"{_STYLE}{key}" for key in lexicon.keys_in("stories.hours", text)}
        if hours:
            return hours
    return set()


def _first_lines(excerpt: Excerpt, letters: int = LEAD) -> Iterator[str]:
    """The heading, and the sentences that speak for the story."""
    yield excerpt.heading
    left = letters
    for first, last in excerpt.spans:
        for sentence in excerpt.reading.sentences:
            if first <= sentence.start < last and left > 0:
                yield excerpt.reading.quote(sentence.span)[:left]
                left -= sentence.span[1] - sentence.start


def _styles(leads: tuple[str, str], lexicon: Lexicon | None) -> set[str]:
    """How it is told: one of a series, of another strike, of what follows from one.

    That it follows from one is said at once (in the first of ``leads``); lower down
    a new strike's report mourns the dead of the last.
    """
    opening, lead = leads
    if lexicon is None:
        return set()
    return {
        style
        for words, style in _STYLES.items()
        if lexicon.has(f"stories.{words}", opening if style == AFTERMATH else lead)
    }


def after(spans: Sequence[Span], letters: int) -> int:
    """Where the first ``letters`` of some paragraphs end."""
    for start, end in spans:
        if letters <= end - start:
            return start + letters
        letters -= end - start
    return spans[-1][1]


def has_begun(kinds_: Iterable[str]) -> bool:
    """Whether a meeting was said to be under way, or over."""
    return any(kind == _UNDER_WAY or kind.startswith(_ENDED) for kind in kinds_)


def has_ended(kinds_: Iterable[str]) -> bool:
    """Whether a meeting was said to be over."""
    return any(kind.startswith(_ENDED) for kind in kinds_)


def _terms(
    excerpt: Excerpt, text: str, mentions: Iterable[PlaceMention], *, worded: bool
) -> Mapping[str, float]:
    """Stems and names, each weighted by the root of how often it stands there.

    Names carry an "@": they are compared across languages, stems only within one.
    """
    reading = excerpt.reading
    counted = _counted(excerpt, text) if worded else _stems(text, reading.language)
    called = headline_names(excerpt.heading)
    for start, end in excerpt.spans:
        called.update(names(reading, start, end))
    called.update(mention.name for mention in mentions)
    most = MAX_WORDED_TERMS if worded else MAX_TERMS
    kept = {f"@{name}": called[name] for name in _heaviest(called, most // 2)}
    kept |= {stem: counted[stem] for stem in _heaviest(counted, most - len(kept))}
    return {term: _root(kept[term]) for term in sorted(kept)}


@lru_cache(maxsize=1_024)
def _root(times: int) -> float:
    return round(math.sqrt(times), 4)


def _heaviest(terms: Mapping[str, float], most: int) -> list[str]:
    """The heaviest of some terms, by the alphabet."""
    if len(terms) <= most:
        return sorted(terms)
    return sorted(heaviest_first(terms, terms)[:most])


def heaviest_first(terms: Iterable[str], weights: Mapping[str, float]) -> list[str]:
    """Terms by falling weight, those of one weight by the alphabet.

    Sorted twice, as a key of two parts takes four times as long.
    """
    return sorted(sorted(terms), key=weights.__getitem__, reverse=True)


def _rounded(weights: Mapping[str, float], terms: Sequence[str]) -> dict[str, float]:
    """The weights of some terms to four digits, in their order.

    As `round` gives them, which takes four times as long: it is asked only of what
    lies so near the middle that a product cannot tell.
    """
    exact = np.fromiter(map(weights.__getitem__, terms), np.float64, len(terms))
    whole = np.rint(exact * _SCALE)
    rounded: list[float] = (whole / _SCALE).tolist()
    off = np.abs(exact * _SCALE - whole)
    for place in np.flatnonzero(off > _SURELY_NEAREST).tolist():
        rounded[place] = round(weights[terms[place]], 4)
    return dict(zip(terms, rounded, strict=True))


def _counted(excerpt: Excerpt, text: str) -> Counter[str]:
    """Stems where words are all there is: the headline's and the lead's count more."""
    language = excerpt.reading.language
    counted = _stems(text, language)
    for stem, times in _stems(excerpt.heading, language).items():
        counted[stem] += (TITLE_WEIGHT - 1) * times
    counted.update(_stems(text[len(excerpt.heading) : excerpt.lead_end], language))
    return counted


def _stems(text: str, language: str) -> Counter[str]:
    """How often each stem stands in a text; of short ones only numbers, as of age."""
    told = [w for w in words(text) if len(w) >= MIN_LETTERS or w.isdecimal()]
    found = Counter(stem_words(told, language))
    for stem in [s for s in found if len(s) < MIN_LETTERS and not s.isdecimal()]:
        del found[stem]
    return found


def _union(before: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *more)))[-MAX_MEMBERS:]
