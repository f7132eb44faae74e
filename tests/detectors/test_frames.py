"""Phrases with gaps: what a frame matches, and what it does not."""

import pytest

from detectors.facts.frames import Frames, tokenize
from detectors.lexicons import Lexicon


def found(frame: str, text: str, **categories: str) -> list[str]:
    lexicon = Lexicon(
        "en",
        {
            "talks.off": {"off": (frame,)},
            **{f"talks.{name}": {name: (term,)} for name, term in categories.items()},
            "days.names": {"1": ("Monday",)},
        },
    )
    tokens = tokenize(text)
    return [
        text[slice(*tokens.span(hit.first, hit.last))]
        for hit in Frames(lexicon, "talks").find(tokens)
        if hit.category == "off"
    ]


@pytest.mark.parametrize(
    ("frame", "text", "matches"),
    [
        ("put off", "It was Put Off.", ["Put Off"]),
        ("postpon*", "They postponed it.", ["postponed"]),
        ("put|call off", "They call off the talks.", ["call off"]),
        ("set a? date", "They set date.", ["set date"]),
        ("set a? date", "They set a date.", ["set a date"]),
        ("put .. off", "They put the talks off.", ["put the talks off"]),
        (
            "talks ... off",
            "The talks, it seems, are off.",
            ["talks, it seems, are off"],
        ),
        ("call off", "They callous off.", []),
        ("put .. off", "They put the long talks off.", []),
        ("talks ... off", "Of the talks. They are off.", []),
        ("talks ... off", "Of the talks; they are off.", []),
    ],
)
def test_a_frame_matches_words_with_gaps(
    frame: str, text: str, matches: list[str]
) -> None:
    assert found(frame, text) == matches


def test_a_wide_gap_is_eight_words_at_most() -> None:
    words = " ".join(["long"] * 8)

    assert found("talks ... off", f"talks {words} off") != []
    assert found("talks ... off", f"talks {words} long off") == []


def test_a_frame_names_other_categories() -> None:
    text = "The round of talks was put off."

    assert found("<meeting> ... off", text, meeting="round of talks") == [
        "round of talks was put off"
    ]


def test_a_frame_names_categories_of_other_sections() -> None:
    assert found("until <days.names>", "off until Monday") == ["until Monday"]


def test_a_category_that_does_not_exist_matches_nothing() -> None:
    assert found("<nothing> off", "talks off") == []
