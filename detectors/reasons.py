"""Why a topic matched or did not, and what would have tipped it, in one sentence."""

import math
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from detectors.calibration import logit
from detectors.keywords import Hit
from detectors.meaning import Meant, english
from detectors.model import Topic
from detectors.profiles import Profile, said

SUGGESTED = 2  # words that would have tipped it
LISTED = 3  # words of a list of which there was none
SHOWN = 80  # characters of an exemplar
FAR = 9  # words; a miss by more is told as far


def reason(
    profile: Profile,
    weights: Sequence[float],
    log_odds: float,
    hits: Sequence[Hit],
    absent: Iterable[int],
) -> str:
    """Tell the verdict on an article from its best passage.

    Args:
        profile: The topic.
        weights: Of the topic's words, in the language of the article.
        log_odds: Of the best passage, with all that was added and taken off.
        hits: The topic's terms in that passage.
        absent: The lists of ``each`` that the article holds no term of.
    """
    wanted = logit(profile.threshold)
    if math.isinf(log_odds):
        return "every passage holds a word of a look-alike, or a needed word is missing"
    parts = [_margin(profile, weights, log_odds - wanted, hits)]
    for number in absent:
        some = ", ".join(profile.topic.words.each[number][:LISTED])
        parts.append(f"it holds no word of a list that most reports do ({some} ...)")
    return "; ".join([*parts, _calibrated(profile)])


def by_meaning(topic: Topic, meant: Meant, passage: int) -> str:
    """Tell what the meaning of a passage did, and which exemplar it is nearest to."""
    nearest = meant.nearest.get(passage)
    if nearest is None:
        return "its meaning was not asked for, too few words speak for it"
    told = f"its meaning adds {meant.added[passage]:+.1f} to the log-odds"
    exemplars = english(topic.exemplars)
    if not exemplars:
        return told
    return f"{told}, nearest to “{exemplars[nearest][:SHOWN].strip()}”"


def _margin(
    profile: Profile, weights: Sequence[float], margin: float, hits: Sequence[Hit]
) -> str:
    """How far from the threshold it is, in words of the topic."""
    terms = [*said(hits, weights).values()]
    held = 1 + sum(weights[term] for term in terms)
    usual = sum(weights) / len(weights) if weights else 1.0
    stretch = math.exp(min(abs(margin) / profile.calibration.slope, FAR))
    if margin >= 0:
        spare = int(held * (1 - 1 / stretch) / usual)
        if not spare:
            return "one word fewer would not have been enough"
        return f"{_count(spare)} fewer would still have been enough"
    missing = math.ceil(held * (stretch - 1) / usual)
    if missing > FAR:
        return f"far from it: log-odds {margin:.1f}"
    others = (term for term in range(len(weights)) if term not in terms)
    new = nsmallest(SUGGESTED, others, key=lambda term: (-weights[term], term))
    such = " or ".join(profile.topic.words.any[term] for term in new)
    return f"{_count(missing)} more would have tipped it" + (
        f", such as {such}" if such else ""
    )


def _count(number: int) -> str:
    return f"about {number} {'word' if number == 1 else 'words'}"


def _calibrated(profile: Profile) -> str:
    """What the probability rests on: nobody has judged an alert yet."""
    number = len(profile.topic.exemplars)
    basis = f"{number} exemplars" if profile.is_fitted else "no more than its words"
    return f"not calibrated yet, it rests on {basis}"
