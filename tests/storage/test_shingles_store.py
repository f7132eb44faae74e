from datetime import timedelta

import pytest

from storage.shingles import MAX_COPIES, MAX_ROOTS, MEMORY
from tests.storage.records import NOW, article

TODAY = NOW.date()
LATER = 2**63  # hashes that would not fit a signed column


@pytest.fixture
def index(unit):
    """Add an article with its hashes."""

    def index(name, bottom, **more):
        unit.articles.add(article(name))
        unit.shingles.add(name, bottom, **({"day": TODAY} | more))

    return index


def candidates(unit, bottom, **more):
    return unit.shingles.candidates(bottom, **({"since": TODAY} | more))


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
    found = candidates(unit, wire, limit=100)
    assert found[0] == "wire"
    assert len(found) == MAX_COPIES


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
    return unit.shingles.furniture(bottom, site=site, since=since, most=3)


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


def test_what_passed_for_copies_becomes_furniture_too(unit, index):
    index("first", [1], site="wire.test")
    for number in range(3):
        index(f"copy{number}", [1], site="wire.test", root="first")
    assert furniture(unit, [1]) == {1}


def test_the_parts_of_pruning_make_a_whole(unit, index):
    spread = [number * 2**64 // 50 for number in range(50)]
    index("old", [*spread, 2**64 - 1], day=TODAY - timedelta(days=1))
    index("new", spread)
    gone = [unit.shingles.prune(TODAY, part=part, of=7) for part in range(7)]
    assert sum(gone) == len(spread) + 1
    assert min(gone) > 0
    assert candidates(unit, spread, since=TODAY - MEMORY) == ("new",)
