"""Pages that change without a word of their feeds, and what the desk hears of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import FeedEntry, Outcome, Validators
from flows import visit
from flows.collect import collect_entries
from flows.follow import follow_articles
from flows.visit import BATCH, Visited, visit_pages
from tests.flows import archive, warm
from tests.flows.wire_copy import CORRECTED, DAWN, FESTIVAL, FIRST, RISEN
from tests.servers.stand import CLOSES, Reply, page, redirect

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TEN = 10 * MINUTE
UNCHANGED = Reply(status=304)


def written(text, title="Missile hits Mykolaiv", **headers):
    said = page(*text.split("\n\n"), title=title)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(said, headers={**said.headers, **named})


class Desk:
    """A desk whose clock is moved by hand."""

    def __init__(self, news, fetch, workers):
        self.news, self.fetch, self.workers = news, fetch, workers
        self.now = DAWN + HOUR
        self.read_at = self.now
        with news.unit() as unit:
            feed = unit.feeds.add(
                "https://gazette.test/rss",
                title="Gazette",
                source="Gazette",
                now=self.now,
            )
        assert feed is not None
        self.feed = feed

    async def read(self, *urls, title="Missile hits Mykolaiv", **more):
        """Let the feed state these pages, read them and decide on them."""
        entries = [
            FeedEntry(entry_id=url, url=url, title=title, **more) for url in urls
        ]
        with self.news.unit() as unit:
            unit.entries.add_new(self.feed.id, entries, seen_at=self.now)
        await collect_entries(self.news, self.fetch, self.workers, now=self.now)
        self.follow()

    def follow(self):
        return follow_articles(self.news, warm.DESK, now=self.now)

    async def visit(self, after=timedelta(0), **wishes):
        """Pay the visits that are due so long after the pages were first read."""
        self.now = self.read_at + after
        return await visit_pages(
            self.news, self.fetch, self.workers, now=self.now, **wishes
        )

    def entries(self):
        with self.news.unit(reading=True) as unit:
            return archive.entries(unit)

    def article(self, number=0):
        with self.news.unit(reading=True) as unit:
            return unit.articles.get(self.entries()[number].article_id)

    def known(self):
        """The first page's visit."""
        with self.news.unit(reading=True) as unit:
            first = self.article()
            return unit.visits.get(first.revision_of or first.id)

    def told(self):
        with self.news.unit(reading=True) as unit:
            return [message.alert.kind for message in unit.outbox.all()]


@pytest.fixture
def desk(news, fetch, workers):
    return Desk(news, fetch, workers)


async def test_a_toll_that_rises_on_a_page_alone_is_told(desk, stand):
    await desk.read(stand.say("/1", written(FIRST), written(RISEN)))
    first = desk.article()
    assert await desk.visit(TEN - MINUTE) == Visited()
    assert await desk.visit(TEN) == Visited(revisions=1)
    [entry] = desk.entries()
    assert (entry.outcome, entry.reason) == (None, visit.CHANGED)
    revision = desk.article()
    assert (revision.revision_of, revision.url) == (first.id, first.url)
    assert (revision.published_at, revision.fetched_at) == (desk.now, desk.now)
    [decision] = desk.follow()
    changed = {each.slot: (each.old, each.new) for each in decision.developments}
    assert changed["killed"] == (3, 5)
    assert desk.told() == ["new", "update"]
    assert desk.entries()[0].outcome is Outcome.ALERTED


async def test_a_mended_typo_stays_silent(desk, stand):
    mended = FIRST.replace("Rescuers were", "Rescue workers were")
    await desk.read(stand.say("/1", written(FIRST), written(mended)))
    assert await desk.visit(TEN) == Visited(revisions=1)
    [decision] = desk.follow()
    assert (decision.outcome, decision.developments) == (Outcome.KNOWN, ())
    assert desk.told() == ["new"]


async def test_a_page_is_asked_four_times_with_its_own_validators(desk, stand):
    validators = {"ETag": 'W/"a b"', "Last_Modified": "Monday"}
    await desk.read(stand.say("/1", written(FIRST, **validators), UNCHANGED))
    before = desk.entries()
    for after in (TEN, HOUR, 6 * HOUR, 24 * HOUR):
        assert await desk.visit(after - MINUTE) == Visited()
        assert await desk.visit(after) == Visited(unchanged=1)
        assert stand.requests[-1].header("If-None-Match") == b'W/"a b"'
        assert stand.requests[-1].header("If-Modified-Since") == b"Monday"
    assert await desk.visit(99 * HOUR) == Visited()
    assert len(stand.requests) == 5
    assert desk.entries() == before
    assert desk.known().times == 4


async def test_what_a_304_repeats_is_asked_with_the_next_time(desk, stand):
    """Both validators are the page's own, and no other page is asked with them."""
    renewed = Reply(status=304, headers={"ETag": '"2"'})
    one = stand.say("/1", written(FIRST, ETag='"1"'), renewed)
    two = stand.say("/2", written(RISEN), written(RISEN))
    await desk.read(one, two)
    await desk.visit(TEN)
    await desk.visit(HOUR)
    tags = [request.header("If-None-Match") for request in stand.asked("/1")]
    assert tags == [None, b'"1"', b'"2"']
    assert {r.header("If-None-Match") for r in stand.asked("/2")} == {None}
    assert desk.known().validators == Validators(etag=b'"2"')


async def test_a31_what_a_page_gave_is_sent_to_no_address_that_led_there(desk, stand):
    stand.say("/story", written(FIRST, ETag='"1"'))
    await desk.read(stand.say("/1", redirect("/story")))
    assert await desk.visit(TEN) == Visited(unchanged=1)
    assert {request.header("If-None-Match") for request in stand.requests} == {None}


async def test_without_validators_the_body_decides(desk, stand, monkeypatch):
    """A page that came byte for byte is not even extracted."""
    await desk.read(stand.say("/1", written(FIRST)))

    async def refuses(*_args, **_kwargs):
        raise AssertionError

    desk.workers = refuses
    assert await desk.visit(TEN) == Visited(unchanged=1)


async def test_other_furniture_around_the_same_text_is_no_change(desk, stand):
    noisy = written(FIRST)
    noisy = replace(noisy, body=noisy.body.replace(b"</body>", b"<!-- 7 --></body>"))
    await desk.read(stand.say("/1", written(FIRST), noisy))
    assert await desk.visit(TEN) == Visited(unchanged=1)


async def test_a_page_that_changes_back_is_the_version_that_it_was(desk, stand):
    states = [written(text) for text in (FIRST, RISEN, FIRST, RISEN)]
    await desk.read(stand.say("/1", *states))
    found = []
    for after in (TEN, HOUR, 6 * HOUR):
        found.append(await desk.visit(after))
        desk.follow()
    assert found == [Visited(revisions=1), Visited(unchanged=1), Visited(unchanged=1)]
    assert desk.told() == ["new", "update"]


async def test_a_page_off_every_topic_is_not_asked_again(desk, stand):
    await desk.read(stand.say("/1", written(FESTIVAL)), title="The harbour festival")
    assert desk.entries()[0].outcome is Outcome.OFF_TOPIC
    assert await desk.visit(99 * HOUR) == Visited()
    assert desk.known().next_at is None


async def test_a_copy_is_not_asked_again(desk, stand):
    await desk.read(stand.say("/1", written(FIRST)))
    copied = f"{FIRST}\n\nOur readers have asked how to help; see page 4."
    await desk.read(stand.say("/2", written(copied)))
    assert desk.entries()[1].outcome is Outcome.DUPLICATE
    assert await desk.visit(TEN) == Visited(unchanged=1)
    assert len(stand.asked("/2")) == 1


async def test_a_page_without_a_story_that_lives_is_asked_no_more(desk, stand):
    await desk.read(stand.say("/1", written(FIRST)))
    assert await desk.visit(72 * HOUR) == Visited(ended=1)
    assert desk.known().next_at is None
    assert len(stand.requests) == 1


@pytest.mark.parametrize(
    ("status", "is_over"),
    [(404, True), (410, True), (403, True), (503, False), (429, False)],
)
async def test_a_page_that_is_gone_ends_its_visits_and_nothing_else(
    desk, stand, status, is_over
):
    failing = Reply(status=status, headers=CLOSES)
    await desk.read(stand.say("/1", written(FIRST), failing, written(RISEN)))
    before = desk.entries()
    assert await desk.visit(TEN) == Visited(failed=1)
    assert desk.entries() == before
    assert (desk.known().next_at is None) is is_over
    assert (await desk.visit(HOUR)).revisions == (0 if is_over else 1)


async def test_a_page_that_could_not_be_read_at_first_is_tried_again(desk, stand):
    failing = Reply(status=503, headers=CLOSES)
    summary = FIRST.partition("\n\n")[0]
    await desk.read(stand.say("/1", failing, written(FIRST)), text=summary)
    assert desk.article().flags == ("feed-text", "page-failed: server error")
    assert await desk.visit(TEN) == Visited(revisions=1)
    assert desk.article().flags == ()
    [decision] = desk.follow()
    assert {each.slot for each in decision.developments} == {"injured"}


async def test_a_page_that_became_a_wall_changes_nothing(desk, stand):
    await desk.read(stand.say("/1", written(FIRST), page("Log in to continue.")))
    before = desk.entries()
    assert await desk.visit(TEN) == Visited(failed=1)
    assert desk.entries() == before


async def test_a_live_blog_is_asked_with_each_cycle_while_it_goes_on(desk, stand):
    states = [written(text) for text in (FIRST, FIRST, RISEN, RISEN)]
    await desk.read(stand.say("/1", *states), title="Live: missile hits Mykolaiv")
    found = [
        await desk.visit(after) for after in (5 * MINUTE, 10 * MINUTE, 15 * MINUTE)
    ]
    assert found == [Visited(unchanged=1), Visited(revisions=1), Visited(unchanged=1)]
    desk.follow()
    assert desk.told() == ["new", "update"]
    assert await desk.visit(24 * HOUR) == Visited(unchanged=1)
    assert await desk.visit(25 * HOUR) == Visited(unchanged=1)
    assert await desk.visit(26 * HOUR) == Visited()


async def test_a_page_that_declares_itself_live_is_one(desk, stand):
    live = written(FIRST)
    tag = b'<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
    live = replace(live, body=live.body.replace(b"</head>", tag + b"</head>"))
    await desk.read(stand.say("/1", live))
    assert desk.known().is_live
    assert (await desk.visit(5 * MINUTE)).asked == 1


async def test_g20_after_eight_hours_of_sleep_a_page_is_asked_once(desk, stand):
    await desk.read(stand.say("/1", written(FIRST)))
    assert await desk.visit(8 * HOUR) == Visited(unchanged=1)
    assert await desk.visit(8 * HOUR + MINUTE) == Visited()


async def test_an_entry_that_is_to_be_read_again_anyway_is_left_to_that(desk, stand):
    await desk.read(stand.say("/1", written(FIRST), written(RISEN)))
    [entry] = desk.entries()
    again = FeedEntry(entry_id=entry.entry_id, url=entry.url, title="Five killed")
    with desk.news.unit() as unit:
        unit.entries.restate(desk.feed.id, again, seen_at=desk.now + 9 * MINUTE)
    assert await desk.visit(TEN) == Visited()
    assert len(stand.requests) == 1
    await collect_entries(desk.news, desk.fetch, desk.workers, now=desk.now)
    desk.follow()
    assert desk.told() == ["new", "update"]


async def test_a_page_that_was_just_read_for_its_feeds_sake_is_not_asked_at_once(
    desk, stand
):
    await desk.read(stand.say("/1", written(FIRST, ETag='"1"'), written(RISEN)))
    [entry] = desk.entries()
    again = FeedEntry(entry_id=entry.entry_id, url=entry.url, title="Five killed")
    desk.now += TEN
    with desk.news.unit() as unit:
        unit.entries.restate(desk.feed.id, again, seen_at=desk.now)
    await collect_entries(desk.news, desk.fetch, desk.workers, now=desk.now)
    assert stand.requests[-1].header("If-None-Match") == b'"1"'
    assert await desk.visit(TEN) == Visited()
    assert len(stand.requests) == 2


async def test_a_limit_leaves_the_rest_for_the_next_cycle(desk, stand):
    texts = (FIRST, RISEN, CORRECTED)
    await desk.read(*(stand.say(f"/{n}", written(t)) for n, t in enumerate(texts)))
    assert (await desk.visit(TEN, limit=2)).asked == 2
    assert (await desk.visit(TEN)).asked == 1
    assert (await desk.visit(TEN)).asked == 0


async def test_a_stop_between_two_batches_loses_no_change(desk, stand, monkeypatch):
    monkeypatch.setattr(visit, "BATCH", 1)
    assert BATCH > 1
    pages = [(FIRST, RISEN), (RISEN, FIRST), (CORRECTED, RISEN)]
    urls = [
        stand.say(f"/{n}", *(written(text) for text in texts))
        for n, texts in enumerate(pages)
    ]
    await desk.read(*urls)
    begun, asked = visit._keep, []

    def stops(unit, call, seen, *, now):
        asked.append(call)
        if len(asked) == 2:
            raise KeyError(call.visit.url)
        return begun(unit, call, seen, now=now)

    monkeypatch.setattr(visit, "_keep", stops)
    with pytest.raises(KeyError):
        await desk.visit(TEN)
    monkeypatch.setattr(visit, "_keep", begun)
    again = await desk.visit(TEN)
    changed = [e for e in desk.entries() if e.reason == visit.CHANGED]
    assert (again.asked, len(changed)) == (2, 3)
