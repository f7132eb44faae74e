"""Tell whether an article repeats copy we have seen: syndication, re-posts, cuts.

The same event in other words is no repeat; `stories` joins those. A wrong match
silences an alert, a miss only repeats one: when in doubt, answer "different".
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from anyascii import anyascii

from detectors.model import DuplicateReason, DuplicateVerdict
from detectors.numerals import figures
from detectors.text import Reading, cased_words, shingles

BOTTOM = 96  # three shared of these find .998 of all copies, cut and embedded ones too
MIN_SHARED = 3  # as above: shared bottom hashes that make a candidate
MIN_CONTAINMENT = 0.70  # .94 of real copies, no real update (59 labelled pairs)
MIN_INFORMATIVE = 8  # fewer runs of four words are a headline, and prove nothing
COMMON_ROOTS = 6  # a run of words in more unrelated articles is a site's furniture

COMPARED = 3_000  # words; aligning takes the square of them
LONGEST_CHANGE = (
    12  # words; a longer replaced stretch is another paragraph, not a figure
)
LONGEST_EDGE = 3  # words; beside less, or at an end, longer ones are other paragraphs
ANCHOR = 2  # equal words; one alone, an "and", joins what does not belong together
BOTH_SIDES = 2
MIN_CHANGED_NAMES = 2  # a single other name is an outlet's own ("told the Post")
SAME_NAME = 0.5  # Kiev/Kyiv .50, Odessa/Odesa .91; Sumy/Poltava .0

Change = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a text is compared by.

    Args:
        words: Its words, in order, as written.
        shingles: 64-bit hashes of its runs of four words.
        bottom: The smallest of them, ascending, at most `BOTTOM`.
    """

    words: tuple[str, ...]
    shingles: frozenset[int]
    bottom: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An earlier article that may be the original.

    ``root`` is the first article of its copies: itself unless it is a copy.
    """

    article_id: str
    root: str
    published_at: datetime
    fingerprint: Fingerprint


def fingerprint(reading: Reading) -> Fingerprint:
    """What ``reading`` is compared by; its title does not count."""
    runs = shingles(reading.text)
    return Fingerprint(
        words=cased_words(reading.text),
        shingles=runs,
        bottom=tuple(heapq.nsmallest(BOTTOM, runs)),
    )


def find_original(
    article: Fingerprint, candidates: Iterable[Candidate]
) -> DuplicateVerdict:
    """Find the earlier copy that ``article`` repeats.

    Containment counts the shared runs of four words in the shorter text, so that a
    cut or embedded copy is one. Copy in which a number, a date or several names stand
    changed between equal words is another article: a daily communiqué, an update.

    Args:
        article: The text in question.
        candidates: Earlier articles that share at least `MIN_SHARED` bottom hashes,
            in any order; ties go to the first published, then by id.

    References:
        Broder 1997, "On the resemblance and containment of documents".
    """
    ranked = _rank(article, tuple(candidates))
    if not ranked:
        return DuplicateVerdict(
            original=None,
            nearest=None,
            containment=0.0,
            reason=DuplicateReason.NO_CANDIDATE,
        )
    containment, nearest = ranked[0]
    reason = DuplicateReason.LOW_CONTAINMENT
    for share, candidate in ranked:
        if share < MIN_CONTAINMENT:
            break
        if not tells_otherwise(candidate.fingerprint.words, article.words):
            return DuplicateVerdict(
                original=candidate.root,
                nearest=candidate.article_id,
                containment=round(share, 4),
                reason=DuplicateReason.SAME_COPY,
            )
        reason = DuplicateReason.CHANGED_NUMBERS
    if min(len(article.shingles), len(nearest.fingerprint.shingles)) < MIN_INFORMATIVE:
        reason = DuplicateReason.TOO_SHORT
    return DuplicateVerdict(
        original=None,
        nearest=nearest.article_id,
        containment=round(containment, 4),
        reason=reason,
    )


def tells_otherwise(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether two versions of one copy differ in what they tell.

    They do where, between equal words, each has a number or date that the other
    lacks, or where names differ in several places by more than spelling.

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


def _rank(
    article: Fingerprint, candidates: Sequence[Candidate]
) -> list[tuple[float, Candidate]]:
    """Each candidate with its containment, the most contained first."""
    common = _common(candidates)
    mine = article.shingles - common
    ranked = [
        (_containment(mine, candidate.fingerprint.shingles - common), candidate)
        for candidate in candidates
    ]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].published_at, pair[1].article_id))
    return ranked


def _containment(one: frozenset[int], other: frozenset[int]) -> float:
    """Which share of the smaller set the larger one holds; 0 of too little."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= MIN_INFORMATIVE else 0.0


def _common(candidates: Sequence[Candidate]) -> frozenset[int]:
    """The runs of words that too many unrelated candidates share."""
    roots = {candidate.root for candidate in candidates}
    if len(roots) <= COMMON_ROOTS:
        return frozenset()
    seen: Counter[int] = Counter()
    for root in sorted(roots):
        seen.update(
            frozenset().union(
                *(c.fingerprint.shingles for c in candidates if c.root == root)
            )
        )
    return frozenset(run for run, times in seen.items() if times > COMMON_ROOTS)


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """The short stretches that stand replaced between equal words."""
    before, after = before[:COMPARED], after[:COMPARED]
    matcher = SequenceMatcher(None, _fold(before), _fold(after), autojunk=False)
    codes = matcher.get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(codes):
        beside = (codes[i] for i in (number - 1, number + 1) if 0 <= i < len(codes))
        anchors = [code[2] - code[1] >= ANCHOR for code in beside if code[0] == "equal"]
        longest = LONGEST_CHANGE if sum(anchors) == BOTH_SIDES else LONGEST_EDGE
        if kind == "replace" and max(b - a, d - c) <= longest:
            yield tuple(before[a:b]), tuple(after[c:d])


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
