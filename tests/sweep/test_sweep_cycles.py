"""Whole cycles killed at sampled points: feeds, pages, decisions and messages."""

import pytest

from tests.sweep import wrong
from tests.sweep.newsdays import noon
from tests.sweep.sweeping import MODES, ONLY, Sweep

MOST = 8  # points a mode, others by every seed: each takes half a second
BETWEEN = "after the validators"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, nursery):
    with noon(tmp_path_factory.mktemp("noon"), nursery) as made:
        assert made.told
        yield made


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", MODES)
def test_a_cycle_killed_anywhere_loses_nothing_and_tells_nothing_twice(
    mode, prepared, nursery, tmp_path
):
    most = None if ONLY else MOST
    swept = Sweep(prepared=prepared, nursery=nursery, folder=tmp_path, most=most).run(
        mode
    )
    assert not swept.wrong, swept
    assert ONLY or swept.deaths


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_validators_kept_before_their_entries_fail_the_sweep(
    prepared, nursery, tmp_path
):
    """The feed does not change again: what was not kept is lost."""
    swept = Sweep(
        prepared=prepared,
        nursery=nursery,
        folder=tmp_path,
        build=wrong.VALIDATOR_FIRST,
        at=BETWEEN,
    ).run("ok")
    said = [problem for problems in swept.wrong.values() for problem in problems]
    assert any(problem.startswith("lost") for problem in said), swept
