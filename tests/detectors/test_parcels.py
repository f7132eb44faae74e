"""What goes out together, decided on messages alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import (
    Alert,
    AlertKind,
    Development,
    DevelopmentKind,
    Message,
    Severity,
)
from detectors.parcels import (
    BURST,
    DIGEST_PART,
    LOUD,
    MOST_TOLD,
    is_flood,
    next_parcel,
)

AT = datetime(2026, 3, 1, 6, 40, tzinfo=UTC)


def waiting(number, story, *tolls, article=None, **about):
    """The ``number``-th message, about ``story``, which tells those tolls."""
    told = tuple(
        Development(
            topic="quay-fires",
            story=story,
            slot=slot,
            old=None,
            new=value,
            kind=DevelopmentKind.NEW,
        )
        for slot, value in zip(("killed", "injured", "missing"), tolls, strict=False)
    )
    alert = Alert(
        topic="quay-fires",
        story=story,
        developments=told,
        sources=(),
        **{"kind": AlertKind.NEW, "severity": Severity.MAJOR, **about},
    )
    return Message(
        id=number,
        key=f"k{number}",
        channel="#quays",
        alert=alert,
        headline="Silo burns",
        topic_title="Quay fires",
        article_id=article or f"a{number}",
        article_title="Silo burns",
        article_source="Meridian Wire",
        url="https://meridian.test/silo",
        decided_at=AT,
    )


def ids(parcel):
    return parcel.lead.id, [each.id for each in parcel.folded]


def all_parcels(messages, standing=()):
    """Everything that goes out, in order."""
    left, begun, parcels = list(messages), set(standing), []
    loud: set[str] | None = None
    while left:
        if loud is None and is_flood(left, standing=begun):
            loud = set()
        parcel = next_parcel(left, standing=begun, loud=loud)
        if not parcel.is_digest:
            begun.add(parcel.lead.alert.story)
            if loud is not None:
                loud.add(parcel.lead.alert.story)
        gone = {parcel.lead.id, *(each.id for each in parcel.folded)}
        left = [each for each in left if each.id not in gone]
        parcels.append(parcel)
    return parcels


def test_a_root_takes_along_what_waits_of_its_story():
    day = [waiting(1, "s1", 3), waiting(2, "s2", 3), waiting(3, "s1", 7)]
    assert ids(next_parcel(day, standing=())) == (1, [3])


def test_a_reply_goes_by_itself():
    day = [waiting(1, "s1", 3), waiting(3, "s1", 7)]
    assert ids(next_parcel(day, standing={"s1"})) == (1, [])


def test_where_a_story_goes_on_is_told_by_itself():
    pointer = waiting(2, "s1", kind=AlertKind.CORRECTION)
    day = [waiting(1, "s1", 3), pointer, waiting(3, "s1", 7)]
    assert ids(next_parcel(day, standing=())) == (1, [3])


def test_of_one_article_in_two_stories_the_fuller_message_tells_both():
    day = [
        waiting(1, "s1", 3, article="same"),
        waiting(2, "s2", 3, 20, article="same"),
        waiting(3, "s3", 4, article="same"),
    ]
    assert ids(next_parcel(day, standing={"s1", "s2"})) == (2, [1])


def test_an_earlier_message_of_its_story_keeps_a_fuller_one_back():
    day = [
        waiting(1, "s1", 3, article="same"),
        waiting(2, "s2", 9),
        waiting(3, "s2", 3, 20, article="same"),
    ]
    assert ids(next_parcel(day, standing={"s1", "s2"})) == (1, [])


def test_another_article_is_told_for_itself():
    day = [waiting(1, "s1", 3), waiting(2, "s2", 3)]
    assert ids(next_parcel(day, standing={"s1", "s2"})) == (1, [])


def test_a_correction_is_told_in_its_own_thread():
    kind = AlertKind.CORRECTION
    day = [
        waiting(1, "s1", 3, article="same", kind=kind),
        waiting(2, "s2", 3, 20, article="same", kind=kind),
    ]
    assert ids(next_parcel(day, standing={"s1", "s2"})) == (1, [])


@pytest.mark.parametrize(("stories", "flooded"), [(BURST, False), (BURST + 1, True)])
def test_more_posts_than_a_burst_are_a_flood(stories, flooded):
    day = [waiting(n, f"s{n % stories}", n) for n in range(3 * stories)]
    assert is_flood(day, standing=()) is flooded


def test_a_digest_is_led_by_the_most_severe_and_then_the_oldest():
    day = [
        waiting(n, f"s{n}", n, severity=Severity.MAJOR if n > 5 else Severity.NOTICE)
        for n in range(BURST + 5)
    ]
    assert next_parcel(day, standing=(), loud=()).lead.id == 6


def test_a_digest_takes_whole_stories():
    day = [waiting(n, f"s{n % (DIGEST_PART + 1)}", n) for n in range(100)]
    parcel = next_parcel(day, standing=(), loud=())
    stories = {each.alert.story for each in (parcel.lead, *parcel.folded)}
    assert len(stories) == DIGEST_PART
    assert len(parcel.folded) + 1 == sum(m.alert.story in stories for m in day)


@pytest.mark.parametrize("loud", [None, ()])
@pytest.mark.parametrize("stories", [1, 7, DIGEST_PART])
def test_a_post_tells_no_more_than_can_be_marked_on_it(stories, loud):
    day = [waiting(n, f"s{n % stories}", n) for n in range(5 * MOST_TOLD)]
    parcel = next_parcel(day, standing=(), loud=loud)
    told = [parcel.lead, *parcel.folded]
    assert len(told) <= MOST_TOLD
    assert parcel.is_digest is (loud is not None and stories > 1)
    for story in {each.alert.story for each in told}:
        waits = [each.id for each in day if each.alert.story == story]
        gone = sorted(each.id for each in told if each.alert.story == story)
        assert gone == waits[: len(gone)]


def test_a_few_critical_stories_go_first_and_alone():
    day = [
        waiting(n, f"s{n}", n, severity=Severity.CRITICAL if n % 4 else Severity.NOTICE)
        for n in range(40)
    ]
    alone = [parcel for parcel in all_parcels(day) if not parcel.is_digest]
    assert [parcel.lead.id for parcel in alone][:LOUD] == [1, 2, 3]
    assert all(parcel.is_digest for parcel in all_parcels(day)[LOUD:])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([f"s{n}" for n in range(25)]),
            st.lists(st.integers(1, 3), max_size=3),
            st.sampled_from(["a1", "a2", "a3", None]),
            st.sampled_from(list(AlertKind)),
            st.sampled_from(list(Severity)),
        ),
        min_size=1,
        max_size=60,
    ),
    st.sets(st.sampled_from([f"s{n}" for n in range(25)])),
)
def test_whatever_waits_all_of_it_goes_out_once_and_in_order(rows, standing):
    day = [
        waiting(n, story, *tolls, article=article, kind=kind, severity=severity)
        for n, (story, tolls, article, kind, severity) in enumerate(rows)
    ]
    parcels = all_parcels(day, standing)
    told = [each.id for parcel in parcels for each in (parcel.lead, *parcel.folded)]
    assert sorted(told) == [each.id for each in day]
    for parcel in parcels:
        if not parcel.is_digest:
            continue
        assert len({m.alert.story for m in (parcel.lead, *parcel.folded)}) > 1
    single = [p.lead for p in parcels if not p.is_digest]
    for story in {each.alert.story for each in single}:
        order = [each.id for each in single if each.alert.story == story]
        assert order == sorted(order)
