from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import urls

REAL = Path(__file__).parents[3] / "shared/data/url_tests/real_article_urls.txt"
needs_real = pytest.mark.skipif(
    not REAL.exists(), reason="the shared list of real addresses is not here"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("http://wire.test/a", "https://wire.test/a", id="scheme"),
        pytest.param("https://WWW.Wire.test/a", "https://wire.test/a", id="www"),
        pytest.param("https://m.wire.test/a", "https://www.wire.test/a", id="mobile"),
        pytest.param("https://wire.test:443/a/", "https://wire.test/a", id="port"),
        pytest.param("https://wire.test/a#live-7", "https://wire.test/a", id="part"),
        pytest.param("https://wire.test/%7ea%2fb", "https://wire.test/~a%2Fb", id="%"),
        pytest.param("https://wire.test/a?y=2&x=1", "https://wire.test/a?x=1&y=2",
                     id="order"),
        pytest.param("https://wire.test/a?utm_source=x&fbclid=2&gclid=3&at_medium=rss",
                     "https://wire.test/a", id="tracking"),
        pytest.param("https://wire.test/a?from=rss&ref=home", "https://wire.test/a",
                     id="named-sources"),
        pytest.param("https://wire.test/a/amp", "https://wire.test/a", id="amp-path"),
        pytest.param("https://amp.wire.test/a.amp.html", "https://wire.test/a.html",
                     id="amp-host"),
        pytest.param("https://www.google.com/amp/s/wire.test/a",
                     "https://wire.test/a", id="amp-search"),
        pytest.param("https://wire-test.cdn.ampproject.org/c/s/wire.test/a?x=1",
                     "https://wire.test/a?x=1", id="amp-cache"),
        pytest.param("https://новини.test/а", "https://xn--b1amarcd.test/%D0%B0",
                     id="idn"),
        pytest.param("https://user:word@wire.test/a", "https://wire.test/a", id="user"),
        pytest.param("https://wire.test/cafe\u0301", "https://wire.test/caf\u00e9",
                     id="g16-composed"),
        pytest.param("https://wire.test/%65%cc%81", "https://wire.test/%C3%A9",
                     id="g16-composed-of-escapes"),
        pytest.param("https://wire.test/\u0456\u0308?q=\u0438\u0306",
                     "https://wire.test/%D1%97?q=%d0%b9", id="g16-cyrillic"),
        pytest.param("https://wire.test/a\u200bb", "https://wire.test/ab",
                     id="g16-no-width"),
        pytest.param("https://wire.test/a%E2%80%8Bb%EF%BB%BF", "https://wire.test/ab",
                     id="g16-no-width-escaped"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_page_are_one(one, other):
    assert urls.normalise(one) == urls.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://wire.test/a", "https://wire.test/b"),
        ("https://wire.test/a", "https://other.test/a"),
        ("https://wire.test/a?id=1", "https://wire.test/a?id=2"),
        ("https://wire.test/?p=1", "https://wire.test/?p=2"),
        ("https://wire.test/log?from=2026-03-01", "https://wire.test/log"),
        ("https://wire.test/a?cid=12", "https://wire.test/a?cid=13"),
        ("https://wire.test/champ", "https://wire.test/ch"),
        ("https://wire.test/A", "https://wire.test/a"),
        ("https://wire.test:8080/a", "https://wire.test/a"),
        ("https://wire.test/a%2Fb", "https://wire.test/a/b"),
        ("https://wire.test/a b", "https://wire.test/ab"),
        ("https://wire.test/%D0%B9", "https://wire.test/%D0%B8"),
        ("https://wire.test/%2A%CC%81", "https://wire.test/%2%C3%81"),
    ],
)
def test_two_pages_stay_two(one, other):
    assert urls.normalise(one) != urls.normalise(other)


@pytest.mark.parametrize(
    "url",
    ["", " ", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "mailto:a@b.test", "tag:wire.test,2026:1", "a", "http://", "http://[::1",
     "http://wire.test:port/", "https://wire.test/" + "a" * 9_000, "\ud800", "//"],
)  # fmt: skip
def test_what_cannot_be_shown_is_no_link(url):
    assert urls.link(url) == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("  https://wire.test/a\n", "https://wire.test/a"),
        ("/a", "https://wire.test/a"),
        ("//other.test/a", "https://other.test/a"),
        ("?id=1", "https://wire.test/rss/feed?id=1"),
        ("https://u:p@wire.test/a", "https://wire.test/a"),
        ("https://wire.test/a b<c>|d", "https://wire.test/a%20b%3Cc%3E|d"),
        ('https://wire.test/a"b', "https://wire.test/a%22b"),
        ("https://wire.test/a\u202eb", "https://wire.test/a%20b"),
        ("https://wire.test/тил", "https://wire.test/%D1%82%D0%B8%D0%BB"),
        ("https://тил.test/", "https://xn--h1agt.test/"),
        ("https://wire.test/%D0%BD?a=%26", "https://wire.test/%D0%BD?a=%26"),
    ],
)  # fmt: skip
def test_links_are_made_whole(url, shown):
    assert urls.link(url, base="https://wire.test/rss/feed") == shown


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.wire.test/a", "wire.test"),
        ("https://live.news.wire.test", "wire.test"),
        ("https://news.co.uk/", "news.co.uk"),
        ("https://www.news.co.uk/", "news.co.uk"),
        ("https://suspilne.com.ua/a", "suspilne.com.ua"),
        ("https://kyiv.ua/", "kyiv.ua"),
        ("https://news.quay.kyiv.ua/", "quay.kyiv.ua"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://localhost/", "localhost"),
        ("no address", ""),
    ],
)
def test_the_site_is_what_one_publisher_registers(url, site):
    assert urls.site(url) == site


@given(
    st.one_of(
        st.text(),
        st.from_regex(r"https?://[^\s]{0,60}", fullmatch=True),
        st.from_regex(
            r"https://a\.test/(%[0-9A-F]{2}|[a-e]|%CC%81){1,9}", fullmatch=True
        ),
    )
)
def test_junk_raises_nothing_and_twice_is_once(text):
    normal = urls.normalise(text)
    assert urls.normalise(normal) == normal
    shown = urls.link(text)
    assert urls.link(shown) == shown
    assert shown.isascii()
    urls.site(text)


@needs_real
def test_real_addresses_keep_their_identity():
    """No two real articles fall together that did not differ by noise alone."""
    lines = REAL.read_text(encoding="utf-8", errors="replace").split()
    known = {urls.normalise(line) for line in lines}
    assert len(known) > 0.98 * len(set(lines))
