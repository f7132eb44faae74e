"""The orders in which languages tell casualties, over the shapes of sentences.

A shape has one letter an atom (see `shapes`); `ALPHABET` says which. A frame is a
regular expression in which ``{S}`` is harm to any number of people, ``{D}`` harm to
one person, ``{U}`` one victim without a noun, ``{T}`` a toll, ``{X}`` all other harm
and ``{V}`` any harm. The number stands in the group.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

ALPHABET = (
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
)


class Rank(IntEnum):
    """How much a way of telling a toll is worth beside another in one article."""

    SINGLE = 1
    MORE = 2
    PLAIN = 3
    SUM = 4
    TOTAL = 5
    CORRECTED = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """The letters of one slot: harm to many or to one, its toll, all other harm.

    ``alone`` is harm to one who is not named besides ("un muerto").
    """

    slot: str
    many: str
    one: str
    toll: str
    alone: str
    others: str


KINDS = (
    Kind("killed", "k", "d", "T", "K", "jmiqJIM"),
    Kind("injured", "j", "i", "J", "I", "kmdqTKM"),
    Kind("missing", "m", "q", "(?!)", "M", "kjdiTJKI"),
)
_HARM = "kjmdiqTJKIM"

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
CORRECTED = re.compile(r"(?<=[NPCpck]),?xN,?")
FURTHER_PART = re.compile(
    r"[^NkjmdiqTJ.;]{0,6}?[&,]e?o?(N)(?=[eo])(?![^.,;]{0,5}[kjmdiqTJ])"
)
ALL_FOUND = (
    re.compile("a[^N.;]{0,8}[mq][^N.;]{0,6}v"),
    re.compile("v[^N.;]{0,6}a[^N.;]{0,6}[mq]"),
    re.compile("x[^N.;&]{0,3}[mq]"),
)
NUMBER_AFTER = re.compile("[feRA]{0,3}o?N")
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
SUBSET = re.compile(
    r"[^kjmdiqTJN.]{0,6}?s[efo]{0,3}(N)?[Aefo]{0,4}([cC])|"
    r"[^kjmdiqTJN.]{0,3}?[,(&-]o{0,2}(N)[sefoA]{1,4}[cC]"
)


@cache
def frames(kind: Kind) -> tuple[tuple[Rank, tuple["re.Pattern[str]", ...]], ...]:
    """The frames of one slot by how much they are worth, in the order to try."""
    ranked: tuple[tuple[Rank, tuple[str, ...]], ...] = (
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
def child_frames() -> tuple["re.Pattern[str]", ...]:
    """The frames in which children among the dead are told, in the order to try."""
    return tuple(re.compile(_filled(source, KINDS[0])) for source in _CHILDREN)


def _filled(source: str, kind: Kind) -> str:
    return source.format(
        S=kind.many, D=kind.one, U=kind.alone, T=kind.toll, X=kind.others, V=_HARM
    )
