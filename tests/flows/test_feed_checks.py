"""`tocsin feeds check` and `feeds health`, over loopback."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import FeedState, Host, NoticeKind
from flows import clock
from flows.notices import raise_notice
from storage.database import Store
from tests.flows import commands
from tests.servers.stand import Reply, document, item, redirect, rss
from tests.servers.threaded import open_threaded_stand


@pytest.fixture
def stand():
    with open_threaded_stand() as opened:
        yield opened


@pytest.fixture
def tocsin(tmp_path, monkeypatch, stand):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1:{stand.port}")

    return commands.tocsin


@pytest.fixture
def store(tocsin, tmp_path):
    tocsin("feeds", "list")
    with closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as opened:
        yield opened


def checked(tocsin, what, status=0):
    return json.loads(
        tocsin("feeds", "check", str(what), "--json", status=status).stdout
    )


DATED = {"pubDate": "Mon, 04 May 2026 09:00:00 GMT"}
BODY = rss(
    item(1, **DATED), item(2), title="Harbour Post",
    head="<ttl>30</ttl><skipHours><hour>3</hour></skipHours>",
)  # fmt: skip


def test_a_feed_that_is_not_watched_is_explained(tocsin, stand, store):
    stand.publish("/rss", BODY)
    stand.say("/old", redirect("/rss", 301))
    stand.say("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /story/2\n"))
    got = checked(tocsin, stand.url("/old"))
    assert (got["is_feed"], got["status"], got["parser"]) == (
        True,
        200,
        "fastfeedparser",
    )
    assert got["answered_by"] == got["moved_to"] == stand.url("/rss")
    assert got["type"] == "application/rss+xml"
    assert (got["title"], got["entries"]) == ("Harbour Post", 2)
    assert got["newest_at"] == "2026-05-04T09:00:00+00:00"
    assert got["fates"]["baseline"] == 2
    assert got["fates"]["to be read"] == 0
    assert got["hints"] == ["changes every 30m", "not at 3 o'clock UTC"]
    assert got["validators"].startswith("work")
    assert [page["url"] for page in got["closed_pages"]] == [stand.url("/story/2")]
    assert got["next_due_at"]
    assert got["due_reason"]
    assert any("moved for good" in warning for warning in got["warnings"])
    with store.unit(reading=True) as unit:
        assert unit.feeds.all() == ()
        assert unit.entries.total() == 0


def test_the_same_is_told_to_people(tocsin, stand):
    stand.publish("/rss", BODY)
    told = tocsin("feeds", "check", stand.url("/rss")).stdout
    assert "Harbour Post, read by fastfeedparser" in told
    assert "2 baseline" in told
    assert "not modified" in told
    assert "next poll" in told


def test_validators_that_do_not_work_are_told(tocsin, stand):
    stand.say("/rss", document(BODY, ETag='"1"'))
    assert checked(tocsin, stand.url("/rss"))["validators"].startswith("do not work")
    stand.say("/rss", document(BODY))
    assert checked(tocsin, stand.url("/rss"))["validators"].startswith("gives none")


def test_a_page_in_place_of_a_feed_is_told_with_the_feeds_that_it_names(tocsin, stand):
    stand.say(
        "/", Reply(body=b'<html><head><link rel="alternate" type="application/rss+xml" '
                        b'href="/rss"></head><p>x</p></html>'),
    )  # fmt: skip
    got = checked(tocsin, stand.url("/"), status=1)
    assert (got["is_feed"], got["named"]) == (False, [stand.url("/rss")])
    assert "web page" in got["problem"]
    assert "names" in tocsin("feeds", "check", stand.url("/"), status=1).stdout


def test_a_failure_is_told_with_when_it_would_be_asked_again(tocsin, stand):
    stand.say("/rss", Reply(status=503))
    got = checked(tocsin, stand.url("/rss"), status=1)
    assert "HTTP 503" in got["problem"]
    assert "failed" in got["due_reason"]


def test_a_watched_feed_is_asked_as_the_desk_wants_and_stays_as_it_is(
    tocsin, stand, store, monkeypatch
):
    monkeypatch.setenv("WIRE_KEY", "kestrel-key-77")
    stand.say("/rss", document(BODY, Cache_Control="max-age=7200"))
    tocsin("feeds", "add", stand.url("/rss"), "--no-check", "--backfill", "52w")
    words = ("--header", "X-Key=env:WIRE_KEY", "--interval", "10m")
    tocsin("feeds", "set", "1", *words)
    with store.unit(reading=True) as unit:
        before = unit.feeds.get(1)
    result = tocsin("feeds", "check", "1", "--json")
    got = json.loads(result.stdout)
    assert {request.header("X-Key") for request in stand.asked("/rss")} == {
        b"kestrel-key-77"
    }
    assert "kestrel-key-77" not in result.output
    assert got["fresh_seconds"] == 7200
    assert "as the desk wants" in got["due_reason"]
    assert any("more often" in warning for warning in got["warnings"])
    assert got["fates"]["to be read"] == 2
    with store.unit(reading=True) as unit:
        assert unit.feeds.get(1) == before
        assert unit.entries.total() == 0


def test_a_server_that_asked_to_wait_is_not_asked(tocsin, stand, store):
    stand.publish("/rss", BODY)
    tocsin("feeds", "add", stand.url("/rss"), "--no-check")
    wish = Host(
        name=f"127.0.0.1:{stand.port}",
        rest_ends_at=clock.now() + timedelta(hours=2),
        reason="HTTP 429",
    )
    with store.unit() as unit:
        unit.hosts.rest(wish)
    assert "asked us to wait" in tocsin("feeds", "check", "1", status=1).stderr
    assert stand.requests == []


def test_health_names_what_is_not_well_and_since_when(tocsin, store):
    urls = [f"https://w.test/{number}" for number in range(3)]
    tocsin("feeds", "add", *urls, "--no-check")
    now = clock.now()
    with store.unit() as unit:
        well, failing, gone = unit.feeds.all()
        later = now + timedelta(hours=1)
        asked = replace(well, polled_at=now, next_due_at=later)
        unit.feeds.record_poll(asked)
        course = replace(failing.course, first_failed_at=now - timedelta(hours=30))
        unit.feeds.record_poll(
            replace(asked, id=failing.id, failures=9, failure="HTTP 500", course=course)
        )
        unit.feeds.record_poll(replace(asked, id=gone.id, state=FeedState.GONE))
        raise_notice(
            unit, NoticeKind.FAILING, f"feed:{failing.id}", "gives nothing", now=now
        )
    told = json.loads(tocsin("feeds", "health", "--json").stdout)
    assert told["states"] == {
        "gone": 1, "failing": 1, "silent": 0, "late": 0, "new": 0, "ok": 1,
    }  # fmt: skip
    by_id = {record["id"]: record for record in told["feeds"]}
    assert by_id[failing.id]["why"] == "HTTP 500"
    assert [n["kind"] for n in by_id[failing.id]["notices"]] == ["failing"]
    table = tocsin("feeds", "health").stdout
    assert "3 feeds: 1 gone, 1 failing, 1 ok" in table
    assert "w.test/0" not in table
    assert "w.test/0" in tocsin("feeds", "health", "--all").stdout


def test_health_of_nothing_is_a_sentence(tocsin):
    assert "no feed is watched" in tocsin("feeds", "health").stdout
