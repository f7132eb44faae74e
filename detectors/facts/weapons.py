"""What an attack was made with, and how many weapons flew and were shot down."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.shapes import Alphabet, Shape, shape
from detectors.model import Bound, Certainty, Span

_ALPHABET = Alphabet(
    ("strikes.ignored", "", "o"),
    ("strikes.helpers", "without", "o"),
    ("strikes.helpers", "nobody", "x"),
    ("certainty.denied", "not", "x"),
    ("strikes.not_weapons", "", "o"),
    ("strikes.weapons", "", "w"),
    ("strikes.munitions", "", "w"),
    ("strikes.fired", "intercepted", "I"),
    ("strikes.fired", "launched", "L"),
    ("strikes.fired", "was destroyed", "E"),
    ("strikes.fired", "destroyed", "D"),
    ("strikes.helpers", "among", "s"),
    ("strikes.helpers", "and", "&"),
    ("strikes.helpers", "aux", "f"),
    ("strikes.victims", "", "p"),
    ("strikes.harmed", "", "h"),
    ("strikes.harmed_one", "", "h"),
    ("strikes.targets", "", "t"),
)
_OF = r"(N)[so]{1,3}(N)o{0,3}w"
_AND_OF = rf"(?:[&,]o?{_OF})?"
_OF_THE = re.compile(rf"{_OF}{_AND_OF}[^N.;]{{0,6}}?[IDE]")
_DOWNED_OF = re.compile(rf"[IDE][^NIL.,;&]{{0,3}}{_OF}{_AND_OF}")
_OUT_OF = re.compile(r"o(N)o{0,3}w[^N.;IDE]{0,5},?(N)o?f{0,2}[IDE]")
_RENOUNCED = 4  # atoms from "refrain from" to "further attacks"
_PAIR = 2  # groups of "six of 18"
_BOTH = re.compile(
    r"(N)[so]{0,3}w&o?(N)[so]{0,3}w[^NIDEL.;p&]{0,4}(?:I|f{1,2}D|E)(?![oIDE&s]{0,3}N)"
)
_AND_DOWNED = r"(?:o{0,2}[&,]?o{0,2}[IDE])*[^NIL.,;&]{0,3}"
_INTERCEPTED = (
    re.compile(rf"I{_AND_DOWNED}(N)(?=[^.;,p]{{0,4}}w|[.,;]|$|[ofs])"),
    re.compile(rf"[DE]{_AND_DOWNED}(N)(?=[^N.;,pt]{{0,4}}w)"),
    re.compile(
        r"(N)(?:[so]{0,3}w[^NIL.;px]{0,4}|[^NIL.;pxt]{0,4})I(?![oI&]{0,3}N)",
    ),
    re.compile(r"(N)[so]{0,3}w[^NIDEL.;px]{0,4}?(?:f{1,2}D|E)(?![oIDE&]{0,3}N)"),
    re.compile(r"(?:(?<=s)|(?<=w[,;])|(?<=w[ofL][,;]))(N)f{0,3}(?:fD|E)"),
)
"""What was shot down may go unnamed; what was destroyed has to be a weapon."""
_ONE_DOWNED = re.compile(r"oo?wf{1,2}[IDE](?!o{0,2}N)|oof{1,2}I(?!o{0,2}N)")
"""One weapon more: "a second drone was brought down", "a fourth was shot down"."""
_LAUNCHED = (
    re.compile(r"L[^NIL.;p]{0,5}(N)(?=[^N.;,p]{0,4}w)"),
    re.compile(r"(N)[^N.;,pIh]{0,3}w[^NI.;p]{0,5}L"),
)
_UNSEEN = (
    re.compile(r"xo?(w)"),
    re.compile(r"(?:^|[.,;:&-])o?(w)[^w.,;IL]{0,3}x"),
)
"""Weapons that were not used: "no missiles were seen"."""
_USE = Alphabet(
    ("strikes.ignored", "", "o"),
    ("strikes.unused", "likened", "l"),
    ("strikes.unused", "", "y"),
    ("strikes.not_weapons", "", "o"),
    ("strikes.weapons", "", "w"),
    ("strikes.weapons_alone", "", "w"),
    ("strikes.damage", "", "h"),
    ("strikes.harmed", "", "h"),
    ("strikes.harmed_one", "", "h"),
    ("strikes.fired", "launched", "h"),
    ("strikes.fired", "", "i"),
    ("strikes.helpers", "aux", "f"),
)
_KEPT = (
    re.compile(r"y[^h.;]*"),
    re.compile(r"[^h.;]*wo{0,3}f{1,2}y"),
    re.compile(r"^[^hi.;]*y[^hi.;]*(?=[.;]|$)"),
    re.compile(r"lo?w"),
)
"""What was seized, built or paid for, before or after the word for it, and whatever
stands beside it where nothing was fired, hit or shot down, and what a noise was like:
used by nobody."""
_FURTHER = re.compile(r"[^N.;IL]{0,4}w[^N.;ILp]{0,3}[,&]o?(N)(?=[^N.;,p]{0,4}w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """A weapon named, or a number of weapons, as a sentence gives it."""

    slot: str
    value: int | str
    span: Span
    certainty: Certainty
    bound: Bound = Bound.EXACT


def find_weapons(context: Context) -> tuple[Armed, ...]:
    """Every weapon named on the topic, in the order of the text."""
    return context.once("weapons", lambda: _find_weapons(context))


def _find_weapons(context: Context) -> tuple[Armed, ...]:
    named = tuple(_named(context, "strikes.weapons"))
    if any(armed.certainty.counts for armed in named):
        return named
    general = _named(context, "strikes.weapons_alone")
    return tuple(sorted((*named, *general), key=lambda armed: armed.span))


def _named(context: Context, category: str) -> Iterator[Armed]:
    """The weapons of a category; those that were not used are denied."""
    for sentence in context.sentences:
        if not context.has(sentence.span, category):
            continue
        told = shape(context.atoms(sentence.span), _ALPHABET, of_things=True)
        unseen = {
            told.atoms[match.start(1)].start
            for pattern in _UNSEEN
            for match in told.search(pattern)
        } | unused(context, sentence.span)
        for atom in told.atoms:
            if not atom.means(category):
                continue
            span = (atom.start, atom.end)
            for key in _weapons(atom, category):
                yield Armed(
                    slot="weapon",
                    value=key,
                    span=span,
                    certainty=Certainty.DENIED
                    if atom.start in unseen
                    else certainty_at(context, span),
                )


def renounced(atoms: Sequence[Atom]) -> set[int]:
    """Where blows begin that somebody promises not to strike: "a halt to attacks"."""
    return {
        blow.start
        for place, atom in enumerate(atoms)
        if atom.means("strikes.renounced")
        for blow in atoms[place + 1 : place + 1 + _RENOUNCED]
    }


def unused(context: Context, sentence: Span) -> set[int]:
    """Where weapons begin that somebody seized, hid, sold or supplied."""
    if not context.has(sentence, "strikes.unused"):
        return set()
    told = shape(context.atoms(sentence), _USE, of_things=True)
    return {
        told.atoms[place].start
        for pattern in _KEPT
        for match in told.search(pattern)
        for place in range(*match.span())
        if told.letters[place] == "w"
    }


def find_counts(context: Context) -> tuple[Armed, ...]:
    """How many weapons were launched and intercepted, in the order of the text."""
    return context.once("counts", lambda: _find_counts(context))


def _find_counts(context: Context) -> tuple[Armed, ...]:
    found: list[Armed] = []
    for sentence in context.sentences:
        if not context.has(sentence.span, "strikes.fired"):
            continue
        told = shape(context.atoms(sentence.span), _ALPHABET, of_things=True)
        if "N" in told.letters or "w" in told.letters:
            found.extend(_counts(context, told))
    return tuple(sorted(found, key=lambda armed: armed.span))


def _weapons(atom: Atom, wanted: str) -> Iterator[str]:
    if atom.means("strikes.not_weapons") or atom.means("strikes.ignored"):
        return
    for category, key in sorted(atom.tags):
        if category == wanted:
            yield key


def _counts(context: Context, told: Shape) -> Iterator[Armed]:
    taken: set[int] = set()
    for match, armed in _pairs(context, told):
        yield armed
        taken.add(match.start(2))
        if match.re is not _OUT_OF:
            taken.add(match.start(1))
    for slot, patterns in (("intercepted", _INTERCEPTED), ("launched", _LAUNCHED)):
        for pattern in patterns:
            for match in told.search(pattern):
                if match.start(1) not in taken:
                    taken.add(match.start(1))
                    yield _armed(context, told, match, slot, 1)
    yield from _one_downed(context, told)


def _one_downed(context: Context, told: Shape) -> Iterator[Armed]:
    """Another weapon that was shot down, told by its article alone."""
    for match in told.search(_ONE_DOWNED):
        first, second = told.atoms[match.start() : match.start() + 2]
        is_weapon = "w" in match.group() or second.means("strikes.nth")
        if is_weapon and first.means("strikes.helpers", "article"):
            span = told.span(match)
            certainty = certainty_at(context, span)
            yield Armed(slot="intercepted", value=1, span=span, certainty=certainty)


def _pairs(context: Context, told: Shape) -> Iterator[tuple["re.Match[str]", Armed]]:
    """Numbers told together: "six of the 18", "19 of these and 81 of those"."""
    for match in told.search(_BOTH):
        first = _armed(context, told, match, "intercepted", 1)
        second = _armed(context, told, match, "intercepted", 2)
        yield match, replace(first, value=int(first.value) + int(second.value))
    for pattern, few, many in ((_OF_THE, 1, 2), (_DOWNED_OF, 1, 2), (_OUT_OF, 2, 0)):
        for match in told.search(pattern):
            yield match, _with_second(context, told, match, "intercepted", few)
            if many:
                yield match, _with_second(context, told, match, "launched", many)


def _with_second(
    context: Context, told: Shape, match: "re.Match[str]", slot: str, group: int
) -> Armed:
    """A number with the one of a second weapon: "61 of 70 drones and 3 of 5 bombs"."""
    first = _armed(context, told, match, slot, group)
    second = group + _PAIR
    if match.re.groups < second or match.group(second) is None:
        return first
    added = _armed(context, told, match, slot, second)
    return replace(first, value=int(first.value) + int(added.value))


def _armed(
    context: Context, told: Shape, match: "re.Match[str]", slot: str, group: int
) -> Armed:
    quantity = told.atoms[match.start(group)].quantity
    value, bound = (quantity.value, quantity.bound) if quantity else (1, Bound.EXACT)
    span = told.span(match)
    further = _FURTHER.match(told.letters, match.end(group))
    added = told.atoms[further.start(1)].quantity if further else None
    if further and added and match.re in (*_LAUNCHED, *_INTERCEPTED):
        value += added.value
        span = told.between(match.start(), further.end())
    return Armed(
        slot=slot,
        value=value,
        bound=bound,
        span=span,
        certainty=certainty_at(context, span),
    )
