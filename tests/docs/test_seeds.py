import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from detectors.seeds import parse_lexicon
from detectors.streams import parse_stream
from flows.demo import day
from flows.seeds import load_seeds, load_topics

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
STREAM = SEEDS / "demo" / "articles.jsonl"
RECORDS = [json.loads(line) for line in STREAM.read_text("utf-8").splitlines()]
BY_ID = {record["id"]: record for record in RECORDS}
IDS = [pytest.param(record, id=record["id"]) for record in RECORDS]
COPIES = [
    pytest.param(r, BY_ID[r["gold"]["duplicate_of"]], id=r["id"])
    for r in RECORDS
    if r["gold"]["duplicate_of"]
]
REVISIONS = [
    pytest.param(r, BY_ID[r["revision_of"]], id=r["id"])
    for r in RECORDS
    if "revision_of" in r
]

NUMBERS = {
    "killed",
    "injured",
    "missing",
    "children_killed",
    "power_cut",
    "launched",
    "intercepted",
}
FALL_BY_THEMSELVES = {"missing", "power_cut"}
ONE_VALUE = {"status", "venue", "date"}
IMMATERIAL = {"place", "weapon", "launched", "intercepted", "blamed_on"}


def listed(value):
    return value if isinstance(value, list) else [value]


# --- every seed loads ---------------------------------------------------------


def test_topics_lexicons_and_places_load_together():
    seeds = load_seeds()

    assert {topic.id for topic in seeds.topics} >= {
        "strike-reports",
        "summit-diplomacy",
    }
    assert {"en", "uk", "ru", "es"} <= set(seeds.lexicons)
    assert seeds.gazetteer.find("a blast in Mykolaiv")


@pytest.mark.parametrize("file", sorted((SEEDS / "topics").glob("*.yaml")), ids=str)
def test_each_topic_loads_alone_under_the_name_of_its_file(file):
    (topic,) = load_topics(file)

    assert topic.id == file.stem
    assert topic.exemplars
    assert topic.counter_exemplars


@pytest.mark.parametrize("file", sorted((SEEDS / "lexicons").glob("*.yaml")), ids=str)
def test_each_lexicon_loads_in_its_language(file):
    assert parse_lexicon(file.read_text("utf-8"), file.name).language == file.stem


def test_no_code_lies_among_the_seeds():
    assert not list(SEEDS.rglob("*.py"))


# --- the demo's day -----------------------------------------------------------


def test_the_day_reads_as_a_stream_and_as_a_newsroom():
    articles = parse_stream(STREAM.read_text("utf-8").splitlines(), STREAM.name)
    loaded = day.load(SEEDS / "demo")

    assert [a.id for a in articles] == [p.id for p in loaded.pieces]
    assert [a.published_at for a in articles] == sorted(
        a.published_at for a in articles
    )
    assert {p.source for p in loaded.pieces} == {o.name for o in loaded.outlets}
    assert {a.id: a.revision_of for a in articles if a.revision_of} == {
        r["id"]: r["revision_of"] for r in RECORDS if "revision_of" in r
    }


def test_the_archive_lies_before_the_day():
    loaded = day.load(SEEDS / "demo")
    opening = loaded.pieces[0].published_at

    assert {piece.source for piece in loaded.archive} == {
        outlet.name for outlet in loaded.outlets
    }
    assert all(piece.published_at < opening for piece in loaded.archive)


def test_the_day_is_as_large_and_as_mixed_as_promised():
    languages = [record["language"] for record in RECORDS]
    labels = [record["gold"] for record in RECORDS]

    assert len(RECORDS) >= 60
    assert len({record["source"] for record in RECORDS}) == 8
    assert languages.count("en") > len(RECORDS) / 2
    assert languages.count("uk") >= 8
    assert min(languages.count("ru"), languages.count("es")) >= 5
    assert sum(label["duplicate_of"] is not None for label in labels) >= 10
    assert sum(not label["topics"] for label in labels) >= 12


@pytest.mark.parametrize("record", IDS)
def test_passages_are_whole_paragraphs(record):
    starts, ends, at = set(), set(), 0
    for paragraph in record["text"].split("\n\n"):
        starts.add(at)
        ends.add(at + len(paragraph))
        at += len(paragraph) + 2

    assert set(record["gold"]["passages"]) == set(record["gold"]["topics"])
    for spans in record["gold"]["passages"].values():
        assert spans
        assert all(start in starts and end in ends for start, end in spans)


@pytest.mark.parametrize("record", IDS)
def test_evidence_stands_once_in_the_text_and_on_topic(record):
    for fact in record["gold"]["facts"]:
        start, end = fact["evidence"]
        words = record["text"][start:end]

        assert words.strip() == words != ""
        assert record["text"].count(words) == 1
        assert any(
            opens <= start and end <= closes
            for opens, closes in record["gold"]["passages"][fact["topic"]]
        )
        assert fact["story"] in listed(record["gold"]["stories"][fact["topic"]])


@pytest.mark.parametrize(("record", "original"), COPIES)
def test_a_copy_points_to_an_earlier_original_and_adds_nothing(record, original):
    label = record["gold"]

    assert original["gold"]["duplicate_of"] is None
    assert original["published_at"] < record["published_at"]
    assert original["source"] != record["source"]
    assert not label["developments"]
    assert not label["alert"]
    assert label["topics"] == original["gold"]["topics"]
    said = {(f["slot"], f["value"]) for f in original["gold"]["facts"]}
    assert {(f["slot"], f["value"]) for f in label["facts"]} <= said


@pytest.mark.parametrize(("record", "first"), REVISIONS)
def test_a_revision_keeps_the_url_of_the_first_wording(record, first):
    assert record["url"] == first["url"]
    assert "revision_of" not in first
    assert record["text"] != first["text"]


def test_developments_follow_from_the_facts_in_the_order_of_the_stream():
    state: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for record in RECORDS:
        label = record["gold"]
        corrected = {a["story"] for a in label["alert"] if a["kind"] == "correction"}
        said = {(f["story"], f["slot"], f["value"]) for f in label["facts"]}
        for change in label["developments"]:
            story, slot, new = change["story"], change["slot"], change["new"]
            known = state[story].get(slot)
            where = f"{record['id']}: {slot} {new}"

            assert (story, slot, new) in said, where
            if slot in NUMBERS | ONE_VALUE:
                assert change["old"] == known, where
                assert new != known, where
                if slot in NUMBERS and known is not None and new < known:
                    assert slot in FALL_BY_THEMSELVES or story in corrected, where
                state[story][slot] = new
            else:
                assert change["old"] is None, where
                assert new not in (known or set()), where
                state[story].setdefault(slot, set()).add(new)


def test_whatever_is_new_in_a_set_is_labelled_as_a_development():
    seen: defaultdict[tuple[str, str], set[Any]] = defaultdict(set)
    for record in RECORDS:
        told = {
            (d["story"], d["slot"], d["new"]) for d in record["gold"]["developments"]
        }
        for fact in record["gold"]["facts"]:
            key = fact["story"], fact["slot"]
            if fact["slot"] in NUMBERS | ONE_VALUE or fact["value"] in seen[key]:
                continue
            seen[key].add(fact["value"])
            broader = fact["value"] == "missile" and len(seen[key]) > 1
            assert broader or (*key, fact["value"]) in told, (record["id"], fact)


def test_an_alert_is_owed_where_a_story_opens_or_something_material_develops():
    opened = set()
    for record in RECORDS:
        label = record["gold"]
        owed = set()
        for stories in label["stories"].values():
            for story in listed(stories):
                material = any(
                    change["story"] == story and change["slot"] not in IMMATERIAL
                    for change in label["developments"]
                )
                if story not in opened or material:
                    owed.add((story, story not in opened))
                opened.add(story)
        told = {(a["story"], a["kind"] == "new") for a in label["alert"]}
        assert told == (set() if label["duplicate_of"] else owed), record["id"]
