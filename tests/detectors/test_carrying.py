from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from detectors.carrying import LATEST, at_one_of, continued, named
from detectors.model import Story, StoryProfile
from detectors.recognition import NAMED
from detectors.units import Unit
from tests.scenarios.timeline import gazetteer

MORNING = datetime(2026, 6, 2, 7, tzinfo=UTC)
HOURS = timedelta(hours=1)
NAMES = {"@halic": 1.0, "@romny": 1.0, "bakery": 1.0, "ovens": 1.0}


def profile(**kwargs: Any) -> StoryProfile:
    given: dict[str, Any] = {"places": ("Romny",), "terms": NAMES, **kwargs}
    given.setdefault("figures", {k: (v,) for k, v in given.get("numbers", {}).items()})
    return StoryProfile(**given)


def story(
    name: str = "bakery", *, changed_at: datetime = MORNING, **kwargs: Any
) -> Story:
    return Story(
        id=name,
        topic="any",
        headline=name,
        opened_at=MORNING,
        changed_at=changed_at,
        profile=profile(**kwargs),
        articles=1,
    )


def part(*, meeting: bool = False, **kwargs: Any) -> Unit:
    return Unit(
        topic="any",
        spans=((0, 100),),
        facts=(),
        profile=profile(**kwargs),
        headline="A baker opens again",
        meeting=meeting,
    )


STRIKE: dict[str, Any] = {
    "numbers": {"killed": 4, "injured": 9},
    "kinds": ("weapon:drone",),
}
TALKS: dict[str, Any] = {
    "places": ("Muscat",),
    "parties": ("IR", "US"),
    "kinds": ("status:announced",),
}


def carried(unit: Unit, known: Story, *, after: timedelta = 6 * HOURS):
    return continued([unit], [known], now=MORNING + after)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"numbers": {"killed": 4}}, id="same-toll"),
        pytest.param({"numbers": {"killed": 5}}, id="toll-a-little-higher"),
        pytest.param({"kinds": ("weapon:drone",)}, id="weapon"),
        pytest.param(
            {"kinds": (NAMED, "weapon:drone"), "numbers": {"killed": 4}},
            id="place-named-and-toll",
        ),
    ],
)
def test_the_place_and_what_happened_there_carry_a_strike_on(told):
    (found,) = carried(part(**told), story(**STRIKE))
    assert found.story == "bakery"
    assert found.shared[0] == "Romny"
    assert str(found).endswith(", 6 h later")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="nothing-but-the-place"),
        pytest.param({"kinds": ("target:energy",)}, id="what-was-hit-alone"),
        pytest.param({"places": (), **STRIKE}, id="no-place"),
        pytest.param({"places": ("Putyvl",), **STRIKE}, id="another-place"),
        pytest.param({**STRIKE, "days": ("2026-05-20",)}, id="another-day"),
    ],
)
def test_less_carries_no_strike_on(told):
    hit = {**STRIKE, "kinds": ("weapon:drone", "target:energy")}
    known = story(**hit, days=("2026-06-02",))
    if "days" in told:
        told = {**told, "kinds": ("weapon:missile",)}
    assert carried(part(**told), known) == ()


def test_a_meeting_is_carried_on_by_its_city_and_how_it_stands():
    (found,) = carried(
        part(meeting=True, **{**TALKS, "kinds": ("status:cancelled",)}), story(**TALKS)
    )
    assert found.shared == ("Muscat", "status")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"kinds": ()}, id="no-status"),
        pytest.param({"places": ()}, id="parties-alone"),
        pytest.param({"places": ("Doha",)}, id="another-city"),
    ],
)
def test_less_carries_no_meeting_on(told):
    assert carried(part(meeting=True, **{**TALKS, **told}), story(**TALKS)) == ()


@pytest.mark.parametrize(
    ("after", "carries"),
    [
        pytest.param(timedelta(), False, id="as-it-opens"),
        pytest.param(-HOURS, False, id="before"),
        pytest.param(HOURS, True, id="an-hour-later"),
        pytest.param(LATEST, True, id="at-the-latest"),
        pytest.param(LATEST + HOURS, False, id="too-late"),
    ],
)
def test_only_what_runs_is_carried_on(after, carries):
    assert bool(carried(part(**STRIKE), story(**STRIKE), after=after)) is carries


@pytest.mark.parametrize(
    ("day", "carries"),
    [("2026-06-15", True), ("2026-06-16", False), ("2026-06-11", False)],
)
def test_a_meeting_is_carried_on_when_its_day_has_come(day, carries):
    known = story(**TALKS, days=(day,))
    told = part(meeting=True, **{**TALKS, "kinds": ("status:under way",)})
    assert bool(carried(told, known, after=timedelta(days=13))) is carries


def test_the_order_of_what_runs_changes_nothing():
    stories = [
        story("bakery", **STRIKE),
        story("mill", places=("Putyvl",), kinds=("weapon:drone",)),
        story("bakery again", numbers={"killed": 4}),
    ]
    told = {
        continued([part(**STRIKE)], order, now=MORNING + HOURS)
        for order in permutations(stories)
    }
    assert len(told) == 1
    assert all(told)


def test_a_text_names_its_places_and_the_capitals_of_its_countries():
    text = "Envoys of Iran will be in Oman, said a diplomat in Geneva."
    assert named(text, gazetteer(), capitals=False) >= {"Geneva", "Oman"}
    assert named(text, gazetteer(), capitals=True) >= {"Geneva", "Muscat", "Tehran"}


def test_a_region_is_where_its_town_is():
    sumy, lutsk = story(places=("Sumy region",)), story("mill", places=("Lutsk",))
    assert at_one_of([sumy, lutsk], {"Sumy", "Kyiv"}) == (sumy,)
