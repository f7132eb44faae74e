import json

import pytest

from detectors.errors import RecordError
from detectors.model import Outcome
from detectors.streams import outcome_record, parse_stream

GOOD = {
    "id": "a1",
    "url": "https://wire.test/1",
    "title": "Ferry strike ends",
    "text": "Crews went back to work.",
    "published_at": "2026-05-01T08:00:00+02:00",
}


def line(**changes):
    record = {**GOOD, **changes}
    return json.dumps({k: v for k, v in record.items() if v is not ...})


def test_a_record_becomes_an_article_in_utc():
    (article,) = parse_stream(
        [line(source="Wire", gold={"topics": ["never read"]})], "s"
    )
    assert article.published_at.isoformat() == "2026-05-01T06:00:00+00:00"
    assert (article.id, article.source, article.language) == ("a1", "Wire", None)


def test_a_second_record_at_a_url_is_a_revision_of_the_first():
    first, second, third = parse_stream([line(), line(id="a2"), line(id="a3")], "s")
    assert (first.revision_of, second.revision_of, third.revision_of) == (
        None,
        "a1",
        "a1",
    )


def test_blank_lines_are_passed_over():
    assert len(parse_stream(["", line(), "  \n"], "s")) == 1


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        pytest.param("{", r"s:2", id="no-json"),
        pytest.param("[1]", r"s:2", id="no-object"),
        pytest.param(line(id="a2", title=...), r"s:2: title", id="key-missing"),
        pytest.param(line(id="a2", text=None), r"s:2: text", id="null"),
        pytest.param(line(id="a2", url=5), r"s:2: url", id="number-for-text"),
        pytest.param(line(id="", url="https://x.test/"), r"s:2: id", id="empty-id"),
        pytest.param(line(), r"s:2: id", id="id-twice"),
        pytest.param(line(id="a2", language=3), r"s:2: language", id="odd-language"),
        pytest.param(
            line(id="a2", published_at="yesterday"), r"s:2: published_at", id="no-time"
        ),
        pytest.param(
            line(id="a2", published_at="2026-05-01T08:00:00"),
            r"s:2: published_at",
            id="no-offset",
        ),
    ],
)
def test_a_line_that_is_no_article_is_named_before_anything_is_decided(
    broken, complaint
):
    with pytest.raises(RecordError, match=complaint):
        parse_stream([line(), broken], "s")


def test_outcomes_are_counted_in_the_order_of_their_rank():
    seen = {Outcome.OFF_TOPIC: 2, Outcome.ALERTED: 1, Outcome.KNOWN: 0}
    assert list(outcome_record(seen).items()) == [("alerted", 1), ("off-topic", 2)]
