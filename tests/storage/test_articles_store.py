from datetime import timedelta

import pytest

from storage.articles import MAX_ID, TEXT_FORGOTTEN
from storage.errors import StoreError
from tests.storage.records import AWKWARD, NOW, article, decision, story


def test_an_article_comes_back_whole(unit):
    told = article(
        "я" * MAX_ID,
        url="https://wire.test/" + "x" * 6000,
        title=AWKWARD,
        text=AWKWARD * 1000,
        language="ru",
        revision_of="a0",
        flags=("feed-text", AWKWARD),
    )
    assert unit.articles.add(told)
    assert unit.articles.get(told.id) == told


def test_an_article_is_added_once_and_not_changed(unit):
    unit.articles.add(article("a1", title="First"))
    assert not unit.articles.add(article("a1", title="Second"))
    assert unit.articles.get("a1").title == "First"
    assert unit.articles.total() == 1


def test_an_id_that_one_database_could_not_index_is_refused_on_both(unit):
    with pytest.raises(StoreError, match="an id of over 500 letters"):
        unit.articles.add(article("x" * (MAX_ID + 1)))


def test_the_first_article_at_a_url_is_the_original_of_its_revisions(unit):
    url = "https://wire.test/" + "y" * 6000
    for name in ("z", "a", "m"):
        unit.articles.add(article(name, url=url))
    unit.articles.add(article("other"))
    assert unit.articles.by_url(url).id == "z"
    assert [each.id for each in unit.articles.versions(url)] == ["z", "a", "m"]
    assert unit.articles.version_ids(url) == ("z", "a", "m")
    assert unit.articles.by_url("https://wire.test/none") is None


def test_several_are_given_in_the_order_asked_for(unit):
    for name in "abc":
        unit.articles.add(article(name))
    found = unit.articles.get_many(["c", "none", "a", "c"])
    assert list(found) == ["c", "a"]
    assert found["c"].id == "c"


@pytest.mark.parametrize("batch", [1, 2, 7], ids=lambda size: f"in-units-of-{size}")
def test_the_order_of_deciding_is_that_of_arrival_however_it_is_cut(store, batch):
    names = ["n", "a", "z", "b", "y", "c", "x"]
    for start in range(0, len(names), batch):
        with store.unit() as unit:
            for number, name in enumerate(names[start : start + batch]):
                published = NOW - timedelta(hours=start + number)
                unit.articles.add(article(name, published_at=published))
    with store.unit() as unit:
        assert [each.id for each in unit.articles.undecided(10)] == names
        assert [each.id for each in unit.articles.undecided(2)] == names[:2]


def test_a_decided_article_waits_no_more(unit):
    unit.articles.add(article("a1"))
    unit.articles.add(article("a2"))
    unit.decisions.add(decision("a1"), decided_at=NOW)
    assert [each.id for each in unit.articles.undecided(10)] == ["a2"]


def test_texts_are_forgotten_of_decided_articles_outside_of_stories(store):
    with store.unit() as unit:
        for name in ("old", "told", "young", "waiting"):
            unit.articles.add(article(name, flags=("feed-text",)))
        for name in ("old", "told"):
            unit.decisions.add(decision(name), decided_at=NOW)
        unit.decisions.add(decision("young"), decided_at=NOW + timedelta(days=2))
        unit.stories.add(story("s1"))
        unit.stories.add_member("s1", "told")
    before = NOW + timedelta(days=1)
    with store.unit() as unit:
        assert unit.articles.forget_texts(before, limit=9) == 1
        assert unit.articles.forget_texts(before, limit=9) == 0
        forgotten = unit.articles.get("old")
        kept = unit.articles.get_many(["told", "young", "waiting"]).values()
    assert (forgotten.text, forgotten.flags) == ("", ("feed-text", TEXT_FORGOTTEN))
    assert all(each.text for each in kept)
