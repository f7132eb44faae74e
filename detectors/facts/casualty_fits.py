"""Whether a frame of casualties is met where it asks for more than letters.

A pair has to be two people, somebody unknown has to come to harm, a number has to be
that of the harm beside it; and of those missing who were found nobody is.
"""

import re
from collections.abc import Callable, Mapping

from detectors.facts.casualty_children import has_pair
from detectors.facts.casualty_frames import DIES, FOUND_SINCE, HARM, OWN_NUMBER
from detectors.facts.shapes import WORD, Shape

_Asks = Callable[[Shape, "re.Match[str]"], bool]

BODIES = ("strikes.victims", "bodies")
_BODY = ("strikes.victims", "body")
_BEFORE = 4  # atoms from "the bodies of" to the missing whose they are
NOUNS = "strikes.nouns"
_SEARCH = "strikes.search"
_SOMEBODY = re.compile("[pPcCN]")
_COMES_FIRST = "kjmdiqG"
_TELLS_OF_PEOPLE = re.compile("[pPcCkjdiTJ]")


def fits(told: Shape, match: "re.Match[str]") -> bool:
    """Whether what a frame matched is told of people, and of these alone."""
    if told.letters[match.start()] in HARM and _is_out_of(told, match.start()):
        return False
    if _seeks_thing(told, match) or _has_own_number(told, match):
        return False
    if _is_of_another(told, match) or _is_led_to(told, match):
        return False
    if match.end() - match.start() > 1 and told.atoms[match.end() - 1].means(NOUNS):
        return False  # "the couple faces the loss of": who died stands behind it
    return all(
        asks(told, match)
        for group, asks in _ASKED.items()
        if group in match.re.groupindex
    )


def is_over(told: Shape, match: "re.Match[str]", slot: str) -> bool:
    """Whether those missing were found, or one wounded died: "and was found"."""
    if slot == "missing":
        before = told.atoms[max(match.start() - _BEFORE, 0) : match.start()]
        since = FOUND_SINCE.match(told.letters, match.end())
        if since is not None and not _lifts_rubble(told, since.end()):
            return True
        if any(atom.means(*BODIES) or atom.means(*_BODY) for atom in before):
            return True
    return slot != "killed" and DIES.match(told.letters, match.end()) is not None


def _lifts_rubble(told: Shape, place: int) -> bool:
    """Whether it is rubble that was brought out: "as crews lifted slabs"."""
    return any(atom.means(_SEARCH, "rubble") for atom in told.atoms[place : place + 1])


def _is_pair(told: Shape, match: "re.Match[str]") -> bool:
    return has_pair(told, match.span("pair"))


def _is_another(told: Shape, match: "re.Match[str]") -> bool:
    return told.atoms[match.start("other")].means("strikes.helpers", "more")


def _is_elided(told: Shape, match: "re.Match[str]") -> bool:
    """Whether an article stands for one person: "y una murió"."""
    return told.atoms[match.start("elided")].means("strikes.helpers", "indefinite")


def _came_to_harm(told: Shape, match: "re.Match[str]") -> bool:
    """Whether somebody unknown suffers what is told: "a glazier was killed"."""
    helpers = told.atoms[slice(*match.span("passive"))]
    return told.atoms[match.start("article")].means(
        "strikes.helpers", "indefinite"
    ) and any(atom.means("strikes.helpers", "passive") for atom in helpers)


_ASKED: Mapping[str, _Asks] = {
    "pair": _is_pair,
    "other": _is_another,
    "elided": _is_elided,
    "article": _came_to_harm,
}
"""What each named group of a frame asks for."""


def _has_own_number(told: Shape, match: "re.Match[str]") -> bool:
    """Whether the harm told has another number, right behind it."""
    is_behind = match.re.groups and -1 < match.start(1) < match.end() - 1
    return bool(
        is_behind
        and told.letters[match.end() - 1] in HARM
        and OWN_NUMBER.match(told.letters, match.end())
    )


def _is_led_to(told: Shape, match: "re.Match[str]") -> bool:
    """Whether a number is of other people: "killed when two gunmen opened fire"."""
    place = match.start(1) if match.re.groups else -1
    return (
        place > match.start() + 1
        and told.letters[match.start()] in _COMES_FIRST
        and told.letters[place - 1] == WORD
        and told.atoms[place - 1].means("strikes.helpers", "leads")
    )


def _is_of_another(told: Shape, match: "re.Match[str]") -> bool:
    """Whether those counted only say it: "two officials said the driver was killed"."""
    first = match.start(1) if match.re.groups else -1
    if first < 0:
        return False
    return any(
        told.atoms[place].means("certainty.says")
        and _SOMEBODY.search(told.letters, place + 1, match.end() - 1)
        for place in range(first + 1, match.end() - 1)
    )


def _seeks_thing(told: Shape, match: "re.Match[str]") -> bool:
    """Whether "one is being looked for" where a sentence tells of nobody."""
    quantity = told.atoms[match.start(1)].quantity if match.re.groups else None
    return (
        quantity is not None
        and quantity.value == 1
        and any(
            atom.means(_SEARCH, "sought") for atom in told.atoms[slice(*match.span())]
        )
        and not _TELLS_OF_PEOPLE.search(told.letters)
    )


def _is_out_of(told: Shape, place: int) -> bool:
    """Whether what follows is a part of those harmed: "из раненых двое"."""
    before = told.atoms[place - 1 : place]
    return any(
        atom.means("strikes.origin", "out") or atom.means("strikes.nth")
        for atom in before
    )
