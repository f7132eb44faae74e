"""The document that the first two topics come from, replayed as one record.

It is an analysis of talks that ends with the news of a night's attacks.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.model import (
    AlertKind,
    Article,
    Certainty,
    Decision,
    Fact,
    FactValue,
)
from detectors.text import read
from flows.histories import history
from flows.replay import replay
from storage.database import Store
from tests.scenarios.scripted import desk

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"
PUBLISHED_AT = datetime(2025, 10, 22, 18, tzinfo=UTC)
SUPPOSES = re.compile(r"(?:(?:But|So|And),? )?(?:[Ii]f|[Ww]hether|[Uu]nless)\b")

pytestmark = pytest.mark.skipif(
    not SEED.is_dir(), reason="the seed document is not beside the project"
)


@pytest.fixture(scope="module")
def article() -> Article:
    (document,) = sorted(SEED.glob("*.txt"))
    return Article(
        id="seed",
        url="https://seed.test/",
        source="",
        title="",
        text=document.read_text(encoding="utf-8"),
        published_at=PUBLISHED_AT,
        fetched_at=PUBLISHED_AT,
    )


@pytest.fixture(scope="module")
def store():
    opened = Store.open("sqlite://")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def decision(store: Store, article: Article) -> Decision:
    (decided,) = replay(store, desk(), [article])
    return decided


def sentence(article: Article, fact: Fact) -> str:
    reading = read(article.text, title=article.title, language="en")
    start, end = reading.sentence_at(fact.evidence[0])
    return reading.text[start:end]


def state(store: Store, decision: Decision, topic: str) -> dict[str, set[FactValue]]:
    (story_id,) = decision.stories[topic]
    with store.unit(reading=True) as unit:
        story = unit.stories.get(story_id)
        assert story is not None
        told = history(unit, story).state()
    return {slot: set(values) for slot, values in told.items()}


def test_it_is_on_both_topics(decision: Decision) -> None:
    matched = {verdict.topic for verdict in decision.topics if verdict.matched}
    assert matched == {"strike-reports", "summit-diplomacy"}


def test_this_wednesdays_attacks_are_a_story_that_is_told(
    store: Store, decision: Decision
) -> None:
    known = state(store, decision, "strike-reports")
    assert known.pop("place") >= {"Kyiv", "Poltava"}
    assert known == {
        "killed": {6},
        "children_killed": {2},
        "weapon": {"drone", "missile"},
        "target": {"energy", "oil and gas"},
        "power_cut": {True},
    }
    told = {alert.topic: alert.kind for alert in decision.alerts}
    assert told["strike-reports"] is AlertKind.NEW


def test_the_dead_of_its_two_places_are_parts_of_the_toll(decision: Decision) -> None:
    dead = [told.fact.value for told in decision.facts if told.fact.slot == "killed"]
    assert set(dead) == {6}


def test_the_summit_that_is_over_is_no_news(
    article: Article, decision: Decision
) -> None:
    over = [
        told.fact
        for told in decision.facts
        if told.fact.slot in {"status", "date"}
        and "Alaska" in sentence(article, told.fact)
    ]
    assert not [fact for fact in over if fact.certainty.counts]


def test_what_the_analyst_supposes_is_no_news(
    article: Article, decision: Decision
) -> None:
    supposed = [
        told.fact
        for told in decision.facts
        if told.fact.slot != "venue"  # where a planned meeting is, whatever comes of it
        and SUPPOSES.match(sentence(article, told.fact))
    ]
    assert not [fact for fact in supposed if fact.certainty.counts]
    assert not {"cancelled", "postponed"} & {each.new for each in decision.developments}


def test_the_planned_meeting_is_a_story(store: Store, decision: Decision) -> None:
    known = state(store, decision, "summit-diplomacy")
    assert known["venue"] == {"Budapest"}
    assert known["participants"] == {
        "President of Russia",
        "President of the United States",
    }
    assert known.get("status", set()) <= {"announced", "preparing"}


def test_what_somebody_was_once_willing_to_talk_of_is_no_agenda(
    store: Store, decision: Decision
) -> None:
    known = state(store, decision, "summit-diplomacy")
    assert "agenda item" not in known


def test_the_summit_that_failed_is_background(
    article: Article, decision: Decision
) -> None:
    over = [
        told.fact.certainty
        for told in decision.facts
        if told.fact.value == "ended without agreement"
    ]
    assert over == [Certainty.BACKGROUND]
