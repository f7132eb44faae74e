"""Whom sentences accuse of an attack, and who in them says to have carried it out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.facts import blame
from detectors.facts.context import Context
from detectors.facts.places import Gazetteer
from detectors.seeds import parse_lexicon
from detectors.text import read

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("blame.tsv")
LEXICONS = {
    file.stem: parse_lexicon(file.read_text(encoding="utf-8"), file.name)
    for file in (ROOT / "seeds" / "lexicons").glob("*.yaml")
}
PLACES = Gazetteer.parse(
    *(
        file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "seeds" / "places").glob("*.tsv"))
    )
)


def cases() -> Iterator[tuple[str, str, str, str]]:
    """Language, slot, the actor that is told or nothing, and the sentence."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, slot, actor, text = line.split("\t")
            yield language, slot, actor, text


@pytest.mark.parametrize(("language", "slot", "actor", "text"), [*cases()])
def test_a_sentence_accuses_or_lets_claim_these_and_nobody_else(
    language: str, slot: str, actor: str, text: str
) -> None:
    reading = read(text, language=language)
    found = blame.find_actors(
        Context(
            reading=reading,
            topic="strike-reports",
            slots=(slot,),
            spans=reading.paragraphs,
            lexicon=LEXICONS[language],
            gazetteer=PLACES,
            published_at=datetime(2026, 9, 2, 12, tzinfo=UTC),
        )
    )

    told = {(each.slot, each.value) for each in found if each.certainty.counts}
    assert told == ({(slot, actor)} if actor else set())
