"""Keys under which a running story is found: places, who meets, names, figures.

Work per article must not grow with what runs, so an article is compared only with the
stories that share a key with it, and with the few that changed last.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

import xxhash

from detectors.evidence import town
from detectors.model import StoryProfile
from detectors.recognition import WORDED, heaviest_first, states_kinds
from detectors.shared_words import NAME
from detectors.units import Unit

MAX_PARTIES = 6  # who meets, by name; more are a conference, found by its city
MAX_NAMES = 24  # the heaviest of a profile; an article in four has more
MAX_WORDS = 36  # the heaviest stems, where there is nothing else to go by
MAX_KEYS = 160  # an article's; a live blog of twelve parts has some 120


def keys(profile: StoryProfile, *, topic: str) -> tuple[int, ...]:
    """What a story of ``topic`` is found by, as 64-bit hashes, each once."""
    return _hashed(topic, _of_profile(profile, _heaviest(profile, names=True)))


def sought(parts: Iterable[Unit]) -> tuple[int, ...]:
    """What the parts of an article look for, as 64-bit hashes, each once.

    A name may be the place of another's story, so it looks for that too.
    """
    found: dict[int, None] = {}
    for part in parts:
        names = _heaviest(part.profile, names=True)
        named = (_place(name[1:]) for name in names)
        wanted = (*_of_profile(part.profile, names), *named)
        found.update(dict.fromkeys(_hashed(part.topic, wanted)))
    return tuple(found)[:MAX_KEYS]


def placed(places: Iterable[str], *, topic: str) -> tuple[int, ...]:
    """What a story of ``topic`` is found by that was at one of some places."""
    return _hashed(topic, map(_place, places))[:MAX_KEYS]


def _of_profile(profile: StoryProfile, names: Iterable[str]) -> tuple[str, ...]:
    parties = sorted(profile.parties)[:MAX_PARTIES]
    figures = (f"{slot}={value}" for slot, value in profile.numbers.items())
    bare = WORDED in profile.kinds or not (
        profile.figures or profile.parties or states_kinds(profile.kinds)
    )
    return (
        *map(_place, profile.places),
        *("+".join(pair) for pair in combinations(parties, 2)),
        *figures,
        *parties,
        *names,
        *(_heaviest(profile, names=False) if bare else ()),
    )


def _place(name: str) -> str:
    return f"in {town(name)}"


def _heaviest(profile: StoryProfile, *, names: bool) -> list[str]:
    some = [term for term in profile.terms if (term[0] == NAME) is names]
    return heaviest_first(some, profile.terms)[: MAX_NAMES if names else MAX_WORDS]


def _hashed(topic: str, words: Iterable[str]) -> tuple[int, ...]:
    return tuple(_hash(topic, word) for word in dict.fromkeys(words))


@lru_cache(maxsize=1 << 16)  # a story's names come again with each of its articles
def _hash(topic: str, word: str) -> int:
    return xxhash.xxh3_64_intdigest(f"{topic}|{word}".encode())
