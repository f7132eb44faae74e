"""What Slack's markup becomes for a reader, and the page that shows a channel."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import aiohttp
import lxml.html
import pytest
from rich.console import Console

from flows.demo.run import run_demo
from flows.demo.slack import Channel, loopback_slack
from flows.demo.slack.mrkdwn import Reader, mrkdwn, plain
from tests.flows.slack_calls import OPEN, SetClock

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
READER = Reader(now=NOW)
AT = int(datetime(2026, 3, 1, 23, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*killed*: 4", "<strong>killed</strong>: 4"),
        ("_no_ ~yes~", "<em>no</em> <del>yes</del>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("*one\ntwo*", "*one<br>two*"),
        ("`*raw*` &amp; more", "<code>*raw*</code> &amp; more"),
        ("```a\n_b_```", "<pre>a\n_b_</pre>"),
        ("&lt;b&gt; AT&amp;T", "&lt;b&gt; AT&amp;T"),
        ("&amp;lt;", "&amp;lt;"),
        ("<script>x</script>", "scriptx/script"),
        ("a\n&gt;quoted\n&gt; more\nb", "a<blockquote>quoted<br>more</blockquote>b"),
        (
            "<https://silo.test/?a=1&amp;b=2|*the* silo>",
            '<a href="https://silo.test/?a=1&amp;b=2">*the* silo</a>',
        ),
        ("<https://silo.test/>", '<a href="https://silo.test/">https://silo.test/</a>'),
        ("<javascript:alert(1)|silo>", "silo"),
        (
            '<https://a.test/"onclick="x|a>',
            '<a href="https://a.test/&quot;onclick=&quot;x">a</a>',
        ),
        (
            "*<https://silo.test/|silo>*",
            '<strong><a href="https://silo.test/">silo</a></strong>',
        ),
        ("<!here>", '<span class="mention loud">@here</span>'),
        (
            "<@U1|amy> <#C1|desk>",
            '<span class="mention">@amy</span> <span class="mention">#desk</span>',
        ),
        ("<!subteam^S1|@night>", '<span class="mention">@night</span>'),
        (":warning: :no_such_thing:", "⚠️ :no_such_thing:"),
        ("at \ue0000\ue001 once", "at 0 once"),
    ],
)
def test_markup_becomes_what_slack_shows(text, shown):
    assert mrkdwn(text, READER) == shown


def test_a_bare_address_is_a_link_unless_the_text_is_verbatim():
    text = "see https://silo.test/a, now"
    link = '<a href="https://silo.test/a">https://silo.test/a</a>'
    assert mrkdwn(text, READER) == f"see {link}, now"
    assert mrkdwn(text, READER, verbatim=True) == text


@pytest.mark.parametrize(
    ("form", "zone", "told"),
    [
        ("{date_short_pretty} {time}", "UTC", "yesterday 23:30"),
        ("{date_short_pretty} {time}", "Europe/Kyiv", "today 01:30"),
        ("{date_num} {time_secs}", "America/New_York", "2026-03-01 18:30:00"),
        ("{date}", "UTC", "March 1st, 2026"),
        ("{date_long}", "Asia/Tokyo", "Monday, March 2nd, 2026"),
        ("{date_short}", "UTC", "Mar 1, 2026"),
        ("{ago}", "UTC", "12 hours ago"),
        ("{era}", "UTC", "{era}"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone(form, zone, told):
    reader = Reader(now=NOW, zone=ZoneInfo(zone))
    shown = lxml.html.fromstring(mrkdwn(f"<!date^{AT}^{form}|then>", reader))
    assert (shown.tag, shown.text) == ("time", told)


def test_a_moment_that_cannot_be_read_is_told_as_it_falls_back():
    assert mrkdwn("<!date^soon^{time}|06:40 UTC>", READER) == "06:40 UTC"


def test_a_plain_text_formats_nothing_but_emoji():
    assert plain("*a* <b> &lt;c&gt; :bell:") == "*a* &lt;b&gt; &lt;c&gt; 🔔"
    assert plain(":bell:", emoji=False) == ":bell:"


# --- the page -------------------------------------------------------------------------


@pytest.fixture
def slack():
    channels = [Channel(id=OPEN, name="tocsin"), Channel(id="C0DESK", name="desk")]
    with loopback_slack(now=SetClock(), channels=channels) as running:
        yield running


async def look(slack, **asked):
    """The page as a browser gets it, and its policy."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/", params=asked) as response,
    ):
        page = lxml.html.fromstring(await response.text())
        return page, response.headers["Content-Security-Policy"]


def said(page, within="section.channel"):
    """The words of each message in a pane."""
    selector = f"{within} article.message > .said > p, {within} .blocks"
    return [" ".join(each.text_content().split()) for each in page.cssselect(selector)]


def header(text):
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


async def test_the_channel_shows_its_roots_and_how_often_they_were_answered(slack):
    root = slack.post(
        {"channel": OPEN, "text": "x", "blocks": [header("Silo on fire")]}
    )
    slack.post({"channel": OPEN, "text": "Two hurt", "thread_ts": root["ts"]})
    slack.post({"channel": "C0DESK", "text": "Elsewhere"})
    page, _ = await look(slack)
    assert said(page) == ["Silo on fire"]
    (replies,) = page.cssselect(".replies b")
    assert replies.text == "1 reply"
    assert page.cssselect("section.thread") == []


async def test_a_thread_opens_beside_the_channel(slack):
    root = slack.post({"channel": OPEN, "text": "Silo on fire"})
    for text in ("Two hurt", "Three hurt"):
        slack.post({"channel": OPEN, "text": text, "thread_ts": root["ts"]})
    page, _ = await look(slack, thread=root["ts"])
    assert said(page, "section.thread") == ["Silo on fire", "Two hurt", "Three hurt"]
    assert page.cssselect("section.thread .count")[0].text == "2 replies"


async def test_a_broadcast_reply_names_its_thread_and_is_marked_within(slack):
    root = slack.post(
        {"channel": OPEN, "text": "x", "blocks": [header("Silo on fire")]}
    )
    reply = {"text": "Four dead", "thread_ts": root["ts"], "reply_broadcast": True}
    slack.post({"channel": OPEN, **reply})
    page, _ = await look(slack, thread=root["ts"])
    (link,) = page.cssselect("section.channel .broadcast .hint a")
    assert link.text == "Silo on fire"
    (mark,) = page.cssselect("section.thread .hint:not(header *)")
    assert mark.text.startswith("Also sent to the channel")


async def test_an_edited_message_is_marked(slack):
    first, second = (slack.post({"channel": OPEN, "text": text}) for text in "ab")
    slack.edit({"channel": OPEN, "ts": second["ts"], "text": "b, mended"})
    page, _ = await look(slack)
    marks = {
        article.get("id"): len(article.cssselect(".edited"))
        for article in page.cssselect("article")
    }
    assert marks == {f"m{first['ts']}": 0, f"m{second['ts']}": 1}


async def test_every_kind_of_block_is_shown(slack):
    text = {"type": "mrkdwn", "text": "*killed*: 4"}
    button = {"type": "button", "text": {"type": "plain_text", "text": "Silence"}}
    quoted = {
        "type": "rich_text_quote",
        "elements": [{"type": "text", "text": "<b>It</b> burns"}],
    }
    blocks = [
        header("Silo on fire"),
        {"type": "section", "text": text, "accessory": button},
        {"type": "section", "fields": [text, text]},
        {"type": "divider"},
        {"type": "rich_text", "elements": [quoted]},
        {"type": "context", "elements": [{"type": "plain_text", "text": "1 source"}]},
        {"type": "actions", "elements": [button | {"action_id": "a"}]},
        {"type": "image", "image_url": "https://silo.test/a.png", "alt_text": "Smoke"},
    ]
    slack.post({"channel": OPEN, "text": "fallback", "blocks": blocks})
    page, _ = await look(slack)
    (shown,) = page.cssselect(".blocks")
    words = [text.strip() for text in shown.itertext() if text.strip()]
    assert words == [
        *("Silo on fire", "killed", ": 4", "Silence", "killed", ": 4", "killed", ": 4"),
        *("<b>It</b> burns", "1 source", "Silence", "Smoke"),
    ]
    tags = ("h3", "strong", "blockquote", "hr")
    assert [len(shown.cssselect(tag)) for tag in tags] == [1, 3, 1, 1]
    assert page.cssselect(".fallback p")[0].text == "fallback"
    assert page.cssselect("img") == []


async def test_times_are_the_readers(slack):
    slack.post({"channel": OPEN, "text": "x"})
    page, _ = await look(slack, zone="Asia/Tokyo")
    assert page.cssselect(".who time")[0].text == "15:00"
    for zone in ("../etc/passwd", "Nowhere/Land"):
        page, _ = await look(slack, zone=zone)
        assert page.cssselect(".who time")[0].text == "06:00"


async def test_an_empty_channel_says_what_it_waits_for(slack):
    page, _ = await look(slack, channel="desk", thread="1.000000")
    assert page.cssselect(".empty")[0].text.startswith("Nothing yet")


async def test_the_page_loads_nothing_and_runs_its_own_script_alone(slack):
    """D11: the channel's page, by parsing it."""
    evil = "<script>alert(1)</script>"
    slack.say(
        f"{evil} <https://a.test/|{evil}>", metadata={"event_payload": {"k": evil}}
    )
    page, policy = await look(slack, channel=evil, thread=evil, zone=evil)
    (script,) = page.cssselect("script")
    assert f"script-src 'nonce-{script.get('nonce')}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "alert(1)" not in script.text
    assert page.cssselect("img, iframe, link, form") == []


async def test_the_page_learns_of_every_change(slack):
    async def count():
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{slack.url}/changes") as response,
        ):
            return await response.text()

    counts = [await count()]
    ts = slack.post({"channel": OPEN, "text": "x"})["ts"]
    counts.append(await count())
    slack.edit({"channel": OPEN, "ts": ts, "text": "y"})
    counts.append(await count())
    slack.delete(ts)
    counts.append(await count())
    assert len(set(counts)) == 4
    page, _ = await look(slack)
    assert page.cssselect("main")[0].get("data-changes") == counts[-1]


@pytest.mark.slow
async def test_the_demo_tells_each_story_in_a_thread_of_its_own():
    with loopback_slack() as slack:
        summary = await run_demo(console=Console(file=io.StringIO()), slack=slack)
        page, _ = await look(slack)
    threads = {message.get("thread_ts", message["ts"]) for message in slack.messages}
    assert set(slack.keys.values()) == {1}
    assert 1 < len(threads) <= summary.stories
    assert len(said(page)) >= len(threads)
