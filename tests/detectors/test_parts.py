"""Which paragraphs tell of one attack, and which of another place's."""

import pytest


@pytest.fixture
def tolls(facts_of):
    def told(*paragraphs, language="en"):
        facts = facts_of("\n\n".join(paragraphs), language)
        return [(f.slot, f.value) for f in facts if f.slot in ("killed", "injured")]

    return told


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "en",
            "Two people were killed and five wounded when a missile hit Lutsk",
            "In Kherson, drones hit a garage. Three people died and nine were injured.",
        ),
        (
            "en",
            "A missile hit a mill in Lutsk, killing two people and wounding five.",
            "Drones hit a garage in Kherson and killed three people. Nine were injured",
        ),
        (
            "uk",
            "Двоє людей загинули, п'ятеро поранені через удар ракети по млину в Луцьку",
            "У Херсоні дрони підпалили гараж, троє людей загинули, дев'ятеро поранені.",
        ),
        (
            "ru",
            "Два человека погибли, пять ранены при ракетном ударе по мельнице в Луцке.",
            "В Херсоне дроны подожгли гараж, три человека погибли, девять ранены.",
        ),
        (
            "es",
            "Dos personas murieron y cinco resultaron heridas por un misil en Lutsk",
            "En Jersón, drones mataron a tres personas; nueve resultaron heridas.",
        ),
    ],
)
def test_two_places_with_a_toll_each_are_two_attacks(language, first, second, tolls):
    assert tolls(first, second, language=language) == [
        ("killed", 2),
        ("injured", 5),
        ("killed", 3),
        ("injured", 9),
    ]


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        pytest.param(
            "In Kherson, shops stayed open. Nine people were wounded at the mill.",
            [("killed", 3), ("injured", 9)],
            id="a city that was not hit",
        ),
        pytest.param(
            "In Kherson, drones set a garage on fire. Nobody else was hurt.",
            [("killed", 3)],
            id="no toll",
        ),
        pytest.param(
            "In Kovel, in the same region, drones killed four people.",
            [("killed", 4)],
            id="near by",
        ),
        pytest.param(
            "In Volyn region, drones killed four people.",
            [("killed", 4)],
            id="the region around it",
        ),
        pytest.param(
            "In Kherson, a drone hit a garage. The strike on Lutsk killed three.",
            [("killed", 3)],
            id="the toll told again",
        ),
    ],
)
def test_one_attack_is_not_torn(second, wanted, tolls):
    first = "Three people were killed when a missile hit a mill in Lutsk."
    assert tolls(first, second) == wanted


def test_a_place_named_above_is_torn_off_only_where_a_paragraph_begins_with_it(tolls):
    above = "Shells killed two people in Lutsk. In Kherson schools remained closed."
    sums = "The shells wounded fourteen people in all on both sides, four in Kherson."
    assert tolls(above, sums) == [("killed", 2), ("injured", 14)]
    begins = "In Kherson the shells killed three people."
    assert tolls(above, begins) == [("killed", 2), ("killed", 3)]


@pytest.mark.parametrize(
    ("language", "frame", "first", "second"),
    [
        (
            "en",
            "Five people were killed in overnight strikes on Lutsk and Kherson.",
            "In Lutsk, a missile hit a mill and killed two people.",
            "In Kherson, drones killed three people.",
        ),
        (
            "uk",
            "П'ятеро людей загинули внаслідок ударів по Луцьку та Херсону.",
            "У Луцьку ракета влучила в млин, загинули двоє людей.",
            "У Херсоні дрони вбили трьох людей.",
        ),
    ],
)
def test_a_frame_that_sums_up_two_places_is_neither(
    language, frame, first, second, tolls
):
    assert tolls(frame, first, second, language=language) == [
        ("killed", 5),
        ("killed", 2),
        ("killed", 3),
    ]
