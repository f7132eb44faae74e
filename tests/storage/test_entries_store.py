from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from detectors.model import Entry, Outcome, Stated
from storage.check import find_problems
from tests.storage.records import AWKWARD, MINUTE, NOW, article, decision, entry


@pytest.fixture
def feed(unit):
    return unit.feeds.add(
        "https://wire.test/feed.xml", title="Wire", source="Meridian Wire", now=NOW
    )


@pytest.fixture
def add(unit, feed):
    """Add entries by their names."""

    def add(*names, **more):
        entries = [entry(name) for name in names]
        return unit.entries.add_new(feed.id, entries, seen_at=NOW, **more)

    return add


def test_only_the_new_ones_come_back_in_the_order_given(add):
    add("b")
    assert [each.entry_id for each in add("c", "b", "a", "c")] == ["c", "a"]


def test_the_same_entry_id_in_another_feed_is_another_entry(unit, add):
    add("a")
    other = unit.feeds.add("https://b.test/", title="", source="Other", now=NOW)
    (found,) = unit.entries.add_new(other.id, [entry("a")], seen_at=NOW)
    assert found.source == "Other"
    assert unit.entries.total() == 2


def test_an_entry_comes_back_whole(unit, feed):
    moscow = timezone(timedelta(hours=3))
    stated = entry(
        AWKWARD,
        url="https://wire.test/" + "x" * 6000,
        title=AWKWARD,
        text=AWKWARD,
        language="uk",
        published_at=datetime(2026, 3, 1, 1, 30, tzinfo=moscow),
    )
    (found,) = unit.entries.add_new(feed.id, [stated], seen_at=NOW)
    assert found == Entry(
        id=found.id,
        feed_id=feed.id,
        source="Meridian Wire",
        entry_id=AWKWARD,
        url=stated.url,
        title=AWKWARD,
        text=AWKWARD,
        language="uk",
        published_at=datetime(2026, 2, 28, 22, 30, tzinfo=UTC),
        updated_at=datetime(2026, 2, 28, 22, 30, tzinfo=UTC),
        seen_at=NOW,
    )
    assert found.published_at.tzinfo is UTC


def test_a_thousand_entries_come_in_one_go(add, unit):
    assert len(add(*map(str, range(1200)))) == 1200
    assert unit.entries.pending() == 1200


def test_a_baseline_ends_its_entries_at_once(unit, add):
    (found,) = add("a", outcome=Outcome.BASELINE, reason="first document")
    assert (found.outcome, found.reason) == (Outcome.BASELINE, "first document")
    assert unit.entries.to_collect(10) == ()
    assert unit.entries.pending() == 0


def test_a_baseline_can_be_woken_as_far_as_is_wished(unit, add, feed):
    other = unit.feeds.add("https://b.test/", title="", source="Other", now=NOW)
    for number in (feed.id, other.id):
        unit.entries.add_new(
            number,
            [
                entry("old", published_at=NOW - 9 * MINUTE),
                entry("new", published_at=NOW - 3 * MINUTE),
                entry("undated"),
            ],
            seen_at=NOW,
            outcome=Outcome.BASELINE,
            reason="baseline",
        )
    add("dull", outcome=Outcome.OFF_TOPIC)
    assert unit.entries.wake(feed.id, NOW - 5 * MINUTE) == 2
    waiting = unit.entries.to_collect(9)
    assert [(each.entry_id, each.reason) for each in waiting] == [
        ("new", ""),
        ("undated", ""),
    ]
    assert unit.entries.counts() == {Outcome.BASELINE: 4, Outcome.OFF_TOPIC: 1}
    assert unit.entries.wake(feed.id, NOW - 5 * MINUTE) == 0


def test_entries_wait_until_they_have_an_article_and_are_pending_until_they_end(
    unit, add
):
    first, second = add("a", "b")
    unit.articles.add(article("a1"))
    assert unit.entries.to_collect(10) == (first, second)
    assert unit.entries.to_collect(1) == (first,)

    unit.entries.give_article(first.id, "a1")

    assert unit.entries.to_collect(10) == (second,)
    assert unit.entries.pending() == 2

    unit.entries.finish(first.id, Outcome.KNOWN, "says nothing new")

    assert unit.entries.pending() == 1
    (ended,) = unit.entries.of_article("a1")
    assert (ended.outcome, ended.reason) == (Outcome.KNOWN, "says nothing new")


def test_every_entry_of_an_article_ends_with_it_and_may_end_otherwise(unit, add):
    unit.articles.add(article("a1"))
    for each in add("a", "b"):
        unit.entries.give_article(each.id, "a1")
    assert unit.entries.finish_article("a1", Outcome.HELD, "quiet hours") == 2
    assert unit.entries.counts() == {Outcome.HELD: 2}
    unit.entries.finish_article("a1", Outcome.ALERTED)
    assert unit.entries.counts() == {Outcome.ALERTED: 2}
    assert unit.entries.finish_article("unknown", Outcome.ALERTED) == 0


def test_entries_are_the_sum_of_the_outcomes_and_the_pending(unit, add):
    for number, outcome in enumerate(Outcome):
        for each in add(*(f"{outcome}{n}" for n in range(number))):
            unit.entries.finish(each.id, outcome)
    add("p1", "p2")
    counts = unit.entries.counts()
    assert list(counts) == list(Outcome)[1:]
    assert unit.entries.total() == sum(counts.values()) + unit.entries.pending()
    assert unit.entries.pending() == 2


def test_an_entry_is_found_by_url_by_article_and_by_number(unit, add):
    (found,) = add("a")
    unit.articles.add(article("a1"))
    unit.entries.give_article(found.id, "a1")
    for asked in ("https://wire.test/a", "a1", str(found.id)):
        assert [each.id for each in unit.entries.find(asked)] == [found.id]


@pytest.mark.parametrize("asked", ["nothing", "", "9" * 40, "²", "-1", AWKWARD])
def test_what_is_not_there_is_not_found(unit, add, asked):
    add("a")
    assert unit.entries.find(asked) == ()


def test_entries_are_counted_and_listed_since_a_moment(unit, feed):
    old, ended, pending, too = (
        unit.entries.add_new(feed.id, [entry(name)], seen_at=NOW + minutes * MINUTE)[0]
        for minutes, name in enumerate(("old", "ended", "pending", "ended too"))
    )
    for each in (old, ended, too):
        unit.entries.finish(each.id, Outcome.KNOWN)
    since = NOW + MINUTE
    assert unit.entries.counts() == {Outcome.KNOWN: 3}
    assert unit.entries.counts(since) == {Outcome.KNOWN: 2}
    listed = unit.entries.latest(Outcome.KNOWN, since, 10)
    assert [each.id for each in listed] == [too.id, ended.id]
    assert [each.id for each in unit.entries.latest(Outcome.KNOWN, since, 1)] == [
        too.id
    ]
    assert unit.entries.latest(None, since, 10) == (pending,)


def test_what_a_feed_said_lately_stands_last_seen_first(unit, add, feed):
    add("a", "b", outcome=Outcome.BASELINE)
    told = entry("c", published_at=NOW - MINUTE, updated_at=NOW, text="Four.")
    unit.entries.add_new(feed.id, [told, entry(AWKWARD)], seen_at=NOW)

    def known(name, **more):
        url = f"https://wire.test/{name}"
        return Stated(entry_id=name, url=url, title=name.title(), seen_at=NOW, **more)

    dates = {"published_at": NOW - MINUTE, "updated_at": NOW}
    baseline = known("b", outcome=Outcome.BASELINE)
    assert unit.entries.stated(feed.id, limit=3) == (
        known(AWKWARD),
        known("c", **dates),
        baseline,
    )
    assert unit.entries.stated(feed.id + 1) == ()
    asked = ["b", "c", "unknown", "c"]
    assert set(unit.entries.stated_of(feed.id, asked)) == {
        known("c", text="Four.", **dates),
        replace(baseline, text=""),
    }
    assert unit.entries.stated_of(feed.id + 1, asked) == ()


def test_what_a_feed_said_of_an_entry_is_never_forgotten(unit, add, feed):
    names = [str(n) for n in range(1_200)]
    add(*names)
    assert len(unit.entries.stated_of(feed.id, [*names, "more"])) == len(names)


def test_a_flood_is_released_whole_or_by_entry_and_of_no_other_feed(unit, add, feed):
    other = unit.feeds.add("https://b.test/", title="", source="Other", now=NOW)
    flood = {"seen_at": NOW, "outcome": Outcome.QUARANTINED, "reason": "flood"}
    (theirs,) = unit.entries.add_new(other.id, [entry("a")], **flood)
    first, second, third = add("a", "b", "c", outcome=Outcome.QUARANTINED)
    add("d", outcome=Outcome.BASELINE)
    assert unit.entries.quarantined(feed.id, limit=2) == (first, second)
    assert unit.entries.release(feed.id, second.id) == 1
    assert unit.entries.release(feed.id, theirs.id) == 0
    assert unit.entries.to_collect(9) == (replace(second, outcome=None, reason=""),)
    assert unit.entries.release(feed.id) == 2
    assert [e.id for e in unit.entries.to_collect(9)] == [first.id, second.id, third.id]
    assert unit.entries.release(feed.id) == 0
    assert unit.entries.quarantined(other.id, limit=9) == (theirs,)


@pytest.fixture
def restate(unit, feed):
    """State an entry again, ten minutes later; whether its page is to be read."""

    def restate(name="a", **more):
        return unit.entries.restate(
            feed.id, entry(name, **more), seen_at=NOW + 10 * MINUTE, reason="again"
        )

    return restate


@pytest.fixture
def conserves(unit):
    """Fails where an entry is in no count, or in two."""

    def conserves(pending):
        assert unit.entries.pending() == pending
        ended = sum(unit.entries.counts().values())
        assert unit.entries.total() == ended + pending

    return conserves


def test_what_is_stated_again_is_pending_again_and_keeps_its_article(
    unit, add, restate, conserves
):
    (first,) = add("a")
    add("b", outcome=Outcome.BASELINE)
    unit.articles.add(article("a1"))
    unit.entries.give_article(first.id, "a1")
    unit.decisions.add(decision("a1", Outcome.KNOWN), decided_at=NOW)
    unit.entries.finish_article("a1", Outcome.KNOWN, "nothing new")
    conserves(pending=0)

    at = NOW + 4 * MINUTE
    assert restate(title="More", text="Six.", updated_at=at)

    conserves(pending=1)
    (waiting,) = unit.entries.to_collect(10)
    assert waiting == replace(
        first,
        title="More",
        text="Six.",
        updated_at=at,
        restated_at=at,
        article_id="a1",
        reason="again",
    )
    assert find_problems(unit.entries._connection) == ()

    unit.entries.finish(first.id, Outcome.STALE)

    conserves(pending=0)
    assert unit.entries.to_collect(10) == ()
    assert unit.entries.of_article("a1")[0].restated_at is None


def test_an_entry_that_is_read_again_does_not_end_with_what_it_had(
    unit, add, restate, conserves
):
    (first,) = add("a")
    for name in ("a1", "a2"):
        unit.articles.add(article(name))
    unit.entries.give_article(first.id, "a1")
    assert restate(title="More")
    assert unit.entries.finish_article("a1", Outcome.ALERTED) == 0
    conserves(pending=1)
    assert [each.id for each in unit.entries.to_collect(1)] == [first.id]
    unit.entries.give_article(first.id, "a2")
    assert unit.entries.to_collect(1) == ()
    assert unit.entries.finish_article("a2", Outcome.KNOWN) == 1
    conserves(pending=0)


def test_an_entry_that_was_never_read_only_takes_what_is_stated(
    unit, add, restate, conserves
):
    (first,) = add("a")
    assert not restate(title="More", updated_at=NOW)
    (waiting,) = unit.entries.to_collect(10)
    assert waiting == replace(first, title="More", updated_at=NOW)
    conserves(pending=1)


def test_an_entry_that_ended_without_an_article_is_read_all_the_same(
    unit, add, restate, conserves
):
    add("a", outcome=Outcome.DUPLICATE)
    assert restate(title="More")
    (waiting,) = unit.entries.to_collect(10)
    assert (waiting.article_id, waiting.restated_at) == (None, NOW + 10 * MINUTE)
    conserves(pending=1)


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        pytest.param({"title": "B"}, ("B", 0, 10), id="title-alone"),
        pytest.param(
            {"title": "B", "updated_at": NOW - MINUTE}, ("B", 0, 10),
            id="title-and-an-earlier-date",
        ),
        pytest.param(
            {"title": "", "published_at": NOW + MINUTE}, ("A", 1, 1), id="date-alone"
        ),
        pytest.param(
            {"updated_at": NOW + 60 * MINUTE}, ("A", 60, 10), id="a-date-to-come"
        ),
    ],
)  # fmt: skip
def test_what_is_stated_no_more_stays_and_no_moment_is_ahead_of_us(
    unit, feed, restate, stated, kept
):
    """What is kept: the title, the latest date, when it was told anew."""
    title, updated, told = kept
    first = entry("a", updated_at=NOW, published_at=NOW - MINUTE, text="Four.")
    (known,) = unit.entries.add_new(
        feed.id, [first], seen_at=NOW, outcome=Outcome.KNOWN
    )
    assert restate(**stated)
    (found,) = unit.entries.find(str(known.id))
    assert (found.title, found.text) == (title, "Four.")
    assert found.updated_at == NOW + updated * MINUTE
    assert found.restated_at == NOW + told * MINUTE
    assert found.published_at == NOW - MINUTE


def test_a_date_that_was_still_to_come_is_put_right(unit, feed, restate):
    ahead = entry("a", updated_at=NOW + 99 * MINUTE)
    unit.entries.add_new(feed.id, [ahead], seen_at=NOW, outcome=Outcome.KNOWN)
    assert restate(updated_at=NOW + MINUTE)
    assert unit.entries.stated(feed.id)[0].updated_at == NOW + MINUTE


def test_an_entry_of_another_feed_is_not_stated_again(unit, add, restate):
    add("a")
    other = unit.feeds.add("https://b.test/", title="", source="Other", now=NOW)
    (theirs,) = unit.entries.add_new(other.id, [entry("b")], seen_at=NOW)
    assert not restate("b", title="More")
    assert unit.entries.find(str(theirs.id)) == (theirs,)
