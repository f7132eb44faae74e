"""What an attack hit: a kind of place, named beside a word for damage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.phrases import Sense
from detectors.facts.weapons import renounced, unused
from detectors.model import Certainty, Span

_REACH = 9  # atoms between what was hit and the word that says so
_HITS = frozenset({"strikes.damage", "strikes.weapons", "strikes.weapons_alone"})
_DEATH = ("strikes.harmed", "killed")
_TREATING = frozenset({"treated", "treating", "treats", "received", "admitted"})
_NO_TARGETS = frozenset({"strikes.not_targets", "strikes.ignored"})
_PAUSES = frozenset(".,;:")
_WALLS = frozenset(".;")
_AT_WORK = 4  # atoms from "died" to "at the refinery"
_JUST_BEFORE = 2  # atoms: "no school", "did not quite reach"
_WORKS = frozenset({"energy", "oil and gas", "water"})
_OWNER = 3  # atoms from "hostel" to the school that owns it: "of the technical school"
_WORKPLACES = frozenset({"oil and gas", "energy", "industry", "port", "rail", "school"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A kind of place that a sentence says was hit."""

    value: str
    span: Span
    certainty: Certainty


def find_targets(context: Context) -> tuple[Target, ...]:
    """Every kind of place that was hit, in the order of the text."""
    return context.once("targets", lambda: _find_targets(context))


def _find_targets(context: Context) -> tuple[Target, ...]:
    hits = [
        (_target(context, hit), hit.atom)
        for sentence in context.sentences
        if context.has(sentence.span, "strikes.targets")
        and _may_be_hit(context.sense(sentence.span))
        for hit in _hit(context, sentence.span)
        if not _speaks(context, context.atoms(sentence.span), hit.atom)
        and not _is_bystander(context.atoms(sentence.span), hit.atom)
        and not _names_street(context, context.atoms(sentence.span), hit.atom)
    ]
    found = [target for target, _ in hits]
    return tuple(
        target
        for target, atom in hits
        if not _is_again(context, target, atom, found)
        and not _is_of_port(target, atom, found)
    )


def _may_be_hit(told: Sense) -> bool:
    """Whether a sentence has any word for a blow or a death."""
    return not _HITS.isdisjoint(told.categories) or _DEATH in told.tags


def _target(context: Context, hit: "_Hit") -> Target:
    span = (hit.atom.start, hit.atom.end)
    certainty = Certainty.DENIED if hit.spared else certainty_at(context, span)
    return Target(value=hit.key, span=span, certainty=certainty)


def _is_again(
    context: Context, target: Target, atom: Atom, found: Sequence[Target]
) -> bool:
    """Whether "the plant" is the power station told of in a sentence before.

    Russian and Ukrainian have no articles: there any bare word for works is taken so.
    """
    if target.value != "industry" or not atom.means("strikes.again", "works"):
        return False
    start, _ = sentence = context.sentence_at(target.span[0])
    atoms = context.atoms(sentence)
    before = [other for other in atoms if other.end <= atom.start][-1:]
    if any(other.means("strikes.helpers", "indefinite") for other in before):
        return False
    return any(
        other.value in _WORKS and other.certainty.counts and other.span[0] < start
        for other in found
    )


def _is_of_port(target: Target, atom: Atom, found: Sequence[Target]) -> bool:
    """Whether a warehouse stands in the port that was hit: it is no industry."""
    return (
        target.value == "industry"
        and atom.means("strikes.again", "store")
        and any(other.value == "port" and other.certainty.counts for other in found)
    )


def _speaks(context: Context, atoms: Sequence[Atom], target: Atom) -> bool:
    """Whether it is who tells, not what was hit: "the town hall said"."""
    position = atoms.index(target)
    before = [
        atom
        for atom in atoms[:position]
        if not atom.means("strikes.helpers", "article")
    ][-1:]
    after = atoms[position + 1 : position + 2]
    if any(atom.means("certainty.says", "verb") for atom in after):
        return True
    if any(atom.means("certainty.sources") for atom in before):
        return True
    # English has "said the school was hit" beside "said the town hall".
    ends = not after or after[0].word in _PAUSES or context.lexicon.language != "en"
    return ends and any(atom.means("certainty.says", "verb") for atom in before)


def _names_street(context: Context, atoms: Sequence[Atom], target: Atom) -> bool:
    """Whether a street is called so: "Mill Street", "проспект Шахтобудівників"."""
    if not context.text[target.start].isupper():
        return False
    position = atoms.index(target)
    beside = atoms[max(position - 1, 0) : position + 2]
    return any(atom.means("strikes.origin", "street") for atom in beside)


def _is_bystander(atoms: Sequence[Atom], target: Atom) -> bool:
    """Whether homes only lack power, or a hospital only treats the wounded."""
    position = atoms.index(target)
    if target.means("strikes.power", "customers"):
        before = atoms[max(position - 1, 0)]
        return before.quantity is not None and any(
            atom.means("strikes.power", key) for atom in atoms for key in ("off", "on")
        )
    if _is_owner(atoms, position):
        return True
    return target.means("strikes.targets", "hospital") and any(
        atom.word in _TREATING for atom in atoms[position + 1 : position + _AT_WORK]
    )


def _is_owner(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a school only owns a hostel: "a college hostel", "общежитие лицея"."""
    if not atoms[position].means("strikes.targets", "school"):
        return False
    if any(_is_hostel(atom) for atom in atoms[position + 1 : position + 2]):
        return True
    for before in reversed(atoms[max(position - _OWNER, 0) : position]):
        if _is_hostel(before):
            return True
        if before.means("strikes.helpers", "and") or before.word in _PAUSES:
            return False
    return False


def _is_hostel(atom: Atom) -> bool:
    return atom.means("strikes.again", "hostel")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term for a kind of place beside damage, or beside a denial of damage."""

    atom: Atom
    key: str
    spared: bool


def _hit(context: Context, sentence: Span) -> Iterator[_Hit]:
    atoms = context.atoms(sentence)
    kept = unused(context, sentence)
    if context.has(sentence, "strikes.renounced"):
        kept |= renounced(atoms)
    damage = [
        position
        for position, atom in enumerate(atoms)
        if atom.means_any(_HITS) and atom.start not in kept
    ]
    deaths = (
        [position for position, atom in enumerate(atoms) if atom.means(*_DEATH)]
        if context.tells(sentence, _DEATH)
        else []
    )
    for position, atom in enumerate(atoms):
        key = _kind(atom)
        if key is None:
            continue
        hits = [hit for hit in damage if _connected(atoms, position, hit)]
        if hits or (
            key in _WORKPLACES
            and any(0 < position - death <= _AT_WORK for death in deaths)
        ):
            verbs = [hit for hit in hits if atoms[hit].means("strikes.damage")]
            refused = bool(verbs) and all(_is_refused(atoms, hit) for hit in verbs)
            yield _Hit(atom, key, refused or _is_spared(atoms, position))


def _is_refused(atoms: Sequence[Atom], hit: int) -> bool:
    """Whether "no" or "not" stands right before a word for damage."""
    before = atoms[max(hit - _JUST_BEFORE, 0) : hit]
    return any(
        atom.means("strikes.helpers", "nobody") or atom.means("certainty.denied", "not")
        for atom in before
    )


def _is_spared(atoms: Sequence[Atom], target: int) -> bool:
    """Whether "no" stands right before what could have been hit: "no school"."""
    before = atoms[max(target - _JUST_BEFORE, 0) : target]
    return any(
        atom.means("strikes.helpers", "nobody")
        and not atom.means("strikes.helpers", "without")
        for atom in before
    )


def _kind(atom: Atom) -> str | None:
    if not atom.means("strikes.targets") or atom.means_any(_NO_TARGETS):
        return None
    return min(
        (key for category, key in atom.tags if category == "strikes.targets"),
        default=None,
    )


def _connected(atoms: Sequence[Atom], target: int, hit: int) -> bool:
    """Whether both stand in one clause, or a list or an aside stands between."""
    first, last = sorted((target, hit))
    between = atoms[first + 1 : last]
    if len(between) > _REACH or any(atom.word in _WALLS for atom in between):
        return False
    pauses = sum(atom.word == "," for atom in between)
    if pauses != 1:
        return True
    listed = any(atom.means("strikes.helpers", "and") for atom in between)
    return any(_kind(atom) for atom in between) or (hit < target and listed)
