import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from detectors.model import FeedEntry, Outcome
from flows.collect import BATCH, Collected, collect_entries
from flows.web.fetch import Want
from tests.servers.stand import Reply, page, redirect
from tests.storage.records import decision

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

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
HEADED = f"Crane falls\n\n{SUMMARY}"
MORE = page(FIRST, SECOND, "Three are hurt now, the hospital said at noon.")
GONE = Reply(status=404)


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
        article_id = self.entry(entry_id).article_id
        with self.news.unit() as unit:
            if unit.decisions.get(article_id) is None:
                decided = decision(article_id, outcome)
                unit.decisions.add(decided, decided_at=self.now)
            unit.entries.finish_article(article_id, outcome, "decided")

    def restate(self, entry_id, *, after=HOUR, **more):
        """Let the entry's feed say it again, so much later."""
        self.now += after
        known = self.entry(entry_id)
        again = FeedEntry(
            **{
                "entry_id": known.entry_id,
                "url": known.url,
                "title": known.title,
                "updated_at": self.now - MINUTE,
                **more,
            }
        )
        with self.news.unit() as unit:
            return unit.entries.restate(known.feed_id, again, seen_at=self.now)

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
    assert (article.text, article.flags) == (HEADED, ("feed-text", flag))


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
    monkeypatch.setattr("flows.pages.EXTRACT_WITHIN", timedelta(seconds=1))
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


async def test_a_title_is_better_than_a_wall(desk, stand):
    entry = desk.enter(stand.say("/1", page("Accept all cookies?")))
    await desk.collect()
    article = desk.article(entry)
    assert (article.text, article.flags) == (
        "Crane falls",
        ("title-only", "cookie wall"),
    )


async def test_a_caption_is_read_below_its_title(desk, stand):
    entry = desk.enter(stand.say("/1", page("The crane on Tuesday morning.")))
    await desk.collect()
    article = desk.article(entry)
    assert article.text.startswith("Crane falls\n\n")
    assert article.text.endswith("The crane on Tuesday morning.")
    assert article.flags == ("empty",)


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


@pytest.mark.parametrize("title", ["Crane falls", "Two hurt on the quay"])
async def test_what_a_second_feed_says_of_a_page_that_nobody_can_read_counts(
    desk, stand, title
):
    """The first gave a headline alone, the other what happened."""
    url = stand.say("/1", GONE)
    first = desk.enter(url)
    await desk.collect()
    assert desk.article(first).text == "Crane falls"
    desk.decide(first, Outcome.OFF_TOPIC)
    second = desk.enter(url, feed="Harbour", title=title, text=SUMMARY)
    assert (await desk.collect()).revisions == 1
    told = desk.article(second)
    assert told.text == f"{title}\n\n{SUMMARY}"
    assert (told.source, told.revision_of) == ("Harbour", desk.article(first).id)
    third = desk.enter(url, feed="Quay", title=title, text=SUMMARY)
    assert (await desk.collect()).revisions == 0
    assert desk.entry(third).article_id in (None, told.id)


async def test_a_second_feed_with_the_same_words_adds_nothing(desk, stand):
    url = stand.say("/1", GONE)
    first = desk.enter(url, text=SUMMARY)
    await desk.collect()
    desk.decide(first)
    desk.enter(url, feed="Harbour", text=SUMMARY.upper())
    assert await desk.collect() == Collected(duplicates=1)


async def test_another_title_at_a_known_address_is_read_again(desk, stand):
    url = stand.say("/live", STORY, MORE)
    one = desk.enter(url, entry_id="live-1")
    await desk.collect()
    desk.decide(one)
    two = desk.enter(url, entry_id="live-2", title="Crane falls: three hurt")
    assert await desk.collect() == Collected(revisions=1)
    first, second = desk.article(one), desk.article(two)
    assert second.revision_of == first.id
    assert second.url == first.url
    assert "Three are hurt now" in second.text


@pytest.mark.parametrize(
    ("feed", "collected"),
    [
        pytest.param("Wire", Collected(revisions=1), id="its-own"),
        pytest.param("Daily", Collected(joined=1), id="of-another-source"),
    ],
)
async def test_another_title_over_the_same_text_is_a_revision_if_it_is_its_own(
    desk, stand, feed, collected
):
    """A toll is often mended in the headline first; others only quote it."""
    url = stand.say("/1", STORY)
    first = desk.enter(url)
    await desk.collect()
    other = desk.enter(url, feed=feed, entry_id="2", title="Crane kills three")
    assert await desk.collect() == collected
    assert desk.article(other).title in ("Crane falls", "Crane kills three")
    assert desk.article(other).text == desk.article(first).text
    assert len(stand.requests) == 2


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


async def test_g21_a_page_that_drips_holds_back_no_other(desk, stand, monkeypatch):
    """It stays pending, and is read by a run that has the time."""
    monkeypatch.setattr("flows.collect.WITHIN", timedelta(seconds=2))
    late = desk.enter(stand.say("/slow", STORY), title="Slow")
    others = [desk.enter(stand.say(f"/{n}", STORY), title=f"{n}") for n in range(BATCH)]
    fetch = desk.fetch

    async def drips(url, *asked):
        await asyncio.sleep(60 if url.endswith("/slow") else 0)
        return await fetch(url, *asked)

    desk.fetch = drips
    assert (await desk.collect()).entries == len(others)
    assert desk.entry(late).article_id is None
    assert None not in [desk.entry(each).article_id for each in others]
    desk.fetch = fetch
    assert await desk.collect() == Collected(articles=1)


async def test_g21_the_feeds_take_turns_in_being_read(desk):
    many = [desk.enter("", entry_id=f"many-{n}", text=SUMMARY) for n in range(9)]
    few = [
        desk.enter("", feed="Few", entry_id=f"few-{n}", text=SUMMARY) for n in (1, 2)
    ]
    assert (await desk.collect(limit=5)).entries == 5
    read = [each for each in (*many, *few) if desk.entry(each).article_id is not None]
    assert read == [*many[:3], *few]


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

    async def breaks(url, want, *_asked):
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


async def read_and_decided(desk, url, outcome=Outcome.ALERTED, **more):
    """An entry whose article was decided on."""
    entry = desk.enter(url, **more)
    await desk.collect()
    desk.decide(entry, outcome)
    return entry


async def test_a_page_that_says_more_is_a_revision_of_the_day_it_was_changed(
    desk, stand
):
    live = await read_and_decided(desk, stand.say("/live", STORY, MORE))
    before = desk.article(live)
    assert desk.restate(live, title="Crane falls: three hurt")
    assert await desk.collect() == Collected(revisions=1)
    after = desk.article(live)
    assert (after.revision_of, after.url) == (before.id, before.url)
    assert (after.title, after.published_at) == (
        "Crane falls: three hurt",
        desk.now - MINUTE,
    )
    assert "Three are hurt now" in after.text
    entry = desk.entry(live)
    assert (entry.outcome, entry.restated_at) == (None, None)
    desk.decide(live, Outcome.KNOWN)
    assert desk.entry(live).outcome is Outcome.KNOWN
    assert (await desk.collect()).entries == 0


async def test_every_state_of_a_live_page_is_a_version_of_the_first(desk, stand):
    states = [page(FIRST, SECOND, f"{n} are hurt now, they said.") for n in range(4)]
    live = await read_and_decided(desk, stand.say("/live", *states))
    first = desk.article(live)
    for n in range(1, 4):
        desk.restate(live)
        assert (await desk.collect()).revisions == 1
        assert desk.article(live).revision_of == first.id
        assert f"{n} are hurt now" in desk.article(live).text
        desk.decide(live, Outcome.KNOWN)


@pytest.mark.parametrize("ahead", [HOUR, timedelta(days=5_000)])
async def test_a_change_dated_ahead_is_of_when_it_was_seen(desk, stand, ahead):
    live = await read_and_decided(desk, stand.say("/live", STORY, MORE))
    desk.restate(live, updated_at=desk.now + HOUR + ahead)
    seen_at = desk.now
    desk.now += HOUR
    await desk.collect()
    assert desk.article(live).published_at == seen_at


async def test_a_new_title_without_a_new_date_is_of_when_it_was_seen(desk, stand):
    at = datetime(2026, 3, 4, 6, 40, tzinfo=UTC)
    url = stand.say("/live", STORY, MORE)
    live = await read_and_decided(desk, url, published_at=at)
    desk.restate(live, title="Three hurt", published_at=at, updated_at=None)
    await desk.collect()
    assert desk.article(live).published_at == desk.now


@pytest.mark.parametrize("outcome", [Outcome.ALERTED, Outcome.OFF_TOPIC])
@pytest.mark.parametrize("more", [{}, {"title": "CRANE  falls"}])
async def test_the_same_page_leaves_everything_as_it_was(desk, stand, outcome, more):
    entry = await read_and_decided(desk, stand.say("/1", STORY), outcome)
    before = desk.article(entry)
    desk.restate(entry, **more)
    assert desk.entry(entry).outcome is None
    assert await desk.collect() == Collected(unchanged=1)
    assert desk.entry(entry).outcome is outcome
    assert desk.entry(entry).reason == "stated again, the page says the same"
    assert desk.article(entry) == before
    assert desk.articles() == ()
    assert len(stand.requests) == 2


async def test_a_page_that_goes_back_is_the_version_that_it_was(desk, stand):
    live = await read_and_decided(desk, stand.say("/live", STORY, MORE, STORY))
    first = desk.entry(live).article_id
    desk.restate(live)
    await desk.collect()
    desk.decide(live, Outcome.KNOWN)
    desk.restate(live)
    assert await desk.collect() == Collected(unchanged=1)
    assert desk.entry(live).article_id == first
    assert desk.entry(live).outcome is Outcome.ALERTED


@pytest.mark.parametrize(("reply", "flag"), FAILURES)
async def test_a_page_that_cannot_be_read_again_leaves_everything_as_it_was(
    desk, stand, reply, flag
):
    entry = await read_and_decided(desk, stand.say("/1", STORY, MORE, reply))
    desk.restate(entry)
    await desk.collect()
    desk.decide(entry, Outcome.KNOWN)
    before = desk.article(entry)
    desk.restate(entry, text="Another summary.")
    assert await desk.collect() == Collected(unchanged=1)
    assert desk.entry(entry).outcome is Outcome.KNOWN
    assert desk.entry(entry).reason == f"stated again, the page cannot be read: {flag}"
    assert desk.article(entry) == before


@pytest.mark.parametrize("path", ["", "/gone"])
async def test_where_there_is_no_page_the_feeds_own_words_are_the_news(
    desk, stand, path
):
    url = stand.say(path, GONE) if path else ""
    entry = await read_and_decided(desk, url, text=SUMMARY, entry_id="note")
    first = desk.article(entry)
    desk.restate(entry, text=SUMMARY)
    assert await desk.collect() == Collected(unchanged=1)
    desk.restate(entry, text="Three dockers hurt as a crane falls.")
    assert (await desk.collect()).revisions == 1
    assert desk.article(entry).text.endswith("Three dockers hurt as a crane falls.")
    assert desk.article(entry).revision_of == first.id


async def test_a_page_that_can_be_read_at_last_is_better_than_the_feeds_words(
    desk, stand
):
    url = stand.say("/1", Reply(status=503), STORY)
    entry = await read_and_decided(desk, url, text=SUMMARY)
    desk.restate(entry, text=SUMMARY)
    assert await desk.collect() == Collected(revisions=1)
    assert (desk.article(entry).text[-len(TEXT) :], desk.article(entry).flags) == (
        TEXT,
        (),
    )


async def test_a_change_before_the_decision_is_read_too(desk, stand):
    """A run was stopped between reading and deciding; the page went on meanwhile."""
    live = desk.enter(stand.say("/live", STORY, MORE))
    await desk.collect()
    desk.restate(live)
    assert await desk.collect() == Collected(revisions=1)
    first, second = desk.articles()
    assert second.revision_of == first.id
    assert desk.entry(live).article_id == second.id


async def test_two_feeds_that_state_a_page_again_share_its_new_version(desk, stand):
    url = stand.say("/live", STORY, MORE)
    one, two = desk.enter(url, feed="Wire"), desk.enter(url, feed="Daily")
    await desk.collect()
    desk.decide(one)
    late = desk.enter(url, feed="Late")
    assert await desk.collect() == Collected(duplicates=1)
    for entry in (one, two, late):
        desk.restate(entry)
    assert await desk.collect() == Collected(revisions=1, joined=2)
    assert len({desk.entry(entry).article_id for entry in (one, two, late)}) == 1
    assert len(stand.requests) == 2
    desk.decide(one, Outcome.REVISION)
    assert desk.entry(late).outcome is Outcome.REVISION


async def test_one_that_comes_while_the_page_is_read_again_is_no_orphan(desk, stand):
    """What it joins was decided, though the entry that brought it is pending."""
    url = stand.say("/live", STORY)
    one = await read_and_decided(desk, url, feed="Wire")
    two = desk.enter(url, feed="Daily")
    desk.restate(one)
    assert await desk.collect() == Collected(unchanged=1, duplicates=1)
    assert desk.entry(two).outcome is Outcome.DUPLICATE


async def test_a_duplicate_stated_again_over_the_same_page_stays_one(desk, stand):
    url = stand.say("/live", STORY)
    await read_and_decided(desk, url, feed="Wire")
    two = desk.enter(url, feed="Daily")
    await desk.collect()
    desk.restate(two)
    assert await desk.collect() == Collected(unchanged=1)
    assert desk.entry(two).outcome is Outcome.DUPLICATE


async def test_an_entry_that_had_no_word_and_gets_one_is_read(desk):
    entry = desk.enter("", title="", entry_id="note")
    await desk.collect()
    desk.restate(entry, text=SUMMARY)
    assert await desk.collect() == Collected(
        articles=1, flags={"feed-text": 1, "no-link": 1}
    )
    assert desk.article(entry).text == SUMMARY


async def test_a_feed_that_dates_everything_anew_changes_nothing(desk, stand):
    outcomes = [Outcome.ALERTED, Outcome.KNOWN, Outcome.OFF_TOPIC, Outcome.DUPLICATE]
    entries = [
        await read_and_decided(
            desk, stand.say(f"/{n}", STORY), outcomes[n % 4], title=f"Report {n}"
        )
        for n in range(BATCH + 3)
    ]
    before = [desk.entry(entry) for entry in entries]
    for _ in range(2):
        for entry in entries:
            desk.restate(entry, after=MINUTE)
        assert await desk.collect() == Collected(unchanged=len(entries))
    after = [desk.entry(entry) for entry in entries]
    assert [e.outcome for e in after] == [e.outcome for e in before]
    assert [e.article_id for e in after] == [e.article_id for e in before]
    assert desk.articles() == ()
    assert len(stand.requests) == 3 * len(entries)


async def test_a_change_is_decided_in_the_order_in_which_it_was_told(desk, stand):
    live = await read_and_decided(desk, stand.say("/live", STORY, MORE), title="Live")
    desk.restate(live, updated_at=desk.now + 30 * MINUTE)
    for minutes, name in ((40, "later"), (20, "sooner")):
        url = stand.say(f"/{name}", STORY)
        at = desk.now - HOUR + minutes * MINUTE
        desk.enter(url, title=name, published_at=at)
    await desk.collect()
    assert [a.title for a in desk.articles()] == ["sooner", "Live", "later"]
