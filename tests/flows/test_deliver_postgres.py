"""The outbox on PostgreSQL; `tests.sweep` kills senders there, and has two at once."""

from contextlib import closing

import pytest

from flows.demo.slack import TOKEN, loopback_slack
from flows.slack.client import SlackPoster
from storage.database import Store
from tests.flows.outpost import outpost, tolls_in
from tests.flows.test_deliver import DAY, assert_threads, deliver, stock
from tests.servers.postgres import find_binaries, running_postgres
from tests.sweep.points import Shared

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


async def test_an_outbox_is_the_same_on_both(url, tmp_path):
    with (
        closing(Shared(tmp_path / "clock")) as hands,
        loopback_slack(now=hands.now) as slack,
        closing(Store.open(url)) as store,
    ):
        poster = SlackPoster(TOKEN, base_url=slack.base_url)
        delivered = await deliver(store, poster, hands)
    assert delivered.sent == 4
    assert_threads(slack)
