"""Count voices, not echoes: who really says what an article says.

A wire's copy on ten sites is one voice; so are the feeds of one publisher, and an
outlet that tells what another has reported.
"""

from collections.abc import Iterable, Mapping

from detectors import urls
from detectors.model import Article, Fact, Feed

_NO_OWNERS: Mapping[str, str] = {}
_SHARED_HOSTS = frozenset(
    {"feeds.feedburner.com", "medium.com", "news.google.com", "rss.app",
     "www.reddit.com", "www.youtube.com"}
)  # fmt: skip
"""Hosts of many publishers, who are told apart by the path alone."""


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
    return article.source or urls.site(article.url)


def owners_of(feeds: Iterable[Feed]) -> dict[str, str]:
    """From a source to the host that its feed stands on.

    "Meridian - World" and "Meridian - Business" are one publisher's on one host. An
    address without a name says nothing of who is behind it, nor does a shared host.
    """
    hosts = ((feed.source, urls.host(feed.url)) for feed in feeds)
    return {
        source: host
        for source, host in hosts
        if not (host in _SHARED_HOSTS or ":" in host or host[-1:].isdecimal())
    }


def independent(
    sources: Iterable[str], *, owners: Mapping[str, str] = _NO_OWNERS
) -> tuple[str, ...]:
    """The sources that speak for themselves, by name, in order of their first word.

    Args:
        sources: Who told a story, as `voice` names them.
        owners: From a source to who speaks through it, as `owners_of` tells:
            sources of one owner are one voice, the first of them.
    """
    voices: dict[str, str] = {}
    for source in sources:
        voices.setdefault(owners.get(source, source), source)
    return tuple(voices.values())


def _plain(name: str) -> str:
    return name.casefold().removeprefix("the ").strip()
