"""``python -m tests.bench``: speed as ratios, both sides measured in one run.

Absolute figures mean little on a shared machine; a ratio of CPU times taken in
turn holds. Prints a table and writes build/bench.json, one flat object: each
ratio, or null with its reason under ``<name>.why``.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TypeAlias

import click

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "seeds" / "demo"
BUILD = ROOT / "build"
ROUNDS = 5
PATIENCE = 55.0  # seconds for everything; what does not fit is null

Work: TypeAlias = Callable[[], object]


class CannotMeasureError(Exception):
    """A side is not here, or failed; its text is the reason."""


def in_turn(ours: Work, theirs: Work, *, rounds: int = ROUNDS) -> float:
    """Our CPU time over theirs: the median of rounds in which both ran."""
    ours(), theirs()  # warm caches on both sides
    return median(cpu_seconds(ours) / cpu_seconds(theirs) for _ in range(rounds))


def cpu_seconds(work: Work) -> float:
    """CPU time of this process while it works; never zero."""
    started = process_time()
    work()
    return max(process_time() - started, 1e-6)


def following() -> float:
    """Decide on the demo's day, against counting the words of the same texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    from detectors.streams import parse_stream
    from flows.desk import Desk
    from flows.replay import replay
    from flows.seeds import load_seeds
    from storage.database import Store

    with (DEMO / "articles.jsonl").open(encoding="utf-8") as lines:
        articles = parse_stream(lines, "articles.jsonl")
    desk = Desk(seeds=load_seeds(), dry=True)
    texts = [article.text for article in articles]

    def decide() -> None:
        store = Store.open("sqlite://")
        try:
            list(replay(store, desk, articles))
        finally:
            store.close()

    def vectorise() -> None:
        TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts)

    return in_turn(decide, vectorise, rounds=3)


def feed_parsing() -> float:
    """Parse the demo's eight feeds, against feedparser as it comes."""
    import io

    import feedparser

    from detectors import feeds

    bodies = [body for body in _feed_bodies() if not body.startswith(b"{")]

    def ours() -> None:
        for body in bodies:
            feeds.parse(body, url="http://demo.test/feed")

    def theirs() -> None:
        for body in bodies:
            feedparser.parse(io.BytesIO(body))

    return in_turn(ours, theirs)


def _feed_bodies() -> list[bytes]:
    from flows.demo import day
    from flows.demo.rendering import Listed, render_feed

    loaded = day.load(DEMO)
    return [
        render_feed(
            outlet,
            f"http://demo.test/{outlet.slug}/",
            [
                Listed(
                    piece=piece, link=piece.url, first_published_at=piece.published_at
                )
                for piece in loaded.pieces
                if piece.source == outlet.name
            ],
        )
        for outlet in loaded.outlets
    ]


def page_reading() -> float:
    """Read forty pages of the demo, against trafilatura with its metadata."""
    import trafilatura

    from detectors.pages import read_page
    from flows.demo import day
    from flows.demo.rendering import Listed, render_page

    loaded = day.load(DEMO)
    outlets = {outlet.name: outlet for outlet in loaded.outlets}
    pages = []
    for piece in loaded.pieces[:40]:
        shown = Listed(
            piece=piece, link=piece.url, first_published_at=piece.published_at
        )
        page = render_page(outlets[piece.source], shown, [], "http://demo.test/")
        pages.append(page.encode())

    def ours() -> None:
        for page in pages:
            read_page(page, url="http://demo.test/page", charset="utf-8")

    def theirs() -> None:
        for page in pages:
            trafilatura.bare_extraction(page, with_metadata=True)

    return in_turn(ours, theirs, rounds=3)


def starting() -> float:
    """Wall time of ``tocsin --help``, against an interpreter that imports click."""
    sides = (["-m", "flows", "--help"], ["-c", "import click"])

    def run(arguments: list[str]) -> float:
        started = perf_counter()
        ran = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, *arguments],
            cwd=ROOT,
            check=False,
            capture_output=True,
            timeout=PATIENCE,
        )
        if ran.returncode:
            raise CannotMeasureError(f"{' '.join(arguments)} failed")
        return perf_counter() - started

    run(sides[0])
    return median(run(sides[0]) / run(sides[1]) for _ in range(ROUNDS))


BENCHES: dict[str, Callable[[], float]] = {
    "follow_vs_tfidf": following,
    "feed_parse_vs_feedparser": feed_parsing,
    "page_read_vs_trafilatura": page_reading,
    "help_vs_import_click": starting,
}


def main() -> None:
    """Measure what fits into the time; what cannot be measured says why."""
    results: dict[str, float | str | None] = {}
    started = perf_counter()
    for name, bench in BENCHES.items():
        results[name] = None
        if perf_counter() - started > PATIENCE:
            results[f"{name}.why"] = "no time was left"
            continue
        try:
            results[name] = round(bench(), 3)
        except (CannotMeasureError, ImportError) as error:
            results[f"{name}.why"] = str(error)
        shown = results[name]
        why = results.get(f"{name}.why", (bench.__doc__ or "").strip())
        click.echo(f"{name:28} {'none' if shown is None else shown:>8}  {why}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


main()
