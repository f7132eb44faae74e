"""What each topic's articles are made of: a row a topic, of fixed size."""

from sqlalchemy import select

from detectors.model import Vocabulary
from storage import tables
from storage.repository import Repository, columns_of, values_of

_vocabulary = tables.table(tables.Vocabulary)
_columns = columns_of(_vocabulary, Vocabulary)


class Vocabularies(Repository):
    """How common words are, by topic."""

    def get(self, topic: str) -> Vocabulary:
        """That of a topic; an empty one before its first article."""
        wanted = select(*_columns).where(_vocabulary.c.topic == topic)
        found = self._records(Vocabulary, wanted)
        return next(iter(found), Vocabulary(topic=topic))

    def save(self, vocabulary: Vocabulary) -> None:
        """Keep it as it is now."""
        values = values_of(vocabulary)
        written = self._insert(_vocabulary).values(**values)
        self._connection.execute(
            written.on_conflict_do_update(
                index_elements=["topic"],
                set_={name: written.excluded[name] for name in ("articles", "counts")},
            )
        )
