"""`tocsin feeds set`, lists in and out, and no secret anywhere."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Feed, FeedState, FeedWishes, WaitScope
from flows import clock
from flows.wishes import CLEARED, Changes, WishError, said, settings_of, wished
from storage.database import Store
from tests.flows import commands

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
WIRE = "https://wire.test/rss"
KEY = "kestrel-key-77"


@pytest.fixture
def tocsin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))

    return commands.tocsin


def listed(tocsin):
    return json.loads(tocsin("feeds", "list", "--json").stdout)


def feed(**more):
    return Feed(
        id=1, url=WIRE, title="Wire", source="Wire", state=FeedState.ACTIVE,
        added_at=NOON, next_due_at=NOON, **more,
    )  # fmt: skip


ALL = Changes(
    interval=timedelta(minutes=10),
    owner=" Quay  Media ",
    tags=("Ukraine / Agencies", "Ukraine/Agencies", "Coast"),
    headers={"X-Key": "env:WIRE_KEY", "Accept-Language": "uk"},
    agent="reader/2",
    proxy="http://proxy.test:3128",
    authority="/etc/ours.pem",
    waits=WaitScope.FEED,
    dates_only=True,
    weight=2.0,
    why="first on\nthe harbour",
)


def test_what_is_wished_is_kept_in_one_spelling():
    got = wished(feed(), ALL)
    assert got == feed(
        interval=timedelta(minutes=10),
        owner="Quay Media",
        tags=("Ukraine/Agencies", "Coast"),
        wishes=FeedWishes(
            headers={"X-Key": "env:WIRE_KEY", "Accept-Language": "uk"},
            agent="reader/2",
            proxy="http://proxy.test:3128",
            authority="/etc/ours.pem",
            waits=WaitScope.FEED,
            dates_only=True,
            weight=2.0,
            why="first on the harbour",
        ),
    )
    assert wished(got, Changes()) == got
    assert "interval 10m" in said(got)
    assert "headers X-Key=env:WIRE_KEY" in said(got)


def test_what_is_cleared_is_as_for_all_feeds():
    assert wished(wished(feed(), ALL), Changes(cleared=CLEARED)) == feed()
    assert said(feed()) == ""


@given(st.sampled_from(CLEARED))
def test_each_can_be_cleared_by_itself(name):
    full = settings_of(wished(feed(), ALL))
    less = settings_of(wished(wished(feed(), ALL), Changes(cleared=[name])))
    assert [key for key in full if full[key] != less[key]] == [name.replace("-", "_")]


def test_a_header_more_leaves_the_others():
    one = wished(feed(), Changes(headers={"X-One": "1"}))
    two = wished(one, Changes(headers={"X-Two": "2"}))
    assert two.wishes.headers == {"X-One": "1", "X-Two": "2"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (Changes(headers={"Authorization": f"Bearer {KEY}"}), "env:NAME"),
        (Changes(headers={"X-Api-Key": KEY}), "env:NAME"),
        (Changes(headers={"Cookie": f"session={KEY}"}), "env:NAME"),
        (Changes(headers={"Host": "other.test"}), "itself"),
        (Changes(headers={"X-A": "a\r\nX-B: b"}), "no line"),
        (Changes(headers={"X A": "a"}), "no name"),
        (Changes(agent="a\r\nb"), "one line"),
        (Changes(proxy=f"http://desk:{KEY}@proxy.test:3128"), "env:NAME"),
        (Changes(proxy="socks.test"), "no address"),
        (Changes(interval=timedelta(seconds=59)), "1m"),
        (Changes(interval=timedelta(days=32)), "31d"),
        (Changes(weight=0), "above 0"),
        (Changes(weight=float("nan")), "above 0"),
        (Changes(tags=(" / ",)), "a name"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_cure(changes, told):
    with pytest.raises(WishError, match=told) as caught:
        wished(feed(), changes)
    assert KEY not in str(caught.value)


def test_settings_are_set_and_shown(tocsin):
    tocsin("feeds", "add", WIRE, "--no-check")
    words = ("--interval", "10m", "--owner", "Quay Media", "--tag", "Coast/North")
    more = ("--header", "X-Key: env:WIRE_KEY", "--waits", "feed", "--dates-only")
    told = tocsin("feeds", "set", "1", *words, *more, "--weight", "2").stdout
    assert "interval 10m; owner Quay Media; tags Coast/North" in told
    (got,) = listed(tocsin)
    assert got["headers"] == {"X-Key": "env:WIRE_KEY"}
    assert (got["waits"], got["dates_only"], got["weight"]) == ("feed", True, 2.0)
    assert "Quay Media" in tocsin("feeds", "list", "--tag", "coast").stdout
    assert "Quay Media" not in tocsin("feeds", "list", "--tag", "north").stdout
    assert "as all feeds" in tocsin(
        "feeds", "set", WIRE, *(word for name in CLEARED for word in ("--clear", name))
    ).stdout  # fmt: skip


def test_a_setting_that_cannot_be_kept_changes_nothing(tocsin):
    tocsin("feeds", "add", WIRE, "https://b.test/rss", "--no-check")
    words = ("--owner", "Quay", "--header", f"Authorization=Basic {KEY}")
    refused = tocsin("feeds", "set", "1", "2", *words, status=1)
    assert "Authorization=env:NAME" in refused.stderr
    assert KEY not in refused.output
    assert {got["owner"] for got in listed(tocsin)} == {None}
    assert "NAME=VALUE" in tocsin("feeds", "set", "1", "--header", "x", status=1).stderr
    assert "not watched" in tocsin("feeds", "set", "9", status=1).stderr


@pytest.mark.parametrize(
    "url",
    [
        f"https://desk:{KEY}@wire.test/rss",
        f"https://{KEY}@wire.test/rss",
        f"https://wire.test/rss?access_token={KEY}",
    ],
)
def test_an_address_that_holds_a_secret_is_refused_with_its_cure(tocsin, url, tmp_path):
    said_of = tocsin("feeds", "add", url, "--no-check")
    assert "--header Authorization=env:NAME" in said_of.stderr
    assert KEY not in said_of.output
    (tmp_path / "in.opml").write_text(
        f'<opml><body><outline text="a" xmlUrl="{url}"/>'
        f'<outline text="b" xmlUrl="{WIRE}"/></body></opml>'
    )
    taken = tocsin("feeds", "import", "in.opml", "--json")
    assert KEY not in taken.output
    assert [got["url"] for got in listed(tocsin)] == [WIRE]
    store = (tmp_path / "home" / "tocsin.db").read_bytes()
    assert KEY.encode() not in store


def test_a_secret_that_an_older_version_kept_is_shown_to_nobody(tocsin, tmp_path):
    tocsin("feeds", "add", WIRE, "--no-check")
    url = f"https://wire.test/private?token={KEY}"
    with (
        closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as store,
        store.unit() as unit,
    ):
        unit.feeds.add(url, title="", source="Private", now=NOON)
    tocsin("feeds", "export", "out.opml")
    said_of = [
        tocsin("feeds", "list"),
        tocsin("feeds", "list", "--json"),
        tocsin("feeds", "export"),
        tocsin("feeds", "set", "2"),
        tocsin("feeds", "set", "2", "--json"),
    ]
    assert not [each for each in said_of if KEY in each.output]
    assert KEY not in (tmp_path / "out.opml").read_text()
    assert "feed 2 is left out" in said_of[2].stderr


def test_a_list_comes_back_with_folders_owners_and_reasons(tocsin):
    tocsin("feeds", "add", WIRE, "https://b.test/rss", "--no-check")
    words = ("--owner", "Quay", "--why", "first", "--interval", "15m", "--tag", "A/B")
    tocsin("feeds", "set", "1", *words, "--tag", "C", "--header", "X-Key=env:K")
    before = listed(tocsin)
    tocsin("feeds", "export", "out.opml")
    for number in ("1", "2"):
        tocsin("feeds", "remove", number)
    tocsin("feeds", "set", "1", status=1)
    tocsin("feeds", "import", "out.opml", "--tag", "a")
    (got,) = listed(tocsin)
    kept = ("owner", "why", "interval", "tags", "url")
    assert [got[name] for name in kept] == [before[0][name] for name in kept]
    assert "no feed in a folder" in tocsin(
        "feeds", "import", "out.opml", "--tag", "zz", status=1
    ).stderr  # fmt: skip


def test_the_shipped_list_is_watched_from_any_folder(tocsin):
    taken = json.loads(tocsin("feeds", "import", "--shipped", "--json").stdout)
    assert len(taken["added"]) >= 60
    assert taken["refused"] == []
    assert all(got["owner"] and got["why"] and got["tags"] for got in listed(tocsin))
    tocsin("feeds", "import", status=2)


def test_what_the_desk_set_stays_when_a_feed_comes_back(tocsin):
    tocsin("feeds", "add", WIRE, "--no-check")
    tocsin("feeds", "set", "1", "--owner", "Quay", "--tag", "Coast")
    tocsin("feeds", "remove", "1")
    tocsin("feeds", "add", WIRE, "--no-check")
    (got,) = listed(tocsin)
    assert (got["owner"], got["tags"]) == ("Quay", ["Coast"])


def test_replacing_is_no_more_than_what_was_asked():
    full = wished(feed(), ALL)
    assert wished(full, Changes(owner="Other")) == replace(full, owner="Other")


def test_another_interval_counts_at_once(tocsin, tmp_path):
    tocsin("feeds", "add", WIRE, "--no-check")
    now = clock.now()
    with (
        closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as store,
        store.unit() as unit,
    ):
        (known,) = unit.feeds.all()
        late = now + timedelta(hours=20)
        unit.feeds.record_poll(replace(known, polled_at=now, next_due_at=late))
    tocsin("feeds", "set", "1", "--interval", "10m")
    (got,) = listed(tocsin)
    assert datetime.fromisoformat(got["next_due_at"]) < now + timedelta(minutes=11)
    assert "as the desk wants" in got["due_reason"]


def test_a32_a_feed_that_was_gone_is_asked_again_once_it_is_added_again(
    tocsin, tmp_path
):
    tocsin("feeds", "add", WIRE, "--no-check")
    with (
        closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as store,
        store.unit() as unit,
    ):
        (known,) = unit.feeds.all()
        gone = replace(known, state=FeedState.GONE, failures=1, failure="HTTP 410")
        unit.feeds.record_poll(replace(gone, baseline_at=NOON))
    assert listed(tocsin)[0]["state"] == "gone"
    assert "watching" in tocsin("feeds", "add", WIRE, "--no-check").stdout
    (got,) = listed(tocsin)
    assert (got["state"], got["failures"]) == ("active", 0)
    assert "watched already" in tocsin("feeds", "add", WIRE, "--no-check").stdout


def test_the_doctor_names_a_reference_that_leads_nowhere(tocsin, monkeypatch):
    tocsin("feeds", "add", WIRE, "--no-check")
    tocsin("feeds", "set", "1", "--header", "X-Key=env:NO_SUCH_WIRE_KEY")
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    findings = json.loads(tocsin("doctor", "--json", status=1).stdout)
    (wrong,) = [each for each in findings if each["what"] == "feed 1"]
    assert "NO_SUCH_WIRE_KEY" in wrong["says"]
    monkeypatch.setenv("NO_SUCH_WIRE_KEY", KEY)
    told = tocsin("doctor", "--json", status=1).stdout
    assert "feed 1" not in told
    assert KEY not in told
