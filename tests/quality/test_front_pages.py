"""Acceptance 3 of collection, over a fixed part of two real front pages.

All of them: ``python -m tests.quality.front_pages``.
"""

from itertools import islice

import pytest

from detectors.model import Outcome
from tests.quality import front_pages
from tests.quality.front_pages import FRONT, LIVE, Told, edits, of_edit, replay, some_of

SHARE = 100  # of the front page's other lines one in so many stands among the labelled
LIVE_POLLS = 700
LEAST_TOLLS = 0.7  # raised; .80 when it was set (24 of 30)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (FRONT.exists() and LIVE.exists()),
        reason="the polled front pages are in ../shared, which is not here",
    ),
]


@pytest.fixture(scope="module")
def front() -> Told:
    return replay(front_pages.front_polls(some_of(edits(), SHARE)))


def of_label(told, *labels):
    """The decisions on the edits that were labelled so; None where none came."""
    return [of_edit(told, edit) for edit in edits() if edit.label in labels]


def test_nothing_on_a_front_page_is_announced_twice(front):
    """Lines vanish and come back, are cut, moved and mended: each is news once."""
    assert front.twice == []
    assert set(front.news.values()) == {1}
    assert (front.repeated, front.pending) == (0, 0)
    assert front.entries == len(front.listed) == sum(front.outcomes.values())
    assert sum(front.news.values()) == front.entries - front.outcomes[Outcome.BASELINE]


def test_every_toll_and_development_of_a_headline_reaches_the_detectors(front):
    found = of_label(front, "toll_change", "new_development")
    assert len(found) == 63
    assert None not in found


def test_rewordings_of_a_headline_raise_no_development(front):
    """And it is not for want of attention that they do not: tolls raise theirs."""
    reworded = [
        bool(each and each.developments) for each in of_label(front, "rewording")
    ]
    tolls = [
        bool(each and each.developments) for each in of_label(front, "toll_change")
    ]
    assert sum(reworded) <= 0.05 * len(reworded)
    assert sum(tolls) >= LEAST_TOLLS * len(tolls)


def test_nothing_on_a_live_page_is_announced_twice():
    told = replay(islice(front_pages.live_polls(), LIVE_POLLS), decides=False)
    assert told.twice == []
    assert told.polls == LIVE_POLLS
    assert told.entries == len(told.listed)
    assert told.repeated == 0
