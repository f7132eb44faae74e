"""The running stories that an article may be of, as a transaction knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from detectors.model import Story
from storage import tables
from storage.repository import Recurring, Repository, values_of
from storage.statements import Prepared
from storage.story_keys import StoryKeys

_story = tables.table(tables.Story)

# The thousand stories that run, and as many of their versions: 40 MB at most. With 512
# each was made anew for nearly every article, a fifth of following one by its words.
STORIES = Recurring(_story, Story, kept=2_048)

_RECENT = 16  # that changed last, whatever they share: a toll may be told without place
_LENGTHS = (4, 8, 16, 32, 64)  # of a list of numbers: few statements are prepared

_OF: BindParameter[Any] = bindparam("of")
_NUMBER = select(_story.c.number).where(_story.c.id == _OF)
_SAVE = Prepared(update(_story).where(_story.c.number == _OF))
_LAST = Prepared(
    select(_story.c.number)
    .where(
        _story.c.topic == _OF,
        _story.c.changed_at >= bindparam("since"),
        _story.c.merged_into.is_(None),
    )
    .order_by(_story.c.changed_at.desc(), _story.c.number.desc())
    .limit(_RECENT)
)


@dataclass(slots=True)
class _Latest:
    """The stories of a topic that changed last, by number, and since when."""

    since: datetime
    changes: dict[int, datetime]

    def holds(self, since: datetime) -> bool:
        """Whether none that changed since then is missing."""
        return since >= self.since or len(self.changes) == _RECENT

    def note(self, number: int, at: datetime) -> None:
        """Know a story as it changed."""
        if at < self.since:
            return
        self.changes[number] = at
        if len(self.changes) > _RECENT:
            del self.changes[min(self.changes, key=self._turn)]

    def _turn(self, number: int) -> tuple[datetime, int]:
        return self.changes[number], number


class Running(Repository):
    """Stories by their numbers, each read once and then known as it was saved.

    A story that a batch tells of ten times is written down once, at its end.
    """

    def __init__(self, connection: Connection) -> None:
        """Begin with nothing read."""
        super().__init__(connection)
        self._keys = StoryKeys(connection)
        self.forget()

    def forget(self) -> None:
        """Read everything anew."""
        self._keys.forget()
        self._numbers: dict[str, int] = {}
        self._stories: dict[int, Story] = {}
        self._latest: dict[str, _Latest] = {}
        self._unwritten: set[int] = set()

    def write(self) -> None:
        """Bring the rows up to what is known."""
        self._keys.write()
        if self._unwritten:
            changed = sorted(self._unwritten)
            _SAVE.run(self._connection, *map(self._row, changed))
            self._unwritten.clear()

    def _row(self, number: int) -> dict[str, Any]:
        values = values_of(self._stories[number])
        # An id that is set is looked for in all that refer to it, changed or not.
        del values["id"]
        return values | {"of": number}

    def open(self, number: int, story: Story) -> None:
        """Know a story that was added."""
        self._keys.begin(number)
        self._meet(number, story)
        if story.topic in self._latest:
            self._latest[story.topic].note(number, story.changed_at)

    def save(self, story: Story) -> None:
        """Know a story as it is now."""
        number = self._number(story.id)
        known = self._stories.get(number)
        latest = self._latest.get(story.topic)
        self._meet(number, story)
        self._unwritten.add(number)
        grows = known is not None and story.changed_at >= known.changed_at
        if not grows or story.merged_into is not None:
            self._latest.pop(story.topic, None)
        elif latest is not None:
            latest.note(number, story.changed_at)

    def get(self, story_id: str) -> Story | None:
        """A story as it is known, if it is."""
        number = self._numbers.get(story_id)
        return None if number is None else self._stories.get(number)

    def is_whole(self, story_id: str) -> bool:
        """Whether a story is known to be no part of another."""
        known = self.get(story_id)
        return known is not None and known.merged_into is None

    def near(
        self, topic: str, keys: Sequence[int], *, since: datetime
    ) -> tuple[Story, ...]:
        """As `Stories.near` says."""
        latest = self._latest.get(topic)
        if latest is not None and latest.holds(since):
            last: Iterable[int] = latest.changes
        else:
            self.write()
            asked = {"of": topic, "since": since}
            last = _LAST.run(self._connection, asked).scalars().all()
            latest = None
        numbers = sorted({*self._keys.sharing(keys, since.date()), *last})
        self._read([each for each in numbers if each not in self._stories])
        if latest is None:
            changes = {each: self._stories[each].changed_at for each in last}
            self._latest[topic] = _Latest(since=since, changes=changes)
        return tuple(
            story
            for story in map(self._stories.__getitem__, numbers)
            if story.topic == topic
            and story.changed_at >= since
            and story.merged_into is None
        )

    def index(self, story_id: str, keys: Iterable[int], day: date) -> None:
        """As `Stories.index` says."""
        self._keys.replace(self._number(story_id), keys, day)

    def prune(self, before: date) -> int:
        """As `Stories.prune` says."""
        return self._keys.prune(before)

    def _number(self, story_id: str) -> int:
        known = self._numbers.get(story_id)
        if known is None:
            found = self._connection.execute(_NUMBER, {"of": story_id})
            known = self._numbers[story_id] = int(found.scalar_one())
        return known

    def _read(self, numbers: Sequence[int]) -> None:
        """Read the stories of these numbers, at most 64."""
        if not numbers:
            return
        make = STORIES.maker(self._connection.dialect)
        length = next(each for each in _LENGTHS if each >= len(numbers))
        asked = dict.fromkeys(_places(length), numbers[0])
        asked.update(zip(asked, numbers, strict=False))
        for row in _numbered(length).run(self._connection, asked).all():
            self._meet(row[0], make(tuple(row[1:])))

    def _meet(self, number: int, story: Story) -> None:
        self._stories[number] = story
        self._numbers[story.id] = number


def _places(length: int) -> list[str]:
    return [f"n{place}" for place in range(length)]


@lru_cache(maxsize=len(_LENGTHS))
def _numbered(length: int) -> Prepared:
    """The stories of so many numbers, each with its own in front."""
    query = select(_story.c.number, *STORIES.columns)
    return Prepared(query.where(_story.c.number.in_(map(bindparam, _places(length)))))
