"""Whether two versions of one copy tell different things.

A figure, a date or several names that stand changed between equal words make another
article of the same copy: a daily communiqué, an update.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from anyascii import anyascii

from detectors.numerals import figures

COMPARED = 3_000  # words; aligning takes the square of them
LONGEST_CHANGE = (
    12  # words; a longer replaced stretch is another paragraph, not a figure
)
LONGEST_EDGE = 3  # words; beside less, or at an end, longer ones are other paragraphs
ANCHOR = 2  # equal words; one alone, an "and", joins what does not belong together
BOTH_SIDES = 2
MIN_CHANGED_NAMES = 2  # a single other name is an outlet's own ("told the Post")
SAME_NAME = 0.5  # Kiev/Kyiv .50, Odessa/Odesa .91; Sumy/Poltava .0

Change: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]


def tells_otherwise(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether two versions of one copy differ in what they tell.

    They do where, between equal words, each has a number or date that the other
    lacks, or where names differ in several places by more than spelling.

    Args:
        before: Words as written, names with their capitals.
        after: As ``before``.

    >>> tells_otherwise("killing three people".split(), "killing 3 people".split())
    False
    >>> tells_otherwise("killing three people".split(), "killing four people".split())
    True
    """
    names = 0
    for old, new in _changes(before, after):
        if _other_figures(old, new):
            return True
        names += _other_name(old, new)
    return names >= MIN_CHANGED_NAMES


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """The short stretches that stand replaced between equal words."""
    before, after = _unlike(before[:COMPARED], after[:COMPARED])
    matcher = SequenceMatcher(None, _fold(before), _fold(after), autojunk=False)
    codes = matcher.get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(codes):
        beside = (codes[i] for i in (number - 1, number + 1) if 0 <= i < len(codes))
        anchors = [code[2] - code[1] >= ANCHOR for code in beside if code[0] == "equal"]
        longest = LONGEST_CHANGE if sum(anchors) == BOTH_SIDES else LONGEST_EDGE
        if kind == "replace" and max(b - a, d - c) <= longest:
            yield tuple(before[a:b]), tuple(after[c:d])


def _unlike(before: Sequence[str], after: Sequence[str]) -> list[Sequence[str]]:
    """Both without what they begin and end with alike, but for its nearest words.

    Most copies differ in a line or two; aligning all of them took four times as long.
    """
    shorter = min(len(before), len(after))
    first = 0
    while first < shorter and before[first] == after[first]:
        first += 1
    last = 0
    while last < shorter - first and before[-1 - last] == after[-1 - last]:
        last += 1
    start, cut = max(first - ANCHOR, 0), max(last - ANCHOR, 0)
    return [words[start : len(words) - cut] for words in (before, after)]


def _other_figures(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether each stretch has a number, or a date, that the other lacks."""
    was, now = figures(_fold(old)), figures(_fold(new))
    gone, come = ({figure.kind for figure in one} for one in (was - now, now - was))
    return bool(gone & come)


def _other_name(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether both stretches name something, and not the same in two spellings."""
    names = [
        [_plain(word) for word in words if word[:1].isupper()] for words in (old, new)
    ]
    return all(names) and not any(
        SequenceMatcher(None, one, other).ratio() >= SAME_NAME
        for one in names[0]
        for other in names[1]
    )


def _plain(word: str) -> str:
    return str(anyascii(word)).casefold()


def _fold(words: Sequence[str]) -> list[str]:
    return [word.casefold() for word in words]
