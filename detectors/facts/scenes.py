"""Where an attack hit, among all the places that an article names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.places import PlaceKind, PlaceMention
from detectors.model import Certainty, Span

_SIGNS = (
    "strikes.damage",
    "strikes.harmed",
    "strikes.harmed_one",
    "strikes.weapons",
    "strikes.power",
    "strikes.fired",
    "strikes.tally",
)
_KINDS = frozenset({PlaceKind.CITY, PlaceKind.REGION, PlaceKind.DISTRICT})
_DATELINE_REACH = 60  # characters from a dateline's town to its dash
_BESIDE = 3  # atoms from "from the direction of" to the last town of its list
_JOINED = 12  # characters between a town and the region that tells where it lies


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A place that was hit."""

    value: str
    span: Span
    certainty: Certainty
    kind: PlaceKind
    region: str


def find_scenes(context: Context) -> tuple[Scene, ...]:
    """Every place that was hit, in the order of the text.

    Left out are datelines, towns that weapons came from or officials speak in,
    governments named by their capital, and the region of a town that is told.
    """
    scenes = [
        Scene(
            value=mention.name,
            span=mention.span,
            certainty=certainty_at(context, mention.span),
            kind=mention.kind,
            region=mention.region,
        )
        for mention in context.places
        if mention.kind in _KINDS and _is_hit(context, mention)
    ]
    return tuple(_without_regions(context, scenes))


def is_dateline(context: Context, mention: PlaceMention) -> bool:
    """Whether a place is the dateline of its paragraph ("ODESA, March 3 (AP) -")."""
    text = context.text
    if not any(start == mention.start for start, _ in context.reading.paragraphs):
        return False
    after = text[mention.end : mention.end + _DATELINE_REACH]
    return " - " in after and (
        text[mention.start : mention.end].isupper() or "(" in after.split(" - ")[0]
    )


def _is_hit(context: Context, mention: PlaceMention) -> bool:
    if is_dateline(context, mention):
        return False
    sentence = context.reading.sentence_at(mention.start)
    atoms = context.atoms(sentence)
    if not any(atom.means(sign) for atom in atoms for sign in _SIGNS):
        return False
    return not (_is_origin(atoms, mention) or _speaks(atoms, mention))


def _is_origin(atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    before = [atom for atom in atoms if atom.end <= mention.start][-_BESIDE:]
    for position, atom in enumerate(before):
        if atom.means("strikes.origin", "from"):
            between = before[position + 1 :]
            return not any(_is_sign(other) for other in between)
    return False


def _is_sign(atom: Atom) -> bool:
    return any(atom.means(sign) for sign in _SIGNS)


def _speaks(atoms: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether a town stands for its government: "Kyiv says"."""
    after = next((atom for atom in atoms if atom.start >= mention.end), None)
    return after is not None and after.means("strikes.origin", "says")


def _without_regions(context: Context, scenes: Sequence[Scene]) -> Iterator[Scene]:
    towns = [scene for scene in scenes if scene.kind is not PlaceKind.REGION]
    for scene in scenes:
        if scene.kind is PlaceKind.REGION and any(
            _lies_in(town, scene) and not _is_listed(context, town, scene)
            for town in towns
        ):
            continue
        yield scene


def _lies_in(town: Scene, region: Scene) -> bool:
    return bool(town.region) and region.value == f"{town.region} region"


def _is_listed(context: Context, town: Scene, region: Scene) -> bool:
    """Whether town and region stand beside each other: "Kyiv and Kyiv region"."""
    first, last = sorted((town.span, region.span))
    between = context.text[first[1] : last[0]]
    if len(between) > _JOINED:
        return False
    return any(
        atom.means("strikes.helpers", "and")
        for atom in context.atoms(context.reading.sentence_at(first[0]))
        if first[1] <= atom.start < last[0]
    )
