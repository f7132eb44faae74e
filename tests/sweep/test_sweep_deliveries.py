"""A delivery killed at each of its points: nothing lost, nothing twice, roots true."""

import pytest

from tests.sweep.deliveries import delivery
from tests.sweep.grounds import SqliteGround
from tests.sweep.sweeping import MODES, ONLY, Sweep

# Where Slack fails the points are up to 180; so many of them are taken, others with
# each seed, for the sweep to end within two minutes.
MOST = 104
PARTS = {"hung": 4}  # it waits a minute in all: shares, for all workers to have some
LEAST = 100  # deaths in each mode: below, the scenario lost what it is swept for


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    return delivery(SqliteGround(folder / "prepared.db"), folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("mode", "part", "of"),
    [
        (mode, part, PARTS.get(mode, 1))
        for mode in MODES
        for part in range(PARTS.get(mode, 1))
    ],
)
def test_a_delivery_killed_anywhere_loses_nothing_and_doubles_nothing(
    mode, part, of, prepared, nursery, tmp_path
):
    """E01, E02, E03, with roots, edits and digests: E16, E20, E34."""
    swept = Sweep(
        scenario=prepared,
        nursery=nursery,
        folder=tmp_path,
        most=MOST,
        part=(part, of),
    ).run(mode)
    print(mode, swept.points, swept.deaths)  # noqa: T201  # for the release notes
    assert not swept.wrong, swept
    assert ONLY or swept.deaths >= LEAST // of
