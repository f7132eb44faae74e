"""Which language a text is in, and whether the other detectors can read it."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from detectors.model import LanguageVerdict

READABLE = ("en", "uk", "ru", "es")

# Those that news feeds come in; py3langid's other hundred only draw headlines to them.
# 5,595 of 5,600 single sentences in seven of these and five others come out right.
_KNOWN = (
    "ar az be bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id it ja ka "
    "kk ko ky lt lv mk mn nl no pl pt ro ru sk sl sr sv tg tr uk ur vi zh"
)
FIRM = (
    0.5  # a whole article scores above .9; half of the headlines below this are wrong
)
SHORT = 12  # words; below it a feed's own word for its language is the better guess
LONGEST = 4_000  # characters that are looked at; more change nothing

_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = (
    ("uk", re.compile("[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile("[ыэъё]", re.IGNORECASE)),
    ("es", re.compile("[ñ¿¡]", re.IGNORECASE)),
)
_CYRILLIC = re.compile("[а-яіїєґё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_CYRILLIC_RUN = re.compile("[\u0400-\u052f]+")
_LATIN_RUN = re.compile("[A-Za-z\u00c0-\u024f]+")


def identify(text: str, *, hint: str | None = None) -> LanguageVerdict:
    """Tell the language of ``text``.

    A page of two scripts is in the language of the one that fills most of it. A text
    too short to judge is in the language of ``hint``, where its letters allow that, or
    in the one that its letters give away.

    Args:
        text: Cleaned text, with its title where it has little else.
        hint: What the feed or page says of itself, such as ``en-GB``.

    Returns:
        ``language`` is None unless it is one of `READABLE`.

    >>> identify("У Сумах без світла", hint=None).language
    'uk'
    """
    sample = _main_script(text[:LONGEST])
    detected, confidence = _identifier().classify(sample)
    language = str(detected)
    if len(_WORD.findall(sample, 0, LONGEST)) < SHORT or confidence < FIRM:
        language = _declared(sample, hint) or _by_letters(sample) or language
    return LanguageVerdict(
        language=language if language in READABLE else None,
        detected=language,
        confidence=round(float(confidence), 3),
    )


def _main_script(text: str) -> str:
    """The text without the words of a script that is the lesser part of it.

    The model counts bytes, of which a Cyrillic letter has two: a third of a page was
    enough to make the whole Ukrainian.
    """
    cyrillic, latin = (
        sum(map(len, run.findall(text))) for run in (_CYRILLIC_RUN, _LATIN_RUN)
    )
    if not cyrillic or not latin:
        return text
    return (_LATIN_RUN if cyrillic > latin else _CYRILLIC_RUN).sub(" ", text)


def _declared(text: str, hint: str | None) -> str | None:
    """The language of a hint, unless the text's script or letters speak against it."""
    language = (hint or "").replace("_", "-").split("-")[0].lower()
    if not language:
        return None
    script = _CYRILLIC if language in ("uk", "ru") else _LATIN
    if language in READABLE and not script.search(text):
        return None
    telling = _by_letters(text)
    return language if telling in (None, language) else None


def _by_letters(text: str) -> str | None:
    """The only readable language that has one of the letters of ``text``."""
    found = [language for language, letters in _LETTERS if letters.search(text)]
    return found[0] if len(found) == 1 else None


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_KNOWN.split())
    return identifier
