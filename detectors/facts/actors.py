"""Who can strike: armed groups, countries, the governments that capitals stand for.

"The army", where a text leaves out whose, is the one that it named before, and where
it named none that of the country which most of its places lie in.
"""

from collections import Counter
from collections.abc import Sequence

from detectors.facts.context import Atom, Context
from detectors.facts.place_mentions import PlaceKind, PlaceMention
from detectors.model import Span

COUNTRY = frozenset({PlaceKind.COUNTRY, PlaceKind.NATIONALITY})
_SPEAKS_FOR = {"Tel Aviv": "Israel"}  # beside capitals
_HOME = {"uk": "UA"}
_ARMY = ("strikes.admission", "army")
_BEFORE_ARMY = 2  # atoms from a country to its army: "Chad's ground forces"
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


def actors_in(context: Context, span: Span) -> list[tuple[str, Span]]:
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
        if (name := _speaks_for(context, mention)) is not None:
            named.append((name, mention.span))
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


def army_meant(context: Context, position: int) -> str | None:
    """Whose "the army" at ``position`` is; None where nothing tells."""
    named = _armies_named(context)
    before = [name for start, name in named if start < position]
    if before:
        return before[-1]
    home = context.once("home country", lambda: _home(context))
    return _army_of(context, home) if home is not None else None


def _speaks_for(context: Context, mention: PlaceMention) -> str | None:
    if mention.kind in COUNTRY:
        return mention.name
    if mention.kind is not PlaceKind.CITY:
        return None
    country = context.gazetteer.country_led_from(mention)
    return country.name if country else _SPEAKS_FOR.get(mention.name)


def _armies_named(context: Context) -> tuple[tuple[int, str], ...]:
    """The armies that are told with their country: where, and what facts carry."""

    def look() -> tuple[tuple[int, str], ...]:
        found: list[tuple[int, str]] = []
        for sentence in context.sentences:
            atoms = context.atoms(sentence.span)
            for place, atom in enumerate(atoms):
                if atom.means(*_ARMY):
                    found.extend(_owner(context, atoms, place))
        return tuple(found)

    return context.once("armies", look)


def _owner(
    context: Context, atoms: Sequence[Atom], place: int
) -> list[tuple[int, str]]:
    start = atoms[max(place - _BEFORE_ARMY, 0)].start
    behind = atoms[place : place + _BEFORE_ARMY + 1][-1].end
    for mention in context.places_in((start, behind)):
        if mention.kind in COUNTRY:
            return [(mention.start, _army_of(context, mention.name))]
    return []


def _home(context: Context) -> str | None:
    """The country that a language is of, or that most of the places lie in."""
    own = context.gazetteer.country_of(_HOME.get(context.lexicon.language, ""))
    if own is not None:
        return own.name
    codes = Counter(place.country for place in context.places)
    if not codes:
        return None
    code, count = codes.most_common(1)[0]
    country = context.gazetteer.country_of(code)
    return country.name if country and 2 * count > codes.total() else None


def _army_of(context: Context, country: str) -> str:
    """What facts call a country's army: the country, unless a lexicon says more."""
    return context.lexicon.key_in("strikes.armies", country) or country


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
