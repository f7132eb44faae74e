"""The store: opened once, written in units of work that are kept whole or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from storage import schema
from storage.articles import Articles
from storage.channels import Channels
from storage.check import find_problems
from storage.decisions import Decisions
from storage.engine import PATIENCE, for_reading, make_engine, shown
from storage.entries import Entries
from storage.feeds import Feeds
from storage.hosts import Hosts
from storage.leases import Leases
from storage.notices import Notices
from storage.outbox import Outbox
from storage.repository import Repository
from storage.rulings import Rulings
from storage.runs import Runs
from storage.shingles import Shingles
from storage.stories import Stories
from storage.threads import Threads
from storage.visits import Visits
from storage.vocabularies import Vocabularies

_SQLITE_NOW = "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"
_POSTGRES_NOW = "SELECT clock_timestamp()"


class UnitOfWork:
    """Every repository, on one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Put the repositories on ``connection``."""
        self._connection = connection
        self.feeds = Feeds(connection)
        self.hosts = Hosts(connection)
        self.entries = Entries(connection)
        self.articles = Articles(connection)
        self.visits = Visits(connection)
        self.shingles = Shingles(connection)
        self.decisions = Decisions(connection)
        self.stories = Stories(connection)
        self.rulings = Rulings(connection, self.stories)
        self.vocabularies = Vocabularies(connection)
        self.outbox = Outbox(connection)
        self.threads = Threads(connection)
        self.channels = Channels(connection)
        self.notices = Notices(connection)
        self.leases = Leases(connection)
        self.runs = Runs(connection)

    def commit(self) -> None:
        """Keep what was written so far; what follows is a new transaction."""
        self.write()
        self._connection.commit()
        self._forget()

    def write(self) -> None:
        """Send to the database what was put off to the end of the transaction."""
        for repository in self._repositories():
            repository.write()

    def rollback(self) -> None:
        """Forget what was written since the last commit."""
        self._connection.rollback()
        self._forget()

    def _forget(self) -> None:
        """Read everything anew: others may write between two transactions."""
        for repository in self._repositories():
            repository.forget()

    def _repositories(self) -> Iterator[Repository]:
        return (each for each in vars(self).values() if isinstance(each, Repository))


class Store:
    """A database with our tables; make one by `Store.open`, close it at the end."""

    def __init__(self, engine: Engine) -> None:
        """Use ``engine`` as it is; `Store.open` also looks at the schema."""
        self._writing = engine
        self._reading = for_reading(engine)
        self.url = shown(engine.url)

    @classmethod
    def open(
        cls, url: str, *, migrate: bool = True, patience: timedelta = PATIENCE
    ) -> "Store":
        """Open the store at ``url``; an empty one is given its tables.

        Args:
            url: ``sqlite:///path``, ``sqlite://`` (in memory) or ``postgresql://…``.
            migrate: False leaves the schema alone and unlooked at, so that
                `migrate` or a check can be asked for by hand.
            patience: How long to wait while another process writes.

        Raises:
            SchemaError: The tables are older (names ``tocsin db migrate``) or newer
                than this code. Older ones are never migrated by themselves.
            StoreError: It cannot be opened; says why.
        """
        store = cls(make_engine(url, patience=patience))
        try:
            if migrate:
                store._make_ready()
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def unit(self, *, reading: bool = False) -> Iterator[UnitOfWork]:
        """One unit of work: kept at the end, or not at all when an error leaves it.

        Args:
            reading: Write nothing; then all that is read is of one moment, and it
                neither waits for a writer nor keeps one waiting.

        Raises:
            StoreError: The database refused; nothing of the unit was kept.
        """
        engine = self._reading if reading else self._writing
        with engine.connect() as connection:
            unit = UnitOfWork(connection)
            yield unit
            unit.commit()

    def now(self) -> datetime:
        """The moment by the store's own clock, UTC: all who share it agree on it.

        Ask it outside of a unit.
        """
        with self._reading.connect() as connection:
            if connection.dialect.name == "sqlite":
                told = connection.exec_driver_sql(_SQLITE_NOW).scalar_one()
                return datetime.fromisoformat(told).replace(tzinfo=UTC)
            moment: datetime = connection.exec_driver_sql(_POSTGRES_NOW).scalar_one()
            return moment.astimezone(UTC)

    def migrate(self) -> bool:
        """Bring the schema up to date in one transaction; False if it was.

        Raises:
            SchemaError: The store is newer than this code.
        """
        with self._writing.connect() as connection:
            before = schema.current(connection)
            schema.upgrade(connection)
            connection.commit()
        return before != schema.HEAD

    def check(self) -> tuple[str, ...]:
        """Look for damage and broken promises; one sentence each, () when sound."""
        with self._reading.connect() as connection:
            return find_problems(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._writing.dispose()

    def _make_ready(self) -> None:
        """Give an empty store its tables; refuse another schema."""
        with self._reading.connect() as connection:
            empty = schema.current(connection) is None
        if empty:
            self.migrate()
        with self._reading.connect() as connection:
            schema.require_head(connection)
