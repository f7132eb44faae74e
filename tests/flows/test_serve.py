import fcntl
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from flows.deployments import MOST_AT_ONCE, deployments, to_prefect
from flows.errors import BusyError
from flows.serve import ServeError, _environment, _port, serve
from flows.settings import Settings
from storage.database import Store

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 130.0  # seconds for two runs, start included; half of it on busy cores
STOPS_WITHIN = 60.0
OURS = ("PREFECT_", "TOCSIN_", "SLACK_")


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings_of(home):
    """Settings with this home and nothing else."""
    return Settings.model_validate({"TOCSIN_HOME": home})


def clean_environment(**given):
    """The environment without what the machine says about us."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def ask(port, path, body):
    """What Prefect's API answers; None while it does not."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(
            "POST", path, json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        return json.loads(answer.read()) if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def scheduled_runs(port):
    """Names of the runs that the scheduler made and that completed."""
    found = ask(
        port,
        "/api/flow_runs/filter",
        {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}},
    )
    return [run["name"] for run in found or () if run["auto_scheduled"]]


def processes_with(mark):
    """Every process of this machine whose environment holds ``mark``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            holds = mark in (folder / "environ").read_bytes()
        except OSError:
            continue
        if holds:
            found.append(int(folder.name))
    return found


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="needs Linux's /proc"
)
def test_the_service_completes_scheduled_runs_and_leaves_nothing_behind(tmp_path):
    port, home = free_port(), tmp_path / "home"
    environment = clean_environment(
        TOCSIN_HOME=str(home),
        TOCSIN_POLL_EVERY="PT10S",
        PREFECT_SERVER_API_PORT=str(port),
    )
    with (tmp_path / "serve.log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "flows", "serve"],
            env=environment,
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        completed = wait_for_runs(service, port)
    finally:
        service.send_signal(signal.SIGTERM)
        status = service.wait(STOPS_WITHIN)
    own_log = (tmp_path / "serve.log").read_text(errors="replace")
    assert len(completed) >= 2, own_log
    assert status == 0, own_log
    server_log = (home / "prefect" / "server.log").read_text(errors="replace")
    assert re.findall(r".*(?:ERROR|CRITICAL|Traceback).*", server_log) == []
    assert processes_with(str(home).encode()) == []
    archive = Store.open(f"sqlite:///{home / 'tocsin.db'}")
    with closing(archive), archive.unit(reading=True) as unit:
        assert unit.runs.last_finished("cycle") is not None


def wait_for_runs(service, port):
    """Wait until two scheduled runs completed, the service died, or time is up."""
    completed: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and service.poll() is None:
        completed = scheduled_runs(port)
        if len(completed) >= 2:
            break
        time.sleep(1)
    return completed


@pytest.mark.slow
def test_a_server_that_cannot_start_is_told_with_its_last_words(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PREFECT_SERVER_API_PORT", str(port))
        with pytest.raises(ServeError, match=f"Port {port} is already in use"):
            serve(settings_of(tmp_path))
    assert processes_with(str(tmp_path / "prefect").encode()) == []


@pytest.fixture
def held_home(tmp_path):
    """A home whose lock another process holds."""
    folder = tmp_path / "prefect"
    folder.mkdir()
    with (folder / "serve.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield tmp_path


def test_two_services_do_not_share_a_home(held_home):
    with pytest.raises(BusyError, match="what is left of one"):
        serve(settings_of(held_home))


def test_signals_are_given_back_when_the_service_does_not_start(held_home):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(BusyError):
        serve(settings_of(held_home))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_configured_port_is_used_as_it_is():
    assert _port({"PREFECT_SERVER_API_PORT": "4321"}) == 4321


def test_a_taken_port_is_not_used():
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 4200))
            taken.listen()
        except OSError:
            pass  # somebody else has it: just as good
        assert _port({}) != 4200


def test_what_the_operator_set_comes_before_our_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_EVENTS_RETENTION_PERIOD", "9d")
    monkeypatch.setenv("NO_PROXY", "intranet.test")
    environment = _environment(tmp_path)
    assert environment["PREFECT_SERVER_EVENTS_RETENTION_PERIOD"] == "9d"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert environment["NO_PROXY"] == "intranet.test,127.0.0.1,localhost"


async def test_every_deployment_is_one_at_a_time_and_takes_its_parameters():
    made = [await to_prefect(each) for each in deployments()]
    assert [f"{each.flow_name}/{each.name}" for each in made] == [
        "monitor/scheduled",
        "poll/by-hand",
        "collect/by-hand",
        "follow/by-hand",
        "deliver/by-hand",
    ]
    for each in made:
        assert each.concurrency_limit == 1
        options = each.concurrency_options
        assert options is not None
        assert options.collision_strategy == "CANCEL_NEW"
        assert each.entrypoint == f"flows.scheduled.{each.flow_name}"
        known = each._parameter_openapi_schema.properties
        assert set(each.parameters) <= set(known)
    assert [len(each.schedules or ()) for each in made] == [1, 0, 0, 0, 0]
    assert MOST_AT_ONCE >= 2
