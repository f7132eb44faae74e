import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from detectors.streams import parse_stream

STREAMS = sorted(Path(__file__).with_name("streams").glob("*.jsonl"))


@pytest.fixture(params=STREAMS, ids=lambda path: path.stem)
def records(request):
    return [json.loads(line) for line in request.param.read_text("utf-8").splitlines()]


def paragraphs(text):
    """Where each paragraph opens, and where each closes."""
    opens, closes, at = set(), set(), 0
    for paragraph in text.split("\n\n"):
        opens.add(at)
        closes.add(at + len(paragraph))
        at += len(paragraph) + 2
    return opens, closes


def test_there_is_a_stream_to_hold_to_its_floors():
    assert STREAMS


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_a_stream_is_one_that_can_be_replayed(path):
    articles = parse_stream(path.read_text("utf-8").splitlines(), path.name)

    assert articles
    assert list(articles) == sorted(articles, key=lambda each: each.published_at)


def test_every_outlet_is_invented(records):
    hosts = {urlsplit(record["url"]).hostname for record in records}

    assert {host for host in hosts if not host.endswith(".test")} == set()


def test_passages_are_whole_paragraphs_of_the_topics_named(records):
    for record in records:
        label = record["gold"]
        opens, closes = paragraphs(record["text"])

        assert set(label["passages"]) == set(label["topics"]), record["id"]
        for spans in label["passages"].values():
            assert spans, record["id"]
            assert all(a in opens and b in closes for a, b in spans), record["id"]


def test_evidence_stands_once_in_the_text_and_in_a_passage(records):
    for record in records:
        for fact in record["gold"]["facts"]:
            start, end = fact["evidence"]
            words = record["text"][start:end]
            spans = record["gold"]["passages"][fact["topic"]]
            where = record["id"], fact

            assert words == words.strip() != "", where
            assert record["text"].count(words) == 1, where
            assert any(a <= start and end <= b for a, b in spans), where


def test_a_copy_points_to_an_earlier_first_and_says_nothing_new(records):
    seen = {}
    for record in records:
        label = record["gold"]
        seen[record["id"]] = label
        if not label["duplicate_of"]:
            continue
        first = seen[label["duplicate_of"]]
        told = {(f["story"], f["slot"], f["value"]) for f in first["facts"]}
        copied = {(f["story"], f["slot"], f["value"]) for f in label["facts"]}

        assert first["duplicate_of"] is None, record["id"]
        assert copied <= told, record["id"]
        assert label["developments"] == label["alert"] == [], record["id"]


def test_a_revision_keeps_the_url_of_an_earlier_wording(records):
    seen = {}
    for record in records:
        seen[record["id"]] = record
        if "revision_of" in record:
            before = seen[record["revision_of"]]

            assert record["url"] == before["url"], record["id"]
            assert record["text"] != before["text"], record["id"]
            assert record["gold"]["duplicate_of"] is None, record["id"]


def test_a_story_opens_with_one_alert_and_each_development_is_of_a_fact_said(records):
    opened: set[str] = set()
    for record in records:
        label = record["gold"]
        said = {(f["story"], f["slot"], f["value"]) for f in label["facts"]}
        changed = {(d["story"], d["slot"], d["new"]) for d in label["developments"]}
        fresh = {story for story, _, _ in said} - opened
        news = [a["story"] for a in label["alert"] if a["kind"] == "new"]

        assert changed <= said, record["id"]
        assert sorted(news) == sorted(fresh), record["id"]
        opened |= fresh
