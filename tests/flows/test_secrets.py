"""D13, D19, D20, and D08's last part: what nobody but the desk may read or lose."""

import os
import stat
from contextlib import closing

import pytest
from click.testing import CliRunner

from detectors.parcels import BURST
from flows import scheduled
from flows.cli import main
from flows.demo.slack import TOKEN, Fault
from flows.deployments import deployments
from flows.slack.webhook import WebhookPoster
from storage.database import Store
from tests.flows.outpost import outpost

APP, SIGNING = "xapp-1-A0-kestrel", "signing-kestrel-77"
DATABASE, FEED = "dsn-kestrel-99", "feed-kestrel-88"


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


@pytest.fixture
def tocsin(post, tmp_path, monkeypatch):
    """Commands with every secret set; what they print, and what goes wrong."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("TOCSIN_", "SLACK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SIGNING)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", post.slack.hook_url)
    monkeypatch.setenv("SLACK_BASE_URL", post.slack.base_url)
    return lambda *words: CliRunner().invoke(main, words).output


@pytest.mark.parametrize("by", ["token", "webhook"])
@pytest.mark.parametrize(
    "fault", [Fault.NONE, Fault.DROPPED, Fault.SERVER, Fault.NO_AUTH, Fault.REFUSED]
)
async def test_d13_a_delivery_logs_no_secret_at_any_level(post, logged, by, fault):
    if by == "webhook":
        post.poster = WebhookPoster(post.slack.hook_url)
    post.decide("s1", 3)
    post.slack.faults = [fault]
    delivered = await post.deliver()
    said = f"{logged.getvalue()} {delivered} {post.messages}"
    assert not [each for each in (TOKEN, post.slack.hook_url) if each in said]


COMMANDS = [
    ("doctor",),
    ("doctor", "--json"),
    ("run", "--json"),
    ("run", "--dry-run"),
    ("stories", "list", "--json"),
    ("feeds", "add", f"https://desk:{FEED}@127.0.0.1/rss"),
    ("feeds", "add", f"ftp://desk:{FEED}@wire.test/rss", "--no-check"),
    ("feeds", "add", f"https://desk:{FEED}@wire.test/rss", "--no-check"),
    ("feeds", "remove", f"https://desk:{FEED}@other.test/rss"),
    ("feeds", "list", "--json"),
    ("feeds", "export"),
    ("why", f"https://{FEED}@wire.test/a"),
    ("scan", f"https://desk:{FEED}@127.0.0.1/a"),
]


def test_d13_no_command_says_or_logs_a_secret(tocsin, post, logged):
    said = "\n".join(tocsin(*words) for words in COMMANDS)
    assert "Slack: speaks as" in said
    every = said + logged.getvalue()
    secrets = (TOKEN, APP, SIGNING, FEED, post.slack.hook_url)
    assert not [each for each in secrets if each in every]


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://desk:{DATABASE}@127.0.0.1:1/t",
        f"postgresql://127.0.0.1:1/t?user=desk&password={DATABASE}",
        f"mysql://desk:{DATABASE}@127.0.0.1/t",
        f"no url {DATABASE}",
    ],
)
def test_d13_no_password_of_a_database_is_told(tocsin, logged, monkeypatch, url):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", url)
    for words in (("doctor", "--json"), ("stories", "list"), ("db", "backup", "x")):
        said = tocsin(*words)
        assert "store" in said or "database" in said
        assert DATABASE not in said + logged.getvalue()


def test_d13_prefect_is_given_no_secret():
    """What a run takes is shown to everybody who reaches Prefect's page."""
    given = {name for each in deployments() for name in each.parameters}
    assert given == {"force", "backfill_hours"}


@pytest.mark.parametrize("name", [each.flow for each in deployments()])
def test_d19_prefect_keeps_no_result_of_a_run(name):
    assert getattr(scheduled, name).persist_result is False


def test_d20_a_store_and_its_folder_are_ours_alone_whatever_the_umask(tmp_path):
    before = os.umask(0o022)
    try:
        with closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as store:
            with store.unit() as unit:
                unit.runs.last_moment()
            made = {each.name: each for each in (tmp_path / "home").iterdir()}
            modes = {stat.S_IMODE(each.stat().st_mode) for each in made.values()}
    finally:
        os.umask(before)
    assert {"tocsin.db", "tocsin.db-wal", "tocsin.db-shm"} <= made.keys()
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


async def test_d08_a_reply_that_is_refused_goes_out_plain_in_its_thread(post):
    post.decide("s1", 3)
    await post.deliver()
    key = post.decide("s1", 7)
    post.slack.faults = [Fault.REFUSED]
    await post.deliver()
    root, reply = post.slack.messages
    assert reply["thread_ts"] == root["ts"]
    assert "blocks" not in reply
    assert post.slack.keys[key] == 1


async def test_d08_a_digest_that_is_refused_goes_out_plain_and_loses_none(post):
    keys = [post.decide(f"s{number}", 3) for number in range(BURST + 3)]
    post.slack.faults = [Fault.REFUSED]
    await post.deliver()
    (digest,) = post.slack.messages
    assert "blocks" not in digest
    assert all(f"Fire in s{number}" in digest["text"] for number in range(len(keys)))
    assert sorted(post.told) == sorted(keys)


async def test_d08_an_edit_that_is_refused_keeps_the_reply_and_the_next_state(post):
    post.decide("s1", 3)
    await post.deliver()
    key = post.decide("s1", 7)
    post.slack.edit_faults = [Fault.REFUSED]
    await post.deliver()
    assert post.slack.keys[key] == 1
    post.decide("s1", 9)
    await post.deliver()
    assert "9 people died" in str(post.root_of("s1"))
