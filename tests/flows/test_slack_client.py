import asyncio
import contextlib
import logging
import socket
from datetime import timedelta

import pytest

from detectors.model import AlertKind, Severity
from flows import clock
from flows.demo.slack import NO_CURSOR, TOKEN, Fault, loopback_slack
from flows.posting import (
    Absent,
    Dispatch,
    Found,
    Incomplete,
    NotTaken,
    Obstacle,
    Sent,
    Unknown,
)
from flows.slack.client import SlackPoster
from flows.slack.readings import EVENT_TYPE
from flows.slack.webhook import WebhookPoster
from tests.flows.messages import alert, development, message

LONG_AGO = timedelta(hours=1)


def leaving(*about, **given):
    """A message on its way."""
    return Dispatch(message=message(*about, **given))


@pytest.fixture
def slack():
    with loopback_slack() as running:
        yield running


@pytest.fixture
def poster(slack):
    return SlackPoster(TOKEN, base_url=slack.base_url, timeout=timedelta(seconds=1))


@pytest.fixture
def webhook(slack):
    return WebhookPoster(slack.hook_url, timeout=timedelta(seconds=1))


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_a_post_stands_in_its_channel_with_our_marker(slack, poster):
    result = await poster.post(leaving(attempt=2))
    (posted,) = slack.messages
    assert result == Sent(ts=posted["ts"])
    assert posted["channel"] == "C0TOCSIN"
    assert posted["metadata"] == {
        "event_type": EVENT_TYPE,
        "event_payload": {"k": "s1/a1/#quays", "n": 2},
    }


async def test_nothing_unfurls_and_no_name_becomes_a_link(slack, poster):
    await poster.post(leaving())
    (body,) = slack.bodies
    told = {name: body[name] for name in ("unfurl_links", "unfurl_media", "link_names")}
    assert set(told.values()) == {False}
    assert body["parse"] == "none"
    assert body["mrkdwn"] is False


async def test_a_critical_reply_goes_to_its_thread_and_the_channel(slack, poster):
    told = alert(development("killed", 4, 40), severity=Severity.CRITICAL)
    root = slack.say("a root")
    await poster.post(leaving(told, thread_ts=root["ts"]))
    _, posted = slack.messages
    assert posted["thread_ts"] == root["ts"]
    assert posted["reply_broadcast"] is True


async def test_the_plain_form_goes_without_blocks(slack, poster):
    await poster.post(leaving(), plain=True)
    (posted,) = slack.messages
    assert "blocks" not in posted
    assert posted["text"].endswith("https://meridian.test/silo?page=1&amp;from=feed")


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROPPED,
        Fault.RESET,
        Fault.HALF,
        Fault.HTML,
        Fault.HUNG,
        Fault.LIST,
        Fault.TEXT,
        Fault.NO_TS,
        Fault.SERVER_TOOK,
        Fault.INTERNAL_TOOK,
        Fault.SERVER,
        Fault.INTERNAL,
        Fault.CLOSED,
    ],
)
async def test_doubt_is_unknown_and_one_call_is_one_post(slack, poster, webhook, fault):
    """E04: the SDK's own retry is off."""
    slack.faults = [fault, fault]
    for door in (poster, webhook):
        assert isinstance(await door.post(leaving()), Unknown)
    assert len(slack.messages) == (2 if fault.takes else 0)
    assert len(slack.bodies) == 2


@pytest.mark.parametrize(
    ("fault", "obstacle", "reason"),
    [
        (Fault.REFUSED, Obstacle.CONTENT, "invalid_blocks"),
        (Fault.NO_AUTH, Obstacle.SETUP, "invalid_auth"),
        (Fault.THROTTLED, Obstacle.THROTTLED, "asked to wait"),
    ],
)
async def test_a_documented_no_is_no(slack, poster, fault, obstacle, reason):
    slack.faults = [fault]
    result = await poster.post(leaving())
    assert isinstance(result, NotTaken)
    assert (result.obstacle, result.reason) == (obstacle, reason)
    assert slack.messages == []


async def test_a_channel_that_is_not_there_needs_the_operator(poster):
    result = await poster.post(leaving(channel="#nowhere"))
    assert result == NotTaken(obstacle=Obstacle.SETUP, reason="channel_not_found")


async def test_nobody_listening_means_not_taken():
    nobody = f"http://127.0.0.1:{free_port()}/"
    for door in (SlackPoster(TOKEN, base_url=nobody), WebhookPoster(nobody)):
        result = await door.post(leaving())
        assert isinstance(result, NotTaken)
        assert result.obstacle is Obstacle.UNREACHABLE


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("86400", 3600),
        ("9" * 5000, 60),
        ("abc", 60),
        ("-5", 60),
        (None, 60),
        ("Sun, 01 Mar 2026 06:41:00 GMT", 1),  # long over
    ],
)
async def test_retry_after_is_read_whatever_it_holds(slack, poster, header, seconds):
    """E12."""
    slack.faults, slack.retry_after = [Fault.THROTTLED], header
    result = await poster.post(leaving())
    assert isinstance(result, NotTaken)
    assert result.retry_after == timedelta(seconds=seconds)


async def test_a_message_is_found_among_foreign_ones_over_pages(slack, poster):
    for number in range(20):
        slack.say(f"before {number}")
    sent = await poster.post(leaving())
    for number in range(40):
        slack.say(f"after {number}")
    found = await poster.look(message(), since=clock.now() - LONG_AGO)
    assert isinstance(sent, Sent)
    assert found == Found(ts=sent.ts)
    assert slack.calls.count("conversations.history") == 3


async def test_a_reply_is_looked_for_in_its_thread(slack, poster):
    root = await poster.post(leaving(key="root"))
    assert isinstance(root, Sent)
    reply = message(
        alert(development("killed", 4, 6), kind=AlertKind.UPDATE),
        key="reply",
        thread_ts=root.ts,
    )
    sent = await poster.post(Dispatch(message=reply))
    assert isinstance(sent, Sent)
    found = await poster.look(reply, since=clock.now() - LONG_AGO)
    assert found == Found(ts=sent.ts, thread_ts=root.ts)
    assert "conversations.replies" in slack.calls


async def test_what_is_not_there_is_absent_after_a_whole_reading(slack, poster):
    for number in range(40):
        slack.say(f"other {number}")
    assert await poster.look(message(), since=clock.now() - LONG_AGO) == Absent()


async def test_what_was_posted_before_the_time_in_question_does_not_count(poster):
    await poster.post(leaving())
    later = clock.now() + timedelta(minutes=11)
    assert await poster.look(message(), since=later) == Absent()


async def test_a_clock_that_is_minutes_fast_does_not_hide_a_message(poster):
    sent = await poster.post(leaving())
    assert isinstance(sent, Sent)
    fast = clock.now() + timedelta(minutes=5)
    assert await poster.look(message(), since=fast) == Found(ts=sent.ts)


async def test_a_copied_marker_of_another_bot_is_ignored(slack, poster):
    """E10."""
    copied = {
        "event_type": EVENT_TYPE,
        "event_payload": {"k": message().key, "n": 1},
    }
    slack.say("forged", metadata=copied)
    assert await poster.look(message(), since=clock.now() - LONG_AGO) == Absent()


@pytest.mark.parametrize(
    ("error", "hopeless"),
    [
        ("missing_scope", True),
        ("internal_error", False),
        (NO_CURSOR, False),
    ],
)
async def test_half_a_reading_concludes_nothing(slack, poster, error, hopeless):
    for number in range(30):
        slack.say(f"other {number}")
    slack.history_faults = ["", error]
    since = clock.now() - LONG_AGO
    answer = await poster.look(message(), since=since)
    assert isinstance(answer, Incomplete)
    assert (answer.reason, answer.hopeless) == (error, hopeless)


async def test_a_channel_name_is_resolved_before_the_first_post_is_known(slack, poster):
    slack.faults = [Fault.DROPPED]
    assert isinstance(await poster.post(leaving()), Unknown)
    found = await poster.look(message(), since=clock.now() - LONG_AGO)
    assert isinstance(found, Found)
    assert "conversations.list" in slack.calls


async def test_a_channel_that_the_bot_cannot_see_cannot_be_looked_at(poster):
    result = await poster.look(message(channel="#secret"), since=clock.now())
    assert isinstance(result, Incomplete)
    assert result.hopeless


async def test_a_webhook_posts_and_cannot_be_read_back(slack, webhook):
    assert await webhook.post(leaving()) == Sent(ts="")
    assert len(slack.messages) == 1
    result = await webhook.look(message(), since=clock.now())
    assert isinstance(result, Incomplete)
    assert result.hopeless


async def test_a_webhook_says_no_in_words(slack, webhook):
    slack.faults = [Fault.REFUSED, Fault.THROTTLED]
    first = await webhook.post(leaving())
    second = await webhook.post(leaving())
    assert first == NotTaken(obstacle=Obstacle.CONTENT, reason="invalid_blocks")
    assert isinstance(second, NotTaken)
    assert second.retry_after == timedelta(seconds=1)


async def test_no_log_line_holds_the_token_or_the_webhook(
    slack, webhook, caplog, monkeypatch
):
    for logger in logging.Logger.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):  # as Prefect does when it is imported
            monkeypatch.setattr(logger, "disabled", False)
    caplog.set_level(logging.DEBUG)
    poster = SlackPoster(TOKEN, base_url=slack.base_url)
    slack.faults = [Fault.DROPPED, Fault.DROPPED]
    for door in (poster, webhook, poster, webhook):
        result = await door.post(leaving())
        assert TOKEN not in repr(result)
        assert slack.hook_url not in repr(result)
    assert TOKEN not in caplog.text
    assert slack.hook_url not in caplog.text


async def test_a_story_whose_root_was_printed_starts_anew_in_slack(slack, poster):
    await poster.post(leaving(thread_ts="terminal-3"))
    assert "thread_ts" not in slack.messages[0]


async def test_two_posts_at_once_are_two_messages(slack, poster):
    both = [message(key=key) for key in ("one", "two")]
    await asyncio.gather(*(poster.post(Dispatch(message=each)) for each in both))
    assert slack.keys == {"one": 1, "two": 1}
