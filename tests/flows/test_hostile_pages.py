"""Pages that cost an extractor the most: each ends, in time and memory.

They have 2 seconds of the 10 that a page has: `HOSTILE_SECONDS=10` gives them all.
"""

import os
import resource
import time
from datetime import timedelta

import pytest

from detectors.pages import read_page
from flows.web.workers import WorkerError, Workers

BYTES = 3_000_000  # the most that is taken of a page
WITHIN = timedelta(seconds=float(os.environ.get("HOSTILE_SECONDS", "2")))
GRACE = 2.0  # seconds after its deadline, by when a worker is gone
MEGABYTES = 1_000


def filled(piece):
    """As many as fit; ``{n}`` is their number."""
    made, size, number = [], 0, 0
    while size < BYTES - 200:
        made.append(piece.replace("{n}", str(number)))
        size += len(made[-1])
        number += 1
    return "".join(made)


PAGES = {
    "nested-100000": lambda: "<div>" * 100_000 + "deep",
    "unique-paragraphs": lambda: filled("<p>The {n}th thing is told nowhere else.</p>"),
    "same-paragraph": lambda: filled("<p>A thing is told again and again.</p>"),
    "links": lambda: filled('<a href="/{n}">Link {n}</a> '),
    "table": lambda: f"<table>{filled('<tr><td>{n}</td><td>x</td></tr>')}</table>",
    "breaks": lambda: filled("text<br>"),
    "dates": lambda: filled('<span class="date">2026-03-04 12:{n}</span>'),
    "one-paragraph": lambda: f"<p>{filled('word{n} and. ')}</p>",
    "unclosed": lambda: "<b>x" * 100_000,
    "script": lambda: f"<script>{filled('var a={n};')}</script>",
    "json-ld": lambda: f'<script type="application/ld+json">[{filled("1,")}1]</script>',
    "comments": lambda: filled("<!-- {n} -->"),
    "attribute": lambda: f'<p title="{"x" * (BYTES - 200)}">text</p>',
    "attributes": lambda: f"<p {filled('a{n}=1 ')}>text</p>",
}


@pytest.fixture(scope="module")
def worker():
    pool = Workers(1)
    yield pool
    pool.close()


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PAGES)
async def test_a_hostile_page_ends_in_time_and_memory(worker, name):
    """An article, a refusal, or a worker that is killed; the next page is read."""
    body = f"<html><body><article>{PAGES[name]()}</article></body></html>".encode()
    assert len(body) <= BYTES
    await worker(WITHIN, int, "1")
    began = time.monotonic()
    try:
        page = await worker(WITHIN, read_page, body, url="https://wire.test/a")
        assert page.text or page.refusal
    except WorkerError:
        pass
    took = time.monotonic() - began
    assert took < WITHIN.total_seconds() + GRACE
    used = await worker(WITHIN, resource.getrusage, resource.RUSAGE_SELF)
    assert used.ru_maxrss < MEGABYTES * 1_000
