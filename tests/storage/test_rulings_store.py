"""Rulings and what they do to the rows, on each database."""

from datetime import timedelta
from typing import Any

import pytest

from detectors.model import Ruling, RulingKind
from tests.storage.records import AWKWARD, NOW, article, claim, development, story


@pytest.fixture
def opened(unit):
    """Two stories, each with an article, a claim and a development."""
    for name in ("1", "2"):
        unit.articles.add(article(f"a{name}"))
        unit.stories.add(story(f"s{name}"))
        unit.stories.add_member(f"s{name}", f"a{name}")
        unit.stories.add_claims(f"s{name}", [claim(article_id=f"a{name}")])
        unit.stories.add_developments(f"s{name}", f"a{name}", [development()], NOW)
    return unit


def ruling(**more: Any) -> Ruling:
    given: dict[str, Any] = {
        "id": 0,
        "story": "s1",
        "kind": RulingKind.REJECT,
        "made_at": NOW,
    }
    return Ruling(**(given | {"made_by": "Anna", "reason": "counted twice"} | more))


def test_a_ruling_comes_back_as_it_was_made_and_ends_once(opened):
    made = ruling(slot="killed", value=True, article_id="a1", reason=AWKWARD)
    number = opened.rulings.add(made)
    back = opened.rulings.get(number)
    assert back == ruling(
        id=number, slot="killed", value=True, article_id="a1", reason=AWKWARD
    )
    later = NOW + timedelta(hours=1)
    assert opened.rulings.end(number, at=later, by="Boris")
    assert not opened.rulings.end(number, at=later, by="Clara")
    ended = opened.rulings.get(number)
    assert (ended.undone_at, ended.undone_by) == (later, "Boris")
    assert opened.rulings.get(2**70) is None


def test_a_story_knows_the_rulings_that_it_had_a_part_in(opened):
    first = opened.rulings.add(ruling())
    second = opened.rulings.add(
        ruling(kind=RulingKind.MERGE, other="s2", ended=("s2",))
    )
    assert [each.id for each in opened.rulings.of_story("s1")] == [first, second]
    assert [each.id for each in opened.rulings.of_story("s2")] == [second]
    assert opened.rulings.of_story("s2")[0].ended == ("s2",)


def test_striking_out_leaves_the_claim_in_the_ledger_but_not_standing(opened):
    opened.articles.add(article("a3"))
    values = (6, 6, True, "6")
    opened.stories.add_claims(
        "s1", [claim(value=value, article_id="a3") for value in values]
    )
    strike = opened.rulings.strike_out
    assert strike(7, ["s1"], "killed", 6) == 2
    assert strike(8, ["s1"], "killed", 6) == 0
    assert strike(8, ["s1"], "killed", 1) == 0
    assert strike(8, ["s1"], "injured", 4) == 0
    claims = opened.stories.claims("s1")
    assert [each.value for each in claims if each.stands] == [4, True, "6"]
    assert {each.struck_by for each in claims if not each.stands} == {7}
    assert opened.rulings.restore(8) == 0
    assert opened.rulings.restore(7) == 2
    assert all(each.stands for each in opened.stories.claims("s1"))


def test_only_the_claims_of_one_article_may_be_struck_out(opened):
    opened.articles.add(article("a3"))
    opened.stories.add_claims("s1", [claim(article_id="a3")])
    assert opened.rulings.strike_out(1, ["s1"], "killed", 4, article_id="a3") == 1
    assert [each.stands for each in opened.stories.claims("s1")] == [True, False]


def test_a_merged_story_is_part_of_the_one_that_goes_on_and_runs_no_more(opened):
    opened.rulings.point(["s2"], "s1")
    assert opened.stories.members("s1") == ("a1", "a2")
    assert len(opened.stories.claims("s1")) == 2
    assert len(opened.stories.developments("s1")) == 2
    assert [each.id for each in opened.stories.of_article("a2")] == ["s1"]
    assert [each.id for each in opened.stories.all()] == ["s1"]
    assert [each.id for each in opened.stories.active("port-fires", NOW)] == ["s1"]
    near = opened.stories.near("port-fires", [], since=NOW)
    assert [each.id for each in near] == ["s1"]
    assert opened.rulings.ended_in("s1") == ("s2",)
    opened.rulings.point(["s2"], None)
    assert opened.stories.members("s1") == ("a1",)
    assert len(opened.stories.all()) == 2


def test_an_article_changes_hands_with_all_that_it_says(opened):
    opened.stories.add(story("s3"))
    opened.rulings.hand_over(["a2"], source=["s1", "s2"], target="s3")
    assert opened.stories.members("s2") == ()
    assert opened.stories.claims("s2") == ()
    assert opened.stories.members("s3") == ("a2",)
    assert [each.article_id for each in opened.stories.claims("s3")] == ["a2"]
    assert len(opened.stories.developments("s3")) == 1
    assert opened.stories.members("s1") == ("a1",)


def test_a_story_that_goes_on_in_one_that_ended_is_a_problem(store):
    with store.unit() as unit:
        for name in ("s1", "s2", "s3"):
            unit.stories.add(story(name))
        unit.rulings.point(["s1"], "s2")
    assert store.check() == ()
    with store.unit() as unit:
        unit.rulings.point(["s2"], "s3")
    assert store.check() == ("1 stories go on in a story that does not run",)
