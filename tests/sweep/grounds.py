"""Databases that a world begins from: made once, and copied for each world."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.servers.postgres import Postgres


class Ground(Protocol):
    """A database that is copied."""

    @property
    def url(self) -> str:
        """Where it is; nobody may have it open while it is copied."""
        ...

    def copied(self, folder: Path) -> AbstractContextManager[str]:
        """A copy of it, always at the same place: what was opened there is warm."""
        ...


@dataclass(frozen=True, slots=True)
class SqliteGround:
    """A file of SQLite."""

    path: Path

    @property
    def url(self) -> str:
        """Where it is."""
        return f"sqlite:///{self.path}"

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """A copy in ``folder``, which is gone with it."""
        yield f"sqlite:///{shutil.copy(self.path, folder / 'tocsin.db')}"


@dataclass(frozen=True, slots=True)
class PostgresGround:
    """A database of PostgreSQL."""

    server: Postgres
    name: str

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url(self.name)

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:  # noqa: ARG002  # it has none
        """A copy on the same server, dropped at the end."""
        copy = self.server.create(like=self.name, name=f"{self.name}_copy")
        try:
            yield self.server.url(copy)
        finally:
            self.server.drop(copy)
