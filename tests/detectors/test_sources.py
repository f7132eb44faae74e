from datetime import UTC, datetime

import pytest

from detectors.errors import SeedErrors
from detectors.model import Article, Fact
from detectors.sources import Outlets, independent, owners_of, parse_owners, voice

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


def test_the_feeds_of_one_host_are_one_voice_and_those_of_a_shared_one_are_not():
    owners = owners_of(
        [
            ("Meridian - World", "https://feeds.meridian.test/world", None),
            ("Meridian - Money", "https://feeds.meridian.test/money", None),
            ("Quay", "https://news.google.com/rss?q=quay", None),
            ("Harbour", "https://news.google.com/rss?q=harbour", None),
            ("One", "http://127.0.0.1:8123/one", None),
            ("Two", "http://127.0.0.1:8123/two", None),
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


def test_feeds_whose_owner_the_desk_named_are_one_voice_by_its_name():
    feeds = (
        ("Meridian", "https://meridian.test/rss", "Quay Media"),
        ("Evening Quay", "https://evening.test/rss", "Quay Media"),
        ("Herald", "https://herald.test/rss", None),
    )
    known = Outlets(names={"meridian": "somebody else"}).beside(feeds)
    heard = [
        voice(article("https://meridian.test/1", "Meridian"), outlets=known),
        voice(article("https://evening.test/1", "Evening Quay"), outlets=known),
        voice(article("https://herald.test/1", "Herald"), outlets=known),
    ]
    assert heard == ["Quay Media", "Quay Media", "Herald"]
    names = ["Meridian", "Evening Quay", "Herald"]
    assert independent(names, owners=owners_of(feeds)) == ("Meridian", "Herald")
    relays = voice(
        article("https://other.test/1", "Other"), [said_by("Meridian")], outlets=known
    )
    assert relays == "Quay Media"


OWNERS = """
owners:
- name: Quay Media
  hosts: [morningquay.test, evening.quay.test]
  outlets: [Morning Quay, The Evening Quay]
- name: Harbour Group
  hosts: harbour.test
"""


def test_every_site_of_an_owner_speaks_with_its_voice():
    outlets = parse_owners(OWNERS, "owners.yaml")
    for url in ("https://www.morningquay.test/1", "https://m.evening.quay.test/a"):
        assert voice(article(url, "Some Desk"), outlets=outlets) == "Quay Media"
    for url in ("https://quay.test/1", "https://notmorningquay.test/1"):
        assert voice(article(url, "Some Desk"), outlets=outlets) == "Some Desk"
    by_name = article("https://feeds.proxy.test/1", "Evening Quay")
    assert voice(by_name, outlets=outlets) == "Quay Media"


def test_what_an_outlet_of_an_owner_reported_is_the_owners_word():
    outlets = parse_owners(OWNERS, "owners.yaml")
    told = article("https://echo.test/1")
    relayed = [said_by("the Morning Quay newspaper"), said_by("Evening Quay")]
    assert voice(told, relayed, outlets=outlets) == "Quay Media"
    assert voice(told, [said_by("the harbour master")], outlets=outlets) == "echo.test"


def test_a_feed_that_has_not_spoken_yet_can_be_relayed_too():
    outlets = parse_owners(OWNERS, "o.yaml").beside(
        [("Gale", "https://g.test/f", None)]
    )
    told = article("https://echo.test/1")
    assert voice(told, [said_by("Gale")], outlets=outlets) == "Gale"
    assert voice(told, [said_by("Mayor Gale of Orrin")], outlets=outlets) == "echo.test"


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("the Tideline Post newspaper", "Tideline Post"),
        ("reporters of Tideline Post Weekly", "Tideline Post Weekly"),
        ("the Tideline Poster", "echo.test"),
        ("the Midtideline Post", "echo.test"),
        ("a post on the tideline", "echo.test"),
    ],
)
def test_a_name_among_many_feeds_is_told_by_whole_words_the_longest_first(said, who):
    names = [f"Harbour {n} Post" for n in range(2_000)]
    names += ["Tideline Post Weekly", "Tideline Post"]
    feeds = [(name, "https://t.test/f", None) for name in names]
    outlets = parse_owners(OWNERS, "o.yaml").beside(feeds)
    told = article("https://echo.test/1")
    assert voice(told, [said_by(said)], outlets=outlets) == who
    heard = ["Tideline Post", "Tideline Post Weekly"]
    assert voice(told, [said_by(said)], known=heard) == who


def test_a_desks_own_word_on_a_host_goes_before_the_shipped_one():
    own = parse_owners("owners: [{name: Us, hosts: [harbour.test]}]", "own.yaml")
    both = own.over(parse_owners(OWNERS, "owners.yaml"))
    assert both.hosts["harbour.test"] == "Us"
    assert both.hosts["morningquay.test"] == "Quay Media"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("groups: []", "o.yaml:1: groups: no such key, there are owners"),
        ("{}", "o.yaml:1: needs owners"),
        ("owners:\n- name: A", "o.yaml:2: owners[1]: needs hosts"),
        (
            "owners:\n- name: A\n  hosts: ['https://a.test/']",
            "o.yaml:3: owners[1].hosts[1]: 'https://a.test/' is no host",
        ),
        (
            "owners:\n- {name: A, hosts: [a.test]}\n- {name: B, hosts: [a.test]}",
            "o.yaml:3: owners[2].hosts[1]: 'a.test' belongs to A already",
        ),
        (
            "owners:\n- name: A\n  hosts: [a.test]\n  outlet: [B]",
            "o.yaml:4: owners[1].outlet: no such key, nearest is 'outlets'",
        ),
    ],
)
def test_a_mistake_in_a_file_of_owners_is_told_with_line_and_key(text, mistake):
    with pytest.raises(SeedErrors) as refused:
        parse_owners(text, "o.yaml")
    told = [f"{each.subject}: {each.detail}" for each in refused.value.mistakes]
    assert any(line.startswith(mistake) for line in told), told
