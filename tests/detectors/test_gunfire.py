"""Who was shot, who of them died, and victims that no noun names."""

from collections import defaultdict
from dataclasses import replace

import pytest

from detectors.facts import strikes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Four people were shot at a party in Norrby.", {"injured": [4]}),
        (
            "Five people were shot, one fatally, outside the bakery.",
            {"killed": [1], "injured": [4]},
        ),
        (
            "Six people were shot and two of them died, police said.",
            {"killed": [2], "injured": [4]},
        ),
        ("A man was shot in the leg near the depot.", {"injured": [1]}),
        ("A gunman shot three dockers on Friday.", {"injured": [3]}),
        (
            "Four teens were shot. The youngest, a boy of 12, was injured in the arm.",
            {"injured": [4]},
        ),
        ("Two drones were shot down over the bay.", {"intercepted": [2]}),
        ("Nobody was shot, the sheriff said.", {}),
        ("A shot was fired at two officers.", {}),
        ("Four guards shot a burglar.", {"injured": [1]}),
    ],
)
def test_who_was_shot_is_dead_or_wounded(text, wanted, told):
    found = told(text)

    assert {
        slot: found[slot]
        for slot in ("killed", "injured", "intercepted")
        if slot in found
    } == wanted


@pytest.mark.parametrize(
    "text",
    [
        "A five-year-old accidentally shot his uncle in the foot.",
        "The boy found the gun and shot her in the arm.",
        "A girl of nine was accidentally shot by her brother.",
        "A tailor who was shot by two strangers is recovering.",
        "The shot grazed a neighbour. Police said nobody else was shot.",
        "The suspect shot and missed. A bullet struck a baker in the leg.",
        "A gunman shot at a wall. A cook was struck in the shoulder.",
    ],
)
def test_whoever_a_bullet_reached_was_shot_and_nobody_else(text, told):
    assert told(text)["injured"] == [1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Four victims were taken to area hospitals.", {"injured": [4]}),
        ("Four gunshot victims were found in a yard.", {"injured": [4]}),
        ("Three men were shot, and a fourth was grazed.", {"injured": [4]}),
        ("A boy found a pistol and shot himself in the hand.", {"injured": [1]}),
        ("The guard is awake. He was shot twice.", {"injured": [1]}),
        ("A bullet hit a girl of six as she slept.", {"injured": [1]}),
        (
            "Four men were shot. One of them, a tailor of 22, died at a hospital.",
            {"killed": [1], "injured": [3]},
        ),
        ("A baker was airlifted to Norrby Medical Center.", {"injured": [1]}),
        ("A baker was taken to Saint Ulf Hospital, where he died.", {"killed": [1]}),
        ("Two men were taken to the police station.", {}),
        ("A docker was killed when two men opened fire.", {"killed": [1]}),
        ("A docker was wounded after three men quarrelled.", {"injured": [1]}),
        (
            "Nine people were shot, one fatally. A man was killed in May.",
            {"killed": [1], "injured": [8]},
        ),
        (
            "A man shot six people, killing four of them, then himself.",
            {"killed": [5], "injured": [2]},
        ),
        (
            "Eleven people were wounded in shootings on Monday. Two men were shot.",
            {"injured": [2]},
        ),
    ],
)
def test_a_number_is_of_those_who_were_hit_here(text, wanted, told):
    found = told(text)

    assert {
        slot: found[slot] for slot in ("killed", "injured") if slot in found
    } == wanted


@pytest.mark.parametrize(
    "text",
    [
        "A ball struck a referee in the face.",
        "Nobody was shot. The strike hit a bakery.",
    ],
)
def test_what_no_bullet_struck_was_not_shot(text, told):
    assert "injured" not in told(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Police said Marta Quil was shot and killed on Friday.", {"killed": [1]}),
        ("Marta Quil, 34, of Norrby, died at the scene.", {"killed": [1]}),
        ("He was pronounced dead at the scene.", {"killed": [1]}),
        ("She later died in hospital.", {"killed": [1]}),
        ("He was taken to a hospital, where he died.", {"killed": [1]}),
        ("She was found dead at 412 Orchard Road.", {"killed": [1]}),
        ("The injured were 28 and 34 years old.", {}),
        (
            "Four men who had come to bury a slain friend were shot, one fatally.",
            {"killed": [1], "injured": [3]},
        ),
        (
            "Twenty people were hospitalised and two have died.",
            {"killed": [2], "injured": [20]},
        ),
        ("Marta Quil killed the time with a crossword.", {}),
        ("The bus was found by Ana Brel, 50, a farmer.", {}),
    ],
)
def test_who_is_named_or_meant_is_one_victim(text, wanted, told):
    found = told(text)

    assert {
        slot: found[slot] for slot in ("killed", "injured") if slot in found
    } == wanted


def test_a_title_makes_a_name_a_victim_in_capitals_too(told):
    assert told("JUDGE ANA RUIZ WAS SHOT TO DEATH IN NORRBY.")["killed"] == [1]
    assert told("Inspector Eulin Flor died in the explosion.")["killed"] == [1]
    assert "killed" not in told("FIRE ENGINES WERE LATE.")


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("He killed his wife and two sons, then himself.", [4]),
        ("The guard killed two colleagues before killing himself.", [3]),
        ("Three people were killed, and the gunman took his own life.", [3]),
        ("1:51 Boy killed by a fallen wire", None),
        ("Two officers face murder charges.", None),
    ],
)
def test_who_killed_himself_is_one_dead_more(text, killed, told):
    assert told(text).get("killed") == killed


def test_a_number_far_below_the_opening_is_of_another_day(told):
    opening = "Two dockers were killed in Norrby on Friday.\n\n"
    rest = "The council will rebuild the quay and its cranes by the spring. " * 20

    assert told(opening + rest + "\n\nNine miners died in Altby.")["killed"] == [2]


def test_the_wounded_who_died_is_no_longer_wounded(told):
    text = "A rider was found dead on Friday. The rider was shot and wounded earlier."

    assert "injured" not in told(text)
    assert told(text.replace("The rider", "A guard"))["injured"] == [1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "One docker was killed and four others were shot.",
            {"killed": 1, "injured": 4},
        ),
        (
            "A docker died after he and two others were shot.",
            {"killed": 1, "injured": 2},
        ),
        (
            "A man was shot in the arm. Two other people with gunshot wounds came.",
            {"injured": 3},
        ),
        (
            "Three men were found with gunshot wounds. Two of the men later died.",
            {"killed": 2, "injured": 1},
        ),
        (
            "The raid left seven people wounded, two mortally, in Norrby.",
            {"killed": 2, "injured": 5},
        ),
        ("Two boys and a girl were shot at the fair.", {"injured": 3}),
        (
            "Two men were hit by gunfire. A third victim was found in a yard.",
            {"injured": 3},
        ),
        (
            "Two men were hit by gunfire. A third victim died in a yard.",
            {"killed": 3},
        ),
        (
            "A quadruple shooting in Norrby killed one man. A girl of 12 was hurt.",
            {"killed": 1, "injured": 3},
        ),
        ("A half-dozen people were shot in the arcade.", {"injured": 6}),
        ("The boy accidentally shot himself in Norrby.", {"injured": 1}),
    ],
)
def test_those_hit_are_counted_whole_and_less_those_who_died(text, wanted, told):
    found = told(text)

    assert {
        slot: found[slot][0] for slot in ("killed", "injured") if slot in found
    } == wanted


@pytest.mark.parametrize(
    "text",
    [
        "The baker has four gunshot wounds.",
        "They heard of gunshot wounds inside 305 Orchard Road.",
        "Officers fired and a shot was heard. A third man ran.",
        "He was jailed for a third-degree assault after a man shot at a shed.",
        "A third suspect was seen. A hunter shot at geese.",
    ],
)
def test_wounds_doors_and_runaways_count_nobody_who_was_shot(text, told):
    assert not {2, 3, 4, 305} & set(told(text).get("injured", []))


def test_numbers_of_several_shootings_give_way_to_those_of_one(told):
    text = "Five men were killed in two separate shootings in Norrby."

    assert told(text)["killed"] == [5]
    assert told(f"{text} Three men died at the mill.")["killed"] == [3]


def test_a_list_of_some_gives_way_to_the_number_of_all(told):
    text = "Four people were wounded. A baker and a weaver were wounded in the leg."

    assert told(text)["injured"] == [4]


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        (
            "Two dead in mill fire",
            "Two workers died in Norrby.\n\nNine workers died at that mill.",
            {"killed": [2]},
        ),
        (
            "Two killed on the left bank",
            "Two workers died in Norrby; with the bridge the dead are five.",
            {"killed": [5]},
        ),
        (
            "Shooting leaves five wounded",
            "Four people were wounded.\n\nPolice said five people were wounded.",
            {"injured": [5]},
        ),
        (
            "Six people shot at fair",
            "A man was shot dead. Three boys were shot. Six people were shot.",
            {"killed": [1], "injured": [5]},
        ),
        (
            "Nine killed in separate attacks",
            "Two workers died in Norrby.\n\nNine workers died at that mill.",
            {"killed": [9]},
        ),
    ],
)
def test_of_two_numbers_the_one_in_the_headline_speaks(title, text, wanted, context_of):
    context = context_of(text)
    context = replace(context, reading=replace(context.reading, title=title))
    found = defaultdict(list)
    for fact in strikes.extract(context):
        if fact.slot in {"killed", "injured"} and fact.certainty.counts:
            found[fact.slot].append(fact.value)

    assert found == wanted
