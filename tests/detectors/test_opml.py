import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SeedError
from detectors.opml import Subscription, parse_opml, render_opml

NESTED = b"""<?xml version="1.0"?>
<opml version="2.0" xmlns:t="urn:tocsin:feeds"><head/><body>
 <outline text="Wires">
  <outline type="rss" text="Meridian" xmlUrl="https://meridian.test/feed"/>
  <outline text="Coast">
   <outline type="rss" text="Again" xmlUrl="https://meridian.test/feed"
    t:owner="Quay Media" description="first on the harbour"/>
  </outline>
 </outline>
 <outline title="Faro" text="x" XMLURL=" https://faro.test/rss "/>
 <outline text="a folder with nothing in it"/>
</body></opml>"""


def test_folders_are_tags_and_each_address_stands_once():
    assert parse_opml(NESTED, "feeds.opml") == (
        Subscription(
            url="https://meridian.test/feed",
            title="Meridian",
            tags=("Wires", "Wires/Coast"),
            owner="Quay Media",
            why="first on the harbour",
        ),
        Subscription(url="https://faro.test/rss", title="Faro"),
    )


def test_categories_are_tags_too():
    body = b"""<opml><body><outline text="Capitals"><outline text="Meridian"
        category="/Coast/North,/Wires" xmlUrl="https://m.test/"/></outline></body></opml>"""
    (feed,) = parse_opml(body, "x")
    assert feed.tags == ("Capitals", "Coast/North", "Wires")
    assert feed.is_under("coast")
    assert not feed.is_under("Coast/N")


def test_attributes_of_others_are_left_alone():
    body = b"""<opml xmlns:o="urn:other"><body><outline text="a" o:owner="x"
        o:interval="1m" interval="soon" xmlUrl="https://m.test/"/></body></opml>"""
    assert parse_opml(body, "x") == (Subscription(url="https://m.test/", title="a"),)


def test_a_list_that_nests_without_end_is_read():
    depth = 20_000
    body = b"<opml><body>" + b"<outline>" * depth
    body += b'<outline xmlUrl="https://m.test/"/>' + b"</outline>" * depth
    with contextlib.suppress(SeedError):  # the XML parser has a limit of its own
        parse_opml(body + b"</body></opml>", "x")


def test_no_secret_is_written():
    feeds = [
        Subscription(url="https://desk:key-77@wire.test/rss"),
        Subscription(url="https://wire.test/rss?access_token=key-77"),
        Subscription(url="https://wire.test/rss", title="Wire"),
    ]
    written = render_opml(feeds)
    assert b"key-77" not in written
    assert [feed.title for feed in parse_opml(written, "x")] == ["Wire"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x00\xff not xml", id="junk"),
        pytest.param(b"<html><body/></html>", id="a-web-page"),
        pytest.param(b"<opml><body/></opml>", id="no-feed"),
    ],
)
def test_what_lists_no_feed_is_refused_by_name(body):
    with pytest.raises(SeedError, match=r"feeds\.opml"):
        parse_opml(body, "feeds.opml")


def test_an_entity_is_not_expanded():
    body = (
        b'<!DOCTYPE opml [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        b'<opml><body><outline xmlUrl="https://a.test/" text="&e;"/></body></opml>'
    )
    assert parse_opml(body, "x")[0].title == ""


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=20).map(
    lambda text: " ".join(text.split())
)
FOLDERS = WORDS.map(lambda text: text.replace("/", " ").strip()).filter(bool)
LENGTHS = st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))
TAGS = st.lists(FOLDERS, min_size=1, max_size=3).map("/".join)
LISTED = st.builds(
    Subscription,
    url=st.integers(0, 9).map("https://a.test/feed?x=1&y={}".format),
    title=WORDS.filter(bool),
    tags=st.lists(TAGS, max_size=3, unique=True).map(tuple),
    owner=st.none() | WORDS.filter(bool),
    why=WORDS,
    interval=st.none() | LENGTHS,
)


@given(st.lists(LISTED, min_size=1, max_size=5, unique_by=lambda feed: feed.url))
def test_a_list_reads_back_as_it_was_written(feeds):
    read = {feed.url: feed for feed in parse_opml(render_opml(feeds), "x")}
    assert read.keys() == {feed.url for feed in feeds}
    for feed in feeds:
        got = read[feed.url]
        assert replace(got, tags=()) == replace(feed, tags=())
        assert sorted(got.tags) == sorted(feed.tags)


@given(WORDS | st.text(max_size=20))
def test_any_title_can_be_written(title):
    feed = Subscription(url="https://a.test/", title=title, tags=(title,), why=title)
    (got,) = parse_opml(render_opml([feed]), "x")
    assert got.url == feed.url
