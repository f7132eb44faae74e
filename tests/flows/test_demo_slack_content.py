"""What the loopback Slack lets a message hold, and in which words it refuses."""

import aiohttp
import pytest

from flows.demo.slack import TOKEN, complain, loopback_slack
from flows.demo.slack.blockkit import complaints
from tests.flows.slack_calls import OPEN, ask


@pytest.fixture
def slack():
    with loopback_slack() as running:
        yield running


async def post(slack, text="Silo on fire", **given):
    return await ask(slack, "chat.postMessage", channel=OPEN, text=text, **given)


def header(text, **given):
    return {"type": "header", "text": {"type": "plain_text", "text": text}, **given}


def section(text="Silo on fire", **given):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **given}


def context(*texts):
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text} for text in texts],
    }


def button(text="Ignore", **given):
    return {"type": "button", "text": {"type": "plain_text", "text": text}, **given}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


FITTING = {
    "header": header("h" * 150),
    "section": section("s" * 3000),
    "fields": {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": "f" * 2000}] * 3,
    },
    "context": context(*["c"] * 10),
    "actions": actions(*[button(action_id=f"a{n}") for n in range(25)]),
    "button": actions(
        button(
            "b" * 75,
            action_id="a" * 255,
            value="v" * 2000,
            url="https://silo.test/" + "u" * 2982,
            style="danger",
        )
    ),
    "accessory": section(accessory=button(action_id="a")),
    "divider": {"type": "divider", "block_id": "i" * 255},
}
BEYOND = {
    "header": (header("h" * 151), "must be less than 151 characters", "/0/text/text"),
    "empty": (section(""), "must be more than 0 characters", "/0/text/text"),
    "section": (
        section("s" * 3001),
        "must be less than 3001 characters",
        "/0/text/text",
    ),
    "astral": (header("🔥" * 76), "must be less than 151 characters", "/0/text/text"),
    "context": (context(*["c"] * 11), "no more than 10 items allowed", "/0/elements"),
    "actions": (
        actions(*[button(action_id=f"a{n}") for n in range(26)]),
        "no more than 25 items allowed",
        "/0/elements",
    ),
    "label": (
        actions(button("b" * 76)),
        "must be less than 76 characters",
        "/0/elements/0/text/text",
    ),
    "value": (
        actions(button(value="v" * 2001)),
        "must be less than 2001 characters",
        "/0/elements/0/value",
    ),
    "url": (
        actions(button(url="https://" + "u" * 3000)),
        "must be less than 3001 characters",
        "/0/elements/0/url",
    ),
    "action_id": (
        actions(button(action_id="a" * 256)),
        "must be less than 256 characters",
        "/0/elements/0/action_id",
    ),
    "block_id": (
        {"type": "divider", "block_id": "i" * 256},
        "must be less than 256 characters",
        "/0/block_id",
    ),
    "fields": (
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "f"}] * 11},
        "no more than 10 items allowed",
        "/0/fields",
    ),
    "field": (
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "f" * 2001}]},
        "must be less than 2001 characters",
        "/0/fields/0/text",
    ),
    "no-text": ({"type": "section"}, "missing required field: text", "/0"),
    "mrkdwn-header": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "h"}},
        "unsupported type: mrkdwn",
        "/0/text/type",
    ),
    "unknown": ({"type": "poll"}, "unsupported type: poll", "/0/type"),
    "property": (
        section(colour="red"),
        "invalid additional property: colour",
        "/0",
    ),
    "emoji-in-mrkdwn": (
        {"type": "section", "text": {"type": "mrkdwn", "text": "s", "emoji": True}},
        "invalid additional property: emoji",
        "/0/text",
    ),
    "twice": (
        actions(button(action_id="a"), button(action_id="a")),
        '`action_id` "a" already exists',
        "/0/elements/0/action_id",
    ),
    "string": ("divider", "must provide an object", "/0"),
}


@pytest.mark.parametrize("block", FITTING.values(), ids=FITTING)
def test_a_block_at_its_limits_fits(block):
    assert complaints([block]) == ()


@pytest.mark.parametrize(("block", "wrong", "where"), BEYOND.values(), ids=BEYOND)
async def test_a_block_beyond_its_limits_is_refused(slack, block, wrong, where):
    told = await post(slack, blocks=[block])
    complaint = f"{wrong} [json-pointer:/blocks{where}]"
    assert (told["error"], told["errors"]) == ("invalid_blocks", [complaint])
    assert told["response_metadata"] == {"messages": [f"[ERROR] {complaint}"]}
    assert slack.messages == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"blocks": [{"type": "divider"}]}, ""),
        ({"text": "x", "blocks": [{"type": "divider"}] * 50}, ""),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [section("s" * 3000)] * 4}, ""),
        ({"text": "x", "blocks": [section("s" * 3000)] * 5}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"k": None}},
            },
            "invalid_metadata_schema",
        ),
        (
            {
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"k": "v" * 9000}},
            },
            "metadata_too_large",
        ),
        ({"text": "x", "attachments": [{"text": "y"}]}, "invalid_attachments"),
    ],
)
def test_what_a_message_may_not_hold_has_a_word(body, word):
    assert complain(body) == word


async def test_a_long_text_is_cut_in_a_post_and_refused_in_an_edit(slack):
    posted = await post(slack, "t" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    edited = await ask(
        slack, "chat.update", channel=OPEN, ts=posted["ts"], text="t" * 4_001
    )
    assert edited["error"] == "msg_too_long"


async def test_a_form_does_as_well_as_json(slack):
    form = {
        "channel": OPEN,
        "text": "x",
        "blocks": '[{"type": "divider"}]',
        "token": TOKEN,
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(slack.base_url + "chat.postMessage", data=form) as response,
    ):
        assert (await response.json())["ok"]
    assert slack.messages[0]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"<a/>", "application/xml", "invalid_post_type"),
    ],
)
async def test_a_body_that_cannot_be_read_has_a_word(slack, body, kind, word):
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            slack.base_url + "chat.postMessage",
            data=body,
            headers={"Content-Type": kind},
        ) as response,
    ):
        assert (await response.json())["error"] == word
