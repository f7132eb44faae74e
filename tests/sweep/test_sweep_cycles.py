"""Whole cycles killed at sampled points: feeds, pages, decisions and messages."""

import pytest

from tests.sweep.newsdays import edited, noon, restated
from tests.sweep.sweeping import MODES, ONLY, Sweep

MOST = 8  # points a mode, others by every seed: each takes half a second


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, nursery):
    with noon(tmp_path_factory.mktemp("noon"), nursery) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
def test_a_cycle_killed_anywhere_loses_nothing_and_tells_nothing_twice(
    mode, prepared, nursery, tmp_path
):
    sweep = Sweep(scenario=prepared, nursery=nursery, folder=tmp_path, most=MOST)
    swept = sweep.run(mode)
    assert not swept.wrong, swept
    assert ONLY or swept.deaths >= MOST


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_cycle_over_restated_entries_loses_no_change_and_tells_none_twice(
    nursery, tmp_path
):
    """One entry says more, one is dated anew, one is new."""
    with restated(tmp_path, nursery) as scenario:
        sweep = Sweep(scenario=scenario, nursery=nursery, folder=tmp_path, most=MOST)
        swept = sweep.run("ok")
    assert not swept.wrong, swept
    assert swept.deaths


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_cycle_over_pages_that_changed_loses_no_change_and_tells_none_twice(
    nursery, tmp_path
):
    """No feed says so: a visit finds one page changed, and one as it was."""
    with edited(tmp_path, nursery) as scenario:
        sweep = Sweep(scenario=scenario, nursery=nursery, folder=tmp_path, most=MOST)
        swept = sweep.run("ok")
    assert not swept.wrong, swept
    assert swept.deaths
