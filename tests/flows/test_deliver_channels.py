"""Channels that wait, refuse, fall silent for hours, and take it all in the end."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest

from detectors.model import MessageState, Severity
from detectors.parcels import BURST, DIGEST_PART, LOUD
from flows.demo.slack import Fault
from flows.demo.slack.workspace import Channel
from tests.flows.outpost import outpost, text_of

OUTAGE = timedelta(hours=6)


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


def channel_of(post, name="#tocsin"):
    with post.store.unit(reading=True) as unit:
        return unit.channels.get(name)


def posts(post):
    return post.slack.calls.count("chat.postMessage")


async def test_a_wait_that_was_asked_for_outlives_a_restart(post, tmp_path):
    """E11: 429 with Retry-After 30, a restart, nothing before, order kept."""
    keys = [post.decide(f"s{number}", 3) for number in range(3)]
    post.slack.faults, post.slack.retry_after = [Fault.THROTTLED], "30"
    await post.deliver()
    asked_at = post.hands.now()
    assert (posts(post), channel_of(post).failures) == (1, 1)
    for _ in range(4):
        post.poster._readings.clear()  # all that a new process would not know
        post.hands.ahead += timedelta(seconds=5)
        await post.deliver()
    assert posts(post) == 1
    post.hands.ahead += timedelta(seconds=15)
    await post.deliver()
    assert list(post.slack.keys) == keys
    first, *_ = post.slack.posted_at
    assert first - asked_at >= timedelta(seconds=30)
    assert channel_of(post).problem == ""


async def test_no_lock_is_held_while_a_channel_is_closed(post):
    """E11: whoever writes meanwhile need not wait."""
    post.decide("s1", 3)
    post.slack.faults, post.slack.retry_after = [Fault.THROTTLED], "300"
    before = post.hands.now()
    await post.deliver()
    assert post.hands.now() - before < timedelta(seconds=30)
    with post.store.unit() as unit:
        assert unit.leases.acquire("probe", "me", post.hands.now(), OUTAGE)


@pytest.mark.parametrize(
    ("header", "wait"),
    [(None, 60), ("abc", 60), ("0", 1), ("30", 30), ("86400", 3600)],
)
async def test_any_retry_after_closes_the_channel_for_so_long(post, header, wait):
    """E12: missing, nonsense, zero, a day; what is cut short is said."""
    post.decide("s1", 3)
    post.slack.faults, post.slack.retry_after = [Fault.THROTTLED], header
    before = post.hands.now()
    delivered = await post.deliver()
    opens_at = channel_of(post).opens_at
    assert abs(opens_at - before - timedelta(seconds=wait)) < timedelta(seconds=5)
    (problem,) = delivered.problems
    assert ("comes back after 1:00:00" in problem) == (header == "86400")
    post.hands.ahead += timedelta(seconds=wait + 5)
    await post.deliver()
    assert post.states == [MessageState.SENT]


async def test_another_channel_goes_on_while_one_is_closed(post):
    post.slack.channels.append(Channel(id="C0DESK", name="desk", is_archived=True))
    keys = [post.decide(f"s{n}", 3, channel="#desk") for n in range(2)]
    keys += [post.decide(f"s{n}", 3) for n in range(2, 4)]
    await post.deliver()
    assert list(post.slack.keys) == keys[2:]
    assert channel_of(post, "#desk").problem == "is_archived"


async def test_a_hundred_alerts_in_a_second_keep_the_pace_and_become_digests(post):
    """E13: at most one a second; beyond a set size they are told in digests."""
    keys = [post.decide(f"s{number}", 3) for number in range(100)]
    await post.deliver()
    times = post.slack.posted_at
    pairs = itertools.pairwise(times)
    assert min(later - sooner for sooner, later in pairs) >= timedelta(seconds=1)
    assert len(post.slack.messages) == 100 / DIGEST_PART
    assert Counter(post.told) == Counter(keys)


async def test_a_few_at_once_go_out_one_by_one(post):
    """E13: what is no flood is told as ever."""
    for number in range(BURST):
        post.decide(f"s{number}", 3)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.folded) == (BURST, 0)


async def test_critical_stories_go_before_a_digest_by_themselves(post):
    """E15: by priority; a few are loud, the rest lead their digests."""
    for number in range(30):
        severity = Severity.CRITICAL if number % 6 == 5 else Severity.NOTICE
        post.decide(f"s{number}", 3, severity=severity)
    await post.deliver()
    alone, digests = post.slack.messages[:LOUD], post.slack.messages[LOUD:]
    names = [each["metadata"]["event_payload"]["k"].split("/")[0] for each in alone]
    assert names == ["s5", "s11", "s17"]
    assert all("f" not in each["metadata"]["event_payload"] for each in alone)
    first = digests[0]["metadata"]["event_payload"]
    assert first["k"].startswith("s23/")
    assert len(first["f"]) == DIGEST_PART - 1


async def test_a_story_of_a_digest_begins_its_thread_with_the_next_alert(post):
    for number in range(BURST + 1):
        post.decide(f"s{number}", 3)
    await post.deliver()
    (digest,) = post.slack.messages
    post.decide("s1", 7)
    await post.deliver()
    post.decide("s1", 9)
    await post.deliver()
    _, root, reply = post.slack.messages
    assert not root.get("thread_ts")
    assert root["ts"] != digest["ts"]
    assert reply["thread_ts"] == root["ts"]


async def test_a_story_alone_floods_its_thread_and_not_the_channel(post):
    post.decide("s1", 3)
    await post.deliver()
    for killed in range(4, 4 + BURST + 5):
        post.decide("s1", killed)
    await post.deliver()
    assert len(post.roots) == 1
    assert len(post.slack.messages) == BURST + 6


@pytest.mark.parametrize(
    "word", ["invalid_auth", "token_revoked", "not_in_channel", "is_archived"]
)
async def test_what_needs_the_operator_is_asked_rarely_and_then_all_delivered(
    post, word
):
    """E14: refused for two hours, then mended: no hot loop, none lost, none twice."""
    keys = [post.decide("s1", 3)]
    post.slack.faults = [word] * 1000
    for _ in range(24):
        await post.deliver()
        post.hands.ahead += timedelta(minutes=5)
    assert posts(post) < 16
    channel = channel_of(post)
    assert (channel.problem, channel.failures) == (word, posts(post))
    keys += [post.decide(f"s{number}", 3) for number in range(2, 5)]
    post.slack.faults = []
    post.hands.ahead += timedelta(minutes=15)
    await post.settle()
    assert Counter(post.told) == Counter(keys)
    assert channel_of(post).failures == 0


@pytest.mark.parametrize("fault", [Fault.SERVER, Fault.CLOSED, "invalid_auth"])
async def test_six_hours_without_slack_end_in_one_catch_up(post, fault):
    """E15: 300 alerts of six hours: none lost, none twice, told in digests."""
    keys = []
    for number in range(72):
        post.slack.faults = [fault] * 50
        keys += [
            post.decide(f"s{(5 * number + each) % 150}", number + each)
            for each in range(5 if number % 6 else 0)
        ]
        await post.deliver()
        post.hands.ahead += timedelta(minutes=5)
    assert len(keys) == 300
    assert not post.slack.messages
    post.slack.faults = []
    post.hands.ahead += timedelta(minutes=15)
    await post.settle()
    assert Counter(post.told) == Counter(keys)
    assert not post.waiting
    assert len(post.slack.messages) <= 300 / DIGEST_PART


async def test_a_slack_that_answers_nonsense_is_asked_less_and_less(post):
    for number in range(BURST):
        post.decide(f"s{number}", 3)
    post.slack.faults = [Fault.SERVER] * 100
    await post.deliver()
    assert posts(post) == 2  # one answer that nobody understood is no outage
    for _ in range(12):
        post.hands.ahead += timedelta(minutes=5)
        await post.deliver()
    assert posts(post) < 10


async def test_an_outage_within_a_digest_sends_only_what_is_missing(post):
    """E34: of three parts one is sent, one is in doubt, one is still to come."""
    keys = [post.decide(f"s{number}", 3) for number in range(3 * DIGEST_PART)]
    post.slack.faults = [Fault.NONE, Fault.DROPPED, Fault.NO_AUTH]
    await post.deliver()
    assert len(post.slack.messages) == 2
    await post.settle()
    assert len(post.slack.messages) == 3
    assert Counter(post.told) == Counter(keys)


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_digest_of_unclear_fate_is_told_once(post, fault):
    """E34 with E03."""
    keys = [post.decide(f"s{number}", 3) for number in range(2 * DIGEST_PART)]
    post.slack.faults, post.slack.late = [fault, Fault.NONE, fault], 20.0
    await post.settle()
    assert Counter(post.told) == Counter(keys)


async def test_there_is_no_digest_of_nothing(post):
    """D09: without anything to tell, nothing is posted."""
    await post.deliver()
    assert not post.slack.calls


async def test_a_digest_names_every_story(post):
    for number in range(BURST + 3):
        post.decide(f"s{number}x", 3)
    await post.deliver()
    (digest,) = post.slack.messages
    shown = text_of(digest)
    assert all(f"Fire in s{number}x" in shown for number in range(BURST + 3))


async def test_a_wait_that_a_wrong_clock_wrote_holds_nobody_up(post):
    """E23: a sender whose clock was a day ahead closed the channel until then."""
    post.decide("s1", 3)
    post.hands.wrong = timedelta(days=1)
    post.slack.faults = [Fault.THROTTLED]
    await post.deliver()
    post.hands.wrong = timedelta(0)
    await post.deliver()
    assert post.states == [MessageState.SENT]
