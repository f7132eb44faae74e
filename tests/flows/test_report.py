import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from detectors.model import FeedState, Outcome, Ruling, RulingKind
from flows.report import MEANINGS, gather_report, render_report, write_report
from storage.database import Store
from tests.flows.reported import MORNING, fill
from tests.storage.records import claim

NOW = MORNING + timedelta(hours=3)
SINCE = MORNING - timedelta(days=7)


class Outline(HTMLParser):
    """Which tags, attributes and words a page holds."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.attributes, self.text = [], [], set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.text += " "
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag):
        self.text += " " if tag != "span" else ""

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'tocsin.db'}")
    yield opened
    opened.close()


@pytest.fixture
def filled(store):
    fill(store)
    return store


@pytest.fixture
def page(filled):
    return render_report(gather_report(filled, since=SINCE, now=NOW))


def words(page):
    return " ".join(Outline(page).text.split()).replace(" ,", ",")


def test_an_alert_shows_what_changed_who_says_so_and_the_sentence(page):
    text = words(page)
    assert "UPDATE Grain silo burns at the northern quay" in text
    assert "killed 4 → 6 (+2), says the harbour master" in text
    assert "injured 12 or 19, sources disagree" in text
    assert "found two more of our colleagues" in text
    assert "3 sources: Meridian Wire, Harbour Post, El Faro" in text


def test_an_alert_that_is_not_in_its_channel_says_so(page):
    assert re.search(r'class="badge bad">\s*pending', page)
    assert "1 not in their channel" in words(page)


def test_a_story_shows_its_course_in_order_with_the_articles(page):
    course = words(page.split('id="stories"')[1].split("</section>")[0])
    first, second = course.index("1 Mar 05:21"), course.index("1 Mar 06:36")
    assert first < course.index("killed 4, says the port") < second
    assert "Harbour master: six dead, search goes on" in course


def test_every_claim_of_a_story_stands_with_its_words_and_the_struck_out_ones_too(
    filled,
):
    ruling = Ruling(
        id=0,
        story="s1",
        kind=RulingKind.REJECT,
        made_at=NOW,
        made_by="Anna",
        reason="counted twice",
        slot="killed",
        value=6,
    )
    given = {"source": "Harbour Post", "article_id": "a1", "claimed_at": MORNING}
    with filled.unit() as unit:
        (story, *_) = unit.stories.all()
        ledger = [
            claim(story.id, value=value, quote=f"{value} dead.", **given)
            for value in (4, 6)
        ]
        unit.stories.add_claims(story.id, ledger)
        number = unit.rulings.add(replace(ruling, story=story.id))
        unit.rulings.strike_out(number, [story.id], "killed", 6)
    page = render_report(gather_report(filled, since=SINCE, now=NOW))
    text = words(page)
    assert "Every claim (2)" in text
    assert "killed at least 4 claimed Harbour Post, says the harbour master" in text
    assert "4 dead." in text
    assert "<s>killed at least 6</s>" in page
    assert "struck out by Anna: counted twice" in text
    assert "killed 6 is struck out (Anna, 2026-03-01" in text


def test_every_outcome_is_listed_with_its_articles_and_the_reason(page):
    text = words(page)
    assert "copies meridian/a1, containment 0.94 of 0.70" in text
    assert "18 off-topic matches no topic" in text
    assert "2 alerted made us speak" in text
    assert "1 pending not decided on yet" in text


def test_the_entries_of_the_page_are_those_of_the_time_asked_for(filled):
    report = gather_report(filled, since=SINCE, now=NOW)
    assert report.entries == 60
    later = gather_report(filled, since=NOW, now=NOW)
    assert later.entries == 1  # pending, whenever it was seen
    assert later.alerts == ()
    assert later.stories == ()


def test_nothing_from_outside_becomes_markup_or_a_foreign_link(page):
    """D11: by parsing the page."""
    outline = Outline(page)
    assert not {"script", "img", "iframe", "object", "link"} & set(outline.tags)
    assert not [name for name in outline.attributes if name.startswith("on")]
    assert {link.split(":")[0] for link in outline.links} <= {
        "https", "#alerts", "#stories", "#entries", "#feeds",
    }  # fmt: skip
    assert "{{ 7*7 }}" in outline.text
    assert "alert(1)" in outline.text


def test_the_page_loads_nothing(page):
    outline = Outline(page)
    assert not outline.attributes & {"src", "srcset", "data", "poster", "background"}
    assert not re.search(r"@import|url\(", page.lower())


def test_a_page_about_nothing_still_says_what_there_is_to_say(store):
    text = words(render_report(gather_report(store, since=SINCE, now=NOW)))
    for said in (
        "Nothing was told in this time.",
        "No story changed in this time.",
        "No entry was seen in this time.",
        "No feed is watched.",
        "no whole cycle has ended yet",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("changes", "health"),
    [
        ({"next_due_at": NOW}, "new"),
        ({"polled_at": NOW, "next_due_at": NOW}, "ok"),
        ({"polled_at": MORNING, "next_due_at": MORNING}, "late"),
        ({"polled_at": NOW, "failures": 2, "failure": "too slow"}, "failing"),
        ({"state": FeedState.GONE}, "gone"),
    ],
)
def test_a_feed_is_told_by_how_it_does(filled, changes, health):
    with filled.unit() as unit:
        feed, *others = unit.feeds.all()
        unit.feeds.record_poll(replace(feed, **changes))
        for other in others:
            unit.feeds.record_poll(replace(other, polled_at=NOW, next_due_at=NOW))
    report = gather_report(filled, since=SINCE, now=NOW)
    told = {each.feed.id: each.state for each in report.feeds}
    assert told[feed.id] == health
    assert report.unhealthy == (health not in ("ok", "new"))


def test_every_outcome_has_a_meaning():
    assert set(MEANINGS) == set(Outcome)


def test_the_page_is_written_as_one_file(filled, tmp_path):
    out = tmp_path / "report.html"
    write_report(filled, out, since=SINCE, now=NOW)
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
