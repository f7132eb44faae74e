"""Days written down as copy, each piece with what the desk hears of it.

A day is a file of `days`. Its head says in words what the day shows, then::

    date: 2026-05-04
    tells: killed injured

where ``tells`` names the slots that the day is about (and ``severity``, where it is
about that). Each piece has a line of its own, its copy, and what comes of it::

    @ 05:10 | Tideline | en | https://tideline.test/depot
    Missile hits depot in Lutsk
    A missile hit a depot in Lutsk at dawn, killing three.
    -> alerted
       A new: killed 3

The date stands before the clock where it is another than the day's; a piece without
an address has one of its own. Each line under the outcome is a story (A is the first
that the day opened), the kind of the alert about it, and its developments:
``killed 3`` is new, ``killed 3 → 5`` a change, others name their kind. ``-> silent``
asks for no alert and for nothing else. At the end stands what the stories have come
to: ``= A: killed 5``, with the range where sources differ: ``= A: killed 9 (6 to 9)``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from string import ascii_uppercase

from detectors.corroboration import spread
from detectors.model import Alert, Article, Decision, Development, DevelopmentKind
from flows.desk import Desk
from flows.histories import History, history
from flows.replay import BATCH, replay
from flows.seeds import load_seeds
from storage.database import Store

DAYS = Path(__file__).with_name("days")
STRANGERS = Path(__file__).with_name("strangers.txt")
_HEAD = re.compile(r"^(date|tells): (.*)$", re.MULTILINE)
_PIECE = re.compile(r"^@ ", re.MULTILINE)
_PLAIN = frozenset({DevelopmentKind.NEW, DevelopmentKind.CHANGE})


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day as it is written.

    ``heard`` is what should come of each piece, ``ends`` of the stories.
    """

    name: str
    tells: tuple[str, ...]
    articles: tuple[Article, ...]
    heard: tuple[str, ...]
    ends: tuple[str, ...]

    def transcript(self) -> str:
        """How the day should go, in the words of `Course.transcript`."""
        return _transcript(self.articles, self.heard, self.ends)


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a day went."""

    day: Day
    decisions: tuple[Decision, ...]
    histories: tuple[History, ...]

    def transcript(self) -> str:
        """What was heard of each piece, and what the stories have come to."""
        names: dict[str, str] = {}
        heard = tuple(
            "silent"
            if want == "silent" and not decision.alerts
            else "\n".join(_heard(decision, self.day.tells, names))
            for want, decision in zip(self.day.heard, self.decisions, strict=True)
        )
        told = {names.get(each.story.id, "?"): each for each in self.histories}
        ends = (
            f"{name}: {_state(told[name], self.day.tells)}" for name in sorted(told)
        )
        return _transcript(self.day.articles, heard, ends)


def _transcript(
    articles: Iterable[Article], heard: Iterable[str], ends: Iterable[str]
) -> str:
    return "\n".join(
        (
            *(
                f"{article.published_at:%m-%d %H:%M} {article.source}: {words}"
                for article, words in zip(articles, heard, strict=True)
            ),
            *(f"= {end}" for end in ends),
        )
    )


@cache
def desk() -> Desk:
    """The shipped topics and lexicons, read once."""
    return Desk(seeds=load_seeds())


@cache
def read_days() -> tuple[Day, ...]:
    """Every day that is written down."""
    return tuple(_read_day(file) for file in sorted(DAYS.glob("*.txt")))


def _read_day(file: Path) -> Day:
    text, _, ends = file.read_text(encoding="utf-8").partition("\n= ")
    head, *pieces = _PIECE.split(text)
    said = dict(_HEAD.findall(head))
    first_at: dict[str, str] = {}
    articles, heard = [], []
    for number, piece in enumerate(pieces, 1):
        copy, _, expected = piece.partition("\n-> ")
        article = _read_piece(copy, f"{file.stem}-{number:02}", said["date"])
        first = first_at.setdefault(article.url, article.id)
        if first != article.id:
            article = replace(article, revision_of=first)
        articles.append(article)
        heard.append(expected.rstrip())
    return Day(
        name=file.stem,
        tells=tuple(said["tells"].split()),
        articles=tuple(articles),
        heard=tuple(heard),
        ends=tuple(ends.rstrip().split("\n= ")) if ends else (),
    )


def _read_piece(copy: str, name: str, date: str) -> Article:
    line, title, text = copy.split("\n", maxsplit=2)
    clock, source, language, *address = (part.strip() for part in line.split("|"))
    moment = clock if " " in clock else f"{date} {clock}"
    at = datetime.fromisoformat(f"{moment}+00:00")
    host = source.lower().replace(" ", "")
    return Article(
        id=name,
        url=address[0] if address else f"https://{host}.test/{name}",
        source=source,
        title=title,
        text=text.strip(),
        published_at=at,
        fetched_at=at,
        language=language,
    )


@cache
def strangers() -> tuple[tuple[str, str, str], ...]:
    """Copy on nothing that the desk looks for: its language, title and text."""
    copy = STRANGERS.read_text(encoding="utf-8").strip()
    pieces = re.split(r"\n\n(?=(?:en|uk|ru|es)\n)", copy)
    split = (piece.split("\n", maxsplit=2) for piece in pieces)
    return tuple((language, title, text) for language, title, text in split)


def estrange(article: Article, number: int) -> Article:
    """The ``number``-th stranger, by the outlet and at the hour of ``article``."""
    language, title, text = strangers()[number % len(strangers())]
    return replace(
        article,
        id=f"{article.id}-stranger-{number}",
        url=f"{article.url}/stranger/{number}",
        language=language,
        title=title,
        text=text,
        revision_of=None,
    )


@cache
def whole(day: Day) -> Course:
    """The day replayed as it is written."""
    return follow(day, day.articles)


def follow(day: Day, articles: Sequence[Article], *, batch: int = BATCH) -> Course:
    """Replay a day's articles, or others in their place, on a store of its own."""
    store = Store.open("sqlite://")
    decisions = tuple(replay(store, desk(), articles, batch=batch))
    with store.unit(reading=True) as unit:
        opened = sorted(unit.stories.all(), key=lambda story: story.opened_at)
        histories = tuple(history(unit, story) for story in opened)
    store.close()
    return Course(day=day, decisions=decisions, histories=histories)


def _heard(
    decision: Decision, tells: Sequence[str], names: dict[str, str]
) -> Iterator[str]:
    yield decision.outcome
    alerts = {alert.story: alert for alert in decision.alerts}
    for story in chain.from_iterable(decision.stories.values()):
        line = names.setdefault(story, ascii_uppercase[len(names)])
        if story in alerts:
            line += _loudness(alerts[story], tells)
        changes = ", ".join(
            _change(each)
            for slot in tells
            for each in decision.developments
            if (each.story, each.slot) == (story, slot)
        )
        yield f"   {line}: {changes}" if changes else f"   {line}"


def _loudness(alert: Alert, tells: Sequence[str]) -> str:
    return (
        f" {alert.kind} {alert.severity}" if "severity" in tells else f" {alert.kind}"
    )


def _change(development: Development) -> str:
    old, new = development.old, development.new
    steps = f"{new}" if old in {None, new} else f"{old} → {new}"
    kind = "" if development.kind in _PLAIN else f" ({development.kind})"
    return f"{development.slot} {steps}{kind}"


def _state(told: History, tells: Sequence[str]) -> str:
    state, apart = told.state(), spread(told.claims)
    return ", ".join(
        f"{slot} {' + '.join(map(str, state[slot]))}"
        + (f" ({apart[slot][0]} to {apart[slot][1]})" if slot in apart else "")
        for slot in tells
        if slot in state
    )
