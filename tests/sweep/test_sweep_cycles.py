"""Whole cycles killed at sampled points: feeds, pages, decisions and messages."""

from dataclasses import replace

import pytest

from tests.sweep import invariants, works
from tests.sweep.newsdays import edited, five_at_once, noon, restated
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
@pytest.mark.parametrize("begin", [restated, edited])
def test_a_cycle_over_what_changed_loses_no_change_and_tells_none_twice(
    begin, nursery, tmp_path
):
    """Entries that say more; a page that changed, which a visit finds, not a feed."""
    with begin(tmp_path, nursery) as scenario:
        sweep = Sweep(scenario=scenario, nursery=nursery, folder=tmp_path, most=MOST)
        swept = sweep.run("ok")
    assert not swept.wrong, swept
    assert swept.deaths


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_g15_one_story_from_five_feeds_at_once_in_two_processes_has_one_root(
    nursery, tmp_path
):
    with five_at_once(tmp_path, nursery) as scenario:
        both = replace(
            scenario,
            work=works.cycle_or_busy,
            invariants=(*scenario.invariants, invariants.one_story),
        )
        sweep = Sweep(scenario=both, nursery=nursery, folder=tmp_path)
        assert [sweep.together("ok") for _ in range(5)] == [()] * 5
