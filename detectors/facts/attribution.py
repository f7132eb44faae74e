"""Whom a text names as the source of what it states.

A source is somebody who can speak: a person by name, an office or an institution
(``certainty.speakers``), or the government that a place stands for. Anything else
that stands beside a verb of saying ("the worst damage was reported") is none.
"""

import re
from collections.abc import Sequence

from detectors.facts.context import Atom, Context
from detectors.facts.phrases import Phrasebook, terms_at
from detectors.lexicons import Lexicon
from detectors.model import Span

_LONGEST_ATTRIBUTION = 80  # characters
_LONGEST_SOURCE = 10  # atoms
_SOURCES = "certainty.sources"
_TELLINGS = frozenset({("certainty.says", "verb"), ("certainty.denied", "denies")})
_PAUSES = frozenset('.!?,;:"()')
_TELLS = frozenset(
    {
        "certainty.denied",
        "certainty.pronouns",
        "strikes.blame",
        "strikes.damage",
        "strikes.harmed",
        "strikes.harmed_one",
    }
)
_WHOSE = "unnamed"  # "the administration": of the city, or of the region?
_ADJECTIVE = re.compile(
    r"[а-яіїєґ'-]+(?:ий|ій|ая|яя|ый|ой|ої|ого|ому|их|ых|а|у|і|ым|им)$"
)


def attribution_at(context: Context, span: Span) -> str | None:
    """Whom the sentence around ``span`` names as its source, in the text's words.

    Of several it is the one beside the verb of saying that is nearest to ``span``.
    """
    sentence = context.sentence_at(span[0])
    atoms = context.atoms(sentence)
    told = _told(context, sentence)
    for place in sorted(told, key=lambda place: _distance(atoms[place], span)):
        if place and atoms[place - 1].means("certainty.pronouns"):
            return None
        source = told[place]
        if source is not None:
            return " ".join(context.text[slice(*source)].split())
    return None


def is_in_attribution(context: Context, span: Span) -> bool:
    """Whether words are the name of who speaks: "Harbour Wire" hit no harbour."""
    named = _told(context, context.sentence_at(span[0])).values()
    return any(
        source is not None and source[0] <= span[0] and span[1] <= source[1]
        for source in named
    )


def _told(context: Context, sentence: Span) -> dict[int, Span | None]:
    """The sources of a sentence, each by its verb of saying, or "according to"."""

    def look() -> dict[int, Span | None]:
        sense = context.sense(sentence)
        if _SOURCES not in sense.categories and _TELLINGS.isdisjoint(sense.tags):
            return {}
        atoms = context.atoms(sentence)
        return {
            place: _beside(context, atoms, place)
            for place, atom in enumerate(atoms)
            if atom.tags and (atom.means(_SOURCES) or atom.is_any(_TELLINGS))
        }

    return context.once(("sources", sentence), look)


def _beside(context: Context, atoms: Sequence[Atom], place: int) -> Span | None:
    """The source that stands before a verb of saying, or after it."""
    source = _source(context, _after(atoms, place))
    if atoms[place].means(_SOURCES):
        return source
    return _source(context, _before(atoms, place)) or source


def authority(lexicon: Lexicon, attribution: str | None) -> str | None:
    """The role of a source, in one word for all languages; None where no list has it.

    Two languages name one mayor in words that have nothing in common.
    """
    if attribution is None:
        return None
    role = lexicon.key_in("stories.authorities", attribution)
    return None if role == _WHOSE else role


def _distance(atom: Atom, span: Span) -> int:
    """How many characters part an atom from a span."""
    return max(atom.start - span[1], span[0] - atom.end, 0)


def _before(atoms: Sequence[Atom], position: int) -> Sequence[Atom]:
    """The words between the last pause and the verb of saying."""
    first = position
    while first > 0 and not _is_pause(atoms, first - 1):
        first -= 1
    return atoms[first:position]


def _after(atoms: Sequence[Atom], position: int) -> Sequence[Atom]:
    """The words from a verb of saying, or "according to", to the next pause."""
    last = position + 1
    while last < len(atoms) and not _is_pause(atoms, last):
        last += 1
    return atoms[position + 1 : last]


def _is_pause(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a sign parts phrases; the hyphen of "Houthi-run" does not."""
    atom = atoms[position]
    if atom.word != "-":
        return atom.word in _PAUSES
    inner = atoms[max(position - 1, 0) : position + 2]
    return inner[0].end != atom.start or inner[-1].start != atom.end


def _source(context: Context, atoms: Sequence[Atom]) -> Span | None:
    """Where a source stands, less what is around it; None where nobody speaks."""
    kept = list(atoms)
    while kept and kept[-1].means("strikes.helpers", "aux"):
        kept.pop()
    while kept and (
        kept[0].means("certainty.says") or kept[0].means("strikes.helpers", "and")
    ):
        kept.pop(0)
    speaker = next(
        (n for n, a in enumerate(kept) if _can_speak(context, kept, a)), None
    )
    if speaker is None or len(kept) > _LONGEST_SOURCE or any(map(_tells, kept)):
        return None
    first, last = (
        _first_word(context, kept, speaker),
        _last_word(context, kept, speaker),
    )
    start, end = kept[first].start, kept[last].end
    return (start, end) if 1 < end - start <= _LONGEST_ATTRIBUTION else None


def _can_speak(context: Context, kept: Sequence[Atom], atom: Atom) -> bool:
    """Whether it is an office or an institution, a place, or part of a name.

    The capital that opens a sentence is none: "The worst damage was reported".
    """
    if _is_office(context, atom):
        return True
    if context.places_in((atom.start, atom.end)):
        return atom is kept[0]
    opens = atom.start == context.sentence_at(atom.start)[0]
    follows = kept[kept.index(atom) + 1 : kept.index(atom) + 2]
    is_full_name = any(_is_capital(context, after) for after in follows)
    return _is_capital(context, atom) and (not opens or is_full_name)


def _is_office(context: Context, atom: Atom) -> bool:
    """Whether a term of any category has an office in it: "energy company"."""
    if atom.means("certainty.speakers"):
        return True
    if len(atom.word) == atom.end - atom.start:
        return False  # it is a single word
    book = Phrasebook.of(context.lexicon)
    tokens = book.read(context.text, atom.start, atom.end)
    return len(tokens) > 1 and any(
        terms_at(tokens, place, "certainty.speakers") for place in range(len(tokens))
    )


def _is_capital(context: Context, atom: Atom) -> bool:
    return context.text[atom.start].isupper()


def _tells(atom: Atom) -> bool:
    """Whether a word belongs to a statement, not to the name of a source."""
    return (
        atom.quantity is not None
        or atom.means_any(_TELLS)
        or (atom.means("strikes.helpers", "aux") and not atom.means("certainty.says"))
    )


def _first_word(context: Context, kept: Sequence[Atom], speaker: int) -> int:
    """Where a source begins: after the time of day, with its article and adjectives."""
    for place in range(speaker - 1, -1, -1):
        if kept[place].means("strikes.helpers", "article"):
            return place
    if context.lexicon.language in ("en", "es"):
        return 0
    first = speaker
    while first and (
        _is_capital(context, kept[first - 1]) or _ADJECTIVE.search(kept[first - 1].word)
    ):
        first -= 1
    return first


def _last_word(context: Context, kept: Sequence[Atom], speaker: int) -> int:
    """Where a source ends: before when it spoke, or what else it did ("rose and")."""
    last = len(kept) - 1
    for place in range(speaker + 1, len(kept)):
        if kept[place].means("certainty.times"):
            last = place - 1
            break
    if not kept[last].means("strikes.helpers", "and"):
        return last
    names = (
        place
        for place in range(last, speaker, -1)
        if _is_office(context, kept[place]) or _is_capital(context, kept[place])
    )
    return next(names, speaker)
