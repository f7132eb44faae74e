"""The paragraphs of a page that are no article: credits, appeals, service notes.

They stand between and after the copy, name whatever the copy names, and would be
taken for it. Recognised by their turns of phrase, in every language that we read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

# Phrases that stand as whole words, wherever; ``*``: or begin so.
_LATIN_PHRASES = (
    # who wrote it
    "translated by the editorial",
    "is a content partner",
    "all rights reserved",
    "copyright",
    "complaints and corrections",
    "esta crónica",
    "todos los derechos",
    # what else to read, hear and do
    "read more",
    "more on this story",
    "more on this in the",
    "in other news",
    "newsletter",
    "download our",
    "our app",
    "app is free",
    "click here",
    "this is a developing story",
    "more follows",
    "our newsdesk",
    "were you there",
    "was this useful",
    "gathers headlines",
    "thank you for reading",
    "how you can help",
    "calls cost",
    "lea también",
    "síganos",
    "boletín de noticias",
    "scroll down",
    "got a story",
    "we pay cash",
    "will file later",
    "material is published with the permission",
    "published with permission",
    # service
    "observe the rules of safety",
    "do not publish the work",
    "traffic restrictions will apply",
)
_CYRILLIC_PHRASES = (
    "выпуск подготовил*",
    "матеріал підготу*",
    "материал подготов*",
    "помітили помилку",
    "продолжает следить за событиями",
    "стежте за новинами",
    "дивіться також",
    "слухайте в наступних",
    "нічному ефірі",
    "ефірну сітку",
    "опрос на нашем сайте",
    "голосування на сайті",
    "присылайте",
    "надсилайте",
    "напоминаем",
    "просимо читачів",
    "просим читателей",
    "гарячої лінії",
    "термінові виклики",
    "щоденне зведення",
    "сводки публикуются",
    "щоб не пропустити",
    "чтобы не пропустить",
    "гороскоп",
    "курс валют",
)
# Turns that vary, each below what every such turn holds one of.
_LATIN_TURNS = {
    # who wrote it
    "reporting by|writing by|editing by|compiled by|translated by|reporting from|"
    "writing from|editing from|compiled from|translated from|(reporting|(writing|"
    "(editing|(compiled|(translated|(additional": (
        r"^(?:additional )?(?:reporting|writing|editing|compiled|translated)"
        r" (?:by|from)"
        r"|\((?:additional )?(?:reporting|writing|editing|compiled|translated)\b"
    ),
    "opinion of the|opinions of the": (
        r"\bopinions? of the (?:edition|editors?|authors?) (?:can|may|do|does)\b"
    ),
    "views of": r"\bviews of (?:its|their|the) authors?\b",
    "is an independent": r"\bis an independent (?:body|institute)\b",
    "correspondent|reporter|bureau": (
        r"\b(?:correspondent|reporter|bureau)"
        r" (?:is updating|will (?:be|have)|follows)\b"
    ),
    "cite as": r"^cite as\b",
    # what else to read, hear and do
    "in pictures": r"^in pictures\b",
    "full story|full report": r"\bfull (?:story|report) (?:inside|follows|on page)\b",
    "page": r"\bsee pages? \d|: page \d",
    "analysis from": r"^analysis from\b",
    "correspondent|editor": (
        r"^our \w+ (?:correspondent|editor)\b.*\b(?:follows|website)\b"
    ),
    "follow us|follow our": r"\bfollow (?:us|our)\b",
    "join us|join our": r"\bjoin (?:us on|our)\b",
    " readers": r"\bjoin [\d,.]+ readers\b",
    "you can": r"\byou can (?:follow|hear|watch|listen)\b",
    "watch:|listen:|read:|gallery:|podcast:": (
        r"^(?:watch|listen|read|gallery|podcast):"
    ),
    "subscrib": r"\bsubscrib\w+",
    "sign up": r"\bsign up (?:for|to)\b",
    "tap ": r"\btap (?:to|['\"]|here|follow)",
    "send your|send us": r"\bsend (?:us )?your (?:questions|pictures|stories)\b",
    "do you have": r"\bdo you have (?:pictures|photos|a story)\b",
    "live coverage": r"\bend (?:of )?our live coverage\b",
    "suscrib|suscríb": r"\bsuscr[ií]b",
    "swipe": r"\bswipe (?:left|right)\b",
    "'s app": r"\b\w+'s app\b",
    "'s comments": r"'s comments\b",
    "questions about": r"\banswers? \w+ questions about\b",
    "translated automatically": (
        r"^translated automatically\b|\btranslated automatically\."
    ),
    # service
    "the weather in": r"\bthe weather in \w+ today\b",
}
_CYRILLIC_TURNS = {
    "замет": r"\bзамет(?:или|ив|енную) (?:опечатк|ошибк)",
    "редакц": r"\bредакц\w+ (?:продолжа|може|нагаду|напомина|не нес)",
    "мнение ": r"\bмнение (?:редакции|автора)",
    "думка ": r"\bдумка (?:редакції|автора)",
    "подпис|подпиш": r"\bподп(?:исывайтесь|ишитесь)",
    "підпис|підпиш": r"\bпідп(?:исуйтесь|исуйтеся|ишіться)",
    "на наш": r"\bна наш\w* (?:канал|telegram|телеграм|сайт|сторін)",
    "читайте": r"\bчитайте так(?:же|ож)\b",
    "слушайте": r"^слушайте\b",
    "слухайте": r"^слухайте\b",
    "эфире": r"\bв наш\w+ эфире\b",
    "ефірі": r"^о \d\d?[:.]\d\d в ефірі\b",
    "трансляци": r"\bтрансляци\w+ .{0,40}(?:включим|ведём|начнётся)",
    "нагаду": r"^нагаду(?:ємо|є)\b",
    "это ежедневная": r"^это ежедневная сводка\b",
    "напоминает": r"\bнапоминает: ",
    "телефон": r"\bтелефон\w* (?:гаряч|экстрен|екстрен|горяч|довер|дові)",
}


# Characters. Of 238 such paragraphs in six labelled streams the longest has 271; of
# 461 on pages of local news three were longer than 400, and two of these were copy.
LONGEST = 350
_RUSSIAN_OR_UKRAINIAN = re.compile("[а-яіїєґё]")


class _Turn(NamedTuple):
    """A turn of phrase; every text that holds it holds one of what is ``needed``."""

    needed: tuple[str, ...]
    phrase: "re.Pattern[str]"
    is_cyrillic: bool


def _turns(
    phrases: Sequence[str], turns: Mapping[str, str], *, is_cyrillic: bool
) -> tuple[_Turn, ...]:
    fixed = {
        phrase.removesuffix("*"): rf"\b{phrase}\b".removesuffix(r"*\b")
        for phrase in phrases
    }
    return tuple(
        _Turn(tuple(needed.split("|")), re.compile(phrase), is_cyrillic)
        for needed, phrase in {**fixed, **turns}.items()
    )


_TURNS = (
    *_turns(_LATIN_PHRASES, _LATIN_TURNS, is_cyrillic=False),
    *_turns(_CYRILLIC_PHRASES, _CYRILLIC_TURNS, is_cyrillic=True),
)
_NEEDED = tuple((needed, turn) for turn in _TURNS for needed in turn.needed)
_NEEDED_IN_LATIN = tuple(each for each in _NEEDED if not each[1].is_cyrillic)


def furniture(paragraphs: Sequence[str]) -> tuple[bool, ...]:
    """Whether each paragraph is no part of the article that they make up.

    A search for a hundred turns in each of them took a third of all that topics took.
    So turns are looked for only where the article holds what they cannot do without,
    and in paragraphs no longer than `LONGEST`.

    >>> furniture(["Six died at noon.", "(Reporting by A. Weaver; editing by B. Ash)"])
    (False, True)
    >>> furniture(["The governor was reporting by telephone from the shelter."])
    (False,)
    """
    texts = [p.casefold() if len(p) <= LONGEST else "" for p in paragraphs]
    whole = "\n".join(texts)
    is_mixed = _RUSSIAN_OR_UKRAINIAN.search(whole) is not None
    possible = _NEEDED if is_mixed else _NEEDED_IN_LATIN
    turns = {turn for needed, turn in possible if needed in whole}
    if not turns:
        return (False,) * len(texts)
    return tuple(_holds_any(text, turns) for text in texts)


def _holds_any(text: str, turns: Iterable[_Turn]) -> bool:
    is_cyrillic = _RUSSIAN_OR_UKRAINIAN.search(text) is not None
    return any(
        turn.phrase.search(text)
        for turn in turns
        if turn.is_cyrillic is is_cyrillic
        and any(needed in text for needed in turn.needed)
    )
