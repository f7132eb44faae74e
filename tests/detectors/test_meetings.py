"""What articles say of meetings, in four languages and against a labelled stream."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.facts import meetings
from detectors.facts.context import Context
from detectors.model import Certainty, Fact
from detectors.text import Reading, read
from flows.seeds import load_lexicons, load_places

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
STREAM = SHARED / "gold" / "dev" / "articles.jsonl"
SEED_DOCUMENTS = tuple((SHARED / "seed").glob("*.txt"))
SUMMIT = "summit-diplomacy"
SLOTS = ("status", "venue", "date", "participants", "mediator", "agenda item")
WEDNESDAY = datetime(2026, 9, 2, 12, tzinfo=UTC)

LEXICONS = load_lexicons()
PLACES = load_places()


def context(
    reading: Reading, at: datetime = WEDNESDAY, slots: tuple[str, ...] = SLOTS
) -> Context:
    return Context(
        reading=reading,
        topic=SUMMIT,
        slots=slots,
        spans=reading.paragraphs,
        lexicon=LEXICONS[reading.language],
        gazetteer=PLACES,
        published_at=at,
    )


def extract(text: str, language: str = "en") -> tuple[Fact, ...]:
    return meetings.extract(context(read(text, language=language)))


def told(text: str, slot: str, language: str = "en") -> list[object]:
    return [
        fact.value
        for fact in extract(text, language)
        if fact.slot == slot and fact.certainty.counts
    ]


@pytest.mark.parametrize(
    ("language", "text", "status"),
    [
        ("en", "Norway has offered to host talks in Oslo.", "proposed"),
        ("en", "Kenya's president invited both generals to Nairobi.", "proposed"),
        ("en", "Kenya called on the generals to come and talk.", "proposed"),
        ("en", "The leaders will meet in Oslo, the palace announced.", "announced"),
        ("en", "The two capitals set a date for the summit.", "announced"),
        ("en", "Preparations for the summit are in full swing.", "preparing"),
        ("en", "Diplomats are still haggling over the agenda.", "preparing"),
        ("en", "Peru confirmed that its president would attend.", "confirmed"),
        ("en", "Chad accepted the invitation to the talks.", "confirmed"),
        ("en", "The meeting will go ahead as planned, Chad said.", "confirmed"),
        ("en", "The talks have been put off until Friday.", "postponed"),
        ("en", "The summit has been pushed back by a week.", "postponed"),
        ("en", "Rain forced the hosts to reschedule the summit.", "postponed"),
        ("en", "The summit was called off on Tuesday.", "cancelled"),
        ("en", "Mali pulled out of Thursday's talks.", "cancelled"),
        ("en", "Thursday's talks in Luanda are off.", "cancelled"),
        ("en", "The envoys sat down for talks in Vienna.", "under way"),
        ("en", "Talks between the two are under way.", "under way"),
        ("en", "The leaders signed an accord in Lima.", "ended with agreement"),
        ("en", "The sides struck a deal at the talks.", "ended with agreement"),
        ("en", "The talks ended without agreement.", "ended without agreement"),
        ("en", "The talks collapsed on Tuesday.", "ended without agreement"),
        ("en", "No deal was reached at the summit.", "ended without agreement"),
        ("es", "Noruega se ofreció a acoger las conversaciones.", "proposed"),
        ("es", "Se reunirán el lunes, anunció el Gobierno.", "announced"),
        ("es", "Los equipos ultiman los detalles de la cumbre.", "preparing"),
        ("es", "Chad aceptó la invitación a la cumbre.", "confirmed"),
        ("es", "La cumbre ha sido aplazada.", "postponed"),
        ("es", "La reunión fue cancelada.", "cancelled"),
        ("es", "Las delegaciones iniciaron las negociaciones.", "under way"),
        ("es", "Ambas partes firmaron un acuerdo.", "ended with agreement"),
        ("es", "El diálogo terminó sin acuerdo.", "ended without agreement"),
        ("uk", "Туреччина запропонувала провести зустріч.", "proposed"),
        ("uk", "Лідери зустрінуться у Відні, повідомив речник.", "announced"),
        ("uk", "Триває підготовка до зустрічі лідерів.", "preparing"),
        ("uk", "Іран підтвердив участь у зустрічі.", "confirmed"),
        ("uk", "Переговори відклали на тиждень.", "postponed"),
        ("uk", "Саміт скасовано.", "cancelled"),
        ("uk", "У Женеві розпочалися перемовини.", "under way"),
        ("uk", "Сторони підписали угоду.", "ended with agreement"),
        ("uk", "Переговори завершилися без результату.", "ended without agreement"),
        ("ru", "Швейцария предложила провести переговоры.", "proposed"),
        ("ru", "Лидеры встретятся в Вене, сообщили в МИД.", "announced"),
        ("ru", "Продолжается подготовка к саммиту.", "preparing"),
        ("ru", "Иран подтвердил участие во встрече.", "confirmed"),
        ("ru", "Встреча перенесена на пятницу.", "postponed"),
        ("ru", "Саммит отменён.", "cancelled"),
        ("ru", "В Женеве начались переговоры.", "under way"),
        ("ru", "Стороны договорились об обмене пленными.", "ended with agreement"),
        ("ru", "Переговоры закончились безрезультатно.", "ended without agreement"),
    ],
)
def test_a_sentence_says_how_far_a_meeting_has_come(
    language: str, text: str, status: str
) -> None:
    assert told(text, "status", language) == [status]


@pytest.mark.parametrize(
    ("language", "text", "certainty"),
    [
        ("en", "Chad denied that the summit was cancelled.", Certainty.DENIED),
        ("en", "Chad did not cancel the summit.", Certainty.DENIED),
        ("en", "Talk of a postponed summit was denied.", Certainty.DENIED),
        ("en", "The summit could be postponed.", Certainty.HYPOTHETICAL),
        ("en", "If it rains, the talks will be cancelled.", Certainty.HYPOTHETICAL),
        ("en", "The last round ended without a deal.", Certainty.BACKGROUND),
        ("en", "Insiders claim the summit is cancelled.", Certainty.UNCONFIRMED),
        ("es", "El Kremlin desmintió que se aplazara la cumbre.", Certainty.DENIED),
        ("es", "La cumbre podría ser cancelada.", Certainty.HYPOTHETICAL),
        ("uk", "Посольство спростувало скасування саміту.", Certainty.DENIED),
        ("uk", "Зустріч можуть перенести.", Certainty.HYPOTHETICAL),
        ("ru", "В Кремле опровергли отмену саммита.", Certainty.DENIED),
        ("ru", "Встреча может быть перенесена.", Certainty.HYPOTHETICAL),
    ],
)
def test_what_is_not_asserted_is_kept_and_marked(
    language: str, text: str, certainty: Certainty
) -> None:
    statuses = [fact for fact in extract(text, language) if fact.slot == "status"]

    assert {fact.certainty for fact in statuses} <= {certainty}
    assert statuses or certainty is Certainty.DENIED


@pytest.mark.parametrize(
    "text",
    [
        "The leaders are due to meet in Oslo on Friday.",
        "Deputy ministers opened talks in Basel on Tuesday.",
        "It is three years since the leaders signed the accord.",
    ],
)
def test_some_sentences_assert_no_status(text: str) -> None:
    assert told(text, "status") == []


def test_the_news_comes_before_what_it_follows() -> None:
    text = (
        "The leaders will meet in Istanbul on Friday, the ministry announced, two "
        "days after a summit in Geneva was put off."
    )

    assert told(text, "status") == ["announced"]
    assert told(text, "venue") == ["Istanbul"]


def test_news_that_stands_after_after_is_told_where_there_is_no_other() -> None:
    text = "Oil fell after Iran and Oman agreed to attend talks in Rome."

    assert told(text, "status") == ["confirmed"]


@pytest.mark.parametrize(
    ("language", "text", "venue"),
    [
        ("en", "They will meet in Oslo on Friday.", "Oslo"),
        ("en", "Sudan's army will send envoys to Doha for talks.", "Doha"),
        ("en", "The Geneva talks were postponed.", "Geneva"),
        ("en", "Leaders began talks in the Georgian capital.", "Tbilisi"),
        ("en", "The talks were moved from Doha to Cairo.", "Cairo"),
        ("es", "La cumbre de Ginebra sigue en pie.", "Geneva"),
        ("es", "El encuentro tendrá lugar en La Habana.", "Havana"),
        ("uk", "Зустріч відбудеться у Відні.", "Vienna"),
        ("ru", "Переговоры прошли в Каире.", "Cairo"),
    ],
)
def test_the_city_of_the_meeting_is_its_venue(
    language: str, text: str, venue: str
) -> None:
    assert told(text, "venue", language) == [venue]


@pytest.mark.parametrize(
    "text",
    [
        "OSLO, Sept 2 (Alder Wire) - The talks were postponed.",
        "The government in Khartoum said the talks were postponed.",
        "The summit could move to Istanbul.",
        "Earlier rounds in Prague and Brussels failed.",
        "Technical teams meet in Basel on Thursday.",
    ],
)
def test_other_cities_are_no_venue(text: str) -> None:
    assert told(text, "venue") == []


@pytest.mark.parametrize(
    ("title", "venue"),
    [
        ("Mali's army accepts new date for Kampala talks", ["Kampala"]),
        ("Chad and Mali to meet in Kampala", ["Kampala"]),
        ("Talks of Lima and Kampala are near, Peru says", []),
        ("Kampala sees heavy rain", []),
        ("Mali accepts", []),
    ],
)
def test_the_title_says_which_city_of_the_text_is_the_venue(
    title: str, venue: list[str]
) -> None:
    text = "Mali's army will attend. Its envoy would wait in Kampala, it said."
    facts = meetings.extract(context(read(text, title=title, language="en")))

    assert [fact.value for fact in facts if fact.slot == "venue"] == venue
    assert [fact.quote for fact in facts if fact.slot == "venue"] == venue


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("en", "The leaders will meet in Oslo on Friday.", "2026-09-04"),
        ("en", "The talks were put off from Friday until Monday.", "2026-09-07"),
        ("en", "Chad said on Tuesday the summit is set for September 9.", "2026-09-09"),
        ("en", "Diplomats haggle before Saturday's summit.", "2026-09-05"),
        ("es", "Se reunirán el viernes en Oslo.", "2026-09-04"),
        ("uk", "Зустріч відбудеться в неділю.", "2026-09-06"),
        ("ru", "Переговоры отложены до субботы.", "2026-09-05"),
    ],
)
def test_the_day_for_which_it_is_set_is_its_date(
    language: str, text: str, iso: str
) -> None:
    assert told(text, "date", language) == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "Chad proposed talks on Wednesday.",
        "The talks that were due on Friday were called off.",
        "The summit planned for Friday has been postponed.",
        "Leaders began talks and will rest on Friday.",
        "The sides signed a truce that starts on Friday.",
    ],
)
def test_other_days_are_no_date(text: str) -> None:
    assert told(text, "date") == []


def test_offices_that_meet_are_participants_and_those_that_speak_are_not() -> None:
    text = (
        "Armenia's prime minister and the president of Azerbaijan will meet in "
        "Tbilisi, Georgia's foreign minister said."
    )

    assert told(text, "participants") == [
        "Prime Minister of Armenia",
        "President of Azerbaijan",
    ]
    assert told(text, "mediator") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The presidents of Ukraine and Russia will meet in Oslo."),
        ("es", "Los presidentes de Ucrania y Rusia se reunirán en Oslo."),
        ("uk", "Президенти України та Росії зустрінуться в Осло."),
        ("ru", "Президенты Украины и России встретятся в Осло."),
    ],
)
def test_an_office_of_two_countries_is_two_participants(
    language: str, text: str
) -> None:
    assert told(text, "participants", language) == [
        "President of Ukraine",
        "President of Russia",
    ]


def test_leaders_name_no_office() -> None:
    assert told("The leaders of Chad and Mali will meet.", "participants") == []


def test_an_agenda_is_one_fact_a_theme() -> None:
    text = "The talks will cover a ceasefire, a prisoner swap and uranium."

    assert told(text, "agenda item") == ["ceasefire", "prisoner exchange", "nuclear"]


def test_each_entry_of_a_live_blog_tells_of_its_own_meeting() -> None:
    text = (
        "20:10 - The talks in Doha have been called off.\n\n"
        "19:40 - The leaders signed an accord in Lima.\n\n"
        "19:05 - The Oslo talks have been postponed."
    )

    assert told(text, "status") == ["cancelled", "ended with agreement", "postponed"]
    assert told(text, "venue") == ["Doha", "Lima", "Oslo"]


def test_evidence_quotes_the_words_that_say_it() -> None:
    text = "The Oslo talks have been put off until Monday, Norway said."
    reading = read(text, language="en")

    facts = {fact.slot: fact for fact in meetings.extract(context(reading))}

    assert facts["status"].quote == "put off"
    assert facts["date"].quote == "Monday"
    assert facts["status"].attribution == "Norway"


def test_slots_that_the_topic_does_not_name_are_not_told() -> None:
    reading = read("The leaders signed an accord in Lima.", language="en")

    facts = meetings.extract(context(reading, slots=("venue",)))

    assert [fact.slot for fact in facts] == ["venue"]


WORDS = (
    "the talks summit in Oslo were put off until Monday , . ( - presidents "
    "of Chad and Mali agreed to sign not denied if after переговоры в Киеве "
    "отложены до 8 марта no hay acuerdo en Lima "
)


@settings(deadline=None)
@given(
    text=st.text(max_size=300)
    | st.lists(
        st.sampled_from(WORDS.split()),
        max_size=40,
    ).map(" ".join),
    language=st.sampled_from(sorted(LEXICONS)),
)
def test_any_text_gives_facts_quoted_from_it_one_a_value(
    text: str, language: str
) -> None:
    reading = read(text, language=language)

    facts = meetings.extract(context(reading))

    for fact in facts:
        assert fact.quote
        assert fact.quote == reading.quote(fact.evidence)
    values = Counter((fact.slot, fact.value) for fact in facts)
    assert all(times == 1 for times in values.values())


@pytest.mark.skipif(not SEED_DOCUMENTS, reason="the seed document is not here")
def test_the_seed_document_puts_the_summit_in_budapest_and_cancels_nothing() -> None:
    reading = read(SEED_DOCUMENTS[0].read_text(encoding="utf-8"), language="en")
    published_at = datetime(2025, 10, 22, tzinfo=UTC)

    facts = meetings.extract(context(reading, published_at))

    counted = {(fact.slot, fact.value) for fact in facts if fact.certainty.counts}
    assert ("venue", "Budapest") in counted
    assert ("status", "cancelled") not in counted


FLOORS = {  # F1 when set; in brackets September's and January's at first reading
    "status": 0.94,  # .96 (.74, .83)
    "venue": 0.90,  # .92 (.76, .86)
    "date": 0.92,  # .95 (.61, .71)
    "participants": 0.83,  # .86 (.84, .68)
    "mediator": 0.45,  # .48 (.64, .69): readers differ on when a host mediates
    "agenda item": 0.83,  # .87 (.80, .87)
}


@pytest.mark.skipif(not STREAM.exists(), reason="the labelled stream is not here")
def test_facts_of_the_labelled_stream_are_found() -> None:
    hits: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for line in STREAM.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        gold, mine = _labelled(record), _mine(record)
        for slot in SLOTS:
            theirs, ours = gold.get(slot, set()), mine.get(slot, set())
            hits[slot] += len(theirs & ours)
            found[slot] += len(ours)
            wanted[slot] += len(theirs)

    f1 = {slot: 2 * hits[slot] / (found[slot] + wanted[slot]) for slot in SLOTS}
    assert {slot: f1[slot] for slot in SLOTS if f1[slot] < FLOORS[slot]} == {}


def _labelled(record: dict[str, Any]) -> dict[str, set[object]]:
    slots: dict[str, set[object]] = {}
    for fact in record["gold"]["facts"]:
        if fact["topic"] == SUMMIT:
            slots.setdefault(fact["slot"], set()).add(fact["value"])
    return slots


def _mine(record: dict[str, Any]) -> dict[str, set[object]]:
    reading = read(record["text"], title=record["title"], language=record["language"])
    spans = tuple(
        paragraph
        for paragraph in reading.paragraphs
        if any(
            start < reading.original(paragraph)[1]
            and reading.original(paragraph)[0] < end
            for start, end in record["gold"]["passages"].get(SUMMIT, ())
        )
    )
    facts = meetings.extract(
        Context(
            reading=reading,
            topic=SUMMIT,
            slots=SLOTS,
            spans=spans,
            lexicon=LEXICONS[record["language"]],
            gazetteer=PLACES,
            published_at=datetime.fromisoformat(record["published_at"]),
        )
    )
    slots: dict[str, set[object]] = {}
    for fact in facts:
        if fact.certainty.counts:
            slots.setdefault(fact.slot, set()).add(fact.value)
    return slots
