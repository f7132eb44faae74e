"""What an article costs anyway: trafilatura, as it comes, on real pages."""

import gzip
import json
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import trafilatura

from detectors.languages import READABLE, identify
from tests.bench.rounds import CannotMeasureError

PAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "html_extraction"
EVERY = 10  # pages; some hundred and twenty in all
LEAST_TEXT = 500  # characters; what has fewer is no article


class Extracted(NamedTuple):
    """A page, and the article that trafilatura finds on it."""

    page: str
    text: str
    language: str


@cache
def pages() -> tuple[Extracted, ...]:
    """Every so many pages of the extraction corpora that hold an article.

    Raises:
        CannotMeasureError: They are not here.
    """
    files = sorted(PAGES.glob("*.jsonl.gz"))
    if not files:
        raise CannotMeasureError("the pages to extract are not on this machine")
    found = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, EVERY):
                page = json.loads(line)["html"]
                text = trafilatura.extract(page) or ""
                if len(text) >= LEAST_TEXT:
                    found.append(Extracted(page, text, identify(text).detected))
    return tuple(found)


@cache
def readable() -> tuple[Extracted, ...]:
    """Those in a language that topics are looked for in; most are not."""
    return tuple(each for each in pages() if each.language in READABLE)


def extract(some: Sequence[Extracted]) -> None:
    """Extract each page once."""
    for each in some:
        trafilatura.bare_extraction(each.page)
