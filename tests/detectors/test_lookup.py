"""What a story is found by is what an article of it looks for."""

from datetime import UTC, datetime

import pytest

from detectors.lookup import MAX_KEYS, keys, sought
from detectors.model import StoryProfile
from detectors.units import Unit

AT = datetime(2026, 5, 4, tzinfo=UTC)


def unit(topic="strikes", **profile) -> Unit:
    return Unit(
        topic=topic,
        spans=((0, 10),),
        facts=(),
        profile=StoryProfile(**profile),
        headline="",
    )


@pytest.mark.parametrize(
    ("story", "part"),
    [
        pytest.param({"places": ("Lutsk",)}, {"places": ("Lutsk",)}, id="place"),
        pytest.param(
            {"places": ("Lutsk region",)}, {"places": ("Lutsk",)}, id="its-region"
        ),
        pytest.param(
            {"places": ("Lutsk",)}, {"terms": {"@Lutsk": 1.0}}, id="place-only-named"
        ),
        pytest.param(
            {"parties": ("AM", "AZ", "TR")}, {"parties": ("AZ", "AM")}, id="who-meets"
        ),
        pytest.param(
            {"parties": ("AM", "AZ")}, {"parties": ("AM",)}, id="one-who-meets"
        ),
        pytest.param(
            {"places": ("Lutsk",), "numbers": {"killed": 7}},
            {"numbers": {"killed": 7}},
            id="toll",
        ),
        pytest.param({"terms": {"@salti": 2.0}}, {"terms": {"@salti": 1.0}}, id="name"),
        pytest.param(
            {"terms": {"ferri": 2.0}}, {"terms": {"ferri": 1.0}}, id="words-alone"
        ),
    ],
)
def test_a_story_is_found_by(story, part):
    held = keys(StoryProfile(**story), topic="strikes")
    assert set(held) & set(sought([unit(**part)]))
    assert not set(held) & set(sought([unit(topic="meetings", **part)]))


def test_words_find_nothing_where_places_are_known():
    held = keys(
        StoryProfile(
            places=("Lutsk",),
            numbers={"killed": 7},
            figures={"killed": (7,)},
            terms={"ferri": 2.0},
        ),
        topic="strikes",
    )
    looked_for = sought([unit(terms={"ferri": 1.0})])
    assert not set(held) & set(looked_for)


def test_an_article_of_many_parts_looks_for_no_more_than_it_may():
    parts = [
        unit(places=(f"Town {n}",), terms={f"@name{n}{m}": 1.0 for m in range(30)})
        for n in range(12)
    ]
    looked_for = sought(parts)
    assert len(looked_for) == len(set(looked_for)) == MAX_KEYS
