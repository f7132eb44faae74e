"""Articles, archives and topics that nobody wrote, the same every time."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np

from detectors.model import Article
from detectors.near_duplicates import BOTTOM
from detectors.text import runs_of, words
from storage import tables
from storage.database import UnitOfWork
from storage.shingles import MAX_ROOTS

SEED = 20_260_501
DAY = datetime(2026, 5, 1, tzinfo=UTC)
WORDS = 420  # an article of a news site
PARAGRAPH, SENTENCE = 40, 20  # words
QUOTED = 0.3  # of the sentences use a phrase that others use as well
COMMON = 3  # of a hundred runs of words, how many are phrases that everyone uses
LOWEST = 0.12  # the smallest of 420 hashes lie below this part of all
DAYS = 28  # over which an archive is spread
SLICE = 100_000  # rows a statement, ascending: in any other order it takes minutes

_SYLLABLES = [
    "ba",
    "dor",
    "ka",
    "li",
    "men",
    "no",
    "per",
    "ri",
    "sta",
    "tu",
    "ven",
    "zo",
]


class Newsroom:
    """Writes articles of invented words; some repeat earlier ones, or parts of them."""

    def __init__(self, seed: int = SEED) -> None:
        """Begin with an empty page; the same seed writes the same."""
        self._rng = np.random.default_rng(seed)
        self._vocabulary = [
            "".join(self._rng.choice(_SYLLABLES, size))
            for size in self._rng.integers(2, 5, 6_000)
        ]
        self.phrases = [self._run(6) for _ in range(300)]
        self._written = 0

    def text(self) -> str:
        """A fresh text with a few phrases that others use as well."""
        return "\n\n".join(self._paragraph() for _ in range(WORDS // PARAGRAPH))

    def article(self, text: str) -> Article:
        """An article of the next minute."""
        self._written += 1
        at = DAY + timedelta(minutes=self._written)
        key = f"new{self._written}"
        return Article(
            id=key,
            url=f"https://site{self._written % 400}.test/{key}",
            source=f"Site {self._written % 400}",
            title=text[:60],
            text=text,
            published_at=at,
            fetched_at=at,
            language="en",
        )

    def following(self, earlier: Sequence[Article], number: int) -> Iterator[Article]:
        """Of ten: six of their own, two copies with another end, two half new."""
        for place in range(number):
            old = earlier[int(self._rng.integers(len(earlier)))].text.split("\n\n")
            text = self.text()
            if place % 10 in (3, 7):
                text = "\n\n".join([*old[:-1], self._paragraph()])
            elif place % 10 in (5, 9):
                text = "\n\n".join([*text.split("\n\n")[:5], *old[5:]])
            yield self.article(text)

    def _paragraph(self) -> str:
        sentences = []
        for _ in range(PARAGRAPH // SENTENCE):
            phrase = ""
            if self._rng.random() < QUOTED:
                phrase = " " + self.phrases[int(self._rng.integers(len(self.phrases)))]
            sentences.append(f"{self._run(SENTENCE - 3)}{phrase}.".capitalize())
        return " ".join(sentences)

    def _run(self, length: int) -> str:
        # Squared, so that a few words are common and most are rare.
        picks = (self._rng.random(length) ** 2 * len(self._vocabulary)).astype(int)
        return " ".join(self._vocabulary[pick] for pick in picks)


def fill_index(unit: UnitOfWork, articles: int, phrases: Sequence[str]) -> None:
    """Index as many articles as were archived, without their texts.

    Their hashes are drawn where the smallest of real ones lie; `COMMON` of a hundred
    are those of ``phrases``, at most as many times as the store would keep them.
    """
    rng = np.random.default_rng(SEED)
    top = int(LOWEST * 2**64)
    rows = articles * BOTTOM
    common = [
        run
        for phrase in phrases
        for run in runs_of(phrase.split()).tolist()
        if run < top
    ]
    times = min(MAX_ROOTS, rows * COMMON // 100 // max(1, len(common)))
    slices = max(1, rows // SLICE)
    for part in range(slices):
        low, high = part * top // slices, (part + 1) * top // slices
        drawn = rng.integers(low, high, rows // slices, dtype=np.uint64)
        shared = [run for run in common if low <= run < high for _ in range(times)]
        hashes = np.sort(np.concatenate([drawn, np.array(shared, dtype=np.uint64)]))
        owners = rng.integers(10**6, 10**6 + articles, len(hashes))
        _insert(unit, hashes, owners)


def _insert(unit: UnitOfWork, hashes: "np.ndarray", owners: "np.ndarray") -> None:
    """Write rows as the driver takes them: the columns' own types cost thrice that."""
    first = date.toordinal(DAY.date())
    rows = [
        (run - 2**63, owner, owner, first - owner % DAYS, owner % 400)
        for run, owner in zip(hashes.tolist(), owners.tolist(), strict=True)
    ]
    columns = ", ".join(column.name for column in tables.table(tables.Shingle).c)
    statement = f"INSERT OR IGNORE INTO shingle ({columns}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608  # our own names
    unit.shingles._connection.exec_driver_sql(statement, rows)


def topic_files(number: int, paragraphs: Sequence[str]) -> dict[str, str]:
    """Topics of twenty words and three exemplars out of other people's paragraphs.

    Their words are those that the fewest paragraphs hold: a desk would not look for
    others, and a topic that matches most articles costs thrice as much.
    """
    rng = np.random.default_rng(SEED)
    held = Counter(word for text in paragraphs for word in {*words(text)})
    return {
        f"invented-{n}.yaml": _topic_file(n, rng.choice(paragraphs, 3).tolist(), held)
        for n in range(number)
    }


def _topic_file(number: int, exemplars: Sequence[str], held: Mapping[str, int]) -> str:
    long = {word for text in exemplars for word in words(text) if len(word) > 4}
    terms = sorted(long, key=lambda word: (held[word], word))[:20]
    quoted = "".join(
        f"  - {{language: en, text: {json.dumps(text)}}}\n" for text in exemplars
    )
    return (
        f"id: invented-{number}\ntitle: Invented {number}\nlanguages: [en]\n"
        f"words:\n  any: {json.dumps(terms)}\nexemplars:\n{quoted}"
    )
