"""The slots that a fact can fill, and the words that a closed slot can hold."""

from collections.abc import Collection, Mapping

STRIKE_SLOTS = (
    "killed",
    "injured",
    "missing",
    "children_killed",
    "place",
    "weapon",
    "target",
    "power_cut",
    "launched",
    "intercepted",
    "claimed_by",
    "blamed_on",
)
MEETING_SLOTS = ("status", "venue", "date", "participants", "mediator", "agenda item")
SLOTS = STRIKE_SLOTS + MEETING_SLOTS

NUMBER_SLOTS = frozenset(
    {"killed", "injured", "missing", "children_killed", "launched", "intercepted"}
)
"""Slots that hold whole numbers; ``power_cut`` holds one, or True."""

DEATHS = frozenset({"killed", "children_killed"})
HARMED = ("killed", "injured")
TOLLS = DEATHS | {"injured", "missing"}
"""Numbers of people: a fleet of drones is counted anew by the hour."""

FLEET = frozenset({"launched", "intercepted"})
"""Numbers of weapons: what a night's bulletin counts."""

EITHER_WAY = frozenset({"missing", "power_cut"})
"""Numbers that fall when things get better, without anyone being corrected."""

SINGLE = frozenset({"status", "venue", "date"})
"""Slots of one current value that a newer one replaces."""

_SET_BY_MEETING = ("venue", "date", "status")

IMMATERIAL_SLOTS = frozenset(
    {"place", "weapon", "launched", "intercepted", "blamed_on"}
)
"""Slots that give no alert on their own unless a topic file says so."""

_OF_MEETINGS = frozenset({"venue"})
_OF_STRIKES = frozenset({"weapon", "target", "launched", "intercepted"})

SLOT_VALUES: Mapping[str, tuple[str, ...]] = {
    "weapon": (
        "drone",
        "missile",
        "ballistic missile",
        "cruise missile",
        "glide bomb",
        "artillery",
        "rocket",
        "air strike",
    ),
    "target": (
        "energy",
        "residential",
        "hospital",
        "school",
        "port",
        "rail",
        "oil and gas",
        "industry",
        "military",
        "government",
        "water",
    ),
    "status": (
        "proposed",
        "announced",
        "preparing",
        "confirmed",
        "postponed",
        "cancelled",
        "under way",
        "ended with agreement",
        "ended without agreement",
    ),
    "agenda item": (
        "ceasefire",
        "territory",
        "prisoner exchange",
        "sanctions",
        "security guarantees",
        "weapons supply",
        "nuclear",
    ),
}
"""The words of each closed slot; the other slots hold numbers, names or dates."""

BROADER: Mapping[str, str] = {
    "ballistic missile": "missile",
    "cruise missile": "missile",
    "glide bomb": "air strike",
}
"""The general word for a weapon, which says nothing new beside the exact one."""


_SPECIAL = "Special Envoy of "


def broader(value: str) -> str | None:
    """The general word for a weapon or an office, or None.

    >>> broader("glide bomb"), broader("Special Envoy of the United States")
    ('air strike', 'Envoy of the United States')
    """
    if value.startswith(_SPECIAL):
        return value.removeprefix("Special ")
    return BROADER.get(value)


def has_only_words(slots: Collection[str]) -> bool:
    """Whether a topic that asks for ``slots`` is of neither strikes nor meetings.

    What tells two of its events apart is then not in the facts. Tolls and places may
    be, of an accident, but half of the reports give none (`tests.quality`).
    """
    return _OF_MEETINGS.isdisjoint(slots) and _OF_STRIKES.isdisjoint(slots)


def in_order(slot: str) -> int:
    """Where a slot is taken within an article: the day and city before the status.

    A status is read in the light of the day that stands beside it.
    """
    return _SET_BY_MEETING.index(slot) if slot in _SET_BY_MEETING else -1


def is_number(slot: str) -> bool:
    """Whether a slot holds one figure."""
    return slot in NUMBER_SLOTS or slot == "power_cut"


def is_single(slot: str) -> bool:
    """Whether a slot holds one value, which a newer one replaces."""
    return slot in SINGLE or is_number(slot)
