import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SeedError
from detectors.opml import Subscription, parse_opml, render_opml

NESTED = b"""<?xml version="1.0"?>
<opml version="1.0"><head/><body>
 <outline text="Wires">
  <outline type="rss" text="Meridian" xmlUrl="https://meridian.test/feed"/>
  <outline type="rss" text="Again" xmlUrl="https://meridian.test/feed"/>
 </outline>
 <outline title="Faro" text="x" XMLURL=" https://faro.test/rss "/>
 <outline text="a folder with nothing in it"/>
</body></opml>"""


def test_folders_are_flattened_and_each_address_stands_once():
    assert parse_opml(NESTED, "feeds.opml") == (
        Subscription(url="https://meridian.test/feed", title="Meridian"),
        Subscription(url="https://faro.test/rss", title="Faro"),
    )


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


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=40))
def test_a_list_reads_back_as_it_was_written(title):
    wanted = Subscription(url="https://a.test/feed?x=1&y=2", title=title.strip())
    (got,) = parse_opml(render_opml([wanted]), "x")
    assert got == wanted or (not wanted.title and got.title == wanted.url)
