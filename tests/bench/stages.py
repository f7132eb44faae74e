"""What a stage of the whole costs, against what does the same elsewhere.

``python -m tests.bench.stages feed_parse`` prints its figures as JSON: in a process of
its own, so that its memory is nobody else's.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.rounds import ROUNDS, CannotMeasureError, in_turn, peak_memory

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "seeds" / "demo"
PATIENCE = 20.0  # seconds for one start


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
    """Read real pages, against trafilatura as it comes, with its metadata."""
    import trafilatura

    from detectors.pages import read_page
    from tests.bench.reference import pages

    some = [each.page for each in pages()[::6]]  # all of them take a minute
    bodies = [page.encode() for page in some]

    def ours() -> None:
        for body in bodies:
            read_page(body, url="http://demo.test/page", charset="utf-8")

    def theirs() -> None:
        for page in some:
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


BENCHES: dict[str, tuple[str, Callable[[], float]]] = {
    "follow": ("vs_tfidf", following),
    "feed_parse": ("vs_feedparser", feed_parsing),
    "page_read": ("vs_trafilatura", page_reading),
    "help": ("vs_import_click", starting),
}


def main(name: str) -> None:
    """Print the figures of one bench, or why there are none."""
    key, bench = BENCHES[name]
    try:
        found = {key: bench(), "peak_mb": peak_memory()}
    except (CannotMeasureError, ImportError) as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
