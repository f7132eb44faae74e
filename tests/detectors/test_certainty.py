"""How firmly a text states something, and who says so."""

from datetime import UTC, datetime

import pytest

from detectors.facts.attribution import attribution_at
from detectors.facts.certainty import certainty_at
from detectors.model import Certainty

MARCH = datetime(2026, 3, 5, 12, tzinfo=UTC)


def stated(context_of, text, words, language="en", at=MARCH):
    context = context_of(text, language, at)
    start = context.text.index(words)
    return certainty_at(context, (start, start + len(words)))


@pytest.mark.parametrize(
    ("language", "text", "words", "certainty"),
    [
        ("en", "The strike killed six.", "killed six", Certainty.ASSERTED),
        ("en", "The strike could kill six.", "kill six", Certainty.HYPOTHETICAL),
        ("en", "If it fell, six would die.", "fell", Certainty.HYPOTHETICAL),
        ("en", "He denied that six had died.", "six had", Certainty.DENIED),
        ("en", "The port was not hit.", "hit", Certainty.DENIED),
        ("en", "Last year a raid killed six.", "killed six", Certainty.BACKGROUND),
        ("en", "In January it killed six.", "killed six", Certainty.BACKGROUND),
        ("en", "In 2024 it killed six.", "killed six", Certainty.BACKGROUND),
        ("en", "It reportedly killed six.", "killed six", Certainty.UNCONFIRMED),
        ("en", "The army claims it hit a depot.", "depot", Certainty.CLAIMED),
        ("uk", "Торік загинуло шестеро.", "шестеро", Certainty.BACKGROUND),
        ("uk", "Можуть загинути шестеро.", "шестеро", Certainty.HYPOTHETICAL),
        ("ru", "Год назад погибли шесть человек.", "шесть", Certainty.BACKGROUND),
        ("ru", "Власти опровергли гибель шести.", "шести", Certainty.DENIED),
        ("es", "El año pasado murieron seis.", "seis", Certainty.BACKGROUND),
        ("es", "Podrían morir seis.", "seis", Certainty.HYPOTHETICAL),
    ],
)
def test_words_around_a_statement_tell_how_firm_it_is(
    language, text, words, certainty, context_of
):
    assert stated(context_of, text, words, language) is certainty


def test_a_possibility_does_not_cross_its_clause(context_of):
    text = "Rain may fall; the strike killed six."
    assert stated(context_of, text, "killed six") is Certainty.ASSERTED


def test_this_month_is_news(context_of):
    assert stated(context_of, "On March 4 it killed six.", "six") is Certainty.ASSERTED


def test_the_end_of_last_month_is_news_in_its_first_days(context_of):
    early = datetime(2026, 3, 2, tzinfo=UTC)
    text = "On February 28 it killed six."
    assert stated(context_of, text, "six", at=early) is Certainty.ASSERTED
    assert stated(context_of, text, "six") is Certainty.BACKGROUND


def test_since_a_month_does_not_date_the_news_back(context_of):
    text = "The nine deaths make it the worst raid since December."
    assert stated(context_of, text, "nine deaths") is Certainty.ASSERTED


def test_a_relative_clause_is_dated_by_what_it_tells_of(context_of):
    text = "It was the worst raid since January, when 45 people died."
    assert stated(context_of, text, "45 people") is Certainty.BACKGROUND


def test_the_year_of_a_house_dates_the_house(context_of):
    text = "A block of 1978 was hit."
    assert stated(context_of, text, "block") is Certainty.ASSERTED


@pytest.mark.parametrize(
    ("language", "text", "source"),
    [
        ("en", "Six died, the mayor said.", "the mayor"),
        ("en", "According to the police, six died.", "the police"),
        ("uk", "Загинули шестеро, за словами мера.", "мера"),
        ("ru", "По данным МЧС, погибли шесть человек.", "МЧС"),
        ("es", "Murieron seis personas, según la alcaldía.", "la alcaldía"),
        ("en", "Six died.", None),
        ("en", "Six died, the Houthi-run ministry said.", "the Houthi-run ministry"),
        ("en", "Six died, governor Ivan Kravets said.", "governor Ivan Kravets"),
        ("en", "Six died, the energy company said.", "the energy company"),
        ("en", "Six died, it said.", None),
        ("en", "Six died according to his data.", None),
        ("en", "The worst damage was reported in Poltava.", None),
        ("en", "Andrew has repeatedly denied reports that six died.", None),
        ("en", "He said the rebels had fired.", None),
        ("en", "Russia said six died.", "Russia"),
        ("ru", "Погибли шестеро, сообщила мэрия утром в среду.", "мэрия"),
        ("uk", "Станом на ранок рятувальники повідомили про шістьох.", "рятувальники"),
        ("es", "A media tarde el alcalde dijo que seis murieron.", "el alcalde"),
    ],
)
def test_a_sentence_names_its_source(language, text, source, context_of):
    context = context_of(text, language)
    assert attribution_at(context, (0, 3)) == source


def test_may_in_a_dateline_is_a_month_and_no_possibility(told):
    text = "LUTSK, Ukraine, May 11 (Agency) - A missile struck a hospital."
    at = datetime(2026, 5, 11, 9, tzinfo=UTC)
    assert told(text, "en", at)["weapon"] == ["missile"]


@pytest.mark.parametrize(
    ("month", "day", "is_news"), [(1, 1, True), (1, 3, True), (1, 9, False)]
)
def test_the_last_day_of_a_year_is_news_in_the_first_of_the_next(
    told, month, day, is_news
):
    text = "Six people were killed on December 31, 2025 in a drone strike on Kharkiv."
    at = datetime(2026, month, day, 9, tzinfo=UTC)
    assert told(text, "en", at).get("killed") == ([6] if is_news else None)
    spring = text.replace("on December 31, 2025", "in March 2025")
    assert "killed" not in told(spring, "en", at)


def test_a_reminder_of_yesterday_is_news_across_the_end_of_a_month(told):
    text = "A drone hit a mill in Kharkiv. We recall that on February 28 drones over "
    text += "Kharkiv killed six."
    assert told(text, "en", datetime(2027, 3, 1, 9, tzinfo=UTC))["killed"] == [6]
    assert "killed" not in told(text, "en", datetime(2027, 3, 9, 9, tzinfo=UTC))


def test_may_is_a_possibility_elsewhere(told):
    assert "weapon" not in told("May a missile hit the hospital?")
    opens = "May 12 (Agency) - A drone killed a couple near Lutsk on Wednesday."
    assert told(opens)["killed"] == [2]
    assert "target" not in told("Officials say a missile may hit the hospital.")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "In January, a raid killed six."),
        ("en", "In 2024, it killed six."),
        ("uk", "У січні, за даними влади, загинули шестеро."),
        ("ru", "2 января, по данным властей, погибли шестеро."),
        ("es", "En enero, otro ataque mató a seis."),
    ],
)
def test_a_date_that_opens_a_sentence_dates_all_of_it(language, text, context_of):
    end = len(text) - 1
    context = context_of(text, language)
    assert certainty_at(context, (end - 4, end)) is Certainty.BACKGROUND


def test_what_was_opened_in_a_year_is_hit_today(context_of):
    text = "Opened in 2019, the mill was hit at dawn."
    assert stated(context_of, text, "hit") is Certainty.ASSERTED


def test_weeks_after_dates_what_follows_alone(context_of):
    text = "The raid killed two, weeks after a missile killed nine."
    assert stated(context_of, text, "killed two") is Certainty.ASSERTED
    assert stated(context_of, text, "killed nine") is Certainty.BACKGROUND


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Reports that six had died were false.", "six had died"),
        ("uk", "Інформація про шістьох загиблих не підтвердилася.", "шістьох"),
        ("ru", "Сведения о шести погибших не подтвердились.", "шести"),
        ("es", "Las noticias de seis muertos eran falsas.", "seis"),
    ],
)
def test_a_denial_may_stand_behind(language, text, words, context_of):
    assert stated(context_of, text, words, language) is Certainty.DENIED


REMINDERS = {
    "en": "A mill burns near Uman. Let us remind, {}the shells hit it.",
    "uk": "Під Уманню горить млин. Нагадаємо, {}снаряди влучили вранці.",
    "ru": "Под Уманью горит мельница. Напомним, {}снаряды попали в нее утром.",
    "es": "Arde un molino en Uman. Recordemos que {}los obuses cayeron al alba.",
}


@pytest.mark.parametrize(
    ("language", "words", "where", "day", "another_day"),
    [
        ("en", "shells hit", "in Lviv ", "on March 4 ", "on February 20 "),
        ("uk", "снаряди влучили", "у Львові ", "4 березня ", "20 лютого "),
        ("ru", "снаряды попали", "во Львове ", "4 марта ", "20 февраля "),
        ("es", "obuses cayeron", "en Leópolis ", "el 4 de marzo ", "el 20 de febrero "),
    ],
)
def test_a_reminder_tells_the_news_unless_of_elsewhere_or_of_another_day(
    language, words, where, day, another_day, context_of
):
    text = REMINDERS[language]
    for inserted, certainty in (
        ("", Certainty.ASSERTED),
        (day, Certainty.ASSERTED),
        (where, Certainty.BACKGROUND),
        (another_day, Certainty.BACKGROUND),
    ):
        copy = text.format(inserted)
        assert stated(context_of, copy, words, language) is certainty, copy


def test_a_drill_is_a_play_in_the_next_sentence_too_until_a_day_ends_it(context_of):
    text = "The drill simulated a raid. {}Six people were killed."
    for opening, certainty in (
        ("", Certainty.HYPOTHETICAL),
        ("On Monday, it was no play. ", Certainty.ASSERTED),
    ):
        copy = text.format(opening)
        assert stated(context_of, copy, "Six people") is certainty, copy


def test_the_toll_of_a_day_ago_may_be_told_with_what_came_after_it(context_of):
    first = "Eight are dead after Saturday's missile strike on a mill."
    assert stated(context_of, first, "missile") is Certainty.ASSERTED
    later = "A drone hit a mill, days after Saturday's missile strike."
    assert stated(context_of, later, "missile") is Certainty.BACKGROUND


@pytest.mark.parametrize(
    ("language", "text", "slot", "wanted"),
    [
        ("en", "Two died in the raid on Lutsk, Harbour Wire said.", "target", None),
        ("en", "Two died in the raid on Lutsk, Rocket News reported.", "weapon", None),
        ("en", "Drones hit Lutsk, according to the Uman Gazette.", "place", "Lutsk"),
        ("uk", "Дрони влучили в Луцьк, повідомляє Порт Медіа.", "target", None),
        ("ru", "Удар пришелся на Луцк, сообщает газета «Завод».", "target", None),
        ("es", "Un dron cayó en Lutsk, según Puerto Noticias.", "target", None),
        ("en", "Harbour Wire reported that a drone hit a port.", "target", "port"),
    ],
)
def test_the_name_of_who_speaks_was_not_hit(language, text, slot, wanted, told):
    values = told(text, language).get(slot, [])
    assert (wanted in values) if wanted else not values


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Talk of a drone, spread by neighbours, was rejected by the mayor."),
        ("uk", "Версію про удар дрона, яку поширювали сусіди, спростували в мерії."),
        ("ru", "Версию об ударе дрона, которую повторяли соседи, опровергли в мэрии."),
        (
            "es",
            "La hipótesis de un dron, que repetían los vecinos, fue desmentida, falsa.",
        ),
    ],
)
def test_what_people_took_to_have_happened_is_denied_with_them(language, text, told):
    assert "weapon" not in told(text, language)
