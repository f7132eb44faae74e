"""Why was there no alert? Every silent article says what would have made one."""

import json
from contextlib import closing

import pytest
from click.testing import CliRunner

from detectors.model import FeedEntry, Outcome
from flows import clock
from flows.cli import main
from flows.follow import follow_articles
from storage.database import Store
from tests.flows.warm import DESK
from tests.flows.wire_copy import DAWN, RISEN, article, day


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A store in which the day of `wire_copy` was decided."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    known = "Five people were killed when a missile hit flats in Mykolaiv on Tuesday."
    late = article(
        7, f"{known}\n\nEighteen were hurt.", minutes=170, source="Late Post"
    )
    foreign = article(
        8, "Rakieta uderzyła w blok mieszkalny, zginęło trzech ludzi. " * 8, minutes=400
    )
    with closing(Store.open(f"sqlite:///{tmp_path}/home/tocsin.db")) as store:
        with store.unit() as unit:
            for each in (*day()[:4], late, foreign):
                unit.articles.add(each)
        follow_articles(store, DESK, now=clock.now())
        yield store


def why(*words):
    result = CliRunner().invoke(main, ["why", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def record(article_id):
    return json.loads(why(article_id, "--json"))


def test_an_article_that_alerted_has_nothing_that_would_have_tipped_it(archive):
    assert record("w1")["would_alert"] == []
    assert record("w1")["decision"]["version"].count("/") == 1


@pytest.mark.parametrize(
    ("article_id", "outcome", "tip"),
    [
        ("w2", "duplicate", "a figure or status that w1 lacks, or less than 70%"),
        ("w3", "off-topic", "far from it"),
        ("w7", "known", "a value of children_killed, claimed_by, injured, killed"),
        ("w8", "unreadable-language", "a text in one of en, uk, ru, es"),
    ],
)
def test_a_silent_article_says_what_would_have_made_it_alert(
    archive, article_id, outcome, tip
):
    told = record(article_id)
    assert told["decision"]["outcome"] == outcome
    assert tip in " ".join(told["would_alert"])
    assert "would have alerted: " in why(article_id)


def test_what_was_known_names_the_alert_that_had_told_it(archive):
    told = {(e["slot"], e["value"]): e["article"] for e in record("w7")["told_before"]}
    assert told["killed", 5] == "w4"
    assert "killed 5 was told by alert 2 (#tocsin" in why("w7")


def test_an_alert_is_not_said_to_have_been_told_by_itself_or_later(archive):
    assert record("w1")["told_before"] == []
    slots = {each["slot"] for each in record("w4")["told_before"]}
    assert "killed" not in slots


def test_an_entry_of_a_feeds_first_document_says_how_it_would_have_counted(archive):
    with archive.unit() as unit:
        feed = unit.feeds.add("https://q.test/f", title="", source="Q", now=DAWN)
        assert feed is not None
        entry = FeedEntry(entry_id="e", url="https://q.test/old", title="Old")
        unit.entries.add_new(feed.id, [entry], seen_at=DAWN, outcome=Outcome.BASELINE)
    assert "would have alerted: an entry that its feed lists after it was added" in (
        why("https://q.test/old")
    )


def test_an_entry_ends_with_the_line_that_its_outcome_hangs_on(archive):
    with archive.unit() as unit:
        feed = unit.feeds.add("https://q.test/f", title="", source="Q", now=DAWN)
        assert feed is not None
        (entry,) = unit.entries.add_new(
            feed.id,
            [FeedEntry(entry_id="e", url="https://q.test/9", title="Five dead")],
            seen_at=DAWN,
        )
        again = article(9, RISEN.replace("noon", "midday"), minutes=500)
        unit.articles.add(again)
        unit.entries.give_article(entry.id, again.id)
    follow_articles(archive, DESK, now=clock.now())
    with archive.unit(reading=True) as unit:
        (ended,) = unit.entries.find("https://q.test/9")
    assert ended.outcome is Outcome.DUPLICATE
    assert ended.reason.startswith("near-duplicate: copy, same copy")
