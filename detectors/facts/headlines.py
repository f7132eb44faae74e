"""The tolls that a headline gives: which of a text's numbers speaks for the article.

A headline is no evidence, for it is not in the text. But where a text counts twice, the
number that its headline repeats is the one that it is about.
"""

from collections.abc import Mapping

from detectors.facts.casualties import find_casualties
from detectors.facts.casualty_frames import Rank
from detectors.facts.context import Context
from detectors.facts.gunfire import find_shot, tells_of_several
from detectors.slots import HARMED

_NUMBER = 2  # one man dead may be one of several


def tolls_of_headline(context: Context) -> Mapping[str, int]:
    """How many were killed and injured by an article's headline, where it counts."""
    return context.once("headline", lambda: _tolls(context))


def _tolls(context: Context) -> Mapping[str, int]:
    head = context.heading
    if any(tells_of_several(head, sentence.span) for sentence in head.sentences):
        return {}
    told = {
        slot: max(
            (
                count.value
                for count in find_casualties(head)
                if count.slot == slot
                and count.certainty.counts
                and count.rank >= Rank.PLAIN
            ),
            default=0,
        )
        for slot in HARMED
    }
    shot = [hit for hit in find_shot(head) if hit.certainty.counts]
    told["killed"] = told["killed"] or max(
        (h.value for h in shot if h.fatal), default=0
    )
    told["injured"] = told["injured"] or max(
        (h.value for h in shot if h.others), default=0
    )
    told["shot"] = max(
        (h.value for h in shot if not h.fatal and not h.others), default=0
    )
    return {slot: value for slot, value in told.items() if value >= _NUMBER}
