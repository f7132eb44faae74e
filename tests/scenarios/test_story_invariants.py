"""What holds of stories whatever the order, the place and the language.

Everything runs through the detectors and a store, as in ``tocsin replay``.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import Article, Decision
from flows.desk import Desk
from flows.replay import replay
from flows.seeds import Seeds, load_seeds
from storage.database import Store
from tests.quality.grouped import follow

MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEW = settings(max_examples=6, deadline=None)
STRIKES = "strike-reports"

LUTSK = {
    "en": (
        "Missile hits school in Lutsk, five killed",
        (
            "A ballistic missile hit a school in Lutsk on Monday morning, killing five"
            " people and wounding 14, the governor said. Rescuers searched the rubble."
        ),
    ),
    "uk": (
        "Ракета влучила у школу в Луцьку, п'ятеро загиблих",
        (
            "Балістична ракета влучила у школу в Луцьку вранці в понеділок."
            " П'ятеро людей загинули, 14 поранені, повідомив голова області."
        ),
    ),
    "ru": (
        "Ракета попала в школу в Луцке, пятеро погибших",
        (
            "Баллистическая ракета попала в школу в Луцке утром в понедельник."
            " Погибли пять человек, 14 ранены, сообщил глава области."
        ),
    ),
    "es": (
        "Un misil alcanza una escuela en Lutsk y deja cinco muertos",
        (
            "Un misil balístico alcanzó una escuela en Lutsk en la mañana del lunes."
            " Cinco personas murieron y 14 resultaron heridas, informó el gobernador."
        ),
    ),
}


@cache
def seeds() -> Seeds:
    return load_seeds()


def article(name: str, at: datetime, title: str, text: str, language: str) -> Article:
    return Article(
        id=name,
        url=f"https://{name}.test/news",
        source=f"{name}.test",
        title=title,
        text=text,
        published_at=at,
        fetched_at=at,
        language=language,
    )


def decided(articles: Iterable[Article]) -> dict[str, Decision]:
    store = Store.open("sqlite://")
    try:
        desk = Desk(seeds=seeds(), dry=True)
        return {each.article_id: each for each in replay(store, desk, [*articles])}
    finally:
        store.close()


def strikes(city: str, weapons: Sequence[str], *, apart: timedelta) -> list[Article]:
    """A strike on ``city`` with each of the weapons, and fewer dead each time."""
    found = []
    for number, weapon in enumerate(weapons):
        at = MONDAY + number * apart
        toll = 9 - 4 * number
        text = (
            f"A {weapon} hit a warehouse in {city} on {at:%A} morning, killing"
            f" {toll} people and wounding {toll + 9}, the mayor said. Firefighters"
            " put out the blaze by noon."
        )
        title = f"{weapon.capitalize()} hits warehouse in {city}, {toll} killed"
        found.append(article(f"s{number}", at, title, text, "en"))
    return found


@FEW
@given(st.permutations(list(LUTSK)))
def test_one_event_in_four_languages_is_one_story_whichever_comes_first(order):
    told = decided(
        article(language, MONDAY + number * HOUR, *LUTSK[language], language)
        for number, language in enumerate(order)
    )
    stories = {each.stories.get(STRIKES) for each in told.values()}
    assert len(stories) == 1
    assert all(len(of_one) == 1 for of_one in stories if of_one is not None)
    assert None not in stories


@FEW
@given(
    st.sampled_from(["Lutsk", "Izmail", "Belgorod", "Kremenchuk"]),
    st.sampled_from(["drone", "missile", "ballistic missile"]),
    st.integers(1, 6),
)
def test_two_strikes_on_one_city_on_two_days_are_two_stories(city, weapon, days):
    told = decided(strikes(city, [weapon, weapon], apart=days * DAY))
    first, second = (told[name].stories[STRIKES] for name in ("s0", "s1"))
    assert first
    assert second
    assert not set(first) & set(second)


def test_a_strike_that_slept_for_ten_days_wakes_with_a_death_in_hospital():
    first = article("a", MONDAY, *LUTSK["en"], "en")
    later = article(
        "b",
        MONDAY + 10 * DAY,
        "Sixth victim of Lutsk school strike dies in hospital",
        (
            "A teacher wounded in the missile strike on a school in Lutsk on June 8"
            " died in hospital on Thursday, bringing the death toll to six."
        ),
        "en",
    )
    told = decided([first, later])
    assert told["b"].stories[STRIKES] == told["a"].stories[STRIKES]


FERRY = (
    "Ferry Kestrel runs aground off Odden",
    (
        "The ferry Kestrel ran onto a sandbank off Odden with 212 passengers."
        " Captain Anna Brandt blamed a buoy that had drifted."
        " Lifeboats from Havnby took everyone off."
    ),
)
HEARING = (
    "Captain of the ferry Kestrel loses her licence",
    (
        "Captain Anna Brandt, whose ferry Kestrel ran onto a sandbank off Odden,"
        " has lost her licence. The board at Havnby found that the buoy had never"
        " drifted."
    ),
)
BRIDGE = (
    "Bridge at Marlowe closed for cracks",
    (
        "The swing bridge at Marlowe is closed until August."
        " A diver found cracks in two of its piers."
        " Lorries must go round by Penrhos, which takes forty minutes."
    ),
)


@pytest.mark.parametrize(
    ("slept", "wakes"),
    [pytest.param(45, True, id="six-weeks"), pytest.param(75, False, id="for-good")],
)
def test_a_story_known_by_its_words_sleeps_and_wakes(slept, wakes):
    told = follow(
        [
            article("a", MONDAY, *FERRY, "en"),
            *(
                article(f"b{n}", MONDAY + n * DAY, *BRIDGE, "en")
                for n in range(1, slept, 15)
            ),
            article("c", MONDAY + slept * DAY, *HEARING, "en"),
        ]
    )
    assert (told["c"] == told["a"]) is wakes
    assert told["b1"] != told["a"]
