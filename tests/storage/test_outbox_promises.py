"""Whatever senders do and whenever they die: nothing doubled, nothing out of order."""

import threading
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from detectors.model import MessageState
from storage.database import Store
from tests.storage.claiming import claim_next
from tests.storage.records import MINUTE, NOW, article, message

SETTLED = {MessageState.SENT, MessageState.HELD, MessageState.REFUSED}


class Delivery(RuleBasedStateMachine):
    """Senders that claim, answer late, die, and look into the channel afterwards."""

    claims: Bundle = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.store = Store.open("sqlite://")
        self.now = NOW
        self.keys = 0
        self.sent = {}
        with self.store.unit() as unit:
            unit.articles.add(article("a1"))

    def teardown(self):
        self.store.close()

    @rule(story=st.sampled_from(["s1", "s2"]), channel=st.sampled_from(["#a", "#b"]))
    def decide(self, story, channel):
        self.keys += 1
        with self.store.unit() as unit:
            assert unit.outbox.add(message(f"k{self.keys}", story, channel=channel))

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(target=claims)
    def claim(self):
        with self.store.unit() as unit:
            taken = claim_next(unit, self.now)
        if taken is not None:
            assert taken.id not in self.sent
        return taken

    @rule(taken=claims)
    def slack_took_it(self, taken):
        if taken is None:
            return
        with self.store.unit() as unit:
            moved = unit.outbox.sent(taken, ts=f"{self.now:%s}.{taken.id}", at=self.now)
        if moved:
            assert taken.id not in self.sent
            self.sent[taken.id] = self.now

    @rule(
        taken=claims,
        step=st.sampled_from(["put_back", "unknown", "held", "refused"]),
    )
    def slack_did_not(self, taken, step):
        if taken is None:
            return
        with self.store.unit() as unit:
            moved = getattr(unit.outbox, step)(taken, problem=step)
        assert not moved or taken.id not in self.sent

    @rule(there=st.booleans())
    def settle(self, there):
        with self.store.unit() as unit:
            unit.outbox.stranded(self.now)
            for lost in unit.outbox.to_settle(self.now, MINUTE):
                if there:
                    assert unit.outbox.sent(lost, ts="found", at=self.now)
                    self.sent[lost.id] = self.now
                else:
                    assert unit.outbox.put_back(lost, problem="")

    @invariant()
    def one_of_a_thread_is_on_its_way_and_the_earlier_are_settled(self):
        threads = defaultdict(list)
        with self.store.unit() as unit:
            for each in unit.outbox.all():
                threads[each.alert.story, each.channel].append(each.state)
        for states in threads.values():
            assert states.count(MessageState.SENDING) <= 1
            for place, state in enumerate(states):
                if state is MessageState.SENDING:
                    assert set(states[:place]) <= SETTLED, states

    @invariant()
    def what_was_sent_stays_sent(self):
        with self.store.unit() as unit:
            still = {each.id for each in unit.outbox.in_state(MessageState.SENT)}
            counts = unit.outbox.counts()
        assert sum(counts.values()) == self.keys
        assert still == set(self.sent)


Delivery.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None
)
TestDelivery = Delivery.TestCase


@pytest.mark.parametrize("senders", [4])
def test_senders_that_claim_at_once_never_take_the_same_message(url, senders):
    store = Store.open(url)
    with store.unit() as unit:
        unit.articles.add(article("a1"))
        for number in range(24):
            unit.outbox.add(message(f"k{number}", f"s{number}"))
    taken, start = [], threading.Barrier(senders)

    def send():
        start.wait()
        while True:
            with store.unit() as unit:
                found = claim_next(unit, NOW)
                left = unit.outbox.free_at(NOW)
            if found is not None:
                taken.append(found.key)
            elif left is None:  # else another was claiming in that channel
                return

    workers = [threading.Thread(target=send) for _ in range(senders)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store.close()
    assert sorted(taken) == sorted(f"k{number}" for number in range(24))
