"""``tocsin serve``: a Prefect server and a runner, kept together.

This process only watches the two. When it is told to stop it stops both; when one of
them dies it stops the other and says so, for whoever restarts services to see.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import FrameType

import click

from detectors.errors import MonitorError
from flows.errors import BusyError
from flows.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"  # the server has no users: who reaches it may run things
PORT = 4200  # Prefect's own; another free one where it is taken
STARTS_WITHIN = timedelta(seconds=120)  # 18 s with migrations on two busy cores
STOPS_WITHIN = timedelta(seconds=20)
LOOKS_EVERY = timedelta(milliseconds=250)
TAIL = 1200  # characters of a log that an error shows

# The recorder's batches cut the server's work per task run four- to fivefold.
SERVER_SETTINGS: Mapping[str, str] = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "2d",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_CLI_PROMPT": "false",
    "DO_NOT_TRACK": "1",
}


class ServeError(MonitorError):
    """The service cannot start, or one half of it died."""

    what = "service stopped"


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    A server is started unless ``PREFECT_API_URL`` names one.

    Raises:
        BusyError: Another service runs from the same home, or is still ending.
        ServeError: One of the two did not start, or died.
    """
    folder = settings.home / "prefect"
    for each in (settings.home, folder):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(folder) as held, _told_to_stop() as stop:
        environment = _environment(folder)
        children: list[tuple[str, subprocess.Popen[bytes]]] = []
        try:
            if "PREFECT_API_URL" not in environment:
                click.echo("starting Prefect's server", err=True)
                children.append(("server", _start_server(folder, environment, held)))
                _wait_for_server(children[0][1], environment, folder, stop)
            if not stop.is_set():
                children.append(("runner", _start_runner(environment, held)))
            _watch(children, stop, folder)
        finally:
            for _, child in reversed(children):
                _stop(child)
    click.echo("stopped", err=True)


def _environment(folder: Path) -> dict[str, str]:
    """What the children are given: our settings where the operator has none."""
    given = {**SERVER_SETTINGS, "PREFECT_HOME": str(folder), **os.environ}
    path = (str(CHECKOUT), *filter(None, [given.get("PYTHONPATH")]))
    return given | {
        "NO_PROXY": _past_proxies(given),
        "PYTHONPATH": os.pathsep.join(path),
    }


def _start_server(
    folder: Path, environment: dict[str, str], held: int
) -> subprocess.Popen[bytes]:
    """Start the server; its address goes into ``environment``."""
    port = _port(environment)
    environment["PREFECT_API_URL"] = f"http://{HOST}:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [*command, "--host", HOST, "--port", str(port)],
            # The server must not look for its own API while it starts.
            env={k: v for k, v in environment.items() if k != "PREFECT_API_URL"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(held,),
        )


def _start_runner(environment: Mapping[str, str], held: int) -> subprocess.Popen[bytes]:
    """Start the runner; its log is ours."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows.runner"],
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(held,),
    )


def _wait_for_server(
    server: subprocess.Popen[bytes],
    environment: Mapping[str, str],
    folder: Path,
    stop: Event,
) -> None:
    """Return once the server says that it is well, or once we are told to stop."""
    port = int(environment["PREFECT_API_URL"].rsplit(":", 1)[1].split("/")[0])
    looks = int(STARTS_WITHIN / LOOKS_EVERY)
    for _ in range(looks):
        if stop.is_set() or _is_well(port):
            return
        if server.poll() is not None:
            raise ServeError("server", _last_words(folder))
        stop.wait(LOOKS_EVERY.total_seconds())
    raise ServeError("server", f"does not answer after {STARTS_WITHIN}")


def _watch(
    children: list[tuple[str, subprocess.Popen[bytes]]], stop: Event, folder: Path
) -> None:
    """Return when told to stop.

    Raises:
        ServeError: A child died.
    """
    while not stop.wait(LOOKS_EVERY.total_seconds()):
        for name, child in children:
            if child.poll() is not None:
                words = _last_words(folder) if name == "server" else "its log is above"
                raise ServeError(name, f"exit status {child.returncode}; {words}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End a child and every process that it started."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(STOPS_WITHIN.total_seconds())
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _port(environment: Mapping[str, str]) -> int:
    """The configured port, else Prefect's own, else any free one."""
    configured = environment.get("PREFECT_SERVER_API_PORT", "")
    if configured.isascii() and configured.isdigit():
        return int(configured)
    for port in (PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            found: int = probe.getsockname()[1]
            return found
    raise ServeError("server", "no free port")


def _is_well(port: int) -> bool:
    """Whether the server's health page says so; no proxy is asked."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _past_proxies(environment: Mapping[str, str]) -> str:
    """The hosts that no proxy stands before; ours among them."""
    named = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    return ",".join(dict.fromkeys(filter(None, (*named.split(","), HOST, "localhost"))))


def _last_words(folder: Path) -> str:
    """The end of the server's log."""
    log = folder / "server.log"
    words = " ".join(log.read_text(encoding="utf-8", errors="replace").split())
    return f"{words[-TAIL:]} [{log}]"


@contextmanager
def _only_one(folder: Path) -> Iterator[int]:
    """Hold the home's lock; the children hold it too, for as long as they live."""
    with (folder / "serve.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(str(folder), "a service, or what is left of one") from error
        yield lock.fileno()


@contextmanager
def _told_to_stop() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = Event()

    def note(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    before = {
        number: signal.signal(number, note)
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
