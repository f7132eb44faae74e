"""Days out of words, against the day on which they were printed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.facts.dates import Day, resolve
from flows.seeds import load_lexicons

LANGUAGES = ("en", "es", "uk", "ru")
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


LEXICONS = load_lexicons()


def days(text: str, language: str = "en", at: datetime = WEDNESDAY) -> tuple[Day, ...]:
    return resolve(text, (0, len(text)), at, LEXICONS[language])


def isos(text: str, language: str = "en", at: datetime = WEDNESDAY) -> list[str]:
    return [day.iso for day in days(text, language, at)]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("en", "They meet on Friday.", "2026-03-06"),
        ("en", "They meet on Wednesday.", "2026-03-04"),
        ("en", "They meet on Tuesday.", "2026-03-10"),
        ("en", "They meet next Friday.", "2026-03-13"),
        ("en", "They meet this Friday.", "2026-03-06"),
        ("en", "They met last Friday.", "2026-02-27"),
        ("en", "They meet tomorrow.", "2026-03-05"),
        ("en", "They meet the day after tomorrow.", "2026-03-06"),
        ("en", "It opens on March 8.", "2026-03-08"),
        ("en", "It opens on Mar. 8.", "2026-03-08"),
        ("en", "It opens on the 8th of March.", "2026-03-08"),
        ("en", "It opens on 8 March 2027.", "2027-03-08"),
        ("en", "It opens on March 8, 2027.", "2027-03-08"),
        ("en", "It opens on Sunday, March 8.", "2026-03-08"),
        ("en", "It lasts from March 8 to March 10.", "2026-03-08"),
        ("en", "It lasts from 8-10 March.", "2026-03-08"),
        ("en", "It opens on 2026-03-08.", "2026-03-08"),
        ("en", "It opens on Tuesday the 17th.", "2026-03-17"),
        ("en", "It opens on the 9th, she said.", "2026-03-09"),
        ("en", "On Tuesday 22 people left.", "2026-03-10"),
        ("en", "They meet on the nineteenth.", "2026-03-19"),
        ("en", "It is put off until the twenty-sixth, he said.", "2026-03-26"),
        ("en", "It opens on the nineteenth of March.", "2026-03-19"),
        ("uk", "Зустріч відбудеться двадцять шостого березня.", "2026-03-26"),
        ("ru", "Встреча состоится девятнадцатого марта.", "2026-03-19"),
        ("es", "Será el veintiséis de marzo.", "2026-03-26"),
        ("es", "Será el día 21.", "2026-03-21"),
        ("es", "Será el martes 17 en Viena.", "2026-03-17"),
        ("uk", "Зустріч відбудеться 10 числа.", "2026-03-10"),
        ("ru", "Встреча состоится 21-го числа.", "2026-03-21"),
        ("ru", "Встреча состоится во вторник, 17-го, в Вене.", "2026-03-17"),
        ("es", "Se reunirán el viernes.", "2026-03-06"),
        ("es", "Se reunirán el próximo lunes.", "2026-03-09"),
        ("es", "Se reunieron el pasado lunes.", "2026-03-02"),
        ("es", "Se reunirán pasado mañana.", "2026-03-06"),
        ("es", "Será el 8 de marzo.", "2026-03-08"),
        ("es", "Será los días 8 y 9 de marzo.", "2026-03-08"),
        ("es", "Será el domingo 8 de marzo de 2026.", "2026-03-08"),
        ("es", "Será el 8/3/2026.", "2026-03-08"),
        ("uk", "Зустріч відбудеться в неділю.", "2026-03-08"),
        ("uk", "Зустріч відбудеться у п'ятницю.", "2026-03-06"),
        ("uk", "Зустріч відбудеться наступної п'ятниці.", "2026-03-13"),
        ("uk", "Зустріч відбудеться 8 березня.", "2026-03-08"),
        ("uk", "Зустріч відбудеться восьмого березня.", "2026-03-08"),
        ("uk", "Зустріч відбудеться завтра.", "2026-03-05"),
        ("ru", "Встреча состоится в воскресенье.", "2026-03-08"),
        ("ru", "Встреча состоится в следующую пятницу.", "2026-03-13"),
        ("ru", "Встреча состоится 8 марта.", "2026-03-08"),
        ("ru", "Встреча состоится 8-го марта.", "2026-03-08"),
        ("ru", "Встреча пройдёт с 8 по 10 марта.", "2026-03-08"),
        ("ru", "Встреча состоится 08.03.2026.", "2026-03-08"),
    ],
)
def test_a_day_is_read_from_the_day_of_publication(
    language: str, text: str, iso: str
) -> None:
    assert isos(text, language)[0] == iso


@pytest.mark.parametrize(
    "text",
    [
        "They meet in March.",
        "They meet next week.",
        "The march of 400 people ended.",
        "They may meet again.",
        "The score was 3-4 at 18:00.",
        "It opens on February 30.",
        "It opens on 03/04/2026.",
        "The sun sat low.",
    ],
)
def test_what_names_no_day_gives_none(text: str) -> None:
    assert isos(text) == []


def test_a_day_without_a_year_is_the_closest_one() -> None:
    december = datetime(2026, 12, 30, tzinfo=UTC)

    assert isos("on January 8 and December 20", at=december) == [
        "2027-01-08",
        "2026-12-20",
    ]


@pytest.mark.parametrize(
    ("language", "text", "iso"),
    [
        ("uk", "завтра", "2026-03-06"),
        ("ru", "завтра", "2026-03-06"),
        ("uk", "у четвер", "2026-03-05"),
        ("en", "tomorrow", "2026-03-05"),
    ],
)
def test_days_are_reckoned_where_the_readers_of_a_language_live(
    language: str, text: str, iso: str
) -> None:
    half_past_one_in_kyiv = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)

    assert isos(text, language, half_past_one_in_kyiv) == [iso]


def test_a_day_covers_the_words_that_name_it() -> None:
    text = "Talks open on Monday, March 9, in Oslo."

    (day,) = days(text)

    assert text[slice(*day.span)] == "Monday, March 9"
    assert not day.by_weekday


def test_only_the_span_is_read() -> None:
    text = "Monday. Tuesday. Friday."

    found = resolve(text, (8, 16), WEDNESDAY, LEXICONS["en"])

    assert [text[slice(*day.span)] for day in found] == ["Tuesday"]


WORDS = (
    "next last Friday March 8 8th 31 , . - and на пятницу марта 2026 el "
    "próximo lunes de 99 00 неділю з по 10 "
)


@given(
    text=st.text(max_size=200)
    | st.lists(
        st.sampled_from(WORDS.split()),
        max_size=30,
    ).map(" ".join),
    language=st.sampled_from(LANGUAGES),
    hours=st.integers(0, 24 * 2000),
)
def test_any_text_gives_days_inside_it_that_do_not_overlap(
    text: str, language: str, hours: int
) -> None:
    found = days(text, language, WEDNESDAY + timedelta(hours=hours))

    edge = 0
    for day in found:
        assert edge <= day.start < day.end <= len(text)
        edge = day.end
