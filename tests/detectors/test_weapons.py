"""Weapons named and counted in four languages."""

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "The plant makes drones for the army.",
        "Anti-aircraft missiles stood in the field.",
        "He asked for interceptor missiles.",
        "The charred shell of the building was torn down.",
        "Оператори дронів навчалися.",
    ],
)
def test_what_is_not_fired_at_a_place_is_no_weapon_of_the_attack(text, told):
    language = "uk" if "дронів" in text else "en"
    assert "weapon" not in told(text, language)


def test_the_exact_weapon_makes_the_general_word_needless(told):
    text = "A missile hit the block. Prosecutors spoke of a ballistic missile."
    assert told(text)["weapon"] == ["ballistic missile"]


def test_two_kinds_of_weapon_are_two_facts(told):
    assert told("Drones and missiles hit Kyiv.")["weapon"] == ["drone", "missile"]


def test_a_number_of_people_is_no_number_of_weapons(told):
    found = told("The attack with drones killed 12 people.")
    assert "launched" not in found
    assert "intercepted" not in found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The opera about a rocket engineer was a direct hit in Lviv."),
        ("uk", "У Львові вразила публіку опера про конструктора ракет."),
        ("ru", "Во Львове публику поразила опера об инженере-ракетчике."),
        ("es", "La ópera sobre un ingeniero de cohetes golpeó en Leópolis."),
    ],
)
def test_who_builds_weapons_is_none(language, text, told):
    assert "weapon" not in told(text, language)
