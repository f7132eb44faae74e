"""Proper names brought to one spelling, so that four languages meet in one key."""

import re
from collections import Counter
from functools import lru_cache

from anyascii import anyascii

from detectors.text import Reading, words

KEY_LETTERS = 5  # "Salti": Saltivka, Салтівці, Saltivskyi; four let Odesa meet odes
MIN_LETTERS = 4  # shorter capitalised words are mostly titles and abbreviations

_CAPITALISED = re.compile(r"(?<!\w)[^\W\d_a-zа-яіїєґё]\w+(?:['-]\w+)*")
_SOUNDS = (
    ("kh", "h"),
    ("zh", "j"),
    ("ts", "c"),
    ("y", "i"),
    ("'", ""),
    ("-", ""),
)


@lru_cache(maxsize=10_000)  # places of stories are asked for with every article
def name_key(name: str) -> str:
    """The first letters of ``name`` as it sounds, whatever its script.

    >>> name_key("Шебекино") == name_key("Shebekino")
    True
    >>> name_key("Харкова") == name_key("Kharkiv")
    False
    """
    sound = anyascii(name).lower()
    for spelling, letter in _SOUNDS:
        sound = sound.replace(spelling, letter)
    return re.sub(r"(.)\1", r"\1", sound)[:KEY_LETTERS]


def names(reading: Reading, start: int, end: int) -> Counter[str]:
    """Keys of the capitalised words inside sentences of ``text[start:end]``.

    A sentence's first word proves no name, so it counts only where it is
    capitalised elsewhere too.
    """
    openings = {
        reading.opening(sentence)
        for sentence in reading.sentences
        if start <= sentence.start < end
    }
    found: Counter[str] = Counter()
    doubtful: list[str] = []
    for match in _CAPITALISED.finditer(reading.text, start, end):
        if len(match.group()) < MIN_LETTERS:
            continue
        before = reading.text[max(match.start() - 2, 0) : match.start()].strip()
        if match.start() in openings or before in {'"', "(", "*"}:
            doubtful.append(name_key(match.group()))
        else:
            found[name_key(match.group())] += 1
    found.update(key for key in doubtful if key in found)
    return found


def is_one_name(one: str, other: str) -> bool:
    """Whether two keys are one name but for its ending, within one text.

    >>> is_one_name(name_key("Суми"), name_key("Сумах"))
    True
    >>> is_one_name(name_key("Sumy"), name_key("Sanna"))
    False
    """
    length = max(min(len(one), len(other)) - 1, MIN_LETTERS - 1)
    return one[:length] == other[:length]


def headline_names(title: str) -> Counter[str]:
    """Keys of the names in a headline; none where every word is capitalised."""
    long = [word for word in words(title) if len(word) >= MIN_LETTERS]
    capitalised = [
        match.group()
        for match in _CAPITALISED.finditer(title)
        if len(match.group()) >= MIN_LETTERS and not match.group().isupper()
    ]
    if len(capitalised) * 2 > len(long):
        return Counter()
    return Counter(
        name_key(word)
        for word in capitalised[
            0 if capitalised and not title.startswith(capitalised[0]) else 1 :
        ]
    )
