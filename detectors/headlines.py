"""What a headline says of the text below it, and two articles of each other.

An article repeats the words of its headline. A page whose text has none of them is
furniture: a subscription notice, a list of videos, somebody else's teaser.
"""

from collections.abc import Iterable

ROOT_LETTERS = 5  # inflected forms begin alike: Odesa/Odesi, attacked/attacks
LEAST_LETTERS = 4  # shorter words are of no matter; figures are


def gist(words: Iterable[str]) -> frozenset[str]:
    """How the words of matter begin, and the figures.

    >>> sorted(gist("Six drones hit the port of Odesa in 3 hours".split()))
    ['3', 'drone', 'hours', 'odesa', 'port']
    """
    folded = (word.casefold() for word in words)
    return frozenset(
        word[:ROOT_LETTERS]
        for word in folded
        if len(word) >= LEAST_LETTERS or word.isdecimal()
    )


def share(of: frozenset[str], within: frozenset[str]) -> float:
    """Which part of one gist stands in the other, 0..1; 0 of an empty one."""
    return len(of & within) / len(of) if of else 0.0


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Which part of the shorter of two gists stands in the other, 0..1."""
    return max(share(one, other), share(other, one))
