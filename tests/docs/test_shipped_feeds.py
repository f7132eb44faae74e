from collections import Counter, defaultdict
from urllib.parse import urlsplit

import pytest

from detectors import urls
from detectors.credentials import secret_in
from detectors.opml import parse_opml, render_opml
from flows.seeds import SHIPPED, load_owners

LIST = SHIPPED / "feeds.opml"
FEEDS = parse_opml(LIST.read_bytes(), str(LIST))
EACH = [pytest.param(feed, id=feed.title) for feed in FEEDS]


def test_sixty_hosts_and_more_are_listed_each_address_once():
    assert len({urls.host(feed.url) for feed in FEEDS}) >= 60
    raw = LIST.read_text(encoding="utf-8").count("xmlUrl=")
    assert raw == len(FEEDS) == len({urls.normalise(feed.url) for feed in FEEDS})


def test_the_beats_of_the_topics_are_covered():
    folders = Counter(tag.partition("/")[0] for feed in FEEDS for tag in feed.tags)
    assert {name for name, count in folders.items() if count >= 6} >= {
        "World",
        "Agencies",
        "Ukraine",
        "Russia",
        "Spanish",
        "Diplomacy",
    }


@pytest.mark.parametrize("feed", EACH)
def test_each_has_a_name_a_folder_an_owner_and_a_reason(feed):
    assert feed.title
    assert len(feed.tags) == 1
    assert feed.owner
    assert 10 <= len(feed.why) <= 80


@pytest.mark.parametrize("feed", EACH)
def test_each_address_is_one_that_can_be_asked(feed):
    assert urls.link(feed.url) == feed.url
    assert secret_in(feed.url) == ""
    assert urlsplit(feed.url).hostname != "news.google.com"  # its links need a browser


@pytest.mark.parametrize("feed", EACH)
def test_owners_are_those_of_the_other_seed(feed):
    known = load_owners()
    host = urls.host(feed.url)
    above = [host.split(".", cut)[-1] for cut in range(host.count(".") + 1)]
    by_host = next((known.hosts[name] for name in above if name in known.hosts), None)
    by_name = known.names.get(feed.title.casefold().removeprefix("the "))
    assert {by_host or feed.owner, by_name or feed.owner} == {feed.owner}


def test_who_speaks_through_several_sites_stands_in_the_other_seed():
    sites = defaultdict(set)
    for feed in FEEDS:
        sites[feed.owner].add(urls.site(feed.url))
    owners = set(load_owners().hosts.values())
    several = {owner for owner, own in sites.items() if len(own) > 1}
    assert several <= owners


def test_the_list_reads_back_as_it_stands():
    assert parse_opml(render_opml(FEEDS), "again") == FEEDS
