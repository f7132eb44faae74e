"""Rows G01-G18 of the matrix over the wire: what polls bring, cycle after cycle."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from click.testing import CliRunner

from detectors.intake import FLOOD_LEAST
from detectors.model import NoticeKind, Outcome
from flows import intake
from flows.cli import main
from flows.collect import collect_entries
from flows.follow import follow_articles
from flows.poll import poll_feeds
from tests.flows import archive, warm
from tests.flows.wire_copy import DEPOT, FIRST, RISEN
from tests.servers.stand import document, item, page, rss

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Desk:
    """A desk that polls by force, reads and decides."""

    def __init__(self, news, fetch, workers, now):
        self.news, self.fetch, self.workers, self.now = news, fetch, workers, now

    def watch(self, url, **more):
        with self.news.unit() as unit:
            feed = unit.feeds.add(url, title="", source="Wire", now=self.now, **more)
        assert feed is not None
        return feed.id

    async def poll(self, after=HOUR):
        self.now += after
        return await poll_feeds(
            self.news, self.fetch, self.workers, now=self.now, force=True
        )

    async def cycle(self, after=HOUR):
        polled = await self.poll(after)
        await collect_entries(self.news, self.fetch, self.workers, now=self.now)
        follow_articles(self.news, warm.DESK, now=self.now)
        return polled

    def entries(self, feed_id=None):
        with self.news.unit(reading=True) as unit:
            return archive.entries(unit, feed_id)

    def outcomes(self, feed_id=None):
        return Counter(entry.outcome for entry in self.entries(feed_id))

    def notices(self, kind=NoticeKind.FLOOD):
        with self.news.unit(reading=True) as unit:
            return [each for each in unit.notices.open() if each.kind is kind]

    def told(self):
        with self.news.unit(reading=True) as unit:
            return [message.alert.kind for message in unit.outbox.all()]


@pytest.fixture
def desk(news, fetch, workers, now):
    return Desk(news, fetch, workers, now)


def many(numbers, **more):
    return [item(n, **more) for n in numbers]


def dated(moment):
    return f"{moment:%a, %d %b %Y %H:%M:%S} GMT"


async def test_g01_a30_all_ids_turn_to_https_and_three_new_ones_are_news(desk, stand):
    """Its address too, in a poll after the next: what is known stays known."""
    old = [item(n, guid=f"http://wire.test/?p={n}") for n in range(200)]
    new = [item(n, guid=f"https://mail.wire.test/{n}/") for n in range(203)]
    feed_id = desk.watch(stand.say("/feed", *map(document, (rss(*old), rss(*new)))))
    await desk.poll()
    polled = await desk.poll()
    assert (polled.pending, polled.entries) == (3, 203)
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 400, None: 3}
    assert (await desk.poll()).entries == 0


async def test_g02_an_item_dated_anew_with_another_footer_is_told_once(desk, stand):
    """Fifty polls; it has no page, so that its feed's words are what is read."""
    shapes = [rss(item(9))]
    for n in range(50):
        at = desk.now + n * HOUR
        text = f"{FIRST} Read by {n} people."
        more = {"link": "", "pubDate": dated(at), "description": text}
        shapes.append(rss(item(1, title="Missile hits Mykolaiv", **more)))
    desk.watch(stand.say("/feed", *map(document, shapes)))
    for _ in shapes:
        await desk.cycle()
    assert desk.told() == ["new"]
    assert len(desk.entries()) == 2


async def test_g04_a_flood_gives_one_notice_and_spares_the_other_feeds(desk, stand):
    usual = many(range(30))
    flood = many(range(1000, 1500), pubDate=dated(desk.now - 900 * DAY))
    shapes = [rss(*usual), rss(*flood, *usual), rss(*flood, *usual, title="Same")]
    bad = desk.watch(stand.say("/bad", *map(document, shapes)))
    good = desk.watch(
        stand.say("/good", *map(document, (rss(item(1)), rss(item(1), item(2)))))
    )
    await desk.poll()
    polled = await desk.poll()
    assert (polled.quarantined, polled.pending) == (500, 1)
    assert desk.outcomes(bad) == {Outcome.BASELINE: 30, Outcome.QUARANTINED: 500}
    assert desk.outcomes(good) == {Outcome.BASELINE: 1, None: 1}
    assert (await desk.poll()).entries == 0
    [notice] = desk.notices()
    assert notice.subject == f"feed:{bad}"
    assert "500 entries at once" in notice.text
    assert f"tocsin feeds release {bad}" in notice.text


async def test_g04_what_is_released_is_read_and_its_end_is_told(desk, stand):
    flood = many(range(1000, 1101))
    shapes = [rss(item(1)), rss(item(1), *flood)]
    feed_id = desk.watch(stand.say("/feed", *map(document, shapes)))
    await desk.poll()
    await desk.poll()
    first, second, *_ = (e for e in desk.entries() if e.outcome is Outcome.QUARANTINED)
    with desk.news.unit() as unit:
        feed = unit.feeds.get(feed_id)
        assert intake.release(unit, feed, (first.id, second.id), now=desk.now) == 2
    assert len(desk.notices()) == 1
    assert desk.outcomes()[None] == 2
    with desk.news.unit() as unit:
        assert intake.release(unit, feed, now=desk.now) == FLOOD_LEAST - 1
        assert intake.release(unit, feed, now=desk.now) == 0
    assert desk.notices() == []
    assert desk.outcomes() == {Outcome.BASELINE: 1, None: 101}


async def test_g04_a_second_flood_is_not_told_while_the_first_is_kept(desk, stand):
    floods = [many(range(1000 * n, 1000 * n + 200)) for n in (1, 2)]
    shapes = [rss(item(1)), *(rss(item(1), *flood) for flood in floods)]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    for _ in shapes:
        await desk.poll()
    assert len(desk.notices()) == 1
    assert desk.outcomes()[Outcome.QUARANTINED] == 400


@pytest.fixture
def flooded(tmp_path, monkeypatch):
    """A store with a feed that has three entries in quarantine; how to ask of it."""
    from storage.database import Store
    from tests.storage.records import NOW, entry

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    monkeypatch.setenv("TOCSIN_DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}")
    with store.unit() as unit:
        feed = unit.feeds.add(
            "https://wire.test/rss", title="Wire", source="Wire", now=NOW
        )
        assert feed is not None
        unit.entries.add_new(
            feed.id,
            [entry(name) for name in "abc"],
            seen_at=NOW,
            outcome=Outcome.QUARANTINED,
        )
    store.close()

    def run(*words):
        result = CliRunner().invoke(main, ["feeds", "release", *words])
        return result.exit_code, result.output

    return run


def test_g04_the_desk_looks_into_a_quarantine_and_releases_it(flooded):
    status, shown = flooded("1", "--dry-run")
    assert status == 0
    assert all(f"https://wire.test/{name}" in shown for name in "abc")
    _, said = flooded("https://wire.test/rss", "2", "--json")
    assert json.loads(said)["released"] == 1
    assert flooded("1") == (0, "released: 2; the next cycle reads them\n")
    assert flooded("1") == (0, "nothing of that is in quarantine\n")
    assert flooded("7")[0] == 1


async def test_g05_the_first_item_of_an_empty_feed_is_news(desk, stand):
    desk.watch(stand.say("/feed", *map(document, (rss(), rss(item(1))))))
    await desk.poll()
    assert (await desk.poll()).pending == 1


async def test_g06_a_new_feed_is_silent_and_recorded(desk, stand):
    feed_id = desk.watch(stand.publish("/feed", rss(*many(range(30)))))
    await desk.cycle()
    assert desk.outcomes(feed_id) == {Outcome.BASELINE: 30}
    assert desk.told() == []
    assert len(stand.requests) == 1


async def test_g07_an_older_item_that_slides_into_view_is_baseline(desk, stand):
    days = [item(n, pubDate=dated(desk.now - n * DAY)) for n in range(1, 12)]
    shapes = [rss(*days[:10]), rss(*days[1:11])]
    feed_id = desk.watch(stand.say("/feed", *map(document, shapes)))
    await desk.poll()
    assert (await desk.poll()).pending == 0
    slid = desk.entries(feed_id)[-1]
    assert (slid.entry_id, slid.outcome) == ("guid-11", Outcome.BASELINE)
    assert slid.reason == "older than all that was there when the feed was added"


async def test_g08_g09_g10_g11_no_date_keeps_an_item_from_being_news(desk, stand):
    """Six hours back, five of one moment, to come, of 1970, none and nonsense."""
    now = desk.now
    dates = [
        dated(now - 6 * HOUR),
        *[dated(now)] * 5,
        dated(now + DAY),
        "Tue, 01 Jan 2041 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "",
        "soon",
    ]
    later = [item(n, pubDate=date) for n, date in enumerate(dates, 10)]
    before = item(1, pubDate=dated(now - HOUR))
    shapes = [rss(before), rss(*later, before), rss(item(99), *later, before)]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    await desk.poll()
    assert (await desk.poll()).pending == len(dates) == 11
    assert (await desk.poll(after=3 * DAY)).pending == 1
    assert desk.outcomes() == {Outcome.BASELINE: 1, None: 12}


async def test_g12_a_window_that_turned_over_is_told_and_asked_sooner(desk, stand):
    shapes = [rss(*many(range(n, n + 10))) for n in (0, 5, 40)]
    feed_id = desk.watch(stand.say("/feed", *map(document, shapes)))
    for _ in range(2):
        await desk.poll()
    with desk.news.unit(reading=True) as unit:
        assert unit.feeds.get(feed_id).course.gap_at is None
    assert (await desk.poll()).pending == 10
    with desk.news.unit(reading=True) as unit:
        assert unit.feeds.get(feed_id).course.gap_at == desk.now
        assert NoticeKind.GAP in {each.kind for each in unit.notices.since(desk.now)}


async def test_g13_twins_that_change_places_are_told_once(desk, stand):
    """One id twice in a document, in two orders, with two dates and two texts."""
    twins = [
        item(1, pubDate=dated(desk.now + n * HOUR), description=f"Told {n}.")
        for n in (1, 2)
    ]
    shapes = [rss(item(9)), *(rss(*twins[::way], item(9)) for way in (1, -1) * 4)]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    stand.say("/story/1", page(*FIRST.split("\n\n")))
    found = [await desk.cycle() for _ in shapes]
    assert [each.pending for each in found] == [0, 1, *[0] * 7]
    assert sum(each.restated for each in found) == 0
    assert desk.told() == ["new"]


async def test_g14_two_strikes_under_one_headline_are_two_alerts(desk, stand):
    pages = {1: FIRST, 2: DEPOT}
    for n, text in pages.items():
        stand.say(f"/story/{n}", page(*text.split("\n\n"), title="Missile strike"))
    one, two = (item(n, title="Missile strike kills three") for n in pages)
    shapes = [rss(item(9)), rss(one), rss(two, one)]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    for _ in shapes:
        await desk.cycle()
    assert desk.told() == ["new", "new"]


async def test_a_feed_that_was_removed_and_added_again_repeats_nothing(desk, stand):
    """What it listed meanwhile is baseline; what it lists later is news."""
    shapes = [rss(*many(range(n))) for n in (3, 4, 6, 7)]
    url = stand.say("/feed", *map(document, shapes))
    feed_id = desk.watch(url)
    await desk.poll()
    await desk.poll()
    with desk.news.unit() as unit:
        unit.feeds.remove(feed_id, now=desk.now)
    assert desk.watch(url) == feed_id
    assert (await desk.poll()).baseline == 2
    assert (await desk.poll()).pending == 1
    assert desk.outcomes() == {Outcome.BASELINE: 5, None: 2}


async def test_an_entry_that_tells_more_in_its_summary_is_read_again(desk, stand):
    """Same title, same date: where the feed's words are all there is, they count."""
    shapes = [
        rss(item(9)),
        *(
            rss(item(1, title="Missile hits Mykolaiv", link="", description=text))
            for text in (FIRST, RISEN)
        ),
    ]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    found = [await desk.cycle() for _ in shapes]
    assert found[-1].restated == 1
    assert desk.told() == ["new", "update"]


async def test_other_words_around_a_page_that_was_read_are_no_reason(desk, stand):
    """Feeds count comments: only what we go by is looked at again for them."""
    stand.say("/story/1", page(*FIRST.split("\n\n")))
    shapes = [
        rss(item(9)),
        *(rss(item(1, description=f"{n} comments")) for n in range(3)),
    ]
    desk.watch(stand.say("/feed", *map(document, shapes)))
    found = [await desk.cycle() for _ in shapes]
    assert [each.restated for each in found] == [0, 0, 0, 0]
    assert len(stand.asked("/story/1")) == 1
