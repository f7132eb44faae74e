"""Count voices, not echoes: who really says what an article says.

A wire's copy on ten sites is one voice; so are the sister sites of one owner, and
an outlet that tells what another has reported.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from detectors.model import Article, Fact

_SHARED_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "in", "kiev", "kyiv", "net", "org", "or"}
)
_COUNTRY_LETTERS = 2
_NO_OWNERS: Mapping[str, str] = {}


def site(url: str) -> str:
    """The registrable domain of a URL: one publisher, whatever the subdomain.

    Known without the Public Suffix List: two labels, or three under a country's
    shared second level.

    >>> site("https://m.news.meridian.test/a?utm_source=x"), site("http://a.b.co.uk/")
    ('meridian.test', 'b.co.uk')
    """
    labels = (urlsplit(url).hostname or "").strip(".").split(".")
    shared = (
        len(labels) > _COUNTRY_LETTERS
        and len(labels[-1]) == _COUNTRY_LETTERS
        and labels[-2] in _SHARED_SECOND_LEVEL
    )
    return ".".join(labels[-3:] if shared else labels[-2:])


def voice(
    article: Article,
    facts: Iterable[Fact] = (),
    *,
    known: Iterable[str] = (),
    owners: Mapping[str, str] = _NO_OWNERS,
) -> str:
    """Who speaks through ``article``: an owner, a site, or the outlet it relays.

    Args:
        article: Who prints it.
        facts: What it states; if every attributed one is laid at the door of one
            outlet among ``known``, it relays that outlet.
        known: Names and sites of outlets that spoke before.
        owners: From a site or source name to the group that owns it.
    """
    outlets = {name.casefold(): name for name in (*known, *owners)}
    named = [fact.attribution.casefold() for fact in facts if fact.attribution]
    relayed = {outlets.get(_plain(name)) for name in named}
    speaker = site(article.url) or article.source
    if len(relayed) == 1 and (outlet := relayed.pop()):
        speaker = outlet
    elif article.source in owners:
        speaker = article.source
    return owners.get(speaker, speaker)


def independent(
    sources: Iterable[str], *, owners: Mapping[str, str] = _NO_OWNERS
) -> tuple[str, ...]:
    """The voices among ``sources``, each once, in order of their first word."""
    return tuple(dict.fromkeys(owners.get(source, source) for source in sources))


def _plain(name: str) -> str:
    return name.removeprefix("the ").strip()
