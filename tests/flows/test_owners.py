"""Who counts as one source, from the topics' folder to the alert."""

import json
from contextlib import closing
from dataclasses import replace

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.desk import Desk
from flows.follow import follow_articles
from flows.seeds import SHIPPED, load_seeds
from storage.database import Store
from tests.flows.wire_copy import DAWN, article

STRIKE = (
    "Drones struck a grain terminal in Odesa before dawn on Tuesday, killing two "
    "people and wounding seven, the regional governor said.\n\n"
    "A warehouse burned for hours before firefighters had it under control."
)
SISTER = (
    "Two people died and seven were hurt when drones hit Odesa early on Tuesday, "
    "according to the governor of the region.\n\n"
    "The attack set fire to a store of grain at the terminal."
)
RELAY = (
    "Two people were killed and seven wounded when drones struck Odesa on Tuesday, the "
    "Morning Quay reported.\n\nThe grain terminal was hit, the Morning Quay said."
)
OWN = (
    "Two people were killed as drones struck the port of Odesa on Tuesday morning, "
    "seven others were taken to hospital, the regional governor told reporters.\n\n"
    "Flames rose over the grain terminal."
)
OWNERS = """
owners:
- name: Quay Media
  hosts: [morningquay.test, eveningquay.test]
  outlets: [Morning Quay]
"""


@pytest.fixture
def topics(tmp_path, monkeypatch):
    """The shipped topics, but a strike needs two sources."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    folder = tmp_path / "topics"
    folder.mkdir()
    for file in (SHIPPED / "topics").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(
            text.replace("independent_sources: 1", "independent_sources: 2"),
            encoding="utf-8",
        )
    return folder


def replayed(tmp_path, topics):
    told = (
        article(1, STRIKE, source="Morning Quay", url="https://morningquay.test/1"),
        article(2, SISTER, source="Evening Quay", url="https://www.eveningquay.test/2"),
        article(3, RELAY, source="Harbour Wire"),
        article(4, OWN, source="Tideline"),
    )
    stream = tmp_path / "stream.jsonl"
    lines = (
        {
            "id": each.id,
            "url": each.url,
            "source": each.source,
            "title": "",
            "text": each.text,
            "published_at": each.published_at.isoformat(),
        }
        for each in told
    )
    stream.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    words = ["replay", str(stream), "--topics", str(topics), "--json"]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert len({r["stories"]["strike-reports"][0] for r in records}) == 1
    return [record["outcome"] for record in records]


def test_without_a_word_of_the_desk_two_sites_are_two_sources(topics, tmp_path):
    assert replayed(tmp_path, topics)[:2] == ["waiting", "alerted"]


def test_sister_sites_and_those_who_relay_them_are_one_source(topics, tmp_path):
    (topics / "owners.yaml").write_text(OWNERS, encoding="utf-8")
    assert replayed(tmp_path, topics) == ["waiting", "waiting", "waiting", "alerted"]


@pytest.mark.parametrize(
    ("owner", "outcomes"),
    [(None, ["waiting", "alerted"]), ("Quay Media", ["waiting", "waiting"])],
)
def test_feeds_that_the_desk_gave_to_one_owner_are_one_source(topics, owner, outcomes):
    desk = Desk(seeds=load_seeds(topics))
    with closing(Store.open("sqlite://")) as store:
        with store.unit() as unit:
            for name in ("morning", "evening"):
                added = unit.feeds.add(
                    f"https://{name}quay.test/rss",
                    title="",
                    source=f"{name.title()} Quay",
                    now=DAWN,
                )
                assert added is not None
                unit.feeds.wish(replace(added, owner=owner))
            url = "https://www.eveningquay.test/2"
            unit.articles.add(article(1, STRIKE, source="Morning Quay"))
            unit.articles.add(article(2, SISTER, source="Evening Quay", url=url))
        decided = follow_articles(store, desk, now=DAWN)
    assert [each.outcome for each in decided] == outcomes


def test_a_mistake_of_the_desk_is_told_by_topics_check(topics):
    (topics / "owners.yaml").write_text(OWNERS.replace("hosts", "host"), "utf-8")
    result = CliRunner().invoke(main, ["topics", "check", str(topics)])
    assert result.exit_code == 1
    assert "owners.yaml:4: owners[1].host: no such key" in result.output
