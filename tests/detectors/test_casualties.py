"""How many were killed, injured or are missing, as four languages tell it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.facts.casualties import find_casualties
from detectors.model import Bound, Certainty

SLOTS = ("killed", "injured", "missing", "children_killed")
COUNTS = (*SLOTS, "launched", "intercepted")
TOLLS = [
    json.loads(line)
    for line in (Path(__file__).parents[1].joinpath("golden", "facts", "tolls.jsonl"))
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize("toll", TOLLS, ids=[toll["text"][:60] for toll in TOLLS])
def test_newsroom_copy_tells_these_tolls_and_no_others(toll, told):
    found = told(toll["text"], toll["language"])
    assert {slot: found[slot] for slot in COUNTS if slot in found} == {
        slot: [value] for slot, value in toll["told"].items()
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "There were no casualties, the governor said. Nobody was killed."),
        ("en", "Officials denied that anyone had been killed in the attack."),
        ("en", "The strike could kill hundreds, experts warned."),
        ("en", "Last year a missile killed 58 people at the station."),
        ("en", "Air defences downed 62 of the 75 drones fired at Odesa."),
        ("en", "Six of the 18 missiles were shot down, killing no one."),
        ("en", "More than 60,000 households were left without electricity."),
        ("en", "The film, about a man aged 88, killed two hours."),
        ("uk", "Протиповітряна оборона збила 62 з 75 безпілотників."),
        ("uk", "Без світла на Чернігівщині залишилися 30 тисяч абонентів."),
        ("uk", "Ніхто не загинув."),
        ("ru", "Власти опровергли сообщения о гибели десяти человек."),
        ("es", "Nadie murió en el bombardeo."),
        ("es", "El año pasado un misil mató a 58 personas en la estación."),
    ],
)
def test_what_is_no_toll_gives_no_number(language, text, told):
    assert not set(told(text, language)) & set(SLOTS)


def test_a_toll_taken_back_says_what_it_corrects(facts_of):
    text = "Prosecutors said that six people, not seven, had been killed."
    (fact,) = facts_of(text)
    assert (fact.slot, fact.value, fact.corrects) == ("killed", 6, 7)


def test_a_correction_without_the_old_number_is_one_all_the_same(facts_of):
    text = "The count of the dead stood at six, after an earlier figure was withdrawn."
    (fact,) = facts_of(text)
    assert (fact.value, fact.corrects) == (6, True)


def test_parts_of_a_toll_add_up_where_no_total_is_told(told):
    text = "Drones hit homes, killing two people in Kyiv and four in the region."
    assert told(text)["killed"] == [6]


def test_the_total_is_told_and_not_its_parts(told):
    text = "Six died, officials said. Two people died in Kyiv and four in Brovary."
    assert told(text)["killed"] == [6]


def test_a_further_death_counts_less_than_the_toll(told):
    text = "One more woman died in hospital. The death toll rose to five."
    assert told(text)["killed"] == [5]


def test_older_tolls_are_background(facts_of):
    text = "The raid killed four. In January an attack killed 14."
    found = {fact.value: fact.certainty for fact in facts_of(text)}
    assert found == {4: Certainty.ASSERTED, 14: Certainty.BACKGROUND}


def test_a_bound_stays_with_the_toll(facts_of):
    (fact,) = facts_of("At least six people were killed.")
    assert (fact.value, fact.bound) == (6, Bound.AT_LEAST)
    assert fact.quote == "At least six people were killed"


WORDS = st.sampled_from(
    [
        "six",
        "seven",
        "people",
        "children",
        "were",
        "killed",
        "injured",
        "missing",
        ",",
        ".",
        "and",
        "at",
        "least",
        "not",
        "a",
        "woman",
        "two",
        "of",
        "them",
        "toll",
        "rose",
        "to",
        "from",
        "12",
        "no",
        "one",
        "the",
        "dead",
        "in",
        "Kyiv",
    ]
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_order_of_words_gives_spans_within_the_text(context_of, text):
    context = context_of(text)
    for count in find_casualties(context):
        start, end = count.span
        assert 0 <= start < end <= len(context.text)
        assert count.value >= 0


def test_the_past_goes_on_with_then_and_ends_with_a_day(told):
    past = "The depot was hit in October. Then two died."
    assert "killed" not in told(past)
    assert told("The depot was hit at dawn. Then two died.")["killed"] == [2]
    before = "The bridge has been hit before. {} two boatmen died."
    assert "killed" not in told(before.format("One winter"))
    assert told(before.format("On Monday"))["killed"] == [2]


def test_the_past_does_not_cross_a_paragraph(told):
    text = "A raid hit the depot in October.\n\nThen two people died at dawn."
    assert told(text)["killed"] == [2]


def test_what_is_counted_since_a_month_is_no_toll_but_a_record_may_be(told):
    assert "killed" not in told("Since October, 80 people have been killed here.")
    record = "Nine people were killed, the most in one raid since October."
    assert told(record)["killed"] == [9]
