"""The detectors over a stream of articles; nothing is fetched or sent."""

from collections.abc import Iterator, Sequence
from itertools import islice

from detectors.model import Article, Decision
from detectors.streams import in_turn
from flows.desk import Desk
from flows.follow import follow_article
from storage.database import Store

BATCH = 200


def replay(
    store: Store, desk: Desk, articles: Sequence[Article], *, batch: int = BATCH
) -> Iterator[Decision]:
    """Decide on each article in the order given, by the clock of its publication.

    Those of one moment are decided in the order of their ids, wherever they stand
    among each other. An article that the store has decided on is answered from there.
    How many articles share a transaction changes nothing but the time it takes.

    Yields:
        The decisions in the order given, once their transaction is kept.
    """
    decided: dict[str, Decision] = {}
    turns, answered = in_turn(articles), 0
    while turn := tuple(islice(turns, batch)):
        with store.unit() as unit:
            for article in turn:
                unit.articles.add(article)
                decided[article.id] = unit.decisions.get(article.id) or follow_article(
                    unit, desk, article, now=article.published_at
                )
        while answered < len(articles) and articles[answered].id in decided:
            yield decided.pop(articles[answered].id)
            answered += 1
