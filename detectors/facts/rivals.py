"""A second number for what an article counts: volunteers' list beside an official toll.

Two numbers of one article are as a rule a total and its part, or today's and
yesterday's; the greater of the more definite is told. They rival each other where the
article itself sets one against the other ("the government, by contrast"), or where
somebody keeps a list of the names of the dead.
"""

from collections.abc import Iterable, Iterator, Sequence

from detectors.facts.casualty_counts import Count, count
from detectors.facts.casualty_frames import Rank
from detectors.facts.casualty_shapes import told_in
from detectors.facts.context import Context
from detectors.facts.shapes import NUMBER, Shape
from detectors.text import Sentence

_RIVAL = "strikes.rival"
_SPEAKERS = "certainty.speakers"
_PEOPLE = "pPcC"
_PAIR = 3  # a number, and "captured soldiers"
_NEAR = 8  # atoms from "list" to "of 34 names"


def find_rival(context: Context, current: Sequence[Count], best: Count) -> Count | None:
    """The number that rivals the best one; None where the article sets none against it.

    Args:
        context: The article.
        current: All that count of one slot in one part of it.
        best: The one of them that is told.
    """
    if best.rank < Rank.PLAIN or best.corrects is not None:
        return None
    rivals = [
        other
        for other in (*_contrasted(context, current, best), *_listed(context, best))
        if other.value != best.value and other.certainty.counts
    ]
    return max(rivals, key=lambda n: (n.rank, n.value, -n.span[0]), default=None)


def _contrasted(
    context: Context, current: Iterable[Count], best: Count
) -> Iterator[Count]:
    """Whoever gives another number in a sentence that tells of a difference."""
    is_best_set = _is_set_against(context, best)
    for other in current:
        if other.rank < Rank.PLAIN or other.corrects is not None:
            continue
        if is_best_set or _is_set_against(context, other):
            yield other


def _is_set_against(context: Context, told: Count) -> bool:
    """Whether a sentence sets what somebody says against the word of others.

    One that names two places tells of two events.
    """
    sentence = context.sentence_at(told.span[0])
    if context.tells(sentence, (_RIVAL, "list")):
        return True
    if not context.tells(sentence, (_RIVAL, "contrast")):
        return False
    places = {place.name for place in context.places_in(sentence)}
    return context.has(sentence, _SPEAKERS) and len(places) <= 1


def _listed(context: Context, best: Count) -> Iterator[Count]:
    """How many names are on a list that the paragraph of a death toll tells of."""
    if best.slot != "killed":
        return
    home = context.reading.paragraph_of(best.span[0])
    for sentence in context.sentences:
        if sentence.paragraph == home and context.has(sentence.span, _RIVAL):
            yield from _on_list(context, sentence, best)


def _on_list(context: Context, sentence: Sentence, best: Count) -> Iterator[Count]:
    told = told_in(context, sentence)
    for place, atom in enumerate(told.atoms):
        if not atom.means(_RIVAL, "list"):
            continue
        number = _number_after(told, place, best)
        quantity = told.atoms[number].quantity if number is not None else None
        if number is not None and quantity is not None:
            span = told.between(place, number + 1)
            yield count(
                context, best.slot, quantity.value, span, Rank.PLAIN, quantity.bound
            )
            return


def _number_after(told: Shape, place: int, best: Count) -> int | None:
    """The place of the number of names right after a list; None for none."""
    for after in range(place + 1, min(place + 1 + _NEAR, len(told.atoms))):
        if told.letters[after] in ".;":
            return None
        start = told.atoms[after].start
        if told.letters[after] == NUMBER and not best.span[0] <= start < best.span[1]:
            return after if _is_of_names(told, after) else None
    return None


def _is_of_names(told: Shape, number: int) -> bool:
    """Whether a number counts names or people, and not "300 prisoners"."""
    return not any(
        letter in _PEOPLE and not atom.means(_RIVAL, "people")
        for letter, atom in zip(
            told.letters[number + 1 : number + _PAIR],
            told.atoms[number + 1 : number + _PAIR],
            strict=True,
        )
    )
