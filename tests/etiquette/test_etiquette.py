"""Acceptance: 48 simulated hours before a score server, 30 feeds, and no breach."""

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle as endlessly
from pathlib import Path

import pytest

from flows.web.fetch import Web
from flows.web.guard import Guard
from storage.database import Store
from tests.etiquette.scoring import Asked, Kind, Scored, judge
from tests.flows.pollster import Pollster
from tests.servers.stand import open_stand

FEEDS = 30
HOURS = 48
CYCLE = timedelta(minutes=5)
BEGAN_AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
REPORT = Path(__file__).resolve().parents[2] / "build" / "etiquette.json"


async def inline(_within, function, /, *args, **kwargs):
    """Parse where we are: what is judged is the wire."""
    return function(*args, **kwargs)


async def two_days(store, fetch, stand):
    """Run cycles for two days before thirty feeds of every kind; the log."""
    log: list[Asked] = []
    pollster = Pollster(store, fetch, inline, BEGAN_AT)
    for number, kind in zip(range(FEEDS), endlessly(Kind), strict=False):
        feed = Scored(number=number, kind=kind, now=lambda: pollster.now, log=log)
        for path in (feed.path, f"{feed.path}/to"):
            stand.answer(path, feed.answer)
        pollster.watch(stand.url(feed.path))
    await pollster.poll()
    restart_at = BEGAN_AT + timedelta(hours=20)
    while pollster.now < BEGAN_AT + timedelta(hours=HOURS):
        await pollster.poll(after=CYCLE, force=pollster.now == restart_at)
    return log


@pytest.mark.slow
async def test_p7_two_days_before_a_score_server_without_a_breach(capsys):
    store = Store.open("sqlite://")
    async with open_stand() as stand:
        guard = Guard([f"127.0.0.1:{stand.port}"])
        async with Web(guard, agent="tocsin/test (+desk@example.org)") as fetch:
            log = await two_days(store, fetch, stand)
    store.close()
    verdict = judge(log)
    asked = Counter(each.path.split("/")[1] for each in log)
    report = {
        "hours": HOURS,
        "feeds": len(asked),
        "requests": verdict.requests,
        "requests_a_feed_a_day": round(verdict.requests / FEEDS / (HOURS / 24), 1),
        "not_modified": verdict.not_modified,
        "unconditional": verdict.unconditional,
        "breaches": list(verdict.breaches),
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    with capsys.disabled():
        sys.stdout.write(f"\netiquette: {json.dumps(report)}\n")
    assert not verdict.breaches
    assert len(asked) == FEEDS
    assert {each.status for each in log} == {200, 301, 302, 304, 429, 500, 503}
    assert not stand.asked("/robots.txt")


TAG = (b'"1"', None)
GOOD = Asked(
    at=BEGAN_AT, path="/f", conditions=(None, None), carries=(), status=200, gave=TAG
)
AGAIN = replace(GOOD, at=BEGAN_AT + timedelta(hours=1), conditions=TAG, status=304)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        pytest.param(AGAIN, "", id="as-it-should-be"),
        pytest.param(
            replace(AGAIN, carries=("Cookie",)), "carries Cookie", id="cookie"
        ),
        pytest.param(
            replace(AGAIN, conditions=(b"1", None)), "that was given", id="quotes-lost"
        ),
        pytest.param(
            replace(AGAIN, conditions=(b'"1"', b"Monday")),
            "that was given",
            id="invented",
        ),
    ],
)
def test_the_judge_sees_what_is_wrong(second, says):
    breaches = judge([GOOD, second]).breaches
    assert len(breaches) == bool(says)
    assert all(says in breach for breach in breaches)


def test_the_judge_allows_one_bare_request_a_day():
    bare = [replace(GOOD, at=BEGAN_AT + timedelta(hours=h)) for h in (0, 25, 30)]
    assert judge(bare[:2]).breaches == ()
    assert len(judge(bare).breaches) == 1


def test_the_judge_sees_a_request_that_comes_before_the_rest_ends():
    resting = replace(GOOD, status=429, rests_until=BEGAN_AT + timedelta(hours=2))
    hasty = replace(AGAIN, conditions=(None, None))
    assert len(judge([resting, hasty]).breaches) == 1
    patient = replace(hasty, at=BEGAN_AT + timedelta(hours=2))
    assert judge([resting, patient]).breaches == ()


def test_the_judge_forgives_bare_requests_to_who_lied_and_only_then():
    bare = [replace(GOOD, at=BEGAN_AT + timedelta(hours=h)) for h in (2, 3, 4)]
    assert judge([GOOD, replace(AGAIN, is_lie=True), *bare]).breaches == ()
    assert len(judge([GOOD, AGAIN, *bare]).breaches) == 2
