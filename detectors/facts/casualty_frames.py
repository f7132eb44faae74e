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
from typing import NamedTuple

from detectors.facts.shapes import Alphabet

ALPHABET = Alphabet(
    ("strikes.ignored", "", "o"),
    ("strikes.accused", "", "D"),
    ("certainty.denied", "not", "x"),
    ("strikes.correction", "not", "x"),
    ("strikes.correction", "earlier", "z"),
    ("strikes.ages", "under", "u"),
    ("strikes.tally", "victims", "h"),
    ("strikes.victims", "offspring", "p"),
    ("strikes.victims", "many offspring", "P"),
    ("strikes.single", "killed", "K"),
    ("strikes.single", "injured", "I"),
    ("strikes.single", "missing", "M"),
    ("strikes.harmed_one", "killed", "d"),
    ("strikes.harmed_one", "injured", "i"),
    ("strikes.harmed_one", "missing", "q"),
    ("strikes.claimed", "", "Y"),
    ("strikes.harmed", "killed", "k"),
    ("strikes.harmed", "injured", "j"),
    ("strikes.harmed", "missing", "m"),
    ("strikes.tally", "deaths", "T"),
    ("strikes.tally", "injuries", "J"),
    ("strikes.victims", "children", "C"),
    ("strikes.victims", "child", "c"),
    ("strikes.victims", "pair of children", "c"),
    ("strikes.victims", "bodies", "B"),
    ("strikes.victims", "body", "b"),
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
    ("strikes.helpers", "group", "A"),
    ("strikes.helpers", "more", "e"),
    ("strikes.helpers", "aux", "f"),
    ("strikes.tally", "changes", "y"),
    ("strikes.tally", "at", "@"),
    ("strikes.tally", "rises", "R"),
    ("strikes.tally", "grew", "g"),
    ("strikes.correction", "lowers", "l"),
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


@dataclass(frozen=True, slots=True, eq=False)  # its hash is asked for often
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
HARM = "kjmdiqTJKIM"
_WALLS = HARM + "D"  # who is accused of harm did not come to it

_LOWERED = (
    "l[^Nn{V}.;:]{{0,6}}(?:{T}|#[^N{V}.;,]{{0,5}}{S})[^Nn{V}.,;:&]{{0,22}}(N)(?![fesoPp]{{0,3}}[{X}])",
    "(?:{T}|#[^N{V}.;,]{{0,5}}{S})[^Nn{V}.,;:&]{{0,14}}l[^Nn{V}.,;:&]{{0,4}}(N)(?![fesoPp]{{0,3}}[{X}])",
    "lo{{0,2}}(N)[Ao]{{0,2}}(?:{S}|{T})",
)
"""A toll that somebody takes down: "lowered the number of dead in the raid to six"."""
_TOTALS = (
    "(?<![zs]){T}[^Nn{V}.;:&]{{0,14}}?[R@][^N{V}.;]{{0,2}}(N)",
    "(?<![zs]){T}[^Nn{V}.;:&]{{0,14}}?N[R@](N)",
    "[R@](N)[Ao]{{0,2}}{T}",
    "(?<![zs]){T}[-:,]?[ofgR@#]{{0,2}}(N)",
    "(?<![zs])#[^NC{V}.]{{0,5}}{S}[^N{V}.;]{{0,22}}?[R@][^N{V}.;,]{{0,2}}(N)",
    "#[^NC{V}.]{{0,5}}{S}[-:,]?[fgR@o]{{0,2}}(N)",
    "(?<![zs])#[^N{V}.]{{0,5}}{S}[^N{V}.;:]{{1,22}}?f(N)(?![pPcCw])",
    "[R@](N)[Ao]{{0,2}}#[^N{V}.;,]{{0,5}}{S}",
    "(?<![zs])#[^N{V}.]{{0,5}}{S}[^N{V}.;:&]{{0,6}}?N[R@](N)",
    "(?:^|[.;:,&])A?o?{S}f{{0,2}}#(N)",
    "(?<![zs]){T}[^Nn{V}.,;:&x]{{0,20}}[:-]o?[fR]{{0,2}}(N)(?=P?[,.;]|P?$)",
    "(?<![s&C]){S}[fo]{{0,2}}R[fo]{{0,2}}(N)(?![fesoPp]{{0,3}}[{X}])",
    "(?:^|[.;:,&(-])[^N.;:,s]{{0,4}}{S}[ef]?[-:]f{{0,2}}(N)",
    "(?:^|[.;:,&-])f{{0,2}}(N)f?g[fo]?(?:{T}|#[^N{V}.;,]{{0,5}}{S})",
    "(?:^|[.;:])A?{S}[^N{V}.,;:&]{{1,8}}[fR]{{1,2}}(N)(?![fesoPp]{{0,3}}[{X}])",
    *_LOWERED,
)
_FREE = "(?<![{X}])(?<![{X}][efR])(N)"
"""A number that no other harm before it has taken."""
_PLAIN = (
    "(N)sA?N[oe]?[pPC][^N{V}.,;&x]{{0,8}}?f{{1,2}}{S}",
    _FREE + "(?:[eo]{{0,2}}[pP]|(?=[,(-]))[,(-]?s[^{V}.;x]{{0,9}}?[^N{V}.,;x][,)-]?"
    "[^N{V}.,;&x]{{0,4}}?{S}",
    _FREE + "[eAs]{{0,2}}o?[pPcCe][,(-][^{V}.;]{{1,26}}[,)-][^N{V}.,;&x]{{0,4}}?{S}",
    "(N)[eAs]{{0,2}}o?[pPcC],{S}[^N{V}.;]{{1,12}},",
    "(N)Ps[AoP]{{1,3}}f{{0,3}}{S}",
    "(N)[eAsf]{{0,2}}[of]{{0,2}}[pPcC][^N{V}.,;&xsc)]{{0,10}}?(?:{S}|{D})(?!R?N[eo]?[pP])",
    "{D}[feA]{{0,2}}(N)",
    "(N)Ro{{1,2}}[pPcC]f{{0,3}}{S}",
    "(N)Ro{{1,2}}f{{1,3}}{S}",
    "(?<=[kjdi][,&])(N)[eo]{{1,2}}{S}",
    "(N)[eAso]{{0,3}}[pPcC],o{{1,2}}f{{0,2}}{S}(?![fR]{{0,2}}N)",
    "(?<![pPcC]R)(?<![{X}])(?<![{X}]e)(N)(?!R{S})[feRAa]{{0,4}}{S}(?!R?N[eo]?[pP]|[fo]{{0,2}}d)",
    "(?<![{X}])(?<![{X}]e)(N)f{{0,2}}{D}",
    "(?:^|[.;:])(N)[oA]{{1,5}}{S}(?=[.,;]|$)",
    "(N)[eo]{{1,3}}f{{1,3}}{S}",
    "(?<![sCx])(?<!xf){S}(?:[feRAa]{{0,3}}o?|o{{1,2}}f)(N)(?![fes]{{0,3}}[{X}])",
    "(?<![sex]){S},[^N{V}.]{{1,5}},?[fR]{{0,2}}(N)(?![fesoPpCc]{{0,4}}[{X}])",
)
_BODIES = (
    "(N)[eoA]{{0,2}}B",
    "k[oRA]{{0,2}}(N)m(?=[.,;]|$)",
    "B[eoR]{{0,2}}(N)[oe]{{0,1}}[PC]",
    "ks(N)o{{0,2}}[PC]",
    "Y[fA]{{0,2}}(N)[oe]{{0,2}}[PC]",
)
_PEOPLE = (
    "(?:A[on-]{{0,6}}[pc]|No{{0,2}}[pPcC]|N[sR]A?o{{0,2}}[pPcC]|[pc])"
    "(?:[oR]?n)?(?:,o?n(?:&n)?,?(?=[,&.]))?"
)
_LIST = (
    _PEOPLE + "(?:,o?" + _PEOPLE + ")*"
    "(?:(?:,|R?A?o{{1,2}})?&[onR-]{{0,6}}" + _PEOPLE + "|,?&Ne[pPcC]?)"
)
_MIXED = (
    "(?<!s)(?<!sA)" + _LIST + "(?:,[^N{V}.;]{{1,7}},)?[^N{V}.,;&x]{{0,4}}?{S}",
    "{S}[onR:-]{{0,4}}" + _LIST,
    "{D}[on:-]{{0,4}}" + _LIST + "(?![fo]{{0,3}}[{X}])",
    "(?:^|[.;:])(?P<one>Ao{{1,2}})&No{{0,2}}[pP]f{{1,2}}{S}",
)
_HEADLINE = "^(?:No{{0,2}}[pPcC]|[pc])(?:,(?:No{{0,2}}[pPcC]|[pc]))+f{{0,2}}v?{S}"
"""A list without an "and", as headlines have it: "Man, boy found dead"."""
_THE_DEAD = "(?:^|[.;:&])A?(?:{S}|{T})(?:[f:-]{{1,2}}|o{{1,2}}[:-]o?n?-?o?)" + _LIST
"""A list of all: "The dead were a shepherd, his wife and their daughter."""
_SINGLES = (
    "(?<![{X}])(?<![{X}]R)A[on-]{{0,6}}[pc](?:RN)?[^N{V}.,;&x]{{0,6}}?(?:{S}|{D})",
    "A[on-]{{0,6}}[pc],[^N{V}.;]{{1,9}},[^N{V}.,;&x]{{0,4}}?(?:{S}|{D})",
    "A[on-]{{0,6}}[pc](?:o?n)?,[^N{S}.;]{{1,10}},f{{1,2}}(?:{S}|{D})",
    ",[Aon-]{{0,6}}[pc][^N{V}.,;&x]{{0,7}},f{{1,3}}(?:{S}|{D})",
    "(?:^|[.;:,])[of]{{0,3}}[pc](?:o{{1,4}},[^{V}.;]{{1,12}}|,o{{2,4}}),f{{1,3}}{S}",
    "(?<![sNbB]){S}[Rf]{{0,2}}A?[on-]{{0,6}}[pc](?![^.,;&]{{0,3}}[{X}])",
    "{U}",
    "{D}[Afon-]{{0,6}}[pc]",
    "[pc][^N{V}.,;&x]{{0,6}}{D}",
    "[pc],[^N{V}.;]{{1,9}},[^N{V}.,;&x]{{0,4}}{D}",
    "(?:^|[.;:,&])[eo]{{0,2}}[pc](?:,n,|o)?f{{0,2}}{S}(?![feRA]{{0,3}}o?N|[{X}])",
    "A[on-]{{0,6}}[pc][^N{V}.,;x]{{1,9}}&[fo]{{0,2}}{S}(?=[.,;]|$)",
    "(?:^|[.;:,&])[of]{{0,3}}{D}o{{1,3}}(?=[.,;]|$)",
    "(?P<pair>[pc])(?:[,on&]{{0,5}},|[on&]{{1,4}})?f{{0,2}}{S}",
)
_OF_THEM = (
    "(N)s,[^N{V}.;]{{1,9}},[^N{V}.,;&x]{{0,4}}?{S}",
    "(N)sf{{0,3}}{S}(?!R?N[eo]?[pP])",
    "(N)s[Ao]{{0,3}}[PC](?:,[^{V}.;]{{1,9}},)?[^N{V}.,;&x]{{0,8}}?f{{1,3}}{S}(?!R?N)",
    "(N)[eo]{{0,2}}[pP]o[^N{V}pPcC.,;&x]{{9,20}}?f{{1,2}}{S}",
)
"""Of those told before: "one of them is injured", "one of his sons was wounded"."""
_UNNAMED = (
    "(?:^|[.;:,&])(?P<article>A)o{{1,3}}(?P<passive>f{{1,2}}){S}(?![feRA]{{0,3}}o?N)"
)
"""Somebody whose trade no lexicon knows: "A glazier was killed"."""
_BODY = "v[^N{V}.;,]{{0,3}}b[eAoRm]{{0,3}}N?o?[pcPC]"
_ANOTHER = (
    "&(?P<other>A)f{{0,2}}(?:{S}|{D})(?!o?[pPcC])",
    "(?:^|[.;:,&])(?P<elided>A)(?:f{{0,2}}{D}|f{{1,2}}{S})(?!o?[pPcC]|[fo]{{0,2}}N)",
    "(?<![N{X}]){S}(?P<other>A)(?=[.,;&]|$)",
)
OWN_NUMBER = re.compile(
    r"[fe]{0,2}N(?=[eo]?[pP]|e?(?:[.,;)&]|$))(?![eo]{0,2}[pPcC]?[fo]{0,2}[kjmdiqTJKIM])"
)
"""What a word for harm takes that has its number behind it: "поранено десятеро"."""
NTH = re.compile(
    "[kd][fRe]?A?(?P<after>o)(?:[pcjiJI]|k)|"
    "(?P<before>o)[jJ]?(?:[pcjiJI]|k(?=[^N.;,&]{1,5}[kd]))[^xN.;,&]{0,6}?[kd]|"
    "A(?P<body>o)b|"
    "(?P<noun>o)k(?![^N.;,&]{1,5}[kd])"
)
"""The victim that makes a total: "a third person has died"."""
NOT_BUT = re.compile("xN,?[o&]?(?=N)")
"""Before the number that stands: "not eight but six"."""
CORRECTED = re.compile(r"(?<=[NPCpck]),?xN,?")
"""Right behind the number that stands: "six, not eight", "six people and not eight"."""
CORRECTED_AFAR = re.compile(r"(?<=N)(?P<between>[^Nz.;x]{1,30}?),?&?xN(?=[,.;:)-]|$)")
"""Behind all that is told of it: "six died in the attack on the depot, not eight"."""
EARLIER = re.compile(r"(?<=N)[^N.;x]{0,4}[,;(:-]o?zo?N(?=[,.;:)-]|$)")
"""The number that was told before: "six were hurt, earlier it was put at eight"."""
FURTHER_PART = re.compile(
    r"[^NkjmdiqTJ.;]{0,6}?[&,]e?o?(N)(?=[eoR-])(?![^.,;]{0,5}[kjmdiqTJ])"
)
REPORTED = re.compile(r"(?:[eo]?[pPcC])?,?(?P<as>[^N.;,])[^N.;,kjmdiqTJKIM]{0,8},?")
"""Who gave the wrong number: "people, as was reported earlier,"."""
TAKEN_BACK = re.compile("z(?:[#TR][oR]{0,2}|o[#TR][oR]?)N")
"""A number told as out of date: "an earlier figure of ten"."""
ALL_FOUND = (
    re.compile("a[sAo]{0,2}N?[^N.;]{0,6}[mq][^N.;]{0,6}v"),
    re.compile("v[^N.;]{0,6}a[^N.;]{0,6}[mq]"),
    re.compile("x[^N.;&]{0,3}[mq]|xo?fo?Rf?[mq]"),
    re.compile("[mq][oef]{0,2}x(?=[-.,:;]|$)"),
    re.compile("a[sAo]{0,2}[PC][fo]{0,3}v(?!N)"),
)
ALL_LISTED = re.compile("a[oAR]{1,5}[fo]{0,4}v(?!N)")
"""Everybody on a list was found."""
FOUND_SINCE = re.compile("[pPfo]{0,3}v")
"""Those thought missing "were found alive"."""
DIES = re.compile("[fo]{0,4}[kd]")
"""One told as wounded "has died": of such, a single one is none of the wounded."""
NONE_OF = re.compile("xN?sA?N")
"""Nobody of a number: "none of the 20 workers was hurt"."""
DIED_SINCE = re.compile("(?:(N)|A)(?:s[AN]?|RN)[oPp]{0,3}j[^N.;]{0,14}[kd]")
"""Deaths among those told as wounded: "four of the 19 injured have died"."""
DIED_OF_WOUNDS = re.compile("k[oRA]{0,2}(N)e?j(?![eo]?N)")
"""Of those told as wounded: "the deaths of two wounded men"."""
ANOTHER_CHILD = re.compile(r"(?:,?n)?,?[,&][oAn-]{0,4}c")
"""One child more of a list: "a boy, 6, and his sister"."""
ARE_CHILDREN = re.compile("Nk-(?=C)")
"""A part of the dead, told without a verb: "двоє загиблих - діти"."""
PARTITIVE = re.compile("[Nn]e?(?P<of>s)A?[oPpC]{0,2}[kjmT]")
"""A part of a number told elsewhere: "three of the wounded", which tells no total."""
OF_THEM = re.compile(
    "(?<![kjmdiq])Ns(?=[.;)]|$|,(?![^N.;kjdi]{1,9},[^N.,;&x]{0,4}[kjdi]))"
)
"""Such a part right behind its number: "in hospital are 18 of them"."""
NUMBER_AFTER = re.compile("[feRA]{0,3}o?N")
_LISTED = "(?:[Aoen-]{{0,7}}[pP][^N{V}.;C,&]{{0,4}},?&?){{1,5}}"
_CHILDREN = (
    "[pPN],(N)s[fAo]{{0,4}}[cC],[^N{V}.;]{{0,8}}?[kd]",
    "(N)s[oPp]{{0,2}}[kTh][fo]{{0,3}}(?:C|u[Nn])",
    "(?<!s)(N)k-C",
    "(N)[so]k[f:-]{{0,3}}C",
    "B[oRA]{{0,3}}(?:(N)o?C|c)",
    "b[oRA]{{0,3}}[cC]",
    "(?:^|[.,;:&])[on-]{{0,4}}c[fo]{{0,4}}?d",
    "[pP][^N{V}.,;&]{{0,3}}&[oAn-]{{0,7}}c(?:[oR]{{0,2}}n)?[^N{V}.,;&x]{{0,5}}?[kd]",
    "(N)s[oPp]{{0,2}}f{{0,2}}k[fo]{{0,2}}(?:C|u[Nn])",
    "[Thk][f:-]{{1,2}}" + _LISTED + "(?:(N)|A)?[oen-]{{0,7}}[cC]",
    "(N)o{{0,2}}[cC],[aos]{{1,4}}f{{0,3}}k",
    "(?:A|(N))?[oe]{{0,3}}[cC](?:,?[ofR]{{0,4}}[nN],?)?[fo]{{0,4}}s[oe]{{0,3}}[kTh]",
    "(?:A|(N))[on-]{{0,4}}[cC][^N{V}.,;&x]{{0,14}}?f{{1,2}}s[oe]{{0,3}}[kTh]",
    "[kdT][^{V}.;]{{0,14}}?,(N)s[fo]{{0,3}}u[Nn]",
    "[kdT][^{V}.;]{{0,14}}?;(N)[fo]{{1,2}}(?:C(?=[.,;]|$)|u[Nn])",
    "(N)[sefoA]{{0,3}}[cC][^N{V}.,;&x]{{0,5}}?k",
    "(N)o{{0,2}}C(?:,o?n(?:&n)?,?)?&[NAon-]{{0,4}}[pP]{{1,2}}[^N{V}.,;&x]{{0,5}}?k",
    "#[oR]{{0,2}}C[fo]{{0,2}}[kT][fo]{{0,2}}[R@](N)",
    "(?<!s)k[feR]{{0,3}}(N)[efo-]{{0,2}}[cC]",
    "s[of]{{0,2}}[kTh][fRo:-]{{0,2}}(N)o{{0,2}}[cC]",
    "s[of]{{0,2}}[kTh][fRo:-]{{0,2}}(A)?o{{0,2}}c",
    "s[of]{{0,2}}[kTh]f?[^{V}.;,]{{1,8}}&[oA]{{0,2}}c(?![^.;,]{{0,3}}[{X}])",
    "(?:A|(N))[of]{{0,3}}[cC][fo]{{0,3}}s[^{V}.;]{{0,6}}k",
    "s[of]{{0,2}}(?:A|(N))[of]{{0,3}}[cC][^N{V}.;]{{0,5}}[kd]",
    "(N)sN[oPf]{{0,3}}k[f]{{0,2}}C",
    "(?:A|(N))[oR]{{0,2}}[cC](?:[oR]{{0,2}}n)?f{{1,2}}sA?[Nn][oe]?P?[^{V}.;,]{{0,6}}[kd]",
    "k[onR:]{{0,2}}" + _PEOPLE + "(?:," + _PEOPLE + ")*&[oR]{{0,2}}(N)[oRsA]{{0,3}}C",
    _PEOPLE + "(?:," + _PEOPLE + ")*&o?(N)o{{0,2}}C[^N{V}.,;&x]{{0,4}}?k",
    "(?<!s)k[feR]{{0,3}}A?[on-]{{0,3}}c",
    "A[on-]{{0,6}}c[^N{V}.,;&x]{{0,5}}?[kd]",
    "d[on-]{{0,4}}c",
    "c(?:R?n)?,f{{0,2}}[kd]",
    "c[on-]{{0,4}},[^N.;kd]{{1,10}},f{{1,2}}[kd]",
    "c(?:,[on&]{{1,5}},|[on&]{{1,5}})[^N{V}.,;&x]{{0,4}}?[kd]",
    "[kd][feR]{{0,3}}[on:-]{{0,3}}(?:A?[on-]{{0,3}}p,?)+&[oAn-]{{0,4}}c",
    "A[on-]{{0,3}}c(?:R?no?)?&[oA]{{0,3}}p[^N{V}.,;&x]{{0,5}}?[kd]",
    "Ac(?:,Ao{{0,3}}[pc])*&o?Ao{{0,3}}[pc][^N{V}.,;&x]{{0,6}}k",
)
SUBSET_AT_START = re.compile(
    r"[se]?s[efo:-]{0,2}(?:(N)|A)?[oe]{0,3}([cC])|"
    r"e?(N)(?:s[Ao]?[PhkT]?)?[fo-]{1,2}(?:C|u[Nn])(?=[.,;:]|$)|"
    r"(N)C?f{1,2}u[Nn]|"
    r"A?#[oR]{0,2}Cs[fRo@]{1,3}(N)"
)
"""A sentence of its own on the dead of the one before: "Among them two children."

Or "Two of them were children", "Both boys were under ten".
"""
SUBSET = re.compile(
    r"[^kjmdiqTJN.]{0,6}?s[efo]{0,3}(N)?[Aefon-]{0,7}([cC])|"
    r"[^kjmdiqTJN.]{0,6}?s(?:[Aoefn-]{0,7}[pP][^kjmdiqTJNC.;,&]{0,4}[,&]{1,2}){1,4}"
    r"[oAe]{0,2}(N)?[oen-]{0,7}([cC])|"
    r"[^kjmdiqTJN.;]{0,14}?,o?(N)sA?[oefn-]{0,7}([cC])|"
    r"[^kjmdiqTJN.]{0,3}?[,(&-]o{0,2}(N)[sefoA]{1,4}[cC]|"
    r",[Ao]{0,2}(c)s(?=[.,;]|$)|"
    r"[oeRA]{0,2}[pP]?,(N)o?(C)s(?=[.,;]|$)"
)


_SET_APART = re.compile(r"\[[^]]*\](?:\{[\d,]+\}|[?*+])?\??|\\.|[\^$.]")
_GROUP = re.compile(r"\([^()]*\)(?:\{[\d,]+\}|[?*+])?\??")
_OPTIONAL = re.compile(r"\S(?:\{0,\d+\}|[?*])")
_REPEATED = re.compile(r"\{[\d,]+\}|[?+]")


class Frame(NamedTuple):
    """An order of letters, and those that it cannot do without.

    Two frames of three ask for a letter that a sentence has not; it costs less to see
    that than to look for their order.
    """

    pattern: "re.Pattern[str]"
    needed: frozenset[str]

    @classmethod
    def of(cls, source: str, kind: Kind) -> "Frame":
        """Fill in the letters of one kind of harm."""
        pattern = source.format(
            S=kind.many, D=kind.one, U=kind.alone, T=kind.toll, X=kind.others, V=_WALLS
        )
        return cls(re.compile(pattern), needed_by(pattern))


def needed_by(pattern: str) -> frozenset[str]:
    """The letters that stand in whatever a frame matches, as far as is plain to see.

    >>> sorted(needed_by("(?<!s)T[-:,]?[of]{0,2}(N)(?:a|b)c?#{1,2}"))
    ['#', 'N', 'T']
    """
    plain = _SET_APART.sub("", pattern.replace("(N)", "N"))
    while _GROUP.search(plain):
        plain = _GROUP.sub("", plain)
    plain = _REPEATED.sub("", _OPTIONAL.sub("", plain))
    return frozenset() if "|" in plain else frozenset(plain)


@cache
def frames(kind: Kind) -> tuple[tuple[Rank, tuple[Frame, ...]], ...]:
    """The frames of one slot by how much they are worth, in the order to try."""
    is_death = kind.slot == "killed"
    bodies = (_BODY,) if is_death else ()
    ranked: tuple[tuple[Rank, tuple[str, ...]], ...] = (
        (Rank.TOTAL, _TOTALS),
        (Rank.SUM, (_THE_DEAD, *_MIXED, _HEADLINE)),
        (Rank.PLAIN, (*_PLAIN, *(_BODIES if is_death else ()))),
        (Rank.MORE, _OF_THEM),
        (Rank.SINGLE, (*_SINGLES, *_ANOTHER, *bodies, _UNNAMED)),
    )
    return tuple(
        (rank, tuple(Frame.of(source, kind) for source in sources))
        for rank, sources in ranked
    )


@cache
def child_frames() -> tuple[Frame, ...]:
    """The frames in which children among the dead are told, in the order to try."""
    return tuple(Frame.of(source, KINDS[0]) for source in _CHILDREN)
