"""When an article sets one toll against another, in four languages."""

import pytest


@pytest.mark.parametrize(
    ("language", "text", "killed"),
    [
        (
            "en",
            (
                "The town hall said that 60 traders had been killed at a fair. A burial"
                " society, which publishes names, had listed 27 dead by noon."
            ),
            [27, 60],
        ),
        (
            "en",
            (
                "The burial society, which keeps a list of names, now has 41 on it. The"
                " town hall says that 60 traders were killed."
            ),
            [41, 60],
        ),
        (
            "es",
            (
                "El alcalde habla de sesenta víctimas mortales. Un grupo de vecinos que"
                " recoge nombres tiene treinta y cuatro."
            ),
            [34, 60],
        ),
        (
            "es",
            (
                "Diecinueve personas han muerto, según los médicos. El gobierno de la"
                " provincia, en cambio, cifra en trece los fallecidos."
            ),
            [13, 19],
        ),
        (
            "uk",
            (
                "Влада повторила, що йдеться про шістдесятьох убитих, тоді як вчителі"
                " оприлюднили поіменний список із 34 осіб."
            ),
            [34, 60],
        ),
        (
            "ru",
            (
                "Власти повторили, что погибли шестьдесят человек. Учителя ведут"
                " поименный список, в нем 34 человека."
            ),
            [34, 60],
        ),
    ],
)
def test_a_toll_that_rivals_another_is_told_beside_it(language, text, killed, told):
    assert told(text, language)["killed"] == killed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Four died in Kilia, the mayor said, whereas two were killed in Balta,"
            " rescuers said.",
            id="two-places",
        ),
        pytest.param(
            "A list of names of 300 prisoners was handed over. The raid killed four.",
            id="a-list-of-others",
        ),
        pytest.param("The raid killed four. Two people died on the spot.", id="a-part"),
        pytest.param(
            "The raid killed four.\n\nThe museum has a list of names with 70 on it.",
            id="another-paragraph",
        ),
    ],
)
def test_a_number_of_something_else_is_no_rival(text, told):
    assert told(text)["killed"] == [4]
