"""A replay killed before some of its statements, then run again: the same in all."""

import pytest

from tests.sweep.replays import deciding
from tests.sweep.sweeping import Sweep

KILLS = 10


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_replay_killed_anywhere_and_run_again_ends_as_one_that_ran_through(
    nursery, tmp_path
):
    sweep = Sweep(
        scenario=deciding(tmp_path),
        nursery=nursery,
        folder=tmp_path,
        most=KILLS,
        at=frozenset({"before a statement"}),
    )
    swept = sweep.run("ok")
    assert not swept.wrong, swept
    assert swept.deaths
