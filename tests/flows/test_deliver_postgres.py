"""The outbox on PostgreSQL, where two senders really run at once."""

import asyncio

import pytest

from detectors.model import MessageState
from flows.demo.slack import TOKEN, Fault, loopback_slack
from flows.slack.client import SlackPoster
from storage.database import Store
from tests.flows.killable import Errand, Hands, in_child, start
from tests.flows.outpost import outpost, share_a_flood, tolls_in
from tests.flows.test_deliver import (
    DAY,
    ONCE,
    assert_threads,
    deliver,
    frozen_and_woken,
    states,
    stock,
    until_sent,
)
from tests.servers.postgres import find_binaries, running_postgres

BINARIES = find_binaries()

pytestmark = pytest.mark.skipif(
    BINARIES is None, reason="PostgreSQL (initdb, postgres) is not installed here"
)


@pytest.fixture(scope="module")
def postgres():
    assert BINARIES is not None
    with running_postgres(BINARIES) as server:
        yield server


@pytest.fixture
def url(postgres):
    made = postgres.url(postgres.create())
    store = Store.open(made)
    stock(store, DAY)
    store.close()
    return made


def finish(url, slack, hands):
    """Start once more and look at what stands in the end."""
    store = Store.open(url)
    poster = SlackPoster(TOKEN, base_url=slack.base_url)
    asyncio.run(until_sent(store, poster, hands))
    assert set(states(store)) == {MessageState.SENT}
    store.close()
    assert slack.keys == ONCE
    assert_threads(slack)


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.DROPPED, Fault.THROTTLED])
def test_two_senders_at_once_send_each_message_once(url, fault):
    """E21 on PostgreSQL."""
    hands = Hands()
    with loopback_slack(now=hands.now, faults=[Fault.NONE, fault]) as slack:
        errand = Errand(url, slack.base_url, hands.ahead, dies_at=None)
        both = [start(errand) for _ in range(2)]
        for child in both:
            child.join(30)
            assert child.exitcode == 0
        finish(url, slack, hands)


@pytest.mark.parametrize("at", [2, 3, 4, 7])
def test_a_sender_frozen_past_its_lease_and_woken_doubles_nothing(url, at):
    """E22 on PostgreSQL."""
    hands = Hands()
    with loopback_slack(now=hands.now) as slack:
        assert frozen_and_woken(url, slack, hands, at)
        finish(url, slack, hands)


@pytest.mark.parametrize("dies_at", [5, 7, 8, 9, 10, 14, 20])
def test_a_killed_sender_loses_nothing_and_doubles_nothing(url, dies_at):
    hands = Hands()
    with loopback_slack(now=hands.now) as slack:
        errand = Errand(url, slack.base_url, hands.ahead, dies_at=dies_at)
        assert in_child(errand)
        finish(url, slack, hands)


@pytest.fixture
def post(postgres):
    with outpost(postgres.url(postgres.create())) as made:
        yield made


async def test_roots_are_edited_and_later_states_are_one_message(post):
    """E20 and the thread of a story, on PostgreSQL."""
    for killed in (3, 7):
        post.decide("s1", killed)
    first = await post.deliver()
    post.decide("s1", 9)
    second = await post.deliver()
    assert (first.sent, first.folded) == (1, 1)
    assert (second.sent, second.edited) == (1, 1)
    assert tolls_in(post.root_of("s1")) == [9]


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.DROPPED, Fault.THROTTLED])
async def test_two_senders_share_a_flood_and_double_nothing(post, fault):
    """E21 with E34: digests, critical stories and edits, two processes at once."""
    await share_a_flood(post, fault)


async def test_an_outbox_is_the_same_on_both(url):
    hands = Hands()
    with loopback_slack(now=hands.now) as slack:
        store = Store.open(url)
        poster = SlackPoster(TOKEN, base_url=slack.base_url)
        delivered = await deliver(store, poster, hands)
        store.close()
    assert delivered.sent == 4
    assert_threads(slack)
