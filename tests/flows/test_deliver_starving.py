"""What waits behind others: nothing of it starves, and nothing goes out too late."""

import io
from collections import Counter
from datetime import timedelta

import pytest
from rich.console import Console

from detectors.model import MessageState, Severity
from flows.deliver import TOO_LATE_TO_POST
from flows.demo.slack import Fault
from flows.demo.slack.workspace import Channel
from flows.posting import NotTaken, Obstacle
from flows.slack.client import SlackPoster
from flows.slack.webhook import WebhookPoster
from flows.terminal import TerminalPoster
from tests.flows.outpost import outpost, tolls_in

LATER = timedelta(minutes=5)


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


def add_channel(post, name):
    made = Channel(id=f"C0{name.upper()}", name=name)
    post.slack.channels.append(made)
    return made


async def test_a_channel_that_was_archived_keeps_no_other_from_its_edits(post):
    gone = add_channel(post, "old")
    post.decide("s1", 3)
    post.decide("s2", 3, channel="#old")
    await post.deliver()
    gone.is_archived = True
    post.decide("s1", 7, speaks=False)
    post.decide("s2", 7, speaks=False)
    await post.deliver()
    assert tolls_in(post.root_of("s1")) == [7]


async def test_a_channel_that_cannot_be_read_keeps_no_other_in_doubt(post):
    add_channel(post, "other")
    post.slack.faults = [Fault.INTERNAL, Fault.DROPPED]
    post.decide("s1", 3)
    post.decide("s2", 3, channel="#other")
    await post.deliver()
    assert post.states == [MessageState.UNKNOWN] * 2
    post.hands.ahead += LATER
    post.slack.history_faults = ["fatal_error"]
    await post.deliver()
    assert post.states == [MessageState.UNKNOWN, MessageState.SENT]


async def test_a_root_that_is_said_to_be_gone_is_not_posted_without_end(post):
    """Slack says so of replies alone; whatever else it means, asking on is no use."""

    class Odd(SlackPoster):
        async def post(self, dispatch, *, plain=False):
            del dispatch
            tried.append(plain)
            return NotTaken(obstacle=Obstacle.GONE, reason="thread_not_found")

    tried: list[bool] = []
    post.poster = Odd("xoxb-odd", base_url=post.slack.base_url)
    post.decide("s1", 3)
    await post.deliver()
    assert len(tried) == 1


async def test_refused_blocks_are_not_followed_by_plain_text_too_late(post):
    """Whoever took the message over meanwhile would send it a second time."""

    class Slow(SlackPoster):
        async def post(self, dispatch, *, plain=False):
            del dispatch
            tried.append(plain)
            post.hands.ahead += timedelta(seconds=TOO_LATE_TO_POST + 1)
            return NotTaken(obstacle=Obstacle.CONTENT, reason="invalid_blocks")

    tried: list[bool] = []
    post.poster = Slow("xoxb-slow", base_url=post.slack.base_url)
    post.decide("s1", 3)
    await post.deliver(limit=1)
    assert tried == [False]
    assert post.states == [MessageState.PENDING]


async def test_more_than_a_message_can_be_marked_with_goes_out_in_several(post):
    """What a post tells is marked on it, and Slack bounds what a post may carry."""
    keys = [post.decide(f"s{number % 25}", number + 1) for number in range(500)]
    await post.settle()
    assert MessageState.REFUSED not in post.states
    assert Counter(post.told) == Counter(keys)


async def test_what_was_folded_into_a_refused_message_goes_out_by_itself(post):
    """Slack never refused it, and nobody may be there to release it."""
    post.slack.faults = [Fault.REFUSED] * 2
    post.decide("s1", 3)
    post.decide("s1", 7)
    await post.deliver()
    assert post.states == [MessageState.REFUSED, MessageState.SENT]


async def test_each_alert_stands_for_itself_where_nothing_can_be_edited(post):
    post.poster = WebhookPoster(post.slack.hook_url)
    for killed in (3, 7, 9):
        post.decide("s1", killed)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.folded) == (3, 0)


async def test_the_terminal_prints_all_there_is_in_the_order_of_deciding(post):
    paper = io.StringIO()
    post.poster = TerminalPoster(Console(file=paper, width=100))
    for number in range(15):
        post.decide(f"s{number}", 3, severity=Severity.NOTICE)
    post.decide("s0", 70, severity=Severity.CRITICAL)
    delivered = await post.deliver()
    assert delivered.sent == 16
    printed = paper.getvalue()
    assert printed.index("killed  3") < printed.index("3 → 70")
    assert printed.count("reply in thread") == 1
