from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from detectors.model import Validators, Visit
from storage.visits import FARTHEST
from tests.storage.records import MINUTE, NOW, article


@pytest.fixture
def plan(unit):
    """Keep a visit to the page of an article of that name."""

    def plan(name="a1", **more):
        unit.articles.add(article(name))
        url = f"https://wire.test/{name}"
        given: dict[str, Any] = {"url": url, "opened_at": NOW, "next_at": NOW}
        visit = Visit(article_id=name, **(given | more))
        unit.visits.keep(visit)
        return visit

    return plan


def test_a_visit_comes_back_whole_and_is_kept_once(unit, plan):
    visit = plan(
        times=2,
        validators=Validators(etag=b'W/"a \xff"', last_modified=b"Monday"),
        body_hash="abc",
        is_live=True,
    )
    assert unit.visits.get("a1") == visit
    later = replace(visit, times=3, validators=Validators(), next_at=None)
    unit.visits.keep(later)
    assert unit.visits.get("a1") == later
    assert unit.visits.get("unknown") is None


def test_the_longest_due_comes_first_and_what_has_no_time_never(unit, plan):
    late = plan("late", next_at=NOW - 9 * MINUTE)
    due = plan("due")
    plan("later", next_at=NOW + MINUTE)
    plan("never", next_at=None)
    assert unit.visits.due(NOW, 9) == (late, due)
    assert unit.visits.due(NOW, 1) == (late,)
    unit.visits.end(["late", "unknown"])
    assert unit.visits.due(NOW, 9) == (due,)
    assert unit.visits.get("late") == replace(late, next_at=None)


def test_g18_what_a_wrong_clock_planned_is_due(unit, plan):
    ahead = plan("ahead", next_at=NOW + FARTHEST + MINUTE)
    plan("tomorrow", next_at=NOW + FARTHEST / 2)
    assert unit.visits.due(NOW, 9) == (ahead,)


def test_pages_that_are_not_asked_again_are_forgotten_with_age(unit, plan):
    old = NOW - timedelta(days=30)
    plan("old", opened_at=old, next_at=None)
    kept = [plan("running", opened_at=old), plan("new", next_at=None)]
    assert unit.visits.prune(NOW - timedelta(days=14)) == 1
    assert unit.visits.get("old") is None
    assert [unit.visits.get(each.article_id) for each in kept] == kept
