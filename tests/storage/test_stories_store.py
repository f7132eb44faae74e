from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import Bound, DevelopmentKind, StoryProfile, ToldDevelopment
from storage.errors import StoreError
from tests.storage.records import (
    AWKWARD,
    MINUTE,
    NOW,
    article,
    claim,
    development,
    story,
)


@pytest.fixture
def opened(unit):
    """A story and its first article."""
    unit.articles.add(article("a1"))
    unit.stories.add(story())
    return story()


def test_a_story_comes_back_equal_as_added_and_as_saved(unit, opened):
    assert unit.stories.get("s1") == opened
    grown = replace(
        opened,
        headline=AWKWARD,
        changed_at=NOW + MINUTE,
        told_at=NOW,
        articles=3,
        sources=("Meridian Wire", AWKWARD),
        profile=StoryProfile(
            places=("Varna",),
            days=("2026-03-01",),
            terms={AWKWARD: 1e-9, "silo": 2.0},
            numbers={"killed": 6},
            figures={"killed": (4, 6)},
        ),
    )
    unit.stories.save(grown)
    assert unit.stories.get("s1") == grown
    assert unit.stories.get("s2") is None


def test_active_stories_are_those_of_the_topic_that_changed_since(unit):
    for name, topic, age in [
        ("z", "port-fires", 0),
        ("old", "port-fires", 61),
        ("other", "strikes", 0),
        ("a", "port-fires", 60),
    ]:
        changed = NOW - age * MINUTE
        unit.stories.add(story(name, topic=topic, changed_at=changed))
    since = NOW - timedelta(hours=1)
    assert [each.id for each in unit.stories.active("port-fires", since)] == ["z", "a"]
    assert [each.id for each in unit.stories.all(since)] == ["z", "other", "a"]
    assert [each.id for each in unit.stories.all()] == ["z", "old", "other", "a"]


def test_what_a_unit_wrote_is_what_it_reads(unit, opened):
    unit.stories.active("port-fires", NOW)
    unit.stories.save(replace(opened, changed_at=NOW - MINUTE))
    assert unit.stories.active("port-fires", NOW) == ()


def test_members_stand_in_the_order_of_their_arrival(unit, opened):
    unit.articles.add(article("a0"))
    for name in ("a0", "a1", "a0"):
        unit.stories.add_member("s1", name)
    assert unit.stories.is_member("s1", "a0")
    assert not unit.stories.is_member("s1", "a9")
    assert unit.stories.members("s1") == ("a1", "a0")
    assert unit.stories.of_article("a0") == (opened,)
    assert unit.stories.of_article("a9") == ()


@pytest.mark.usefixtures("opened")
def test_a_ledger_comes_back_in_its_order_and_by_type(unit):
    told = tuple(
        claim(value=value, quote=AWKWARD, corrects=corrects, aside=aside)
        for value, corrects, aside in [
            (True, None, False),
            (1, True, True),
            ("1", 7, False),
            (0, "x", True),
        ]
    )
    unit.stories.add_claims("s1", told[:3])
    unit.stories.add_claims("s1", told[3:])
    unit.stories.add_claims("s1", [])
    assert unit.stories.claims("s1") == tuple(told)
    unit.commit()
    back = unit.stories.claims("s1")
    assert back == told
    assert [type(each.value) for each in back] == [bool, int, str, int]
    assert [type(each.corrects) for each in back[1:]] == [bool, int, str]


@pytest.mark.usefixtures("opened")
def test_a_claim_bounds_its_value(unit):
    unit.stories.add_claims("s1", [claim(bound=bound) for bound in Bound])
    unit.commit()
    assert [each.bound for each in unit.stories.claims("s1")] == list(Bound)


@pytest.mark.usefixtures("opened")
def test_developments_tell_their_article_and_time(unit):
    first = development(old=None, new=True, quote=AWKWARD)
    second = development(old=True, new=1, attribution="the mayor")
    unit.stories.add_developments("s1", "a1", [first, second], NOW)
    unit.stories.add_developments("s1", "a1", [], NOW)
    assert unit.stories.developments("s1") == tuple(
        ToldDevelopment(development=each, article_id="a1", developed_at=NOW)
        for each in (first, second)
    )


@pytest.mark.usefixtures("opened")
def test_a_story_goes_through_one_change_once(unit):
    unit.stories.add_developments("s1", "a1", [development(old=4, new=6)], NOW)
    with pytest.raises(StoreError):
        unit.stories.add_developments("s1", "a1", [development(old=4, new=6)], NOW)
    unit.rollback()


@pytest.mark.usefixtures("opened")
def test_a_value_that_was_left_can_be_reached_again(unit):
    there = development(old=6, new=7)
    back = development(old=7, new=6, kind=DevelopmentKind.CORRECTION)
    for change in (there, back, there, back, there):
        unit.stories.add_developments("s1", "a1", [change], NOW)
    assert len(unit.stories.developments("s1")) == 5


@pytest.mark.usefixtures("opened")
def test_words_of_a_set_are_told_once_beside_each_other(unit):
    port, rail = (
        development(slot="target", old=None, new=word, kind=DevelopmentKind.NEW)
        for word in ("port", "rail")
    )
    unit.stories.add_developments("s1", "a1", [port, rail], NOW)
    with pytest.raises(StoreError):
        unit.stories.add_developments("s1", "a1", [rail], NOW)
    unit.rollback()


@pytest.mark.usefixtures("opened")
def test_what_waits_is_kept_apart_until_it_is_settled(unit):
    waits, told = development(old=4, new=6), development(slot="injured", old=1, new=2)
    unit.stories.add_developments("s1", "a1", [waits], NOW, waiting=[waits])
    unit.stories.add_developments("s1", "a1", [told], NOW)
    for _ in range(2):
        assert [each.development for each in unit.stories.waiting("s1")] == [waits]
        unit.commit()
    unit.stories.settle("s1", [waits, told])
    for _ in range(2):
        assert unit.stories.waiting("s1") == ()
        unit.commit()
    assert [each.waiting for each in unit.stories.developments("s1")] == [False] * 2


def test_what_is_read_again_is_one_record_until_its_row_changes(unit, opened):
    first = unit.stories.get("s1")
    assert unit.stories.get("s1") is first
    unit.stories.save(replace(opened, articles=opened.articles + 1))
    assert unit.stories.get("s1").articles == opened.articles + 1
    unit.stories.save(opened)
    unit.stories.add_claims("s1", [claim(value=True), claim(value=1)])
    unit.commit()
    assert [type(each.value) for each in unit.stories.claims("s1")] == [bool, int]


def test_after_its_commit_a_unit_reads_what_others_wrote(store):
    since = NOW - MINUTE
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        unit.stories.add(story())
        unit.stories.index("s1", (7,), changed_at=NOW)
        assert unit.stories.claims("s1") == unit.stories.waiting("s1") == ()
        unit.commit()
        with store.unit() as other:
            other.stories.save(story(articles=9))
            other.stories.index("s1", (8,), changed_at=NOW)
            other.stories.add_claims("s1", [claim()])
            rose = development()
            other.stories.add_developments("s1", "a1", [rose], NOW, waiting=[rose])
        (found,) = unit.stories.near("port-fires", (7,), since=since)
        assert found.articles == 9
        assert unit.stories.claims("s1") == (claim(),)
        assert [each.development for each in unit.stories.waiting("s1")] == [rose]
        unit.stories.index("s1", (), changed_at=NOW)
        assert unit.stories.prune(NOW.date() + timedelta(days=1)) == 0


def test_a_claim_of_a_merged_story_stands_in_the_ledger_that_goes_on(unit, opened):
    unit.stories.add(story("s2"))
    unit.rulings.point(["s2"], "s1")
    assert unit.stories.claims("s1") == ()
    unit.stories.add_claims("s2", [claim("s2")])
    assert unit.stories.claims("s1") == (claim("s2"),)
