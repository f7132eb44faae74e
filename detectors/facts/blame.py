"""Who is accused of an attack, and who says to have carried it out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind
from detectors.facts.shapes import WORD, Alphabet, Shape, shape
from detectors.model import Certainty, Span

_REACH = 9  # atoms between an accusation and the accused
_BEFORE = 12  # atoms between those who claim an attack and their claim
_CAPITAL = r"[A-ZÀ-ÞА-ЯІЇЄҐ][\w'-]+"
_LINK = r"(?:of the |of |de las |de los |de la |del |de |for )?"
_NAME = re.compile(rf"({_CAPITAL}(?: {_LINK}{_CAPITAL})*)\s*$")
_LINKS = frozenset(
    {
        " ",
        "'s ",
        " in ",
        " of ",
        " de ",
        " del ",
        " en ",
        " en el ",
        " в ",
        " у ",
        " из ",
        " із ",
    }
)
_COUNTRY = frozenset({PlaceKind.COUNTRY, PlaceKind.NATIONALITY})
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
    ("strikes.admission", "attacked", "h"),
    ("strikes.admission", "undertook", "g"),
    ("strikes.blame", "to blame", "r"),
    ("certainty.sources", "", "Y"),
    ("strikes.helpers", "passive", "p"),
    ("strikes.helpers", "aux", "f"),
)
_OWN_ATTACK = (
    re.compile(r"[ya](?:[ofn,]{0,5}t|[of]{0,2})(u)[of]{0,3}[hg]"),
    re.compile(r"[ya],?t[hg](?!f?A)"),
    re.compile(r"[ya]o{0,2},?t[on]{0,8}s"),
    re.compile(r"a[of]{0,4}z"),
    re.compile(r"[ya][of]?G"),
)
"""To have struck as one says of oneself: "the army said its jets had bombed"."""
_UNITS_ATTACK = re.compile(r"[ya][onN,]{0,3}t(o)[of]{0,6}?h")
"""As an army says of its own: "the General Staff said that units had struck"."""
_NAMED_ATTACK = (
    re.compile(r"[ya],?[otnN]{0,3}(A)[of]{0,4}[hsr]"),
    re.compile(r"Y[ofA]{1,5},(A)[of]{0,3}h"),
)
"""As one says of those named: "the army said the rebels had fired"."""
_INVERTED = re.compile(r"(?:[ya],?[oN]{0,3}t|Y[ofA]{1,5},)[onN]{0,5}([hgo])(A)")
"""So in languages whose cases allow who struck to stand last."""
_OWN_WORD = re.compile(r"(A)[of]{0,2}h[^.;]*,o{0,2}(?:(A)o{0,4}y|[yY][of]{0,5}(A))")
"""As those who struck are cited: "Chadian drones hit a mill, Chad's army said"."""
_LAID = re.compile(r"z[oyfA,]{0,5}(v)")
"""Responsibility laid on somebody, in an order that only cases allow."""
_CAPITALS = {
    "Kyiv": "Ukraine", "Moscow": "Russia", "Washington": "United States",
    "Tehran": "Iran", "Damascus": "Syria", "Baghdad": "Iraq", "Khartoum": "Sudan",
    "Jerusalem": "Israel", "Tel Aviv": "Israel", "Beirut": "Lebanon",
    "Ankara": "Türkiye", "Baku": "Azerbaijan", "Yerevan": "Armenia",
    "Islamabad": "Pakistan", "New Delhi": "India", "Minsk": "Belarus",
}  # fmt: skip


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
    return tuple(found)


def _in_sentence(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    for position, atom in enumerate(atoms):
        after = atoms[position : position + _REACH]
        before = atoms[max(position - _BEFORE, 0) : position + 1]
        if atom.means("strikes.blame", "blames"):
            named = tuple(_named(context, after, "blamed_on"))
            yield from named or _meant(context, atoms, position)
        elif atom.means("strikes.blame", "responsible"):
            if _is_responsible(after):
                yield from _named(context, after, "blamed_on")
        elif atom.means("strikes.blame", "held responsible"):
            yield from _held(context, before)
        elif atom.means("strikes.blame", "claimed by"):
            yield from _named(context, after, "claimed_by")
        elif atom.means("strikes.blame", "claims") and not _is_nobody(before):
            claiming = list(_claiming(context, before))
            yield from claiming or _named(context, after, "claimed_by")


def _told(context: Context, atoms: Sequence[Atom]) -> Shape:
    """The shape of a sentence in which a country by name is somebody, too."""
    plain = shape(atoms, _ALPHABET, of_things=True)
    if not atoms:
        return plain
    countries = {
        mention.start
        for mention in context.places_in((atoms[0].start, atoms[-1].end))
        if mention.kind in _COUNTRY and not context.text.startswith("-", mention.end)
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
            if not _is_nobody(told.atoms[match.start() : match.end()]):
                claiming = _claiming(context, said, told.span(match)[1])
                yield from _unless_other(context, told, match, claiming)
    yield from _of_units(context, told)
    for match in chain.from_iterable(map(told.search, _NAMED_ATTACK)):
        named = told.atoms[match.start(1)]
        speakers = _actors(context, _speaking(told, match))
        for actor, _ in _actors(context, (named.start, named.end)):
            own = bool(speakers) and speakers[-1][0] == actor
            slot = "claimed_by" if own else "blamed_on"
            yield _actor(context, slot, actor, told.span(match))
    yield from _inverted(context, told)
    yield from _cited(context, told)
    for match in told.search(_LAID):
        first = match.start(1)
        yield from _named(context, told.atoms[first : first + _REACH], "blamed_on")


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


def _speaking(told: Shape, match: "re.Match[str]") -> Span:
    """Where those are named who say it: before a verb, or behind "according to"."""
    if told.letters[match.start()] == "Y":
        return told.atoms[match.start()].end, told.atoms[match.start(1)].start
    return _stretch(_up_to(told.atoms, match.start()))


def _inverted(context: Context, told: Shape) -> Iterator[Actor]:
    """Who struck, where that stands behind the verb, alone or as "X's military"."""
    for match in told.search(_INVERTED):
        verb, struck, *after = told.atoms[match.start(1) : match.end(2) + 1]
        if not verb.means("strikes.admission", "by whom"):
            continue
        is_army = any(atom.means("strikes.admission", "army") for atom in after)
        if not is_army and not struck.means("strikes.actors"):
            continue
        speakers = _actors(context, _speaking(told, match))
        for actor, _ in _actors(context, (struck.start, struck.end)):
            own = bool(speakers) and speakers[-1][0] == actor
            slot = "claimed_by" if own else "blamed_on"
            yield _actor(context, slot, actor, told.span(match))


def _cited(context: Context, told: Shape) -> Iterator[Actor]:
    """Who struck, where the same are cited for it."""
    for match in told.search(_OWN_WORD):
        places = match.start(1), max(match.start(2), match.start(3))
        struck, cited = (
            {name for name, _ in _actors(context, (atom.start, atom.end))}
            for atom in (told.atoms[place] for place in places)
        )
        for actor in struck & cited:
            yield _actor(context, "claimed_by", actor, told.span(match))


def _up_to(atoms: Sequence[Atom], place: int) -> Sequence[Atom]:
    """The atoms that may name who says what the one at ``place`` says, and it."""
    return atoms[max(place - _BEFORE, 0) : place + 1]


def _stretch(atoms: Sequence[Atom]) -> Span:
    return atoms[0].start, atoms[-1].start


def _is_nobody(atoms: Sequence[Atom]) -> bool:
    return any(atom.means("strikes.helpers", "nobody") for atom in atoms)


def _is_responsible(atoms: Sequence[Atom]) -> bool:
    return any(atom.means("strikes.blame", "to blame") for atom in atoms)


def _named(context: Context, atoms: Sequence[Atom], slot: str) -> Iterator[Actor]:
    """The first actor or country after an accusation."""
    trigger, span = atoms[0], (atoms[0].end, atoms[-1].end)
    name = next(iter(_actors(context, span)), None)
    if name is not None:
        value, where = name
        yield _actor(context, slot, value, (trigger.start, where[1]))


def _meant(context: Context, atoms: Sequence[Atom], place: int) -> Iterator[Actor]:
    """Whom "them" means beside an accusation: who was named last, a sentence before."""
    beside = (*atoms[max(place - 1, 0) : place], *atoms[place + 1 : place + 2])
    before = context.sentence_before(context.sentence_at(atoms[place].start))
    if before and any(atom.means("strikes.admission", "them") for atom in beside):
        for name, _ in _actors(context, before)[-1:]:
            span = min(atoms[place].start, beside[0].start), atoms[place].end
            yield _actor(context, "blamed_on", name, span)


def _held(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    """Who stands before "which the army holds responsible"."""
    relative = next((atom for atom in atoms if atom.word == ","), None)
    if relative is None:
        return
    names = _actors(context, (atoms[0].start, relative.start))
    if names:
        value, where = names[-1]
        yield _actor(context, "blamed_on", value, (where[0], atoms[-1].end))


def _claiming(
    context: Context, atoms: Sequence[Atom], end: int | None = None
) -> Iterator[Actor]:
    """The last actor before a claim, or the capitals that stand right before it.

    The evidence stops at ``end``, or behind the claim where that is left out.
    """
    trigger, span = atoms[-1], (atoms[0].start, atoms[-1].start)
    stop = trigger.end if end is None else end
    names = _actors(context, span)
    match = _NAME.search(context.text[span[0] : span[1]])
    start = span[0] + match.start(1) if match else span[1]
    is_known = any(where[1] >= start - 1 for _, where in names)
    if match and not is_known and not (names and _is_told(atoms, start)):
        if not _is_small_word(context, start):
            yield _actor(context, "claimed_by", match.group(1), (start, stop))
    elif names:
        value, where = names[-1]
        yield _actor(context, "claimed_by", value, (where[0], stop))


def _is_told(atoms: Sequence[Atom], start: int) -> bool:
    """Whether a verb of saying stands before a name: "told the Harbour Post that"."""
    before = [atom for atom in atoms if atom.end <= start][-2:]
    return any(atom.means("certainty.says") for atom in before)


def _is_small_word(context: Context, start: int) -> bool:
    """Whether only the beginning of a sentence makes a word a name."""
    return start == context.sentence_at(start)[0]


def _actors(context: Context, span: Span) -> list[tuple[str, Span]]:
    """Known actors, countries and capitals named in a span, in order."""
    named = [
        (key, (atom.start, atom.end))
        for atom in context.atoms(context.sentence_at(span[0]))
        for category, key in sorted(atom.tags)
        if category == "strikes.actors" and span[0] <= atom.start < span[1]
    ]
    taken = [where for _, where in named]
    for mention in context.places_in(span):
        if any(start < mention.end and mention.start < end for start, end in taken):
            continue
        if context.text.startswith("-", mention.end):
            continue  # "Iran-backed militias" are not Iran
        if mention.kind in _COUNTRY:
            named.append((mention.name, mention.span))
        elif mention.name in _CAPITALS:
            named.append((_CAPITALS[mention.name], mention.span))
    homes = [where for _, where in named if where not in taken]
    named = [
        (name, _with_home(context, where, homes)) if where in taken else (name, where)
        for name, where in named
    ]
    groups = [where for _, where in named if where not in homes]
    return sorted(
        (actor for actor in named if not _lies_in(actor[1], groups)),
        key=lambda actor: actor[1],
    )


def _with_home(context: Context, group: Span, homes: Sequence[Span]) -> Span:
    """A group with the country that tells where it is: "Yemen's Houthis"."""
    for home in homes:
        whole = min(home[0], group[0]), max(home[1], group[1])
        between = min(home[1], group[1]), max(home[0], group[0])
        if context.text[slice(*between)] in _LINKS:
            return whole
    return group


def _lies_in(span: Span, others: Sequence[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b and span != (a, b) for a, b in others)


def _actor(context: Context, slot: str, value: str, span: Span) -> Actor:
    return Actor(
        slot=slot, value=value, span=span, certainty=certainty_at(context, span)
    )
