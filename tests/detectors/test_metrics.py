import json
import subprocess
import sys
from pathlib import Path

import pytest

from detectors import metrics
from detectors.marks import Marks, TopicMark, decided, labels

ROOT = Path(__file__).resolve().parents[2]
SCORER = ROOT.parent / "shared" / "score" / "score.py"
STREAM = ROOT / "seeds" / "demo" / "articles.jsonl"
GOLD = [json.loads(line) for line in STREAM.read_text("utf-8").splitlines()]


def marks(article_id, **changes):
    return Marks(article_id=article_id, **changes)


def board(wanted, got):
    return metrics.scoreboard(wanted, got)


def perfect(record):
    """The decision that the labels of a record call for, as replay prints it."""
    gold = record["gold"]
    named = gold["stories"].items()
    return {
        "id": record["id"],
        "duplicate_of": gold["duplicate_of"],
        "topics": [
            {"topic": t, "matched": True, "probability": 0.9, "passages": spans}
            for t, spans in gold["passages"].items()
        ],
        "stories": {t: s if isinstance(s, list) else [s] for t, s in named},
        "facts": gold["facts"],
        "developments": gold["developments"],
        "alerts": gold["alert"],
    }


def denying(decision):
    return {"facts": [f | {"certainty": "denied"} for f in decision["facts"]]}


def in_one_story(decision):
    return {"stories": {topic: ["S-ELSE"] for topic in decision["stories"]}}


def shouting(decision):
    extra = {"topic": "summit-diplomacy", "kind": "new"}
    return {"alerts": [*decision["alerts"] * 2, extra]}


def only_updating(decision):
    return {"alerts": [a | {"kind": "update"} for a in decision["alerts"]]}


def says(topic, slot, value, **more):
    return {"topic": topic, "slot": slot, "value": value} | more


# What a decision gets wrong; every article takes the next one.
FAULTS = [
    lambda _: {"duplicate_of": None, "alerts": []},
    lambda _: {
        "topics": [
            {
                "topic": "strike-reports",
                "matched": True,
                "probability": 0.4,
                "passages": [[0, 60]],
            },
            {"topic": "elections", "matched": True, "probability": 1.0},
        ]
    },
    denying,
    in_one_story,
    shouting,
    only_updating,
    lambda _: {
        "facts": [
            says("strike-reports", "place", "Kiev "),
            says("strike-reports", "power_cut", value=True),
            says("strike-reports", "killed", 1),
            says("elections", "killed", 9),
        ]
    },
    lambda _: {
        "developments": [
            {
                "topic": "summit-diplomacy",
                "slot": "agenda item",
                "old": ["ceasefire"],
                "new": ["ceasefire", "nuclear"],
            }
        ]
    },
    lambda _: {"duplicate_of": GOLD[0]["id"]},
    lambda _: dict.fromkeys(("topics", "facts", "developments", "alerts"), ()),
    lambda _: {},
]
SPOILED = [
    perfect(record) | FAULTS[number % len(FAULTS)](perfect(record))
    for number, record in enumerate(GOLD)
    if number % 13  # the rest is left out
]


LONG_NAMES = {"p": "precision", "r": "recall", "ap": "average_precision"}


def flattened(scores):
    """The scorer's figures under the names of ours; counts are left out."""
    rows = {area: scores[area] for area in ("near_duplicates", "alerts")}
    for area in ("topics", "stories", "facts", "developments"):
        rows |= {f"{area}.{row}": figures for row, figures in scores[area].items()}
    return {
        f"{row}.{LONG_NAMES.get(key, key)}": value
        for row, figures in rows.items()
        for key, value in figures.items()
        if isinstance(value, float) and key != "stories_an_article"
    }


@pytest.mark.skipif(
    not SCORER.exists(), reason="the reference scorer is not beside this checkout"
)
@pytest.mark.parametrize(
    "decisions",
    [
        pytest.param(SPOILED, id="wrong-in-many-ways"),
        pytest.param([perfect(record) for record in GOLD], id="all-right"),
        pytest.param([], id="silent"),
    ],
)
def test_every_figure_is_that_of_the_reference_scorer(tmp_path, decisions):
    output = tmp_path / "decisions.jsonl"
    output.write_text("".join(json.dumps(d) + "\n" for d in decisions), "utf-8")
    ran = subprocess.run(  # noqa: S603  # a scorer of ours, our own labels
        [sys.executable, SCORER, STREAM, output, "--json"],
        check=True,
        stdout=subprocess.PIPE,
        timeout=60,
    )
    reference = flattened(json.loads(ran.stdout))

    ours = board([labels(r) for r in GOLD], [decided(d) for d in decisions])

    assert len(reference) > 60
    assert {name: ours[name] for name in reference} == pytest.approx(
        reference, abs=6e-5
    )


def test_labels_scored_against_themselves_are_right_everywhere():
    wanted = [labels(record) for record in GOLD]

    figures = board(wanted, wanted)

    needless = {"alerts.redundant", "alerts.false"}
    assert {name for name, figure in figures.items() if figure != 1.0} == needless
    assert figures["alerts.redundant"] == figures["alerts.false"] == 0.0


def test_any_member_of_a_group_may_be_called_the_original():
    wanted = [marks("a"), marks("b", duplicate_of="a"), marks("c", duplicate_of="a")]
    chained = {
        "b": marks("b", duplicate_of="a"),
        "c": marks("c", duplicate_of="b"),
    }

    assert metrics.near_duplicate_rates(wanted, chained).f1 == 1.0


def test_copies_that_name_each_other_do_not_hang_the_scorer():
    circle = {
        "a": marks("a", duplicate_of="b"),
        "b": marks("b", duplicate_of="a"),
    }

    score = metrics.near_duplicate_rates([marks("a"), marks("b")], circle)

    assert score.recall == 1.0


@pytest.mark.parametrize("said", [None, "a"], ids=["not-folded", "folded"])
def test_a_revision_beside_what_it_revises_counts_neither_way(said):
    wanted = [marks("a"), marks("a2", revision_of="a")]

    score = metrics.near_duplicate_rates(wanted, {"a2": marks("a2", duplicate_of=said)})

    assert (score.f1, score.wanted) == (1.0, 0)


def test_average_precision_earns_nothing_from_a_constant_score():
    assert metrics.average_precision([(0.5, True), (0.5, False)]) == 0.5
    assert metrics.average_precision([(0.5, False)]) is None


def test_passages_are_scored_only_where_the_topic_applies():
    wanted = [
        marks("a", topics={"t": TopicMark(matched=True, passages=((0, 10),))}),
        marks("b"),
    ]
    got = {
        "a": marks("a", topics={"t": TopicMark(matched=False, passages=((5, 15),))}),
        "b": marks("b", topics={"t": TopicMark(matched=True, passages=((0, 99),))}),
    }

    score = metrics.topic_score("t", wanted, got)

    assert (score.passages.precision, score.passages.recall) == (0.5, 0.5)
    assert (score.articles.precision, score.articles.recall) == (0.0, 0.0)


def test_an_article_may_belong_to_two_stories():
    both, one, two = frozenset("12"), frozenset("1"), frozenset("2")
    truth = {"a": both, "b": one, "c": two}

    assert metrics.b_cubed(truth, truth).f1 == 1.0
    assert metrics.b_cubed(truth, {"a": one, "b": one}).recall == pytest.approx(13 / 18)
    assert metrics.b_cubed({}, {}).wanted == 0


def test_true_is_not_one_and_places_have_one_spelling():
    def facts(*values):
        said = [{"topic": "t", "slot": "s", "value": value} for value in values]
        return decided({"id": "a", "facts": said}).facts

    assert len(facts(*[True, 1])) == 2
    assert facts("Kiev", "Türkiye") == facts("kyiv", " Turkey")
    assert facts(["Kyiv", "Odesa"]) == facts("Kyiv", "Odessa")


@pytest.mark.parametrize("certainty", ["denied", "hypothetical", "background"])
def test_what_is_not_asserted_is_not_scored(certainty):
    said = {"topic": "t", "slot": "killed", "value": 3, "certainty": certainty}

    assert decided({"id": "a", "facts": [said]}).facts == frozenset()


def test_an_alert_too_many_is_redundant_on_topic_and_false_elsewhere():
    topics = {"t": TopicMark(matched=True)}
    wanted = [marks("a", topics=topics, alerts=(("t", "new"),)), marks("b")]
    got = {
        "a": marks("a", alerts=(("t", "update"), ("t", "update"))),
        "b": marks("b", alerts=(("t", "new"),)),
    }

    score = metrics.alert_score(["t"], wanted, got)

    assert (score.sent, score.rates.recall, score.recall_new) == (3, 1.0, 1.0)
    assert (score.redundant, score.false) == (1 / 3, 1 / 3)
    assert (score.kind_right, score.recall_by_kind) == (0.0, {"new": 0.0})


def test_a_topic_that_no_label_names_is_left_out_of_every_figure():
    extra = {"x": TopicMark(matched=True)}
    told = (("x", "new"),)

    figures = board([marks("a")], [marks("a", topics=extra, alerts=told)])

    assert not [name for name in figures if ".x" in name]
    assert figures["alerts.f1"] == 1.0
