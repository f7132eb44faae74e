"""Count voices, not echoes: who really says what an article says.

A wire's copy on ten sites is one voice; so are the feeds of one publisher, the sites
of one owner, and an outlet that tells what another has reported.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from detectors import urls
from detectors.identity import Same
from detectors.model import Article, Fact
from detectors.sheets import Value, open_sheet

_NO_OWNERS: Mapping[str, str] = {}
_SHARED_HOSTS = frozenset(
    {"feeds.feedburner.com", "medium.com", "news.google.com", "rss.app",
     "www.reddit.com", "www.youtube.com"}
)  # fmt: skip
"""Hosts of many publishers, who are told apart by the path alone."""

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_WORD = re.compile(r"\w+")
_KEYS = ("name", "hosts", "outlets")

Outlet: TypeAlias = tuple[str, str, str | None]
"""A feed's source, its URL, and the owner that the desk named; None: it named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """What is known of outlets beside their articles, as a desk wrote it down.

    Args:
        hosts: From a host to the owner that speaks through it and all hosts below it.
        names: From what others call an outlet, in small letters, to who speaks
            through it: its owner, or itself.
        owned: The same of the feeds whose owner the desk named: it knows them best.
    """

    hosts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    owned: Mapping[str, str] = field(default_factory=dict)

    def owner(self, article: Article) -> str | None:
        """Who speaks through an article's outlet, if that is somebody else."""
        source = _plain(article.source)
        if source in self.owned:
            return self.owned[source]
        host = urls.host(article.url)
        labels = host.split(".")
        above = (".".join(labels[start:]) for start in range(len(labels)))
        found = (self.hosts[name] for name in above if name in self.hosts)
        return next(found, None) or self.names.get(source)

    def over(self, others: "Outlets") -> "Outlets":
        """Both, and of what both know this one's word."""
        return Outlets(
            hosts={**others.hosts, **self.hosts}, names={**others.names, **self.names}
        )

    def beside(self, feeds: Iterable[Outlet]) -> "Outlets":
        """With the sources of ``feeds``: each speaks for its owner, or for itself."""
        named = [(_plain(source), source, owner) for source, _, owner in feeds]
        fed = {name: source for name, source, _ in named if name}
        owned = {name: owner for name, _, owner in named if name and owner}
        names = {**fed, **self.names, **owned}
        return Outlets(hosts=self.hosts, names=names, owned=owned)


NOTHING_KNOWN = Outlets()


def parse_owners(text: str, name: str) -> Outlets:
    """Read a file of owners.

    >>> owners = parse_owners('''
    ... owners:
    ... - name: Quay Media
    ...   hosts: [morningquay.test, eveningquay.test]
    ...   outlets: [Morning Quay]
    ... ''', "owners.yaml")
    >>> owners.hosts["eveningquay.test"], owners.names["morning quay"]
    ('Quay Media', 'Quay Media')

    Raises:
        SeedErrors: With every mistake, each with file, line and key.
    """
    top = open_sheet(text, name)
    keys = top.keys(("owners",))
    hosts: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in keys["owners"].rows() if "owners" in keys else ():
        group = row.keys(_KEYS)
        lacking = [key for key in ("name", "hosts") if key not in group]
        if lacking:
            row.complain(f"needs {' and '.join(lacking)}")
            continue
        owner = group["name"].text()
        names.setdefault(_plain(owner), owner)
        _belong(group["hosts"], owner, hosts, is_host=True)
        if "outlets" in group:
            _belong(group["outlets"], owner, names, is_host=False)
    if "owners" not in keys:
        top.complain("needs owners")
    top.sheet.check()
    return Outlets(hosts=hosts, names=names)


def _belong(value: Value, owner: str, to: dict[str, str], *, is_host: bool) -> None:
    """Write down that hosts, or outlets by name, belong to an owner; each to one."""
    for row in value.members():
        written = row.text()
        key = written.lower() if is_host else _plain(written)
        if not key:
            continue
        if is_host and not _HOST.fullmatch(key):
            row.complain(f"{written!r} is no host, such as news.example.org")
        elif to.get(key, owner) != owner:
            row.complain(f"{written!r} belongs to {to[key]} already")
        else:
            to[key] = owner


def voice(
    article: Article,
    facts: Iterable[Fact] = (),
    *,
    known: Iterable[str] = (),
    outlets: Outlets = NOTHING_KNOWN,
) -> str:
    """Who speaks through ``article``: its owner or source, or the outlet it relays.

    It relays an outlet if it lays every one of its attributed ``facts`` at the door
    of that one: among the ``known`` ones, that spoke before, or those of ``outlets``.
    """
    named = {_plain(fact.attribution) for fact in facts if fact.attribution}
    spoken = {_plain(name): name for name in known} if named else {}
    relayed = {_outlet(name, spoken, outlets.names) for name in named}
    if len(relayed) == 1 and (outlet := relayed.pop()):
        return outlet
    return outlets.owner(article) or article.source or urls.site(article.url)


def owners_of(feeds: Iterable[Outlet]) -> dict[str, str]:
    """From a source to its owner where the desk named one, else to its feed's host.

    "Meridian - World" and "Meridian - Business" are one publisher's on one host. An
    address without a name says nothing of who is behind it, nor does a shared host.
    """
    speakers = ((source, owner or _own_host(url)) for source, url, owner in feeds)
    return {source: speaker for source, speaker in speakers if speaker is not None}


def _own_host(url: str) -> str | None:
    """The host of a feed, where that is its publisher's."""
    host = urls.host(url)
    shared = host in _SHARED_HOSTS or ":" in host or host[-1:].isdecimal()
    return None if shared else host


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


def _outlet(
    named: str, spoken: Mapping[str, str], others: Mapping[str, str]
) -> str | None:
    """The outlet that an attribution names: "the Harbour Wire news agency".

    A name of one word must be all of it: "the Herald of the city" is another.
    """
    if outlet := spoken.get(named) or others.get(named):
        return outlet
    begun = _by_first_word(Same(others))
    within = [name for word in _WORD.findall(named) for name in begun.get(word, ())]
    told = (name for name in (*within, *spoken) if _is_within(name, named))
    longest = max(told, key=len, default="")
    return spoken.get(longest) or others.get(longest)


@lru_cache(maxsize=2)
def _by_first_word(names: Same[Mapping[str, str]]) -> Mapping[str, list[str]]:
    """Names of several words, by the first: of 5,000 feeds few begin with a given one.

    To look for each in every attribution took longer than all else of an article.
    """
    begun: dict[str, list[str]] = {}
    for name in names.value:
        if " " in name and (first := _WORD.search(name)):
            begun.setdefault(first[0], []).append(name)
    return begun


def _is_within(name: str, named: str) -> bool:
    """Whether a name of several words stands in an attribution, in whole words."""
    if " " not in name or name not in named:
        return False
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", named) is not None


def _plain(name: str) -> str:
    return name.casefold().removeprefix("the ").strip()
