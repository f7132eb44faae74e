from pathlib import Path

import pytest

from tests.quality.floors import Corpus, Row, compare, corpora


def corpus(**bounds):
    return Corpus(name="small", stream=Path("nowhere"), **bounds)


@pytest.mark.parametrize(
    ("measured", "is_ceiling", "holds"),
    [
        pytest.param(0.80, False, True, id="on-the-floor"),
        pytest.param(0.79, False, False, id="below-the-floor"),
        pytest.param(0.80, True, True, id="at-the-ceiling"),
        pytest.param(0.81, True, False, id="above-the-ceiling"),
        pytest.param(None, False, False, id="no-figure"),
    ],
)
def test_a_bound_is_kept_on_the_right_side_of_it(measured, is_ceiling, holds):
    row = Row(measure="m", bound=0.8, measured=measured, is_ceiling=is_ceiling)

    assert row.holds is holds
    assert ("broken" in str(row)) is not holds


def test_a_measure_that_is_no_longer_computed_breaks_its_floor():
    rows = list(compare(corpus(floors={"alerts.f2": 0.1}), {"alerts.f1": 0.9}))

    assert [row.holds for row in rows] == [False]


def test_only_an_optional_stream_may_be_absent():
    assert corpus(floors={}, optional=True).is_absent
    assert not corpus(floors={}).is_absent


def test_the_shipped_day_is_always_measured():
    demo = corpora()[0]

    assert not demo.optional
    assert demo.stream.exists()
    assert demo.floors["alerts.recall_new"] >= 0.85
