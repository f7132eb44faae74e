"""The paragraphs of a page that are no article: credits, appeals, service notes.

They stand between and after the copy, name whatever the copy names, and would be
taken for it. Recognised by their turns of phrase, language by language.
"""

import re

_PHRASES = (
    # who wrote it
    r"\((?:additional )?(?:reporting|writing|editing|compiled|translat)\w* (?:by|and|in)\b",
    r"^(?:additional )?(?:reporting|writing|editing|compiled|translated) by\b",
    r"\btranslated by the editorial\b",
    r"\bopinions? of the (?:edition|editors?|authors?) (?:can|may|do|does)\b",
    r"\bviews of (?:its|their|the) authors?\b",
    r"\bis an independent (?:body|institute)\b",
    r"\b(?:correspondent|reporter|bureau|newsroom) (?:is updating|will be|follows)\b",
    r"\bis a content partner\b",
    r"\b(?:all rights reserved|copyright)\b",
    r"\bcomplaints and corrections\b",
    r"^cite as\b",
    r"\bвыпуск подготовил",
    r"\bзамет(?:или|ив|енную) (?:опечатк|ошибк)",
    r"\bредакц\w* (?:продолжа\w+ |може\w+ |нагаду\w+|напомина\w+|не несет|не несёт)",
    r"\bмнение (?:редакции|автора)",
    r"\bдумка (?:редакції|автора)",
    r"\besta crónica\b",
    r"\btodos los derechos\b",
    # what else to read, hear and do
    r"\bread more\b|\bmore on this story\b|\bin other news\b|\bin pictures\b",
    r"\bfull (?:story|report) (?:inside|follows|on page)\b",
    r"\bsee pages?\b|\bpage \d+\b",
    r"\b(?:analysis|explainer|full coverage) .{0,40}\b(?:follows|below|at (?:seven|eight))\b",
    r"\b(?:follow|join|like) (?:us|our|the live)\b|\bfollow our\b",
    r"\byou can (?:follow|hear|watch|listen)\b",
    r"^watch:|^listen:|^read:",
    r"\bsubscrib\w+|\bnewsletter\b|\bsign up\b|\bdownload our\b|\bour app\b",
    r"\btap (?:to|['\"]|here|follow)|\bclick here\b",
    r"\bthis is a developing story\b|\bmore follows\b",
    r"\bsend (?:us )?your (?:questions|pictures|stories)\b",
    r"\bdo you have (?:pictures|photos|a story)\b|\bour newsdesk\b",
    r"\bwere you there\b",
    r"\bwas this useful\b|\bgathers headlines\b",
    r"\bthank you for reading\b|\bend (?:of )?our live coverage\b",
    r"\bhow you can help\b|\bcalls cost\b|\btext [A-Z]{3,} to\b",
    r"\bподп(?:исывайтесь|ишитесь)|\bпідп(?:исуйтесь|ишіться)",
    r"\bнаш(?:ем|ого|ому)? (?:канал|telegram|телеграм|сайт)",
    r"\bчитайте также\b|\bчитайте також\b|\bдивіться також\b|\bслушайте\b|\bслухайте\b",
    r"\bв (?:нашем |нашому )?эфире\b|\b(?:нічному |нашому )?ефірі\b|\bефірну\b",
    r"\bопрос на нашем сайте\b|\bголосування на сайті\b",
    r"\bтрансляци\w+ .{0,40}(?:включим|ведём|начнётся)",
    r"\bприсылайте\b|\bнадсилайте\b",
    r"\bлея también\b|\blea también\b|\bsuscr[ií]b|\bsíganos\b|\bboletín\b",
    # service
    r"\bhotline\b|\btelephone (?:of|numbers?)\b",
    r"\bobserve the rules of safety\b|\bdo not publish the work\b",
    r"^нагаду(?:ємо|є)\b|\bнапоминаем\b",
    r"\bтелефон\w* (?:гаряч|экстрен|екстрен|горяч|довер|дові)|\bгарячої лінії\b",
    r"\bтермінові виклики\b|\bщоденне зведення\b|\bсводки публикуются\b",
    r"\bщоб не пропустити\b|\bчтобы не пропустить\b",
    r"\bгороскоп\b|\bкурс валют\b",
    r"\bрух (?:трамваїв|тролейбусів|автобусів|транспорту) .{0,40}(?:змінено|перекрито)",
    r"\bне игнорируйте\b|\bне ігноруйте\b",
    r"\btraffic restrictions will apply\b",
)
_FURNITURE = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES), re.IGNORECASE)


def is_furniture(paragraph: str) -> bool:
    """Whether a paragraph is no part of the article that it stands in.

    >>> is_furniture("(Reporting by A. Weaver; editing by B. Stone)")
    True
    >>> is_furniture("The governor was reporting by telephone from the shelter.")
    False
    """
    return _FURNITURE.search(paragraph) is not None
