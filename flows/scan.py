"""What the detectors see in one document, without any store."""

from dataclasses import replace

from detectors.model import (
    Article,
    Decision,
    DuplicateReason,
    DuplicateVerdict,
    Outcome,
    StoryFact,
)
from flows.matching import find_facts, match_topics, understand
from flows.seeds import Seeds

_NOT_LOOKED = DuplicateVerdict(
    original=None, nearest=None, containment=0.0, reason=DuplicateReason.NO_CANDIDATE
)


def scan(seeds: Seeds, article: Article) -> Decision:
    """Topics, passages and facts of one document; of no story, as none is known."""
    language, reading = understand(article)
    verdicts = match_topics(seeds, reading, language)
    found = tuple(
        fact
        for verdict in verdicts
        if verdict.matched
        for fact in find_facts(seeds, reading, verdict, article)
    )
    return Decision(
        article_id=article.id,
        language=language,
        duplicate=_NOT_LOOKED,
        topics=tuple(
            replace(
                verdict,
                passages=tuple(reading.original(span) for span in verdict.passages),
            )
            for verdict in verdicts
        ),
        stories={},
        facts=tuple(
            StoryFact(
                fact=replace(fact, evidence=reading.original(fact.evidence)), story=None
            )
            for fact in found
        ),
        developments=(),
        alerts=(),
        outcome=Outcome.KNOWN if found else Outcome.OFF_TOPIC,
        trace=(),
    )
