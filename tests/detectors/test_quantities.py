"""Numbers as four languages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.facts.phrases import Quantity
from detectors.facts.quantities import quantities
from detectors.model import Bound


def read_one(text, language, lexicons) -> Quantity:
    found = quantities(text, lexicons[language])
    assert len(found) == 1, [text[slice(*quantity.span)] for quantity in found]
    return found[0]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "twenty-five", 25),
        ("en", "FORTY-ONE", 41),
        ("en", "two hundred and five", 205),
        ("en", "a hundred and one", 101),
        ("en", "two thousand three hundred", 2300),
        ("en", "a dozen", 12),
        ("en", "two dozen", 24),
        ("en", "1,200", 1200),
        ("en", "1 200", 1200),
        ("en", "1.2 million", 1_200_000),
        ("en", "ninety thousands of", 90_000),
        ("uk", "двоє", 2),
        ("uk", "шестеро", 6),
        ("uk", "дев'ятьох", 9),
        ("uk", "сорок чотирьох", 44),
        ("uk", "сто двадцять п'ять", 125),
        ("uk", "п'ятдесят дві тисячі", 52_000),
        ("uk", "52 тисячі", 52_000),
        ("uk", "чотирьохсот", 400),
        ("ru", "семеро", 7),
        ("ru", "двоих", 2),
        ("ru", "двадцать двух", 22),
        ("ru", "сорок тысяч", 40_000),
        ("es", "treinta y cinco", 35),
        ("es", "dieciséis", 16),
        ("es", "una veintena de", 20),
        ("es", "Ciento cuarenta mil", 140_000),
        ("es", "140.000", 140_000),
    ],
)
def test_a_number_is_read_in_words_and_digits(language, text, value, lexicons):
    assert read_one(text, language, lexicons).value == value


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "05:30 Two people were killed", 2),
        ("en", "At 7:20 eleven were wounded", 11),
        ("uk", "05:30 Двоє людей загинули", 2),
        ("ru", "05:30 Двое погибли", 2),
        ("es", "A las 05:30 dos personas murieron", 2),
    ],
)
def test_a_clock_time_is_no_part_of_the_number_behind_it(
    language, text, value, lexicons
):
    last = quantities(text, lexicons[language])[-1]

    assert (last.value, last.counts) == (value, True)


@pytest.mark.parametrize(
    ("language", "text", "value", "upper"),
    [
        ("en", "between 20 and 25", 20, 25),
        ("en", "20-25", 20, 25),
        ("uk", "від двадцяти до двадцяти п'яти", 20, 25),
        ("ru", "от 20 до 25", 20, 25),
        ("es", "entre 20 y 25", 20, 25),
    ],
)
def test_of_a_range_the_lower_end_is_the_value(language, text, value, upper, lexicons):
    quantity = read_one(text, language, lexicons)
    assert (quantity.value, quantity.upper) == (value, upper)
    assert quantity.bound is Bound.AT_LEAST


@pytest.mark.parametrize(
    ("language", "text", "bound"),
    [
        ("en", "at least six", Bound.AT_LEAST),
        ("en", "no fewer than six", Bound.AT_LEAST),
        ("en", "more than six", Bound.AT_LEAST),
        ("en", "up to six", Bound.UP_TO),
        ("en", "about six", Bound.ABOUT),
        ("en", "six", Bound.EXACT),
        ("uk", "щонайменше шестеро", Bound.AT_LEAST),
        ("ru", "свыше шести", Bound.AT_LEAST),
        ("es", "al menos seis", Bound.AT_LEAST),
    ],
)
def test_a_bound_belongs_to_its_number(language, text, bound, lexicons):
    quantity = read_one(text, language, lexicons)
    assert quantity.value == 6
    assert quantity.bound is bound
    assert quantity.span == (0, len(text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "12-storey"),
        ("en", "a 70-year-old"),
        ("en", "aged 88"),
        ("en", "at 0412"),
        ("en", "on March 5"),
        ("en", "before 2022"),
        ("en", "6 km"),
        ("en", "30 per cent"),
        ("en", "school No. 12"),
        ("en", "$40"),
        ("en", "4.12"),
        ("uk", "67 років"),
        ("uk", "5 березня"),
        ("uk", "№ 7"),
        ("ru", "19-летняя"),
        ("ru", "20 минут"),
        ("es", "nueve plantas"),
        ("es", "5 de la tarde, 8 %"),
    ],
)
def test_ages_dates_times_and_measures_count_nobody(language, text, lexicons):
    found = quantities(text, lexicons[language])
    assert found
    assert not found[-1].counts


def test_a_change_tells_both_ends_and_is_no_range(lexicons):
    quantity = read_one("from 12 to 10", "en", lexicons)
    assert (quantity.value, quantity.upper, quantity.changed) == (12, 10, True)


def test_two_numbers_side_by_side_stay_two(lexicons):
    found = quantities("between the five and seven dead", lexicons["en"])
    assert [quantity.value for quantity in found] == [5, 7]


@pytest.mark.parametrize("text", ["9" * 5_000, " ".join(map(str, range(100, 999)))])
def test_a_row_of_digits_without_end_is_no_number(text, lexicons):
    assert quantities(text, lexicons["en"]) == ()


@given(text=st.text(), language=st.sampled_from(["en", "uk", "ru", "es"]))
def test_any_text_is_read_without_harm(text, language, lexicons):
    found = quantities(text, lexicons[language])
    ends = 0
    for quantity in found:
        assert ends <= quantity.start < quantity.end <= len(text)
        ends = quantity.end


@given(value=st.integers(min_value=100, max_value=999_999))
def test_digits_with_separators_read_as_the_number(value, lexicons):
    for separator in (",", " ", "."):
        grouped = f"{value:,}".replace(",", separator)
        counted = [found.value for found in quantities(grouped, lexicons["en"])]
        assert counted == [value]
