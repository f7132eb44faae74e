import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import AlertKind, Article, DevelopmentKind, Severity
from detectors.overviews import Known, Overview
from flows.demo.slack import blockkit
from flows.posting import Dispatch
from flows.slack.blocks import MAX_ALL, MAX_CHANGES, MAX_HEADER, render, render_root
from flows.slack.markup import escape, inert, length
from tests.flows.messages import DECIDED_AT, alert, development, message

MARKUP_WORDS = """
<!channel> <!here> <@U1> <#C1|x> <!subteam^S1> <!date^1^x|y>
<https://evil.test|Meridian> &lt;!here&gt; @here @channel @everyone :skull: *bold* _it_
~no~ `code` ``` > & &amp;lt; | https://evil.test é 🔥
"""
INVISIBLE = ["\n", "\u202e", "\u2066", "\u200b", "\x00", "\U000e0041"]
PIECE = st.sampled_from(MARKUP_WORDS.split() + INVISIBLE) | st.text(max_size=8)
NASTY = st.lists(PIECE, max_size=12).map("".join)
OURS = re.compile(
    r"<https://meridian\.test/[^<>|]*\|[^<>|]*>"
    r"|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d:]+ UTC, [\w ]+>"
)
SENT = "06:40 UTC, 1 Mar 2026"
STORIES = 20  # the most in a digest


ARTICLE = Article(
    id="a1",
    url="https://meridian.test/silo?page=1&from=feed",
    source="Meridian Wire",
    title="Six dead as silo burns",
    text="",
    published_at=DECIDED_AT,
    fetched_at=DECIDED_AT,
)


def texts_of(rendered):
    """Every text of a message, as (kind, text)."""
    for block in rendered.blocks:
        if block["type"] == "rich_text":
            (quoted,) = block["elements"]
            for element in quoted["elements"]:
                yield "rich_text", element["text"]
            continue
        for holder in [block.get("text"), *block.get("elements", ())]:
            if holder:
                yield holder["type"], holder["text"]


def read(rendered):
    """The texts as somebody reads them whose zone is UTC."""
    return [re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", t) for _, t in texts_of(rendered)]


def assert_taken(rendered):
    """Slack's documented limits hold, and the one that it does not document."""
    assert blockkit.complaints(list(rendered.blocks)) == ()
    assert blockkit.length(rendered.blocks) <= MAX_ALL
    assert 1 <= length(rendered.text) <= 4_000


def reply(*developments, **given):
    told = alert(*developments, **{"kind": AlertKind.UPDATE} | given)
    return Dispatch(message=message(told, thread_ts="1.2"))


def known(**given: Any) -> Known:
    values: dict[str, Any] = {
        "slot": "killed",
        "values": (6,),
        "since": DECIDED_AT,
        "sources": ("Meridian Wire",),
        "quote": "Six died.",
    }
    return Known(**values | given)


def standing(*each: Known, **given: Any) -> Overview:
    values: dict[str, Any] = {
        "story": "s1",
        "topic": "quay-fires",
        "topic_title": "Quay fires",
        "headline": "Grain silo burns at the northern quay",
        "severity": Severity.MAJOR,
        "opened_at": DECIDED_AT,
        "changed_at": DECIDED_AT + timedelta(hours=1),
        "sources": ("Meridian Wire", "Harbour Post"),
        "known": each or (known(),),
        "latest": ARTICLE,
    }
    return Overview(**values | given)


def everywhere(text, url="https://meridian.test/a"):
    """A message, and a story, with ``text`` in every place that the outside fills."""
    changes = [
        development("place", None, text, quote=text, attribution=text),
        development("killed", 4, 6, DevelopmentKind.CHANGE, attribution=text),
        development(text or "place", text, "Quay 4", DevelopmentKind.CONFLICT),
        development("place", text, "Quay 4", DevelopmentKind.CORRECTION),
    ]
    told = message(
        alert(
            *changes,
            sources=(text, "Harbour Post"),
            kind=AlertKind.UPDATE,
            reason=text,
            by_hand=True,
        ),
        headline=text,
        topic_title=text,
        article_title=text,
        article_source=text,
        url=url,
    )
    place = known(
        slot=text or "place",
        values=(text, "Quay 4"),
        withdrawn=(text,),
        rivals=(text,),
        sources=(text, text + "2", "x"),
        attribution=text,
        quote=text,
        is_sure=False,
    )
    article = replace(ARTICLE, source=text, title=text, url=url)
    found = standing(
        place,
        headline=text,
        topic_title=text,
        topic=text,
        sources=(text, "Harbour Post"),
        latest=article,
    )
    return told, found


def every_form(told, found):
    """All that is ever rendered of a message and its story."""
    yield render(Dispatch(message=told, overview=found))
    yield render(Dispatch(message=told))
    yield render(Dispatch(message=replace(told, thread_ts="1.2"), folded=(told,)))
    yield render(Dispatch(message=replace(told, is_digest=True), folded=(told,) * 3))
    yield render_root(found)


def test_a_reply_shows_what_was_what_is_and_who_says_so():
    rise = development(
        "killed",
        4,
        6,
        DevelopmentKind.CHANGE,
        quote="Six died, the harbour master said.",
        attribution="the harbour master",
    )
    link = "https://meridian.test/silo?page=1&amp;from=feed"
    assert read(render(reply(rise, sources=("Meridian Wire", "Harbour Post")))) == [
        (
            "🔄 *UPDATE* · 🟠 major · Grain silo burns at the northern quay\n"
            "killed: 4 → *6* (+2), says the harbour master"
        ),
        "“Six died, the harbour master said.”",
        f"Meridian Wire · <{link}|Four dead as silo burns> (meridian.test)",
        "2 sources: Meridian Wire, Harbour Post",
        SENT,
    ]


def test_a_root_shows_the_story_as_it_stands():
    found = standing(
        known(attribution="the mayor", withdrawn=(600,), sources=("A", "B", "C")),
        known(slot="injured", values=(20,), rivals=(14,), quote=""),
        known(slot="weapon", values=(), withdrawn=("drone",), sources=(), quote=""),
        known(slot="missing", values=(3,), is_sure=False, quote=""),
    )
    link = "https://meridian.test/silo?page=1&amp;from=feed"
    assert read(render_root(found)) == [
        "🟠 Grain silo burns at the northern quay",
        "*major* · Quay fires",
        "2 sources: Meridian Wire, Harbour Post",
        (
            f"killed: *6* ~600~ · {SENT} · the mayor in A, B +1\n"
            f"injured: *20* (others say 14) · {SENT} · Meridian Wire\n"
            f"weapon: ~drone~ (taken back) · {SENT}\n"
            f"missing: *3* (unconfirmed) · {SENT} · Meridian Wire"
        ),
        "“Six died.”",
        f"Meridian Wire · <{link}|Six dead as silo burns> (meridian.test)",
        f"headline as first seen {SENT}",
        "last change 07:40 UTC, 1 Mar 2026",
    ]


def test_a_headline_whose_figures_are_overtaken_says_what_is_so_now():
    later = DECIDED_AT + timedelta(hours=1)
    found = standing(
        known(since=later),
        known(slot="injured", values=(20,), since=later),
        known(slot="missing", values=(0,), since=later),
        headline="Four dead as grain silo burns " + "at the northern quay " * 9,
    )
    (head, *_) = read(render_root(found))
    assert head.endswith("… · now: 6 killed, 20 injured")
    assert length(head) <= MAX_HEADER


def test_a_new_story_is_told_by_its_root_and_the_notification_by_the_alert():
    first = message(alert(development("killed", None, 6)))
    rendered = render(Dispatch(message=first, overview=standing()))
    assert rendered.blocks == render_root(standing()).blocks
    assert rendered.text.startswith("NEW · Quay fires · Grain silo burns")


def test_a_root_that_tells_of_a_later_change_says_which():
    rise = development("killed", 4, 6, DevelopmentKind.CHANGE)
    later = message(alert(rise, kind=AlertKind.UPDATE))
    shown = read(render(Dispatch(message=later, overview=standing())))
    assert any("UPDATE" in text and "4 → *6*" in text for text in shown)


@pytest.mark.parametrize(
    ("kind", "change", "mark"),
    [
        pytest.param(AlertKind.UPDATE, DevelopmentKind.CHANGE, "🔄 *UPDATE*"),
        pytest.param(
            AlertKind.CORRECTION, DevelopmentKind.CORRECTION, "✏️ *CORRECTION*"
        ),
        pytest.param(AlertKind.UPDATE, DevelopmentKind.CONFLICT, "⚖️ *CONFLICT*"),
        pytest.param(AlertKind.UPDATE, DevelopmentKind.CONFIRMATION, "✅ *CONFIRMED*"),
    ],
)
def test_each_kind_of_news_looks_different(kind, change, mark):
    told = render(reply(development("killed", 9, 6, change), kind=kind))
    assert read(told)[0].startswith(mark)


def test_what_is_taken_back_is_struck_through_and_says_by_whom():
    gone = development("killed", 600, None, DevelopmentKind.CORRECTION)
    reason = "reject by Anna: a typo of the wire"
    told = reply(gone, kind=AlertKind.CORRECTION, reason=reason, by_hand=True)
    first, *aside = read(render(told))
    assert "killed: ~600~ → *taken back*" in first
    assert reason in aside


@pytest.mark.parametrize(
    ("severity", "thread_ts", "broadcast_from", "broadcast"),
    [
        pytest.param(Severity.CRITICAL, "1.2", Severity.CRITICAL, True, id="loud"),
        pytest.param(Severity.MAJOR, "1.2", Severity.CRITICAL, False, id="quiet"),
        pytest.param(Severity.MAJOR, "1.2", Severity.MAJOR, True, id="loud-by-setting"),
        pytest.param(Severity.CRITICAL, "1.2", None, False, id="never"),
        pytest.param(Severity.CRITICAL, None, Severity.NOTICE, False, id="root"),
    ],
)
def test_a_reply_is_broadcast_from_a_severity_up(
    severity, thread_ts, broadcast_from, broadcast
):
    told = alert(development("killed", 4, 6), severity=severity)
    dispatch = Dispatch(message=message(told, thread_ts=thread_ts), overview=standing())
    assert render(dispatch, broadcast_from=broadcast_from).broadcast is broadcast


def test_a_digest_has_a_line_a_story_with_all_that_was_told_of_it():
    first = message(alert(development("killed", None, 4)), is_digest=True)
    rise = development("killed", 4, 6, DevelopmentKind.CHANGE)
    second = message(alert(rise, kind=AlertKind.UPDATE, severity=Severity.CRITICAL))
    other = message(
        replace(alert(development("injured", None, 2)), story="s2"), headline="A fire"
    )
    shown = read(render(Dispatch(message=first, folded=(second, other))))
    link = "<https://meridian.test/silo?page=1&amp;from=feed|Meridian Wire>"
    assert shown == [
        "🗞️ 3 alerts of 2 stories",
        f"More than could be told one by one, since {SENT}",
        (
            f"🔴 *Grain silo burns at the northern quay* (2 alerts): killed 4 → 6 (+2)"
            f" · {link}\n🟠 *A fire*: injured 2 · {link}"
        ),
    ]


def test_a_digest_told_by_a_later_message_ends_in_the_last_state_the_loudest_first():
    rise = development("killed", 4, 60, DevelopmentKind.CHANGE)
    loud = replace(alert(rise, kind=AlertKind.UPDATE), severity=Severity.CRITICAL)
    lead = message(loud, id=9, is_digest=True)
    quiet = replace(alert(development("injured", None, 2)), story="s2")
    mild = replace(quiet, story="s3", severity=Severity.NOTICE)
    folded = (
        message(alert(development("killed", None, 4)), id=2),
        message(mild, id=3, headline="A leak"),
        message(quiet, id=5, headline="A fire"),
    )
    *_, told = read(render(Dispatch(message=lead, folded=folded)))
    first, second, third = told.split("\n")
    assert "killed 4 → 60 (+56)" in first
    assert ("A fire" in second, "A leak" in third) == (True, True)


def test_an_address_that_is_no_web_page_leaves_the_title_unlinked():
    first = message(url="javascript:alert(1)", thread_ts="1.2")
    assert "Meridian Wire · Four dead as silo burns" in read(
        render(Dispatch(message=first))
    )


@given(NASTY)
def test_d01_to_d05_nothing_from_outside_mentions_links_or_formats(text):
    for rendered in every_form(*everywhere(text)):
        fallbacks = [("fallback", text) for text in (rendered.text, rendered.plain)]
        for kind, shown in [*texts_of(rendered), *fallbacks]:
            ours = OURS.sub("", shown)
            assert not set(ours) & set("<>"), shown
            if kind != "rich_text":
                assert not re.search(r"&(?!amp;|lt;|gt;)", ours), shown
            assert not re.search(r"[@＠]\w", ours), shown
            assert not re.search(r"(?<!https):[\w+'-]+:", ours), shown
            assert not set(ours) & set("\u202e\u2066\u200b\x00\U000e0041"), shown
            if kind == "mrkdwn":
                bold = re.sub(r"(?m)(^|: |→ |· |\S )\*[^*\n]+\*", r"\1", ours)
                struck = re.sub(r"~[^~\n]+~(?= |$)", "", bold)
                assert not set(struck) & set("*~`"), shown
            if kind == "fallback":
                assert not set(ours) & set("*_~`"), shown


def flooded(text, changes):
    """A message and a story with ``text`` everywhere and so many changes."""
    told, found = everywhere(text)
    many = [
        development(f"slot{n}", n, n + 1, DevelopmentKind.CHANGE, quote=f"{n} {text}")
        for n in range(changes)
    ]
    flood = message(
        alert(*told.alert.developments, *many, sources=(text,) * 300),
        headline=text,
        article_title=text,
    )
    all_known = tuple(replace(found.known[0], slot=f"slot{n}") for n in range(changes))
    return flood, replace(found, known=all_known, sources=(text,) * 300)


@settings(max_examples=30, deadline=None)
@given(NASTY, st.integers(1, 10), st.integers(0, 30))
def test_d07_every_message_is_within_what_slack_takes(text, times, changes):
    long = text * times
    for rendered in (
        *every_form(*everywhere(long)),
        *every_form(*flooded(long, changes)),
    ):
        assert_taken(rendered)
        assert 1 <= len(rendered.plain) <= 4000


@pytest.mark.slow
@pytest.mark.parametrize("character", ["<", "&", "🔥", "é", "e\u0301"])
def test_d07_the_longest_story_is_within_what_slack_takes(character):
    for rendered in every_form(*flooded(character * 5_000, 80)):
        assert_taken(rendered)


def test_a_digest_of_many_stories_is_within_what_slack_takes():
    many = [
        message(
            replace(alert(development("killed", None, n)), story=f"s{n}"),
            headline="<&>" * 100,
            article_source="&" * 300,
            url="https://meridian.test/" + "&" * 30,
        )
        for n in range(STORIES)
    ]
    lead = replace(many[0], is_digest=True)
    rendered = render(Dispatch(message=lead, folded=tuple(many[1:])))
    assert_taken(rendered)
    lines = "\n".join(text for _, text in texts_of(rendered)).count("killed")
    assert lines == len(many)


def test_changes_beyond_the_limit_are_counted_not_dropped_in_silence():
    many = [development(f"slot{n}", n, n + 1) for n in range(MAX_CHANGES + 7)]
    (shown,) = [t for _, t in texts_of(render(reply(*many))) if "slot0" in t]
    assert shown.endswith("\n_and 8 more_")


@given(st.text(), st.integers(2, 60))
def test_a_cut_never_falls_inside_an_entity_or_beyond_the_limit(text, limit):
    cut = escape(text, limit)
    assert length(cut) <= limit
    plain = html.unescape(cut.replace("&amp;", "\ue000")).replace("\ue000", "&")
    assert plain == text or text.startswith(plain.removesuffix("…"))


def test_a_cut_keeps_an_accent_with_its_letter():
    assert escape("cafe\u0301 noir", 5) == "caf…"


@given(st.text(alphabet="*_~`|@:abc "))
def test_inert_text_stays_inert(text):
    once = inert(text)
    assert not set(once) & set("*_~`|")
    assert len(once) >= len(text)
