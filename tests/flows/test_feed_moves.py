"""`tocsin feeds move`: another address, and back (A28)."""

from contextlib import closing

import pytest

from storage.database import Store
from tests.flows import commands

OLD, NEW = "https://wire.test/rss", "https://wire.test/feed"


@pytest.fixture
def tocsin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOCSIN_DATABASE_URL", raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    commands.tocsin("feeds", "add", "--no-check", OLD)
    return commands.tocsin


def feeds(tmp_path):
    url = f"sqlite:///{tmp_path / 'home' / 'tocsin.db'}"
    with closing(Store.open(url)) as store, store.unit(reading=True) as unit:
        return unit.feeds.all()


def test_a_feed_is_asked_at_another_address_and_back_at_the_old(tocsin, tmp_path):
    assert NEW in tocsin("feeds", "move", "1", NEW).stdout
    [there] = feeds(tmp_path)
    assert (there.url, there.course.came_from) == (NEW, (OLD,))
    assert there.due_reason == "it was moved"
    tocsin("feeds", "move", "1")
    [back] = feeds(tmp_path)
    assert (back.url, back.course.issuer) == (OLD, OLD)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("1",), "it never moved"),
        (("9", NEW), "not watched"),
        (("1", "ftp://wire.test/"), "not a web address"),
        (("1", "https://other.test/rss"), "another feed is watched there"),
    ],
)
def test_what_cannot_move_stays(tocsin, tmp_path, arguments, says):
    tocsin("feeds", "add", "--no-check", "https://other.test/rss")
    moved = tocsin("feeds", "move", *arguments, status=1)
    assert says in moved.stderr
    assert [each.url for each in feeds(tmp_path)] == [OLD, "https://other.test/rss"]
