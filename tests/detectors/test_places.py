"""Places named in four languages, in every case and spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SeedError
from detectors.facts.place_mentions import PlaceKind
from detectors.facts.places import Gazetteer

LINES = (
    "Tremors in Lviv and Lutsk regions",
    "Обстріляно Нікопольський район",
    "Вночі у Чопі чули постріли.",
    "над Тверской и Калужской",
    "областями сбили два дрона",
    "",
)


def names(mentions):
    return [(mention.name, mention.kind) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kiev", "Kyiv"),
        ("у Києві", "Kyiv"),
        ("до Києва", "Kyiv"),
        ("Киевом", "Kyiv"),
        ("Odessa", "Odesa"),
        ("в Одесі", "Odesa"),
        ("Zaporizhia", "Zaporizhzhia"),
        ("Zaporozhye", "Zaporizhzhia"),
        ("Zaporiyia", "Zaporizhzhia"),
        ("у Запоріжжі", "Zaporizhzhia"),
        ("Запорожью", "Zaporizhzhia"),
        ("Járkov", "Kharkiv"),
        ("Харкова", "Kharkiv"),
        ("в Харькове", "Kharkiv"),
        ("з Броварів", "Brovary"),
        ("у Сумах", "Sumy"),
        ("у Горлівці", "Horlivka"),
        ("в Празі", "Prague"),
        ("в Горловке", "Horlivka"),
        ("у Кривому Розі", "Kryvyi Rih"),
        ("в Білій Церкві", "Bila Tserkva"),
        ("под Стрыем", "Stryi"),
        ("Шебекино", "Shebekino"),
        ("KHERSON", "Kherson"),
        ("the Ukrainian capital", "Kyiv"),
        ("la segunda ciudad de Ucrania", "Kharkiv"),
        ("Port Sudan", "Port Sudan"),
        ("Jartum", "Khartoum"),
        ("ROSTOV-ON-DON", "Rostov-on-Don"),
        ("на Київщині", "Kyiv region"),
        ("Белгородской области", "Belgorod region"),
        ("región de Járkov", "Kharkiv region"),
        ("Kharkiv oblast", "Kharkiv region"),
        ("Нікопольського району", "Nikopol district"),
        ("Nikopol district", "Nikopol district"),
        ("Turkey's", "Türkiye"),
        ("de Estados Unidos", "United States"),
        ("російського", "Russia"),
        ("Сирии", "Syria"),
    ],
)
def test_a_place_is_told_by_its_usual_english_name(text, name, gazetteer):
    assert [mention.name for mention in gazetteer.find(text)] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "They may march on Sunday",
        "the capital of a company",
        "of a nice reading",
        "the Tairove district",
        "у Святошинському районі",
        "в Белгородской больнице",
        "kyiv",
    ],
)
def test_common_words_and_quarters_are_no_places(text, gazetteer):
    assert gazetteer.find(text) == ()


def test_regions_share_the_word_that_one_of_them_carries(gazetteer):
    text = "17 над Белгородской областью, 15 - над Брянской, 9 - над Курской."
    names = [mention.name for mention in gazetteer.find(text)]
    assert names == ["Belgorod region", "Bryansk region", "Kursk region"]


def test_the_longest_name_wins(gazetteer):
    (mention,) = gazetteer.find("in Rostov region today")
    assert mention.name == "Rostov region"
    assert mention.kind is PlaceKind.REGION


def test_a_name_that_goes_on_is_of_another_town(gazetteer):
    (mention,) = gazetteer.find("en San José del Guaviare")
    assert (mention.name, mention.country) == ("San José del Guaviare", "")


def test_of_namesakes_the_one_in_the_news_is_meant(gazetteer):
    (mention,) = gazetteer.find("Odessa")
    assert mention.country == "UA"


def test_a_town_knows_its_region(gazetteer):
    (mention,) = gazetteer.find("Brovary")
    assert (mention.region, mention.country) == ("Kyiv", "UA")


def test_the_adjective_of_a_town_names_it(gazetteer):
    town = gazetteer.town_of("харківського")
    assert town is not None
    assert town.name == "Kharkiv"
    assert gazetteer.town_of("людського") is None


def test_lines_of_one_place_add_up_their_spellings():
    tables = ("Kyiv\tcity\tUA\tKyiv\t2952\tKiev", "Kyiv\tcity\tUA\t\t0\tКиїв")
    found = Gazetteer.parse(*tables).find("Kiev, Київ")
    assert [(place.name, place.region) for place in found] == [("Kyiv", "Kyiv")] * 2


@pytest.mark.parametrize(
    "line",
    ["Kyiv\tcity\tUA", "Kyiv\ttown\tUA\t\t1\t", "Kyiv\tcity\tUA\t\tmany\t"],
    ids=["columns", "kind", "number"],
)
def test_a_wrong_line_is_told_by_its_number(line):
    with pytest.raises(SeedError, match="places:2"):
        Gazetteer.parse(f"# a comment\n{line}")


@given(text=st.text())
def test_mentions_lie_in_the_text_in_order(text, gazetteer):
    end = 0
    for mention in gazetteer.find(text):
        assert end <= mention.start < mention.end <= len(text)
        end = mention.end


@given(
    before=st.text(alphabet="абв .,-'abc", max_size=20), after=st.sampled_from(".,; ")
)
def test_a_place_is_found_wherever_it_stands(before, after, gazetteer):
    text = f"{before} Одесі{after}"
    assert "Odesa" in {mention.name for mention in gazetteer.find(text)}


@given(lines=st.lists(st.sampled_from(LINES), max_size=5))
def test_a_line_names_the_same_places_whatever_stands_around_it(lines, gazetteer):
    text = "\n".join(lines)
    alone = [place for line in lines for place in names(gazetteer.find(line))]
    whole = gazetteer.find(text)
    assert names(whole) == alone
    assert [text[place.start : place.end] for place in whole] == [
        line[place.start : place.end]
        for line in lines
        for place in gazetteer.find(line)
    ]
