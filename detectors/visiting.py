"""When a page is asked again: while the story that it tells of lives.

Publishers mend a report under the same address and often tell no feed. Most do so soon:
so the visits thin out. A live blog is asked with each cycle for as long as it goes on.
No clock here: ``now`` is given.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from detectors.echoes import folded
from detectors.model import Article, Outcome, Story, Visit
from detectors.walls import WALLS, Refusal

# After the page was first read. Of 3,269 headlines that a front page changed in two
# years a fifth were changed within an hour, 59 % within six and 94 % within a day
# (2026-11); and four requests a report are what its server can bear of us.
AFTER = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
LIVE_FOR = timedelta(hours=24)  # after a live page was first read, or last changed
LIVE_REST = timedelta(minutes=1)  # less than any cycle: once in each
ASLEEP = timedelta(days=2)  # a story that nothing came to for so long sleeps

_CLOSED = frozenset({*WALLS, Refusal.TEASER})  # as closed the next time
_UNTOLD = frozenset({Outcome.DUPLICATE, Outcome.OFF_TOPIC, Outcome.UNREADABLE_LANGUAGE})
_LIVE_PATH = re.compile(
    r"(?:^|[/_-])(?:live(?:-?blog|-?updates?|-?news|-?reporting)?|liveticker|en-vivo|"
    r"en-directo|minuto-a-minuto|onlayn|online-translyaci\w+|nazhyvo)(?:$|[/_.-])"
)
_LIVE_TITLE = re.compile(
    r"^(?:live|en vivo|en directo|directo|наживо|онлайн)\b(?:\s*[:|]|\s+[–—-]\s)|"
    r"\b(?:live (?:updates?|blog|coverage|reporting)|as it happened|minuto a minuto|"
    r"última hora en directo|онлайн[- ]?трансляці[яї]|онлайн[- ]?трансляци[яи]|"
    r"текстова трансляція|текстовая трансляция|оновлюється|обновляется)\b"
)


def is_live(url: str, title: str) -> bool:
    """Whether a page calls itself a live blog, in its address or its title.

    >>> is_live("https://wire.test/world/live/2026/quay", "Fire on the quay")
    True
    >>> is_live("https://wire.test/olive-oil", "Where sailors live")
    False
    """
    path = unquote(urlsplit(url).path).lower()
    return bool(_LIVE_PATH.search(path) or _LIVE_TITLE.search(folded(title)))


def is_worth(article: Article, outcome: Outcome) -> bool:
    """Whether a page that a story hangs on is to be asked again.

    Copies are not: their original is. Nor is what stands behind a wall.
    """
    return (
        bool(article.url)
        and outcome not in _UNTOLD
        and _CLOSED.isdisjoint(article.flags)
    )


def is_awake(stories: Iterable[Story], *, now: datetime) -> bool:
    """Whether any of a page's stories still lives."""
    return any(now - story.changed_at < ASLEEP for story in stories)


def next_visit(visit: Visit, *, now: datetime) -> datetime | None:
    """When the page is asked next; None: not any more.

    What was missed meanwhile is not made up for: one visit finds all that changed.
    """
    if visit.is_live and now < visit.opened_at + LIVE_FOR:
        return now + LIVE_REST
    planned = (visit.opened_at + after for after in AFTER)
    return next((at for at in planned if at > now), None)
