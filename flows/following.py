"""What one article does to the stories of one topic."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from detectors import alerting, lookup, novelty, plans, sources, stories
from detectors.developments import Progress, develop
from detectors.folding import state_of
from detectors.identity import Same
from detectors.model import (
    Alert,
    AlertVerdict,
    Article,
    Development,
    DuplicateVerdict,
    Fact,
    Message,
    Outcome,
    Story,
    StoryFact,
    Topic,
    TopicVerdict,
)
from detectors.recognition import Surroundings
from detectors.slots import has_only_words
from detectors.text import Reading, read
from detectors.units import Unit, part_further, terms_of, units
from detectors.vocabulary import counted
from flows.desk import Desk
from flows.restored import put_in
from storage.database import UnitOfWork

_EVENT = "a place, a party or a figure that shows one event"
STORY_WINDOW = timedelta(days=14)  # a story that slept longer is not continued
# Known by its words it can be woken by an arrest or a verdict. Of the shootings of 2015
# the pair F1 is .76 with 14 days, .78 with 30, .82 with 60 or more.
WORDED_STORY_WINDOW = timedelta(days=60)

_Feeds: TypeAlias = tuple[sources.Outlet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article on its way through one topic, with all that speaks for it."""

    article: Article
    reading: Reading
    duplicate: DuplicateVerdict
    topic: Topic
    verdict: TopicVerdict
    facts: tuple[Fact, ...]
    now: datetime

    @property
    def is_copy(self) -> bool:
        """Whether it repeats copy that was decided before."""
        return self.duplicate.original is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCourse:
    """What came of an article in one topic; ``trace`` is one line a step.

    ``tipping`` says what would have made it alert.
    """

    topic: str
    stories: tuple[str, ...] = ()
    facts: tuple[StoryFact, ...] = ()
    developments: tuple[Development, ...] = ()
    alerts: tuple[Alert, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    trace: tuple[str, ...] = ()
    tipping: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """What a story goes through by one article."""

    story: Story
    opens: bool
    progress: Progress
    answer: AlertVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """Who is behind which outlet, as the desk wrote it and as the feeds show.

    Args:
        owners: From a source to the host that its feed shares with others.
    """

    outlets: sources.Outlets
    owners: Mapping[str, str]

    @classmethod
    def known(cls, unit: UnitOfWork, desk: Desk) -> "_Press":
        return _press(Same(desk.seeds.outlets), Same(unit.feeds.outlets()))


@lru_cache(maxsize=1)
def _press(outlets: Same[sources.Outlets], feeds: Same[_Feeds]) -> _Press:
    """The same for every article of a transaction."""
    return _Press(
        outlets=outlets.value.beside(feeds.value), owners=_owners_of(feeds.value)
    )


@lru_cache(maxsize=1)
def _owners_of(feeds: _Feeds) -> Mapping[str, str]:
    """The same for every transaction between two changes of the feeds.

    To take 5,000 URLs apart costs 14 ms, half of what extracting an article does.
    """
    return sources.owners_of(feeds)


def follow_topic(unit: UnitOfWork, desk: Desk, case: Case) -> TopicCourse:
    """Find the article's stories, what it changes in them, and whether to speak."""
    press = _Press.known(unit, desk)
    strands = _strands(unit, desk, case, press)
    courses = [_follow_strand(unit, desk, case, press, strand) for strand in strands]
    return courses[0] if len(courses) == 1 else _together(case.topic.id, courses)


def _together(topic: str, courses: Sequence[TopicCourse]) -> TopicCourse:
    """What came of all strands of an article in one topic."""
    return TopicCourse(
        topic=topic,
        stories=tuple(dict.fromkeys(each for one in courses for each in one.stories)),
        facts=tuple(each for one in courses for each in one.facts),
        developments=tuple(each for one in courses for each in one.developments),
        alerts=tuple(each for one in courses for each in one.alerts),
        outcomes=tuple(each for one in courses for each in one.outcomes),
        trace=tuple(each for one in courses for each in one.trace),
        tipping=tuple(each for one in courses for each in one.tipping),
    )


def _strands(
    unit: UnitOfWork, desk: Desk, case: Case, press: _Press
) -> tuple[stories.Strand, ...]:
    """Cut the article into what it tells of, and give each part its story."""
    around = surroundings(unit, desk, case.topic, case.reading.language)
    published_at = case.article.published_at
    parts = units(
        case.reading,
        case.verdict,
        case.facts,
        topic=case.topic,
        published_at=published_at,
        surroundings=around,
    )
    running = _running(unit, case, parts)
    if around.vocabulary is not None and not case.is_copy:
        unit.vocabularies.save(counted(around.vocabulary, terms_of(parts)))
    return stories.gather(
        part_further(
            parts,
            case.reading,
            running,
            topic=case.topic,
            published_at=published_at,
            surroundings=around,
        ),
        running,
        article=case.article,
        now=published_at,
        may_open=not case.is_copy and not case.verdict.only_carries_on,
        outlets=press.outlets,
    )


def surroundings(
    unit: UnitOfWork, desk: Desk, topic: Topic, language: str
) -> Surroundings:
    """What the parts of an article are recognised with."""
    return Surroundings(
        gazetteer=desk.seeds.gazetteer,
        lexicon=desk.seeds.lexicon(language),
        vocabulary=unit.vocabularies.get(topic.id)
        if has_only_words(topic.slots)
        else None,
    )


def of_original(unit: UnitOfWork, original: str, topic: str) -> tuple[Story, ...]:
    """The stories of a topic that a copy's original tells of."""
    told = unit.stories.of_article(original)
    return tuple(story for story in told if story.topic == topic)


def _running(unit: UnitOfWork, case: Case, parts: Sequence[Unit]) -> tuple[Story, ...]:
    """The stories it may continue; those of its original where it is a copy.

    A revision may continue any: a live blog's next state tells of other stories.
    What matched for the sake of a story may continue only that.
    """
    if case.duplicate.original is not None:
        return of_original(unit, case.duplicate.original, case.topic.id)
    worded = has_only_words(case.topic.slots)
    since = case.article.published_at - (
        WORDED_STORY_WINDOW if worded else STORY_WINDOW
    )
    near = unit.stories.near(case.topic.id, lookup.sought(parts), since=since)
    if not case.verdict.only_carries_on:
        return near
    return tuple(story for story in near if story.id in case.verdict.carries_on)


def _follow_strand(
    unit: UnitOfWork, desk: Desk, case: Case, press: _Press, strand: stories.Strand
) -> TopicCourse:
    """Judge what one strand changes; a copy changes nothing but the count."""
    story = strand.story
    facts = _as_firm_as_known(unit, strand)
    told = tuple(
        StoryFact(fact=fact, story=story.id if story else None) for fact in facts
    )
    line = f"  {case.topic.id}: {strand.verdict.reason}"
    if strand.verdict.vetoes:
        line += f"; not {', '.join(strand.verdict.vetoes)}"
    if story is None:
        outcomes = () if case.is_copy else (Outcome.KNOWN,)
        return TopicCourse(
            topic=case.topic.id,
            facts=told,
            outcomes=outcomes,
            trace=(line,),
            tipping=() if case.is_copy else (f"{case.topic.id}: {_EVENT}",),
        )
    course = TopicCourse(
        topic=case.topic.id, stories=(story.id,), facts=told, trace=(line,)
    )
    if case.is_copy:
        _count_copy(unit, case, story)
        return course
    turn = _judge(unit, desk, case, press, replace(strand, facts=facts), story)
    _apply(unit, desk, case, turn)
    alert = turn.answer.alert
    return replace(
        course,
        developments=turn.progress.developments,
        alerts=(alert,) if alert else (),
        outcomes=(turn.answer.outcome,),
        tipping=(f"{story.id}: {tip}",) if (tip := turn.answer.tipping) else (),
        trace=(line, f"  {story.id}: {turn.answer.outcome}: {turn.answer.reason}"),
    )


def _as_firm_as_known(unit: UnitOfWork, strand: stories.Strand) -> tuple[Fact, ...]:
    """The facts of a strand, its plan as firm as its story makes it."""
    if strand.story is None or not plans.says_plan(strand.facts):
        return tuple(strand.facts)
    claims = unit.stories.claims(strand.story.id)
    status = state_of(claims).current.get("status")
    return plans.as_firm_as_known(strand.facts, claims, status)


def _count_copy(unit: UnitOfWork, case: Case, story: Story) -> None:
    """A copy is one more article of its story, and no further voice."""
    known = unit.stories.get(story.id)
    if known is not None and not unit.stories.is_member(story.id, case.article.id):
        unit.stories.add_member(story.id, case.article.id)
        unit.stories.save(replace(known, articles=known.articles + 1))


def _judge(
    unit: UnitOfWork,
    desk: Desk,
    case: Case,
    press: _Press,
    strand: stories.Strand,
    story: Story,
) -> _Turn:
    ledger = unit.stories.claims(story.id)
    speaker = sources.voice(
        case.article, strand.facts, known=story.sources, outlets=press.outlets
    )
    progress = develop(
        story,
        ledger,
        tuple(_quoted(case.reading, fact, desk.quote) for fact in strand.facts),
        article=case.article,
        lead=strand.lead,
        voice=press.owners.get(speaker, speaker),
    )
    if case.topic.alert.updates and story.told_at is not None:
        progress = replace(progress, likeness=_likeness(unit, case, story))
    waiting = unit.stories.waiting(story.id)
    answer = alerting.decide(
        case.topic,
        story,
        progress,
        told=story.told_at is not None,
        sources=sources.independent(story.sources, owners=press.owners),
        untold=tuple(each.development for each in waiting),
    )
    if answer.alert is not None and story.told_at is None:
        story = replace(story, told_at=case.now)
    return _Turn(story=story, opens=strand.opens, progress=progress, answer=answer)


def _likeness(unit: UnitOfWork, case: Case, story: Story) -> float:
    """How like the article is to the last ones of its story, in words."""
    last = unit.stories.members(story.id)[-novelty.COMPARED :]
    readings = (
        read(
            each.text[: novelty.LONGEST],
            title=each.title,
            language=each.language or case.reading.language,
        )
        for each in unit.articles.get_many(last).values()
    )
    return novelty.likeness(
        novelty.terms(case.reading),
        map(novelty.terms, readings),
        unit.vocabularies.get(case.topic.id),
    )


def _quoted(reading: Reading, fact: Fact, longest: int) -> Fact:
    """The fact with the sentence that proves it, for the desk to read."""
    start, end = reading.sentence_at(fact.evidence[0])
    quote = " ".join(reading.text[start : max(end, fact.evidence[1])].split())
    if len(quote) > longest:
        quote = textwrap.shorten(quote, longest, placeholder=" …")
    return replace(fact, quote=quote)


def _apply(unit: UnitOfWork, desk: Desk, case: Case, turn: _Turn) -> None:
    """Write down the story as it is now, and what is to be told of it."""
    story, article = turn.story, case.article
    moves = _moves(unit, turn)
    if turn.opens:
        unit.stories.add(story)
    else:
        unit.stories.save(story)
    found_by = lookup.keys(story.profile, topic=story.topic)
    unit.stories.index(story.id, found_by, changed_at=story.changed_at)
    unit.stories.add_member(story.id, article.id)
    unit.stories.add_claims(story.id, turn.progress.claims)
    unit.stories.add_developments(
        story.id,
        article.id,
        turn.progress.developments,
        at=article.published_at,
        waiting=turn.answer.waiting,
    )
    unit.stories.settle(story.id, turn.answer.settled)
    if desk.dry:
        return
    if moves:
        unit.threads.move(story.id)
    if turn.answer.alert is not None:
        put_in(unit, _message(desk, case, story, turn.answer.alert))
        unit.feeds.spoke(article.id, case.now)


def _moves(unit: UnitOfWork, turn: _Turn) -> bool:
    """Whether what a told story's thread shows is not all any more."""
    if turn.story.told_at is None or turn.opens:
        return False
    if turn.progress.claims or turn.progress.developments:
        return True
    known = unit.stories.get(turn.story.id)
    return known is None or known.sources != turn.story.sources


def _message(desk: Desk, case: Case, story: Story, alert: Alert) -> Message:
    """The row of the outbox; its key makes a second telling impossible."""
    channel = case.topic.alert.channel or desk.channel
    return Message(
        id=0,
        key=f"{story.id}/{case.article.id}/{channel}",
        channel=channel,
        alert=alert,
        headline=story.headline,
        topic_title=case.topic.title,
        article_id=case.article.id,
        article_title=case.article.title,
        article_source=case.article.source,
        url=case.article.url,
        decided_at=case.now,
    )
