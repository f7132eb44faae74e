"""Pages that look like articles and are none: walls before the text, and teasers.

What a wall says to its reader, in the languages that a desk meets most. Phrases,
not words: an article may well be about cookies, passwords or robots.
"""

import re
from enum import StrEnum

LEAST_TEXT = 120  # characters; fewer are a caption or a notice
LEAST_LETTERS = 60  # of them; fewer are the lines of a table without its words
SHORT_TEXT = 1_500  # characters; walls are short, articles on cookies are not
REST_TEXT = 240  # characters beside a wall's phrases; more is an article below a banner
FEED_SHARE = 0.6  # of the feed's own text; a page with less was cut
CUT_TEXT = 400  # characters; fewer that break off are a teaser
CLOSING_TEXT = 350  # characters at the end, where a teaser asks for more


class Refusal(StrEnum):
    """Why a page is no article."""

    EMPTY = "empty"
    SITE = "site text"
    BLOCKED = "blocked"
    COOKIES = "cookie wall"
    LOGIN = "login"
    TEASER = "teaser"


WALLS = frozenset({Refusal.BLOCKED, Refusal.COOKIES, Refusal.LOGIN, Refusal.SITE})
"""Of whose text nothing is the article's; what is empty or a teaser says a little."""


def _any(phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases.strip().splitlines()), re.IGNORECASE)


_BLOCKED = _any(
    r"""
(?:enable|turn on|activate) javascript
javascript is (?:disabled|required|not enabled)
verify(?:ing)? (?:that )?you(?:'re| are) (?:a )?human
(?:i am|i'm|you're|you are) not a robot
checking your browser
unusual (?:traffic|activity) from your
access (?:to this page )?(?:is |has been )?denied
pardon our interruption
being rate limited
not available in your (?:region|country)
(?:включите|увімкніть|включіть) javascript
(?:habilita|habilite|active|activa) javascript
(?:підтвердіть|подтвердите),? що ви не робот
подтвердите,? что вы не робот
"""
)
_COOKIES = _any(
    r"""
accept (?:all )?(?:the )?cookies
we (?:and our (?:\d+ )?(?:partners|vendors) )?(?:use|store)[^.\n]{0,40} cookies
your (?:privacy|cookie) (?:choices|settings|preferences)
manage (?:my )?cookies
(?:принять|прийняти) (?:все |всі |усі )?(?:cookie|куки|файли|файлы)
(?:використовуємо|используем) (?:файли |файлы )?(?:cookie|куки)
(?:aceptar|utilizamos|usamos) (?:todas las )?cookies
(?:accepter|utilisons) (?:tous )?(?:les |des )?cookies
cookies? (?:akzeptieren|zustimmen)
"""
)
_LOGIN = _any(
    r"""
(?:log|sign) ?in to (?:your|continue|read|view)
(?:log|sign) ?in with (?:google|facebook|apple)
forgot(?:ten)? (?:your )?password
(?:sent you a|sending you a) (?:verification|confirmation) e-?mail
activate your (?:account|profile)
create (?:a|an|your) (?:free )?account
(?:увійдіть|войдите|авторизуйтесь|авторизуйтеся)[^.\n]{0,40}(?:щоб|чтобы)
(?:забули|забыли) пароль
inicia(?:r)? sesión para
olvidaste tu contraseña
melden sie sich an, um
passwort vergessen
mot de passe oublié
"""
)
_SITE = _any(
    r"""
(?:your )?(?:notification|subscription|preferences?) ha(?:s|ve) been saved
thank(?:s| you) for (?:registering|subscribing|signing up)
(?:get|receive) (?:e-?mail|breaking news) (?:notifications|alerts)
e-?mail(?: notification)?s are only sent
complete your registration
sign in to update your
update your (?:profile|preferences)
(?:e-?mail )?address to which you will (?:have|receive)
add a location to your
delete your (?:location|browsing) history
sign up for (?:our|the|free)[^.\n]{0,40}(?:newsletter|alerts)
(?:спасибо|дякуємо) за (?:регистрацию|подписку|реєстрацію|підписку)
(?:gracias por|completa(?:r)? tu) (?:registrarte|suscribirte|registro)
merci de votre (?:inscription|abonnement)
danke für ihre (?:anmeldung|registrierung)
"""
)
_SAID = (
    (Refusal.BLOCKED, _BLOCKED),
    (Refusal.COOKIES, _COOKIES),
    (Refusal.LOGIN, _LOGIN),
    (Refusal.SITE, _SITE),
)
_ASKS_FOR_MORE = _any(
    r"""
(?:continue|keep) reading\b
read the (?:full|rest|entire|whole)\b
subscribe (?:now |today )?(?:to (?:read|continue|unlock|get)|for full)
(?:for|to) subscribers only
subscriber[- ]only
exclusive(?:ly)? (?:to|for) (?:our )?subscribers
already (?:a |have )?(?:a )?(?:subscriber|subscription|member)
this (?:article|content|story) is (?:reserved|only|for (?:our )?(?:subs|mem|reg))
you have reached your (?:limit|free)
(?:start|begin) your (?:free )?trial
(?:читати|читать) (?:далі|дальше|повністю|полностью|далее)
(?:лише|тільки|только) для (?:передплатник|підписник|подписчик)
(?:оформіть|оформите) (?:перед|під|под)
(?:suscríbete|suscríbase|sólo|solo) para (?:leer|seguir|suscriptores)
contenido exclusivo para
sigue leyendo
réservée?s? aux abonnés
abonnieren,? (?:und |sie )?(?:weiter)?lesen
(?:jetzt|hier) weiterlesen
mit [^.\n]{0,24}\+ weiterlesen
"""
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5  # letters that a word keeps in whatever case it stands
_TELLING = 3  # words of a title that say what it is about: fewer tell too little
_BY_CHANCE = 0.25  # of a title's words in a text of something else: 69 pages of a site
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*$")


def refuse(text: str, *, feed_text: str = "") -> Refusal | None:
    """Say why ``text`` is no article; None for one.

    Args:
        text: What stood on the page without its furniture.
        feed_text: What the feed said of the same article.
    """
    if len(text) < SHORT_TEXT:
        for refusal, phrases in _SAID:
            if phrases.search(text) and _besides(text, phrases) < REST_TEXT:
                return refusal
        closing = max(0, len(text) - CLOSING_TEXT)
        if _ASKS_FOR_MORE.search(text, closing) or _LOGIN.search(text, closing):
            return Refusal.TEASER
    if len(text) < LEAST_TEXT or sum(map(str.isalnum, text)) < LEAST_LETTERS:
        return Refusal.EMPTY
    if len(text) < FEED_SHARE * len(feed_text):
        return Refusal.TEASER
    if len(text) < CUT_TEXT and _CUT_OFF.search(text):
        return Refusal.TEASER
    return None


def is_site_text(title: str, text: str) -> bool:
    """Whether a text that stood on another page of its site is the site's own.

    A short one that does not tell of what its title does: an article that is printed
    under two addresses does.

    >>> is_site_text("Mill burns in Ostrava", "CBS 2 is part of a division of CBS.")
    True
    """
    words = {word[:_STEM].casefold() for word in _WORD.findall(title)}
    said = {word[:_STEM].casefold() for word in _WORD.findall(text)}
    if len(words) < _TELLING or len(text) >= SHORT_TEXT:
        return False
    return len(words & said) <= _BY_CHANCE * len(words)


def _besides(text: str, phrases: re.Pattern[str]) -> int:
    """How many characters stand in paragraphs that say none of the phrases."""
    return sum(len(part) for part in text.split("\n\n") if not phrases.search(part))
