from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import NotAFeedError
from detectors.feeds import parse
from detectors.sitemaps import is_sitemap, parts_of, read_sitemap

URL = "https://harbour.test/news.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc>https://harbour.test/ferry?a=1&amp;b=2</loc><n:news>
  <n:publication><n:name>Harbour Post</n:name><n:language>en-GB</n:language>
  </n:publication><n:publication_date>2026-05-04T09:30+03:00</n:publication_date>
  <n:title>Ferry resumes after storm &amp; repairs</n:title></n:news>
  <image:image><image:loc>https://harbour.test/i.jpg</image:loc></image:image></url>
 <url><loc>https://harbour.test/</loc><lastmod>2026-05-04</lastmod></url>
 <url><loc>/pier</loc><n:news><n:publication><n:name>Harbour Post</n:name>
  <n:language>uk</n:language></n:publication>
  <n:publication_date>2026-05-03</n:publication_date>
  <n:title>Пірс відкрито</n:title></n:news></url>
</urlset>""".encode()


def test_a_news_sitemap_is_a_feed_of_what_it_tells():
    document = parse(NEWS, url=URL)
    assert (document.title, document.language) == ("Harbour Post", "en")
    assert document.parser == "sitemap"
    ferry, pier = document.entries
    assert ferry.entry_id == ferry.url == "https://harbour.test/ferry?a=1&b=2"
    assert ferry.title == "Ferry resumes after storm & repairs"
    assert ferry.published_at == datetime(2026, 5, 4, 6, 30, tzinfo=UTC)
    assert (pier.url, pier.language) == ("https://harbour.test/pier", "uk")
    assert pier.entry_id == "/pier"
    assert pier.published_at == datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset><url><loc>https://harbour.test/</loc></url></urlset>",
        b"<urlset></urlset>",
        b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>",
    ],
)
def test_a_sitemap_without_news_is_no_feed(body):
    assert is_sitemap(body)
    with pytest.raises(NotAFeedError, match="sitemap"):
        parse(body, url=URL)


def test_of_an_index_those_of_news_come_first_then_the_latest():
    listed = (("/a.xml", "2026-05-04"), ("/news-1.xml", ""), ("/b.xml", "2026-05-05"),
              ("/news-2.xml", "2026-05-01"))  # fmt: skip
    parts = "".join(
        f"<sitemap><loc>{loc}</loc><lastmod>{day}</lastmod></sitemap>"
        for loc, day in listed
    )
    found = parts_of(f"<sitemapindex>{parts}</sitemapindex>".encode(), URL)
    assert [(part.url[20:], part.changed) for part in found] == [
        ("/news-2.xml", "2026-05-01"),
        ("/news-1.xml", ""),
        ("/b.xml", "2026-05-05"),
        ("/a.xml", "2026-05-04"),
    ]


def test_what_is_not_an_index_names_no_sitemap():
    assert parts_of(NEWS, URL) == ()
    assert parts_of(b"<html>", URL) == ()


def test_an_entity_is_not_expanded():
    entity = b'<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset'
    body = NEWS.replace(b"<urlset", entity, 1).replace(b"Ferry resumes", b"&e;Ferry")
    assert [entry.title for entry in parse(body, url=URL).entries] == ["Пірс відкрито"]


@given(st.binary(max_size=200))
def test_no_bytes_break_it(junk):
    body = b"<urlset>" + junk
    assert is_sitemap(body)
    read_sitemap(body)
    parts_of(b"<sitemapindex>" + junk, URL)
