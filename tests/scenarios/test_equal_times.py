"""Articles of one moment: which of them stands first in a stream changes nothing."""

import json
from contextlib import closing
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.streams import decision_record, parse_stream
from flows.replay import replay
from storage.database import Store
from tests.scenarios.scripted import desk, read_days

DAYS = ("a-page-is-edited-without-a-word", "two-officials-disagree")
MORNING, NOON = "2026-05-18T06:00:00Z", "2026-05-18T12:00:00Z"
EXAMPLES = 8  # of 4!² · 4!² orders; each replays eight articles


def crowded(at: str, *, first: bool) -> list[dict[str, str]]:
    """Half of the articles of two days, published all at once."""
    days = [day for day in read_days() if day.name in DAYS]
    return [
        {
            "id": article.id,
            "url": article.url,
            "source": article.source,
            "title": article.title,
            "text": article.text,
            "published_at": at,
        }
        for day in days
        for article in day.articles[slice(2) if first else slice(2, None)]
    ]


def replayed(records: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    articles = parse_stream(map(json.dumps, records), "shuffled")
    with closing(Store.open("sqlite://")) as store:
        decisions = list(replay(store, desk(), articles, batch=3))
    assert [each.article_id for each in decisions] == [each.id for each in articles]
    return {each.article_id: decision_record(each) for each in decisions}


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.permutations(crowded(MORNING, first=True)),
    st.permutations(crowded(NOON, first=False)),
)
def test_the_order_of_articles_of_one_moment_changes_nothing(
    morning: list[dict[str, str]], noon: list[dict[str, str]]
) -> None:
    straight = [*crowded(MORNING, first=True), *crowded(NOON, first=False)]
    assert replayed([*morning, *noon]) == replayed(straight)
