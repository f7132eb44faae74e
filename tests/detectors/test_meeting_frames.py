"""What sentences say of a meeting beyond its plain frames.

Denials, moves, venues and days in other words, who leads a side, who goes between.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.facts import meetings
from detectors.facts.context import Context
from detectors.facts.places import Gazetteer
from detectors.model import Certainty, Fact
from detectors.seeds import parse_lexicon
from detectors.text import read

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("meeting_frames.tsv")
SLOTS = ("status", "venue", "date", "participants", "mediator", "agenda item")
WEDNESDAY = datetime(2026, 9, 2, 12, tzinfo=UTC)
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


def extract(text: str, language: str) -> tuple[Fact, ...]:
    reading = read(text, language=language)
    return meetings.extract(
        Context(
            reading=reading,
            topic="summit-diplomacy",
            slots=SLOTS,
            spans=reading.paragraphs,
            lexicon=LEXICONS[language],
            gazetteer=PLACES,
            published_at=WEDNESDAY,
        )
    )


def told(text: str, slot: str, language: str) -> list[object]:
    return [
        fact.value
        for fact in extract(text, language)
        if fact.slot == slot and fact.certainty.counts
    ]


def cases() -> Iterator[tuple[str, str, list[str], str]]:
    """Language, slot, the values that are told, and the sentence, of every line."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            language, slot, values, text = line.split("\t")
            yield language, slot, values.split("|") if values else [], text


@pytest.mark.parametrize(("language", "slot", "values", "text"), [*cases()])
def test_a_sentence_tells_these_values_of_a_slot_and_no_others(
    language: str, slot: str, values: list[str], text: str
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("en", "Norway said on Monday the talks were put off.", "Norway"),
        (
            "en",
            "The talks were put off, Chad and Mali have announced.",
            "Chad and Mali",
        ),
        (
            "en",
            "The talks were put off, a Peruvian diplomat said.",
            "a Peruvian diplomat",
        ),
        ("en", "The talks were put off, Peru's president said.", "Peru's president"),
        ("en", "The talks were put off, according to the Kremlin.", "the Kremlin"),
        ("en", "The talks were put off, those in the building said.", None),
        ("en", "The talks were put off, he said.", None),
        ("en", "Chad was told that the talks were put off.", None),
        ("es", "La cumbre fue aplazada, ha informado Perú.", "Perú"),
        ("es", "La cumbre fue aplazada, según la cancillería.", "la cancillería"),
        ("uk", "Саміт відкладено, повідомили в МЗС Кенії.", "МЗС Кенії"),
        ("ru", "Саммит отложен, сообщил Кремль.", "Кремль"),
        ("ru", "Саммит отложен, сообщил он.", None),
    ],
)
def test_a_status_is_said_by_somebody_who_is_named_or_by_none(
    language: str, text: str, speaker: str | None
) -> None:
    facts = extract(text, language)

    assert [fact.attribution for fact in facts if fact.slot == "status"] == [speaker]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Reports that the summit had been scrapped were false."),
        ("es", "Quedó desmentido el rumor de que la cumbre fue cancelada."),
        ("uk", "В МЗС відкинули чутки про скасування зустрічі."),
        ("ru", "Кремль опроверг информацию о том, что встреча отменена."),
    ],
)
def test_a_denied_report_is_kept_as_denied(language: str, text: str) -> None:
    statuses = [f for f in extract(text, language) if f.slot == "status"]

    assert {f.certainty for f in statuses} == {Certainty.DENIED}
