"""The loopback Slack says no where Slack is documented to, and in its words."""

import asyncio
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from flows.demo.slack import (
    APP_TOKEN,
    BOT,
    TOKEN,
    Channel,
    Fault,
    Orphans,
    loopback_slack,
)
from tests.flows.slack_calls import OPEN, SetClock, ask

SECRET = Channel(id="C0SECRET", name="sources", is_private=True)
LOBBY = Channel(id="C0LOBBY", name="lobby", is_member=False)
CLOSET = Channel(id="C0CLOSET", name="closet", is_private=True, is_member=False)
ATTIC = Channel(id="C0ATTIC", name="attic", is_archived=True)


@pytest.fixture
def set_clock():
    return SetClock()


@pytest.fixture
def slack(set_clock):
    channels = [Channel(id=OPEN, name="tocsin"), SECRET, LOBBY, CLOSET, ATTIC]
    with loopback_slack(now=set_clock, channels=channels) as running:
        yield running


async def post(slack, text="Silo on fire", **given):
    return await ask(
        slack, "chat.postMessage", **{"channel": OPEN, "text": text} | given
    )


async def hook(slack, **given):
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.hook_url, **given) as response,
    ):
        return response.status, await response.text()


# --- tokens, scopes, channels ---------------------------------------------------------


async def test_the_token_is_named_with_its_scopes(slack):
    told = await ask(slack, "auth.test")
    assert (told["ok"], told["bot_id"], told["team"]) == (True, BOT, "Desk")
    assert told["headers"]["x-oauth-scopes"] == ",".join(slack.scopes)


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        (APP_TOKEN, "not_allowed_token_type"),
    ],
)
async def test_a_token_that_is_no_good_does_nothing(slack, token, word):
    assert (await post(slack, token=token))["error"] == word
    assert slack.messages == []


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive"])
async def test_a_token_that_went_bad_is_no_good_for_any_method(slack, word):
    slack.token_problem = word
    for method in ("auth.test", "chat.postMessage", "apps.connections.open"):
        assert (await ask(slack, method))["error"] == word


@pytest.mark.parametrize(
    ("method", "channel", "needed"),
    [
        ("chat.postMessage", OPEN, "chat:write"),
        ("chat.update", OPEN, "chat:write"),
        ("conversations.history", OPEN, "channels:history"),
        ("conversations.history", SECRET.id, "groups:history"),
        ("conversations.replies", SECRET.id, "groups:history"),
        ("conversations.info", OPEN, "channels:read"),
        ("conversations.members", SECRET.id, "groups:read"),
    ],
)
async def test_a_missing_scope_is_named(slack, method, channel, needed):
    slack.scopes = tuple(scope for scope in slack.scopes if scope != needed)
    told = await ask(slack, method, channel=channel)
    assert told["error"] == "missing_scope"
    assert (told["needed"], told["provided"]) == (needed, ",".join(slack.scopes))


@pytest.mark.parametrize(
    ("channel", "word"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
        (LOBBY.id, "not_in_channel"),
        (CLOSET.id, "channel_not_found"),
        (ATTIC.id, "is_archived"),
    ],
)
async def test_only_a_channel_that_the_bot_is_in_takes_messages(slack, channel, word):
    assert (await post(slack, channel=channel))["error"] == word


async def test_a_name_will_do_to_post_and_for_nothing_else(slack):
    posted = await post(slack, channel="#tocsin")
    assert posted["channel"] == OPEN
    for method in ("chat.update", "conversations.history", "conversations.info"):
        told = await ask(slack, method, channel="#tocsin", ts=posted["ts"], text="x")
        assert told["error"] == "channel_not_found"


async def test_the_list_holds_public_channels_and_private_ones_of_the_bot(slack):
    kinds = "public_channel,private_channel"
    told = await ask(slack, "conversations.list", types=kinds, exclude_archived=True)
    members = {each["name"]: each["is_member"] for each in told["channels"]}
    assert members == {"tocsin": True, "sources": True, "lobby": False}


async def test_a_list_comes_in_pages(slack):
    first = await ask(slack, "conversations.list", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await ask(slack, "conversations.list", limit=2, cursor=cursor)
    names = [each["name"] for each in (*first["channels"], *second["channels"])]
    assert names == ["tocsin", "lobby", "attic"]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_a_channel_says_whether_the_bot_is_in_it(slack):
    told = await ask(slack, "conversations.info", channel=LOBBY.id)
    assert (told["channel"]["is_member"], told["channel"]["is_private"]) == (
        False,
        False,
    )
    hidden = await ask(slack, "conversations.info", channel=CLOSET.id)
    assert hidden["error"] == "channel_not_found"


async def test_the_members_of_a_channel_are_the_bot_and_the_editor(slack):
    told = await ask(slack, "conversations.members", channel=OPEN)
    assert told["members"] == ["U0EDITOR", "U0TOCSIN"]


# --- rate limits ----------------------------------------------------------------------


async def posts_until_told_to_wait(slack):
    for number in range(100):
        told = await post(slack)
        if not told["ok"]:
            return number, told
    raise AssertionError("never told to wait")


async def test_a_channel_takes_a_burst_and_then_a_message_a_second(slack, set_clock):
    burst, told = await posts_until_told_to_wait(slack)
    assert 1 < burst <= 10
    assert (told["status"], told["error"]) == (429, "ratelimited")
    assert told["headers"]["Retry-After"] == "1"
    set_clock.forward(seconds=1)
    assert (await post(slack))["ok"]
    assert (await post(slack))["error"] == "ratelimited"
    assert (await post(slack, channel=SECRET.id))["ok"]


async def test_the_wait_can_be_told_as_a_date(slack, set_clock):
    slack.dated = True
    set_clock.forward(seconds=0.25)
    _, told = await posts_until_told_to_wait(slack)
    said = [
        parsedate_to_datetime(told["headers"][name]) for name in ("Date", "Retry-After")
    ]
    whole = set_clock() - timedelta(seconds=0.25)
    assert said == [whole, whole + timedelta(seconds=2)]  # never too soon


async def test_outside_the_marketplace_reading_is_once_a_minute(slack, set_clock):
    slack.strict_reading = True
    for number in range(20):
        slack.say(f"{number}")
    first = await ask(slack, "conversations.history", channel=OPEN, limit=200)
    again = await ask(slack, "conversations.history", channel=OPEN)
    assert (len(first["messages"]), first["has_more"]) == (15, True)
    assert (again["status"], again["headers"]["Retry-After"]) == (429, "60")
    set_clock.forward(minutes=1)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await ask(slack, "conversations.history", channel=OPEN, cursor=cursor)
    assert len(rest["messages"]) == 5


async def test_edits_have_a_limit_of_their_own(slack):
    ts = (await post(slack))["ts"]
    told = [
        (await ask(slack, "chat.update", channel=OPEN, ts=ts, text="x"))["ok"]
        for _ in range(11)
    ]
    assert told == [True] * 10 + [False]


# --- the webhook ----------------------------------------------------------------------


async def test_a_webhook_answers_in_plain_words(slack):
    assert await hook(slack, json={"text": "Silo on fire"}) == (200, "ok")
    assert await hook(slack, data={"payload": '{"text": "x"}'}) == (200, "ok")
    assert await hook(slack, json={"text": ""}) == (400, "no_text")
    assert await hook(
        slack, data=b"{", headers={"Content-Type": "application/json"}
    ) == (
        400,
        "invalid_payload",
    )
    assert await hook(slack, json=[]) == (400, "invalid_payload")
    assert [message["channel"] for message in slack.messages] == [OPEN, OPEN]


@pytest.mark.parametrize(
    ("word", "status"),
    [("no_service", 404), ("action_prohibited", 403), ("team_disabled", 400)],
)
async def test_a_webhook_that_is_gone_says_so(slack, word, status):
    slack.hook_problem = word
    assert await hook(slack, json={"text": "x"}) == (status, word)


async def test_a_webhook_to_an_archived_channel_is_gone(slack):
    slack.channels[0].is_archived = True
    assert await hook(slack, json={"text": "x"}) == (410, "channel_is_archived")


# --- faults ---------------------------------------------------------------------------


async def test_a_fault_is_used_up_by_one_request_of_its_kind(slack):
    slack.edit_faults, slack.history_faults = [Fault.SERVER], ["internal_error"]
    slack.other_faults = ["fatal_error"]
    ts = (await post(slack))["ts"]
    edit = {"channel": OPEN, "ts": ts, "text": "x"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            slack.base_url + "chat.update",
            json=edit,
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as response,
    ):
        assert response.status == 500
    read = [await ask(slack, "conversations.history", channel=OPEN) for _ in range(2)]
    tested = [await ask(slack, "auth.test") for _ in range(2)]
    assert [told["ok"] for told in (*read, *tested)] == [False, True, False, True]
    assert (await ask(slack, "chat.update", **edit))["ok"]


@pytest.mark.parametrize(
    "fault", [Fault.DROPPED, Fault.RESET, Fault.HALF, Fault.CLOSED]
)
async def test_a_connection_breaks_before_or_after_the_edit(slack, fault):
    ts = (await post(slack))["ts"]
    slack.edit_faults = [fault]
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await ask(slack, "chat.update", channel=OPEN, ts=ts, text="Silo is out")
    assert (slack.messages[0]["text"] == "Silo is out") is fault.takes


async def test_a_late_edit_overwrites_a_newer_one(slack, set_clock):
    ts = (await post(slack))["ts"]
    slack.edit_faults, slack.late = [Fault.LATE], 20
    with pytest.raises(aiohttp.ClientError):
        await ask(slack, "chat.update", channel=OPEN, ts=ts, text="older")
    await ask(slack, "chat.update", channel=OPEN, ts=ts, text="newer")
    texts = []
    for _ in range(2):
        told = await ask(slack, "conversations.history", channel=OPEN)
        texts.append(told["messages"][0]["text"])
        set_clock.forward(seconds=20)
    assert texts == ["newer", "older"]


async def test_a_late_message_is_read_only_later(slack, set_clock):
    slack.faults, slack.late = [Fault.LATE], 20
    with pytest.raises(aiohttp.ClientError):
        await post(slack)
    counts = []
    for _ in range(2):
        told = await ask(slack, "conversations.history", channel=OPEN)
        counts.append(len(told["messages"]))
        set_clock.forward(seconds=20)
    assert counts == [0, 1]


async def test_a_slow_answer_comes(slack):
    slack.faults, slack.slow = [Fault.SLOW, Fault.SLOW], 0.05
    async with asyncio.timeout(5):
        assert (await post(slack))["ok"]
        assert await hook(slack, json={"text": "x"}) == (200, "ok")


async def test_a_reply_to_what_is_gone_leaves_its_thread_without_a_word(slack):
    told = await post(slack, thread_ts="1772340000.000001", reply_broadcast=True)
    assert told["ok"]
    assert "thread_ts" not in told["message"]


async def test_a_reply_to_what_is_gone_can_be_refused(slack):
    slack.orphans = Orphans.REFUSED
    told = await post(slack, thread_ts="1772340000.000001")
    assert told["error"] == "thread_not_found"
    assert (await post(slack, thread_ts="soon"))["error"] == "invalid_thread_ts"
