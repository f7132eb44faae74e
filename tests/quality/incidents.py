"""Shootings told by local papers, each with the toll that its registrar settled on.

Every article of an incident goes the way of any other: of a page that is a wall or
empty its title is read, its facts go into a ledger, whose standing claims make the
story's state. That state after the last article is compared
with the register, in which attackers who died count among the dead.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from detectors import facts
from detectors.developments import develop
from detectors.facts.places import Gazetteer
from detectors.ledger import fold
from detectors.lexicons import Lexicon
from detectors.model import (
    Article,
    Claim,
    Entry,
    FactValue,
    Page,
    Story,
    StoryProfile,
    Topic,
    TopicVerdict,
    Words,
)
from detectors.text import read
from detectors.walls import refuse
from flows.articles import make_article
from flows.seeds import load_lexicons, load_places
from tests.quality.resampling import Counts, counted

SLOTS = ("killed", "injured")
TOPIC = Topic(
    id="shootings", title="Shootings", words=Words(any=("shooting",)), slots=SLOTS
)
NOON = timedelta(hours=12)

Record: TypeAlias = Mapping[str, Any]


def tolls(path: Path) -> dict[str, float]:
    """Score the states of all incidents whose articles are here.

    Args:
        path: The articles; ``incidents.jsonl`` beside them is the register.

    Returns:
        For killed and injured: ``told`` has as precision the share of right figures
        among those that a state holds, as recall the share of incidents with victims
        of which the right figure is held; ``covered`` has as recall the share of them
        of which any figure is held; ``victims`` has as precision the share of right
        figures among those held of incidents with victims.
    """
    register = {r["incident"]: r for r in _lines(path.with_name("incidents.jsonl"))}
    articles: dict[str, list[Record]] = defaultdict(list)
    for record in _lines(path):
        articles[str(record["incident"])].append(record)
    lexicon, gazetteer = load_lexicons()["en"], load_places()
    return counted(
        [
            _figures(state(articles[key], lexicon, gazetteer), settled)
            for key, settled in register.items()
            if key in articles
        ]
    )


def _figures(held: Mapping[str, FactValue], settled: Record) -> dict[str, Counts]:
    figures = {}
    for slot in SLOTS:
        value, truth = held.get(slot), settled[f"num_{slot}"]
        told, wanted = value is not None, truth > 0
        figures[f"{slot}.told"] = (int(told and value == truth), int(told), int(wanted))
        figures[f"{slot}.covered"] = (int(told and wanted), int(told), int(wanted))
        right = int(wanted and value == truth)
        figures[f"{slot}.victims"] = (right, int(told and wanted), int(wanted))
    return figures


def state(
    articles: Sequence[Record], lexicon: Lexicon, gazetteer: Gazetteer
) -> Mapping[str, FactValue]:
    """What a story holds after its articles, by slot."""
    claims: list[Claim] = []
    for number, record in enumerate(sorted(articles, key=lambda each: each["date"])):
        article = _article(record, number)
        if article is None:
            continue
        story = Story(
            id=record["incident"],
            topic=TOPIC.id,
            headline=record["title"],
            opened_at=article.published_at,
            changed_at=article.published_at,
            profile=StoryProfile(),
        )
        reading = read(article.text, title=article.title, language="en")
        found = facts.extract(
            reading,
            _whole(reading.paragraphs),
            topic=TOPIC,
            lexicon=lexicon,
            gazetteer=gazetteer,
            published_at=article.published_at,
        )
        claims.extend(develop(story, claims, found, article=article).claims)
    return fold(claims).current


def _article(record: Record, number: int) -> Article | None:
    """An article of noon of its day, a minute after the one before it."""
    day = datetime.fromisoformat(record["date"]).replace(tzinfo=UTC)
    at = day + NOON + timedelta(minutes=number)
    entry = Entry(
        id=number,
        feed_id=1,
        source=urlsplit(record["url_original"]).hostname or "",
        entry_id=str(record["id"]),
        url=record["url"],
        title=record["title"],
        text="",
        language="en",
        published_at=at,
        seen_at=at,
    )
    page = Page(
        url=entry.url,
        title=entry.title,
        text=record["text"],
        language="en",
        published_at=at,
        refusal=str(refuse(record["text"]) or ""),
    )
    return make_article(entry, page, page.refusal, now=at)


def _whole(paragraphs: tuple[tuple[int, int], ...]) -> TopicVerdict:
    """All of a text is on the topic: each was gathered for its incident."""
    return TopicVerdict(
        topic=TOPIC.id,
        probability=1.0,
        threshold=0.0,
        matched=True,
        passages=paragraphs,
        because=(),
    )


def _lines(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as written:
        return [json.loads(line) for line in written]
