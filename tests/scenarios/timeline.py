"""Days told as timelines: articles in, and what the desk hears of each.

An article's facts are marked in its text, ``[slot=value|words]`` or, where somebody
says so, ``[slot=value|words|who]``, with a sign before the equals sign where it is not
simply asserted:

====== =====================================
``!=`` the text says that it corrects
``?=`` unconfirmed
``-=`` denied
``~=`` background
====== =====================================
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

from detectors import alerting, sources
from detectors.developments import Progress, develop
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import (
    Alert,
    AlertPolicy,
    Article,
    Certainty,
    Claim,
    Development,
    Fact,
    FactValue,
    Span,
    Story,
    Topic,
    TopicVerdict,
)
from detectors.recognition import Surroundings
from detectors.slots import MEETING_SLOTS, STRIKE_SLOTS
from detectors.stories import Strand, gather
from detectors.text import Reading, read
from detectors.units import part_further, units
from flows.seeds import load_lexicons, load_places

STRIKES = Topic(id="strikes", title="Strikes", slots=STRIKE_SLOTS)
MEETINGS = Topic(id="meetings", title="Meetings", slots=MEETING_SLOTS)

_MARK = re.compile(r"\[([a-z_ ]+)([!?~-]?)=([^|\]]+)\|([^|\]]+)(?:\|([^\]]+))?\]")
_CERTAINTY = {
    "?": Certainty.UNCONFIRMED,
    "-": Certainty.DENIED,
    "~": Certainty.BACKGROUND,
}


@cache
def gazetteer() -> Gazetteer:
    return load_places()


@cache
def lexicons() -> dict[str, Lexicon]:
    return load_lexicons()


def lexicon(language: str) -> Lexicon:
    return lexicons()[language]


@dataclass
class Told:
    """What came of one article."""

    words: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    developments: list[Development] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def story(self) -> str:
        assert len(self.stories) == 1, f"tells of {self.stories}"
        return self.stories[0]

    def changes(self) -> set[tuple[str, FactValue | None, FactValue | None]]:
        return {(d.slot, d.old, d.new) for d in self.developments}


@dataclass
class Timeline:
    """A topic followed for some days, everything kept in memory."""

    topic: Topic
    stories: dict[str, Story] = field(default_factory=dict)
    ledgers: dict[str, list[Claim]] = field(default_factory=dict)
    waiting: dict[str, list[Development]] = field(default_factory=dict)
    count: int = 0
    outlets: sources.Outlets = sources.NOTHING_KNOWN

    @classmethod
    def needing(cls, topic: Topic, independent_sources: int) -> "Timeline":
        policy = AlertPolicy(independent_sources=independent_sources)
        return cls(replace(topic, alert=policy))

    def at(
        self,
        moment: str,
        marked: str,
        *,
        want: str,
        title: str = "",
        source: str = "harbourwire.test",
        language: str = "en",
    ) -> Told:
        """Follow one article; ``want`` is an alert's kind, or the silent outcome."""
        self.count += 1
        text, facts = _unmarked(marked, self.topic.id)
        article = Article(
            id=f"t{self.count:03}",
            url=f"https://{source}/{self.count}",
            source=source,
            title=title,
            text=text,
            published_at=datetime.fromisoformat(moment).replace(tzinfo=UTC),
            fetched_at=datetime.fromisoformat(moment).replace(tzinfo=UTC),
            language=language,
        )
        reading = read(text, title=title, language=language)
        assert reading.text == text, "a scenario's text needs no cleaning"
        told = self.follow(article, reading, reading.paragraphs, facts)
        assert told.words == want.split(), f"{moment} {title or text[:60]}: {told}"
        return told

    def follow(
        self,
        article: Article,
        reading: Reading,
        passages: tuple[Span, ...],
        facts: tuple[Fact, ...],
    ) -> Told:
        verdict = TopicVerdict(
            topic=self.topic.id,
            probability=1.0,
            threshold=0.5,
            matched=True,
            passages=passages,
            because=(),
        )
        around = Surroundings(gazetteer=gazetteer(), lexicon=lexicon(reading.language))
        at, running = article.published_at, tuple(self.stories.values())
        parts = units(
            reading,
            verdict,
            facts,
            topic=self.topic,
            published_at=at,
            surroundings=around,
        )
        parts = part_further(
            parts,
            reading,
            running,
            topic=self.topic,
            published_at=at,
            surroundings=around,
        )
        told = Told()
        for strand in gather(
            parts, running, article=article, now=at, outlets=self.outlets
        ):
            told.reasons.append(f"{strand.verdict.reason} {strand.verdict.vetoes}")
            if strand.story is None:
                told.words.append("none")
                continue
            self._judge(article, strand, strand.story, told)
        return told

    def _judge(
        self, article: Article, strand: Strand, story: Story, told: Told
    ) -> None:
        ledger = self.ledgers.setdefault(story.id, [])
        progress: Progress = develop(
            story,
            ledger,
            strand.facts,
            article=article,
            lead=strand.lead,
            voice=sources.voice(
                article, strand.facts, known=story.sources, outlets=self.outlets
            ),
        )
        untold = self.waiting.setdefault(story.id, [])
        answer = alerting.decide(
            self.topic,
            story,
            progress,
            told=story.told_at is not None,
            sources=sources.independent(story.sources),
            untold=tuple(untold),
        )
        ledger.extend(progress.claims)
        untold[:] = [one for one in untold if one not in answer.settled]
        untold.extend(answer.waiting)
        if answer.alert:
            told.alerts.append(answer.alert)
            story = replace(story, told_at=story.told_at or article.published_at)
        self.stories[story.id] = story
        told.stories.append(story.id)
        told.developments.extend(progress.developments)
        told.words.append(str(answer.alert.kind if answer.alert else answer.outcome))
        told.reasons.append(answer.reason)


def _unmarked(marked: str, topic: str) -> tuple[str, tuple[Fact, ...]]:
    text, facts, last = "", [], 0
    for match in _MARK.finditer(marked):
        slot, sign, value, words, says = match.groups()
        text += marked[last : match.start()]
        facts.append(
            Fact(
                topic=topic,
                slot=slot.strip(),
                value=_value(value),
                evidence=(len(text), len(text) + len(words)),
                quote=words,
                certainty=_CERTAINTY.get(sign, Certainty.ASSERTED),
                corrects=True if sign == "!" else None,
                attribution=says,
            )
        )
        text += words
        last = match.end()
    return text + marked[last:], tuple(facts)


def _value(written: str) -> FactValue:
    if written == "true":
        return True
    return int(written) if written.isdigit() else written
