"""How well a part of an article fits a story by its words, where a topic has no more.

A topic of strikes or of meetings is told apart by places, days, tolls and parties
(`affinity`). Of any other topic only words and names are known: the rarer in the topic,
the more they tell. Events of one kind are told in the same words, and two events of one
town under the same names, so a story must be like it in both.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from detectors.affinity import JOIN, Affinity
from detectors.model import Story, StoryProfile, Vocabulary
from detectors.shared_words import WordsAndNames, products, sizes
from detectors.vocabulary import rarities_of

# Set on shootings of October 2014 to June 2015 (tests/quality/grouped.py), where
# B-cubed F1 is within .005 of its best from 0.095 to 0.13, 0.3 to 0.7 and 0.3 to 0.4.
ALIKE = 0.105  # likeness, faded and less its rival's, from which on it is one story
RIVAL = 0.5  # of the next best story's: what fits two of them fits neither
MAX_ALIKE = 8  # stories whose likeness is reckoned; with 24 pair F1 is .005 more
FADING = 0.3  # exponent of the days since a story changed: nine days halve it

_DAY = timedelta(days=1)
_POINTS = JOIN / ALIKE  # so that a trace reads as that of other topics


@dataclass(frozen=True, slots=True)
class _Fit:
    """A story with the likeness of its words, and how much of it is left by now."""

    story: Story
    likeness: float
    freshness: float

    @property
    def left(self) -> float:
        """What counts."""
        return self.likeness * self.freshness


def liken(
    part: StoryProfile,
    stories: Iterable[Story],
    *,
    vocabulary: Vocabulary,
    now: datetime,
) -> tuple[Affinity, ...]:
    """Weigh ``part`` against the stories that share most with it, best first.

    Args:
        part: What the part of the article is recognised by.
        stories: Those that it may continue, in any order.
        vocabulary: How common words are in the topic.
        now: When the article came out.
    """
    running = tuple(stories)
    rare = partial(rarities_of, vocabulary)
    shared = products(part.terms, [each.profile.terms for each in running], rare)
    sharing = sorted(
        zip(shared, running, strict=True),
        key=lambda pair: (sum(pair[0]), *_order(pair[1])),
        reverse=True,
    )
    ours = sizes(part.terms, rare)
    fits = [
        _Fit(
            story=story,
            likeness=_mean(product, ours, sizes(story.profile.terms, rare)),
            freshness=_freshness(story, now),
        )
        for product, story in sharing[:MAX_ALIKE]
    ]
    fits.sort(key=lambda fit: (fit.left, *_order(fit.story)), reverse=True)
    return tuple(
        _affinity(fit, rival=_rival(fits, number)) for number, fit in enumerate(fits)
    )


def _mean(products: WordsAndNames, ours: WordsAndNames, theirs: WordsAndNames) -> float:
    """The geometric mean of both cosines; of words alone where one has no names."""
    cosines = [
        product / (mine * yours)
        for product, mine, yours in zip(products, ours, theirs, strict=True)
        if mine and yours
    ]
    return math.prod(cosines) ** (1 / len(cosines)) if cosines else 0.0


def _order(story: Story) -> tuple[datetime, str]:
    return story.changed_at, story.id


def _freshness(story: Story, now: datetime) -> float:
    """What is left of a likeness, 0..1: much of the loss is in the first days."""
    days = max(now - story.changed_at, timedelta()) / _DAY
    return math.pow(1 + days, -FADING)


def _rival(fits: Sequence[_Fit], number: int) -> float:
    """What is left of the likeness of the best other story."""
    others = fits[:1] if number else fits[1:2]
    return others[0].left if others else 0.0


def _affinity(fit: _Fit, *, rival: float) -> Affinity:
    evidence = {
        "words and names": _POINTS * fit.likeness,
        "age": _POINTS * (fit.left - fit.likeness),
        "rival": -_POINTS * RIVAL * rival,
    }
    return Affinity(
        story=fit.story,
        points=round(sum(evidence.values()), 4),
        evidence=evidence,
        grounded=True,
    )
