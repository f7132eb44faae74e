from datetime import UTC, datetime, timedelta

import pytest

from detectors.model import FeedEntry, Outcome
from flows.collect import BATCH, Collected, collect_entries
from flows.web.fetch import Want
from tests.servers.stand import Reply, page, redirect

FIRST = (
    "Two dockers were hurt on Wednesday when a crane fell across the North Quay, the "
    "second such accident in a year, the harbour master told reporters."
)
SECOND = (
    "Inspectors said they would look at the maintenance records of all nine cranes "
    "before any of them lifts a container again, and ferries were sent elsewhere."
)
THIRD = (
    "The operator, which took over the terminal in January, promised to help the two "
    "families and to publish what its own engineers find in the coming weeks."
)
TEXT = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
STORY = page(FIRST, SECOND, THIRD, title="Crane falls")
SUMMARY = "Two dockers hurt as a crane falls."


class Desk:
    def __init__(self, news, fetch, workers, now):
        self.news, self.fetch, self.workers, self.now = news, fetch, workers, now
        self._feeds: dict[str, int] = {}

    def enter(self, url, *, feed="Wire", **more):
        stated = {"entry_id": url or "none", "title": "Crane falls", **more}
        with self.news.unit() as unit:
            if feed not in self._feeds:
                made = unit.feeds.add(
                    f"https://{feed}.test/", title=feed, source=feed, now=self.now
                )
                assert made is not None
                self._feeds[feed] = made.id
            [entry] = unit.entries.add_new(
                self._feeds[feed], [FeedEntry(url=url, **stated)], seen_at=self.now
            )
        return entry.id

    def entry(self, entry_id):
        with self.news.unit(reading=True) as unit:
            [found] = unit.entries.find(str(entry_id))
        return found

    def article(self, entry_id):
        with self.news.unit(reading=True) as unit:
            return unit.articles.get(self.entry(entry_id).article_id)

    def articles(self):
        with self.news.unit(reading=True) as unit:
            return unit.articles.undecided(1_000)

    def decide(self, entry_id, outcome=Outcome.ALERTED):
        with self.news.unit() as unit:
            unit.entries.finish_article(self.entry(entry_id).article_id, outcome)

    async def collect(self, **wishes):
        return await collect_entries(
            self.news, self.fetch, self.workers, now=self.now, **wishes
        )


@pytest.fixture
def desk(news, fetch, workers, now):
    return Desk(news, fetch, workers, now)


async def test_a_page_becomes_an_article(desk, stand):
    at = datetime(2026, 3, 4, 6, 40, tzinfo=UTC)
    entry = desk.enter(
        stand.say("/1", STORY), published_at=at, title="Crane collapse", language="en"
    )
    assert await desk.collect() == Collected(articles=1)
    article = desk.article(entry)
    assert article.text.endswith(TEXT)
    assert (article.title, article.source) == ("Crane collapse", "Wire")
    assert (article.published_at, article.fetched_at) == (at, desk.now)
    assert (article.language, article.flags) == ("en", ())
    assert desk.entry(entry).outcome is None


async def test_what_is_collected_is_not_asked_for_again(desk, stand):
    desk.enter(stand.say("/1", STORY))
    await desk.collect()
    assert (await desk.collect()).entries == 0
    assert len(stand.requests) == 1


async def test_only_pages_of_pending_entries_are_asked_for(desk, stand):
    ended = desk.enter(stand.say("/1", STORY))
    with desk.news.unit() as unit:
        unit.entries.finish(ended, Outcome.BASELINE)
    assert (await desk.collect()).entries == 0
    assert stand.requests == []


FAILURES = [
    pytest.param(Reply(status=404), "page-failed: not found", id="404"),
    pytest.param(Reply(status=503), "page-failed: server error", id="503"),
    pytest.param(redirect("/1"), "page-failed: too many redirects", id="loop"),
    pytest.param(
        redirect("http://169.254.169.254/"), "page-failed: address not allowed",
        id="inside",
    ),
    pytest.param(
        Reply(body=b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"}),
        "page-failed: body cut or not decodable", id="cut",
    ),
    pytest.param(page("Accept all cookies?"), "cookie wall", id="cookies"),
    pytest.param(page("Log in to continue."), "login", id="login"),
    pytest.param(page(FIRST, "Subscribe to read the full story."), "teaser",
                 id="teaser"),
    pytest.param(Reply(body=b""), "empty", id="empty"),
    pytest.param(Reply(body=b"%PDF-1.7 \xff\xfe"), "empty", id="pdf"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "flag"), FAILURES)
async def test_a_page_that_is_no_article_leaves_the_feeds_text(
    desk, stand, reply, flag
):
    entry = desk.enter(stand.say("/1", reply), text=SUMMARY)
    assert (await desk.collect()).articles == 1
    article = desk.article(entry)
    assert (article.text, article.flags) == (SUMMARY, ("feed-text", flag))


async def test_a_forbidden_link_is_not_connected_to(desk, stand):
    entry = desk.enter("http://127.0.0.1:1/admin", text=SUMMARY)
    await desk.collect()
    assert desk.article(entry).flags == (
        "feed-text",
        "page-failed: address not allowed",
    )
    assert stand.connections == 0


async def test_a_page_that_breaks_the_extractor_leaves_the_feeds_text(
    desk, stand, monkeypatch
):
    monkeypatch.setattr("flows.collect.EXTRACT_WITHIN", timedelta(seconds=1))
    spans = b"".join(b"<span>%d March 2026</span>" % n for n in range(80_000))
    hostile = Reply(body=b"<html><body>" + spans, headers={"Content-Type": "text/html"})
    bad = desk.enter(stand.say("/bad", hostile), text=SUMMARY)
    good = desk.enter(stand.say("/good", STORY), title="Another")
    collected = await desk.collect()
    assert collected.articles == 2
    assert desk.article(bad).flags == ("feed-text", "page-failed: cannot be parsed")
    assert desk.article(good).flags == ()


async def test_without_a_link_the_feeds_text_is_the_article(desk):
    entry = desk.enter("", text=SUMMARY, entry_id="note")
    await desk.collect()
    article = desk.article(entry)
    assert (article.url, article.flags) == ("", ("feed-text", "no-link"))


async def test_a_title_alone_is_better_than_nothing(desk, stand):
    entry = desk.enter(stand.say("/1", Reply(status=404)))
    await desk.collect()
    article = desk.article(entry)
    assert (article.text, article.flags[0]) == ("Crane falls", "title-only")


async def test_a_teaser_is_better_than_a_title(desk, stand):
    teaser = page(FIRST, "Subscribe to read the full story.")
    entry = desk.enter(stand.say("/1", teaser))
    await desk.collect()
    article = desk.article(entry)
    assert FIRST in article.text
    assert article.flags == ("teaser",)


async def test_an_entry_without_a_word_fails_and_is_counted(desk):
    entry = desk.enter("", title="", entry_id="nothing")
    assert await desk.collect() == Collected(failed=1)
    assert desk.entry(entry).outcome is Outcome.FAILED
    assert desk.entry(entry).reason == "no title and no text"


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=5_000)])
async def test_a_date_to_come_is_set_back_to_when_it_was_seen(desk, stand, ahead):
    entry = desk.enter(stand.say("/1", STORY), published_at=desk.now + ahead)
    await desk.collect()
    assert desk.article(entry).published_at == desk.now


async def test_without_any_date_it_is_the_moment_it_was_seen(desk, stand):
    entry = desk.enter(stand.say("/1", STORY))
    await desk.collect()
    assert desk.article(entry).published_at == desk.now


@pytest.mark.parametrize(
    ("day", "published"),
    [
        pytest.param("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), id="days-ago"),
        pytest.param("2026-03-04", datetime(2026, 3, 4, 12, tzinfo=UTC), id="today"),
        pytest.param("2031-03-04", datetime(2026, 3, 4, 12, tzinfo=UTC), id="to-come"),
    ],
)
async def test_a_page_knows_the_day_and_not_the_hour(desk, stand, day, published):
    tag = f'<meta property="article:published_time" content="{day}T08:00:00Z">'
    body = STORY.body.replace(b"</head>", tag.encode() + b"</head>")
    entry = desk.enter(stand.say("/1", Reply(body=body, headers=STORY.headers)))
    await desk.collect()
    assert desk.article(entry).published_at == published


async def test_two_feeds_with_one_address_share_an_article(desk, stand):
    url = stand.say("/1", STORY)
    one = desk.enter(url, feed="Wire")
    two = desk.enter(f"{url}?utm_source=rss", feed="Daily")
    collected = await desk.collect()
    assert (collected.articles, collected.joined) == (1, 1)
    assert desk.entry(one).article_id == desk.entry(two).article_id
    assert len(stand.requests) == 1
    desk.decide(one)
    assert desk.entry(two).outcome is Outcome.ALERTED


async def test_one_that_comes_late_joins_without_a_request(desk, stand):
    url = stand.say("/1", STORY)
    desk.enter(url, feed="Wire")
    await desk.collect()
    desk.enter(url, feed="Daily")
    assert await desk.collect() == Collected(joined=1)
    assert len(stand.requests) == 1


async def test_one_that_comes_after_the_decision_is_a_duplicate(desk, stand):
    url = stand.say("/1", STORY)
    one = desk.enter(url, feed="Wire")
    await desk.collect()
    desk.decide(one, Outcome.HELD)
    two = desk.enter(url, feed="Daily")
    assert await desk.collect() == Collected(duplicates=1)
    assert desk.entry(two).outcome is Outcome.DUPLICATE
    assert (desk.entry(one).article_id or "?") in desk.entry(two).reason
    desk.decide(one, Outcome.ALERTED)
    assert desk.entry(two).outcome is Outcome.DUPLICATE


async def test_another_title_at_a_known_address_is_read_again(desk, stand):
    changed = page(FIRST, SECOND, "Three are hurt now, the hospital said at noon.")
    url = stand.say("/live", STORY, changed)
    one = desk.enter(url, entry_id="live-1")
    await desk.collect()
    desk.decide(one)
    two = desk.enter(url, entry_id="live-2", title="Crane falls: three hurt")
    assert await desk.collect() == Collected(revisions=1)
    first, second = desk.article(one), desk.article(two)
    assert second.revision_of == first.id
    assert second.url == first.url
    assert "Three are hurt now" in second.text


async def test_another_title_over_the_same_text_is_no_revision(desk, stand):
    url = stand.say("/1", STORY)
    desk.enter(url)
    await desk.collect()
    desk.enter(url, entry_id="2", title="A crane has fallen")
    assert await desk.collect() == Collected(joined=1)


async def test_articles_stand_in_the_order_of_their_entries(desk, stand):
    """The slowest page comes first all the same, across three batches."""
    wanted = []
    for n in range(2 * BATCH + 3):
        story = page(f"{FIRST} Report {n}.", SECOND, THIRD)
        slow = Reply(body=story.body, headers=story.headers, before=0.2 * (n == 0))
        wanted.append(desk.enter(stand.say(f"/{n}", slow), title=f"Report {n}"))
    collected = await desk.collect()
    assert collected.articles == len(wanted)
    assert [a.title for a in desk.articles()] == [
        f"Report {n}" for n in range(len(wanted))
    ]
    assert stand.busiest == 1


async def test_a_limit_leaves_the_rest_for_the_next_time(desk, stand):
    for n in range(5):
        desk.enter(stand.say(f"/{n}", STORY), title=f"Report {n}")
    assert (await desk.collect(limit=2)).entries == 2
    assert (await desk.collect()).entries == 3


async def test_a_stop_keeps_the_batches_that_were_done(desk, stand, fetch):
    """The web breaks off in the second batch; the first one is kept, none is lost."""
    ids = [
        desk.enter(stand.say(f"/{n}", STORY), title=f"Report {n}")
        for n in range(BATCH + 5)
    ]

    async def breaks(url, want, _validators=None, /):
        if url.endswith(f"/{BATCH + 1}"):
            raise KeyError(url)
        return await fetch(url, want)

    assert (await breaks(stand.url("/0"), Want.PAGE)).body
    with pytest.raises(KeyError):
        await collect_entries(desk.news, breaks, desk.workers, now=desk.now)
    tied = [desk.entry(entry_id).article_id is not None for entry_id in ids]
    assert tied == [True] * BATCH + [False] * 5
    assert (await desk.collect()).articles == 5


async def test_the_same_entries_give_the_same_ids(desk, stand, tmp_path, workers):
    from storage.database import Store

    url = stand.say("/1", STORY)
    entry = desk.enter(url)
    await desk.collect()
    store = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    other = Desk(store, desk.fetch, workers, desk.now)
    again = other.enter(url)
    await other.collect()
    assert other.article(again) == desk.article(entry)
    store.close()
