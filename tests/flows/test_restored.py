"""A backup put back: what was told since is not told again, what was not is."""

import shutil
import sqlite3
import stat
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
from click.testing import CliRunner

from detectors.model import MessageState, RunKind, Severity
from flows.cli import main
from flows.demo.slack import Fault
from flows.restored import DOUBT, PAUSE, begin_doubt, notice_restore, restore
from flows.slack.webhook import WebhookPoster
from storage.backups import back_up, copy_beside, put_in_place
from storage.database import Store
from storage.errors import (
    SchemaError,
    StoreBrokenError,
    StoreError,
    StoreLockedError,
)
from tests.flows.outpost import outpost

HOUR = timedelta(hours=1)


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


def url_of(path):
    return f"sqlite:///{path}"


def again(post, path):
    """The store at ``path`` in the place of the one before."""
    post.store.close()
    post.store = Store.open(url_of(path))


async def an_hour(post):
    """What happens in an hour: threads, replies, a digest, a critical one."""
    keys = [post.decide(name, 5, article_id=f"{name}-5") for name in ("s0", "s1")]
    await post.deliver()
    keys.append(post.decide("s1", 8, article_id="s1-8", severity=Severity.CRITICAL))
    keys.append(post.decide("s2", 1, article_id="s2-1"))
    await post.deliver()
    keys += [post.decide(f"d{each}", 2, article_id=f"d{each}-2") for each in range(15)]
    await post.deliver()
    keys.append(post.decide("s2", 4, article_id="s2-4"))
    await post.deliver()
    return keys


def decide_anew(post):
    """The same news again, as the feeds still hold it."""
    return [
        post.decide(name, killed, article_id=f"{name}-{killed}")
        for name, killed in (
            ("s0", 5),
            ("s1", 5),
            ("s1", 8),
            ("s2", 1),
            *((f"d{each}", 2) for each in range(15)),
            ("s2", 4),
        )
    ]


async def test_the_backup_of_an_hour_ago_repeats_nothing(post, tmp_path):
    """Restore of a one-hour-old backup: roots, replies and digests stand once."""
    first = [post.decide("s0", 3, article_id="s0-3")]
    await post.deliver()
    back_up(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db")
    post.hands.ahead += timedelta(minutes=2)
    keys = await an_hour(post)
    told, threads = Counter(post.slack.keys), len(post.slack.messages)
    post.hands.ahead += HOUR
    post.store.close()
    done = restore(
        url_of(tmp_path / "tocsin.db"), tmp_path / "old.db", now=post.hands.now()
    )
    assert done.aside
    assert done.aside.exists()
    again(post, tmp_path / "tocsin.db")
    assert decide_anew(post) == keys
    fresh = post.decide("s9", 1)
    delivered = await post.deliver()
    assert (delivered.found, delivered.sent) == (len(keys), 1)
    assert post.slack.keys == told + Counter([fresh])
    assert len(post.slack.messages) == threads + 1
    assert len(first) + len(keys) + 1 == len(post.messages)
    post.decide("s1", 9)
    await post.deliver()
    roots = [m for m in post.slack.messages if not m.get("thread_ts")]
    assert post.slack.messages[-1]["thread_ts"] in {root["ts"] for root in roots}


async def test_what_waited_in_the_backup_and_was_told_since_is_found(post, tmp_path):
    post.decide("s1", 3, article_id="s1-3")
    post.decide("s2", 3, article_id="s2-3")
    back_up(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db")
    await post.deliver(limit=1)
    post.hands.ahead += HOUR
    post.store.close()
    done = restore(
        url_of(tmp_path / "tocsin.db"), tmp_path / "old.db", now=post.hands.now()
    )
    assert done.doubted == 2
    again(post, tmp_path / "tocsin.db")
    delivered = await post.deliver()
    assert (delivered.found, delivered.sent) == (1, 1)
    assert set(post.slack.keys.values()) == {1}


async def test_a_digest_that_is_found_becomes_no_storys_root(post, tmp_path):
    """An edit would write one story over all that the digest tells."""
    for number in range(15):
        post.decide(f"s{number}", 3, article_id=f"s{number}-3")
    back_up(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db")
    await post.deliver()
    (digest,) = [dict(message) for message in post.slack.messages]
    post.hands.ahead += HOUR
    post.store.close()
    restore(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db", now=post.hands.now())
    again(post, tmp_path / "tocsin.db")
    await post.deliver()
    post.decide("s0", 7)
    await post.deliver()
    found, root = post.slack.messages
    assert found == digest
    assert not root.get("thread_ts")


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.INTERNAL])
async def test_what_was_in_doubt_in_the_backup_is_settled_once(post, tmp_path, fault):
    post.slack.faults = [fault]
    keys = [post.decide("s1", killed) for killed in (3, 7)]
    await post.deliver()
    back_up(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db")
    await post.settle()
    post.hands.ahead += HOUR
    post.store.close()
    restore(url_of(tmp_path / "tocsin.db"), tmp_path / "old.db", now=post.hands.now())
    again(post, tmp_path / "tocsin.db")
    await post.settle()
    assert len(post.slack.messages) == 1
    assert {each.state for each in post.messages} == {MessageState.SENT}
    assert len(post.messages) == len(keys)


async def test_the_doubt_ends_after_a_day(post):
    with post.store.unit() as unit:
        begin_doubt(unit, since=post.hands.now() - HOUR, now=post.hands.now())
    post.hands.ahead += DOUBT - HOUR
    post.decide("s1", 3)
    post.hands.ahead += HOUR
    post.decide("s2", 3)
    assert post.states == [MessageState.UNKNOWN, MessageState.PENDING]


async def test_a_door_that_cannot_look_says_so_and_tells(post):
    post.decide("s1", 3)
    with post.store.unit() as unit:
        begin_doubt(unit, since=post.hands.now() - HOUR, now=post.hands.now())
    post.poster = WebhookPoster(post.slack.hook_url)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.held) == (1, 0)
    (problem,) = delivered.problems
    assert "nobody can look" in problem


async def finish_cycle(post):
    with post.store.unit() as unit:
        run = unit.runs.start(RunKind.CYCLE, post.hands.now())
        unit.runs.finish(run, post.hands.now(), {})


@pytest.mark.parametrize(
    ("pause", "told_since", "noticed"),
    [(PAUSE, True, True), (PAUSE, False, False), (PAUSE / 2, True, False)],
)
async def test_a_restore_by_other_hands_is_noticed(
    post, tmp_path, pause, told_since, noticed
):
    """After a pause, a message of ours that the outbox does not know tells it."""
    post.decide("s1", 3, article_id="s1-3")
    await post.deliver()
    await finish_cycle(post)
    post.store.close()
    shutil.copy(tmp_path / "tocsin.db", tmp_path / "old.db")
    again(post, tmp_path / "tocsin.db")
    post.hands.ahead += timedelta(minutes=1)
    if told_since:
        post.decide("s2", 3, article_id="s2-3")
        await post.deliver()
    again(post, tmp_path / "old.db")
    post.hands.ahead += pause
    now = post.hands.now()
    assert await notice_restore(post.store, post.poster, now) is noticed
    post.decide("s2", 3, article_id="s2-3")
    await post.deliver()
    assert post.slack.keys["s2/s2-3/#tocsin"] == (1 if noticed or not told_since else 2)
    assert not await notice_restore(post.store, post.poster, now)


async def test_where_slack_cannot_be_read_after_a_pause_all_is_doubted(post, tmp_path):
    """The evidence of a restore is gone with the next cycle that ends."""
    post.decide("s1", 3, article_id="s1-3")
    await post.deliver()
    await finish_cycle(post)
    post.store.close()
    shutil.copy(tmp_path / "tocsin.db", tmp_path / "old.db")
    again(post, tmp_path / "tocsin.db")
    post.decide("s2", 3, article_id="s2-3")
    await post.deliver()
    again(post, tmp_path / "old.db")
    post.hands.ahead += PAUSE
    post.slack.history_faults = ["fatal_error"]
    assert await notice_restore(post.store, post.poster, post.hands.now())
    await finish_cycle(post)
    post.decide("s2", 3, article_id="s2-3")
    await post.deliver()
    assert post.slack.keys["s2/s2-3/#tocsin"] == 1


async def test_without_the_right_to_read_a_pause_is_no_restore(post):
    """Else all that is told within a day would be held."""
    post.slack.scopes = tuple(
        scope for scope in post.slack.scopes if scope != "channels:history"
    )
    post.decide("s1", 3)
    await post.deliver()
    await finish_cycle(post)
    post.hands.ahead += PAUSE
    assert not await notice_restore(post.store, post.poster, post.hands.now())


# --- files ------------------------------------------------------------------------


def test_a_backup_is_whole_sound_and_ours_alone(post, tmp_path):
    """D20: readable by us alone, whatever the umask."""
    post.decide("s1", 3)
    backup = tmp_path / "copy.db"
    with post.store.unit() as unit:
        unit.leases.acquire("probe", "me", post.hands.now(), HOUR)
    back_up(url_of(tmp_path / "tocsin.db"), backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert {each.name for each in tmp_path.iterdir()} >= {"copy.db"}
    assert not list(tmp_path.glob("copy.db-*"))
    with closing(Store.open(url_of(backup))) as store:
        assert store.check() == ()
        with store.unit(reading=True) as unit:
            assert len(unit.outbox.all()) == 1


def test_a_store_that_is_open_elsewhere_is_not_replaced(post, tmp_path):
    backup = tmp_path / "copy.db"
    url = url_of(tmp_path / "tocsin.db")
    back_up(url, backup)
    with post.store.unit() as unit:
        unit.leases.acquire("probe", "me", post.hands.now(), HOUR)
        unit.commit()
        with pytest.raises(StoreLockedError, match="in use"):
            restore(url, backup, now=post.hands.now())
    assert not (tmp_path / "tocsin.db.restoring").exists()
    with post.store.unit(reading=True) as unit:
        assert unit.leases.holder("probe", post.hands.now()) == "me"


@pytest.mark.parametrize("damage", ["cut", "no database", "another's", "empty"])
def test_a_backup_that_is_not_sound_is_refused(post, tmp_path, damage):
    url, backup = url_of(tmp_path / "tocsin.db"), tmp_path / "copy.db"
    back_up(url, backup)
    if damage == "cut":
        backup.write_bytes(backup.read_bytes()[: 12 * 4096])
    elif damage == "no database":
        backup.write_text("a letter")
    elif damage == "empty":
        backup.write_bytes(b"")
    else:
        backup.unlink()
        with closing(sqlite3.connect(backup)) as other:
            other.execute("CREATE TABLE entry (name TEXT)")
    post.store.close()
    with pytest.raises((StoreBrokenError, SchemaError)):
        restore(url, backup, now=post.hands.now())
    assert not (tmp_path / "tocsin.db.restoring").exists()
    again(post, tmp_path / "tocsin.db")
    assert post.store.check() == ()


def test_a_damaged_store_is_replaced_and_kept(post, tmp_path):
    path, backup = tmp_path / "tocsin.db", tmp_path / "copy.db"
    back_up(url_of(path), backup)
    post.store.close()
    path.write_bytes(b"ruined" * 1000)
    done = restore(url_of(path), backup, now=post.hands.now())
    assert done.aside
    assert done.aside.read_bytes() == b"ruined" * 1000
    again(post, path)
    assert post.store.check() == ()


def test_a_store_that_was_lost_is_put_back(post, tmp_path):
    path, backup = tmp_path / "tocsin.db", tmp_path / "copy.db"
    back_up(url_of(path), backup)
    post.store.close()
    for each in tmp_path.glob("tocsin.db*"):
        each.unlink()
    done = restore(url_of(path), backup, now=post.hands.now())
    assert done.aside is None
    again(post, path)
    assert post.store.check() == ()


def test_a_store_is_put_on_a_machine_that_has_none(post, tmp_path):
    backup, home = tmp_path / "copy.db", tmp_path / "new" / "home"
    back_up(url_of(tmp_path / "tocsin.db"), backup)
    done = restore(url_of(home / "tocsin.db"), backup, now=post.hands.now())
    assert done.aside is None
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        restore(url_of(tmp_path / "file" / "a.db"), backup, now=post.hands.now())


def test_a_restore_cut_off_leaves_the_old_store(post, tmp_path):
    path, backup = tmp_path / "tocsin.db", tmp_path / "copy.db"
    post.decide("s1", 3)
    back_up(url_of(path), backup)
    copy_beside(url_of(path), backup)  # and then the power goes
    assert len(post.messages) == 1
    post.store.close()
    copy = copy_beside(url_of(path), backup)
    assert put_in_place(url_of(path), copy, aside=tmp_path / "aside.db")
    again(post, path)
    assert len(post.messages) == 1


@pytest.mark.parametrize(
    ("url", "saying"),
    [
        ("postgresql://desk:secret@db.test/tocsin", "pg_dump.*tocsin db restored"),
        ("sqlite://", "in memory"),
        ("sqlite:////nowhere/tocsin.db", "no such file"),
    ],
)
def test_what_is_no_file_is_not_copied(url, saying, tmp_path):
    with pytest.raises(StoreError, match=saying) as refused:
        back_up(url, tmp_path / "copy.db")
    assert "secret" not in str(refused.value)


def test_the_commands_back_up_and_restore(post, tmp_path, monkeypatch):
    post.decide("s1", 3)
    post.store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_DATABASE_URL", url_of(tmp_path / "tocsin.db"))

    def tocsin(*words):
        done = CliRunner().invoke(main, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    assert "wrote b.db" in tocsin("db", "backup", "b.db")
    told = tocsin("db", "restore", "b.db")
    assert "1 message to look for in Slack" in told
    assert "before-" in told
    told = tocsin("db", "restored", "--since", "2026-03-01T06:00:00")
    assert "0 messages to look for" in told
    ahead = CliRunner().invoke(main, ["db", "restored", "--since", "2999-01-01T00:00"])
    assert ahead.exit_code == 2
    assert "lies ahead" in ahead.output
    again(post, tmp_path / "tocsin.db")
    assert post.states == [MessageState.UNKNOWN]
