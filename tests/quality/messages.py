"""The messages of MUC-3 and MUC-4: who was killed, with what, and what was hit.

News from Latin America, 1988 to 1991, with a template for each terrorist incident that
analysts found in it. The facts are the monitor's own; its weapons and targets are of
another war, so those of the templates are laid over the English lexicon
(``lexicons/muc.yaml``). Rules were written with the part ``dev`` alone in view.

A template is there for some incidents only: not for fighting between armies, nor for
what happened months ago. Which message tells of one is a topic's question, not a
fact's; so each figure is of the messages that have a template, and once more, as
``all.``, of every message.

References:
    Sundheim 1992, "Overview of the fourth message understanding evaluation".
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from detectors.facts.casualties import find_casualties
from detectors.facts.context import Context
from detectors.facts.places import Gazetteer
from detectors.facts.targets import find_targets
from detectors.facts.weapons import find_weapons
from detectors.lexicons import Lexicon
from detectors.model import Certainty
from detectors.seeds import parse_lexicon
from detectors.slots import STRIKE_SLOTS
from detectors.text import read
from flows.seeds import load_lexicons, load_places
from tests.quality.resampling import Counts, counted

KINDS = Path(__file__).with_name("lexicons") / "muc.yaml"
SCORED = ("tst1", "tst2")
EVENING = timedelta(hours=20)  # a message tells of its own day, too
COUNTED = ("killed", "injured")
UNTOLD = frozenset({Certainty.DENIED, Certainty.HYPOTHETICAL})
BROADER = {"BOMB": "EXPLOSIVE", "DYNAMITE": "EXPLOSIVE"}
"""The general kind of weapon, which is needless beside the exact one."""
NAMED = "muc.named"  # words that tell a death without anything to count

Message: TypeAlias = Mapping[str, Any]
Filler: TypeAlias = frozenset[str]


def messages(path: Path) -> dict[str, float]:
    """Score the messages of ``tst1`` and ``tst2``.

    Returns:
        ``killed.count`` and ``injured.count`` (of which the recall means something: a
        message tells of more deaths than its templates), ``killed.counted`` (whether
        the facts tell a death), ``killed.presence`` (whether they or a bare word do),
        ``weapon`` and ``target`` by type.
    """
    chosen = [message for message in lines(path) if message["split"] in SCORED]
    return score(chosen, overlaid(load_lexicons()["en"]), load_places())


def score(
    chosen: Iterable[Message], lexicon: Lexicon, gazetteer: Gazetteer
) -> dict[str, float]:
    """The figures of some messages."""
    every = []
    relevant = []
    for message in chosen:
        figures = _figures(_told(message, lexicon, gazetteer), message)
        every.append({f"all.{name}": counts for name, counts in figures.items()})
        if message["templates"]:
            relevant.append(figures)
    return {**counted(relevant), **counted(every)}


def overlaid(lexicon: Lexicon) -> Lexicon:
    """The English lexicon with the kinds of weapon and target of the templates."""
    kinds = parse_lexicon(KINDS.read_text("utf-8"), KINDS.name)
    return Lexicon(lexicon.language, {**lexicon.categories, **kinds.categories})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the monitor reads in a message."""

    counts: Mapping[str, frozenset[int]]
    named: bool
    weapons: frozenset[str]
    targets: frozenset[str]


def _told(message: Message, lexicon: Lexicon, gazetteer: Gazetteer) -> Told:
    reading = read(str(message["text"]), language="en")
    context = Context(
        reading=reading,
        topic="messages",
        slots=STRIKE_SLOTS,
        spans=reading.paragraphs,
        lexicon=lexicon,
        gazetteer=gazetteer,
        published_at=_day(message) + EVENING,
    )
    numbers = [n for n in find_casualties(context) if n.certainty not in UNTOLD]
    counts = {
        slot: frozenset(n.value for n in numbers if n.slot == slot) for slot in COUNTED
    }
    return Told(
        counts=counts,
        named=lexicon.has(NAMED, reading.text),
        weapons=_exact(
            str(armed.value)
            for armed in find_weapons(context)
            if armed.certainty not in UNTOLD
        ),
        targets=frozenset(
            target.value
            for target in find_targets(context)
            if target.certainty not in UNTOLD
        ),
    )


def _exact(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds without a general one beside an exact one, as facts are told."""
    told = frozenset(kinds)
    return told - {BROADER[kind] for kind in told if kind in BROADER}


def _day(message: Message) -> datetime:
    return datetime.fromisoformat(message["dateline_date"]).replace(tzinfo=UTC)


def _figures(told: Told, message: Message) -> dict[str, Counts]:
    templates = message["templates"]
    sure = [template for template in templates if not template["optional"]]
    figures = {}
    for slot in COUNTED:
        wanted = {t[slot] for t in sure if t[slot] is not None}
        got = told.counts[slot]
        figures[f"{slot}.count"] = (len(wanted & got), len(got), len(wanted))
    died = any(_died(template) for template in sure)
    has_count = any(told.counts["killed"])
    if died or not any(_died(template) for template in templates):
        figures["killed.counted"] = (died & has_count, int(has_count), int(died))
        either = has_count or told.named
        figures["killed.presence"] = (died & either, int(either), int(died))
    for name, slot, kinds in (
        ("weapon", "instrument_type", told.weapons),
        ("target", "phys_tgt_type", told.targets),
    ):
        figures[name] = _kinds(kinds, list(_fillers(templates, slot)))
    return figures


def _died(template: Mapping[str, Any]) -> bool:
    fillers = _fillers([template], "hum_tgt_effect")
    return any("DEATH" in filler for filler, _ in fillers)


def _kinds(got: frozenset[str], fillers: Sequence[tuple[Filler, bool]]) -> Counts:
    """What is optional is right when it is said, and is not missed when it is not."""
    wanted = {filler for filler, optional in fillers if not optional}
    right = {kind for filler, _ in fillers for kind in filler}
    found = sum(bool(filler & got) for filler in wanted)
    return found, found + len(got - right), len(wanted)


def _fillers(
    templates: Iterable[Mapping[str, Any]], slot: str
) -> Iterator[tuple[Filler, bool]]:
    """The kinds that fill a slot, any of which is right, and whether it may be left."""
    for template in templates:
        for filler in template[slot]:
            kinds = frozenset(
                each.split(":")[0].strip("() ?") for each in filler["alts"]
            )
            yield kinds, filler["optional"] or template["optional"]


def lines(path: Path) -> Iterator[Message]:
    """The messages of a file; one without a date has that of the one before it."""
    day = ""
    with path.open(encoding="utf-8") as written:
        for line in written:
            message = json.loads(line)
            day = message["dateline_date"] = message["dateline_date"] or day
            yield message
