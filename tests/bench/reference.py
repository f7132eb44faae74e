"""What an article costs anyway: trafilatura, as it comes, on real pages."""

import gzip
import json
from functools import cache
from pathlib import Path

import trafilatura

from tests.bench.rounds import CannotMeasureError

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "html_extraction"
EVERY = 20  # pages; some sixty in all


@cache
def pages() -> tuple[str, ...]:
    """Every so many pages of the extraction corpora.

    Raises:
        CannotMeasureError: They are not here.
    """
    files = sorted(PAGES.glob("*.jsonl.gz"))
    if not files:
        raise CannotMeasureError("the pages to extract are not on this machine")
    found = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            found += [line for n, line in enumerate(lines) if n % EVERY == 0]
    return tuple(json.loads(line)["html"] for line in found)


def extract() -> None:
    """Extract each page once."""
    for page in pages():
        trafilatura.bare_extraction(page)


@cache
def texts() -> tuple[str, ...]:
    """What trafilatura finds on the pages, at least a paragraph."""
    found = (trafilatura.extract(page) or "" for page in pages())
    return tuple(text for text in found if len(text) > 500)
