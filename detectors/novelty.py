"""Tell whether a report of a running story says something new, or retells it.

A topic without slots has no facts to compare. Its articles are then compared by their
words, each by how rare it is in the topic: who retells an event takes the same ones.
This sees no changed number; facts do.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from detectors.model import Vocabulary
from detectors.recognition import MIN_LETTERS
from detectors.text import Reading, stems
from detectors.vocabulary import Rarities

RETOLD = 0.28
"""Likeness from which on an article retells an earlier one. Set on 407 updates of six
crises and 814 retellings (tests/quality/timelines.py): it leaves 1 % of the updates
unheard and tells 2 % of the retellings. Flat: with .25 they are 2 % and 2 %."""

COMPARED = 24  # articles of a story, the last ones; outlets retell the last state
LONGEST = 4_000  # letters: what is new stands at the top


def terms(reading: Reading) -> Counter[str]:
    """The stems of an article's beginning, as a story's words are counted."""
    beginning = stems(reading.text[:LONGEST], reading.language)
    return Counter(
        stem for stem in beginning if len(stem) >= MIN_LETTERS or stem.isdecimal()
    )


def likeness(
    article: Mapping[str, int],
    earlier: Iterable[Mapping[str, int]],
    vocabulary: Vocabulary,
) -> float:
    """The cosine, 0..1, of an article and the earlier one that is most like it.

    >>> new, old = Counter(["dockers", "strike"]), Counter(["dockers", "strike"])
    >>> round(likeness(new, [old], Vocabulary(topic="ports")), 2)
    1.0
    >>> likeness(new, [], Vocabulary(topic="ports"))
    0.0
    """
    rarities = Rarities(vocabulary)
    ours = _weighed(article, rarities)
    return max((_cosine(ours, _weighed(one, rarities)) for one in earlier), default=0.0)


def _weighed(counts: Mapping[str, int], rarities: Rarities) -> dict[str, float]:
    return {
        term: (1 + math.log(times)) * rarities[term] for term, times in counts.items()
    }


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    shared = sum(one[term] * other[term] for term in one.keys() & other.keys())
    sizes = math.hypot(*one.values()) * math.hypot(*other.values())
    return shared / sizes if sizes else 0.0
