from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from detectors.model import Outcome, Visit
from detectors.visiting import (
    AFTER,
    ASLEEP,
    LIVE_FOR,
    LIVE_REST,
    is_awake,
    is_live,
    is_worth,
    next_visit,
)
from tests.storage.records import article, story

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def visit(**more):
    given = {"article_id": "a1", "url": "https://wire.test/1"}
    times: dict[str, Any] = {"opened_at": NOW, "next_at": None}
    return Visit(**(given | times | more))


def test_a_page_is_asked_after_ten_minutes_an_hour_six_and_a_day():
    asked, now = [], NOW
    while (at := next_visit(visit(), now=now)) is not None:
        asked.append(at - NOW)
        now = at
    assert tuple(asked) == AFTER == (10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR)


def test_g20_after_a_pause_one_visit_stands_for_all_that_were_missed():
    assert next_visit(visit(), now=NOW + 8 * HOUR) == NOW + 24 * HOUR
    assert next_visit(visit(), now=NOW + 99 * HOUR) is None


def test_a_live_page_is_asked_with_each_cycle_while_it_goes_on():
    live = visit(is_live=True)
    for after in (timedelta(0), HOUR, LIVE_FOR - MINUTE):
        assert next_visit(live, now=NOW + after) == NOW + after + LIVE_REST
    assert next_visit(live, now=NOW + LIVE_FOR) is None


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://wire.test/world/live/2026/mar/quay", "Fire"),
        ("https://wire.test/quay-live-updates", "Fire"),
        ("https://wire.test/liveblog/12", "Fire"),
        ("https://wire.test/mundo/en-directo/12.html", "Incendio"),
        ("https://wire.test/1", "Live: fire on the quay"),
        ("https://wire.test/1", "LIVE | Fire on the quay"),
        ("https://wire.test/1", "Fire on the quay \u2013 live updates"),
        ("https://wire.test/1", "En vivo: arde el muelle"),
        ("https://wire.test/1", "Arde el muelle, minuto a minuto"),
        ("https://wire.test/1", "Пожежа в порту: текстова трансляція"),
        ("https://wire.test/1", "Пожар в порту (обновляется)"),
        ("https://wire.test/1", "Онлайн: пожар в порту"),
    ],
)
def test_a_live_page_is_known_by_its_address_or_title(url, title):
    assert is_live(url, title)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://live.wire.test/1", "Fire"),
        ("https://wire.test/liverpool", "Liverpool burns"),
        ("https://wire.test/olive/oil", "Olive oil"),
        ("https://wire.test/1", "Where dockers live: a street"),
        ("https://wire.test/1", "Live animals leave the port"),
        ("https://wire.test/1", "Онлайн-магазин горів"),
        ("", ""),
    ],
)
def test_other_pages_are_not_live(url, title):
    assert not is_live(url, title)


@pytest.mark.parametrize(
    ("more", "outcome", "wanted"),
    [
        ({}, Outcome.ALERTED, True),
        ({}, Outcome.KNOWN, True),
        ({}, Outcome.DUPLICATE, False),
        ({}, Outcome.OFF_TOPIC, False),
        ({"url": ""}, Outcome.ALERTED, False),
        ({"flags": ("feed-text", "page-failed: server error")}, Outcome.ALERTED, True),
        ({"flags": ("feed-text", "login")}, Outcome.ALERTED, False),
        ({"flags": ("teaser",)}, Outcome.ALERTED, False),
    ],
)
def test_copies_and_walls_are_not_asked_again(more, outcome, wanted):
    assert is_worth(article(**more), outcome) is wanted


@pytest.mark.parametrize(
    ("ago", "awake"),
    [
        ([], False),
        ([ASLEEP - MINUTE], True),
        ([ASLEEP], False),
        ([9 * ASLEEP, HOUR], True),
    ],
)
def test_a_page_is_worth_it_while_one_of_its_stories_lives(ago, awake):
    stories = [story(f"s{n}", changed_at=NOW - each) for n, each in enumerate(ago)]
    assert is_awake(stories, now=NOW) is awake
