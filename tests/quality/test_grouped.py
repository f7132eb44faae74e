import json

import pytest

from tests.quality.grouped import incidents, look_alikes, measured, same_story

FERRY = (
    "The ferry Kestrel ran onto a sandbank off Odden on Monday and stayed there until"
    " the tide came back. Captain Brandt blamed a buoy that had drifted. All 212"
    " passengers were brought ashore by the lifeboats of Odden and Havnby."
)
BOILER = (
    "A boiler burst at the Marlowe laundry in Penrhos and two presses were thrown into"
    " the yard. Foreman Ellis Pugh had sent his shift to breakfast. The fire service"
    " said that a valve from 1961 had been painted shut."
)


@pytest.fixture
def written(tmp_path):
    def write(rows):
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path

    return write


def news(name, event, text, date, title):
    return {
        "id": name,
        "incident": event,
        "cluster": event,
        "title": title,
        "text": text,
        "date": date,
    }


def rows(dates):
    return [
        news("a_plus", "ferry", FERRY, dates[0], "Ferry Kestrel aground off Odden"),
        news("b_plus", "boiler", BOILER, dates[1], "Boiler bursts at Marlowe laundry"),
        news(
            "c_plus",
            "ferry",
            f"Divers found no hole. {FERRY[:90]} Captain Brandt will be heard.",
            dates[2],
            "Captain Brandt of the ferry Kestrel to be heard",
        ),
    ]


def test_two_reports_of_one_event_and_one_of_another_score_full(written):
    figures = incidents(written(rows(["2015-07-01", "2015-07-02", "2015-07-03"])))
    assert figures["articles"] == 3
    assert figures["events"] == figures["stories"] == figures["largest"] == 2
    assert figures["b_cubed.f1"] == figures["pairs.f1"] == 1.0


def test_what_is_before_july_is_scored_apart_and_what_is_older_not_at_all(written):
    figures = incidents(written(rows(["2014-09-30", "2015-06-30", "2015-07-01"])))
    assert (figures["early.articles"], figures["articles"]) == (1, 1)


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param(["May 2, 2013", "June 4, 2013", "May 3, 2013"], id="month-first"),
        pytest.param(["2 May 2013", "4 June 2013", "3 May 2013"], id="day-first"),
        pytest.param(["05 / 02 / 2013", "6/4/2013", "05 / 03 / 2013"], id="figures"),
    ],
)
def test_look_alikes_come_by_the_day_that_they_state(written, dates):
    figures = look_alikes(written(rows(dates)))
    assert figures["b_cubed.f1"] == 1.0


def test_the_same_event_a_year_later_is_another(written):
    figures = look_alikes(written(rows(["May 2, 2013", "", "May 2, 2012"])))
    assert figures["pairs.recall"] == 0.0


def test_a_pair_is_one_story_or_two(written):
    first, other, second = (
        {"url": row["id"], "title": row["title"], "text": row["text"]}
        for row in rows([""] * 3)
    )
    pairs = [
        {"lang": "en", "first": first, "second": second, "gold": "OK"},
        {"lang": "en", "first": first, "second": other, "gold": "BAD"},
    ]
    figures = same_story(written(pairs))
    assert figures["en.f1"] == figures["en.plain.f1"] == 1.0
    assert figures["en.likeness.f1"] == 1.0


def test_intervals_hold_the_score_and_a_wrong_merge_lowers_precision():
    truth = {str(n): {f"event {n // 2}"} for n in range(40)}
    told = {str(n): frozenset({f"story {n // 4}"}) for n in range(40)}
    figures = measured(truth, told)
    assert figures["b_cubed.recall"] == figures["pairs.recall"] == 1.0
    assert figures["b_cubed.precision"] == 0.5
    assert figures["pairs.precision"] == pytest.approx(1 / 3)
    assert figures["largest"] == 4
    for end in ("low", "high"):
        assert figures[f"b_cubed.f1.{end}"] == pytest.approx(figures["b_cubed.f1"])


def test_an_interval_is_over_events_that_were_followed_well_and_ill():
    truth = {str(n): {f"event {n // 2}"} for n in range(80)}
    told = {str(n): frozenset({f"story {n // 2 if n < 40 else n}"}) for n in range(80)}
    figures = measured(truth, told)
    assert figures["pairs.recall"] == 0.5
    assert (
        figures["pairs.f1.low"] + 0.05
        < figures["pairs.f1"]
        < figures["pairs.f1.high"] - 0.05
    )
