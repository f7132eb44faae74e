"""What each topic's articles are made of: a row a topic, of fixed size."""

from functools import lru_cache

from sqlalchemy import Connection, select

from detectors.model import Vocabulary
from storage import tables
from storage.repository import Repository, columns_of, inserting, values_of
from storage.statements import Prepared

_vocabulary = tables.table(tables.Vocabulary)
_columns = columns_of(_vocabulary, Vocabulary)


class Vocabularies(Repository):
    """How common words are, by topic."""

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._known: dict[str, Vocabulary] = {}

    def forget(self) -> None:
        """Read them anew."""
        self._known.clear()

    def get(self, topic: str) -> Vocabulary:
        """That of a topic; an empty one before its first article."""
        known = self._known.get(topic)
        if known is None:
            wanted = select(*_columns).where(_vocabulary.c.topic == topic)
            found = self._records(Vocabulary, wanted)
            known = next(iter(found), Vocabulary(topic=topic))
            self._known[topic] = known
        return known

    def save(self, vocabulary: Vocabulary) -> None:
        """Keep it as it is now."""
        written = _saving(self._connection.dialect.name)
        written.run(self._connection, values_of(vocabulary))
        self._known[vocabulary.topic] = vocabulary


@lru_cache(maxsize=2)  # both databases
def _saving(dialect: str) -> Prepared:
    """An INSERT that takes the place of what was known of its topic."""
    written = inserting(dialect, _vocabulary)
    latest = {name: written.excluded[name] for name in ("articles", "counts")}
    return Prepared(
        written.on_conflict_do_update(index_elements=["topic"], set_=latest)
    )
