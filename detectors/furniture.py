"""The paragraphs of a page that are no article: credits, appeals, service notes.

They stand between and after the copy, name whatever the copy names, and would be
taken for it. Recognised by their turns of phrase, in every language that we read.
"""

import re

_LATIN = (
    # who wrote it
    r"^(?:additional )?(?:reporting|writing|editing|compiled|translated) (?:by|from)",
    r"\((?:additional )?(?:reporting|writing|editing|compiled|translated)\b",
    r"\btranslated by the editorial\b",
    r"\bopinions? of the (?:edition|editors?|authors?) (?:can|may|do|does)\b",
    r"\bviews of (?:its|their|the) authors?\b",
    r"\bis an independent (?:body|institute)\b",
    r"\b(?:correspondent|reporter|bureau) (?:is updating|will (?:be|have)|follows)\b",
    r"\bis a content partner\b",
    r"\ball rights reserved\b|\bcopyright\b|^cite as\b",
    r"\bcomplaints and corrections\b",
    r"\besta crónica\b|\btodos los derechos\b",
    # what else to read, hear and do
    r"\bread more\b|\bmore on this story\b|\bin other news\b|^in pictures\b",
    r"\bfull (?:story|report) (?:inside|follows|on page)\b|\bsee pages? \d|: page \d",
    r"^analysis from\b|^our \w+ (?:correspondent|editor)\b.*\b(?:follows|website)\b",
    r"\bfollow (?:us|our)\b|\bjoin (?:us on|our)\b",
    r"\byou can (?:follow|hear|watch|listen)\b",
    r"^(?:watch|listen|read|gallery|podcast):",
    r"\bsubscrib\w+|\bnewsletter\b|\bsign up (?:for|to)\b|\bdownload our\b|\bour app\b",
    r"\btap (?:to|['\"]|here|follow)|\bclick here\b",
    r"\bthis is a developing story\b|\bmore follows\b",
    r"\bsend (?:us )?your (?:questions|pictures|stories)\b",
    r"\bdo you have (?:pictures|photos|a story)\b|\bour newsdesk\b|\bwere you there\b",
    r"\bwas this useful\b|\bgathers headlines\b",
    r"\bthank you for reading\b|\bend (?:of )?our live coverage\b",
    r"\bhow you can help\b|\bcalls cost\b",
    r"\blea también\b|\bsuscr[ií]b|\bsíganos\b|\bboletín de noticias\b",
    r"\bscroll down\b|\bswipe (?:left|right)\b|\bapp is free\b|\b\w+'s app\b",
    r"\bgot a story\b|\bwe pay cash\b|\bjoin [\d,.]+ readers\b|'s comments\b",
    r"\bmore on this in the\b|\bwill file later\b|\banswers? \w+ questions about\b",
    r"^translated automatically\b|\btranslated automatically\.",
    r"\bmaterial is published with the permission\b|\bpublished with permission\b",
    # service
    r"\bobserve the rules of safety\b|\bdo not publish the work\b",
    r"\btraffic restrictions will apply\b|\bthe weather in \w+ today\b",
)
_CYRILLIC = (
    r"\bвыпуск подготовил|\bматеріал підготу|\bматериал подготов",
    r"\bзамет(?:или|ив|енную) (?:опечатк|ошибк)|\bпомітили помилку\b",
    r"\bредакц\w+ (?:продолжа|може|нагаду|напомина|не нес)",
    r"\bмнение (?:редакции|автора)|\bдумка (?:редакції|автора)",
    r"\bпродолжает следить за событиями\b|\bстежте за новинами\b",
    r"\bподп(?:исывайтесь|ишитесь)|\bпідп(?:исуйтесь|исуйтеся|ишіться)",
    r"\bна наш\w* (?:канал|telegram|телеграм|сайт|сторін)",
    r"\bчитайте так(?:же|ож)\b|\bдивіться також\b|^слушайте\b|^слухайте\b",
    r"\bслухайте в наступних\b|\bв наш\w+ эфире\b|\bнічному ефірі\b|\bефірну сітку\b",
    r"^о \d\d?[:.]\d\d в ефірі\b",
    r"\bопрос на нашем сайте\b|\bголосування на сайті\b",
    r"\bтрансляци\w+ .{0,40}(?:включим|ведём|начнётся)",
    r"\bприсылайте\b|\bнадсилайте\b",
    r"^нагаду(?:ємо|є)\b|\bнапоминаем\b|^это ежедневная сводка\b",
    r"\bпросимо читачів\b|\bпросим читателей\b|\bнапоминает: ",
    r"\bтелефон\w* (?:гаряч|экстрен|екстрен|горяч|довер|дові)|\bгарячої лінії\b",
    r"\bтермінові виклики\b|\bщоденне зведення\b|\bсводки публикуются\b",
    r"\bщоб не пропустити\b|\bчтобы не пропустить\b|\bгороскоп\b|\bкурс валют\b",
)
_PATTERNS = tuple(
    re.compile("|".join(f"(?:{phrase})" for phrase in phrases))
    for phrases in (_LATIN, _CYRILLIC)
)
_RUSSIAN_OR_UKRAINIAN = re.compile("[а-яіїєґё]")


def is_furniture(paragraph: str) -> bool:
    """Whether a paragraph is no part of the article that it stands in.

    >>> is_furniture("(Reporting by A. Weaver; editing by B. Stone)")
    True
    >>> is_furniture("The governor was reporting by telephone from the shelter.")
    False
    """
    text = paragraph.casefold()
    is_cyrillic = _RUSSIAN_OR_UKRAINIAN.search(text) is not None
    return _PATTERNS[is_cyrillic].search(text) is not None
