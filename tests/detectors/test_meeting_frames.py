"""What sentences say of a meeting beyond its plain frames.

Denials, moves, venues and days in other words, who leads a side, who goes between.
"""

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


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        (
            "en",
            (
                "The talks that had been due to open in Lima on Friday were put "
                "off, Peru said."
            ),
            "status",
            ["postponed"],
        ),
        (
            "en",
            "A summit which was to begin on Monday has been called off.",
            "status",
            ["cancelled"],
        ),
        (
            "en",
            (
                "Reports in Minsk that the talks had been called off were false, "
                "the envoy said."
            ),
            "status",
            [],
        ),
        (
            "en",
            ("Rumours that the summit had been scrapped were denied by both palaces."),
            "status",
            [],
        ),
        (
            "es",
            "Los rumores sobre la cancelación de la cumbre eran falsos.",
            "status",
            [],
        ),
        (
            "es",
            "Quedó desmentido el rumor de que la cumbre fue cancelada.",
            "status",
            [],
        ),
        ("uk", "Чутки про скасування саміту в обох столицях відкинули.", "status", []),
        (
            "ru",
            "Слухи об отмене саммита не соответствуют действительности.",
            "status",
            [],
        ),
        ("ru", "В МИД назвали выдумкой сообщения о переносе встречи.", "status", []),
        (
            "en",
            ("The two leaders will meet in Lima on Sunday, Chad and Mali confirmed."),
            "status",
            ["confirmed"],
        ),
        (
            "es",
            (
                "Chad y Malí ratificaron este miércoles que se reunirán el próximo "
                "domingo en Lima."
            ),
            "status",
            ["confirmed"],
        ),
        (
            "ru",
            "Обе стороны подтвердили участие в переговорах.",
            "status",
            ["confirmed"],
        ),
        (
            "uk",
            "Обидві сторони підтвердили участь у переговорах.",
            "status",
            ["confirmed"],
        ),
        (
            "en",
            (
                "Fresh from a summit that failed, Kenya has offered to hold another "
                "in Nairobi."
            ),
            "status",
            ["proposed"],
        ),
        (
            "en",
            "Kenya said its offer to host the talks still stood.",
            "status",
            ["proposed"],
        ),
        (
            "en",
            (
                "Talks between Chad and Mali that had been scheduled for Monday in "
                "Quito have been delayed, the hosts said."
            ),
            "status",
            ["postponed"],
        ),
        (
            "en",
            (
                "The foreign ministry rejected as baseless reports that the summit "
                "had been postponed."
            ),
            "status",
            [],
        ),
        (
            "en",
            "The ministry said talk of a cancelled meeting was nonsense.",
            "status",
            [],
        ),
        (
            "es",
            (
                "El Gobierno calificó de falsas las informaciones sobre un "
                "aplazamiento de la cumbre."
            ),
            "status",
            [],
        ),
        ("es", "La cancillería negó que la reunión se haya suspendido.", "status", []),
        (
            "uk",
            "У Кремлі назвали фейком повідомлення про скасування переговорів.",
            "status",
            [],
        ),
        (
            "ru",
            "Сообщения о срыве переговоров — неправда, заявили в МИД.",
            "status",
            [],
        ),
        ("ru", "Кремль опроверг информацию о том, что встреча отменена.", "status", []),
        (
            "en",
            (
                "Oslo and Quito confirmed that their foreign ministers would meet "
                "on Friday."
            ),
            "status",
            ["confirmed"],
        ),
        (
            "es",
            "Ambas capitales confirmaron su asistencia a la cumbre.",
            "status",
            ["confirmed"],
        ),
        (
            "uk",
            "Президент Кенії підтвердив, що приїде на саміт.",
            "status",
            ["confirmed"],
        ),
        (
            "ru",
            "Чад подтвердил, что примет участие во встрече.",
            "status",
            ["confirmed"],
        ),
        (
            "en",
            "Oman is offering to host a meeting of the two presidents.",
            "status",
            ["proposed"],
        ),
        (
            "es",
            "Omán mantiene su oferta de acoger las conversaciones.",
            "status",
            ["proposed"],
        ),
        (
            "uk",
            "Оман знову запропонував провести переговори в Маскаті.",
            "status",
            ["proposed"],
        ),
        (
            "ru",
            "Оман вновь предложил провести переговоры в Маскате.",
            "status",
            ["proposed"],
        ),
        (
            "en",
            "The summit collapsed without a deal.",
            "status",
            ["ended without agreement"],
        ),
        (
            "en",
            "The summit ended with a signed accord.",
            "status",
            ["ended with agreement"],
        ),
        (
            "en",
            (
                "Mali announced that its president would meet Chad's in Lima, "
                "accepting an invitation that Peru had sent."
            ),
            "status",
            ["announced"],
        ),
    ],
)
def test_what_was_denied_or_is_known_is_no_news(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        ("uk", "В МЗС відкинули чутки про перенесення зустрічі.", "status", []),
        ("en", "The talks have been moved from Lima to Quito.", "venue", ["Quito"]),
        ("en", "The talks have been moved from Lima to Quito.", "status", []),
        (
            "en",
            "The talks will be held in Quito rather than Lima, Peru said.",
            "status",
            [],
        ),
        (
            "en",
            "The talks will be held in Quito rather than Lima, Peru said.",
            "venue",
            ["Quito"],
        ),
        ("uk", "Зустріч перенесли з Осло до Відня.", "venue", ["Vienna"]),
        ("uk", "Зустріч перенесли з Осло до Відня.", "status", []),
        ("uk", "Зустріч у Відні перенесли на п'ятницю.", "status", ["postponed"]),
        ("uk", "Зустріч у Відні перенесли на п'ятницю.", "date", ["2026-09-04"]),
        ("ru", "Переговоры перенесли из Осло в Вену.", "venue", ["Vienna"]),
        ("ru", "Переговоры перенесли из Осло в Вену.", "status", []),
        ("ru", "Встречу в Вене перенесли на пятницу.", "status", ["postponed"]),
        ("es", "La cumbre se traslada de Oslo a Viena.", "venue", ["Vienna"]),
        ("es", "La cumbre se traslada de Oslo a Viena.", "status", []),
        (
            "es",
            "Chad y Malí cambian Oslo por Viena para su cumbre.",
            "venue",
            ["Vienna"],
        ),
        ("uk", "Зустріч відбудеться не в Осло, а у Відні.", "venue", ["Vienna"]),
        ("ru", "Встреча пройдёт не в Осло, а в Вене.", "venue", ["Vienna"]),
        (
            "en",
            "The summit was moved to Quito. The date of Sunday stands.",
            "date",
            ["2026-09-06"],
        ),
        (
            "uk",
            (
                "Інформація про перенесення саміту не відповідає дійсності, заявили "
                "в МЗС."
            ),
            "status",
            [],
        ),
        (
            "es",
            "Las conversaciones cambian de sede: Ginebra en lugar de Viena.",
            "venue",
            ["Geneva"],
        ),
        (
            "uk",
            "Переговори перенесли з Відня до Женеви через страйк.",
            "venue",
            ["Geneva"],
        ),
        (
            "ru",
            "Переговоры перенесены из Вены в Женеву из-за забастовки.",
            "venue",
            ["Geneva"],
        ),
        ("ru", "Саммит перенесли на 9 сентября.", "date", ["2026-09-09"]),
        ("ru", "Саммит перенесли на 9 сентября.", "status", ["postponed"]),
    ],
)
def test_a_move_changes_the_place_or_the_day_alone(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        ("en", "A ceasefire was not discussed at the talks.", "agenda item", []),
        (
            "en",
            "The talks covered sanctions; a truce never came up.",
            "agenda item",
            ["sanctions"],
        ),
        ("es", "En la reunión no se habló del alto el fuego.", "agenda item", []),
        ("uk", "Про обмін полоненими на зустрічі не йшлося.", "agenda item", []),
        ("ru", "О санкциях на встрече речи не шло.", "agenda item", []),
        ("ru", "Речь об обмене пленными на переговорах не шла.", "agenda item", []),
        (
            "ru",
            ("Мать просит родственников не ездить к границе, пока идут переговоры."),
            "agenda item",
            [],
        ),
        ("en", "Sanctions did not come up at the meeting.", "agenda item", []),
        (
            "en",
            "A prisoner swap was on the agenda, but territory was not raised.",
            "agenda item",
            ["prisoner exchange"],
        ),
        ("es", "Las sanciones no se abordaron en el encuentro.", "agenda item", []),
        ("uk", "Питання територій на переговорах не порушували.", "agenda item", []),
        ("ru", "Вопрос санкций стороны не обсуждали.", "agenda item", []),
    ],
)
def test_a_theme_that_was_left_out_is_none(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        (
            "es",
            (
                "Chad y Malí ratificaron este miércoles que se reunirán el próximo "
                "domingo en Lima."
            ),
            "date",
            ["2026-09-06"],
        ),
        ("es", "La cumbre será el día 9 en Lima.", "date", ["2026-09-09"]),
        (
            "es",
            "La cumbre fue aplazada una semana, hasta el 9 de septiembre.",
            "date",
            ["2026-09-09"],
        ),
        (
            "en",
            "Reports on Friday that the meeting had been called off were wrong.",
            "date",
            [],
        ),
        (
            "en",
            (
                'The talks were put off. "We will try again next Tuesday," the '
                "envoy said."
            ),
            "date",
            ["2026-09-08"],
        ),
        ("en", "The talks will resume next week, Chad said.", "date", []),
        (
            "en",
            "The leaders will meet on the 9th, the palace announced.",
            "date",
            ["2026-09-09"],
        ),
        (
            "en",
            "Diplomats said on Tuesday that the talks would start on Friday.",
            "date",
            ["2026-09-04"],
        ),
        (
            "es",
            (
                "La cumbre se celebrará el próximo lunes, informó este martes la "
                "cancillería."
            ),
            "date",
            ["2026-09-07"],
        ),
        (
            "es",
            "La cita, prevista para el viernes, se retrasa hasta el lunes 14.",
            "date",
            ["2026-09-14"],
        ),
        ("uk", "Перемовини відклали з п'ятниці на понеділок.", "date", ["2026-09-07"]),
        ("ru", "Стороны встретятся 11 сентября в Женеве.", "date", ["2026-09-11"]),
        ("en", "The talks are postponed; no new date has been set.", "date", []),
    ],
)
def test_a_day_is_the_meetings_own(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        (
            "en",
            (
                "The African Union, which brokered the talks between Chad and Mali, "
                "was pleased."
            ),
            "mediator",
            ["African Union"],
        ),
        (
            "en",
            (
                "The European Union's envoy spoke to Serbia and Kosovo on their "
                "talks. The envoy, who mediates between the two, was hopeful."
            ),
            "mediator",
            ["European Union"],
        ),
        (
            "en",
            (
                "Kenya's president, who had shuttled between Chad and Mali, closed "
                "the talks."
            ),
            "mediator",
            ["Kenya"],
        ),
        (
            "es",
            ("La Unión Africana, que media entre Chad y Malí, convocó la reunión."),
            "mediator",
            ["African Union"],
        ),
        (
            "uk",
            "Переговори України та Росії відбулися за посередництва Туреччини.",
            "mediator",
            ["Türkiye"],
        ),
        (
            "ru",
            "Переговоры Украины и России прошли при посредничестве Турции.",
            "mediator",
            ["Türkiye"],
        ),
        (
            "en",
            (
                "Chad and Mali opened talks in Lima. Peruvian officials said lunch "
                "was served."
            ),
            "mediator",
            [],
        ),
        (
            "en",
            ("Egypt is mediating between Chad and Mali, whose envoys met in Cairo."),
            "mediator",
            ["Egypt"],
        ),
        (
            "en",
            "The talks between Chad and Mali were brokered by Egypt.",
            "mediator",
            ["Egypt"],
        ),
        (
            "en",
            ("The United Nations is mediating between Chad and Mali at the talks."),
            "mediator",
            ["United Nations"],
        ),
        (
            "es",
            "Egipto ejerce de mediador entre Chad y Malí en la reunión.",
            "mediator",
            ["Egypt"],
        ),
        (
            "es",
            ("La reunión entre Chad y Malí se celebra con la mediación de Egipto."),
            "mediator",
            ["Egypt"],
        ),
        (
            "uk",
            ("Посередником між Чадом і Малі виступає Єгипет, переговори тривають."),
            "mediator",
            ["Egypt"],
        ),
        (
            "ru",
            "Посредником между Чадом и Мали выступает Египет, переговоры идут.",
            "mediator",
            ["Egypt"],
        ),
        (
            "ru",
            "Евросоюз, который выступает посредником, созвал переговоры.",
            "mediator",
            ["European Union"],
        ),
        (
            "en",
            (
                "Swiss police closed the roads round the hotel where Chad and Mali "
                "will meet."
            ),
            "mediator",
            [],
        ),
    ],
)
def test_a_go_between_acts_as_one(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        (
            "en",
            "Ukraine's human rights commissioner will attend the talks.",
            "participants",
            ["Human Rights Commissioner of Ukraine"],
        ),
        (
            "uk",
            "Українську делегацію очолює омбудсменка, переговори почалися.",
            "participants",
            ["Human Rights Commissioner of Ukraine"],
        ),
        (
            "ru",
            (
                "Российскую делегацию на переговорах возглавляет уполномоченная по "
                "правам человека."
            ),
            "participants",
            ["Human Rights Commissioner of Russia"],
        ),
        (
            "es",
            "La defensora del pueblo de Colombia asistirá a la reunión.",
            "participants",
            ["Human Rights Commissioner of Colombia"],
        ),
        (
            "en",
            (
                "The human rights commissioners of both countries lead the "
                "delegations of Ukraine and Russia at the talks."
            ),
            "participants",
            [
                "Human Rights Commissioner of Ukraine",
                "Human Rights Commissioner of Russia",
            ],
        ),
        (
            "ru",
            ("Секретарь Совета безопасности России встретится с посланником в Вене."),
            "participants",
            ["Security Council Secretary of Russia"],
        ),
        (
            "en",
            "Iran's chief negotiator will attend the talks.",
            "participants",
            ["Chief Negotiator of Iran"],
        ),
        (
            "en",
            ("The Russian delegation is headed by the foreign minister; talks began."),
            "participants",
            ["Foreign Minister of Russia"],
        ),
        (
            "uk",
            "Делегацію України на переговорах очолює секретар РНБО.",
            "participants",
            ["Security Council Secretary of Ukraine"],
        ),
        (
            "ru",
            "В переговорах участвует омбудсмен России.",
            "participants",
            ["Human Rights Commissioner of Russia"],
        ),
        (
            "es",
            (
                "La delegación rusa está encabezada por el ministro de Exteriores "
                "en las conversaciones."
            ),
            "participants",
            ["Foreign Minister of Russia"],
        ),
        (
            "es",
            (
                "El presidente de Chad y el primer ministro de Malí se reunirán en "
                "Quito."
            ),
            "participants",
            ["President of Chad", "Prime Minister of Mali"],
        ),
    ],
)
def test_who_leads_a_side_takes_part(
    language: str, text: str, slot: str, values: list[str]
) -> None:
    assert told(text, slot, language) == values


@pytest.mark.parametrize(
    ("language", "text", "slot", "values"),
    [
        ("ru", "Переговоры начались в столице Казахстана.", "venue", ["Astana"]),
        ("uk", "Саміт пройде у столиці Норвегії.", "venue", ["Oslo"]),
        ("es", "La cumbre se celebrará en la capital de Kenia.", "venue", ["Nairobi"]),
        ("en", "The summit will open in the capital of Kenya.", "venue", ["Nairobi"]),
        (
            "es",
            "La reunión queda aplazada al martes, con la misma sede, Viena.",
            "venue",
            ["Vienna"],
        ),
        (
            "en",
            ("NAIROBI, Sept 2 (Alder Wire) - Chad and Mali began talks on Wednesday."),
            "venue",
            ["Nairobi"],
        ),
        (
            "en",
            ("BAMAKO, Sept 2 (Alder Wire) - Chad and Mali began talks on Wednesday."),
            "venue",
            [],
        ),
        (
            "en",
            "The talks began. Delegates had eaten in a restaurant in Lima.",
            "venue",
            [],
        ),
        (
            "en",
            (
                "Claims that the talks would be held in Dubai were untrue, the "
                "palace said."
            ),
            "venue",
            [],
        ),
        ("en", "Organisers are moving the talks to Geneva.", "venue", ["Geneva"]),
        (
            "en",
            "Geneva will replace Vienna as the venue of the talks.",
            "venue",
            ["Geneva"],
        ),
        (
            "en",
            ("The venue has been switched from Vienna to Geneva, the date has not."),
            "venue",
            ["Geneva"],
        ),
        (
            "es",
            "El encuentro se celebrará en Ginebra y no en Viena.",
            "venue",
            ["Geneva"],
        ),
        ("ru", "Местом встречи вместо Вены станет Женева.", "venue", ["Geneva"]),
        (
            "ru",
            ("Президент Чада и премьер-министр Мали встретятся в столице Эквадора."),
            "venue",
            ["Quito"],
        ),
        ("uk", "Переговори відбудуться у столиці Еквадору.", "venue", ["Quito"]),
        ("en", "Leaders will meet in the Ecuadorean capital.", "venue", ["Quito"]),
        (
            "en",
            "The talks opened in Quito. Her husband had been held in Odesa.",
            "venue",
            ["Quito"],
        ),
    ],
)
def test_a_venue_is_named_in_many_ways(
    language: str, text: str, slot: str, values: list[str]
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
            "Peruvian diplomat",
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
