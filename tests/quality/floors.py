"""Labelled streams, the floors they must keep, and how they are measured."""

import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from detectors.marks import Marks, decided, labels
from detectors.metrics import scoreboard, topic_score
from tests.quality import (
    events,
    grouped,
    incidents,
    labelled,
    messages,
    pairs,
    timelines,
)

ROOT = Path(__file__).resolve().parents[2]
FLOORS = Path(__file__).with_name("floors.toml")
PATIENCE = 600.0  # seconds; a replay of 250 articles takes some 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A labelled stream and the bounds of its measures.

    ``kind`` says how ``stream`` is measured: replayed, as pairs of articles, or as
    short texts to be ranked. ``extra`` are floors of what only an extra of the package
    measures, held where it does. What is ``slow`` is left out unless asked for.
    """

    name: str
    stream: Path
    floors: Mapping[str, float] = field(default_factory=dict)
    kind: str = "stream"
    ceilings: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)
    optional: bool = False
    slow: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether it may be left out, and is not here."""
        return self.optional and not self.stream.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure beside its bound; ``measured`` None when there is no such figure."""

    measure: str
    bound: float
    measured: float | None
    is_ceiling: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bound is kept; a figure that went missing keeps none."""
        if self.measured is None:
            return False
        if self.is_ceiling:
            return self.measured <= self.bound
        return self.measured >= self.bound

    def __str__(self) -> str:
        """A line of the table."""
        shown = "  none" if self.measured is None else f"{self.measured:6.3f}"
        bound = f"{'at most' if self.is_ceiling else 'at least'} {self.bound:.2f}"
        verdict = "" if self.holds else "   <-- broken"
        return f"  {self.measure:36} {shown}   {bound}{verdict}"


def corpora(path: Path = FLOORS) -> tuple[Corpus, ...]:
    """Every corpus of the file, streams taken from the project's root."""
    with path.open("rb") as file:
        written = tomllib.load(file)["corpus"]
    return tuple(Corpus(**{**c, "stream": ROOT / c["stream"]}) for c in written)


def measure(corpus: Corpus) -> dict[str, float]:
    """Score a corpus in the way of its kind.

    Raises:
        subprocess.CalledProcessError: The command failed; it has said why.
    """
    started = time.perf_counter()
    figures = KINDS[corpus.kind](corpus.stream)
    return {"seconds": time.perf_counter() - started, **figures}


def stream(path: Path) -> dict[str, float]:
    """Replay a stream through the command line, and score what it printed."""
    with path.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    wanted = [labels(record) for record in records]
    started = time.perf_counter()
    printed = replayed(path)
    seconds = time.perf_counter() - started
    got = [decided(json.loads(line)) for line in printed.splitlines()]
    languages = {str(record["id"]): str(record["language"]) for record in records}
    figures = {**scoreboard(wanted, got), **by_language(wanted, got, languages)}
    return {**figures, "seconds": seconds}


def by_language(
    wanted: Sequence[Marks], got: Sequence[Marks], languages: Mapping[str, str]
) -> dict[str, float]:
    """Each topic's F1 in each language, and in all but English taken together.

    Args:
        wanted: The labels.
        got: What was decided.
        languages: The language of each article, by its id.
    """
    spoken = sorted(set(languages.values()))
    foreign = "+".join(language for language in spoken if language != "en")
    figures = {}
    for name in (*spoken, foreign):
        kept = name.split("+")
        asked = [m for m in wanted if languages[m.article_id] in kept]
        said = {m.article_id: m for m in got}
        for topic in sorted({topic for m in asked for topic in m.topics}):
            score = topic_score(topic, asked, said)
            figures[f"topics.{topic}.{name}.f1"] = score.articles.f1
    return figures


def replayed(stream: Path) -> str:
    """What ``tocsin replay --json`` prints of a stream, with no settings of ours."""
    ours = ("TOCSIN_", "SLACK_")
    plain = {key: v for key, v in os.environ.items() if not key.startswith(ours)}
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "flows", "replay", str(stream), "--json"]
        ran = subprocess.run(  # noqa: S603  # our own command, our own stream
            command,
            check=True,
            cwd=ROOT,
            env={**plain, "TOCSIN_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
    return ran.stdout


KINDS: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "stream": stream,
    "changed numbers": timelines.changed_numbers,
    "retellings": timelines.retellings,
    "followed incidents": grouped.incidents,
    "look-alikes": grouped.look_alikes,
    "same story": grouped.same_story,
    "copies": pairs.copies,
    "clusters": pairs.clusters,
    "headlines": labelled.headlines,
    "bilingual": labelled.bilingual,
    "events": events.passages,
    "events inside": events.inside_articles,
    "messages": messages.messages,
    "tolls": incidents.tolls,
}


def compare(corpus: Corpus, figures: Mapping[str, float]) -> Iterator[Row]:
    """Set each bound beside its figure."""
    for name, bound in corpus.floors.items():
        yield Row(measure=name, bound=bound, measured=figures.get(name))
    for name, bound in corpus.extra.items():
        if name in figures:
            yield Row(measure=name, bound=bound, measured=figures[name])
    for name, bound in corpus.ceilings.items():
        yield Row(
            measure=name, bound=bound, measured=figures.get(name), is_ceiling=True
        )
