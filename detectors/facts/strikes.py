"""What an article states of an attack and its consequences, one fact a value."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from detectors.facts.attribution import (
    attribution_at,
    authority,
    is_in_attribution,
)
from detectors.facts.blame import find_actors
from detectors.facts.casualties import Count, find_casualties
from detectors.facts.casualty_counts import is_definite
from detectors.facts.casualty_frames import Rank
from detectors.facts.context import Context
from detectors.facts.gunfire import (
    Hit,
    counts_the_dead,
    find_shot,
    tells_of_several,
    wounded_of,
)
from detectors.facts.headlines import tolls_of_headline
from detectors.facts.outages import find_outages
from detectors.facts.parts import Told, cut, part_by_toll
from detectors.facts.rivals import find_rival
from detectors.facts.scenes import find_scenes
from detectors.facts.targets import find_targets
from detectors.facts.victims import took_own_life
from detectors.facts.weapons import Armed, find_counts, find_weapons
from detectors.model import Bound, Certainty, Fact, FactValue, Span
from detectors.slots import BROADER, HARMED

OPENING = 1_000
"""Characters in which a part tells its toll. Numbers further down are of other days: on
1,214 shootings 74.4 % of the tolls told come out right, without a limit 73.1 %."""

_Told = TypeVar("_Told", Count, Hit)
_CASUALTIES = (*HARMED, "missing", "children_killed")
_SEVERAL = 2  # places; one is of one attack


class _Found(NamedTuple):
    """What a part states; told again, it is no fact of its own."""

    slot: str
    value: FactValue
    span: Span
    certainty: Certainty
    bound: Bound = Bound.EXACT
    corrects: FactValue | None = None


def extract(context: Context) -> tuple[Fact, ...]:
    """Every fact on an attack that ``context`` states, in the order of the text.

    Of several numbers for one slot in one part of an article the most definitive
    is taken: what is called the total before what is counted, a count before a
    single victim. What is denied, possible or past is told too, and marked.
    """
    facts = [fact for part in _parts(context) for fact in _in_part(context, part)]
    return tuple(sorted(facts, key=lambda fact: (fact.evidence, fact.slot)))


def _parts(context: Context) -> tuple[tuple[Span, ...], ...]:
    """The paragraphs by layout, and where there is none by their places and tolls."""
    parts = cut(context.reading, context.spans, gazetteer=context.gazetteer)
    if len(parts) != 1 or context.reading.is_live:
        return parts
    hit = [scene for scene in find_scenes(context) if scene.certainty.counts]
    if len({scene.value for scene in hit}) < _SEVERAL:
        return parts
    counts = [
        one
        for one in find_casualties(context)
        if one.slot in HARMED and one.certainty.counts
    ]
    told = {
        span: Told(
            places={s.value: s.span[0] for s in hit[::-1] if _inside(s.span, (span,))},
            tolls=frozenset(
                (one.slot, one.value) for one in counts if _inside(one.span, (span,))
            ),
        )
        for span in parts[0]
    }
    return part_by_toll(context.reading, parts[0], told, context.gazetteer)


def _in_part(context: Context, part: Sequence[Span]) -> Iterator[Fact]:
    """The facts of one part, each value of a slot once, where it is told first."""
    told: set[tuple[str, FactValue, bool]] = set()
    for found in _all(context, part):
        key = (found.slot, found.value, found.certainty.counts)
        if key not in told and found.slot in context.slots:
            told.add(key)
            yield _fact(context, found)


def _all(context: Context, part: Sequence[Span]) -> Iterator[_Found]:
    counts = _unless_dead(
        context,
        [
            one
            for one in find_casualties(context)
            if _inside(one.span, part) and not counts_the_dead(context, one)
        ],
    )
    tolls = {
        slot: list(
            _casualties(context, [n for n in counts if n.slot == slot], part[0][0])
        )
        for slot in _CASUALTIES
    }
    _add_shot(context, part, tolls)
    for slot in _CASUALTIES:
        yield from tolls[slot]
    yield from _weapons(context, part)
    yield from _fired(context, part)
    yield from _outages(context, part)
    for target in find_targets(context):
        if _inside(target.span, part) and not is_in_attribution(context, target.span):
            yield _Found("target", target.value, target.span, target.certainty)
    for scene in find_scenes(context):
        if _inside(scene.span, part):
            yield _Found("place", scene.value, scene.span, scene.certainty)
    for actor in find_actors(context):
        if _inside(actor.span, part):
            yield _Found(actor.slot, actor.value, actor.span, actor.certainty)


def _inside(span: Span, part: Sequence[Span]) -> bool:
    return any(start <= span[0] < end for start, end in part)


def _unless_dead(context: Context, counts: Sequence[Count]) -> Sequence[Count]:
    """Without "the victim" who was wounded, where a part tells that somebody died."""
    if not any(n.slot == "killed" and n.certainty.counts for n in counts):
        return counts
    return [n for n in counts if n.slot != "injured" or not _is_told_before(context, n)]


def _is_told_before(context: Context, told: Count) -> bool:
    """Whether a single victim has a definite article: the one told of already."""
    first = next(
        atom
        for atom in context.atoms(context.sentence_at(told.span[0]))
        if atom.end > told.span[0]
    )
    return told.rank is Rank.SINGLE and is_definite(first)


def _of_opening(counts: Sequence[Count], start: int) -> Sequence[Count]:
    """Those that the opening tells, if it tells a number, and any correction."""
    end = start + OPENING
    if not any(n.rank >= Rank.PLAIN and n.span[0] < end for n in counts):
        return counts
    return [n for n in counts if n.span[0] < end or n.rank is Rank.CORRECTED]


def _casualties(
    context: Context, counts: Sequence[Count], start: int
) -> Iterator[_Found]:
    """The most definitive number, and those that do not count."""
    current = _of_one_event(context, [n for n in counts if n.certainty.counts])
    if current:
        best = _most_definitive(context, current, start)
        end = took_own_life(context, best.span) if best.slot == "killed" else None
        yield _Found(
            best.slot,
            best.value + (end is not None),
            (best.span[0], end or best.span[1]),
            best.certainty,
            bound=best.bound,
            corrects=best.corrects,
        )
        rival = find_rival(context, current, best)
        if rival is not None:
            yield _of_count(rival)
    for count in counts:
        if not count.certainty.counts:
            yield _of_count(count)


def _of_count(count: Count) -> _Found:
    return _Found(
        count.slot, count.value, count.span, count.certainty, bound=count.bound
    )


def _most_definitive(context: Context, counts: Sequence[Count], start: int) -> Count:
    """The most definitive of the opening, or the one that the headline repeats.

    A headline may tell a part: what the paragraph of its number tops is no part.
    """
    best = max(
        _of_opening(counts, start),
        key=lambda count: (_weight(count), count.value, -count.span[0]),
    )
    if best.rank is Rank.CORRECTED or all(n.value == best.value for n in counts):
        return best
    headline = tolls_of_headline(context).get(best.slot)
    if headline in (None, best.value):
        return best
    paragraph = context.reading.paragraph_of
    for count in counts:
        if count.value == headline and count.rank >= Rank.PLAIN:
            told_below = paragraph(best.span[0]) > paragraph(count.span[0])
            return count if best.value < headline or told_below else best
    return best


def _weight(count: Count) -> Rank:
    """A list of some is worth no more than a number of all."""
    return Rank.PLAIN if count.rank is Rank.SUM else count.rank


def _add_shot(
    context: Context, part: Sequence[Span], tolls: dict[str, list[_Found]]
) -> None:
    """Count those who were shot where nobody says how many died or were wounded.

    Of the first number told, who did not die was wounded: so were at least as many
    as that, whatever is told of some of them further down.
    """
    shot = _of_one_event(
        context,
        [
            hit
            for hit in find_shot(context)
            if _inside(hit.span, part) and hit.certainty.counts
        ],
    )
    if not shot:
        return
    fatal = next((hit for hit in shot if hit.fatal), None)
    if fatal is not None and not _current(tolls["killed"]):
        tolls["killed"].append(_of_shot("killed", fatal, fatal.value))
    killed = _died_of(context, fatal, shot, _current(tolls["killed"]))
    if not tells_of_several(context, shot[0].span):
        tolls["injured"] = [
            fact
            for fact in tolls["injured"]
            if not tells_of_several(context, fact.span)
        ]
    told = _current(tolls["injured"])
    headline = tolls_of_headline(context)
    single = [fact.span for fact in told if fact.value == 1]
    hit, wounded = wounded_of(shot, killed=killed, single=single, headline=headline)
    repeated = headline.get("injured")
    if hit is None or any(int(fact.value) in (repeated, wounded) for fact in told):
        return
    if wounded != repeated and any(int(fact.value) > wounded for fact in told):
        return
    beside = hit.whole or hit.others
    if not told or beside or hit.span[0] < told[0].span[0]:
        tolls["injured"] = [fact for fact in tolls["injured"] if fact not in told]
        tolls["injured"].append(_of_shot("injured", hit, wounded))


def _died_of(
    context: Context, fatal: Hit | None, shot: Sequence[Hit], killed: Sequence[_Found]
) -> int:
    """How many of those shot died: as their own sentence says, or all who were killed.

    Whoever then killed himself was not among them.
    """
    if fatal is not None:
        here = (context.sentence_at(fatal.span[0]),)
        if any(_inside(hit.span, here) for hit in shot if not hit.fatal):
            return fatal.value
    himself = sum(
        took_own_life(context, (fact.span[0], fact.span[0] + 1)) is not None
        for fact in killed
    )
    return sum(int(fact.value) for fact in killed) - himself


def _of_one_event(context: Context, told: Sequence[_Told]) -> Sequence[_Told]:
    """Without numbers of several events, where there are others."""
    single = [one for one in told if not tells_of_several(context, one.span)]
    return single or told


def _current(facts: Iterable[_Found]) -> list[_Found]:
    return [fact for fact in facts if fact.certainty.counts]


def _of_shot(slot: str, hit: Hit, value: int) -> _Found:
    return _Found(slot, value, hit.span, hit.certainty, bound=hit.bound)


def _weapons(context: Context, part: Sequence[Span]) -> Iterator[_Found]:
    """Each weapon once; a general word is needless beside an exact one."""
    named = [
        armed
        for armed in find_weapons(context)
        if _inside(armed.span, part) and not is_in_attribution(context, armed.span)
    ]
    exact = {
        BROADER[str(armed.value)]
        for armed in named
        if armed.certainty.counts and str(armed.value) in BROADER
    }
    for armed in named:
        if armed.value not in exact:
            yield _Found("weapon", armed.value, armed.span, armed.certainty)


def _fired(context: Context, part: Sequence[Span]) -> Iterator[_Found]:
    """The largest numbers launched and intercepted: parts are told beside totals."""
    counts = [armed for armed in find_counts(context) if _inside(armed.span, part)]
    for slot in ("launched", "intercepted"):
        current = [a for a in counts if a.slot == slot and a.certainty.counts]
        if current:
            most = max(current, key=_number)
            yield _Found(slot, most.value, most.span, most.certainty, bound=most.bound)


def _number(armed: Armed) -> tuple[int, int]:
    return int(armed.value), -armed.span[0]


def _outages(context: Context, part: Sequence[Span]) -> Iterator[_Found]:
    """The first number of customers cut off, or that supply is back, for all of them.

    Without any, that some are cut off.
    """
    told = [outage for outage in find_outages(context) if _inside(outage.span, part)]
    current = [outage for outage in told if outage.certainty.counts]
    counted = [outage for outage in current if outage.value is not True]
    back = [outage for outage in counted if outage.value == 0]
    for outage in (back or counted or current)[:1]:
        yield _Found(
            "power_cut",
            outage.value,
            outage.span,
            outage.certainty,
            bound=outage.bound,
        )


def _fact(context: Context, found: _Found) -> Fact:
    source = attribution_at(context, found.span)
    return Fact(
        topic=context.topic,
        slot=found.slot,
        value=found.value,
        evidence=found.span,
        quote=context.reading.quote(found.span),
        certainty=found.certainty,
        bound=found.bound,
        attribution=source,
        authority=authority(context.lexicon, source),
        corrects=found.corrects,
    )
