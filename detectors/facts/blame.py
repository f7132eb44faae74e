"""Who is accused of an attack, and who says to have carried it out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.places import PlaceKind
from detectors.model import Certainty, Span

_REACH = 7  # atoms between an accusation and the accused
_BEFORE = 12  # atoms between those who claim an attack and their claim
_CAPITAL = r"[A-ZÀ-ÞА-ЯІЇЄҐ][\w'-]+"
_NAME = re.compile(rf"({_CAPITAL}(?: (?:of |de |del |for )?{_CAPITAL})*)\s*$")
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
    return tuple(
        actor
        for sentence in context.sentences
        for actor in _in_sentence(context, context.atoms(sentence.span))
    )


def _in_sentence(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    for position, atom in enumerate(atoms):
        after = atoms[position : position + _REACH]
        before = atoms[max(position - _BEFORE, 0) : position + 1]
        if atom.means("strikes.blame", "blames"):
            yield from _named(context, after, "blamed_on")
        elif atom.means("strikes.blame", "responsible"):
            if _is_responsible(after):
                yield from _named(context, after, "blamed_on")
        elif atom.means("strikes.blame", "claimed by"):
            yield from _named(context, after, "claimed_by")
        elif atom.means("strikes.blame", "claims") and not _is_nobody(before):
            yield from _claiming(context, before)


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


def _claiming(context: Context, atoms: Sequence[Atom]) -> Iterator[Actor]:
    """The last actor before a claim, or the capitals that stand right before it."""
    trigger, span = atoms[-1], (atoms[0].start, atoms[-1].start)
    names = list(_actors(context, span))
    match = _NAME.search(context.text[span[0] : span[1]])
    if names:
        value, where = names[-1]
        yield _actor(context, "claimed_by", value, (where[0], trigger.end))
    elif match is not None:
        start = span[0] + match.start(1)
        yield _actor(context, "claimed_by", match.group(1), (start, trigger.end))


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
        if mention.kind in (PlaceKind.COUNTRY, PlaceKind.NATIONALITY):
            named.append((mention.name, mention.span))
        elif mention.name in _CAPITALS:
            named.append((_CAPITALS[mention.name], mention.span))
    return sorted(named, key=lambda actor: actor[1])


def _actor(context: Context, slot: str, value: str, span: Span) -> Actor:
    return Actor(
        slot=slot, value=value, span=span, certainty=certainty_at(context, span)
    )
