"""Who struck, as somebody tells it without a word of blame.

"The governor said that Chadian jets had bombed the mill" accuses Chad, and the same
said by Chad's army is a claim. What the narrator tells by himself accuses nobody: who
tells it stands before, or in languages of cases behind.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from detectors.facts.actors import COUNTRY, actors_in, army_meant
from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceMention
from detectors.model import Span

_SECTION = "strikes.admission"
_ACTOR_TO_ACT = 6  # atoms between who struck and the verb
_TELLER_TO_ACTOR = 10  # atoms between a verb of saying and who struck
_SPEAKER = 12  # atoms that may name who tells
_ACTS = frozenset({(_SECTION, "attacked"), (_SECTION, "by whom")})
_UNDERTAKES = frozenset({("strikes.fired", "launched"), (_SECTION, "undertook")})
_BLOWS = frozenset(
    {"strikes.weapons", "strikes.weapons_alone", "strikes.munitions", "strikes.damage"}
)
_OBJECT = 5  # atoms from "launched" to what makes it an attack
_BEHIND = (_SECTION, "stood behind")
_TELLS = frozenset(
    {
        ("certainty.says", "verb"),
        ("certainty.claimed", "claims"),
        ("strikes.blame", "responsible"),
    }
)
_ENDS = frozenset(".;:!?")
_PAUSES = frozenset(".,;:!?()")
_NO_AGENT = ("certainty.says", "certainty.claimed", "certainty.denied")


class Account(NamedTuple):
    """Who struck, whether they say so themselves, and the words for it."""

    actor: str
    own: bool
    span: Span


def find_accounts(context: Context, atoms: Sequence[Atom]) -> Iterator[Account]:
    """Who is told to have struck in one sentence, in the order of the verbs.

    Args:
        context: Of the article.
        atoms: Of the sentence.
    """
    tellers = [
        place
        for place, atom in enumerate(atoms)
        if atom.is_any(_TELLS) or atom.means("certainty.sources")
    ]
    if not tellers:
        return
    for place, atom in enumerate(atoms):
        if not _strikes(atoms, place):
            continue
        agent = _agent_before(context, atoms, place) or _agent_behind(
            context, atoms, place
        )
        if agent is None:
            continue
        actor, first, last = agent
        speaker = _speaker(context, atoms, tellers, first)
        if speaker is not None:
            own = actor in speaker
            span = atoms[min(first, place)].start, max(atom.end, atoms[last].end)
            yield Account(actor, own, span)


def _strikes(atoms: Sequence[Atom], place: int) -> bool:
    """Whether a verb is of striking; "launched" alone may be of a search."""
    atom = atoms[place]
    if atom.is_any(_ACTS) or atom.means(*_BEHIND):
        return True
    if atom.means(_SECTION, "used"):
        return False  # with what, not who
    return atom.is_any(_UNDERTAKES) and any(
        each.means_any(_BLOWS) for each in atoms[place : place + _OBJECT]
    )


def _agent_before(
    context: Context, atoms: Sequence[Atom], act: int
) -> tuple[str, int, int] | None:
    """Who stands before a verb: "Chadian jets had bombed", "Chad struck"."""
    stood_behind = atoms[act].means(*_BEHIND)
    for place in range(act - 1, max(act - _ACTOR_TO_ACT, 0) - 1, -1):
        atom = atoms[place]
        if (country := _abbreviated(context, atom)) is not None:
            return country.name, place, place
        if atom.word in _PAUSES or any(atom.means(name) for name in _NO_AGENT):
            return None
        if atom.means("strikes.helpers", "passive") and not stood_behind:
            return None  # "Chadian posts were struck"
        named = _who(context, atom)
        if named is not None:
            return (named, place, place) if _may_strike(atoms, place, act) else None
    return None


def _abbreviated(context: Context, atom: Atom) -> PlaceMention | None:
    """The country that a full stop ends the name of: "U.S. jets"."""
    known = context.place_before(atom.end) if atom.word == "." else None
    is_end = known is not None and known.end >= atom.end and known.kind in COUNTRY
    return known if is_end else None


def _may_strike(atoms: Sequence[Atom], place: int, act: int) -> bool:
    """Whether what is named does what the verb says, as of its forces or itself."""
    return not any(atom.means("strikes.harmed") for atom in atoms[place + 1 : act])


def _agent_behind(
    context: Context, atoms: Sequence[Atom], act: int
) -> tuple[str, int, int] | None:
    """Who stands right behind a verb, alone or as somebody's forces."""
    if not atoms[act].means(_SECTION, "by whom"):
        return None
    for place in range(act + 1, min(act + 2, len(atoms))):
        named = _who(context, atoms[place])
        after = atoms[place + 1 : place + 2]
        is_army = any(atom.means(_SECTION, "army") for atom in after) or any(
            atom.means(_SECTION, "units") or atom.means("strikes.weapons")
            for atom in after
        )
        if named and (is_army or atoms[place].means("strikes.actors")):
            return named, place, place
    return None


def _who(context: Context, atom: Atom) -> str | None:
    """The actor that one atom names, or the country; None if it names nobody."""
    if not atom.means("strikes.actors"):
        mentions = context.places_in((atom.start, atom.end))
        if not any(mention.kind in COUNTRY for mention in mentions):
            return None
    named = actors_in(context, (atom.start, atom.end))
    return named[0][0] if named else None


def _speaker(
    context: Context, atoms: Sequence[Atom], tellers: Sequence[int], agent: int
) -> frozenset[str] | None:
    """Who tells it: those whom the nearest telling names; None if nobody does."""
    before = [place for place in tellers if place < agent]
    if before and agent - before[-1] <= _TELLER_TO_ACTOR:
        place = before[-1]
        between = atoms[place + 1 : agent]
        if any(atom.word in _ENDS for atom in between):
            return None
        return _named_beside(context, atoms, place, agent)
    return _cited(context, atoms, tellers, agent)


def _cited(
    context: Context, atoms: Sequence[Atom], tellers: Sequence[int], agent: int
) -> frozenset[str] | None:
    """Who is cited behind it, where cases allow that: "..., сообщил глава региона"."""
    after = [place for place in tellers if place > agent]
    if not after or not context.lexicon.categories[_SECTION].get("by whom"):
        return None
    place = after[0]
    if atoms[place - 1].word != ",":
        return None
    stretch = atoms[place + 1 : place + _SPEAKER]
    if not stretch:
        return None
    span = stretch[0].start, stretch[-1].end
    return frozenset(name for name, _ in actors_in(context, span)[:1])


def _named_beside(
    context: Context, atoms: Sequence[Atom], teller: int, agent: int
) -> frozenset[str]:
    """The actors whom a verb of saying, or "according to", has beside it."""
    if atoms[teller].means("certainty.sources"):
        ends = (n for n in range(teller + 1, agent) if atoms[n].word == ",")
        stretch = atoms[teller + 1 : next(ends, agent)]
    else:
        stretch = atoms[max(teller - _SPEAKER, 0) : teller]
    if not stretch:
        return frozenset()
    span = stretch[0].start, stretch[-1].end
    named = frozenset(name for name, _ in actors_in(context, span)[-1:])
    return named or _unnamed(context, stretch)


def _unnamed(context: Context, stretch: Sequence[Atom]) -> frozenset[str]:
    """Whose army speaks where nobody says: "the General Staff said"."""
    armies = [atom for atom in stretch if atom.means(_SECTION, "army")]
    name = army_meant(context, armies[-1].start) if armies else None
    return frozenset({name} if name is not None else ())
