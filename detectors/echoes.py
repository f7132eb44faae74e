"""Which unseen entries of a feed repeat one that is known, under another id.

An address in one spelling together with its title makes the same entry. Where a site
has moved, with new ids and new addresses throughout, a title together with its date
does. A title alone never does: two stories may share one.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from detectors import urls
from detectors.model import FeedEntry, Outcome, Stated

UNREAD = (Outcome.BASELINE, Outcome.QUARANTINED)  # whose pages nobody asked for
MOVED_LEAST = 3  # entries, and half of the unseen: fewer may be alike by chance

Original: TypeAlias = Stated | FeedEntry
_Titled: TypeAlias = Mapping[str, Sequence[Stated]]


def find_echoes(
    listed: Sequence[FeedEntry], known: Mapping[str, Stated]
) -> Mapping[str, Original]:
    """Find the original of each entry that repeats one; by the entry's id.

    Args:
        listed: All entries of a document.
        known: What its feed stated before, by id.

    Returns:
        Of unseen entries only. An original is known, or the first of the document.
    """
    unseen = [entry for entry in listed if entry.entry_id not in known]
    if not unseen:
        return {}
    titled: defaultdict[str, list[Stated]] = defaultdict(list)
    for each in known.values():
        titled[folded(each.title)].append(each)
    echoes: dict[str, Original] = {}
    firsts: dict[tuple[str, str], FeedEntry] = {}
    for entry in unseen:
        original: Original | None = _at_place(entry, titled)
        if original is None and entry.url:
            place = urls.normalise(entry.url), folded(entry.title)
            first = firsts.setdefault(place, entry)
            original = None if first is entry else first
        if original is not None:
            echoes[entry.entry_id] = original
    if echoes or len(unseen) < len(listed):
        return echoes
    return _moved(unseen, titled)


def folded(title: str) -> str:
    r"""A title without regard to case, space, composition and what shows nothing.

    >>> folded("CAFE\u0301  \u200bfire") == folded("caf\u00e9 fire")
    True
    """
    plain = unicodedata.normalize("NFKC", urls.visible(title)).casefold()
    return " ".join(plain.split())


def _at_place(entry: FeedEntry, titled: _Titled) -> Stated | None:
    """The known entry of the same address and title; one that is unread, if any."""
    place = urls.normalise(entry.url) if entry.url else ""
    same = [
        each
        for each in titled.get(folded(entry.title), ())
        if place and each.url and urls.normalise(each.url) == place
    ]
    return next((e for e in same if e.outcome in UNREAD), next(iter(same), None))


def _moved(unseen: Sequence[FeedEntry], titled: _Titled) -> Mapping[str, Original]:
    """Entries of a site that moved, each with the one it was, by title and date."""
    left = {title: list(same) for title, same in titled.items() if title}
    moved = dict(_paired(unseen, left))
    if len(moved) < max(MOVED_LEAST, len(unseen) / 2):
        return {}
    return moved


def _paired(
    unseen: Sequence[FeedEntry], left: Mapping[str, list[Stated]]
) -> Iterator[tuple[str, Stated]]:
    """Each entry with one that it may have been; none is given twice."""
    for entry in unseen:
        same = left.get(folded(entry.title), [])
        dated = (each for each in same if each.published_at == entry.published_at)
        original = next(dated, None)
        if original is not None:
            same.remove(original)
            yield entry.entry_id, original
