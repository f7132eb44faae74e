from datetime import UTC, datetime, timedelta, timezone

import pytest

from detectors.model import Entry, Outcome
from tests.storage.records import AWKWARD, MINUTE, NOW, article, entry


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
    add("a", "b")
    add("c", AWKWARD)
    url = "https://wire.test/"
    assert unit.entries.stated(feed.id, limit=3) == (
        (AWKWARD, url + AWKWARD, AWKWARD.title()),
        ("c", url + "c", "C"),
        ("b", url + "b", "B"),
    )
    assert unit.entries.stated(feed.id + 1) == ()
