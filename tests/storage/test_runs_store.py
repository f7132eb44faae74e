from detectors.model import Run
from tests.storage.records import MINUTE, NOW


def test_a_run_counts_once_it_finished(unit):
    number = unit.runs.start("monitor", NOW)
    assert unit.runs.last_finished("monitor") is None
    unit.runs.finish(number, NOW + MINUTE, {"entries": 3, "alerts": 0})
    assert unit.runs.last_finished("monitor") == Run(
        id=number,
        kind="monitor",
        started_at=NOW,
        finished_at=NOW + MINUTE,
        counts={"entries": 3, "alerts": 0},
    )
    assert unit.runs.last_finished("poll") is None


def test_the_last_run_is_the_one_that_finished_last(unit):
    first, second = unit.runs.start("poll", NOW), unit.runs.start("poll", NOW)
    unit.runs.finish(second, NOW + MINUTE, {})
    unit.runs.finish(first, NOW + 2 * MINUTE, {})
    assert unit.runs.last_finished("poll").id == first
    assert [run.id for run in unit.runs.recent(5)] == [second, first]
