from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery import find_feeds

PAGE = b"""<html><head>
<link rel="stylesheet" href="/x.css">
<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" href="/rss">
<link rel="alternate" type="application/atom+xml" href="https://feeds.wire.test/atom">
<link rel="alternate" type="text/html" hreflang="es" href="/es">
<link rel="alternate" type="application/rss+xml" href="/rss">
<link rel="alternate" type="application/rss+xml">
</head></html>"""


def test_a_page_names_its_feeds_in_order_and_once():
    assert find_feeds(PAGE, "https://wire.test/news/") == (
        "https://wire.test/rss",
        "https://feeds.wire.test/atom",
    )


def test_remarks_come_last_and_the_own_section_first():
    page = b"""<link rel="alternate" type="application/rss+xml" href="/c/rss"
      title="Harbour Post: Comments"><link rel="alternate"
      type="application/rss+xml" href="/rss"><link rel="alternate"
      type="application/rss+xml" href="/coast/rss">"""
    base = "https://harbour.test"
    found = [f"{base}/coast/rss", f"{base}/rss", f"{base}/c/rss"]
    assert list(find_feeds(page, f"{base}/coast/")) == found


def test_links_are_feeds_where_nothing_is_declared_and_only_on_the_own_site():
    page = b"""<a href="/rss">RSS</a> <a href="/coast/feed/">f</a>
      <a href="/x.rdf">r</a>
      <a href="https://other.test/rss">o</a> <a href="/feedback">write</a>
      <a href="/about-rss">about</a> <a href="javascript:feed">j</a>"""
    base = "https://harbour.test"
    assert find_feeds(page, base) == (
        f"{base}/rss",
        f"{base}/coast/feed/",
        f"{base}/x.rdf",
    )


def test_a_page_without_a_feed_names_none():
    assert find_feeds(b"<p>hello", "https://wire.test/") == ()


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body):
    assert isinstance(find_feeds(body, "https://wire.test/"), tuple)
