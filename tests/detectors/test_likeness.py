"""Stories of a topic that has only words to tell them apart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest

from detectors.likeness import liken
from detectors.model import Story, StoryProfile, Vocabulary
from detectors.vocabulary import BUCKETS, REMEMBERED, Rarities, counted

AT = datetime(2026, 5, 4, tzinfo=UTC)
DAYS = timedelta(days=1)
USUAL = "ferri harbour captain crew port water"


def terms(text: str) -> dict[str, float]:
    return dict.fromkeys(text.split(), 1.0)


def story(name: str, text: str, *, changed_at: datetime = AT) -> Story:
    return Story(
        id=name,
        topic="ferries",
        headline="",
        opened_at=changed_at,
        changed_at=changed_at,
        profile=StoryProfile(terms=terms(text)),
    )


@pytest.fixture
def vocabulary() -> Vocabulary:
    """Two hundred articles that all have the usual words, and one of their own."""
    known = Vocabulary(topic="ferries")
    for number in range(200):
        known = counted(known, [*USUAL.split(), f"other{number}"])
    return known


def best(part: str, *stories: Story, vocabulary: Vocabulary, now: datetime = AT):
    profile = StoryProfile(terms=terms(part))
    return liken(profile, stories, vocabulary=vocabulary, now=now)[0]


def test_a_rare_word_tells_more_than_all_the_usual_ones(vocabulary):
    usual = story("usual", USUAL)
    rare = story("rare", "ferri gangway boiler")
    found = best(f"{USUAL} boiler", usual, rare, vocabulary=vocabulary)
    assert found.story is rare


def test_the_same_words_under_other_names_are_less_alike(vocabulary):
    words = "ferri aground sandbank tide"
    here = story("here", f"{words} @osprey @havre")
    there = story("there", f"{words} @kestre @odden")
    found = best(f"{words} @kestre @odden", here, there, vocabulary=vocabulary)
    alone = best(f"{words} @heron @malmo", here, vocabulary=vocabulary)
    assert found.story is there
    assert found.points > 0 >= alone.points


def test_what_fits_two_stories_fits_each_of_them_less(vocabulary):
    part = "ferri aground sandbank"
    one, other = story("a", part), story("b", part)
    alone = best(part, one, vocabulary=vocabulary)
    beside = best(part, one, other, vocabulary=vocabulary)
    assert beside.points == pytest.approx(alone.points / 2, abs=1e-3)
    assert beside.evidence["rival"] < 0


def test_likeness_fades_with_the_days_and_is_never_gone(vocabulary):
    old = story("a", "ferri aground sandbank")
    later = [
        best("aground sandbank", old, vocabulary=vocabulary, now=AT + age * DAYS).points
        for age in (0, 1, 9, 60)
    ]
    assert all(before > after > 0 for before, after in pairwise(later))
    assert later[2] == pytest.approx(later[0] / 2, rel=0.01)


def test_the_order_of_stories_and_of_articles_counted_changes_nothing(vocabulary):
    several = [story(name, f"ferri tide {name}") for name in "abc"]
    answers = {
        tuple(
            (one.story.id, one.points)
            for one in liken(
                StoryProfile(terms=terms("ferri tide a b")),
                order,
                vocabulary=vocabulary,
                now=AT,
            )
        )
        for order in permutations(several)
    }
    assert len(answers) == 1
    one = counted(counted(vocabulary, ["tide"]), ["crane", "tide"])
    assert one == counted(counted(vocabulary, ["tide", "crane"]), ["tide"])


def test_a_vocabulary_does_not_grow_and_forgets_by_halves():
    known = Vocabulary(
        topic="ferries",
        articles=REMEMBERED - 1,
        counts=(b"\xff\x7f" * BUCKETS),
    )
    halved = counted(known, ["tide"])
    assert halved.articles == REMEMBERED // 2
    assert len(halved.counts) == len(known.counts)
    assert Rarities(halved)["tide"] > 0


def test_no_count_can_overflow_before_it_is_halved():
    assert REMEMBERED < 1 << 16


def test_a_story_that_shares_nothing_is_not_alike(vocabulary):
    found = best("gangway", story("a", "boiler @odden"), vocabulary=vocabulary)
    assert found.points == 0
