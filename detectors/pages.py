"""HTML → article: text, title, date; refuses what is no article and says why.

trafilatura's fast run reads a news page in 19 ms, its full run in 23; the fast one
loses 0.7 points of F1 on news, all of it where it finds little. So the full run
follows only there. A teaser, a cookie wall or a login page is worse than the
feed's own text, for it looks like an article and is none.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum

from trafilatura import bare_extraction
from trafilatura.settings import Document

from detectors.feeds import EARLIEST_YEAR
from detectors.markup import one_line
from detectors.model import Page

LITTLE_TEXT = 400  # characters; fewer, and the full run is tried
LEAST_TEXT = 120  # characters; fewer are a caption or a notice
SHORT_TEXT = 1_500  # characters; walls are short, articles on cookies are not
FEED_SHARE = 0.6  # of the feed's own text; a page with less was cut
CLOSING_TEXT = 350  # characters at the end, where a teaser asks for money

_LANGUAGE = re.compile(
    rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE
)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES = 4_096


class Refusal(StrEnum):
    """Why a page is no article."""

    EMPTY = "empty"
    BLOCKED = "blocked"
    COOKIES = "cookie wall"
    LOGIN = "login"
    TEASER = "teaser"


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# What a wall says to its reader, in the languages that a desk meets most. Phrases,
# not words: an article may well be about cookies, passwords or robots.
_WALLS: tuple[tuple[Refusal, re.Pattern[str]], ...] = (
    (Refusal.BLOCKED, _any(
        r"(?:enable|turn on|activate) javascript", r"javascript is (?:disabled|required)",
        r"verify(?:ing)? (?:that )?you(?:'re| are) (?:a )?human", r"not a robot\b",
        r"checking your browser", r"unusual (?:traffic|activity) from your",
        r"access (?:to this page )?(?:is |has been )?denied", r"pardon our interruption",
        r"(?:включите|увімкніть) javascript", r"(?:habilita|active|activa) javascript",
        r"(?:you are|you.re) being rate limited", r"not available in your (?:region|country)",
    )),
    (Refusal.COOKIES, _any(
        r"accept (?:all )?(?:the )?cookies", r"we(?: and our \d* ?(?:partners|vendors))?,? "
        r"(?:and our partners )?(?:use|store) (?:and/or access )?(?:information|cookies)",
        r"your (?:privacy|cookie) (?:choices|settings|preferences)", r"manage cookies",
        r"(?:принять|прийняти|приймаю) (?:все|всі|усі)? ?(?:cookie|куки|файли|файлы)",
        r"використовуємо (?:файли )?cookie", r"используем (?:файлы )?(?:cookie|куки)",
        r"(?:aceptar|utilizamos|usamos) (?:todas las )?cookies", r"alle akzeptieren",
        r"(?:accepter|utilisons) (?:et fermer|des cookies|tout)", r"cookies? zustimmen",
    )),
    (Refusal.LOGIN, _any(
        r"(?:log|sign) ?in (?:to (?:your|continue|read|view)|with (?:google|facebook|apple))",
        r"forgot(?:ten)? (?:your )?password", r"create (?:a|an|your) (?:free )?account",
        r"remember me\b", r"(?:увійдіть|войдите|авторизуйтес[ья])[^.]{0,40}(?:щоб|чтобы)",
        r"(?:забули|забыли) пароль", r"inicia(?:r)? sesión para", r"olvidaste tu contraseña",
        r"melden sie sich an", r"passwort vergessen", r"mot de passe oublié",
    )),
)  # fmt: skip
_ASKS_FOR_MORE = _any(
    r"(?:continue|keep) reading\b", r"read (?:the )?(?:full|rest|entire|whole)\b",
    r"subscribe (?:now |today )?(?:to (?:read|continue|unlock|get)|for full)",
    r"(?:for|to) subscribers only", r"subscriber[- ]only", r"exclusive(?:ly)? (?:to|for) "
    r"(?:our )?subscribers", r"already (?:a |have )?(?:a )?(?:subscriber|subscription|member)",
    r"this (?:article|content|story) is (?:reserved|only|for (?:our )?(?:subs|mem|reg))",
    r"you have reached your (?:limit|free)", r"(?:start|begin) your (?:free )?trial",
    r"(?:читати|читать) (?:далі|дальше|повністю|полностью|далее)",
    r"(?:лише|тільки|только) для (?:передплатник|підписник|подписчик)",
    r"(?:оформіть|оформите) (?:перед|під|под)", r"(?:suscr[ií]b\w+|sólo|solo) para "
    r"(?:leer|seguir|suscriptores)", r"contenido exclusivo para", r"sigue leyendo",
    r"(?:réservé|réservée)s? aux abonnés", r"abonnieren(?: und| sie|,)? (?:weiter)?lesen",
    r"(?:jetzt|hier) weiterlesen", r"mit [^.\n]{0,24}\+ weiterlesen",
)  # fmt: skip
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")


def read_page(
    body: bytes,
    *,
    url: str,
    charset: str | None = None,
    feed_title: str = "",
    feed_text: str = "",
    feed_published_at: datetime | None = None,
) -> Page:
    """Read the article on a page.

    Args:
        body: The page as it came, once decompressed.
        url: Where it was found.
        charset: What the server said the encoding is, if it did.
        feed_title: The feed's title, which is used where it is not empty.
        feed_text: The feed's own text, to tell a teaser by.
        feed_published_at: The feed's date, which is used where it is known.

    Returns:
        Paragraphs parted by a blank line. With a ``refusal`` the text is what the
        page had to say, for a look by hand.
    """
    wants_metadata = not (feed_title and feed_published_at)
    document = _extract(_decoded(body, charset), url, len(feed_text), wants_metadata)
    text = _paragraphs(document.text) if document else ""
    return Page(
        url=url,
        title=feed_title or one_line((document.title if document else "") or ""),
        text=text,
        language=_language(body),
        published_at=feed_published_at or _date(document.date if document else None),
        refusal=(refuse(text, feed_text=feed_text) or ""),
    )


def refuse(text: str, *, feed_text: str = "") -> Refusal | None:
    """Say why ``text`` is no article; None for one.

    Args:
        text: What stood on the page without its furniture.
        feed_text: What the feed said of the same article.
    """
    if len(text) < SHORT_TEXT:
        for refusal, phrases in _WALLS:
            if phrases.search(text):
                return refusal
        if _ASKS_FOR_MORE.search(text, max(0, len(text) - CLOSING_TEXT)):
            return Refusal.TEASER
    if len(text) < LEAST_TEXT:
        return Refusal.EMPTY
    if len(text) < FEED_SHARE * len(feed_text):
        return Refusal.TEASER
    if len(text) < LITTLE_TEXT and _CUT_OFF.search(text):
        return Refusal.TEASER
    return None


def _extract(
    source: str | bytes, url: str, feed_characters: int, wants_metadata: bool
) -> Document | None:
    """The fast run; the full one as well where that finds little."""
    fast = _run(source, url, fast=True, with_metadata=wants_metadata)
    found = len(fast.text or "") if fast else 0
    if found >= max(LITTLE_TEXT, FEED_SHARE * feed_characters):
        return fast
    full = _run(source, url, fast=False, with_metadata=wants_metadata)
    return full if full and len(full.text or "") > found else fast


def _run(
    source: str | bytes, url: str, *, fast: bool, with_metadata: bool
) -> Document | None:
    try:
        document = bare_extraction(
            source,
            url=url,
            fast=fast,
            with_metadata=with_metadata,
            include_comments=False,
        )
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError):
        return None  # a page that breaks the extractor is an empty one
    return document if isinstance(document, Document) else None


def _decoded(body: bytes, charset: str | None) -> str | bytes:
    """Text where an encoding is stated and fits; else the extractor shall guess."""
    stated = _CHARSET.search(body[:_HEAD_BYTES])
    names = (charset, stated.group(1).decode("ascii", "replace") if stated else None)
    for name in filter(None, names):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body


def _paragraphs(text: str | None) -> str:
    lines = (" ".join(line.split()) for line in (text or "").splitlines())
    return "\n\n".join(line for line in lines if line)


def _language(body: bytes) -> str | None:
    """What the page claims its language is: a hint, often a template's."""
    stated = _LANGUAGE.search(body[:_HEAD_BYTES])
    return stated.group(1).decode("ascii").lower() if stated else None


def _date(stated: str | None) -> datetime | None:
    """The day that the page gives, at midnight UTC; trafilatura knows no hour."""
    try:
        moment = datetime.fromisoformat(stated or "")
    except ValueError:
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment if moment.year >= EARLIEST_YEAR else None
