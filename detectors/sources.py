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
    article: Article, facts: Iterable[Fact] = (), *, known: Iterable[str] = ()
) -> str:
    """Who speaks through ``article``: its source, or the outlet that it relays.

    It relays an outlet among the ``known`` ones, that spoke before, if it lays every
    one of its attributed ``facts`` at that outlet's door.
    """
    outlets = {name.casefold(): name for name in known}
    named = (fact.attribution for fact in facts if fact.attribution)
    relayed = {outlets.get(_plain(name)) for name in named}
    if len(relayed) == 1 and (outlet := relayed.pop()):
        return outlet
    return article.source or site(article.url)


def independent(
    sources: Iterable[str], *, owners: Mapping[str, str] = _NO_OWNERS
) -> tuple[str, ...]:
    """The sources that speak for themselves, by name, in order of their first word.

    Args:
        sources: Who told a story, as `voice` names them.
        owners: From a source to the group, or the site, that speaks through it:
            sources of one owner are one voice, the first of them.
    """
    voices: dict[str, str] = {}
    for source in sources:
        voices.setdefault(owners.get(source, source), source)
    return tuple(voices.values())


def _plain(name: str) -> str:
    return name.casefold().removeprefix("the ").strip()
