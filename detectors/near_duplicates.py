"""Tell whether an article repeats copy we have seen: syndication, re-posts, cuts.

The same event in other words is no repeat; `stories` joins those. A wrong match
silences an alert, a miss only repeats one: when in doubt, answer "different".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, chain

import numpy as np

from detectors.changes import tells_otherwise
from detectors.headlines import alike, gist, share
from detectors.model import DuplicateReason, DuplicateVerdict
from detectors.text import SHINGLE_WORDS, Reading, cased_words, runs_of, words

# Three shared of these find .998 of 2,100 edited copies, of those embedded between two
# other articles .983; 64 found .999, 96 all of them, at twice the cost of the index.
BOTTOM = 48
MIN_SHARED = 3  # as above: shared bottom hashes that make a candidate
MIN_CONTAINMENT = 0.70  # .94 of real copies, no real update (59 labelled pairs)
# Short copy that lost a paragraph and gained a house's own notice has .58 to .69 of
# it. It keeps its opening (.64 to .88 each way); of 22 real updates none does (to .41).
MIN_DRESSED = 0.55
MIN_OPENING = 0.6
MIN_REVISION = 0.20  # 14 of 22 real updates have more, 6 of 12 strangers
MIN_INFORMATIVE = 8  # fewer runs of four words are a headline, and prove nothing
COMMON_ROOTS = 6  # a run of words in more unrelated articles is a site's furniture

# Of 69 pages that are nothing but furniture 61 tell less of their headline, of 54
# labelled copies and 17 real ones none does, where headlines differ as well.
MIN_HEADLINE = 0.25
SAME_HEADLINE = 0.5
# Real updates and strangers are parted best by this (AUC .91 English, .84 Russian).
SAME_MATTER = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a text is compared by.

    Args:
        title: What its headline is about, see `detectors.headlines`.
        text: It, without noise.
        words: Its words, in order, case-folded.
        lines: For each of its paragraphs, in order, the 64-bit hashes of the runs of
            four words that begin there.
        shingles: All of them.
        bottom: The smallest, ascending, at most `BOTTOM`.
    """

    title: frozenset[str]
    text: str
    words: tuple[str, ...]
    lines: tuple[tuple[int, ...], ...]
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
    """What ``reading`` is compared by."""
    paragraphs = [words(reading.quote(span)) for span in reading.paragraphs]
    flat = tuple(chain.from_iterable(paragraphs))
    hashes = runs_of(flat)
    runs = tuple(hashes.tolist())
    stops = [*accumulate(map(len, paragraphs))]
    return Fingerprint(
        title=gist(words(reading.title)),
        text=reading.text,
        words=flat,
        lines=tuple(runs[a:b] for a, b in zip([0, *stops], stops, strict=False)),
        shingles=frozenset(runs),
        bottom=tuple(np.unique(hashes)[:BOTTOM].tolist()),
    )


def find_original(
    article: Fingerprint,
    candidates: Iterable[Candidate],
    *,
    furniture: frozenset[int] = frozenset(),
) -> DuplicateVerdict:
    """Find the earlier copy that ``article`` repeats.

    Containment counts the shared runs of four words in the shorter text, so that a
    cut or embedded copy is one. Copy in which a number, a date or several names stand
    changed between equal words is another article: a daily communiqué, an update.
    What says nothing of either headline is no evidence, unless these are alike.

    Args:
        article: The text in question.
        candidates: Earlier articles that share at least `MIN_SHARED` bottom hashes,
            in any order; ties go to the first published, then by id.
        furniture: Those of the article's bottom hashes that more than `COMMON_ROOTS`
            unrelated articles of its own site have.

    References:
        Broder 1997, "On the resemblance and containment of documents".
    """
    found = tuple(candidates)
    ignored = _ignored(article, furniture) | _common(found)
    ranked = _rank(article, found, ignored)
    objection: DuplicateReason | None = None
    for containment, candidate in ranked:
        if containment < MIN_DRESSED:
            break
        if not _is_enough(containment, article, candidate.fingerprint):
            continue
        against = _objection(article, candidate.fingerprint)
        if against is None:
            return DuplicateVerdict(
                original=candidate.root,
                nearest=candidate.article_id,
                containment=round(containment, 4),
                reason=DuplicateReason.SAME_COPY,
            )
        objection = objection or against
    if not ranked:
        return _unlike(DuplicateReason.NO_CANDIDATE)
    containment, nearest = ranked[0]
    if objection is None:
        objection = _relation(article, nearest.fingerprint, containment, ignored)
    return _unlike(objection, nearest.article_id, containment)


def _is_enough(containment: float, article: Fingerprint, earlier: Fingerprint) -> bool:
    """Whether a text holds enough of another for a copy: less if it opens alike."""
    if containment >= MIN_CONTAINMENT:
        return True
    openings = [(article, earlier), (earlier, article)]
    return all(_opening_in(one, other) >= MIN_OPENING for one, other in openings)


def _opening_in(one: Fingerprint, other: Fingerprint) -> float:
    """Which share of the first paragraph of ``one`` stands in ``other``."""
    opening = next((line for line in one.lines if len(line) >= MIN_INFORMATIVE), ())
    return len(other.shingles.intersection(opening)) / max(len(opening), 1)


def _unlike(
    reason: DuplicateReason, nearest: str | None = None, containment: float = 0.0
) -> DuplicateVerdict:
    return DuplicateVerdict(
        original=None,
        nearest=nearest,
        containment=round(containment, 4),
        reason=reason,
    )


def _objection(article: Fingerprint, earlier: Fingerprint) -> DuplicateReason | None:
    """Why a text with the same runs of words is no copy all the same."""
    if not _tells(article, earlier) and not _same_title(article, earlier):
        return DuplicateReason.FURNITURE
    if tells_otherwise(cased_words(earlier.text), cased_words(article.text)):
        return DuplicateReason.CHANGED_NUMBERS
    return None


def _relation(
    article: Fingerprint,
    nearest: Fingerprint,
    containment: float,
    ignored: frozenset[int],
) -> DuplicateReason:
    """What an article is to the nearest one that it does not repeat."""
    shorter = min(article.shingles, nearest.shingles, key=len)
    if len(shorter) < MIN_INFORMATIVE:
        return DuplicateReason.TOO_SHORT
    if len(shorter - ignored) < MIN_INFORMATIVE:
        return DuplicateReason.FURNITURE
    told = max(
        share(article.title, gist(nearest.words) | nearest.title),
        share(nearest.title, gist(article.words) | article.title),
    )
    if told < SAME_MATTER:
        return DuplicateReason.LOW_CONTAINMENT
    if containment >= MIN_REVISION:
        return DuplicateReason.PARTLY_SAME
    return DuplicateReason.SAME_EVENT


def _tells(article: Fingerprint, earlier: Fingerprint) -> bool:
    """Whether what two texts share tells of a headline; those without any may."""
    told = gist(_shared_words(article, earlier))
    titles = [title for title in (article.title, earlier.title) if title]
    return not titles or any(share(title, told) >= MIN_HEADLINE for title in titles)


def _shared_words(article: Fingerprint, earlier: Fingerprint) -> set[str]:
    """The words of ``article`` within runs that ``earlier`` has too."""
    shared: set[str] = set()
    for place, run in enumerate(chain.from_iterable(article.lines)):
        if run in earlier.shingles:
            shared.update(article.words[place : place + SHINGLE_WORDS])
    return shared


def _same_title(one: Fingerprint, other: Fingerprint) -> bool:
    return alike(one.title, other.title) >= SAME_HEADLINE


def _rank(
    article: Fingerprint, candidates: Sequence[Candidate], ignored: frozenset[int]
) -> list[tuple[float, Candidate]]:
    """Each candidate with its containment, the most contained first."""
    ranked = [
        (_containment(article, candidate.fingerprint, ignored), candidate)
        for candidate in candidates
    ]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].published_at, pair[1].article_id))
    return ranked


def _containment(
    article: Fingerprint, earlier: Fingerprint, ignored: frozenset[int]
) -> float:
    """Which share of the smaller set the larger one holds; 0 of too little.

    One page under one headline is itself, however much of it is furniture.
    """
    if article.shingles == earlier.shingles and _same_title(article, earlier):
        ignored = frozenset()
    one, other = article.shingles - ignored, earlier.shingles - ignored
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= MIN_INFORMATIVE else 0.0


def _ignored(article: Fingerprint, furniture: frozenset[int]) -> frozenset[int]:
    """The furniture, and all runs of paragraphs whose known half is furniture.

    Only the bottom hashes can be known; a paragraph is repeated whole or not at all.
    """
    if not furniture:
        return furniture
    known, ignored = frozenset(article.bottom), set(furniture)
    for line in article.lines:
        sampled = known.intersection(line)
        if sampled and 2 * len(sampled & furniture) >= len(sampled):
            ignored.update(line)
    return frozenset(ignored)


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
