"""A delivery killed at each of its points: nothing lost, nothing twice, roots true."""

import pytest

from tests.sweep.sweeping import MODES, ONLY, Sweep
from tests.sweep.worlds import prepare

LEAST = 100  # points: below that the scenario has lost what it is swept for


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", MODES)
def test_a_delivery_killed_anywhere_loses_nothing_and_doubles_nothing(
    mode, prepared, nursery, tmp_path
):
    """E01, E02, E03."""
    swept = Sweep(prepared=prepared, nursery=nursery, folder=tmp_path).run(mode)
    assert not swept.wrong, swept
    print(mode, swept.points, swept.deaths)  # noqa: T201  # for the release notes
    assert ONLY or mode != "ok" or swept.points >= LEAST
