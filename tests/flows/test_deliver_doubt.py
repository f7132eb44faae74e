"""What is in doubt: read back however slowly, and never sent again meanwhile."""

from datetime import timedelta

import pytest

from detectors.model import MessageState
from flows.demo.slack import TOKEN, Fault
from flows.posting import Dispatch
from flows.slack.client import SlackPoster
from flows.slack.webhook import WebhookPoster
from tests.flows.messages import message
from tests.flows.outpost import outpost

MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


async def in_doubt(post, foreign):
    """A message that was taken, or not, before so many of others."""
    key = post.decide("s1", 3)
    await post.deliver()
    for number in range(foreign):
        post.slack.say(f"{number}")
    post.hands.ahead += 2 * MINUTE
    return key


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.INTERNAL])
async def test_three_hundred_foreign_messages_are_read_at_a_page_a_minute(post, fault):
    """E08: 15 objects a page, one page a minute: it waits, and goes on later."""
    post.slack.faults, post.slack.strict_reading = [fault], True
    key = await in_doubt(post, 300)
    runs = 0
    while post.waiting:
        runs += 1
        await post.deliver()
        post.hands.ahead += 5 * MINUTE
        assert sum(post.slack.keys.values()) <= 1
        assert runs < 12
    assert post.slack.keys == {key: 1}
    assert runs > 2  # one run does not hold the cycle up for all of it


async def test_a_reading_that_is_cut_off_goes_on_where_it_came_to(post):
    """E08: what was read is not read again by the next run."""
    post.slack.faults = [Fault.INTERNAL]
    await in_doubt(post, 60)
    post.slack.history_faults = ["", "", "internal_error"]
    await post.deliver()
    assert post.states == [MessageState.UNKNOWN]
    asked = len(post.slack.bodies)
    await post.deliver()
    (first, *_) = [b for b in post.slack.bodies[asked:] if "oldest" in b]
    assert float(first["latest"]) > float(first["oldest"])
    assert post.states == [MessageState.SENT]


async def test_a_private_channel_without_the_scope_is_held(post):
    """E09: the bot may post there, and not read."""
    (channel,) = post.slack.channels
    channel.is_private = True
    post.slack.scopes = tuple(
        scope for scope in post.slack.scopes if scope != "groups:history"
    )
    post.slack.faults = [Fault.DROPPED]
    await in_doubt(post, 0)
    delivered = await post.deliver()
    assert delivered.held == 1
    assert post.states == [MessageState.HELD]
    assert "missing_scope" in delivered.problems[0]


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.SERVER])
@pytest.mark.parametrize("resends", [False, True])
async def test_a_webhook_keeps_the_promise_that_was_chosen(post, fault, resends):
    """E31: held is told at most once, resent at least once; nothing in between."""
    post.poster = WebhookPoster(
        post.slack.hook_url, timeout=timedelta(seconds=1), resends=resends
    )
    post.slack.faults = [fault]
    post.decide("s1", 3)
    for _ in range(3):
        await post.deliver()
        post.hands.ahead += 5 * MINUTE
    taken = (1 if fault.takes else 0) + (1 if resends else 0)
    assert len(post.slack.messages) == taken
    state = MessageState.SENT if resends else MessageState.HELD
    assert post.states == [state]


async def test_a_channel_that_is_renamed_is_reached_by_its_id(post):
    """E32: the name is looked up once, and kept across runs."""
    post.decide("s1", 3)
    await post.deliver()
    (channel,) = post.slack.channels
    channel.name = "alerts-of-tocsin"
    post.poster = SlackPoster(TOKEN, base_url=post.slack.base_url)
    post.decide("s1", 7)
    await post.deliver()
    assert post.states == [MessageState.SENT] * 2
    assert post.slack.messages[1]["thread_ts"] == post.slack.messages[0]["ts"]
    assert "conversations.list" not in post.slack.calls


async def test_another_channel_that_takes_a_name_over_is_found(post):
    """E32: the old one was archived, and a new one has its name."""
    post.decide("s1", 3)
    await post.deliver()
    (old,) = post.slack.channels
    old.is_archived = True
    old.name = "tocsin-of-last-year"
    post.slack.channels.append(type(old)(id="C0ANEW", name="tocsin"))
    post.decide("s2", 3)
    for _ in range(3):
        await post.deliver()
        post.hands.ahead += 5 * MINUTE
    assert post.slack.messages[-1]["channel"] == "C0ANEW"


async def test_a_channel_by_its_id_needs_no_name(post):
    """E32."""
    post.decide("s1", 3, channel="C0TOCSIN")
    await post.deliver()
    post.decide("s1", 7, channel="C0TOCSIN")
    await post.deliver()
    assert post.states == [MessageState.SENT] * 2
    assert "conversations.list" not in post.slack.calls


async def test_the_suite_refuses_the_real_slack():
    """E33: without a base URL of its own a test fails instead of posting."""
    poster = SlackPoster(TOKEN, base_url="https://slack.com/api/")
    with pytest.raises(AssertionError, match="refuses"):
        await poster.post(Dispatch(message=message()))
