"""D13 where Prefect runs: nothing that it stores, logs or answers holds a secret."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from flows.demo.slack import TOKEN, Fault
from tests.flows.outpost import outpost
from tests.flows.test_serve import (
    STOPS_WITHIN,
    ask,
    clean_environment,
    free_port,
)

APP, SIGNING, DATABASE = "xapp-1-A0-osprey", "signing-osprey-77", "dsn-osprey-99"
HEADER = "feed-osprey-88"
LOGGERS = "flows,storage,detectors,slack_sdk,aiohttp,sqlalchemy"
# What Prefect shows of a run, and of what it was made from.
SHOWN = (
    "flow_runs",
    "flows",
    "deployments",
    "logs",
    "artifacts",
    "events",
    "task_runs",
    "block_documents",
    "variables",
    "work_pools",
)
DEBUG = 10
PATIENCE = 240.0  # seconds for a run: at DEBUG every statement is a line


@contextmanager
def service(environment, log):
    """A served Tocsin; ended with the block."""
    with log.open("wb") as written:
        running = subprocess.Popen(
            [sys.executable, "-m", "flows", "serve"],
            env=environment,
            cwd=log.parent,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(STOPS_WITHIN)


def tocsin(environment, folder, *words):
    command = [sys.executable, "-m", "flows", *words]
    subprocess.run(command, env=environment, cwd=folder, check=True)  # noqa: S603


def runs(port, state):
    body = {"flow_runs": {"state": {"type": {"any_": [state]}}}}
    found = ask(port, "/api/flow_runs/filter", body) or []
    return [run for run in found if run["auto_scheduled"]]


def wait_for(port, state, running):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.poll() is None:
        if found := runs(port, state):
            return found
        time.sleep(1)
    return []


def shown(port, what):
    """All that Prefect answers about it, page after page."""
    pages = []
    for offset in range(0, 20_000, 200):
        page = ask(port, f"/api/{what}/filter", {"limit": 200, "offset": offset})
        pages.append(page)
        if not isinstance(page, list) or len(page) < 200:
            return pages
    return pages


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_d13_a_served_run_shows_and_keeps_no_secret(tmp_path):
    """Runs that deliver, that are refused by Slack, and that find no database."""
    port, home = free_port(), tmp_path / "home"
    url = tmp_path / "url"
    with outpost(tmp_path / "news.db") as post:
        post.decide("s1", 3)
        post.slack.faults = [Fault.NO_AUTH]
        hook = post.slack.hook_url
        feed = f"{post.slack.url}/rss"
        url.write_text(post.store.url)
        environment = clean_environment(
            TOCSIN_HOME=str(home),
            TOCSIN_POLL_EVERY="PT10S",
            TOCSIN_DATABASE_URL_FILE=str(url),
            SLACK_BOT_TOKEN=TOKEN,
            SLACK_APP_TOKEN=APP,
            SLACK_SIGNING_SECRET=SIGNING,
            SLACK_WEBHOOK_URL=hook,
            SLACK_BASE_URL=post.slack.base_url,
            TOCSIN_ALLOW_NETWORKS=post.slack.url.removeprefix("http://"),
            OUTLET_KEY=HEADER,
            PREFECT_SERVER_API_PORT=str(port),
            PREFECT_LOGGING_LEVEL="DEBUG",
            PREFECT_LOGGING_EXTRA_LOGGERS=LOGGERS,
        )
        for words in (
            ["add", feed, "--no-check"],
            ["set", feed, "--header", "X-Key=env:OUTLET_KEY"],
        ):
            tocsin(environment, tmp_path, "feeds", *words)
        log = tmp_path / "serve.log"
        with service(environment, log) as running:
            assert wait_for(port, "COMPLETED", running), log.read_text()
            url.write_text(f"postgresql://desk:{DATABASE}@127.0.0.1:1/news")
            assert wait_for(port, "FAILED", running), log.read_text()
            time.sleep(3)  # logs go out in batches
            answers = {what: shown(port, what) for what in SHOWN}
    assert answers["logs"][0], answers
    levels = {each["level"] for page in answers["logs"] for each in page}
    messages = [each["message"] for page in answers["logs"] for each in page]
    assert DEBUG in levels, levels
    assert any("invalid_auth" in each for each in messages), messages
    assert "FAILED" in json.dumps(answers["flow_runs"])
    told = json.dumps(answers, ensure_ascii=False).encode()
    kept = [file for file in home.rglob("*") if file.is_file()]
    everything = told + log.read_bytes() + b"".join(f.read_bytes() for f in kept)
    assert [file for file in kept if file.suffix == ".db"]
    secrets = (TOKEN, APP, SIGNING, DATABASE, HEADER, hook)
    assert not [each for each in secrets if each.encode() in everything]
