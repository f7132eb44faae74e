"""A feed behind a key, its pages paid for: told by its own words, its key by none."""

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
from click.testing import CliRunner

from flows import clock
from flows.cli import main
from tests.servers.stand import Reply, document, item, rss
from tests.servers.threaded import open_threaded_stand

KEY = "Bearer kestrel-key-77"
STRIKE = (
    "Drones struck a grain terminal in Odesa before dawn, killing two people and "
    "wounding seven, the regional governor said. A warehouse burned for hours before "
    "firefighters had it under control, and the port was closed until noon."
)


@pytest.fixture
def stand():
    with open_threaded_stand() as opened:
        yield opened


@pytest.fixture
def tocsin(tmp_path, monkeypatch, stand):
    monkeypatch.chdir(tmp_path)
    for name in ("TOCSIN_DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1:{stand.port}")
    monkeypatch.setenv("WIRE_KEY", KEY)

    def run(*words, status=0):
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == status, result.output
        assert "kestrel-key" not in result.output
        return result.stdout

    return run


def locked(stand, pages):
    """A publisher that lets in who has the key, and whose pages are another matter."""
    published = format_datetime(clock.now() - timedelta(hours=1))
    told = item(1, title="Drones hit a terminal", description=STRIKE, pubDate=published)

    def answer(request):
        if request.header("Authorization") != KEY.encode():
            return Reply(status=401)
        return document(rss(told, title="Quay Wire"))

    stand.answer("/rss", answer)
    stand.say("/story/1", pages)


def test_a_locked_source_is_judged_on_its_feed_and_its_key_is_nowhere(
    tocsin, stand, tmp_path, logged
):
    locked(stand, Reply(status=401))
    tocsin("feeds", "add", stand.url("/rss"), "--no-check", "--backfill", "48h")
    tocsin("feeds", "set", "1", "--header", "Authorization=env:WIRE_KEY")
    done = json.loads(tocsin("run", "--json"))
    assert done["outcomes"] == {"alerted": 1}
    told = tocsin("why", stand.url("/story/1"))
    assert "feed-text" in told
    assert "page-failed: forbidden" in told
    assert stand.asked("/story/1")[0].header("Authorization") is None
    for words in (
        ("feeds", "list", "--json"),
        ("feeds", "check", "1", "--json"),
        ("feeds", "export", "feeds.opml"),
        ("report",),
        ("db", "backup", "copy.db"),
    ):
        tocsin(*words)
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"copy.db", "feeds.opml", "tocsin.db"} <= {file.name for file in kept}
    assert not [file.name for file in kept if b"kestrel-key" in file.read_bytes()]
    assert "kestrel-key" not in logged.getvalue()


def test_a_key_that_is_not_there_or_not_taken_is_a_failure_with_its_reason(
    tocsin, stand, monkeypatch
):
    locked(stand, Reply(status=401))
    tocsin("feeds", "add", stand.url("/rss"), "--no-check")
    tocsin("feeds", "set", "1", "--header", "Authorization=env:WIRE_KEY")
    monkeypatch.setenv("WIRE_KEY", "Bearer another")
    got = json.loads(tocsin("feeds", "check", "1", "--json", status=1))
    assert got["problem"] == "forbidden: HTTP 401"
    monkeypatch.delenv("WIRE_KEY")
    asked = len(stand.asked("/rss"))
    got = json.loads(tocsin("feeds", "check", "1", "--json", status=1))
    assert "WIRE_KEY is not set" in got["problem"]
    assert len(stand.asked("/rss")) == asked
