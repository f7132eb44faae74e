"""Which language a text is in, however short, and whatever its feed says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.languages import READABLE, identify

LONG = {
    "en": "Rescuers worked through the night to reach the families who had been cut "
    "off by the flood, the governor said on Tuesday.",
    "es": "Los equipos de rescate trabajaron toda la noche para llegar a las familias "
    "que habían quedado aisladas, dijo el gobernador el martes.",
    "ru": "Спасатели работали всю ночь, чтобы добраться до семей, которые остались "
    "отрезанными паводком, сообщил во вторник губернатор.",
    "uk": "Рятувальники працювали всю ніч, щоб дістатися до родин, які залишилися "
    "відрізаними повінню, повідомив у вівторок губернатор.",
}


@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("hint", [None, "en", "ru", "de-AT"])
def test_a_long_text_is_believed_whatever_the_hint(language, hint):
    verdict = identify(LONG[language], hint=hint)
    assert verdict.language == language
    assert verdict.confidence > 0.9


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(
            "Die Rettungskräfte arbeiteten die ganze Nacht, um die Familien zu "
            "erreichen, die das Hochwasser abgeschnitten hatte.",
            "de",
            id="german",
        ),
        pytest.param(
            "Ratownicy pracowali całą noc, aby dotrzeć do rodzin odciętych przez "
            "powódź, powiedział we wtorek wojewoda.",
            "pl",
            id="polish",
        ),
        pytest.param(
            "Спасителите работиха цяла нощ, за да стигнат до семействата, които "
            "бяха откъснати от наводнението, каза във вторник областният управител.",
            "bg",
            id="bulgarian",
        ),
    ],
)
def test_another_language_is_named_but_cannot_be_read(text, language):
    verdict = identify(text, hint="en")
    assert verdict.language is None
    assert verdict.detected == language


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        pytest.param("Удар", "uk", "uk", id="hint-decides"),
        pytest.param("Взрыв в порту", "uk", "ru", id="letters-refute-the-hint"),
        pytest.param("Вибух у порту, є поранені", "ru", "uk", id="letters-again"),
        pytest.param("Geneva summit OFF for now", "en-GB", "en", id="regional-hint"),
        pytest.param("Удар", "en", None, id="script-refutes-the-hint"),
        pytest.param("У Сумах без світла", None, "uk", id="letters-alone"),
        pytest.param("¿Habrá cumbre?", None, "es", id="spanish-marks"),
    ],
)
def test_a_headline_is_in_the_language_of_hint_and_letters(text, hint, language):
    assert identify(text, hint=hint).language == language


@pytest.mark.parametrize("text", ["", "   ", "14 - 6 = 8"])
def test_what_has_no_words_cannot_be_read(text):
    assert identify(text, hint="en").language is None


@pytest.mark.parametrize(
    ("parts", "language"),
    [
        pytest.param(("en", "en", "uk"), "en", id="english-with-a-ukrainian-tail"),
        pytest.param(("uk", "uk", "en"), "uk", id="ukrainian-with-an-english-tail"),
        pytest.param(("es", "es", "en"), "es", id="spanish-with-an-english-tail"),
        pytest.param(("uk", "uk", "ru"), "uk", id="ukrainian-that-quotes-russian"),
    ],
)
def test_a_mixed_page_is_in_the_language_of_its_most(parts, language):
    text = "\n\n".join(LONG[part] for part in parts)
    assert identify(text, hint=None).language == language


@given(st.text(), st.one_of(st.none(), st.text(max_size=5)))
def test_whatever_is_asked_has_an_answer(text, hint):
    verdict = identify(text, hint=hint)
    assert verdict.language in (None, *READABLE)
    assert 0.0 <= verdict.confidence <= 1.0
