"""However a stream is cut into units, every step reads the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import Outcome
from storage.database import Store
from storage.shingles import Asked
from tests.storage.conftest import BOTH, make_empty
from tests.storage.records import (
    NOW,
    article,
    claim,
    decision,
    development,
    message,
    story,
)

WINDOW = timedelta(days=1)


def follow(unit, number, bottom):
    """Decide on an article as the flow does; everything that was read on the way."""
    name, now = f"a{number}", NOW + timedelta(hours=number)
    unit.articles.add(article(name))
    near = unit.shingles.near(name, bottom, Asked(since=now.date(), min_shared=1))
    roots = {each.article_id: each.root for each in near.candidates}
    assert roots == unit.decisions.roots_of(roots)
    original = next(iter(roots.values()), None)
    unit.shingles.add(name, bottom, near, day=now.date(), root=original)
    running = unit.stories.near("port-fires", bottom, since=now - WINDOW)
    assert running == unit.stories.active("port-fires", now - WINDOW)
    home = next((each for each in running if sum(bottom) % 2), None)
    if home is None:
        home = story(f"s{number}", opened_at=now, changed_at=now)
        unit.stories.add(home)
    else:
        home = replace(home, changed_at=now, articles=home.articles + 1)
        unit.stories.save(home)
    assert unit.stories.get(home.id) == home
    unit.stories.index(home.id, bottom[:3], changed_at=now)
    waited = develop(unit, home, name)
    unit.stories.add_member(home.id, name)
    unit.stories.add_claims(home.id, [claim(home.id, article_id=name, value=number)])
    outcome = Outcome.DUPLICATE if original else Outcome.ALERTED
    unit.decisions.add(decision(name, outcome, original=original), decided_at=now)
    told = unit.outbox.add(message(f"k{number % 7}", home.id, article_id=name))
    ledger = [each.value for each in unit.stories.claims(home.id)]
    waiting = [each.id for each in unit.articles.undecided(5)]
    seen = near, roots, running, waited, home.id, ledger, waiting, told
    return *seen, unit.decisions.counts()


def develop(unit, home, name):
    """Let a figure come and go, and wait to be told of it; what waited before."""
    times = len(unit.stories.claims(home.id)) % 2
    change = development(story=home.id, old=times, new=1 - times)
    waited = unit.stories.waiting(home.id)
    unit.stories.settle(home.id, [each.development for each in waited[:1]])
    unit.stories.add_developments(home.id, name, [change], at=NOW, waiting=[change])
    return waited


def read_along(url, stream, cuts):
    """Follow the stream, beginning a new unit before each article in ``cuts``."""
    store = Store.open(url)
    seen = []
    with store.unit() as unit:
        for number, bottom in enumerate(stream):
            if number in cuts:
                unit.commit()
            seen.append(follow(unit, number, bottom))
    store.close()
    return seen


streams = st.lists(st.lists(st.integers(0, 20), max_size=4, unique=True), max_size=12)


@given(stream=streams, cuts=st.sets(st.integers(0, 12)))
@settings(max_examples=30, deadline=None)
def test_the_cut_into_units_changes_nothing(stream, cuts):
    whole = read_along("sqlite://", stream, cuts=set())
    assert read_along("sqlite://", stream, cuts) == whole


@pytest.mark.parametrize("database", BOTH)
def test_both_databases_read_the_same(request, database, tmp_path):
    stream = [[(7 * n + k * k) % 19 for k in range(n % 4)] for n in range(40)]
    stream = [list(dict.fromkeys(bottom)) for bottom in stream]
    expected = read_along("sqlite://", stream, cuts=set())
    url = f"sqlite:///{tmp_path / 'tocsin.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("migrated")
    assert read_along(url, stream, cuts={3, 4, 20}) == expected
    if database == "postgresql":
        make_empty(url)
