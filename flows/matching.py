"""What an article is about: its topics, by itself or for what runs, and its facts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from detectors import carrying, facts, lookup
from detectors.languages import identify
from detectors.model import (
    Article,
    Fact,
    LanguageVerdict,
    Span,
    Story,
    TopicVerdict,
)
from detectors.passages import together
from detectors.slots import has_only_words
from detectors.text import Reading, read
from detectors.units import units
from flows.desk import Desk
from flows.following import STORY_WINDOW, of_original, surroundings
from flows.seeds import Seeds
from storage.database import UnitOfWork

# Letters. Two million of nothing but tolls took over a minute, in which every other
# article waited; so many of them take 8 s. What was left out stands in the trace.
LONGEST_READ = 100_000

Matched = Mapping[str, tuple[Fact, ...]]
"""The topics that match, and what their passages claim."""


def understand(article: Article) -> tuple[LanguageVerdict, Reading]:
    """Which language an article is in, and its text as the detectors read it."""
    language = identify(
        f"{article.title}\n\n{article.text[:LONGEST_READ]}", hint=article.language
    )
    known = language.language or language.detected
    text = article.text[:LONGEST_READ]
    return language, read(text, title=article.title, language=known)


def match_topics(
    seeds: Seeds, reading: Reading, language: LanguageVerdict
) -> tuple[TopicVerdict, ...]:
    """Every topic's verdict; none matches a text in a language that we cannot read."""
    verdicts = seeds.model.match(reading)
    if language.language is not None:
        return verdicts
    reason = f"cannot read {language.detected or 'this language'}"
    return tuple(
        replace(verdict, matched=False, passages=(), nearly=(), reason=reason)
        for verdict in verdicts
    )


def find_facts(
    seeds: Seeds, reading: Reading, verdict: TopicVerdict, article: Article
) -> tuple[Fact, ...]:
    """What the passages of a matched topic claim."""
    return facts.extract(
        reading,
        verdict,
        topic=seeds.topic(verdict.topic),
        lexicon=seeds.lexicon(reading.language),
        gazetteer=seeds.gazetteer,
        published_at=article.published_at,
    )


def with_more(
    reading: Reading, verdict: TopicVerdict, spans: Iterable[Span]
) -> TopicVerdict:
    """A verdict by which these of its paragraphs that came near match, too."""
    passages = together(reading, (*verdict.passages, *spans))
    return replace(verdict, matched=True, passages=passages, nearly=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Judges one article by every topic; what comes near one, by what runs.

    Args:
        original: The article that it is a copy of.
    """

    unit: UnitOfWork
    desk: Desk
    article: Article
    reading: Reading
    original: str | None

    def of(
        self, verdicts: Sequence[TopicVerdict]
    ) -> tuple[tuple[TopicVerdict, ...], Matched]:
        """The verdicts of `match_topics` in the light of what runs, and all facts."""
        told: list[TopicVerdict] = []
        found: dict[str, tuple[Fact, ...]] = {}
        for verdict in verdicts:
            final, stated = self._of(verdict)
            told.append(final)
            if final.matched:
                found[final.topic] = stated
        return tuple(told), found

    def _of(self, verdict: TopicVerdict) -> tuple[TopicVerdict, tuple[Fact, ...]]:
        running = self._running(verdict) if verdict.nearly else ()
        is_news = any(carrying.runs(s, self.article.published_at) for s in running)
        told = self._carried(verdict, running) if is_news else verdict
        return replace(told, nearly=()), self._stated(told) if told.matched else ()

    def _stated(self, verdict: TopicVerdict) -> tuple[Fact, ...]:
        return find_facts(self.desk.seeds, self.reading, verdict, self.article)

    def _carried(self, verdict: TopicVerdict, running: Sequence[Story]) -> TopicVerdict:
        """Let match what came near, and plainly carries on what runs."""
        topic = self.desk.seeds.topic(verdict.topic)
        read_as = replace(verdict, matched=True, passages=verdict.nearly)
        parts = units(
            self.reading,
            read_as,
            self._stated(read_as),
            topic=topic,
            published_at=self.article.published_at,
            surroundings=surroundings(
                self.unit, self.desk, topic, self.reading.language
            ),
        )
        found = carrying.continued(parts, running, now=self.article.published_at)
        if not found:
            return verdict
        told = with_more(self.reading, verdict, chain(*(each.spans for each in found)))
        return replace(
            told,
            carries_on=tuple(dict.fromkeys(each.story for each in found)),
            reason=f"below it, but {'; '.join(map(str, found))}; {verdict.reason}",
        )

    def _running(self, verdict: TopicVerdict) -> tuple[Story, ...]:
        """The stories at the places that it names; of a copy, its original's.

        Most of what comes near a topic names the place of none, and is read no further.
        """
        topic = self.desk.seeds.topic(verdict.topic)
        if has_only_words(topic.slots):
            return ()
        if self.original is not None:
            return of_original(self.unit, self.original, topic.id)
        told = (self.reading.title, *map(self.reading.quote, verdict.nearly))
        named = carrying.named(
            "\n".join(told), self.desk.seeds.gazetteer, capitals="venue" in topic.slots
        )
        since = self.article.published_at - STORY_WINDOW
        keys = lookup.placed(sorted(named), topic=topic.id)
        near = self.unit.stories.near(topic.id, keys, since=since) if keys else ()
        return carrying.at_one_of(near, named)
