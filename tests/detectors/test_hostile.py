"""Texts that nobody wrote: what costs the square of their length would hang here."""

import time
from datetime import UTC, datetime

import pytest

from detectors.facts import meetings, strikes
from detectors.facts.context import Context
from detectors.keywords import Keywords, Words
from detectors.slots import SLOTS
from detectors.text import read

STRIKE = "Six people were killed and 12 hurt in Kyiv when a drone hit a house"
MEETING = "The presidents of Ukraine and Russia will meet in Geneva on 8 March"
LENGTH = 30_000


@pytest.mark.slow
@pytest.mark.timeout(20)  # a second each; minutes where something takes the square
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("a", id="one-letter"),
        pytest.param("А", id="one-capital"),
        pytest.param("Aa ", id="capitalised-words"),
        pytest.param("1", id="one-digit"),
        pytest.param("100 ", id="numbers"),
        pytest.param("Kyiv, ", id="one-town"),
        pytest.param("Drones hit Kyiv, Sumy, ", id="towns-that-were-hit"),
        pytest.param(f"{STRIKE} and ", id="a-strike-without-a-stop"),
        pytest.param(f"{MEETING} and ", id="a-meeting-without-a-stop"),
        pytest.param(f"{STRIKE}.\n\n", id="paragraphs"),
    ],
)
def test_facts_cost_what_the_length_of_a_text_does(pattern, lexicons, gazetteer):
    reading = read((pattern * LENGTH)[:LENGTH], language="en")
    context = Context(
        reading=reading,
        topic="any",
        slots=SLOTS,
        spans=reading.paragraphs,
        lexicon=lexicons["en"],
        gazetteer=gazetteer,
        published_at=datetime(2026, 3, 5, tzinfo=UTC),
    )
    for fact in (*strikes.extract(context), *meetings.extract(context)):
        assert 0 <= fact.evidence[0] < fact.evidence[1] <= LENGTH


@pytest.mark.parametrize("word", [r"(\w+\s?)+:$", "(a+)+$", "(.*a){30}", "a*"])
def test_c25_a_topics_words_are_no_patterns_that_could_take_for_ever(word):
    """They are looked up as words: none is compiled, whatever it looks like."""
    keywords = Keywords({"t": (word,)}, "en")
    text = read("a" * 24 + "! " + "a" * 5_000 + "! (a+)+$", language="en")
    began = time.process_time()
    Words.of(text).hits(keywords)
    assert time.process_time() - began < 0.05
