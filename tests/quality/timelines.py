"""Crisis timelines: each day's update in the words of three people.

The pairs of `keys/timelines.tsv` were chosen by their words alone, before any extractor
saw them: of each update the first two people who both give, in digits and within four
words of a word of death, injury or loss, one figure (not a year); the highest such.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from detectors import facts
from detectors.developments import develop
from detectors.ledger import TOLLS
from detectors.model import (
    Article,
    Development,
    DevelopmentKind,
    Fact,
    Story,
    StoryProfile,
    TopicVerdict,
)
from detectors.text import read
from flows.seeds import Seeds, load_seeds
from tests.quality.resampling import share

KEYS = Path(__file__).with_name("keys") / "timelines.tsv"
RISE = 5  # a fifth more, and at least one
_NO_MOVE = frozenset({DevelopmentKind.NEW, DevelopmentKind.CONFIRMATION})
"""A first figure, and one told again by a second source, change no number."""

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
STORY = Story(
    id="s",
    topic="strike-reports",
    headline="",
    opened_at=NOON,
    changed_at=NOON,
    profile=StoryProfile(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One update in two people's words, both of which give ``figure``."""

    first: str
    second: str
    figure: int

    @property
    def changed(self) -> tuple[str, int]:
        """The second text with the figure risen by a fifth, and what it is then."""
        risen = self.figure + max(1, self.figure // RISE)
        written = f"{self.figure:,}" if self.figure > 999 else str(self.figure)
        pattern = rf"(?<![\w.,])(?:{self.figure}|{written})(?![\w]|[.,]\d)"
        return re.sub(pattern, str(risen), self.second), risen


def changed_numbers(path: Path, keys: Path = KEYS) -> dict[str, float]:
    """Tell a changed toll from a toll in other words, on the chosen pairs.

    Returns:
        The share of changed figures that move a toll (``recall``), and of unchanged
        ones that do (``false_alarm``), each with its interval; nothing is conditional
        on what was read of either text.
    """
    seeds = load_seeds()
    found = list(pairs(path, keys))
    heard = [_hears(seeds, pair) for pair in found]
    alarmed = [bool(_unchanged(seeds, pair)) for pair in found]
    return {
        "pairs": float(len(found)),
        **share("recall", heard),
        **share("false_alarm", alarmed),
    }


def pairs(path: Path, keys: Path = KEYS) -> Iterator[Pair]:
    """The chosen pairs, out of the timelines at ``path``."""
    updates: dict[tuple[str, int], Mapping[str, str]] = {}
    with path.open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            updates[record["event"], record["seq"]] = record["updates"]
    for line in keys.read_text(encoding="utf-8").splitlines():
        event, seq, one, other, figure = line.split("\t")
        texts = updates[event, int(seq)]
        yield Pair(first=texts[one], second=texts[other], figure=int(figure))


def _hears(seeds: Seeds, pair: Pair) -> bool:
    """Whether the changed figure moves a toll that the unchanged one did not move.

    It need not be the figure itself: "13 policemen and four others" are 17.
    """
    text, _ = pair.changed
    told = {(one.slot, one.new) for one in _moves(seeds, pair.first, text)}
    return bool(told - {(one.slot, one.new) for one in _unchanged(seeds, pair)})


def _unchanged(seeds: Seeds, pair: Pair) -> Sequence[Development]:
    return _moves(seeds, pair.first, pair.second)


def _moves(seeds: Seeds, first: str, second: str) -> Sequence[Development]:
    """What the second text changes in the tolls that the first one gave."""
    known = develop(STORY, (), _facts(seeds, first, 0), article=_article(first, 0))
    told = develop(
        STORY, known.claims, _facts(seeds, second, 1), article=_article(second, 1)
    )
    return [
        one
        for one in told.developments
        if one.slot in TOLLS and one.kind not in _NO_MOVE
    ]


def _facts(seeds: Seeds, text: str, hour: int) -> Sequence[Fact]:
    reading = read(text, language="en")
    verdict = TopicVerdict(
        topic=STORY.topic,
        probability=1.0,
        threshold=0.5,
        matched=True,
        passages=reading.paragraphs,
        because=(),
    )
    return facts.extract(
        reading,
        verdict,
        topic=seeds.topic(STORY.topic),
        lexicon=seeds.lexicon("en"),
        gazetteer=seeds.gazetteer,
        published_at=_article(text, hour).published_at,
    )


def _article(text: str, hour: int) -> Article:
    at = NOON + timedelta(hours=hour)
    return Article(
        id=f"a{hour}",
        url=f"https://outlet{hour}.test/",
        source=f"Outlet {hour}",
        title="",
        text=text,
        published_at=at,
        fetched_at=at,
    )
