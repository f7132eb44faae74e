"""Running stories are found by what they share, at a cost that does not grow."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from storage import running as rules
from storage import story_keys
from storage.database import Store
from storage.stories import Stories
from tests.storage.records import NOW, story

SINCE = NOW - timedelta(days=14)
HIGHEST = 2**64 - 1


def found(unit, *keys, topic="port-fires", since=SINCE):
    return [each.id for each in unit.stories.near(topic, keys, since=since)]


def fill(unit, count, *, shared=7):
    """Stories that all have one key, and each one of its own."""
    for number in range(count):
        name = f"s{number}"
        at = NOW - timedelta(minutes=count - number)
        unit.stories.add(story(name, changed_at=at))
        unit.stories.index(name, (shared, 1_000_000 + number), changed_at=at)


def test_a_story_is_found_by_a_key_however_many_changed_since(unit):
    fill(unit, 60)
    assert "s3" in found(unit, 1_000_003)
    assert "s3" not in found(unit, 7, 1_000_004)
    assert len(found(unit)) == rules._RECENT


def test_the_stories_come_in_the_order_of_their_opening(unit):
    fill(unit, 40)
    ids = found(unit, 1_000_030, 1_000_001, 1_000_002)
    assert ids == sorted(ids, key=lambda name: int(name[1:]))


def test_of_many_that_share_a_key_those_that_share_more_come_first(unit):
    fill(unit, 100)
    unit.stories.index("s2", (7, 8, 9), changed_at=NOW)
    kept = found(unit, 7, 8, 9)
    assert "s2" in kept
    assert len(kept) <= story_keys._NEAR + rules._RECENT


def test_a_story_that_sleeps_or_is_of_another_topic_is_not_found(unit):
    old = SINCE - timedelta(days=1)
    for name, topic, at in (("old", "port-fires", old), ("other", "strikes", NOW)):
        unit.stories.add(story(name, topic=topic, changed_at=at))
        unit.stories.index(name, (5, HIGHEST), changed_at=at)
    assert found(unit, 5, HIGHEST) == []
    assert found(unit, HIGHEST, topic="strikes") == ["other"]
    assert found(unit, 5, since=old) == ["old"]


def test_a_story_is_found_by_its_latest_keys_only(unit):
    fill(unit, 40)
    unit.stories.index("s1", (HIGHEST, 0), changed_at=NOW)
    assert "s1" in found(unit, 0)
    assert "s1" not in found(unit, 1_000_001)
    unit.stories.index("s1", (), changed_at=NOW)
    assert "s1" not in found(unit, 0, HIGHEST)


def test_as_many_keys_as_an_article_can_have_are_asked_at_once(unit):
    fill(unit, 40)
    assert "s5" in found(unit, *range(200), 1_000_005)


def test_no_more_is_read_of_three_hundred_stories_than_the_limits_say(store):
    sent = []
    with store.unit() as unit:
        fill(unit, 300)

    def remember(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    event.listen(store._writing, "before_cursor_execute", remember)
    with store.unit() as unit:
        loaded = found(unit, 7, 1_000_001)
    event.remove(store._writing, "before_cursor_execute", remember)
    assert len([one for one in sent if one.startswith("SELECT")]) == 3
    assert "s1" in loaded
    assert len(loaded) <= story_keys._POSTINGS + 1 + rules._RECENT


CHANGES = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 90), st.integers(0, 90)), max_size=60
)


@given(changes=CHANGES)
@settings(max_examples=25, deadline=None)
def test_a_unit_finds_what_it_has_not_written_yet_as_if_it_had(changes):
    """Stories open, go on and are set back; whoever asks, and since when."""
    store = Store.open("sqlite://")
    opened = set()
    with store.unit() as unit:
        for number, changed, since in changes:
            at = NOW - timedelta(days=changed)
            told = story(f"s{number}", changed_at=at, articles=changed)
            if number in opened:
                unit.stories.save(told)
            else:
                unit.stories.add(told)
            unit.stories.index(told.id, (number, 7, 100 + changed % 3), changed_at=at)
            opened.add(number)
            asked = "port-fires", (7, number + 1, 100 + since % 3)
            day = NOW - timedelta(days=since)
            near = unit.stories.near(*asked, since=day)
            unit.write()
            assert Stories(unit._connection).near(*asked, since=day) == near
    store.close()
