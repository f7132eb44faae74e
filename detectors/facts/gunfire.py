"""How many people were shot, and what that tells of the dead and the wounded.

"Five people were shot, one fatally" tells of a death and of four wounded. "Five were
shot" alone tells of five who were hit: as many were wounded as did not die. "Found with
gunshot wounds" tells no more than that, nor does "a fifth victim".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detectors.facts.casualties import find_casualties, of_kind
from detectors.facts.casualty_counts import Count, is_definite, number_in
from detectors.facts.casualty_frames import HARM, Kind, Rank
from detectors.facts.casualty_shapes import told_in, without_parts
from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.shapes import Shape
from detectors.facts.shots import HIT, STRUCK, TOLD, is_suffered, of_shots
from detectors.model import Bound, Certainty, Span

_NO_LETTER = "0"
_SHOT = Kind(
    slot="shot",
    many=HIT,
    one=_NO_LETTER,
    toll="(?!)",
    alone=_NO_LETTER,
    others=HARM,
)
"""Being shot is told in the orders of any other harm."""

_FATALLY = (
    re.compile(r"[Gj][^.;kd]{0,6}?[,-]{1,2}&?(N)s?[oPf]{0,3}F"),
    re.compile(r"[Gj][^.;kdN]{0,10}?[,&-]{1,2}(N)s[oPf]{0,3}[kd]"),
)
"""Of those told as shot or wounded: "one fatally", "two of them died"."""
_HURT = re.compile(r"[^N.;kd]{0,8}?[Gji]")
_HURT_AT_ONCE = re.compile("f{1,2}o?[Gji]")
"""As in "a fourth was grazed"."""
_DIES = re.compile(r"[^N.;]{0,5}?[kd]")
_PEOPLE = "pPcC"
_WOUNDS = ("strikes.shot", "wounds")
_NEAR = 4  # atoms from "a fifth" to "victim", from "two" to "fatally"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A number of people who were shot.

    Args:
        fatal: Who died of it, not who was hit.
        others: They are told beside those told before: "and five others were shot".
        whole: It counts all victims, wherever it stands: "a fifth victim".
    """

    value: int
    bound: Bound
    span: Span
    certainty: Certainty
    fatal: bool = False
    others: bool = False
    whole: bool = False


def find_shot(context: Context) -> tuple[Hit, ...]:
    """Every number of people who were shot, in the order of the text."""
    return context.once("shot", lambda: _find_shot(context))


def _find_shot(context: Context) -> tuple[Hit, ...]:
    shapes = _shapes(context)
    found = [
        _told(count, others=_are_others(context, count))
        for count in find_casualties(context)
        if counts_the_dead(context, count) and not _is_of_wounds(context, count)
    ]
    for find in (_hits, _fatal, _at_once, _victims_of_shots):
        found.extend(hit for told in shapes for hit in find(context, told))
    if found:
        found.extend(hit for told in shapes for hit in _victims(context, told))
    return tuple(sorted(found, key=lambda hit: hit.span))


def _shapes(context: Context) -> list[Shape]:
    """The sentences that tell of being shot, and then those of bullets that strike."""
    told = [s for s in context.sentences if context.has(s.span, *TOLD, STRUCK)]
    if not any(context.has(s.span, *TOLD) or _flies(context, s.span) for s in told):
        return []
    return [of_shots(told_in(context, sentence)) for sentence in told]


def _flies(context: Context, sentence: Span) -> bool:
    """Whether a sentence tells what a bullet struck."""
    bullet, struck = (STRUCK, "bullet"), (STRUCK, "struck")
    return context.tells(sentence, bullet) and context.tells(sentence, struck)


def wounded_of(
    shot: Sequence[Hit],
    *,
    killed: int,
    single: Sequence[Span],
    headline: Mapping[str, int],
) -> tuple[Hit | None, int]:
    """How many of those shot were wounded, and the hit that tells it; None if nobody.

    Args:
        shot: Of one event, in the order of the text.
        killed: How many of its victims died.
        single: Where one person is told as wounded besides.
        headline: How many were injured or shot by the headline, if it counts.
    """
    hits = [hit for hit in shot if not hit.fatal]
    for hit in hits:
        if headline.get("injured") in (hit.value, hit.value - killed):
            return hit, headline["injured"]
    hits = [hit for hit in hits if hit.value == headline.get("shot")] or hits
    some = [hit for hit in hits if not hit.whole]
    first = next((hit for hit in some if hit.value > 1 or hit.others), None)
    first = first or next(iter(some), None)
    found: tuple[Hit | None, int] = (None, 0)
    if first is not None and first.others:
        found = (
            first,
            first.value + _is_one_before(first, () if killed else some, single),
        )
    elif first is not None:
        found = first, first.value - killed
    for hit in hits:
        if hit.whole and hit.value - killed > found[1]:
            found = hit, hit.value - killed
    return found if found[1] > 0 else (None, 0)


def _is_one_before(hit: Hit, hits: Sequence[Hit], single: Sequence[Span]) -> bool:
    """Whether a single victim was told of before "others"."""
    return any(other.value == 1 and other.span < hit.span for other in hits) or any(
        span < hit.span for span in single
    )


def counts_the_dead(context: Context, count: Count) -> bool:
    """Whether those told as wounded may have died.

    As in "five with gunshot wounds" and "five wounded, two fatally".
    """
    if count.slot != "injured":
        return False
    if _is_fatal_to_some(context, count):
        return True
    harm = [
        atom
        for atom in _atoms_in(context, count.span)
        if atom.means("strikes.harmed", "injured")
    ]
    return bool(harm) and all(atom.means(*_WOUNDS) for atom in harm)


def _is_fatal_to_some(context: Context, count: Count) -> bool:
    """Whether a part of those counted died: "two of them fatally"."""
    sentence = context.sentence_at(count.span[0])
    if not context.has(sentence, "strikes.shot"):
        return False
    following = [a for a in context.atoms(sentence) if a.start >= count.span[1]]
    part = next((n for n, a in enumerate(following[:_NEAR]) if a.quantity), None)
    return part is not None and any(
        atom.means("strikes.shot", "fatally") for atom in following[part : part + _NEAR]
    )


def _is_of_wounds(context: Context, count: Count) -> bool:
    """Whether wounds are counted, or an address behind them: "four gunshot wounds"."""
    atoms = _atoms_in(context, count.span)
    return atoms[0].means(*_WOUNDS) or (
        atoms[0].quantity is not None and atoms[1].means(*_WOUNDS)
    )


def tells_of_several(context: Context, span: Span) -> bool:
    """Whether a sentence sums up several events: "in three separate shootings"."""
    return context.has(context.sentence_at(span[0]), "strikes.several")


def _atoms_in(context: Context, span: Span) -> list[Atom]:
    sentence = context.atoms(context.sentence_at(span[0]))
    return [atom for atom in sentence if span[0] <= atom.start < span[1]]


def _are_others(context: Context, count: Count) -> bool:
    return count.rank not in (Rank.SUM, Rank.SINGLE) and any(
        atom.means("strikes.helpers", "more") for atom in _atoms_in(context, count.span)
    )


def _hits(context: Context, told: Shape) -> Iterator[Hit]:
    """The numbers of one sentence; single victims only where there is none."""
    counts = [
        count
        for count in of_kind(context, without_parts(told), _SHOT)
        if not _is_of_shooter(told, count)
    ]
    numbered = [count for count in counts if count.rank is not Rank.SINGLE]
    for count in numbered or counts:
        yield _told(count, others=_are_others(context, count))
    if not counts:
        yield from _himself(context, told)


def _himself(context: Context, told: Shape) -> Iterator[Hit]:
    """One who shot himself, wherever he is named: "found a gun and shot himself"."""
    for place, atom in enumerate(told.atoms):
        if atom.means("strikes.shot", "himself"):
            hit = _hit(context, 1, told.between(place, place + 1))
            yield replace(hit, whole=False)
            return


def _told(count: Count, *, others: bool) -> Hit:
    return Hit(
        value=count.value,
        bound=count.bound,
        span=count.span,
        certainty=count.certainty,
        others=others,
    )


def _is_of_shooter(told: Shape, count: Count) -> bool:
    """Whether those counted fired: a single one was not unless "was shot" says so."""
    places = [
        place
        for place, atom in enumerate(told.atoms)
        if count.span[0] <= atom.start < count.span[1]
    ]
    letters = told.letters[places[0] : places[-1] + 1]
    first = places[0] + letters.index(HIT)
    if told.atoms[first].means("strikes.shot", "himself"):
        return not letters.endswith(HIT)
    if not letters.endswith(HIT):
        return False
    is_one = count.rank is Rank.SINGLE or (letters == f"N{HIT}" and count.value == 1)
    return is_one and not is_suffered(told.atoms, told.letters, places[-1])


def _fatal(context: Context, told: Shape) -> Iterator[Hit]:
    for pattern in _FATALLY:
        for match in told.search(pattern):
            quantity = told.atoms[match.start(1)].quantity
            if quantity is not None:
                yield _hit(
                    context,
                    quantity.value,
                    told.span(match),
                    bound=quantity.bound,
                    fatal=True,
                )


def _victims(context: Context, told: Shape) -> Iterator[Hit]:
    """How many there are at the least: "a fourth victim was found nearby"."""
    for place, atom in enumerate(told.atoms):
        number = number_in(atom, "strikes.nth")
        if number is None or _is_definite(told, place):
            continue
        last = _victim_after(told, place)
        if last is not None:
            span = told.between(place, last + 1)
            yield _hit(context, number, span)


def _hit(
    context: Context,
    value: int,
    span: Span,
    *,
    bound: Bound = Bound.EXACT,
    fatal: bool = False,
) -> Hit:
    """A number of those who died of it, or of all that were hit, dead or alive."""
    return Hit(
        value=value,
        bound=bound,
        span=span,
        certainty=certainty_at(context, span),
        fatal=fatal,
        whole=not fatal,
    )


def _is_definite(told: Shape, place: int) -> bool:
    """Whether an ordinal has a definite article, or is a part of a word."""
    if told.letters[place + 1 : place + 2] == "-":
        return True  # "fourth-degree assault"
    return any(map(is_definite, told.atoms[max(place - 1, 0) : place]))


def _victim_after(told: Shape, place: int) -> int | None:
    """Where the victim stands whose number is at ``place``; None if it is another's."""
    for after in range(place + 1, min(place + 1 + _NEAR, len(told.atoms))):
        if told.atoms[after].means("strikes.shot", "victim"):
            return None if _DIES.match(told.letters, after + 1) else after
        if told.letters[after] in _PEOPLE:
            follows = told.letters[after + 1 : after + 2]
            if follows and follows in _PEOPLE:
                continue  # "a fifth male adult victim"
            return after if _HURT.match(told.letters, after + 1) else None
        if told.letters[after] not in "o-n":
            break
    return place if _HURT_AT_ONCE.match(told.letters, place + 1) else None


def _at_once(context: Context, told: Shape) -> Iterator[Hit]:
    """How many a shooting hit by its name: "a quadruple shooting"."""
    for place, atom in enumerate(told.atoms):
        number = number_in(atom, "strikes.shot_at_once")
        if number is not None:
            span = told.between(place, place + 1)
            yield _hit(context, number, span)


def _victims_of_shots(context: Context, told: Shape) -> Iterator[Hit]:
    """How many are victims by their name: "four gunshot victims"."""
    for place, atom in enumerate(told.atoms):
        before = told.atoms[place - 1 : place]
        if atom.means("strikes.shot", "victims") and told.letters[place - 1] == "N":
            quantity = before[0].quantity if before else None
            if quantity is not None:
                hit = _hit(
                    context,
                    quantity.value,
                    told.between(place - 1, place + 1),
                    bound=quantity.bound,
                )
                yield replace(hit, whole=False)
