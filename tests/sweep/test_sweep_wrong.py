"""The sweep itself: wrong variants fail it, each in its own way."""

import pytest

from tests.sweep import wrong
from tests.sweep.sweeping import Sweep
from tests.sweep.worlds import prepare

MOST = 25  # points: enough to meet each of them


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("build", "mode", "failure"),
    [
        pytest.param(wrong.SEND_FIRST, "ok", "doubled", id="send first"),
        pytest.param(wrong.COMMIT_FIRST, "ok", "lost", id="commit first"),
        pytest.param(wrong.SDK_DEFAULT, "dropped", "doubled", id="sdk default"),
    ],
)
def test_a_wrong_delivery_fails_the_sweep(
    build, mode, failure, prepared, nursery, tmp_path
):
    swept = Sweep(
        prepared=prepared,
        nursery=nursery,
        folder=tmp_path,
        seed=7,
        build=build,
        most=MOST,
    ).run(mode)
    said = [problem for problems in swept.wrong.values() for problem in problems]
    assert any(problem.startswith(failure) for problem in said), swept
