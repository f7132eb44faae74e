"""A PostgreSQL of our own: one server a session, one database a test.

PostgreSQL refuses to run as root, so under root it runs as ``nobody``, in a folder
that is not below pytest's own, which ``nobody`` may not enter.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

UNPRIVILEGED = "nobody"
START_SECONDS = 30.0


def find_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``: on the PATH, or Debian's newest."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(installed, key=lambda path: path.parent.parent.name.zfill(4))
    return newest[-1].parent if newest else None


class Postgres:
    """A running server; makes databases."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self._made = 0

    def url(self, database: str = "postgres") -> str:
        """Where a database is, as our settings would say."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, *, like: str = "template0", name: str = "") -> str:
        """Make a database, empty or ``like`` another that nobody uses; its name."""
        self._made += 1
        name = name or f"tocsin_{self._made}"
        # Copying files takes half as long as writing them to the log, without fsync.
        self._run(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def end_sessions(self, name: str) -> None:
        """Cut off whoever is connected to a database."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [name],
            )

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(binaries: Path) -> Iterator[Postgres]:
    """Run a server on a free port of the loopback, until the end of the block."""
    # A socket's path may not be long, and nobody must reach it: not in tmp_path.
    folder = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    other = _other_user()
    try:
        if other is not None:
            os.chown(folder, other, -1)
        _call([binaries / "initdb", "-D", folder / "db", "-U", "postgres"], other)
        with _server(binaries, folder, other) as port:
            yield Postgres(port, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(binaries: Path, folder: Path, other: int | None) -> Iterator[int]:
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",  # nothing here outlives the tests
        "max_connections": "40",
    }
    options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
    log = (folder / "log").open("wb")
    with (
        log,
        subprocess.Popen(  # noqa: S603  # our own words
            [binaries / "postgres", "-D", folder / "db", "-p", str(port), *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            user=other,
            extra_groups=None if other is None else [],
        ) as server,
    ):
        try:
            _wait(server, port, folder / "log")
            yield port
        finally:
            server.send_signal(signal.SIGINT)  # "fast": open sessions are ended
            server.wait(timeout=START_SECONDS)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it takes connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    message = f"PostgreSQL did not start:\n{log.read_text(errors='replace')}"
    raise RuntimeError(message)


def _call(command: list[str | Path], other: int | None) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    subprocess.run(  # noqa: S603  # our own words
        [*command, "-E", "UTF8", "--auth=trust", "--no-sync"],
        check=True,
        capture_output=True,
        cwd="/",
        env=environment,
        user=other,
        extra_groups=None if other is None else [],
    )


def _other_user() -> int | None:
    """Whom to run as; None when we may do it ourselves."""
    return pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
