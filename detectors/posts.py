"""Which posts of a live page are on its topic though they do not say so themselves.

"07:00 The number of dead in Sumy has risen to four" is of the strike that the page
tells of. A post takes a topic over from the page if it holds a word of it, speaks for
no other, and names what the posts on the topic name; or nothing at all where the
page's title is on the topic.
"""

from collections.abc import Container, Iterable

import numpy as np

from detectors.names import headline_names, is_one_name, names
from detectors.text import Reading
from detectors.vectors import Floats

HEADS = 0.0  # log-odds of a title that says what the whole page is about
# Log-odds: a post below says little of any topic, and as often another thing. Of 16
# live pages on many things one paragraph takes a topic over, of 156 that are off it.
LEAST = -3.0
TAKEN_OVER = 0.5  # log-odds of a post that does: on, and behind any that says so


def taken_over(
    reading: Reading, own: Floats, rivals: Floats, told: Container[int], *, title: float
) -> Floats:
    """The log-odds of a live page's paragraphs, with those that take its topic over.

    Args:
        reading: The page.
        own: Log-odds of each paragraph for the topic.
        rivals: The highest log-odds of each for any other topic.
        told: The paragraphs that hold a word of the topic.
        title: Log-odds of the title.
    """
    on = [n for n, score in enumerate(own) if score > 0 and score >= rivals[n]]
    heads = title >= HEADS
    known = {*headline_names(reading.title)} if heads else set()
    known.update(*(names(reading, *reading.paragraphs[n]) for n in on))
    raised = own.copy()
    for number, span in enumerate(reading.paragraphs):
        doubtful = own[number] <= 0 and own[number] >= max(LEAST, rivals[number])
        if not doubtful or number not in told:
            continue
        named = names(reading, *span)
        if _are_known(named, known) if named else heads:
            raised[number] = TAKEN_OVER
    return np.asarray(raised)


def _are_known(named: Iterable[str], known: Iterable[str]) -> bool:
    """Whether as many of the names of a post, or more, are known as are new."""
    old = [any(is_one_name(name, other) for other in known) for name in named]
    return sum(old) * 2 >= len(old)
