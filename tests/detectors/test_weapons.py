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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The interceptor is designed to stop ballistic missiles."),
        ("en", "Besides artillery, the deal for the fleet covers drones."),
        ("en", "A new law regulates drones near schools and ports."),
        ("en", "It was like a missile, a clerk said."),
        ("uk", "Крім артилерії, міністри профінансують дрони."),
        ("uk", "Закон регулює польоти дронів над школами."),
        ("en", "The thunder was loud; a baker thought it was a missile."),
        ("en", "As a young officer he was wounded when a rocket hit his tent."),
        ("uk", "Гуркнуло, наче ракета над дахом."),
        ("uk", "Грім був такий, що люди подумали на ракету."),
        ("ru", "Кроме ракет, контракт на пять лет включает беспилотники."),
        ("ru", "Закон регулирует полёты дронов над школами."),
        ("ru", "Гром грянул так, что его приняли за ракету."),
        ("ru", "В молодости он был ранен, когда в палатку попала ракета."),
        ("es", "La norma regula el uso recreativo de los drones."),
        ("es", "Tronó y los vecinos pensaron en un misil."),
        ("es", "El radar está diseñado para seguir misiles balísticos."),
    ],
)
def test_what_is_built_bought_or_regulated_was_not_used(language, text, told):
    assert "weapon" not in told(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A drone designed to carry parcels hit the station and killed two."),
        ("uk", "Дрон, призначений для розвідки, влучив у вокзал."),
        ("ru", "Дрон, предназначенный для разведки, попал в вокзал."),
        ("es", "Un dron diseñado para vigilar impactó en la estación."),
    ],
)
def test_whatever_it_was_built_for_a_weapon_that_hit_was_used(language, text, told):
    assert told(text, language)["weapon"] == ["drone"]
