"""Where an attack hit, among all the places that an article names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.facts.certainty import certainty_at
from detectors.facts.context import Atom, Context
from detectors.facts.governments import is_government_seat, speaks
from detectors.facts.journeys import JOINED, has_sign, is_bound, is_on_the_way, is_sign
from detectors.facts.namesakes import is_half_a_word, is_namesake
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.facts.targets import find_targets
from detectors.facts.unlisted import find_unlisted
from detectors.facts.weapons import renounced
from detectors.model import Certainty, Span

_KINDS = frozenset({PlaceKind.CITY, PlaceKind.REGION, PlaceKind.DISTRICT})
_ATTACK = (
    "strikes.weapons",
    "strikes.weapons_alone",
    "strikes.harmed",
    "strikes.harmed_one",
)
_DATELINE_REACH = 60  # characters from a dateline's town to its dash
_BESIDE = 3  # atoms from a name to the "street" after it
_NEXT = 2
_SHORT = 8  # atoms; "In Kharkiv, three were killed", "15 over Bryansk, 9 over Kursk"
_PAUSES = frozenset(",;-()")
_HOME = {"uk": "UA"}
_TOWNS_BEFORE = re.compile(r"(?:[A-ZА-ЯІЇЄҐ][\w' -]*/)?")
_DASH = re.compile(r" -")
_DAY = re.compile(r",? \d{1,2} (?:de )?[^\W\d_]{3,10}\.?(?: \([^)]*\))?\.? ?-")
"""A date and a dash behind the town, as Spanish agencies have it: ", 9 feb.- "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A place that was hit."""

    value: str
    span: Span
    certainty: Certainty
    kind: PlaceKind
    region: str
    country: str


def find_scenes(context: Context) -> tuple[Scene, ...]:
    """Every place that was hit, in the order of the text.

    Left out are datelines (unless no other place is told), towns that weapons came
    from or officials speak in, governments named by their capital, and the region
    of a town that is told. Where no sentence on an attack names a place, the last one
    named before it is meant.
    """
    return context.once("scenes", lambda: _find_scenes(context))


def _find_scenes(context: Context) -> tuple[Scene, ...]:
    unlisted = tuple(find_unlisted(context, (*_ATTACK, "strikes.damage")))
    landmarks = {
        near.span for _, near in unlisted if near and near.kind is PlaceKind.CITY
    }
    told = (
        *(
            each
            for each in context.places
            if each.span not in landmarks and not _lies_within(each, unlisted)
        ),
        *(mention for mention, _ in unlisted),
    )
    named = [mention for mention in sorted(told, key=_start) if mention.kind in _KINDS]
    hit = [mention for mention in named if _is_hit(context, mention)]
    somewhere = {mention.span for mention, near in unlisted if near is None}
    sure = [mention for mention in hit if mention.span not in somewhere]
    if any(certainty_at(context, mention.span).counts for mention in sure):
        hit = sure
    scenes = [
        _scene(context, mention)
        for mention in hit
        if not is_government_seat(context, mention, hit)
    ]
    scenes.extend(_adjectives(context))
    scenes.extend(_capitals(context, scenes))
    if not scenes:
        scenes.extend(_told_before(context, named))
    if not scenes:
        seats = (
            mention
            for mention in named
            if _is_scene_by_dateline(context, mention) or _is_seat(context, mention)
        )
        scenes.extend(_scene(context, mention) for mention in seats)
    return tuple(_without_regions(context, scenes))


def _lies_within(
    mention: PlaceMention,
    unlisted: Sequence[tuple[PlaceMention, PlaceMention | None]],
) -> bool:
    """Whether a name is a part of the name of a place that no table knows."""
    return any(
        named.start <= mention.start and mention.end <= named.end
        for named, _ in unlisted
    )


def _start(mention: PlaceMention) -> int:
    return mention.start


def _scene(context: Context, mention: PlaceMention) -> Scene:
    return Scene(
        value=mention.name,
        span=mention.span,
        certainty=certainty_at(context, mention.span),
        kind=mention.kind,
        region=mention.region,
        country=mention.country,
    )


def is_dateline(context: Context, mention: PlaceMention) -> bool:
    """Whether a place is the dateline of its paragraph ("ODESA, March 3 (AP) -").

    Or one of two: "PARIS/ODESA".
    """
    text = context.text
    reading = context.reading
    start, _ = reading.paragraphs[reading.paragraph_of(mention.start)]
    if not _TOWNS_BEFORE.fullmatch(text, start, mention.start):
        return False
    after = text[mention.end : mention.end + _DATELINE_REACH]
    if after.startswith(". ") and text[mention.start : mention.end].isupper():
        return True
    if _DAY.match(after):
        return True
    dash = _DASH.search(after)
    return dash is not None and (
        text[mention.start : mention.end].isupper() or "(" in after[: dash.start()]
    )


def _is_scene_by_dateline(context: Context, mention: PlaceMention) -> bool:
    """Whether a report without a place tells of its dateline: no desk in a capital.

    Unless it speaks of "the capital", which then is the one that it is written in.
    """
    if not is_dateline(context, mention):
        return False
    capital = context.gazetteer.capital_of(mention.country)
    return (capital is None or capital.name != mention.name) or any(
        context.has(sentence.span, "strikes.capital") for sentence in context.sentences
    )


def _told_before(context: Context, named: Sequence[PlaceMention]) -> Iterator[Scene]:
    """The last place before the first sentence on an attack, as of a chronicle."""
    first = next(
        (
            sentence.start
            for sentence in context.sentences
            if context.has(sentence.span, *_ATTACK)
        ),
        0,
    )
    before = [
        _scene(context, mention)
        for mention in named
        if mention.start < first and _may_be_hit(context, mention)
    ]
    last = before[-1:]
    if last and last[0].kind is PlaceKind.REGION:
        here = context.sentence_at(last[0].span[0])
        last = [scene for scene in before if scene.span[0] >= here[0]]
    yield from last


def _is_hit(context: Context, mention: PlaceMention) -> bool:
    sentence = context.sentence_at(mention.start)
    if not has_sign(context, sentence):
        return False
    clause = _clause(context.atoms(sentence), mention)
    kept = renounced(clause)
    signs = [atom for atom in clause if is_sign(atom) and atom.start not in kept]
    if not signs or _is_history(clause, mention):
        return False
    if any(atom.means("strikes.origin", "unknown") for atom in clause):
        return False
    return _may_be_hit(context, mention)


def _may_be_hit(context: Context, mention: PlaceMention) -> bool:
    atoms = context.atoms(context.sentence_at(mention.start))
    return not (
        is_dateline(context, mention)
        or _is_seat(context, mention)
        or is_on_the_way(context, atoms, mention)
        or speaks(context, atoms, mention)
        or is_namesake(context, atoms, mention)
        or is_half_a_word(context, mention)
    )


def _is_seat(context: Context, mention: PlaceMention) -> bool:
    """Whether an office is named by its place: "the Sumy regional administration"."""
    atoms = context.atoms(context.sentence_at(mention.start))
    after = [atom for atom in atoms if atom.start >= mention.end][:_NEXT]
    before = [atom for atom in atoms if atom.end <= mention.start][-_BESIDE:]
    return (
        any(atom.means("strikes.origin", "seat") for atom in after[:1])
        or any(atom.means("strikes.origin", "seat of") for atom in before[-1:])
        or (mention.kind is PlaceKind.CITY and _speaks_there(before, after))
    )


def _speaks_there(before: Sequence[Atom], after: Sequence[Atom]) -> bool:
    """Whether who speaks is said to be there: "the health office in Mao said"."""
    return (
        len(before) >= _NEXT
        and before[-1].means("strikes.origin", "in")
        and before[-_NEXT].means("certainty.speakers")
        and any(atom.means("certainty.says", "verb") for atom in after[:1])
    )


def _clause(atoms: Sequence[Atom], mention: PlaceMention) -> Sequence[Atom]:
    """The atoms between the pauses around a place; a short clause borrows its verb."""
    pauses = [
        n
        for n, atom in enumerate(atoms)
        if atom.word in _PAUSES and _is_pause(atoms, n)
    ]
    first = max((n for n in pauses if atoms[n].start < mention.start), default=-1)
    last = min((n for n in pauses if atoms[n].start >= mention.end), default=len(atoms))
    if last - first - 1 <= _SHORT:
        later = [n for n in pauses if n > last]
        last = later[0] if later and first >= 0 else len(atoms)
        first = -1
    return atoms[first + 1 : last]


def _is_pause(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a pause parts clauses; the hyphen of "five-storey" does not."""
    atom = atoms[position]
    if atom.word != "-":
        return not _is_list(atoms, position)
    beside = atoms[max(position - 1, 0) : position + 2]
    return beside[0].end != atom.start or beside[-1].start != atom.end


def _is_list(atoms: Sequence[Atom], comma: int) -> bool:
    """Whether a comma only stands between people, or before a part of them.

    As in "killed a man, his mother and", and in "nine were killed, two of them in".
    """
    after = atoms[comma + 1 : comma + 1 + _BESIDE]
    if after and after[0].quantity is not None:
        return len(after) > 1 and after[1].means("strikes.helpers", "among")
    before = atoms[max(comma - 1, 0) : comma]
    return all(
        any(atom.means("strikes.victims") for atom in side) for side in (before, after)
    )


def _is_history(clause: Sequence[Atom], mention: PlaceMention) -> bool:
    """Whether "since" stands before a place: "since leaders met in Istanbul".

    "Since bombs hit a house in Sumy" tells of what is news.
    """
    return any(
        atom.means("certainty.since", "clause")
        and not any(is_sign(a) for a in clause if atom.end <= a.start < mention.start)
        for atom in clause
        if atom.end <= mention.start
    )


def _adjectives(context: Context) -> Iterator[Scene]:
    """Towns told by an adjective before what was hit ("харківський кардіоцентр")."""
    for target in find_targets(context):
        start = context.text.rfind(" ", 0, max(target.span[0] - 1, 0)) + 1
        word = context.text[start : target.span[0]].strip()
        town = context.gazetteer.town_of(word) if word else None
        if town is not None:
            span = (start, target.span[1])
            yield Scene(
                value=town.name,
                span=span,
                certainty=target.certainty,
                kind=town.kind,
                region=town.region,
                country=town.country,
            )


def _capitals(context: Context, scenes: Sequence[Scene]) -> Iterator[Scene]:
    """What "the capital" names: that of the country of the places told."""
    told = {place.span for place in context.places}
    country = next((scene.country for scene in scenes), None) or _HOME.get(
        context.lexicon.language
    )
    capital = context.gazetteer.capital_of(country) if country else None
    if capital is None:
        return
    for sentence in context.sentences:
        if not context.has(sentence.span, "strikes.capital") or not has_sign(
            context, sentence.span
        ):
            continue
        atoms = context.atoms(sentence.span)
        for atom in atoms:
            if not atom.means("strikes.capital"):
                continue
            if any(a <= atom.end + 1 and atom.start < b for a, b in told):
                continue  # "the capital Port Sudan" names itself
            if is_bound(atoms, atom.start) or _is_of(atoms, atom):
                continue
            span = (atom.start, atom.end)
            yield Scene(
                value=capital.name,
                span=span,
                certainty=certainty_at(context, span),
                kind=PlaceKind.CITY,
                region="",
                country=capital.country,
            )


def _is_of(atoms: Sequence[Atom], capital: Atom) -> bool:
    """Whether it is the capital of something: "the capital of the province"."""
    after = [atom for atom in atoms if atom.start >= capital.end][:1]
    return any(atom.means("strikes.origin", "of") for atom in after)


def _without_regions(context: Context, scenes: Sequence[Scene]) -> Iterator[Scene]:
    towns = [scene for scene in scenes if scene.kind is not PlaceKind.REGION]
    for scene in scenes:
        if scene.kind is PlaceKind.REGION and any(
            _lies_in(town, scene) and not _is_apart(context, town, scene)
            for town in towns
        ):
            continue
        yield scene


def _lies_in(town: Scene, region: Scene) -> bool:
    """Whether a region holds a town; of most countries the table tells no regions."""
    if not town.region:
        return town.country == region.country
    return region.value in (town.region, f"{town.region} region")


def _is_apart(context: Context, town: Scene, region: Scene) -> bool:
    """Whether a region is told for itself, not to say where the town lies."""
    sentence = context.sentence_at(region.span[0])
    before = [a for a in context.atoms(sentence) if a.end <= region.span[0]][-_BESIDE:]
    if any(atom.means("strikes.origin", "settlements") for atom in before):
        return True
    if not sentence[0] <= town.span[0] < sentence[1]:
        return any(atom.means("strikes.fired") for atom in context.atoms(sentence))
    return _is_listed(context, town, region)


def _is_listed(context: Context, town: Scene, region: Scene) -> bool:
    """Whether town and region stand beside each other: "Kyiv and Kyiv region"."""
    first, last = sorted((town.span, region.span))
    between = context.text[first[1] : last[0]]
    if len(between) > JOINED:
        return False
    return any(
        atom.means("strikes.helpers", "and")
        for atom in context.atoms(context.sentence_at(first[0]))
        if first[1] <= atom.start < last[0]
    )
