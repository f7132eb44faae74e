"""Whole days of ordinary copy, by the way of `tocsin replay`, as `scripted` reads them.

The copy is invented: other incidents, officials and outlets than any labelled stream.
"""

import pytest

from detectors.model import Outcome
from tests.scenarios.scripted import Day, estrange, follow, read_days, whole

pytestmark = pytest.mark.parametrize(
    "day", [pytest.param(day, id=day.name) for day in read_days()]
)


def test_a_day_is_heard_as_it_is_written(day: Day) -> None:
    assert whole(day).transcript() == day.transcript()


def test_neither_batches_nor_what_comes_between_change_a_day(day: Day) -> None:
    between = [
        each
        for number, article in enumerate(day.articles)
        for each in (estrange(article, number), article)
    ]
    mixed = follow(day, between, batch=3)
    assert {each.outcome for each in mixed.decisions[::2]} == {Outcome.OFF_TOPIC}
    assert mixed.decisions[1::2] == whole(day).decisions
    assert mixed.histories == whole(day).histories
