"""Governments named by the town where they sit: "Kyiv says", "Washington's allies"."""

import re
from collections.abc import Sequence

from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceMention

_NEXT = 2  # atoms
_SAYS = 6  # atoms from a foreign capital to its verb: "В Москве удар не комментируют"
_WHICH = ("strikes.origin", "which")
_OPENINGS = frozenset(",;:")
_VERB = re.compile(r"[a-z](?:s|ed|ó|aron|ieron)$")
"""How verbs of English and Spanish end where a government has done something."""


def is_government_seat(
    context: Context, mention: PlaceMention, hit: Sequence[PlaceMention]
) -> bool:
    """Whether a capital stands for its government beside what was hit elsewhere.

    As in "Washington's supply cuts" beside a strike on Poltava, and where a report
    on another town is spoken of: "В Киеве сообщили".
    """
    capital = context.gazetteer.capital_of(mention.country)
    if capital is None or capital.name != mention.name:
        return False
    if context.text.startswith("'s ", mention.end):
        return any(other.country != mention.country for other in hit)
    atoms = context.atoms(context.sentence_at(mention.start))
    after = [atom for atom in atoms if atom.start >= mention.end]
    if any(atom.means("strikes.origin", "says") for atom in after[:1]):
        return any(other.name != mention.name for other in hit)
    return any(atom.means("strikes.origin", "says") for atom in after[:_SAYS]) and any(
        other.country != mention.country for other in hit
    )


def speaks(context: Context, atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a town stands for its government: "Kyiv says"."""
    after = _verb_of([atom for atom in atoms if atom.start >= mention.end])
    before = [atom for atom in atoms if atom.end <= mention.start][-1:]
    if any(atom.means("strikes.origin", "in") for atom in before):
        return False
    return after is not None and (
        _acts(context, atoms, mention, after)
        or after.means("strikes.origin", "says")
        or after.means("strikes.blame")
        or _is_government(atoms, mention)
    )


def _acts(
    context: Context, atoms: Sequence[Atom], mention: PlaceMention, verb: Atom
) -> bool:
    """Whether a capital does what a lexicon has no word for: "Beirut counts", ", and".

    Only where it opens a clause: a place that is told of has a word before it.
    """
    if verb.tags or context.gazetteer.country_led_from(mention) is None:
        return False
    before = [atom for atom in atoms if atom.end <= mention.start][-1:]
    opens = not before or any(
        atom.word in _OPENINGS
        or atom.means("strikes.helpers", "and")
        or atom.means(*_WHICH)
        for atom in before
    )
    return opens and _VERB.search(verb.word) is not None


def _verb_of(after: Sequence[Atom]) -> Atom | None:
    """The first word behind a name that is no auxiliary, in ", which" as well."""
    rest = [atom for atom in after if not atom.means("strikes.helpers", "aux")]
    if len(rest) > _NEXT and rest[0].word == "," and rest[1].means(*_WHICH):
        rest = rest[_NEXT:]
    return rest[0] if rest else None


def _is_government(atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a town stands for its country: "Kyiv's air force", "Kyiv's allies"."""
    after = [atom for atom in atoms if atom.start >= mention.end][: _NEXT + 1]
    return bool(
        after
        and after[0].word == "'s"
        and any(atom.means("strikes.origin", "government") for atom in after[1:])
    )
