"""What the desk wants of one feed: checked before it is kept.

The store holds no secret, so that its backups, lists and logs hold none: where one is
needed, it is told where to find it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from detectors.credentials import is_reference, is_secret_header, secret_in
from detectors.durations import render_duration
from detectors.errors import MonitorError
from detectors.model import Feed, FeedWishes, WaitScope
from detectors.opml import SEPARATOR
from detectors.urls import link
from flows.web.manners import OURS

SHORTEST = timedelta(minutes=1)  # reliability row A47: no feed is asked more often
LONGEST = timedelta(days=31)  # as long as a server may ask us to wait
MAX_WEIGHT = 100.0
CLEARED = (
    "interval", "headers", "agent", "proxy", "weight", "owner", "waits", "dates-only",
    "ca", "tags", "why",
)  # fmt: skip
"""What can be taken back, by the names of the options that set it."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_LINE = re.compile(r"[\x20-\x7e]{1,1000}")
_NONE = FeedWishes()
_COLUMNS: dict[str, Any] = {"interval": None, "owner": None, "tags": ()}
_FIELDS = {"dates-only": "dates_only", "ca": "authority"}


class WishError(MonitorError):
    """A setting of a feed cannot be kept; says which, why, and what to do."""

    what = "setting of the feed is wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of a feed's settings; None and () leave a thing as it is.

    Args:
        headers: By name; values as in `FeedWishes`.
        tags: In place of those it has.
        cleared: What is to be as for all feeds again, of `CLEARED`; before the rest.
    """

    interval: timedelta | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    agent: str | None = None
    proxy: str | None = None
    authority: str | None = None
    waits: WaitScope | None = None
    dates_only: bool | None = None
    weight: float | None = None
    why: str | None = None
    cleared: Iterable[str] = ()


def wished(feed: Feed, changes: Changes) -> Feed:
    """The feed as it is to be.

    Raises:
        WishError: Something cannot be kept.
    """
    _check(changes)
    cleared = _cleared(feed, changes.cleared)
    wishes = cleared.wishes
    stated = {
        name: value
        for name in ("agent", "proxy", "authority", "waits", "dates_only", "weight")
        if (value := getattr(changes, name)) is not None
    }
    if changes.why is not None:
        stated["why"] = " ".join(changes.why.split())
    headers = {**wishes.headers, **changes.headers}
    return replace(
        cleared,
        interval=changes.interval or cleared.interval,
        owner=" ".join((changes.owner or "").split()) or cleared.owner,
        tags=tuple(dict.fromkeys(map(_tag, changes.tags))) or cleared.tags,
        wishes=replace(wishes, headers=headers, **stated),
    )


def settings_of(feed: Feed) -> dict[str, object]:
    """What the desk wants of a feed, for ``--json``; None is as for all feeds."""
    wishes = feed.wishes
    return {
        "interval": render_duration(feed.interval) if feed.interval else None,
        "owner": feed.owner,
        "tags": list(feed.tags),
        "why": wishes.why,
        "headers": dict(wishes.headers),
        "agent": wishes.agent,
        "proxy": wishes.proxy,
        "ca": wishes.authority,
        "waits": wishes.waits.value if wishes.waits else None,
        "dates_only": wishes.dates_only,
        "weight": wishes.weight,
    }


def said(feed: Feed) -> str:
    """The same in a sentence's words; "" where it is as for all feeds."""
    usual = settings_of(replace(feed, interval=None, owner=None, tags=(), wishes=_NONE))
    return "; ".join(
        name if value is True else f"{name.replace('_', ' ')} {_plain(value)}"
        for name, value in settings_of(feed).items()
        if value != usual[name]
    )


def _plain(value: object) -> str:
    match value:
        case dict():
            return ", ".join(f"{name}={own}" for name, own in value.items())
        case list():
            return ", ".join(map(str, value))
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def _cleared(feed: Feed, names: Iterable[str]) -> Feed:
    for name in names:
        if name in _COLUMNS:
            feed = replace(feed, **{name: _COLUMNS[name]})
        else:
            own = _FIELDS.get(name, name)
            usual: dict[str, Any] = {own: getattr(_NONE, own)}
            feed = replace(feed, wishes=replace(feed.wishes, **usual))
    return feed


def _check(changes: Changes) -> None:
    for name, value in changes.headers.items():
        _check_header(name, value)
    if changes.agent is not None and not _LINE.fullmatch(changes.agent):
        raise WishError("--agent", "one line of plain letters")
    if changes.proxy is not None:
        _check_proxy(changes.proxy)
    if changes.weight is not None and not 0 < changes.weight <= MAX_WEIGHT:
        raise WishError("--weight", f"a number above 0, up to {MAX_WEIGHT:g}")
    if changes.interval is not None and not SHORTEST <= changes.interval <= LONGEST:
        raise WishError("--interval", "from 1m to 31d")


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.fullmatch(name):
        raise WishError(f"--header {name[:40]}", "no name of a header: NAME=VALUE")
    if name.lower() in OURS:
        raise WishError(f"--header {name}", "written by Tocsin itself")
    if is_reference(value):
        return
    if is_secret_header(name):
        cure = (
            f"write --header {name}=env:NAME, or file:/path, and keep its value there"
        )
        raise WishError(f"--header {name}", f"its value would be kept: {cure}")
    if not _LINE.fullmatch(value):
        raise WishError(f"--header {name}", "its value is no line of plain letters")


def _check_proxy(proxy: str) -> None:
    if is_reference(proxy):
        return
    if secret_in(proxy):
        cure = "write --proxy env:NAME, or file:/path, and keep its address there"
        raise WishError("--proxy", f"its password would be kept: {cure}")
    if not link(proxy):
        raise WishError("--proxy", "no address such as http://proxy.example.org:3128")


def _tag(written: str) -> str:
    """One spelling of a tag: folders without blanks around them."""
    names = (" ".join(name.split()) for name in written.split(SEPARATOR))
    tag = SEPARATOR.join(name for name in names if name)
    if not tag:
        raise WishError("--tag", "a name, such as Ukraine/Agencies")
    return tag
