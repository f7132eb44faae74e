"""Numbers, weekdays and months as words, in every language that we read, in one table.

For those who compare texts before their language is known; what a number counts is
for `facts` to say, from the lexicons.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

_NUMBERS: dict[int, str] = {
    1: "one un uno una один одна одне одну одного одной одного одному однієї одно",
    2: "two dos два дві двоє двох двом двома две двое двум двумя",
    3: "three tres три троє трьох трьом троє трое трех трёх трем трём",
    4: "four cuatro чотири четверо чотирьох чотирьом четверо четыре четырех четырёх",
    5: "five cinco п'ять п'ятеро п'яти п'ятьох пять пятеро пяти пятерых",
    6: "six seis шість шестеро шести шістьох шесть шестеро шестерых",
    7: "seven siete сім семеро семи сімох семь семеро семерых",
    8: "eight ocho вісім восьмеро восьми вісьмох восемь восьмеро восьмерых",
    9: "nine nueve дев'ять дев'ятеро дев'яти дев'ятьох девять девятеро девяти",
    10: "ten diez десять десятеро десяти десятьох десятерых",
    11: "eleven once одинадцять одинадцяти одинадцятьох одиннадцать одиннадцати",
    12: "twelve doce дванадцять дванадцяти дванадцятьох двенадцать двенадцати",
    13: "thirteen trece тринадцять тринадцяти тринадцятьох тринадцать тринадцати",
    14: "fourteen catorce чотирнадцять чотирнадцяти четырнадцать четырнадцати",
    15: "fifteen quince п'ятнадцять п'ятнадцяти пятнадцать пятнадцати",
    16: "sixteen dieciséis шістнадцять шістнадцяти шестнадцать шестнадцати",
    17: "seventeen diecisiete сімнадцять сімнадцяти семнадцать семнадцати",
    18: "eighteen dieciocho вісімнадцять вісімнадцяти восемнадцать восемнадцати",
    19: "nineteen diecinueve дев'ятнадцять дев'ятнадцяти девятнадцать девятнадцати",
    20: "twenty veinte двадцять двадцяти двадцатьох двадцать двадцати",
    30: "thirty treinta тридцять тридцяти тридцать тридцати",
    40: "forty cuarenta сорок сорока",
    50: "fifty cincuenta п'ятдесят п'ятдесяти пятьдесят пятидесяти",
    60: "sixty sesenta шістдесят шістдесяти шестьдесят шестидесяти",
    70: "seventy setenta сімдесят сімдесяти семьдесят семидесяти",
    80: "eighty ochenta вісімдесят вісімдесяти восемьдесят восьмидесяти",
    90: "ninety noventa дев'яносто девяносто",
    100: "hundred cien ciento сто ста",
}
LONGEST_NUMBER = 18  # digits; Python refuses to read some thousands
_UNITS = range(1, 10)
_TENS = range(20, 100, 10)
_JOINTS = frozenset({"y", "and", "и", "й"})  # treinta y dos
_WEEKDAYS = (
    "monday lunes понеділок понеділка понедельник понедельника",
    "tuesday martes вівторок вівторка вторник вторника",
    "wednesday miércoles середа середу середи среда среду среды",
    "thursday jueves четвер четверга четверг",
    "friday viernes п'ятниця п'ятницю п'ятниці пятница пятницу пятницы",
    "saturday sábado субота суботу суботи суббота субботу субботы",
    "sunday domingo неділя неділю неділі воскресенье воскресенья",
)
_MONTHS = (
    "january jan enero січень січня январь января",
    "february feb febrero лютий лютого февраль февраля",
    "march mar marzo березень березня март марта",
    "april apr abril квітень квітня апрель апреля",
    "may mayo травень травня май мая",
    "june jun junio червень червня июнь июня",
    "july jul julio липень липня июль июля",
    "august aug agosto серпень серпня август августа",
    "september sept septiembre вересень вересня сентябрь сентября",
    "october oct octubre жовтень жовтня октябрь октября",
    "november nov noviembre листопад листопада ноябрь ноября",
    "december dec diciembre грудень грудня декабрь декабря",
)


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """A number or a part of a date, however it was spelt."""

    kind: str
    value: int


def figures(words: Sequence[str]) -> frozenset[Figure]:
    """The numbers and dates among case-folded words.

    >>> found = figures("on monday twenty five of the 40 at п'ять".split())
    >>> sorted((figure.kind, figure.value) for figure in found)
    [('day', 1), ('number', 5), ('number', 25), ('number', 40)]
    """
    return frozenset(_figures(words))


def _figures(words: Sequence[str]) -> Iterator[Figure]:
    tens = 0
    for word in (part for whole in words for part in whole.split("-")):
        if tens and word in _JOINTS:
            continue
        number = _numbers().get(word, 0)
        if tens and number in _UNITS:
            number += tens
        elif tens:
            yield Figure("number", tens)
        tens = number if number in _TENS else 0
        if not tens:
            yield from _figure(word, number)
    if tens:
        yield Figure("number", tens)


def _figure(word: str, number: int) -> Iterator[Figure]:
    if number:
        yield Figure("number", number)
    elif word.isdecimal():
        yield Figure("number", int(word[-LONGEST_NUMBER:]))
    elif word in _dates():
        yield _dates()[word]


@cache
def _numbers() -> dict[str, int]:
    return {
        word: number for number, forms in _NUMBERS.items() for word in forms.split()
    }


@cache
def _dates() -> dict[str, Figure]:
    return {
        word: Figure(kind, number)
        for kind, table in (("day", _WEEKDAYS), ("month", _MONTHS))
        for number, forms in enumerate(table, 1)
        for word in forms.split()
    }
