import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.aggregators import resolved
from detectors.feeds import parse

PAGE = "https://harbour.test/ferry/2026?id=7"


def google_news(page, *, amp="", door="rss/articles"):
    """An identifier as Google News wrote it until 2024."""
    raw = b"\x08\x13\x22" + varint(len(page)) + page.encode()
    raw += b"\xd2\x01" + varint(len(amp)) + amp.encode()
    token = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"https://news.google.com/{door}/{token}?oc=5"


def varint(number):
    return bytes([number] if number < 128 else [number % 128 + 128, number // 128])


@pytest.mark.parametrize(
    "link",
    [
        google_news(PAGE),
        google_news(PAGE, amp="https://harbour.test/amp"),
        google_news(PAGE, door="articles"),
        google_news(PAGE, door="read"),
        "https://www.google.com/url?rct=j&sa=t&url=https://harbour.test/ferry/2026%3Fid%3D7&ct=ga",
        "https://www.bing.test/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fharbour.test%2fferry%2f2026%3fid%3d7",
        "https://l.social.test/?u=https%3A%2F%2Fharbour.test%2Fferry%2F2026%3Fid%3D7&h=AT0",
        "https://social.test/away.php?to=https%3A%2F%2Fharbour.test%2Fferry%2F2026%3Fid%3D7",
        "https://search.test/l/?uddg=https%3A%2F%2Fharbour.test%2Fferry%2F2026%3Fid%3D7",
    ],
)
def test_a_link_that_says_its_page_is_that_page(link):
    assert resolved(link) == PAGE


def test_long_addresses_are_read_whole():
    page = f"https://harbour.test/{'a' * 300}"
    assert resolved(google_news(page)) == page


def test_links_to_links_are_followed_some_way():
    link = PAGE
    for _ in range(2):
        link = f"https://door{len(link)}.test/url?url={link.replace('&', '%26')}"
    assert resolved(link).startswith("https://harbour.test/ferry")


@pytest.mark.parametrize(
    "link",
    [
        PAGE,
        "https://harbour.test/share?url=https://other.test/",
        "https://harbour.test/url?url=https://www.harbour.test/b",
        "https://harbour.test/url?url=javascript:alert(1)",
        "https://harbour.test/redirect?url=/local",
        "https://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAA?oc=5",
        # what Google News writes since 2024: the address is asked of its server
        "https://news.google.com/rss/articles/"
        + base64.urlsafe_b64encode(b"\x08\x13\x22\x20AU_yqLNkestrelNkestrelNkestrelNke")
        .decode()
        .rstrip("="),
        "https://news.google.com/topics/CAAqJggKIiBDQkFTRWdvSUwyMHZNRGx1YlY4U0FtVnVHZ0pW",
        "https://[broken",
        "",
    ],
)
def test_a_link_that_says_no_other_page_stays(link):
    assert resolved(link) == link


def test_an_entry_is_known_by_its_id_and_leads_to_its_page():
    link = google_news(PAGE)
    feed = f"""<rss version="2.0"><channel><title>T</title>
      <item><title>A</title><link>{link}</link>
      <guid isPermaLink="false">g1</guid></item>
      <item><title>B</title><link>{link}</link></item></channel></rss>"""
    one, two = parse(feed.encode(), url="https://news.google.com/rss").entries
    assert (one.entry_id, one.url) == ("g1", PAGE)
    assert (two.entry_id, two.url) == (link, PAGE)


def test_the_link_before_feedburner_is_the_page():
    feed = f"""<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
      <channel><title>T</title><item><title>A</title>
      <link>http://feedproxy.google.com/~r/harbour/~3/x/</link>
      <guid isPermaLink="false">g1</guid>
      <feedburner:origLink>{PAGE}</feedburner:origLink></item></channel></rss>"""
    (entry,) = parse(feed.encode(), url="https://feeds.test/harbour").entries
    assert (entry.entry_id, entry.url) == ("g1", PAGE)


@given(st.text(max_size=60), st.binary(max_size=60))
def test_nothing_breaks_it(text, raw):
    token = base64.urlsafe_b64encode(b"\x08\x13\x22" + raw).decode().rstrip("=")
    for link in (
        f"https://a.test/url?url={text}",
        f"https://news.google.com/articles/{token}",
        text,
    ):
        assert isinstance(resolved(link), str)
