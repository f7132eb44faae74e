"""Which paragraphs of an article are on a topic, given how each one scores.

Reports are told in stretches: a paragraph that says little of its own belongs to
what surrounds it, unless it speaks for another topic or is no part of the article.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from detectors.model import Span
from detectors.text import Reading
from detectors.vectors import Floats

# Measured together on 205 labelled passages of a stream of 244 articles: F1 .978, and
# above .97 for any of them half a step off; .897 with all paragraphs but furniture.
WEAKEST, STRONGEST = -3.0, 4.0  # log-odds; a loud paragraph must not drown the others
STAY = 0.5  # what a paragraph that says nothing of its own adds to staying on
SWITCH = 2.0  # what a change from on to off, or back, costs
RIVAL = 2.0  # the weight of another topic's lead


def choose(
    own: Floats, rivals: Floats, excluded: Sequence[bool], *, is_live: bool
) -> tuple[int, ...]:
    """The paragraphs that are on the topic, in order.

    Args:
        own: Log-odds of each paragraph for the topic.
        rivals: The highest log-odds of each for any other topic.
        excluded: Paragraphs that cannot be: furniture.
        is_live: Whether each paragraph stands for itself.
    """
    if is_live:
        return tuple(
            number
            for number, score in enumerate(own)
            if not excluded[number] and score > 0 and score >= rivals[number]
        )
    mine = np.clip(own, WEAKEST, STRONGEST)
    lead = np.maximum(np.clip(rivals, WEAKEST, STRONGEST) - mine, 0)
    gains = mine - WEAKEST + STAY - RIVAL * lead
    inside = [i for i in range(len(own)) if not excluded[i]]
    return tuple(
        number
        for number, on in zip(inside, _best_path(gains[inside].tolist()), strict=True)
        if on
    )


def _best_path(gains: Sequence[float]) -> list[bool]:
    """On or off for each step, at the highest sum of gains less switches."""
    off = on = 0.0
    came: list[tuple[bool, bool]] = []
    for gain in gains:
        came.append((on - SWITCH > off, off - SWITCH > on))
        off, on = max(off, on - SWITCH), max(on, off - SWITCH) + gain
    state = on > off
    path: list[bool] = []
    for step in reversed(came):
        path.append(state)
        state ^= step[state]
    return path[::-1]


def spans_of(reading: Reading, paragraphs: Iterable[int]) -> tuple[Span, ...]:
    """Whole paragraphs as spans, neighbours joined."""
    spans: list[Span] = []
    last = -2
    for number in paragraphs:
        start, end = reading.paragraphs[number]
        if number == last + 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = number
    return tuple(spans)


def together(reading: Reading, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The paragraphs that some spans lie in, neighbours joined."""
    return spans_of(
        reading, sorted({reading.paragraph_of(start) for start, _ in spans})
    )
