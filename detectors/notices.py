"""Notices as they are told: what came at once and of one kind goes in one message.

Where our own connection fails, every feed does. A message a feed would be a flood,
and none of them true.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detectors.model import Notice, NoticeKind

NAMED = 10  # of one message; the rest is counted

_MANY = {
    NoticeKind.FAILING: "sources fail",
    NoticeKind.SILENT: "sources are silent",
    NoticeKind.GONE: "sources are gone for good",
    NoticeKind.EMPTY: "sources list nothing any more",
    NoticeKind.FLOOD: "sources listed too much at once",
    NoticeKind.GAP: "sources may have listed more than we saw",
    NoticeKind.MOVED: "sources have moved",
    NoticeKind.DISTRUSTED: "sources say “not modified” when they are not",
    NoticeKind.MODEL: "models had to be fitted anew",
    NoticeKind.CHANNEL: "channels take no messages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message.

    Args:
        name: By which its notices go together, and their ends after them.
        headline: What it says in a line.
        details: A line each for what it says of many; () where the headline says all.
        notices: That it tells, or whose end.
        is_end: What it told is over.
    """

    name: str
    headline: str
    details: tuple[str, ...]
    notices: tuple[Notice, ...]
    is_end: bool = False


def tellings(untold: Iterable[Notice]) -> tuple[Telling, ...]:
    """Put what is to be told into messages, ends after what they end.

    Args:
        untold: Notices that nobody was told of, and those that were and are over.
    """
    begun: dict[str, list[Notice]] = {}
    ended: dict[str, list[Notice]] = {}
    for notice in untold:
        if notice.told_as is None:
            begun.setdefault(notice.kind, []).append(notice)
        else:
            ended.setdefault(notice.told_as, []).append(notice)
    return (
        *(_begun(notices) for notices in begun.values()),
        *(_ended(name, notices) for name, notices in ended.items()),
    )


def _begun(notices: Sequence[Notice]) -> Telling:
    first = notices[0]
    texts = [notice.text for notice in notices]
    many = f"{len(notices)} {_MANY[first.kind]}"
    return Telling(
        name=f"notice:{first.id}",
        headline=texts[0] if len(texts) == 1 else many,
        details=_listed(texts),
        notices=tuple(notices),
    )


def _ended(name: str, notices: Sequence[Notice]) -> Telling:
    texts = [notice.ending or f"over: {notice.text}" for notice in notices]
    many = f"over for {len(notices)} of them"
    return Telling(
        name=name,
        headline=texts[0] if len(texts) == 1 else many,
        details=_listed(texts),
        notices=tuple(notices),
        is_end=True,
    )


def _listed(texts: Sequence[str]) -> tuple[str, ...]:
    """The first of many, and how many more; none where one says all."""
    if len(texts) == 1:
        return ()
    more = len(texts) - NAMED
    return (*texts[:NAMED], *((f"and {more} more",) if more > 0 else ()))
