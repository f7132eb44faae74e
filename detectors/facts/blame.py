"""Who is accused of an attack, and who says to have carried it out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.accounts import find_accounts
from detectors.facts.actors import COUNTRY, actors_in, army_meant
from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.shapes import WORD, Alphabet, Shape, shape
from detectors.model import Certainty, Span

_REACH = 9  # atoms between an accusation and the accused
_CLAIMS = frozenset({("strikes.blame", "claims"), ("strikes.blame", "claimed by")})
_ARMY_REACH = 4  # atoms from "blamed" to "the ruling army", and on to whose it is
_BEFORE = 12  # atoms between those who claim an attack and their claim
_CAPITAL = r"[A-ZÀ-ÞА-ЯІЇЄҐ][\w'-]+"
_LINK = r"(?:of the |of |de las |de los |de la |del |de |for )?"
_NAME = re.compile(rf"({_CAPITAL}(?: {_LINK}{_CAPITAL})*)\s*$")
_ALPHABET = Alphabet(
    ("strikes.helpers", "nobody", "x"),
    ("strikes.correction", "not", "x"),
    ("strikes.blame", "claims", "C"),
    ("strikes.blame", "blames", "B"),
    ("strikes.actors", "", "A"),
    ("strikes.admission", "admits", "a"),
    ("certainty.says", "verb", "y"),
    ("certainty.claimed", "claims", "y"),
    ("strikes.admission", "that", "t"),
    ("strikes.admission", "own", "u"),
    ("strikes.admission", "group", "u"),
    ("strikes.admission", "authorship", "z"),
    ("strikes.admission", "lays", "v"),
    ("strikes.admission", "by itself", "s"),
    ("strikes.admission", "striking", "G"),
    ("strikes.admission", "stood behind", "H"),
    ("strikes.admission", "attacked", "h"),
    ("strikes.fired", "launched", "h"),
    ("strikes.admission", "undertook", "g"),
    ("strikes.blame", "to blame", "r"),
    ("certainty.sources", "", "Y"),
    ("strikes.helpers", "passive", "p"),
    ("strikes.helpers", "aux", "f"),
)
_OWN_ATTACK = (
    re.compile(r"[ya](?:[ofn,]{0,5}t|[of]{0,2})(u)[of]{0,3}(?:[hg]|p?H)"),
    re.compile(r"[ya],?t[hg](?!f?A)"),
    re.compile(r"[ya]o{0,2},?t[on]{0,8}s"),
    re.compile(r"a[of]{0,4}z"),
    re.compile(r"[ya][of]?G"),
)
"""To have struck as one says of oneself: "the army said its jets had bombed"."""
_UNITS_ATTACK = re.compile(r"[ya][onN,]{0,3}t(o)[of]{0,6}?h")
"""As an army says of its own: "the General Staff said that units had struck"."""
_OWN_WORD = re.compile(r"(A)[of]{0,2}h[^.;]*,o{0,2}(?:(A)o{0,4}y|[yY][of]{0,5}(A))")
"""As those who struck are cited: "Chadian drones hit a mill, Chad's army said"."""
_LAID = re.compile(r"z[oyfA,]{0,5}(v)")
"""Responsibility laid on somebody, in an order that only cases allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Someone accused of an attack (blamed_on), or claiming it (claimed_by)."""

    slot: str
    value: str
    span: Span
    certainty: Certainty


def find_actors(context: Context) -> tuple[Actor, ...]:
    """Everyone accused of the attack or claiming it, in the order of the text.

    The narrator's own words accuse nobody: someone must be said to.
    """
    return context.once("actors", lambda: _find_actors(context))


def _find_actors(context: Context) -> tuple[Actor, ...]:
    found: list[Actor] = []
    for sentence in context.sentences:
        atoms = context.atoms(sentence.span)
        if context.has(sentence.span, "strikes.blame"):
            found.extend(_in_sentence(context, atoms))
        if context.has(sentence.span, "strikes.admission"):
            found.extend(_as_said(context, _told(context, atoms)))
            for account in find_accounts(context, atoms):
                slot = "claimed_by" if account.own else "blamed_on"
                found.append(_actor(context, slot, account.actor, account.span))
    return tuple(found)


def _in_sentence(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    for position, atom in enumerate(atoms):
        if not atom.means("strikes.blame"):
            continue
        after = atoms[position : position + _REACH]
        before = atoms[max(position - _BEFORE, 0) : position + 1]
        if atom.means("strikes.blame", "blames"):
            yield from _accused(context, atoms, position)
        elif atom.means("strikes.blame", "responsible"):
            if _is_responsible(after):
                yield from _army(context, after) or _named(context, after, "blamed_on")
        elif atom.means("strikes.blame", "held responsible"):
            yield from _held(context, before)
        elif atom.is_any(_CLAIMS) and not _is_nobody(before):
            yield from _claims(context, before, after)


def _claims(
    context: Context, before: Sequence[Atom], after: Sequence[Atom]
) -> Sequence[Actor]:
    """Who claims an attack, before or behind the words for it."""
    if not after[0].means("strikes.blame", "claimed by"):
        return [*_claiming(context, before)] or [*_named(context, after, "claimed_by")]
    named = [*_named(context, after, "claimed_by")]
    is_blow = any(atom.means("strikes.admission", "blow") for atom in after)
    return named or ([*_claiming(context, before)] if is_blow else [])


def _accused(context: Context, atoms: Sequence[Atom], place: int) -> Sequence[Actor]:
    """Whom a verb of blame accuses: behind it, or before it where it is passive."""
    after = atoms[place : place + _REACH]
    if any(atom.means("strikes.admission", "by") for atom in after[1:2]):
        span = atoms[max(place - _BEFORE, 0)].start, atoms[place].start
        return [
            _actor(context, "blamed_on", name, (where[0], atoms[place].end))
            for name, where in actors_in(context, span)[-1:]
        ]
    return (
        _army(context, after)
        or [*_named(context, after, "blamed_on")]
        or [*_meant(context, atoms, place)]
    )


def _army(context: Context, atoms: Sequence[Atom]) -> Sequence[Actor]:
    """Whose "the army" right behind an accusation is, where nothing beside it says."""
    for place, atom in enumerate(atoms[1:_ARMY_REACH], start=1):
        if atom.means("strikes.admission", "army"):
            beside = atoms[place + 1 : place + _ARMY_REACH]
            span = atoms[0].end, (beside or atoms)[-1].end
            name = army_meant(context, atom.start)
            if name is None or actors_in(context, span):
                return ()
            return [_actor(context, "blamed_on", name, (atoms[0].start, atom.end))]
    return ()


def _told(context: Context, atoms: Sequence[Atom]) -> Shape:
    """The shape of a sentence in which a country by name is somebody, too."""
    plain = shape(atoms, _ALPHABET, of_things=True)
    if not atoms:
        return plain
    countries = {
        mention.start
        for mention in context.places_in((atoms[0].start, atoms[-1].end))
        if mention.kind in COUNTRY and not context.text.startswith("-", mention.end)
    }
    letters = (
        "A" if letter == WORD and atom.start in countries else letter
        for letter, atom in zip(plain.letters, plain.atoms, strict=True)
    )
    return Shape("".join(letters), plain.atoms)


def _as_said(context: Context, told: Shape) -> Iterator[Actor]:
    """Claims and accusations in reported speech, without a word for either."""
    for pattern in _OWN_ATTACK:
        for match in told.search(pattern):
            said = _up_to(told.atoms, match.start())
            denied = _is_nobody(told.atoms[match.start() : match.end()])
            if not denied and not _is_defence(told, match):
                claiming = _claiming(context, said, told.span(match)[1])
                yield from _unless_other(context, told, match, claiming)
    yield from _of_units(context, told)
    yield from _owned_up(context, told)
    yield from _cited(context, told)
    for match in told.search(_LAID):
        first = match.start(1)
        yield from _named(context, told.atoms[first : first + _REACH], "blamed_on")


def _is_defence(told: Shape, match: "re.Match[str]") -> bool:
    """Whether weapons are what was destroyed: "the army said it destroyed drones"."""
    verb, *after = told.atoms[match.end() - 1 : match.end() + _ARMY_REACH]
    return verb.means("strikes.fired", "destroyed") and any(
        atom.means("strikes.weapons") or atom.means("strikes.munitions")
        for atom in after
    )


def _owned_up(context: Context, told: Shape) -> Iterator[Actor]:
    """Who admits a blow, or whose army confirms one: "Chad's army confirmed a raid"."""
    for place, atom in enumerate(told.atoms):
        after = told.atoms[place + 1 : place + _ARMY_REACH]
        if not _owns_up(atom, after):
            continue
        said = _up_to(told.atoms, place)
        may_strike = any(
            each.means("strikes.admission", "army") or each.means("strikes.actors")
            for each in said
        )
        if may_strike and not _is_nobody(said):
            yield from _claiming(context, said, after[-1].end)


def _owns_up(verb: Atom, after: Sequence[Atom]) -> bool:
    """Whether a verb is of who struck: "confirmed a raid", "said the target was"."""
    owns = any(verb.means("strikes.admission", key) for key in ("admits", "confirms"))
    return (
        owns
        and any(
            each.means("strikes.admission", "blow") or each.means("strikes.damage")
            for each in after
        )
    ) or (
        verb.means("certainty.says", "verb")
        and any(each.means("strikes.admission", "aimed") for each in after)
    )


def _of_units(context: Context, told: Shape) -> Iterator[Actor]:
    """An army that speaks of units without saying whose they are."""
    for match in told.search(_UNITS_ATTACK):
        said = _up_to(told.atoms, match.start())
        units = told.atoms[match.start(1)].means("strikes.admission", "units")
        if units and any(atom.means("strikes.admission", "army") for atom in said):
            yield from _claiming(context, said, told.span(match)[1])


def _unless_other(
    context: Context, told: Shape, match: "re.Match[str]", claiming: Iterator[Actor]
) -> Iterator[Actor]:
    """Those claiming; "the group" of whom a country speaks is somebody else."""
    own = told.atoms[match.start(1)] if match.re.groups else None
    is_group = own is not None and own.means("strikes.admission", "group")
    for actor in claiming:
        if not is_group or not context.gazetteer.find(actor.value):
            yield actor


def _cited(context: Context, told: Shape) -> Iterator[Actor]:
    """Who struck, where the same are cited for it."""
    for match in told.search(_OWN_WORD):
        places = match.start(1), max(match.start(2), match.start(3))
        struck, cited = (
            {name for name, _ in actors_in(context, (atom.start, atom.end))}
            for atom in (told.atoms[place] for place in places)
        )
        for actor in struck & cited:
            yield _actor(context, "claimed_by", actor, told.span(match))


def _up_to(atoms: Sequence[Atom], place: int) -> Sequence[Atom]:
    """The atoms that may name who says what the one at ``place`` says, and it."""
    return atoms[max(place - _BEFORE, 0) : place + 1]


def _is_nobody(atoms: Sequence[Atom]) -> bool:
    return any(
        atom.means("strikes.helpers", "nobody") or atom.means("certainty.denied", "not")
        for atom in atoms
    )


def _is_responsible(atoms: Sequence[Atom]) -> bool:
    return any(atom.means("strikes.blame", "to blame") for atom in atoms)


def _named(context: Context, atoms: Sequence[Atom], slot: str) -> Iterator[Actor]:
    """The first actor or country after an accusation."""
    trigger, span = atoms[0], (atoms[0].end, atoms[-1].end)
    name = next(iter(actors_in(context, span)), None)
    if name is not None:
        value, where = name
        yield _actor(context, slot, value, (trigger.start, where[1]))


def _meant(context: Context, atoms: Sequence[Atom], place: int) -> Iterator[Actor]:
    """Whom "them" means beside an accusation: who was named last, a sentence before."""
    beside = (*atoms[max(place - 1, 0) : place], *atoms[place + 1 : place + 2])
    before = context.sentence_before(context.sentence_at(atoms[place].start))
    if before and any(atom.means("strikes.admission", "them") for atom in beside):
        for name, _ in actors_in(context, before)[-1:]:
            span = min(atoms[place].start, beside[0].start), atoms[place].end
            yield _actor(context, "blamed_on", name, span)


def _held(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    """Who stands before "which the army holds responsible"."""
    relative = next((atom for atom in atoms if atom.word == ","), None)
    if relative is None:
        return
    names = actors_in(context, (atoms[0].start, relative.start))
    if names:
        value, where = names[-1]
        yield _actor(context, "blamed_on", value, (where[0], atoms[-1].end))


def _claiming(
    context: Context, atoms: Sequence[Atom], end: int | None = None
) -> Iterator[Actor]:
    """The last actor before a claim, or the capitals that stand right before it.

    The evidence stops at ``end``, or behind the claim where that is left out.
    """
    trigger, span = atoms[-1], (atoms[0].start, _before_aside(atoms).start)
    stop = trigger.end if end is None else end
    names = actors_in(context, span)
    match = _NAME.search(context.text[span[0] : span[1]])
    start = span[0] + match.start(1) if match else span[1]
    is_known = any(where[1] >= start - 1 for _, where in names)
    if match and not is_known and not (names and _is_told(atoms, start)):
        if not _is_small_word(context, start):
            yield _actor(context, "claimed_by", match.group(1), (start, stop))
    elif names:
        value, where = names[-1]
        yield _actor(context, "claimed_by", value, (where[0], stop))
    elif army := [*_unowned(atoms)]:
        name = army_meant(context, army[-1].start)
        if name is not None:
            yield _actor(context, "claimed_by", name, (army[-1].start, stop))


def _before_aside(atoms: Sequence[Atom]) -> Atom:
    """Where an aside opens that a comma ends right before a claim, or the claim.

    As in "The rebels, who hold Chad's north, claimed".
    """
    last = len(atoms) - 1
    if last > 1 and atoms[last - 1].word == ",":
        opening = [
            n
            for n in range(1, last - 1)
            if atoms[n].word == "," and atoms[n + 1].means("certainty.pronouns")
        ]
        last = opening[-1] if opening else last
    return atoms[last]


def _unowned(atoms: Sequence[Atom]) -> Iterator[Atom]:
    """The words for an army or a state, unless "its" stands before them."""
    for place, atom in enumerate(atoms):
        owned = place and atoms[place - 1].means("certainty.pronouns")
        if _is_of_state(atom) and not owned:
            yield atom


def _is_of_state(atom: Atom) -> bool:
    return any(atom.means("strikes.admission", key) for key in ("army", "state"))


def _is_told(atoms: Sequence[Atom], start: int) -> bool:
    """Whether a verb of saying stands before a name: "told the Harbour Post that"."""
    before = [atom for atom in atoms if atom.end <= start][-2:]
    return any(atom.means("certainty.says") for atom in before)


def _is_small_word(context: Context, start: int) -> bool:
    """Whether only the beginning of a sentence makes a word a name."""
    return start == context.sentence_at(start)[0]


def _actor(context: Context, slot: str, value: str, span: Span) -> Actor:
    return Actor(
        slot=slot, value=value, span=span, certainty=certainty_at(context, span)
    )
