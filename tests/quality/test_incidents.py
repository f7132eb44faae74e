import json

import pytest

from tests.quality.incidents import tolls
from tests.quality.messages import messages

QUARRY = (
    "Three workers were murdered at the quarry of Altomayo on Tuesday and two more"
    " were wounded, police said. A bomb destroyed the pylons beside it."
)
ORCHARD = "The council of Altomayo voted on Tuesday to sell its orchard."
BAND = "Two people were killed and five wounded in a shooting at the Grange on Friday."
DEATH = "A third person has died. The death toll of the Grange shooting rose to three."


def filler(*kinds, optional=False):
    return {"optional": optional, "alts": list(kinds)}


def template(**filled):
    kinds = ("instrument_type", "phys_tgt_type", "hum_tgt_effect")
    nothing = {"optional": False, "killed": None, "injured": None}
    return nothing | dict.fromkeys(kinds, ()) | filled


def message(text, *templates, split="tst1"):
    return {
        "split": split,
        "dateline_date": "1990-05-02",
        "text": text.upper(),
        "templates": list(templates),
    }


@pytest.fixture
def written(tmp_path):
    def write(name, rows):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        return path

    return write


ATTACK = template(
    killed=3,
    injured=2,
    hum_tgt_effect=[filler('DEATH: "WORKERS"'), filler('INJURY: "TWO"')],
    instrument_type=[filler('BOMB: "A BOMB"'), filler("GUN: -", optional=True)],
    phys_tgt_type=[filler('ENERGY: "PYLONS"', 'OTHER: "PYLONS"')],
)


def test_what_the_templates_hold_is_found_in_the_message(written):
    path = written("muc", [message(QUARRY, ATTACK), message(ORCHARD)])

    figures = messages(path)

    for name in ("killed.count", "injured.count", "killed.presence", "weapon"):
        assert figures[f"{name}.f1"] == 1.0, name
        assert figures[f"all.{name}.f1"] == 1.0, name
    assert figures["target.f1"] == 1.0


def test_a_death_without_a_template_tells_against_all_messages_alone(written):
    path = written("muc", [message(QUARRY, ATTACK), message(QUARRY)])

    figures = messages(path)

    assert figures["killed.presence.precision"] == 1.0
    assert figures["all.killed.presence.precision"] == 0.5


def test_the_development_part_is_not_scored(written):
    path = written("muc", [message(QUARRY, ATTACK), message("", ATTACK, split="dev")])

    assert messages(path)["killed.count.wanted"] == 1.0


def shooting(text, date):
    return {
        "incident": "g1",
        "id": text[:4],
        "title": "Grange",
        "date": date,
        "text": text,
        "url": "https://archive.test/1",
        "url_original": "https://paper.test/1",
    }


@pytest.mark.parametrize(("killed", "right"), [(3, 1.0), (2, 0.0)])
def test_the_last_state_of_the_ledger_is_held_against_the_register(
    written, killed, right
):
    path = written(
        "docs", [shooting(DEATH, "2015-03-03"), shooting(BAND, "2015-03-01")]
    )
    settled = {"incident": "g1", "num_killed": killed, "num_injured": 5}
    written("incidents", [settled, {**settled, "incident": "without articles"}])

    figures = tolls(path)

    assert figures["killed.told.precision"] == right
    assert figures["killed.covered.recall"] == figures["injured.told.recall"] == 1.0
    assert figures["killed.told.wanted"] == 1.0
