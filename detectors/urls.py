"""One address, one spelling; the site of an address; tracking parameters off.

Feeds write addresses in every way there is. `link` makes one safe to show and to
fetch, `normalise` makes two spellings of one page equal (never shown, never
fetched), `site` tells whose page it is. None of them raises, whatever it is given.
"""

import re
import unicodedata
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

MAX_URL_CHARACTERS = 8_192  # longer ones are refused by common servers anyway

_SCHEMES = frozenset({"http", "https"})
_PORTS = {"http": 80, "https": 443}
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2066-\u2069"
                     r"\ufeff\ud800-\udfff]+")  # fmt: skip
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_FOREIGN = re.compile(  # with the letter before, which a mark may belong to
    r"(?:(?<!%)(?<!%[0-9A-F])[!-~])?(?:%[89A-F][0-9A-F])+"
)
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_UNSEEN = re.compile(  # what Unicode 15 calls format characters (Cf)
    r"[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_PLAIN = "".join(map(chr, range(0x21, 0x7F)))
_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa|ga|mc|vero|oly|wt|at|ns|guce|amp)_\w+|(?:fbc|gc|dc|msc|twc|ttc|"
    r"yc)lid|[gw]braid|igsh(?:id)?|_ga|_gl|_openstat|cmp(?:id)?|ocid|ncid|smid|smtyp|"
    r"xtor|ref|ref_?src|ref_?url|referrer|source|src|from|feature|share|partner|"
    r"campaign|ftag|guccounter|spm|rss|mkt_tok|s_cid|cid|ito|traffic_source|taid|amp|"
    r"outputtype",
    re.IGNORECASE,
)
_VALUED = re.compile(r"(?=[\w-]*\d)[\w-]+")  # linear, and feeds hold many
# Words that also name a page ("?from=2026-03-01"): kept where a digit follows.
_AMBIGUOUS = frozenset({"source", "src", "from", "ref", "share", "feature", "cid"})
_FRONT_LABEL = re.compile(r"^(?:www\d?|m|mobile|amp|mail)\.(?=[^.]+\.[^.]+)")
_AMP_END = re.compile(r"(?:/amp|\.amp)(?=/?$)|(?<=/)amp/(?=.)|\.amp(?=\.html?$)")
_AMP_CACHE = re.compile(
    r"^(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[vc])/(?:s/)?(.+)$"
)
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "gouv", "govt", "in", "info", "int",
     "kiev", "kyiv", "mil", "ne", "net", "nom", "or", "org", "press"}
)  # fmt: skip
_COUNTRY = 2  # letters in the last label of a national address


def link(url: str, *, base: str = "") -> str:
    """Make ``url`` one that can be shown and fetched; "" where it is none.

    Only http and https survive; a name and password in front of the host are
    taken out, blanks and controls are encoded, and the host is told as DNS has it,
    so that look-alike letters show.

    >>> link("/news/1?a=b c", base="https://wire.test/rss")
    'https://wire.test/news/1?a=b%20c'
    >>> link("javascript:alert(1)")
    ''
    """
    trimmed = _BLANKS.sub(" ", url[: MAX_URL_CHARACTERS * 2]).strip()
    try:
        parts = urlsplit(urljoin(base, trimmed) if base else trimmed)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES or not _HOST.fullmatch(host):
        return ""
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    made = urlunsplit(
        (
            parts.scheme,
            netloc,
            _encoded(parts.path or "/"),
            _encoded(parts.query),
            _encoded(parts.fragment),
        )
    )
    return made if len(made) <= MAX_URL_CHARACTERS else ""


def normalise(url: str) -> str:
    """Give every spelling of one page the same form, to compare by.

    Scheme, ``www.``, ``m.`` and AMP twins, letter case of the host, default
    ports, fragments, tracking parameters, the order of parameters, percent
    spelling, how a letter is composed, what has no width and a last slash make no
    difference. What is no web address comes back without blanks.

    >>> normalise("HTTP://WWW.Wire.test:80/a%7eb/?utm_source=x&id=7#top")
    'https://wire.test/a~b?id=7'
    >>> normalise("https://www.google.com/amp/s/wire.test/story/amp")
    'https://wire.test/story'
    """
    solid = _BLANKS.sub("", url)
    clean = link(visible(url)) or link(solid)
    if not clean:
        return solid
    parts = _uncached(urlsplit(clean))
    host = _FRONT_LABEL.sub("", parts.netloc.lower().rstrip("."))
    path = _AMP_END.sub("", _escapes(parts.path)).rstrip("/")
    kept = sorted(
        _escapes(pair)
        for pair in parts.query.split("&")
        if pair and not _is_tracking(pair)
    )
    return urlunsplit(("https", host, path, "&".join(kept), ""))


def visible(text: str) -> str:
    """Without characters that show nothing: joiners, soft hyphens, directions."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def host(url: str) -> str:
    """The host of ``url`` in lower case; "" where there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def place(url: str) -> str:
    """The server behind ``url``: its host, and its port where that is no usual one.

    >>> place("https://Wire.test:443/rss"), place("http://wire.test:8080/rss")
    ('wire.test', 'wire.test:8080')
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return host(url)
    usual = port is None or port in _PORTS.values()
    return host(url) if usual else f"{host(url)}:{port}"


def site(url: str) -> str:
    """The name that one publisher registers: ``wire.test`` of ``live.wire.test``.

    A rule of thumb in place of the public suffix list: the last two labels, or
    three where the last but one is a class of names under a country.

    >>> site("https://www.news.co.uk/world"), site("https://live.wire.test:8080/")
    ('news.co.uk', 'wire.test')
    """
    name = _ascii(host(url))
    labels = name.split(".")
    if ":" in name or labels[-1].isdigit():
        return name
    national = len(labels[-1]) == _COUNTRY
    wide = len(labels) > _COUNTRY and national and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if wide else labels[-2:])


def _encoded(text: str) -> str:
    """Percent-encode what a header line could not carry; leave the rest alone."""
    return quote(text.strip(), safe="%/:?#[]@!$&'()*+,;=~|{}^`", errors="replace")


def _escapes(text: str) -> str:
    """RFC 3986 §6.2.2: upper-case escapes, unreserved characters plain."""
    return _FOREIGN.sub(_composed, _ESCAPE.sub(_escape, text))


def _composed(match: re.Match[str]) -> str:
    """Letters beyond ASCII in the one form that is canonical (NFC, RFC 3987 §5.3.2.2).

    What is no UTF-8 is left alone.
    """
    try:
        letters = unquote(match.group(), errors="strict")
    except UnicodeDecodeError:
        return match.group()
    return quote(unicodedata.normalize("NFC", visible(letters)), safe=_PLAIN)


def _escape(match: re.Match[str]) -> str:
    character = unquote(match.group())
    return character if character in _UNRESERVED else match.group().upper()


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    if not _TRACKING.fullmatch(name):
        return False
    return name.lower() not in _AMBIGUOUS or not _VALUED.fullmatch(value)


def _uncached(parts: SplitResult) -> SplitResult:
    """The page itself, where an address points to a copy in an AMP cache."""
    cached = _AMP_CACHE.match(f"{parts.netloc}{parts.path}")
    if not cached:
        return parts
    page = link(f"https://{cached.group(1)}?{parts.query}")
    return urlsplit(page) if page else parts


def _ascii(name: str) -> str:
    """The host as DNS writes it (IDNA); as it is where that cannot be done."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
