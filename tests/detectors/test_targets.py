"""Sentences on what was hit and with what, labelled before the detectors ran on them.

Of the first 139, 121 came out whole at first sight: targets F1 .944, weapons .973. Two
labels were mended besides: Ukrainian and Russian call any attack shelling; a dam is
energy. Of 48 more, by the same hand after the words were added, all but one did.
"""

import csv
from pathlib import Path

import pytest

SENTENCES = Path(__file__).with_name("targets.tsv")
MISREAD = ("He filmed the drone",)  # a weapon and a place in one clause, and no damage


def sentences():
    with SENTENCES.open(encoding="utf-8", newline="") as written:
        for row in csv.DictReader(written, delimiter="\t", quoting=csv.QUOTE_NONE):
            misread = row["text"].startswith(MISREAD)
            marks = [pytest.mark.xfail(strict=True)] if misread else []
            yield pytest.param(row, id=row["text"][:40], marks=marks)


@pytest.mark.parametrize("row", list(sentences()))
def test_a_sentence_tells_what_was_hit_and_with_what(row, told):
    facts = told(row["text"], row["language"])

    for slot in ("target", "weapon"):
        wanted = sorted(filter(None, row[slot].split(",")))
        assert facts.get(slot, []) == wanted


def test_what_is_denied_is_told_as_denied(facts_of):
    facts = facts_of("The army said it did not attack hospitals. A missile fell there.")

    assert [
        (fact.value, fact.certainty.value) for fact in facts if fact.slot == "target"
    ] == [("hospital", "denied")]


def test_weapons_between_quotation_marks_are_seized_all_the_same(told):
    facts = told('"They hid it," he said: "drones" and rockets were seized.')

    assert "weapon" not in facts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "A missile hit the power station at dawn. Two workers of the plant died.",
        ),
        (
            "en",
            "Drones set a refinery ablaze. One more drone reached the plant at noon.",
        ),
        ("ru", "Ракета попала в электростанцию. Удар по цеху унёс жизни двоих."),
        ("ru", "Дроны подожгли НПЗ. О попадании в завод в сводке не сказано."),
        ("uk", "Ракета влучила в електростанцію. Удар по цеху забрав два життя."),
        ("uk", "Дрони підпалили нафтобазу. Ще один дрон упав на підприємство."),
        (
            "es",
            "Los drones incendiaron la refinería. Otro dron cayó sobre la factoría.",
        ),
    ],
)
def test_works_that_were_told_of_by_their_kind_are_no_second_target(
    text, language, told
):
    assert "industry" not in told(text, language)["target"]


def test_a_factory_beside_a_power_station_is_a_target_of_its_own(told):
    text = "A missile hit a power station. Drones burned a plant in the next valley."
    assert told(text)["target"] == ["energy", "industry"]
