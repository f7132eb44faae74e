import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import AlertKind, DevelopmentKind, Severity
from flows.demo.slack import complain
from flows.slack.blocks import MAX_CHANGES, escape, inert, render
from tests.flows.messages import alert, development, message

MARKUP_WORDS = """
<!channel> <!here> <@U1> <#C1|x> <!subteam^S1> <!date^1^x|y>
<https://evil.test|Meridian> &lt;!here&gt; @here @channel @everyone :skull: *bold* _it_
~no~ `code` ``` > & &amp;lt; | https://evil.test é 🔥
"""
INVISIBLE = ["\n", "\u202e", "\u2066", "\u200b", "\x00", "\U000e0041"]
PIECE = st.sampled_from(MARKUP_WORDS.split() + INVISIBLE) | st.text(max_size=8)
NASTY = st.lists(PIECE, max_size=12).map("".join)


def texts_of(rendered):
    """Every text object of a message, as (kind, text)."""
    for block in rendered.blocks:
        for holder in [block.get("text"), *block.get("elements", ())]:
            if holder:
                yield holder["type"], holder["text"]


def everywhere(text, url="https://meridian.test/a"):
    """A message with ``text`` in every place that the outside fills."""
    changes = [
        development("place", None, text, quote=text, attribution=text),
        development("killed", 4, 6, DevelopmentKind.CHANGE, attribution=text),
        development(text or "place", text, "Quay 4", DevelopmentKind.CONFLICT),
    ]
    return message(
        alert(*changes, sources=(text, "Harbour Post"), kind=AlertKind.UPDATE),
        headline=text,
        topic_title=text,
        article_title=text,
        article_source=text,
        url=url,
    )


def test_an_update_shows_what_was_what_is_and_who_says_so():
    rise = development(
        "killed",
        4,
        6,
        DevelopmentKind.CHANGE,
        quote="Six died, the harbour master said.",
        attribution="the harbour master",
    )
    told = message(
        alert(rise, kind=AlertKind.UPDATE, sources=("Meridian Wire", "Harbour Post"))
    )
    link = "https://meridian.test/silo?page=1&amp;from=feed"
    assert [text for _, text in texts_of(render(told))] == [
        "🔄 UPDATE · Grain silo burns at the northern quay",
        "🟠 *major* · Quay fires · 06:40 UTC, 1 Mar 2026",
        "killed: 4 → *6* (+2), says the harbour master",
        "“Six died, the harbour master said.”",
        f"Meridian Wire · <{link}|Four dead as silo burns> (meridian.test)",
        "2 sources: Meridian Wire, Harbour Post",
    ]


def test_the_three_kinds_of_alert_look_different():
    heads = {
        render(message(alert(development("killed", 4, 6), kind=kind)))
        .blocks[0]["text"]["text"]
        .split(" · ")[0]
        for kind in AlertKind
    }
    assert heads == {"🆕 NEW", "🔄 UPDATE", "✏️ CORRECTION"}


@pytest.mark.parametrize(
    ("severity", "thread_ts", "broadcast"),
    [
        pytest.param(Severity.CRITICAL, "1.2", True, id="critical-reply"),
        pytest.param(Severity.MAJOR, "1.2", False, id="major-reply"),
        pytest.param(Severity.CRITICAL, None, False, id="critical-root"),
    ],
)
def test_only_a_critical_reply_is_broadcast(severity, thread_ts, broadcast):
    told = message(
        alert(development("killed", 4, 6), severity=severity), thread_ts=thread_ts
    )
    assert render(told).broadcast is broadcast


def test_an_address_that_is_no_web_page_leaves_the_title_unlinked():
    origin = list(texts_of(render(message(url="javascript:alert(1)"))))[-2][1]
    assert origin == "Meridian Wire · Four dead as silo burns"


@given(NASTY)
def test_nothing_from_outside_mentions_links_or_formats(text):
    rendered = render(everywhere(text))
    fallbacks = [("fallback", text) for text in (rendered.text, rendered.plain)]
    for kind, shown in [*texts_of(rendered), *fallbacks]:
        ours = re.sub(r"<https://meridian\.test/a\|[^<>|]*>", "", shown)
        assert not set(ours) & set("<>"), shown
        assert not re.search(r"&(?!amp;|lt;|gt;)", ours), shown
        assert not re.search(r"[@＠]\w", ours), shown
        assert not re.search(r"(?<!https):[\w+'-]+:", ours), shown
        assert not set(ours) & set("\u202e\u2066\u200b\x00\U000e0041"), shown
        if kind == "mrkdwn":
            bold = re.sub(r"(?m)(^|: |→ |\S )\*[^*\n]+\*", r"\1", ours)
            assert not set(bold) & set("*~`"), shown
        if kind == "fallback":
            assert not set(ours) & set("*_~`"), shown


@settings(max_examples=30, deadline=None)
@given(NASTY, st.integers(1, 200), st.integers(0, 80))
def test_every_message_is_within_what_slack_takes(text, times, changes):
    long = text * times
    told = everywhere(long)
    many = [
        development(f"slot{n}", n, n + 1, DevelopmentKind.CHANGE, quote=f"{n} {long}")
        for n in range(changes)
    ]
    flood = message(
        alert(*told.alert.developments, *many, sources=(long,) * 300),
        headline=long,
        article_title=long,
    )
    for each in (told, flood):
        rendered = render(each)
        body = {"text": rendered.text, "blocks": list(rendered.blocks)}
        assert complain(body) == ""
        assert 1 <= len(rendered.plain) <= 4000


def test_changes_beyond_the_limit_are_counted_not_dropped_in_silence():
    many = [development(f"slot{n}", n, n + 1) for n in range(MAX_CHANGES + 7)]
    sections = [t for k, t in texts_of(render(message(alert(*many)))) if "slot0" in t]
    assert sections[0].endswith("\n_and 7 more_")


@given(st.text(), st.integers(2, 60))
def test_a_cut_never_falls_inside_an_entity_or_beyond_the_limit(text, limit):
    cut = escape(text, limit)
    assert len(cut.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    plain = html.unescape(cut.replace("&amp;", "\ue000")).replace("\ue000", "&")
    assert plain == text or text.startswith(plain.removesuffix("…"))


def test_a_cut_keeps_an_accent_with_its_letter():
    assert escape("cafe\u0301 noir", 5) == "caf…"


@given(st.text(alphabet="*_~`|@:abc "))
def test_inert_text_stays_inert(text):
    once = inert(text)
    assert not set(once) & set("*_~`|")
    assert len(once) >= len(text)
