"""The detectors over a stream of articles; nothing is fetched or sent."""

from collections.abc import Iterator, Sequence

from detectors.model import Article, Decision
from flows.desk import Desk
from flows.follow import follow_article
from storage.database import Store

BATCH = 200


def replay(
    store: Store, desk: Desk, articles: Sequence[Article], *, batch: int = BATCH
) -> Iterator[Decision]:
    """Decide on each article in the order given, by the clock of its publication.

    An article that the store has decided on is answered from there. How many
    articles share a transaction changes nothing but the time it takes.
    """
    for start in range(0, len(articles), batch):
        with store.unit() as unit:
            decisions = []
            for article in articles[start : start + batch]:
                unit.articles.add(article)
                decisions.append(
                    unit.decisions.get(article.id)
                    or follow_article(unit, desk, article, now=article.published_at)
                )
        yield from decisions
