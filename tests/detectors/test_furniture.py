"""Which paragraphs are no part of the article that they stand in?"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.furniture import _TURNS, furniture

TURNS = {turn.phrase.pattern: turn for turn in _TURNS}
OPENINGS = ("", "The depot burned. ", "Склад згорів. ", "El depósito ardió. ")
PIECES = sorted({needed for turn in _TURNS for needed in turn.needed})


def searched(paragraph):
    """Every turn of the paragraph's script, searched for one by one."""
    text = paragraph.casefold()
    is_cyrillic = bool(re.search("[а-яіїєґё]", text))
    return any(
        re.search(turn.phrase.pattern, text)
        for turn in _TURNS
        if turn.is_cyrillic == is_cyrillic
    )


@pytest.mark.parametrize(
    "paragraph",
    [
        "(Reporting by Ada Penn; editing by J. Moss)",
        "Subscribe to our newsletter for more like this.",
        "READ MORE: Ten soups for a cold snap",
        "Подписывайтесь на наш канал.",
        "Нагадуємо, що рух трамваїв змінено.",
        "Lea también: el tiempo para el fin de semana",
        "Tap 'Follow' to get alerts on your phone.",
    ],
)
def test_furniture_is_known_by_its_phrases(paragraph):
    assert furniture([paragraph]) == (True,)


@pytest.mark.parametrize(
    "paragraph",
    [
        "The reporter was wounded while filming the crater.",
        "Рятувальники продовжують пошуки під завалами.",
        "El gobernador pidió a los vecinos que sigan en los refugios.",
        "She can read, and more schools reopen.",
        "Newsletters are printed there.",
    ],
)
def test_copy_is_not_taken_for_furniture(paragraph):
    assert furniture([paragraph]) == (False,)


@pytest.mark.parametrize("phrase", TURNS)
def test_no_turn_is_missed_for_want_of_what_it_needs(phrase):
    turn = TURNS[phrase]

    @settings(max_examples=20)  # of each of a hundred turns
    @given(st.from_regex(phrase), st.sampled_from(OPENINGS))
    def every_text_that_matches(text, opening):
        for paragraph in (text, text.upper(), opening + text):
            folded = paragraph.casefold()
            if turn.phrase.search(folded):
                assert any(needed in folded for needed in turn.needed)
            assert furniture([paragraph]) == (searched(paragraph),)

    every_text_that_matches()


@given(st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=6)))
def test_each_paragraph_is_judged_as_if_it_stood_alone(drawn):
    paragraphs = [" ".join(pieces) for pieces in drawn]
    assert furniture(paragraphs) == tuple(map(searched, paragraphs))


def test_a_long_paragraph_is_copy_whatever_it_appeals_for():
    line = "The station asked its listeners to sign up for the newsletter. "
    rest = "Six people died when a missile hit the depot, the mayor said. " * 6
    assert furniture([line, line + rest]) == (True, False)
