"""``python -m tests.bench``: speed as ratios, both sides measured in one run.

Absolute figures mean little on a shared machine; a ratio of CPU times taken in
turn holds. Each bench runs in a process of its own, so that its peak memory is its
own as well (``<name>_peak_mb``, both sides). Prints a table and writes
build/bench.json, one flat object: each figure, or null with its reason under
``<name>.why``.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click

from tests.bench.rounds import CannotMeasureError

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PATIENCE = 110.0  # seconds for everything; what does not fit is null
APART = 75.0  # seconds for one; the million takes minutes


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench of a module, run with some arguments.

    Attributes:
        name: Stands before the name of each of its figures.
        key: The figure that stands for it where none can be measured.
        says: What is measured.
    """

    name: str
    key: str
    says: str
    command: tuple[str, ...]
    seconds: float | None = APART

    def run(self) -> Mapping[str, float]:
        """Its figures.

        Raises:
            CannotMeasureError: A side is missing, or it took too long.
        """
        module, *arguments = self.command
        try:
            ran = subprocess.run(  # noqa: S603  # our own command
                [sys.executable, "-m", f"tests.bench.{module}", *arguments],
                cwd=ROOT,
                check=False,
                capture_output=True,
                text=True,
                timeout=self.seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotMeasureError(f"took longer than {self.seconds} s") from error
        if ran.returncode:
            raise CannotMeasureError(ran.stderr.strip().rpartition("\n")[2])
        figures = json.loads(ran.stdout).items()
        return {f"{self.name}_{key}": round(value, 4) for key, value in figures}


def _stage(name: str, key: str, says: str) -> Bench:
    return Bench(name, key, says, ("stages", name))


def _archive(name: str, size: int, seconds: float | None = APART) -> Bench:
    return Bench(
        f"near_duplicates_{name}",
        "vs_trafilatura",
        f"an article in an archive of {size:,}, against extracting it",
        ("articles", "near_duplicates", str(size)),
        seconds,
    )


BENCHES = (
    _stage("follow", "vs_tfidf", "the demo's day, against counting its words"),
    _stage("feed_parse", "vs_feedparser", "the demo's feeds, against feedparser"),
    _stage("page_read", "vs_trafilatura", "real pages, against trafilatura"),
    _stage("help", "vs_import_click", "starting, against importing click (wall)"),
    _archive("10k", 10_000),
    _archive("100k", 100_000),
    Bench(
        "topics",
        "vs_trafilatura",
        "an article that can be read, against extracting it",
        ("articles", "topics"),
    ),
    Bench(
        "meaning",
        "vs_trafilatura",
        "what three topics add by meaning to an English article, against extracting it",
        ("articles", "meaning"),
    ),
    Bench(
        "stories",
        "vs_trafilatura",
        "an article on a topic, beside 1,000 stories and after 100,000 articles",
        ("stories",),
    ),
)
MILLION = _archive("1m", 1_000_000, seconds=None)


@click.command()
@click.option(
    "--million", is_flag=True, help="Also an archive of 1,000,000: three minutes."
)
def main(*, million: bool) -> None:
    """Measure what fits into the time; what cannot be measured says why."""
    results: dict[str, float | str | None] = {}
    started = perf_counter()
    for bench in (*BENCHES, MILLION) if million else BENCHES:
        is_late = not million and perf_counter() - started > PATIENCE
        found = _unmeasured(bench, "no time was left") if is_late else measure(bench)
        results |= found
        for key, value in found.items():
            if not key.endswith(".why"):
                why = found.get(f"{key}.why", bench.says)
                click.echo(f"{key:36} {'none' if value is None else value:>9}  {why}")
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def measure(bench: Bench) -> Mapping[str, float | str | None]:
    """The figures of a bench; null, and why, where it cannot be measured."""
    try:
        return dict(bench.run())
    except CannotMeasureError as error:
        return _unmeasured(bench, str(error))


def _unmeasured(bench: Bench, why: str) -> Mapping[str, float | str | None]:
    name = f"{bench.name}_{bench.key}"
    return {name: None, f"{name}.why": why}


if __name__ == "__main__":
    main()
