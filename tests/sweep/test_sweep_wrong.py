"""The sweep itself: four wrong variants fail it, and only by somebody's death."""

from dataclasses import replace

import pytest

from tests.sweep import wrong
from tests.sweep.deliveries import delivery
from tests.sweep.grounds import SqliteGround
from tests.sweep.newsdays import noon
from tests.sweep.sweeping import Sweep

MOST = 25  # points: enough to meet each of them
SEED = 7


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    return delivery(SqliteGround(folder / "prepared.db"), folder)


@pytest.fixture(scope="module")
def at_noon(tmp_path_factory, nursery):
    with noon(tmp_path_factory.mktemp("noon"), nursery) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("build", "mode", "failure"),
    [
        (wrong.SEND_FIRST, "ok", "doubled"),
        (wrong.COMMIT_FIRST, "ok", "lost"),
        (wrong.SDK_DEFAULT, "dropped", "doubled"),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
def test_a_wrong_delivery_fails_the_sweep(
    build, mode, failure, prepared, nursery, tmp_path
):
    """Where nobody dies and Slack is well, it does what the right one does."""
    sweep = Sweep(
        scenario=replace(prepared, name=build.name, build=build),
        nursery=nursery,
        folder=tmp_path,
        seed=SEED,
        most=MOST,
    )
    swept = sweep.run(mode)
    assert any(said.startswith(failure) for said in swept.said), swept
    assert sweep.unharmed("ok") == ()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_validators_kept_before_their_entries_fail_the_sweep(
    at_noon, nursery, tmp_path
):
    """The feed does not change again: what was not kept is lost."""
    sweep = Sweep(
        scenario=replace(
            at_noon, name=wrong.VALIDATOR_FIRST.name, build=wrong.VALIDATOR_FIRST
        ),
        nursery=nursery,
        folder=tmp_path,
        seed=SEED,
        at=frozenset({wrong.BETWEEN}),
    )
    swept = sweep.run("ok")
    assert any(said.startswith("lost") for said in swept.said), swept
    assert sweep.unharmed("ok") == ()
