from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import MessageState
from tests.storage.claiming import LEASE, claim_next
from tests.storage.records import AWKWARD, MINUTE, NOW, alert, article, message


@pytest.fixture
def add(unit):
    """Put messages into the outbox; they come back as stored."""
    unit.articles.add(article("a1"))

    def add(*messages):
        assert all(unit.outbox.add(each) for each in messages)
        return unit.outbox.all()[-len(messages) :]

    return add


@pytest.fixture
def claim(unit):
    return lambda now=NOW: claim_next(unit, now)


def test_a_message_comes_back_as_it_was_put(unit, add):
    told = message(AWKWARD, alert=alert(reason=AWKWARD), headline=AWKWARD, url=AWKWARD)
    (stored,) = add(told)
    assert stored == replace(told, id=stored.id)
    assert unit.outbox.get(stored.id) == stored
    assert unit.outbox.get(stored.id + 1) is unit.outbox.get(10**30) is None


def test_nothing_is_put_in_twice(unit, add):
    add(message("k1"))
    assert not unit.outbox.add(message("k1", headline="again"))
    assert len(unit.outbox.all()) == 1


def test_a_claim_begins_an_attempt(unit, add, claim):
    (stored,) = add(message(problem="asked to wait"))
    taken = claim()
    assert taken == replace(
        stored, state=MessageState.SENDING, attempt=1, started_at=NOW, problem=""
    )
    assert unit.outbox.get(stored.id) == taken
    assert claim() is None


def test_messages_go_out_in_the_order_of_deciding(add, claim):
    add(message("k1", "s1"), message("k2", "s2"))
    assert [claim().key, claim().key, claim()] == ["k1", "k2", None]


def settle_sent(outbox, taken):
    outbox.sent(taken, ts="1.1", at=NOW)


def settle_refused(outbox, taken):
    outbox.refused(taken, problem="channel_not_found")


def settle_held(outbox, taken):
    outbox.held(taken, problem="cannot look")


@pytest.mark.parametrize("settle", [settle_sent, settle_refused, settle_held])
def test_a_storys_next_message_goes_once_the_one_before_is_settled(
    unit, add, claim, settle
):
    add(message("k1"), message("k2"), message("other", "s2"))
    taken = claim()
    assert claim().key == "other"
    assert claim() is None
    settle(unit.outbox, taken)
    assert claim().key == "k2"


def test_a_storys_next_message_waits_while_the_one_before_is_put_back(unit, add, claim):
    add(message("k1"), message("k2"))
    unit.outbox.put_back(claim(), problem="429")
    again = claim()
    assert (again.key, again.attempt) == ("k1", 2)


def test_a_storys_next_message_waits_while_the_one_before_is_unknown(unit, add, claim):
    add(message("k1"), message("k2"))
    unit.outbox.unknown(claim(), problem="connection reset")
    assert claim(NOW + MINUTE) is None


def test_another_channel_does_not_wait(add, claim):
    add(message("k1"), message("k2", channel="#other"))
    assert [claim().key, claim().key] == ["k1", "k2"]


def test_a_story_is_answered_in_its_thread(unit, add, claim):
    add(message("k1"), message("k2"), message("k3", channel="#other"))
    unit.outbox.sent(claim(), ts="17.5", at=NOW + MINUTE)
    unit.threads.stand("s1", "#desk", ts="17.5", at=NOW + MINUTE)
    second, third = claim(), claim()
    assert (second.key, second.thread_ts) == ("k2", "17.5")
    assert (third.key, third.thread_ts) == ("k3", None)


def test_what_was_sent_says_where_and_when(unit, add, claim):
    add(message())
    taken = claim()
    assert unit.outbox.sent(taken, ts="1.2", at=NOW + MINUTE, thread_ts="1.0")
    stored = unit.outbox.get(taken.id)
    assert stored.state is MessageState.SENT
    assert (stored.ts, stored.thread_ts, stored.sent_at) == ("1.2", "1.0", NOW + MINUTE)


def test_what_was_sent_is_never_moved_again(unit, add, claim):
    add(message())
    taken = claim()
    unit.outbox.sent(taken, ts="1.2", at=NOW)
    assert not unit.outbox.put_back(taken, problem="late")
    assert not unit.outbox.unknown(taken, problem="late")
    assert not unit.outbox.held(taken, problem="late")
    assert not unit.outbox.refused(taken, problem="late")
    assert not unit.outbox.sent(taken, ts="9.9", at=NOW)
    assert unit.outbox.get(taken.id).ts == "1.2"


def test_an_attempt_whose_lease_ended_does_not_move_a_later_one(unit, add, claim):
    add(message())
    late = claim()
    unit.outbox.stranded(NOW + LEASE)
    (lost,) = unit.outbox.to_settle(NOW + LEASE)
    unit.outbox.put_back(lost, problem="not in the history")
    current = claim(NOW + LEASE)
    assert not unit.outbox.put_back(late, problem="refused")
    assert not unit.outbox.unknown(late, problem="reset")
    assert unit.outbox.get(current.id) == current


def test_an_answer_that_comes_late_still_counts_as_sent(unit, add, claim):
    add(message())
    late = claim()
    unit.outbox.stranded(NOW + LEASE)
    assert unit.outbox.sent(late, ts="1.2", at=NOW + LEASE)
    assert unit.outbox.to_settle(NOW + LEASE) == ()


def test_a_lost_sender_leaves_its_message_unknown_at_the_end_of_the_lease(
    unit, add, claim
):
    add(message())
    taken = claim()
    assert unit.outbox.stranded(NOW + LEASE - timedelta(microseconds=1)) == 0
    assert unit.outbox.stranded(NOW + LEASE) == 1
    stored = unit.outbox.get(taken.id)
    assert (stored.state, stored.problem) == (
        MessageState.UNKNOWN,
        "the sender was lost",
    )


def test_an_unknown_message_is_looked_for_after_the_window(unit, add, claim):
    add(message())
    taken = claim()
    unit.outbox.unknown(taken, problem="timeout")
    assert unit.outbox.to_settle(NOW + MINUTE, 2 * MINUTE) == ()
    (found,) = unit.outbox.to_settle(NOW + 2 * MINUTE, 2 * MINUTE)
    assert (found.id, found.problem) == (taken.id, "timeout")


def test_a_held_message_can_be_released(unit, add, claim):
    (held,) = add(message(state=MessageState.HELD, problem="quiet hours"))
    assert claim() is None
    assert unit.outbox.put_back(held, problem="")
    assert claim().id == held.id


def test_messages_are_listed_by_story_by_article_and_by_age(unit, add):
    unit.articles.add(article("a2"))
    add(message("k1"), message("k2", "s2", article_id="a2"), message("k3"))
    outbox = unit.outbox
    assert [each.key for each in outbox.recent(2)] == ["k3", "k2"]
    assert [each.key for each in outbox.of_story("s1")] == ["k1", "k3"]
    assert [each.key for each in outbox.of_article("a2")] == ["k2"]


def test_messages_are_counted_by_state(unit, add, claim):
    add(message("k1"), message("k2", "s2"), message("k3", "s3"))
    claim()
    assert unit.outbox.counts() == {
        MessageState.PENDING: 2,
        MessageState.SENDING: 1,
    }
    waiting = unit.outbox.in_state(MessageState.PENDING, MessageState.HELD)
    assert [each.key for each in waiting] == ["k2", "k3"]


def test_two_senders_never_hold_the_same_message(store):
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        for number in range(4):
            unit.outbox.add(message(f"k{number}", f"s{number}"))
    taken = []
    for _ in range(2):
        with store.unit() as one:
            taken.append(claim_next(one, NOW))
        with store.unit() as other:
            taken.append(claim_next(other, NOW))
    assert [each and each.key for each in taken] == ["k0", "k1", "k2", "k3"]
