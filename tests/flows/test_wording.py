from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import AlertKind, Certainty, DevelopmentKind
from flows.wording import (
    changes_in,
    count_sources,
    in_utc,
    quotes_of,
    safe_url,
    shown,
    value_name,
    words_of,
)
from tests.flows.messages import alert, development, message

QUOTE = "Six people died, the harbour master said."


def lines(*developments):
    return [
        f"{change.what}: {change.moved} {change.aside}".strip()
        for change in words_of(message(alert(*developments))).changes
    ]


def test_a_rise_tells_both_figures_the_step_and_who_says_so():
    rise = development(
        "killed", 4, 6, DevelopmentKind.CHANGE, attribution="the harbour master"
    )
    assert lines(rise) == ["killed: 4 → 6 (+2) says the harbour master"]


def test_a_toll_that_falls_is_called_corrected():
    fall = development("killed", 1207, 1200, DevelopmentKind.CORRECTION)
    assert lines(fall) == ["killed: 1,207 → 1,200 (−7) corrected"]


def test_a_conflict_keeps_both_values_and_calls_neither_old():
    conflict = development("injured", 12, 19, DevelopmentKind.CONFLICT)
    assert lines(conflict) == ["injured: 12 or 19 sources disagree"]


def test_a_confirmation_shows_one_value():
    same = development("status", "announced", "announced", DevelopmentKind.CONFIRMATION)
    assert lines(same) == ["status: announced confirmed"]


def test_several_words_of_one_slot_share_a_line():
    told = lines(
        development("weapon", None, "drone"),
        development("killed", None, 2),
        development("weapon", None, "missile"),
        development("weapon", None, "drone"),
    )
    assert told == ["weapon: drone, missile", "killed: 2"]


def test_words_that_different_people_say_stay_apart():
    told = lines(
        development("blamed_on", None, "Northland", attribution="Southland"),
        development("blamed_on", None, "Southland", attribution="Northland"),
    )
    assert told == [
        "blamed on: Northland says Southland",
        "blamed on: Southland says Northland",
    ]


def test_power_that_is_back_is_restored_and_no_step():
    back = development("power_cut", 4000, 0, DevelopmentKind.CHANGE)
    assert lines(back) == ["without power: 4,000 → restored"]


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("power_cut", True, "yes, number unknown"),
        ("power_cut", 12000, "12,000"),
        ("evacuated", True, "yes"),
        ("evacuated", False, "no"),
        ("place", None, ""),
        ("date", "2026-05-27", "27 May 2026"),
        ("date", "2026-13-45", "2026-13-45"),
        ("place", "\u200b", "(no readable text)"),
    ],
)
def test_values_are_said_as_people_say_them(slot, value, said):
    assert value_name(slot, value) == said


def test_an_alert_of_a_topic_without_slots_tells_its_reason():
    assert lines() == ["why: first report"]


def test_a_sentence_that_proves_three_things_is_quoted_once():
    proofs = [development(slot, None, 6, quote=QUOTE) for slot in ("killed", "injured")]
    assert quotes_of(proofs) == (QUOTE,)


def test_sources_beyond_four_are_counted():
    told = count_sources(["A", "B", "C", "D", "E", "F", "A"])
    assert told == "6 sources: A, B, C, D and 2 more"


def test_the_summary_holds_the_whole_alert_in_one_line():
    words = words_of(message(alert(development("killed", 4, 6), kind=AlertKind.UPDATE)))
    assert words.summary == (
        "UPDATE · Quay fires · Grain silo burns at the northern quay: killed 4 → 6 (+2)"
    )


def test_the_moment_of_the_decision_is_told_in_utc():
    at = datetime(2026, 3, 1, 6, 5, tzinfo=UTC)
    assert in_utc(words_of(message(decided_at=at)).told_at) == "06:05 UTC, 1 Mar 2026"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://wire.test/a?b=1&c=2", "https://wire.test/a?b=1&c=2"),
        ("https://wire.test/a|b>c<d e", "https://wire.test/a%7Cb%3Ec%3Cd%20e"),
        ("https://u:p@wire.test:8443/", "https://wire.test:8443/"),
        ("HTTPS://WIRE.TEST/A", "https://wire.test/A"),
        ("https://bücher.test/", "https://xn--bcher-kva.test/"),
        ("https://[::1]/x", "https://[::1]/x"),
        ("https://wire.test/\u202egpj.exe", "https://wire.test/gpj.exe"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//wire.test/a", ""),
        ("/a", ""),
        ("https://", ""),
        ("https://wire.test:x/", ""),
        ("https://a b.test/", ""),
        ("https://" + "a" * 70 + "é.test/", ""),
        ("https://wire.test/" + "a" * 2000, ""),
    ],
)
def test_only_a_plain_web_address_is_linked(url, link):
    assert safe_url(url) == link


@given(st.text())
def test_a_link_never_holds_what_ends_one(url):
    for text in (url, f"https://wire.test/{url}", f"https://{url}/"):
        assert not set(safe_url(text)) & set('<>| "`\n\\')


@given(st.text())
def test_shown_text_is_one_line_of_visible_characters(text):
    clean = shown(text)
    assert shown(clean) == clean
    assert "\n" not in clean
    assert clean.encode("utf-8").decode() == clean
    assert not set(clean) & set("\u202e\u2066\u200b\ufeff\x1b\x00\u2028\u00ad")


@pytest.mark.parametrize(
    ("told", "moved", "aside"),
    [
        pytest.param(
            development(
                "killed",
                6,
                1000,
                DevelopmentKind.CHANGE,
                certainty=Certainty.UNCONFIRMED,
            ),
            "6 → 1,000 (+994)",
            "single source, unconfirmed",
            id="leap",
        ),
        pytest.param(
            development("killed", None, 5, certainty=Certainty.UNCONFIRMED),
            "5",
            "unconfirmed",
            id="hedged",
        ),
        pytest.param(
            development("killed", 1000, 1000, DevelopmentKind.CONFIRMATION),
            "1,000",
            "confirmed",
            id="confirmed",
        ),
        pytest.param(
            development(
                "target",
                "hospital",
                None,
                DevelopmentKind.CORRECTION,
                attribution="Anna",
            ),
            "hospital → taken back",
            "corrected, says Anna",
            id="taken-back",
        ),
        pytest.param(
            development(
                "killed", 600, 7, DevelopmentKind.CORRECTION, attribution="Anna"
            ),
            "600 → 7 (−593)",
            "corrected, says Anna",
            id="corrected-by-hand",
        ),
    ],
)
def test_how_far_to_believe_a_change_stands_beside_it(told, moved, aside):
    (change,) = changes_in([told])
    assert (change.moved, change.aside) == (moved, aside)
