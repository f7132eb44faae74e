from datetime import timedelta

import pytest

from detectors.model import DuplicateReason
from flows.desk import Desk
from flows.follow import follow_articles
from flows.replay import replay
from flows.retention import forget_shingles, forget_when_due
from flows.seeds import load_seeds
from storage.database import Store
from tests.flows.wire_copy import DAWN, FESTIVAL, FIRST, article

YEAR = timedelta(days=365)
FOOTER = (
    "Write to the night desk before four if you saw what we did not. The paper is read "
    "in nine valleys, takes no money from quarries and never sleeps on Saturdays. "
    "Our printers are on Mill Lane, where the old tram turned; ask for the foreman. "
    "Readers who move house should tell the office of their new street by Thursday."
)
LINES = [
    "The heron of Oster came home",
    "Krevo paints its pier green",
    "A kite fell on the Lissa church",
    "Goats ate the Vilna minutes",
    "Barge with pears stuck at Halych",
    "Bell of Corrin rings once more",
    "Fox asleep in Monteith library",
    "Harbour lamps lit early tonight",
    "Plum harvest began at Dorna",
    "Reed cutters walk to Selm",
]


@pytest.fixture(scope="module")
def desk():
    return Desk(seeds=load_seeds(), dry=True)


@pytest.fixture
def store():
    opened = Store.open("sqlite://")
    yield opened
    opened.close()


def brief(number, line, outlet="Valley Post"):
    """A line of news above what the outlet prints under everything."""
    return article(number, f"{line}.\n\n{FOOTER}", source=outlet, title=line)


def test_news_above_a_long_footer_is_never_taken_for_a_copy(store, desk):
    decisions = list(replay(store, desk, tuple(map(brief, range(10), LINES))))
    assert [each.duplicate.original for each in decisions] == [None] * 10
    assert decisions[1].duplicate.reason is DuplicateReason.FURNITURE
    assert decisions[1].duplicate.containment > 0.7


def test_a_site_learns_its_furniture_and_keeps_it_to_itself(store, desk):
    briefs = map(brief, range(10), LINES)
    elsewhere = brief(20, "Gull steals a wig in Tarn", "Tarn News")
    *_, last, other = replay(store, desk, [*briefs, elsewhere])
    assert last.duplicate.nearest is None
    assert other.duplicate.nearest is not None


def test_what_is_too_old_to_be_copied_is_forgotten_and_the_rest_is_not(store, desk):
    list(replay(store, desk, [article(1, FIRST), article(2, FESTIVAL)]))
    assert forget_shingles(store, now=DAWN + timedelta(days=30)) == 0
    assert forget_shingles(store, now=DAWN + YEAR) > 50
    with store.unit() as unit:
        unit.articles.add(article(3, FIRST, source="Late Outlet"))
    (late,) = follow_articles(store, desk, now=DAWN + YEAR)
    assert late.duplicate.original is None


def test_it_is_forgotten_once_a_day(store, desk):
    list(replay(store, desk, [article(1, FIRST)]))
    hours = [YEAR, YEAR + timedelta(hours=1), YEAR + timedelta(hours=25)]
    for after in hours:
        forget_when_due(store, now=DAWN + after)
    with store.unit(reading=True) as unit:
        last, first = unit.runs.recent(9)
    assert first.counts["shingles"] > 20
    assert first.counts["story_keys"] > 3
    assert not any(last.counts.values())
    assert last.started_at == DAWN + hours[2]


def test_a_story_that_sleeps_is_told_but_no_longer_looked_up(store, desk):
    list(replay(store, desk, [article(1, FIRST)]))
    forget_when_due(store, now=DAWN + timedelta(days=20))
    with store.unit(reading=True) as unit:
        (run,) = unit.runs.recent(9)
        assert len(unit.stories.all()) == 1
    assert run.counts["story_keys"] == 0


def test_texts_are_kept_as_long_as_the_desk_says_and_those_of_stories_for_ever(
    store, desk
):
    tells = article(1, FIRST)
    silent = [article(2, FESTIVAL), article(3, FESTIVAL.replace("festival", "fair"))]
    list(replay(store, desk, [tells, *silent]))
    keep = timedelta(days=40)
    forget_when_due(store, now=DAWN + timedelta(days=39), keep_text=keep)
    with store.unit(reading=True) as unit:
        kept = unit.articles.get_many([each.id for each in silent])
        assert all(each.text for each in kept.values())
    forget_when_due(store, now=DAWN + timedelta(days=41), keep_text=keep)
    with store.unit(reading=True) as unit:
        assert unit.articles.get(tells.id) == tells
        for each in silent:
            found = unit.articles.get(each.id)
            assert found is not None
            assert (found.text, found.title) == ("", each.title)
            assert "text-forgotten" in found.flags
            assert unit.decisions.get(each.id) is not None
        run, *_ = unit.runs.recent(9)
    assert run.counts["texts"] == 2


def test_without_a_wish_no_text_is_forgotten(store, desk):
    list(replay(store, desk, [article(2, FESTIVAL)]))
    forget_when_due(store, now=DAWN + YEAR)
    with store.unit(reading=True) as unit:
        assert all(each.text for each in unit.articles.arrived(DAWN))
