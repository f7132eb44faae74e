"""Where a text stops speaking for its story: news stands on top.

What an inverted pyramid says last is background, and what it says below its first
lines is said in passing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.model import Span
from detectors.recognition import LEAD, OPENING, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where a part of an article stops speaking for its story.

    Args:
        first: The end of its first paragraph, or of the opening if that comes before.
        opening: The end of its first sentences.
        end: The end of what can change a story; below it stands background.
    """

    first: int
    opening: int
    end: int


def lead(spans: Sequence[Span]) -> Lead:
    """The lead of some paragraphs, in order."""
    opening = after(spans, OPENING)
    return Lead(
        first=min(opening, spans[0][1]), opening=opening, end=after(spans, LEAD)
    )
