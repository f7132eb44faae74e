import pytest

from detectors.model import (
    Certainty,
    Fact,
    FactValue,
    LanguageVerdict,
    Outcome,
    StoryFact,
    TopicVerdict,
)
from storage.errors import StoreError
from tests.storage.records import AWKWARD, NOW, alert, article, decision, development


@pytest.fixture
def decide(unit):
    """Add an article and what was decided on it."""

    def decide(name, outcome=Outcome.OFF_TOPIC, **more):
        unit.articles.add(article(name))
        told = decision(name, outcome, **more)
        unit.decisions.add(told, decided_at=NOW)
        return told

    return decide


def test_a_decision_comes_back_equal_in_every_part(unit, decide):
    cases: list[tuple[str | None, FactValue, FactValue]] = [
        ("s1", True, 1),
        (None, 1, True),
        ("s", "1", 0),
    ]
    facts = tuple(
        StoryFact(
            story=story,
            fact=Fact(
                topic="port-fires",
                slot="power_cut",
                value=value,
                evidence=(3, 9),
                quote=AWKWARD,
                certainty=Certainty.DENIED,
                as_of=NOW,
                corrects=corrects,
            ),
        )
        for story, value, corrects in cases
    )
    told = decide(
        "a1",
        Outcome.ALERTED,
        language=LanguageVerdict(language=None, detected="fr", confidence=0.1 + 0.2),
        topics=(
            TopicVerdict(
                topic="port-fires",
                probability=1 / 3,
                threshold=0.5,
                matched=False,
                passages=((0, 12), (14, 20)),
                because=("silo", AWKWARD),
            ),
        ),
        stories={"port-fires": ("s1", "s2")},
        facts=facts,
        developments=(development(old=None, new=True), development(old=1, new="1")),
        alerts=(alert(),),
    )
    back = unit.decisions.get("a1")
    assert back == told
    assert [type(each.fact.value) for each in back.facts] == [bool, int, str]
    assert [type(each.fact.corrects) for each in back.facts] == [int, bool, int]
    assert unit.decisions.get("a2") is None


def test_a_decision_is_taken_once(unit, decide):
    decide("a1")
    with pytest.raises(StoreError):
        unit.decisions.add(decision("a1"), decided_at=NOW)
    unit.rollback()


def test_a_decision_needs_its_article(unit):
    with pytest.raises(StoreError):
        unit.decisions.add(decision("nowhere"), decided_at=NOW)
    unit.rollback()


def test_copies_lead_to_their_original(unit, decide):
    decide("first", Outcome.ALERTED)
    decide("z", Outcome.DUPLICATE, original="first")
    decide("b", Outcome.DUPLICATE, original="first")
    assert unit.decisions.roots_of(["z", "b", "first", "new", "z"]) == {
        "z": "first",
        "b": "first",
        "first": "first",
        "new": "new",
    }


def test_articles_are_counted_by_outcome_highest_first(unit, decide):
    decide("a", Outcome.OFF_TOPIC)
    decide("b", Outcome.ALERTED)
    decide("c", Outcome.OFF_TOPIC)
    expected = [(Outcome.ALERTED, 1), (Outcome.OFF_TOPIC, 2)]
    assert list(unit.decisions.counts().items()) == expected
