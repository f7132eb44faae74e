import json

import pytest

from tests.quality.timelines import KEYS, Pair, changed_numbers, pairs


@pytest.mark.parametrize(
    ("second", "figure", "changed"),
    [
        ("At least 10 died, 100 were hurt.", 10, "At least 12 died, 100 were hurt."),
        ("More than 1,000 died.", 1000, "More than 1200 died."),
        ("Two of 3 died in 2013.", 3, "Two of 4 died in 2013."),
    ],
)
def test_a_figure_is_changed_wherever_it_stands_and_nothing_else(
    second, figure, changed
):
    pair = Pair(first="", second=second, figure=figure)
    assert pair.changed[0] == changed


def test_every_pair_is_of_one_update_and_of_two_people():
    rows = [line.split("\t") for line in KEYS.read_text("utf-8").splitlines()]
    assert len(rows) == 112
    assert len({(event, seq) for event, seq, *_ in rows}) == len(rows)
    assert all(one < other for _, _, one, other, _ in rows)


def test_a_changed_toll_is_heard_and_other_words_are_not(tmp_path):
    keys = tmp_path / "keys.tsv"
    keys.write_text("flood\t0\ta\tb\t40\n", encoding="utf-8")
    record = {
        "event": "flood",
        "seq": 0,
        "updates": {
            "a": "A missile hit the market of Orrin and killed 40 people.",
            "b": "In Orrin, 40 people were killed when a missile hit a market.",
        },
    }
    timelines = tmp_path / "timelines.jsonl"
    timelines.write_text(json.dumps(record) + "\n", encoding="utf-8")
    (pair,) = pairs(timelines, keys)
    assert (pair.figure, pair.changed[1]) == (40, 48)
    figures = changed_numbers(timelines, keys)
    assert (figures["recall"], figures["false_alarm"]) == (1.0, 0.0)
