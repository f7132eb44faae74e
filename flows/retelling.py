"""A story told anew from its articles, once a person has moved some of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detectors import stories
from detectors.model import Article, Decision, Span, Story, TopicVerdict
from detectors.text import Reading
from detectors.units import Unit, units
from flows.desk import Desk
from flows.following import surroundings
from flows.matching import find_facts, match_topics, understand, with_more
from storage.database import UnitOfWork


def retold(
    unit: UnitOfWork, desk: Desk, story: Story, *, once: frozenset[str]
) -> Story:
    """``story`` as its articles make it: what it is recognised by, and who told it.

    Args:
        unit: Holds its articles and their decisions.
        desk: Its seeds read the articles again.
        story: Whose members stand in the store as they are to be.
        once: Ids under which decisions know it: its own, and of those that it was
            merged with or split from.
    """
    retelling = _Retelling(unit=unit, desk=desk, topic=story.topic, once=once)
    outlets = desk.seeds.outlets.beside(unit.feeds.outlets())
    told: Story | None = None
    members = unit.articles.get_many(unit.stories.members(story.id)).values()
    for article in members:
        for part in retelling.parts(article):
            if told is None:
                told = stories.open_story(part, article, outlets=outlets)
            else:
                told = stories.join(told, part, article, outlets=outlets)
    if told is None:  # the topic is gone, or reads none of its articles any more
        return replace(story, articles=len(members))
    return replace(
        story,
        profile=told.profile,
        sources=told.sources,
        changed_at=max(story.changed_at, told.changed_at),
        articles=len(members),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Retelling:
    """What is needed to read a story's articles again."""

    unit: UnitOfWork
    desk: Desk
    topic: str
    once: frozenset[str]

    def parts(self, article: Article) -> Sequence[Unit]:
        """What an article says of the story; a copy adds nothing to it."""
        decision = self.unit.decisions.get(article.id)
        topic = self.desk.seeds.find(self.topic)
        if topic is None or decision is None or decision.duplicate.original is not None:
            return ()
        language, reading = understand(article)
        verdicts = match_topics(self.desk.seeds, reading, language)
        verdict = next(v for v in verdicts if v.topic == self.topic)
        if carried := tuple(self._carried(reading, verdict, decision)):
            verdict = with_more(reading, verdict, carried)
        if not verdict.matched:
            return ()
        parts = units(
            reading,
            verdict,
            find_facts(self.desk.seeds, reading, verdict, article),
            topic=topic,
            published_at=article.published_at,
            surroundings=surroundings(self.unit, self.desk, topic, reading.language),
        )
        return self._of_story(parts, decision)

    def _carried(
        self, reading: Reading, verdict: TopicVerdict, decision: Decision
    ) -> Iterator[Span]:
        """What came near the topic and matched for the sake of what ran then."""
        held = [
            passage
            for decided in decision.topics
            if decided.topic == self.topic and decided.carries_on
            for passage in decided.passages
        ]
        for span in verdict.nearly:
            start, _ = reading.original(span)
            if any(first <= start < stop for first, stop in held):
                yield span

    def _of_story(self, parts: Sequence[Unit], decision: Decision) -> Sequence[Unit]:
        """Of an article on several stories, the parts that state this one's facts.

        A topic without slots parts nothing by its facts: then all of them.
        """
        if len(decision.stories.get(self.topic, ())) == 1:
            return parts
        known = {
            (told.fact.slot, told.fact.value)
            for told in decision.facts
            if told.story in self.once
        }
        own = [
            part
            for part in parts
            if known & {(fact.slot, fact.value) for fact in part.facts}
        ]
        return own or parts
