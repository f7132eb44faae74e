from datetime import UTC, datetime

from detectors.model import Article, Fact, Feed, FeedState
from detectors.sources import independent, owners_of, voice

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def article(url: str, source: str = "") -> Article:
    return Article(
        id="a",
        url=url,
        source=source,
        title="",
        text="",
        published_at=NOON,
        fetched_at=NOON,
    )


def said_by(attribution: str | None) -> Fact:
    return Fact(
        topic="t",
        slot="killed",
        value=3,
        evidence=(0, 1),
        quote="3",
        attribution=attribution,
    )


def test_a_source_without_a_name_speaks_by_its_site():
    assert voice(article("https://m.meridian.test/1")) == "meridian.test"
    assert voice(article("https://m.meridian.test/1", "Meridian")) == "Meridian"


def test_sister_sites_of_one_owner_are_one_voice_by_the_name_of_the_first():
    owners = {"Morning Quay": "Quay Media", "Evening Quay": "Quay Media"}
    heard = ["Morning Quay", "Harbour Wire", "Evening Quay"]
    assert independent(heard, owners=owners) == ("Morning Quay", "Harbour Wire")


def test_an_outlet_that_relays_another_is_the_other():
    told = article("https://echo.test/1")
    facts = [said_by("the Harbour Wire"), said_by("Harbour Wire"), said_by(None)]
    assert voice(told, facts, known=["Harbour Wire"]) == "Harbour Wire"


def test_officials_quoted_by_an_outlet_leave_it_its_own_voice():
    told = article("https://echo.test/1")
    facts = [said_by("the mayor"), said_by("Harbour Wire")]
    assert voice(told, facts, known=["Harbour Wire"]) == "echo.test"


def test_voices_are_counted_once_in_order():
    assert independent(["b.test", "a.test", "b.test"]) == ("b.test", "a.test")


def feed(source: str, url: str) -> Feed:
    at = datetime(2026, 5, 4, tzinfo=UTC)
    return Feed(
        id=1,
        url=url,
        title=source,
        source=source,
        state=FeedState.ACTIVE,
        added_at=at,
        next_due_at=at,
    )


def test_the_feeds_of_one_host_are_one_voice_and_those_of_a_shared_one_are_not():
    owners = owners_of(
        [
            feed("Meridian - World", "https://feeds.meridian.test/world"),
            feed("Meridian - Money", "https://feeds.meridian.test/money"),
            feed("Quay", "https://news.google.com/rss?q=quay"),
            feed("Harbour", "https://news.google.com/rss?q=harbour"),
            feed("One", "http://127.0.0.1:8123/one"),
            feed("Two", "http://127.0.0.1:8123/two"),
        ]
    )
    heard = ["Meridian - World", "Quay", "Meridian - Money", "Harbour", "One", "Two"]
    assert independent(heard, owners=owners) == (
        "Meridian - World",
        "Quay",
        "Harbour",
        "One",
        "Two",
    )
