"""Threads, edits and pages of the loopback Slack; and Slack's own way to us."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from flows.demo.slack import (
    APP_TOKEN,
    SIGNING_SECRET,
    TOKEN,
    loopback_slack,
    press,
    signed,
)
from flows.demo.slack.refusals import RefusedError
from tests.flows.slack_calls import OPEN, SetClock, ask

MARKER = {"event_type": "alert", "event_payload": {"k": "s1", "n": 1}}


@pytest.fixture
def set_clock():
    return SetClock()


@pytest.fixture
def slack(set_clock):
    with loopback_slack(now=set_clock) as running:
        yield running


def post(slack, text="Silo on fire", **given):
    return slack.post({"channel": OPEN, "text": text, **given})


def edit(slack, ts, **given):
    return slack.edit({"channel": OPEN, "ts": ts, **given})


def read(slack, **asked):
    return slack.history({"channel": OPEN, **asked})


def texts(page):
    return [message["text"] for message in page["messages"]]


# --- threads --------------------------------------------------------------------------


def test_a_reply_stands_in_its_thread_and_not_in_the_channel(slack):
    root = post(slack)
    reply = post(slack, "Two hurt", thread_ts=root["ts"])
    page = read(slack)
    assert texts(page) == ["Silo on fire"]
    (shown,) = page["messages"]
    assert (shown["reply_count"], shown["latest_reply"]) == (1, reply["ts"])
    assert (shown["thread_ts"], shown["reply_users"]) == (root["ts"], ["U0TOCSIN"])


def test_a_broadcast_reply_stands_in_both(slack):
    root = post(slack)
    post(slack, "Two hurt", thread_ts=root["ts"], reply_broadcast=True)
    first, _ = read(slack)["messages"]
    assert (first["text"], first["subtype"]) == ("Two hurt", "thread_broadcast")
    assert first["thread_ts"] == root["ts"]
    told = slack.replies({"channel": OPEN, "ts": root["ts"]})
    assert texts(told) == ["Silo on fire", "Two hurt"]


def test_a_thread_is_found_by_any_message_in_it_and_led_by_its_root(slack, set_clock):
    root = post(slack)
    set_clock.forward(minutes=5)
    reply = post(slack, "Two hurt", thread_ts=root["ts"])
    asked = {
        "channel": OPEN,
        "ts": reply["ts"],
        "oldest": reply["ts"],
        "inclusive": "1",
    }
    assert texts(slack.replies(asked)) == ["Silo on fire", "Two hurt"]


def test_a_thread_that_is_not_there_is_not_found(slack):
    with pytest.raises(RefusedError, match="thread_not_found"):
        slack.replies({"channel": OPEN, "ts": "1772340000.000001"})


def test_a_deleted_root_with_replies_leaves_a_tombstone(slack):
    root = post(slack, blocks=[{"type": "divider"}], metadata=MARKER)
    post(slack, "Two hurt", thread_ts=root["ts"])
    slack.delete(root["ts"])
    (shown,) = read(slack, include_all_metadata="true")["messages"]
    assert (shown["subtype"], shown["reply_count"]) == ("tombstone", 1)
    assert not {"blocks", "metadata"} & set(shown)
    with pytest.raises(RefusedError, match="message_not_found"):
        edit(slack, root["ts"], text="x")


def test_a_deleted_message_without_replies_is_gone(slack):
    root = post(slack)
    slack.delete(root["ts"])
    assert read(slack)["messages"] == []


# --- edits ----------------------------------------------------------------------------


def test_an_edited_message_keeps_its_place_and_says_so(slack, set_clock):
    ts = post(slack)["ts"]
    post(slack, "Another story")
    set_clock.forward(minutes=3)
    edit(slack, ts, text="Silo is out")
    page = read(slack)
    assert texts(page) == ["Another story", "Silo is out"]
    edited_at = f"{set_clock().timestamp():.6f}"
    assert page["messages"][1]["edited"] == {"user": "U0TOCSIN", "ts": edited_at}
    assert "edited" not in page["messages"][0]


def test_an_edit_without_blocks_takes_them_away_and_leaves_the_metadata(slack):
    ts = post(slack, blocks=[{"type": "divider"}], metadata=MARKER)["ts"]
    edit(slack, ts, text="Silo is out")
    (shown,) = read(slack, include_all_metadata="true")["messages"]
    assert shown["metadata"] == MARKER
    assert "blocks" not in shown


def test_an_empty_object_takes_the_metadata_away(slack):
    ts = post(slack, metadata=MARKER)["ts"]
    edit(slack, ts, text="x", metadata={})
    (shown,) = read(slack, include_all_metadata="true")["messages"]
    assert "metadata" not in shown


def test_only_our_own_messages_can_be_edited(slack):
    ts = slack.say("Morning, all")["ts"]
    with pytest.raises(RefusedError, match="cant_update_message"):
        edit(slack, ts, text="x")


def test_a_message_that_is_not_there_cannot_be_edited(slack):
    with pytest.raises(RefusedError, match="message_not_found"):
        edit(slack, "1772340000.000001", text="x")


def test_the_edit_window_closes(slack, set_clock):
    slack.edit_window = timedelta(minutes=5)
    ts = post(slack)["ts"]
    set_clock.forward(minutes=5)
    edit(slack, ts, text="in time")
    set_clock.forward(seconds=1)
    with pytest.raises(RefusedError, match="edit_window_closed"):
        edit(slack, ts, text="too late")


def test_nothing_is_edited_in_an_archived_channel(slack):
    ts = post(slack)["ts"]
    slack.channels[0].is_archived = True
    with pytest.raises(RefusedError, match="is_inactive"):
        edit(slack, ts, text="x")


# --- pages ----------------------------------------------------------------------------


def test_metadata_is_shown_to_those_who_ask(slack):
    post(slack, metadata=MARKER)
    asked = [read(slack, include_all_metadata=given) for given in ("true", "false")]
    assert ["metadata" in page["messages"][0] for page in asked] == [True, False]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({}, ["3", "2", "1", "0"]),
        ({"oldest": 1}, ["3", "2"]),
        ({"oldest": 1, "inclusive": "1"}, ["3", "2", "1"]),
        ({"latest": 2}, ["1", "0"]),
        ({"latest": 2, "inclusive": "1"}, ["2", "1", "0"]),
        ({"oldest": 0, "latest": 3}, ["2", "1"]),
    ],
)
def test_a_reading_keeps_to_its_bounds(slack, set_clock, bounds, found):
    stamps = []
    for number in range(4):
        stamps.append(post(slack, f"{number}")["ts"])
        set_clock.forward(minutes=1)
    asked = {
        name: stamps[value] if name != "inclusive" else value
        for name, value in bounds.items()
    }
    assert texts(read(slack, **asked)) == found


def test_a_cursor_leads_on_whatever_was_posted_since(slack):
    for number in range(5):
        post(slack, f"{number}")
    first = read(slack, limit=2)
    post(slack, "5")
    cursor = first["response_metadata"]["next_cursor"]
    second = read(slack, limit="2", cursor=cursor)
    assert texts(first) + texts(second) == ["4", "3", "2", "1"]
    assert (first["has_more"], second["has_more"]) == (True, True)


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "-1"}, "invalid_ts_latest"),
        ({"cursor": "bm90aGluZw=="}, "invalid_cursor"),
        ({"cursor": "?"}, "invalid_cursor"),
        ({"limit": "1000"}, "invalid_limit"),
        ({"limit": "some"}, "invalid_limit"),
    ],
)
def test_a_reading_that_makes_no_sense_is_refused(slack, asked, word):
    with pytest.raises(RefusedError, match=word):
        read(slack, **asked)


# --- Slack's way to us ----------------------------------------------------------------

BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": "Silence"},
            "action_id": "silence",
            "value": "s1",
        }
    ],
}


async def connect(slack, session):
    told = await ask(slack, "apps.connections.open", token=APP_TOKEN)
    return await session.ws_connect(told["url"])


async def test_slacks_own_client_gets_a_press_and_acknowledges_it(slack):
    ts = post(slack, blocks=[BUTTON])["ts"]
    came: asyncio.Queue[Any] = asyncio.Queue()
    web = AsyncWebClient(base_url=slack.base_url)
    client = SocketModeClient(APP_TOKEN, web_client=web)

    async def listen(client, request):
        await came.put(request)
        answer = SocketModeResponse(envelope_id=request.envelope_id, payload={"a": 1})
        await client.send_socket_mode_response(answer)

    client.socket_mode_request_listeners.append(listen)
    await client.connect()
    try:
        payload = press(slack, ts, "silence")
        sent = await asyncio.to_thread(slack.sockets.send, "interactive", payload)
        request = await asyncio.wait_for(came.get(), 5)
        answer = await asyncio.to_thread(slack.sockets.answer_to, sent)
    finally:
        await client.close()
    assert (request.type, request.envelope_id) == ("interactive", sent)
    assert request.payload["actions"][0]["value"] == "s1"
    assert request.payload["container"]["message_ts"] == ts
    assert answer == {"a": 1}


async def test_what_nobody_acknowledges_is_missed(slack):
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        await socket.receive_json(timeout=5)
        sent = await asyncio.to_thread(slack.sockets.send, "slash_commands", {})
        assert (await socket.receive_json(timeout=5))["envelope_id"] == sent
        with pytest.raises(TimeoutError):
            slack.sockets.answer_to(sent, within=0.05)


def test_with_no_connection_nothing_can_be_sent(slack):
    with pytest.raises(LookupError):
        slack.sockets.send("interactive", {})


async def test_a_connection_is_greeted_and_asked_to_come_anew(slack):
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        hello = await socket.receive_json(timeout=5)
        await asyncio.to_thread(slack.sockets.refresh)
        goodbye = await socket.receive_json(timeout=5)
        closed = await socket.receive(timeout=5)
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")
    assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    assert slack.sockets.open == 0


async def test_the_eleventh_connection_is_one_too_many(slack):
    slack.limited = False
    async with aiohttp.ClientSession() as session:
        sockets = [await connect(slack, session) for _ in range(11)]
        told = [await socket.receive_json(timeout=5) for socket in sockets]
    assert [each["type"] for each in told[:10]] == ["hello"] * 10
    assert told[10]["reason"] == "too_many_websockets"


async def test_the_address_of_a_socket_is_good_for_one_connection(slack):
    told = await ask(slack, "apps.connections.open", token=APP_TOKEN)
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(told["url"])
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(told["url"])


async def test_the_bots_token_opens_no_socket(slack):
    told = await ask(slack, "apps.connections.open", token=TOKEN)
    assert told["error"] == "not_allowed_token_type"


def test_a_signed_payload_passes_slacks_own_check(slack, set_clock):
    ts = post(slack, blocks=[BUTTON])["ts"]
    body, headers = signed(press(slack, ts, "silence"), now=set_clock())

    class Then(Clock):
        def now(self):
            return set_clock().timestamp()

    good = SignatureVerifier(SIGNING_SECRET, Then())
    other = SignatureVerifier("another secret", Then())
    assert good.is_valid_request(body, headers)
    assert not good.is_valid_request(body + b"&", headers)
    assert not other.is_valid_request(body, headers)
    pressed = json.loads(parse_qs(body.decode())["payload"][0])
    assert pressed["user"]["id"] == "U0EDITOR"
    assert datetime.fromtimestamp(float(pressed["actions"][0]["action_ts"]), UTC) == (
        set_clock()
    )


def test_a_button_that_is_not_there_cannot_be_pressed(slack):
    ts = post(slack, blocks=[BUTTON])["ts"]
    with pytest.raises(LookupError):
        press(slack, ts, "silense")
