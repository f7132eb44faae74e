"""How many people were killed, injured or are missing, as an article tells it.

Every language tells tolls in a few orders of the same parts: a number, people, a word
for the harm; a toll that rises to a number; a single victim without one. The parts
come from the lexicons (``strikes.harmed`` and others), the orders stand here, as
regular expressions over the shapes of sentences.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Context
from detectors.facts.shapes import Shape, shape
from detectors.model import Bound, Certainty, Span

_ALPHABET = (
    ("strikes.ignored", "", "o"),
    ("strikes.correction", "not", "x"),
    ("strikes.correction", "earlier", "z"),
    ("strikes.single", "killed", "K"),
    ("strikes.single", "injured", "I"),
    ("strikes.single", "missing", "M"),
    ("strikes.harmed_one", "killed", "d"),
    ("strikes.harmed_one", "injured", "i"),
    ("strikes.harmed_one", "missing", "q"),
    ("strikes.harmed", "killed", "k"),
    ("strikes.harmed", "injured", "j"),
    ("strikes.harmed", "missing", "m"),
    ("strikes.tally", "deaths", "T"),
    ("strikes.tally", "injuries", "J"),
    ("strikes.victims", "children", "C"),
    ("strikes.victims", "child", "c"),
    ("strikes.victims", "bodies", "B"),
    ("strikes.victims", "many", "P"),
    ("strikes.victims", "one", "p"),
    ("strikes.victims", "pair", "p"),
    ("strikes.tally", "count", "#"),
    ("strikes.helpers", "nobody", "x"),
    ("strikes.helpers", "among", "s"),
    ("strikes.found", "", "v"),
    ("strikes.power", "all", "a"),
    ("strikes.helpers", "and", "&"),
    ("strikes.helpers", "article", "A"),
    ("strikes.helpers", "more", "e"),
    ("strikes.helpers", "aux", "f"),
    ("strikes.tally", "rises", "R"),
    ("strikes.weapons", "", "w"),
    ("numbers.ordinals", "", "1"),
)
_PAIR = 2
_CORRECTED = re.compile(r"(?<=[NPCpck]),?xN,?")
_LAST_OF_A_KIND = re.compile(r"[kjmdiq]")


class Rank(IntEnum):
    """How much a way of telling a toll is worth beside another in one article."""

    SINGLE = 1
    MORE = 2
    PLAIN = 3
    SUM = 4
    TOTAL = 5
    CORRECTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of casualties that a sentence gives."""

    slot: str
    value: int
    bound: Bound
    span: Span
    rank: Rank
    certainty: Certainty
    corrects: int | bool | None = None


@dataclass(frozen=True, slots=True)
class _Kind:
    """The letters of one slot: harm to many or to one, its toll, all other harm.

    ``alone`` is harm to one who is not named besides ("un muerto").
    """

    slot: str
    many: str
    one: str
    toll: str
    alone: str
    others: str


_KINDS = (
    _Kind("killed", "k", "d", "T", "K", "jmiqJIM"),
    _Kind("injured", "j", "i", "J", "I", "kmdqTKM"),
    _Kind("missing", "m", "q", "(?!)", "M", "kjdiTJKI"),
)
_HARM = "kjmdiqTJKIM"

# {S} harm to any number, {D} harm to one person, {T} its toll, {X} all other harm,
# {V} any harm. The number stands in the group.
_TOTALS = (
    "(?<![zs]){T}[^Nn{V}.;:&]{{0,14}}?R[^N{V}.;]{{0,2}}(N)",
    "R(N)A?{T}",
    "(?<![zs]){T}[-:,]?[ofR#]{{0,2}}(N)",
    "(?<![zs])#[^N{V}.]{{0,5}}{S}[^N{V}.;]{{0,22}}?R[^N{V}.;,]{{0,2}}(N)",
    "#[^N{V}.]{{0,5}}{S}[-:,]?[fRo]{{0,2}}(N)",
    "(?<![s&]){S}[fo]{{0,2}}R[fo]{{0,2}}(N)(?![fesoPp]{{0,3}}[{X}])",
    "(?:^|[.;:,&(-])[^N.;:,]{{0,4}}{S}[ef]?[-:]f{{0,2}}(N)",
)
_PLAIN = (
    "(N)[eAsf]{{0,2}}[of]{{0,2}}[pPcC][^N{V}.,;&xsc]{{0,10}}?(?:{S}|{D})",
    "{D}[fe]{{0,2}}(N)",
    "(N)[eAs]{{0,2}}o?[pPcCe],[^{V}.;]{{1,12}},[^N{V}.,;&x]{{0,4}}?{S}",
    "(?<![pPcC]R)(?<![{X}])(?<![{X}]e)(N)[feRA]{{0,4}}{S}",
    "(N)[eo]{{1,3}}f{{1,3}}{S}",
    "(?<!s){S}(?:[feRA]{{0,3}}o?|o{{1,2}}f)(N)(?![fes]{{0,3}}[{X}])",
    "(?<![se]){S},[^N{V}.]{{1,5}},?[fR]{{0,2}}(N)(?![fesoPpCc]{{0,4}}[{X}])",
)
_BODIES = ("(N)[eo]{{0,2}}B", "B[eo]{{0,1}}(N)[oe]{{0,1}}P")
_PEOPLE = "(?:A[on-]{{0,6}}[pc]|No{{0,2}}[pPcC]|[pc])"
_MIXED = (
    _PEOPLE + "(?:," + _PEOPLE + ")*&o?" + _PEOPLE + "[^N{V}.,;&x]{{0,4}}?{S}",
    "{S}[on:]{{0,2}}" + _PEOPLE + "(?:," + _PEOPLE + ")*&o?" + _PEOPLE,
)
_SINGLES = (
    "A[on-]{{0,6}}[pc](?:RN)?[^N{V}.,;&x]{{0,6}}?(?:{S}|{D})",
    "A[on-]{{0,6}}[pc],[^N{V}.;]{{1,9}},[^N{V}.,;&x]{{0,4}}?(?:{S}|{D})",
    "(?<![sN]){S}[Rf]{{0,2}}A?[on-]{{0,6}}[pc](?![^.,;&]{{0,3}}[{X}])",
    "{U}",
    "{D}[Afon-]{{0,6}}[pc]",
    "[pc][^N{V}.,;&x]{{0,6}}{D}",
    "[pc],[^N{V}.;]{{1,9}},[^N{V}.,;&x]{{0,4}}{D}",
)
_FURTHER_PART = re.compile(
    r"[^NkjmdiqTJ.;]{0,6}?[&,]e?o?(N)(?=[eo])(?![^.,;]{0,5}[kjmdiqTJ])"
)
_ALL_FOUND = (
    re.compile("a[^N.;]{0,8}[mq][^N.;]{0,6}v"),
    re.compile("v[^N.;]{0,6}a[^N.;]{0,6}[mq]"),
    re.compile("x[^N.;&]{0,3}[mq]"),
)
_NUMBER_AFTER = re.compile("[feRA]{0,3}o?N")
_CHILDREN = (
    "(N)[sefo]{{0,3}}[cC][^N{V}.,;&x]{{0,5}}?k",
    "(?<!s)k[feR]{{0,3}}(N)[efo]{{0,2}}[cC]",
    "s[of]{{0,2}}(?:k|T)[fRo]{{0,2}}(N)o{{0,2}}[cC]",
    "s[of]{{0,2}}(?:k|T)[fRo]{{0,2}}(A)?o{{0,2}}c",
    "(?:A|(N))[of]{{0,3}}[cC][fo]{{0,3}}s[^{V}.;]{{0,6}}k",
    "s[of]{{0,2}}(?:A|(N))o{{0,3}}[cC][^N{V}.;]{{0,5}}[kd]",
    "(N)sN[oPf]{{0,3}}k[f]{{0,2}}C",
    "k[on:]{{0,2}}" + _PEOPLE + "(?:," + _PEOPLE + ")*&o?(N)o{{0,2}}C",
    _PEOPLE + "(?:," + _PEOPLE + ")*&o?(N)o{{0,2}}C[^N{V}.,;&x]{{0,4}}?k",
    "(?<!s)k[feR]{{0,3}}A?[on-]{{0,3}}c",
    "A[on-]{{0,3}}c[^N{V}.,;&x]{{0,5}}?[kd]",
    "d[on-]{{0,4}}c",
    "Ac(?:,Ao{{0,3}}[pc])*&o?Ao{{0,3}}[pc][^N{V}.,;&x]{{0,6}}k",
)
_SUBSET = re.compile(
    r"[^kjmdiqTJN.]{0,6}?s[efo]{0,3}(N)?[Aefo]{0,4}([cC])|[^kjmdiqTJN.]{0,3}?[,(&-]o{0,2}(N)[sefoA]{1,4}[cC]"
)


def find_casualties(context: Context) -> tuple[Count, ...]:
    """Every number of casualties on the topic, in the order of the text."""
    found: list[Count] = []
    for sentence in context.sentences:
        told = shape(context.atoms(sentence.span), _ALPHABET, of_things=False)
        found.extend(_all_found(context, told))
        for kind in _KINDS:
            found.extend(_of_kind(context, told, kind))
        found.extend(_children(context, told))
    return tuple(sorted(found, key=lambda count: (count.span, count.slot)))


def _all_found(context: Context, told: Shape) -> Iterator[Count]:
    """Nobody is missing any more: the last one, or everyone, was found."""
    for pattern in _ALL_FOUND:
        match = pattern.search(told.letters)
        if match is not None:
            span = told.span(match)
            yield Count(
                slot="missing",
                value=0,
                bound=Bound.EXACT,
                span=span,
                rank=Rank.TOTAL,
                certainty=certainty_at(context, span),
            )
            return


def _of_kind(context: Context, told: Shape, kind: _Kind) -> Iterator[Count]:
    if not re.search(f"[{kind.many}{kind.one}{kind.alone}B]|{kind.toll}", told.letters):
        return
    told, corrected = _without_corrected(told)
    taken: list[Span] = []
    for rank, patterns in _patterns(kind):
        for pattern in patterns:
            for match in told.search(pattern):
                span = told.span(match)
                if any(start < span[1] and span[0] < end for start, end in taken):
                    continue
                taken.append(span)
                count = _count(context, told, match, kind.slot, rank)
                yield _corrected(count, corrected, told)


def _count(
    context: Context, told: Shape, match: "re.Match[str]", slot: str, rank: Rank
) -> Count:
    span = told.span(match)
    value, bound = _value(told, match, rank)
    if rank is Rank.PLAIN:
        further = _FURTHER_PART.match(told.letters, match.end())
        if further and _is_part(context, told, match, further):
            quantity = told.atoms[further.start(1)].quantity
            value += quantity.value if quantity else 0
            span = told.between(match.start(), further.end())
            rank = Rank.SUM
        elif "e" in match.group() and slot == "killed":
            rank = Rank.MORE
    return Count(
        slot=slot,
        value=value,
        bound=bound,
        span=span,
        rank=rank,
        certainty=certainty_at(context, span),
    )


def _is_part(
    context: Context,
    told: Shape,
    match: "re.Match[str]",
    further: "re.Match[str]",
) -> bool:
    """Whether numbers add up, as in "killing two in Kyiv and four in the region"."""
    if match.start(1) == match.start() or told.letters[match.start()] not in "kjm":
        return False
    start = told.atoms[match.end(1) - 1].end
    end = told.atoms[further.start(1)].start
    return any(start <= place.start < end for place in context.places)


def _value(told: Shape, match: "re.Match[str]", rank: Rank) -> tuple[int, Bound]:
    if rank is Rank.SINGLE:
        atoms = told.atoms[match.start() : match.end()]
        pair = any(atom.means("strikes.victims", "pair") for atom in atoms)
        return (_PAIR if pair else 1), Bound.EXACT
    if rank is Rank.SUM:
        return _sum(told, match), Bound.EXACT
    quantity = told.atoms[match.start(1)].quantity
    if quantity is None:
        return 1, Bound.EXACT
    if quantity.upper is not None and quantity.changed and rank is Rank.TOTAL:
        return quantity.upper, Bound.EXACT
    return quantity.value, quantity.bound


def _sum(told: Shape, match: "re.Match[str]") -> int:
    """Each number, and one for each person without any: "a man and two women"."""
    total = 0
    counted = False
    for position in range(match.start(), match.end()):
        letter = told.letters[position]
        quantity = told.atoms[position].quantity
        if quantity is not None and letter == "N":
            total, counted = total + quantity.value, True
        elif letter in "pcPC":
            total, counted = (total, False) if counted else (total + 1, False)
    return total


def _children(context: Context, told: Shape) -> Iterator[Count]:
    """Children among the dead: told directly, or as a part of a number before."""
    if not re.search("[cC]", told.letters):
        return
    taken: list[Span] = []
    for pattern in _child_patterns():
        for match in told.search(pattern):
            span = told.span(match)
            if not any(start < span[1] and span[0] < end for start, end in taken):
                taken.append(span)
                yield _child_count(context, told, match, (match.start(), match.end()))
    for end in _ends_of_deaths(told):
        subset = _SUBSET.match(told.letters, end)
        if subset is None or (subset.group(2) == "C" and not subset.group(1)):
            continue
        first = subset.start(1) if subset.group(1) else subset.start(3)
        first = first if first >= 0 else subset.start()
        yield _child_count(context, told, subset, (first, subset.end()))


def _ends_of_deaths(told: Shape) -> list[int]:
    """Where the dead have been told, so that "among them two children" may follow."""
    ends = {
        match.end()
        for _, patterns in _patterns(_KINDS[0])
        for pattern in patterns
        for match in told.search(pattern)
    }
    for harm in re.finditer("[kdT]", told.letters):
        follows = _NUMBER_AFTER.match(told.letters, harm.end())
        ends.add(follows.end() if follows else harm.end())
    return sorted(ends)


def _child_count(
    context: Context, told: Shape, match: "re.Match[str]", letters: tuple[int, int]
) -> Count:
    span = told.between(*letters)
    numbers = [
        told.atoms[match.start(group)].quantity
        for group in range(1, match.re.groups + 1)
        if match.group(group) == "N"
    ]
    value, bound = 1, Bound.EXACT
    if numbers and numbers[0] is not None:
        value, bound = numbers[0].value, numbers[0].bound
    return Count(
        slot="children_killed",
        value=value,
        bound=bound,
        span=span,
        rank=Rank.PLAIN,
        certainty=certainty_at(context, span),
    )


def _without_corrected(told: Shape) -> tuple[Shape, dict[int, int]]:
    """Leave out "not seven" beside a number; tell what it takes back, by place."""
    corrected: dict[int, int] = {}
    letters, atoms = told.letters, told.atoms
    match = _CORRECTED.search(letters)
    while match is not None:
        wrong = next(
            atom.quantity for atom in atoms[slice(*match.span())] if atom.quantity
        )
        corrected[atoms[match.start()].start] = wrong.value
        letters = letters[: match.start()] + letters[match.end() :]
        atoms = atoms[: match.start()] + atoms[match.end() :]
        match = _CORRECTED.search(letters)
    return Shape(letters, atoms), corrected


def _corrected(count: Count, corrected: dict[int, int], told: Shape) -> Count:
    start, end = count.span
    for place, wrong in corrected.items():
        if start <= place <= end:
            return replace(count, corrects=wrong, rank=Rank.CORRECTED)
    if count.rank >= Rank.PLAIN and any(
        atom.means("strikes.correction", "corrects") for atom in told.atoms
    ):
        return replace(count, corrects=True, rank=Rank.CORRECTED)
    return count


@cache
def _patterns(kind: _Kind) -> tuple[tuple[Rank, tuple["re.Pattern[str]", ...]], ...]:
    ranked: tuple[tuple[Rank, Sequence[str]], ...] = (
        (Rank.TOTAL, _TOTALS),
        (Rank.SUM, _MIXED),
        (Rank.PLAIN, _PLAIN + (_BODIES if kind.slot == "killed" else ())),
        (Rank.SINGLE, _SINGLES),
    )
    return tuple(
        (rank, tuple(re.compile(_filled(source, kind)) for source in sources))
        for rank, sources in ranked
    )


@cache
def _child_patterns() -> tuple["re.Pattern[str]", ...]:
    return tuple(re.compile(_filled(source, _KINDS[0])) for source in _CHILDREN)


def _filled(source: str, kind: _Kind) -> str:
    return source.format(
        S=kind.many, D=kind.one, U=kind.alone, T=kind.toll, X=kind.others, V=_HARM
    )
