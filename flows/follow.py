"""Articles → near-duplicates, topics, facts, stories, developments, alerts.

Each article is decided once, in the order of arrival, by what the store holds then,
its own text and the seeds, and by nothing else. So the same stream gives the same
decisions however it is cut into batches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from detectors import near_duplicates
from detectors.developments import tells_more
from detectors.languages import READABLE
from detectors.model import (
    Article,
    Decision,
    DuplicateReason,
    DuplicateVerdict,
    Fact,
    LanguageVerdict,
    Message,
    MessageState,
    Outcome,
    TopicVerdict,
)
from detectors.near_duplicates import Candidate, Fingerprint
from detectors.text import Reading, read
from detectors.urls import site
from flows.desk import Desk
from flows.following import Case, TopicCourse, follow_topic
from flows.matching import LONGEST_READ, Judgement, match_topics, understand
from flows.visit import begin_visits
from storage.database import Store, UnitOfWork
from storage.shingles import MEMORY, Asked, Near

BATCH = 50  # articles a transaction: a kill repeats at most this much thinking
REHEARSED = 10_000  # articles that a dry run decides on at most, in one transaction
COPY_WINDOW = MEMORY  # syndicated copy older than this is told again


def follow_articles(
    store: Store, desk: Desk, *, now: datetime, limit: int | None = None
) -> tuple[Decision, ...]:
    """Decide on the articles that wait, oldest arrival first, a batch at a time."""
    decisions: list[Decision] = []
    while limit is None or len(decisions) < limit:
        room = BATCH if limit is None else min(BATCH, limit - len(decisions))
        with store.unit() as unit:
            waiting = unit.articles.undecided(limit=room)
            decisions.extend(
                follow_article(unit, desk, article, now=now) for article in waiting
            )
        if len(waiting) < room:
            break
    return tuple(decisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What came of following.

    Args:
        outcomes: Of all entries that were ever seen, as they stand after it.
        unsent: What would now be sent, in the order of deciding; () unless rehearsed.
    """

    decisions: tuple[Decision, ...]
    outcomes: Mapping[Outcome, int]
    unsent: tuple[Message, ...] = ()


def rehearse(store: Store, desk: Desk, *, now: datetime) -> Followed:
    """Decide on what waits and keep nothing: it is as undecided as before."""
    with store.unit() as unit:
        followed = Followed(
            decisions=tuple(
                follow_article(unit, desk, article, now=now)
                for article in unit.articles.undecided(limit=REHEARSED)
            ),
            outcomes=unit.entries.counts(),
            unsent=unit.outbox.in_state(MessageState.PENDING),
        )
        unit.rollback()
    return followed


def follow_article(
    unit: UnitOfWork, desk: Desk, article: Article, *, now: datetime
) -> Decision:
    """Decide on one article and write down what follows from it."""
    language, reading = understand(article)
    mark = near_duplicates.fingerprint(reading)
    near = _near(unit, article, mark)
    copied = _find_original(article, mark, near)
    judgement = Judgement(
        unit=unit,
        desk=desk,
        article=article,
        reading=reading,
        original=copied.original,
    )
    verdicts, found = judgement.of(match_topics(desk.seeds, reading, language))
    duplicate = _unless_more(unit, copied, found)
    courses = tuple(
        follow_topic(
            unit,
            desk,
            Case(
                article=article,
                reading=reading,
                duplicate=duplicate,
                topic=desk.seeds.topic(verdict.topic),
                verdict=verdict,
                facts=found[verdict.topic],
                now=now,
            ),
        )
        for verdict in verdicts
        if verdict.matched
    )
    decision = replace(
        _decision(article, reading, language, duplicate, verdicts, courses),
        version=desk.seeds.version,
    )
    _index(unit, article, mark, near, duplicate)
    _remember(unit, article, decision, now=now, dry=desk.dry)
    begin_visits(unit, article, decision, now=now)
    return decision


def _unless_more(
    unit: UnitOfWork,
    duplicate: DuplicateVerdict,
    found: Mapping[str, Sequence[Fact]],
) -> DuplicateVerdict:
    """Take a copy for a revision where it tells a figure that its original lacks."""
    if duplicate.original is None:
        return duplicate
    original = unit.decisions.get(duplicate.original)
    earlier = [told.fact for told in original.facts] if original else []
    for topic, stated in found.items():
        of_topic = [fact for fact in earlier if fact.topic == topic]
        if of_topic and tells_more(stated, of_topic):
            return replace(duplicate, original=None, reason=DuplicateReason.TELLS_MORE)
    return duplicate


def _near(unit: UnitOfWork, article: Article, mark: Fingerprint) -> Near:
    """Ask the index who shares words with ``article``."""
    asked = Asked(
        site=site(article.url),
        since=article.published_at.date() - COPY_WINDOW,
        most=near_duplicates.COMMON_ROOTS,
        min_shared=near_duplicates.MIN_SHARED,
    )
    return unit.shingles.near(article.id, mark.bottom, asked)


def _find_original(article: Article, mark: Fingerprint, near: Near) -> DuplicateVerdict:
    """Look for the copy that ``article`` repeats among those that share its words."""
    if article.revision_of is not None:
        return DuplicateVerdict(
            original=None,
            nearest=article.revision_of,
            containment=0.0,
            reason=DuplicateReason.REVISION,
        )
    candidates = [
        Candidate(
            article_id=each.article_id,
            root=each.root,
            published_at=each.published_at,
            fingerprint=near_duplicates.fingerprint(
                read(each.text[:LONGEST_READ], title=each.title)
            ),
        )
        for each in near.candidates
    ]
    return near_duplicates.find_original(mark, candidates, furniture=near.furniture)


def _index(
    unit: UnitOfWork,
    article: Article,
    mark: Fingerprint,
    near: Near,
    duplicate: DuplicateVerdict,
) -> None:
    """Let later articles be compared with this one."""
    unit.shingles.add(
        article.id,
        mark.bottom,
        near,
        day=article.published_at.date(),
        site=site(article.url),
        root=duplicate.original,
    )


def _decision(
    article: Article,
    reading: Reading,
    language: LanguageVerdict,
    duplicate: DuplicateVerdict,
    verdicts: Sequence[TopicVerdict],
    courses: Sequence[TopicCourse],
) -> Decision:
    """Put what was decided together, with spans of the text as it was given."""
    outcome = _outcome(language, duplicate, courses)
    return Decision(
        article_id=article.id,
        language=language,
        duplicate=duplicate,
        topics=tuple(
            replace(
                verdict,
                passages=tuple(reading.original(span) for span in verdict.passages),
            )
            for verdict in verdicts
        ),
        stories={course.topic: course.stories for course in courses},
        facts=tuple(
            replace(
                told,
                fact=replace(told.fact, evidence=reading.original(told.fact.evidence)),
            )
            for course in courses
            for told in course.facts
        ),
        developments=tuple(each for course in courses for each in course.developments),
        alerts=tuple(each for course in courses for each in course.alerts),
        outcome=outcome,
        trace=(
            *_left_out(article),
            *_trace(language, duplicate, verdicts, courses, outcome),
        ),
        tipping=tuple(_tipping(language, duplicate, verdicts, courses)),
    )


def _tipping(
    language: LanguageVerdict,
    duplicate: DuplicateVerdict,
    verdicts: Sequence[TopicVerdict],
    courses: Sequence[TopicCourse],
) -> Iterator[str]:
    """What would have made a silent article alert, the nearest thing first."""
    if any(course.alerts for course in courses):
        return
    if language.language is None:
        yield f"a text in one of {', '.join(READABLE)}"
        return
    if duplicate.original is not None:
        yield (
            f"a figure or status that {duplicate.original} lacks, or less than "
            f"{near_duplicates.MIN_CONTAINMENT:.0%} of its words"
        )
    for course in courses:
        yield from course.tipping
    if not courses and verdicts:
        nearest = max(verdicts, key=_margin)
        yield f"{nearest.topic}: {nearest.reason}"


def _outcome(
    language: LanguageVerdict,
    duplicate: DuplicateVerdict,
    courses: Sequence[TopicCourse],
) -> Outcome:
    """The highest word that applies, in the order of `Outcome`."""
    applying = {outcome for course in courses for outcome in course.outcomes}
    if duplicate.original is not None:
        applying.add(Outcome.DUPLICATE)
    if duplicate.reason is DuplicateReason.REVISION:
        applying.add(Outcome.REVISION)
    unread = language.language is None
    applying.add(Outcome.UNREADABLE_LANGUAGE if unread else Outcome.OFF_TOPIC)
    return next(word for word in Outcome if word in applying)


def _left_out(article: Article) -> Iterator[str]:
    """A line on what was not read of a text that is too long."""
    if len(article.text) > LONGEST_READ:
        yield f"text: the first {LONGEST_READ} of {len(article.text)} letters were read"


def _trace(
    language: LanguageVerdict,
    duplicate: DuplicateVerdict,
    verdicts: Sequence[TopicVerdict],
    courses: Sequence[TopicCourse],
    outcome: Outcome,
) -> Iterator[str]:
    """One line a step, in order, each with its numbers."""
    yield (
        f"language: {language.detected or 'none'} ({language.confidence:.2f})"
        f"{'' if language.language else ', which cannot be read'}"
    )
    near = f", nearest {duplicate.nearest}" if duplicate.nearest else ""
    least = near_duplicates.MIN_CONTAINMENT
    yield (
        f"near-duplicate: {duplicate.likeness}, {duplicate.reason} (containment "
        f"{duplicate.containment:.2f}, copies from {least:.2f}{near})"
    )
    by_topic = {course.topic: course for course in courses}
    for verdict in verdicts:
        word = "matched" if verdict.matched else "not matched"
        yield (
            f"topic {verdict.topic}: {word} (probability {verdict.probability:.3f}, "
            f"threshold {verdict.threshold:.3f}); {verdict.reason}"
        )
        if verdict.topic in by_topic:
            yield from by_topic[verdict.topic].trace
    yield f"outcome: {outcome}"


def _remember(
    unit: UnitOfWork,
    article: Article,
    decision: Decision,
    *,
    now: datetime,
    dry: bool,
) -> None:
    """Write the decision down, and end the entries of the article."""
    unit.decisions.add(decision, decided_at=now, dry=dry)
    unit.entries.finish_article(article.id, decision.outcome, reason=_because(decision))


def _because(decision: Decision) -> str:
    """The line of the trace that the outcome hangs on."""
    ended = f": {decision.outcome}: "
    judged = (line for line in decision.trace if ended in line)
    starts = {
        Outcome.DUPLICATE: "near-duplicate: ",
        Outcome.REVISION: "near-duplicate: ",
        Outcome.UNREADABLE_LANGUAGE: "language: ",
        Outcome.OFF_TOPIC: f"topic {_nearest(decision.topics)}: ",
    }.get(decision.outcome, "  ")
    started = (line for line in decision.trace if line.startswith(starts))
    return next(judged, next(started, "")).strip()


def _nearest(verdicts: Sequence[TopicVerdict]) -> str:
    """The topic that came nearest to its threshold."""
    nearest = max(verdicts, key=_margin, default=None)
    return nearest.topic if nearest else ""


def _margin(verdict: TopicVerdict) -> float:
    return verdict.probability - verdict.threshold
