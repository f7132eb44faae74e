from dataclasses import replace
from datetime import timedelta

import pytest

from storage.shingles import MAX_ROOTS, MEMORY, Asked
from tests.storage.records import NOW, article

TODAY = NOW.date()
LATER = 2**63  # hashes that would not fit a signed column


def near(unit, name, bottom, **more):
    """What the index says of an article, which is added for it."""
    unit.articles.add(article(name))
    return unit.shingles.near(name, bottom, Asked(**({"since": TODAY} | more)))


@pytest.fixture
def index(unit):
    """Add an article with its hashes."""

    def index(name, bottom, *, day=TODAY, site="", root=None):
        asked = {"since": day - MEMORY, "site": site, "min_shared": 1, "limit": 500}
        found = near(unit, name, bottom, **asked)
        unit.shingles.add(name, bottom, found, day=day, site=site, root=root)

    return index


def candidates(unit, bottom, **more):
    return tuple(each.article_id for each in neighbours(unit, "asked", bottom, **more))


def neighbours(unit, name, bottom, **more):
    return near(unit, name, bottom, **more).candidates


def test_three_shared_hashes_make_a_candidate_and_two_do_not(unit, index):
    index("two", [LATER, LATER + 1, 7])
    index("three", [LATER, LATER + 1, LATER + 2])
    assert candidates(unit, [LATER, LATER + 1, LATER + 2, 2**64 - 1]) == ("three",)
    found = candidates(unit, [LATER, LATER + 1], min_shared=2)
    assert found == ("two", "three")


def test_the_best_come_first_and_ties_go_to_the_first_that_arrived(unit, index):
    index("z", [1, 2, 3])
    index("a", [1, 2, 3])
    index("best", [1, 2, 3, 4])
    assert candidates(unit, range(10)) == ("best", "z", "a")
    assert candidates(unit, range(10), limit=2) == ("best", "z")


def test_earlier_days_are_not_looked_at(unit, index):
    index("yesterday", [1, 2, 3], day=TODAY - timedelta(days=1))
    assert candidates(unit, [1, 2, 3]) == ()
    since = TODAY - timedelta(days=1)
    assert candidates(unit, [1, 2, 3], since=since) == ("yesterday",)


def test_hashes_that_many_texts_share_count_for_nothing(unit, index):
    furniture = [1, 2, 3]
    for number in range(MAX_ROOTS):
        index(f"a{number}", [*furniture, 1000 + number])
    assert len(candidates(unit, furniture, limit=100)) == MAX_ROOTS
    index("one more", [*furniture, 50, 51, 52])
    assert candidates(unit, furniture, limit=100) == ()
    assert candidates(unit, [*furniture, 50, 51, 52]) == ("one more",)


def test_a_report_that_everyone_prints_is_still_found(unit, index):
    wire = list(range(96))
    index("wire", wire)
    for number in range(3 * MAX_ROOTS):
        index(f"copy{number}", wire, root="wire")
    found = near(unit, "asked", wire, limit=100)
    assert [(each.article_id, each.root) for each in found.candidates] == [
        ("wire", "wire")
    ]
    assert found.crowded == frozenset()


def test_a_copy_is_found_by_what_it_adds_and_leads_to_its_original(unit, index):
    index("wire", [1, 2, 3])
    index("local", [1, 2, 3, 50, 51, 52], root="wire")
    (found,) = neighbours(unit, "asked", [1, 2, 50, 51, 52])
    assert (found.article_id, found.root) == ("local", "wire")
    stored = unit.articles.get("local")
    assert (found.title, found.text) == (stored.title, stored.text)
    assert found.published_at == stored.published_at


def test_no_hash_has_more_rows_than_its_bound(unit, index):
    for number in range(2 * MAX_ROOTS):
        index(f"a{number}", [1, 2, 3])
    assert unit.shingles.prune(TODAY + timedelta(days=1)) == 3 * (MAX_ROOTS + 1)


def test_what_is_common_is_forgotten_with_time(unit, index):
    for number in range(MAX_ROOTS + 1):
        index(f"a{number}", [1, 2, 3])
    month = TODAY + MEMORY + timedelta(days=1)
    index("new", [1, 2, 3], day=month)
    assert candidates(unit, [1, 2, 3], since=month) == ("new",)


def test_pruning_forgets_older_days_only(unit, index):
    index("old", [1, 2, 3], day=TODAY - timedelta(days=1))
    index("new", [1, 2, 3])
    assert unit.shingles.prune(TODAY) == 3
    assert candidates(unit, [1, 2, 3], since=TODAY - MEMORY) == ("new",)


def test_an_article_without_hashes_has_no_candidates(unit, index):
    index("empty", [])
    assert candidates(unit, []) == ()


def furniture(unit, bottom, site="wire.test", since=TODAY):
    return near(unit, "asked", bottom, site=site, since=since, most=3).furniture


def test_what_many_texts_of_a_site_share_is_its_furniture(unit, index):
    footer = [1, LATER, 3]
    for number in range(3):
        index(f"a{number}", [*footer, 100 + number], site="wire.test")
    assert furniture(unit, footer) == frozenset()
    index("fourth", footer[:2], site="wire.test")
    assert furniture(unit, [*footer, 100, 999]) == {1, LATER}


def test_other_sites_and_other_days_make_no_furniture(unit, index):
    for number in range(3):
        index(f"a{number}", [1], site="wire.test")
    index("other site", [1], site="herald.test")
    index("no site", [1])
    index("yesterday", [1], site="wire.test", day=TODAY - timedelta(days=1))
    assert furniture(unit, [1]) == frozenset()
    assert furniture(unit, [1], since=TODAY - timedelta(days=1)) == {1}


def test_furniture_alone_makes_no_candidate(unit, index):
    for number in range(4):
        index(f"a{number}", [1, 2, 3, 10 + number], site="wire.test")
    asked = {"since": TODAY, "most": 3}
    assert near(unit, "here", [1, 2, 3], site="wire.test", **asked).candidates == ()
    assert len(near(unit, "there", [1, 2, 3], site="else", **asked).candidates) == 4


def test_what_the_archive_lost_is_no_candidate(unit, index):
    index("kept", [1, 2, 3])
    found = near(unit, "asked", [7])
    gone = replace(found, numbers={"gone": 10**6})
    unit.shingles.add("gone", [4, 5, 6], gone, day=TODAY)
    assert candidates(unit, [1, 2, 3, 4, 5, 6]) == ("kept",)


def test_the_parts_of_pruning_make_a_whole(unit, index):
    spread = [number * 2**64 // 50 for number in range(50)]
    index("old", [*spread, 2**64 - 1], day=TODAY - timedelta(days=1))
    index("new", spread)
    gone = [unit.shingles.prune(TODAY, part=part, of=7) for part in range(7)]
    assert sum(gone) == len(spread) + 1
    assert min(gone) > 0
    assert candidates(unit, spread, since=TODAY - MEMORY) == ("new",)
