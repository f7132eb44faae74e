import gzip
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from detectors import feeds
from detectors.pages import read_page
from flows.demo import day
from flows.demo.day import FeedFormat, Outlet, PageKind, Piece
from flows.demo.newsroom import Newsroom

ROOT = Path(__file__).resolve().parents[2]
DAY = day.load(ROOT / "seeds" / "demo")
SIX = datetime(2026, 5, 11, 6, tzinfo=UTC)
EVERY_FORMAT = [pytest.param(kind, id=kind.value) for kind in FeedFormat]


def outlet(kind=FeedFormat.RSS, **changes):
    return Outlet(
        **{"name": "Gazette", "slug": "gazette", "language": "en", "format": kind}
        | changes
    )


def piece(name, minute, **changes):
    text = f"The story of {name} is told here.\n\nIt goes on for a second paragraph."
    return Piece(
        **{
            "id": name,
            "url": f"https://gazette.test/{name}",
            "source": "Gazette",
            "language": "en",
            "published_at": SIX + timedelta(minutes=minute),
            "title": f"All about {name}",
            "text": text,
        }
        | changes
    )


async def ask(url, **headers):
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


async def entries(newsroom):
    url = newsroom.feeds[0].url
    _, _, body = await ask(url)
    return feeds.parse(body, url=url).entries


@pytest.mark.parametrize("kind", EVERY_FORMAT)
async def test_an_entry_appears_once_its_time_has_come(kind):
    pieces = [piece("early", 0), piece("late", 30)]
    async with Newsroom([outlet(kind)], pieces, opens_at=SIX) as newsroom:
        before = await entries(newsroom)
        newsroom.advance_to(SIX + timedelta(minutes=30))
        after = await entries(newsroom)

    assert [entry.title for entry in before] == ["All about early"]
    assert [entry.title for entry in after] == ["All about late", "All about early"]
    assert after[0].published_at == SIX + timedelta(minutes=30)


@pytest.mark.parametrize("kind", EVERY_FORMAT)
async def test_a_feed_is_unchanged_until_something_is_published(kind):
    pieces = [piece("early", 0), piece("late", 30)]
    async with Newsroom([outlet(kind)], pieces, opens_at=SIX) as newsroom:
        url = newsroom.feeds[0].url
        _, given, _ = await ask(url)
        known = {"If-None-Match": given.get("ETag", "")}
        if "Last-Modified" in given:
            known["If-Modified-Since"] = given["Last-Modified"]
        if "ETag" not in given:
            del known["If-None-Match"]
        unchanged, _, body = await ask(url, **known)
        newsroom.advance_to(SIX + timedelta(minutes=30))
        changed, _, _ = await ask(url, **known)

    assert (unchanged, body, changed) == (304, b"", 200)
    assert [request.status for request in newsroom.requests] == [200, 304, 200]


async def test_a_date_does_not_count_where_a_tag_was_sent():
    async with Newsroom([outlet()], [piece("a", 0)], opens_at=SIX) as newsroom:
        url = newsroom.feeds[0].url
        _, given, _ = await ask(url)
        status, _, _ = await ask(
            url,
            **{
                "If-None-Match": '"another"',
                "If-Modified-Since": given["Last-Modified"],
            },
        )

    assert status == 200


@pytest.mark.parametrize("kind", EVERY_FORMAT)
async def test_a_revision_changes_page_and_entry_but_not_their_identity(kind):
    first = piece("live", 0)
    revised = piece("live2", 20, url=first.url, revision_of="live", title="Live: more")
    async with Newsroom([outlet(kind)], [first, revised], opens_at=SIX) as newsroom:
        (before,) = await entries(newsroom)
        newsroom.advance_to(SIX + timedelta(minutes=20))
        (after,) = await entries(newsroom)
        _, _, page = await ask(newsroom.link(revised))

    assert after.title == "Live: more"
    assert after.url == before.url
    assert after.entry_id == before.entry_id
    changed_at = after.updated_at or after.published_at
    assert changed_at == SIX + timedelta(minutes=20)
    assert b"story of live2" in page


async def test_a_feed_in_an_old_encoding_is_read_all_the_same():
    there = outlet(FeedFormat.RDF, encoding="windows-1251", language="ru")
    told = piece("a", 0, title="Встречу отложили — до среды", text="Ґанок и шляпа ☂.")
    async with Newsroom([there], [told], opens_at=SIX) as newsroom:
        url = newsroom.feeds[0].url
        _, headers, body = await ask(url)

    assert "windows-1251" in headers["Content-Type"]
    assert "Встречу".encode("windows-1251") in body
    (entry,) = feeds.parse(body, url=url, charset="windows-1251").entries
    assert entry.title == "Встречу отложили — до среды"
    assert entry.text == "Ґанок и шляпа ☂."


@pytest.mark.parametrize("kind", [FeedFormat.RSS, FeedFormat.ATOM, FeedFormat.JSON])
async def test_only_a_generous_outlet_gives_the_whole_text(kind):
    for generous in (True, False):
        there = outlet(kind, full_text=generous)
        async with Newsroom([there], [piece("a", 0)], opens_at=SIX) as newsroom:
            (entry,) = await entries(newsroom)
        assert ("second paragraph" in entry.text) is generous


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        pytest.param(PageKind.COOKIE_WALL, 200, id="cookie-wall"),
        pytest.param(PageKind.LOGIN, 200, id="login"),
        pytest.param(PageKind.MISSING, 404, id="missing"),
    ],
)
async def test_a_page_may_be_no_article(kind, status):
    long = "A first paragraph. " * 30 + "\n\nA second paragraph."
    walled = piece("a", 0, page=kind, text=long)
    async with Newsroom([outlet()], [walled], opens_at=SIX) as newsroom:
        answered, _, body = await ask(newsroom.link(walled))

    assert answered == status
    assert b"second paragraph" not in body
    assert read_page(body, url="https://gazette.test/a").refusal


async def test_every_page_of_the_day_reads_as_the_article_that_it_carries():
    pieces = [*DAY.archive, *DAY.pieces]
    last = DAY.pieces[-1].published_at
    latest = {one.url: one for one in DAY.pieces if one.page is PageKind.ARTICLE}
    async with Newsroom(DAY.outlets, pieces, opens_at=last) as newsroom:
        for one in latest.values():
            _, _, body = await ask(newsroom.link(one))
            page = read_page(body, url=newsroom.link(one), charset="utf-8")

            assert not page.refusal, one.id
            kept = [p for p in one.paragraphs if p in page.text]
            assert len(kept) >= len(one.paragraphs) - 1, one.id
            assert "newsletter" not in page.text, one.id
            assert "More from" not in page.text, one.id


async def test_every_feed_of_the_day_holds_its_outlets_latest_pieces():
    pieces = [*DAY.archive, *DAY.pieces]
    last = DAY.pieces[-1].published_at
    async with Newsroom(DAY.outlets, pieces, opens_at=last) as newsroom:
        for feed in newsroom.feeds:
            _, headers, body = await ask(feed.url)
            charset = headers["Content-Type"].partition("charset=")[2]
            document = feeds.parse(body, url=feed.url, charset=charset)
            mine = {p.path for p in pieces if p.source == feed.title}

            assert document.title == feed.title
            assert document.language == feed.outlet.language
            assert len(document.entries) == len(mine)
            assert all(entry.published_at for entry in document.entries)


async def test_before_the_day_only_the_archive_is_there():
    opening = day.ticks(DAY.pieces, 12)[0]
    pieces = [*DAY.archive, *DAY.pieces]
    async with Newsroom(DAY.outlets, pieces, opens_at=opening) as newsroom:
        _, _, body = await ask(newsroom.feeds[0].url)
        status, _, _ = await ask(newsroom.link(DAY.pieces[0]))
        shown = newsroom.piece_at(newsroom.link(DAY.archive[0]))
        hidden = newsroom.piece_at(newsroom.link(DAY.pieces[0]))

    assert b"counts the cost" in body
    assert (status, shown, hidden) == (404, DAY.archive[0], None)


async def test_a_front_page_names_its_feed():
    async with Newsroom([outlet()], [piece("a", 0)], opens_at=SIX) as newsroom:
        _, _, body = await ask(f"{newsroom.url}/gazette/")

    assert newsroom.feeds[0].url.encode() in body
    assert b'rel="alternate"' in body


async def test_a_feed_is_compressed_for_those_who_ask():
    async with (
        Newsroom([outlet()], [piece("a", 0)], opens_at=SIX) as newsroom,
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(
            newsroom.feeds[0].url, headers={"Accept-Encoding": "gzip"}
        ) as answer,
    ):
        body = await answer.read()

    assert answer.headers["Content-Encoding"] == "gzip"
    assert b"All about a" in gzip.decompress(body)


async def test_who_asks_is_remembered_and_unknown_outlets_are_not_found():
    async with Newsroom([outlet()], [], opens_at=SIX) as newsroom:
        status, _, _ = await ask(f"{newsroom.url}/nobody/", **{"User-Agent": "me"})

    (request,) = newsroom.requests
    assert (status, request.path, request.user_agent) == (404, "/nobody/", "me")


def test_the_clock_of_a_newsroom_does_not_go_back():
    newsroom = Newsroom([outlet()], [], opens_at=SIX)

    with pytest.raises(ValueError, match="does not go back"):
        newsroom.advance_to(SIX - timedelta(seconds=1))
    assert newsroom.now == SIX


def test_a_piece_of_no_outlet_is_refused():
    with pytest.raises(ValueError, match="Nobody"):
        Newsroom([outlet()], [piece("a", 0, source="Nobody")], opens_at=SIX)


async def test_a_newsroom_may_be_stopped_twice_and_started_again():
    newsroom = Newsroom([outlet()], [piece("a", 0)], opens_at=SIX)
    for _ in range(2):
        await newsroom.start()
        status, _, _ = await ask(newsroom.feeds[0].url)
        await newsroom.stop()
        await newsroom.stop()

        assert status == 200
        assert newsroom.address.startswith("127.0.0.1:")


@pytest.mark.parametrize("count", [2, 3, 24, 200])
def test_ticks_rise_from_before_the_first_piece_to_the_last(count):
    moments = day.ticks(DAY.pieces, count)

    assert list(moments) == sorted(set(moments))
    assert len(moments) <= count
    assert moments[0] < DAY.pieces[0].published_at
    assert moments[-1] == DAY.pieces[-1].published_at


def test_ticks_give_each_look_about_as_much_to_read():
    moments = day.ticks(DAY.pieces, 25)
    shares = [
        sum(before < p.published_at <= after for p in DAY.pieces)
        for before, after in pairwise(moments)
    ]

    assert sum(shares) == len(DAY.pieces)
    assert max(shares) <= 5


def test_every_revision_of_the_day_is_seen_at_a_tick_of_its_own():
    moments = day.ticks(DAY.pieces, 24)
    wordings = [(p.url, p.published_at) for p in DAY.pieces]
    revised = [u for u, _ in wordings if sum(u == other for other, _ in wordings) > 1]

    for url in set(revised):
        seen = [
            next(tick for tick in moments if tick >= at)
            for wording, at in wordings
            if wording == url
        ]
        assert len(seen) == len(set(seen))
