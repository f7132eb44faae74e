"""A story told anew from its articles, once a person has moved some of them."""

from collections.abc import Iterable
from dataclasses import replace

from detectors import stories
from detectors.model import Article, Decision, Story, TopicVerdict
from detectors.recognition import Surroundings
from detectors.units import Unit, units
from flows.desk import Desk
from flows.follow import find_facts, match_topics, understand
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
    told: Story | None = None
    outlets = desk.seeds.outlets.beside(unit.feeds.all())
    articles = 0
    for article in unit.articles.get_many(unit.stories.members(story.id)).values():
        decision = unit.decisions.get(article.id)
        articles += 1
        if decision is None or decision.duplicate.original is not None:
            continue
        for part in _parts(desk, story.topic, article, decision, once):
            if told is None:
                told = stories.open_story(part, article, outlets=outlets)
            else:
                told = stories.join(told, part, article, outlets=outlets)
    if told is None:  # the topic is gone, or reads none of its articles any more
        return replace(story, articles=articles)
    return replace(
        story,
        profile=told.profile,
        sources=told.sources,
        changed_at=max(story.changed_at, told.changed_at),
        articles=articles,
    )


def _parts(
    desk: Desk,
    topic_id: str,
    article: Article,
    decision: Decision,
    once: frozenset[str],
) -> Iterable[Unit]:
    """What an article says of the story: all, or the parts that state its facts."""
    topic = desk.seeds.find(topic_id)
    if topic is None:
        return ()
    language, reading = understand(article)
    verdict = next(
        (v for v in match_topics(desk.seeds, reading, language) if _is_of(v, topic_id)),
        None,
    )
    if verdict is None:
        return ()
    parts = units(
        reading,
        verdict,
        find_facts(desk.seeds, reading, verdict, article),
        topic=topic,
        published_at=article.published_at,
        surroundings=Surroundings(
            gazetteer=desk.seeds.gazetteer, lexicon=desk.seeds.lexicon(reading.language)
        ),
    )
    if len(decision.stories.get(topic_id, ())) == 1:
        return parts
    own = {(f.fact.slot, f.fact.value) for f in decision.facts if f.story in once}
    return [
        part for part in parts if own & {(fact.slot, fact.value) for fact in part.facts}
    ]


def _is_of(verdict: TopicVerdict, topic_id: str) -> bool:
    return verdict.matched and verdict.topic == topic_id
