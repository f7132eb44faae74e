"""``python -m tests.bench``: speed as ratios, both sides measured in one run.

Absolute figures mean little on a shared machine; a ratio of CPU times taken in
turn holds. Prints a table and writes build/bench.json, one flat object: each
ratio, or null with its reason under ``<name>.why``.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

import click

from tests.bench.rounds import ROUNDS, CannotMeasureError, in_turn

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "seeds" / "demo"
BUILD = ROOT / "build"
PATIENCE = 110.0  # seconds for everything; what does not fit is null
APART = 75.0  # seconds for one that runs in a process of its own
ARCHIVES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}


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


def apart(name: str, *arguments: str) -> Mapping[str, float]:
    """The figures of a bench of `tests.bench.articles`, each with its name in front."""
    limit = None if str(ARCHIVES["1m"]) in arguments else APART
    try:
        ran = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "tests.bench.articles", *arguments],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotMeasureError(f"took longer than {limit} s") from error
    if ran.returncode:
        raise CannotMeasureError(ran.stderr.strip().rpartition("\n")[2])
    return {f"{name}_{key}": value for key, value in json.loads(ran.stdout).items()}


def topics() -> Mapping[str, float]:
    """The shipped topics, a further one, and one of 200 against one of 50."""
    return apart("topics", "topics")


def single(name: str, bench: Callable[[], float]) -> Callable[[], Mapping[str, float]]:
    """A bench of one figure."""

    def measured() -> Mapping[str, float]:
        return {name: bench()}

    measured.__doc__ = bench.__doc__
    return measured


def archive(size: str) -> Callable[[], Mapping[str, float]]:
    """The bench of near-duplicates in one archive."""

    def measured() -> Mapping[str, float]:
        return apart(f"near_duplicates_{size}", "near_duplicates", str(ARCHIVES[size]))

    measured.__doc__ = "An article in an archive of so many, against trafilatura."
    return measured


def benches(
    *, million: bool
) -> Iterable[tuple[Callable[[], Mapping[str, float]], str]]:
    """Each bench, with the name that stands for it where it cannot be measured."""
    sizes = [size for size in ARCHIVES if million or size != "1m"]
    for name, bench in (
        ("follow_vs_tfidf", following),
        ("feed_parse_vs_feedparser", feed_parsing),
        ("page_read_vs_trafilatura", page_reading),
        ("help_vs_import_click", starting),
    ):
        yield single(name, bench), name
    for size in sizes:
        yield archive(size), f"near_duplicates_{size}_vs_trafilatura"
    yield topics, "topics_vs_trafilatura"


@click.command()
@click.option(
    "--million", is_flag=True, help="Also an archive of 1,000,000: minutes, 5 GB."
)
def main(*, million: bool) -> None:
    """Measure what fits into the time; what cannot be measured says why."""
    results: dict[str, float | str | None] = {}
    started = perf_counter()
    for bench, name in benches(million=million):
        if not million and perf_counter() - started > PATIENCE:
            found: Mapping[str, float | str | None] = {
                name: None,
                f"{name}.why": "no time was left",
            }
        else:
            found = measure(bench, name)
        results |= found
        for key, value in found.items():
            if not key.endswith(".why"):
                why = found.get(f"{key}.why", (bench.__doc__ or "").strip())
                click.echo(f"{key:36} {'none' if value is None else value:>8}  {why}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def measure(
    bench: Callable[[], Mapping[str, float]], name: str
) -> Mapping[str, float | str | None]:
    """The figures of a bench; null, and why, where a side is missing."""
    try:
        return {key: round(value, 4) for key, value in bench().items()}
    except (CannotMeasureError, ImportError) as error:
        return {name: None, f"{name}.why": str(error)}


if __name__ == "__main__":
    main()
