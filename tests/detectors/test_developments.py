from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.corroboration import spread
from detectors.developments import Progress, develop
from detectors.leads import Lead
from detectors.ledger import fold
from detectors.meeting_status import Step, step
from detectors.model import (
    Article,
    Bound,
    Certainty,
    Claim,
    DevelopmentKind,
    Fact,
    FactValue,
    Story,
    StoryProfile,
)
from detectors.slots import SLOT_VALUES, is_number
from detectors.values import same

DAWN = datetime(2026, 5, 4, 4, tzinfo=UTC)
STORY = Story(
    id="s1",
    topic="strikes",
    headline="A strike",
    opened_at=DAWN,
    changed_at=DAWN,
    profile=StoryProfile(),
)


def article(
    number: int,
    *,
    after: timedelta | None = None,
    source: str = "a.test",
    revision_of: str | None = None,
):
    at = DAWN + (after or timedelta(minutes=20 * number))
    return Article(
        id=f"a{number}",
        url=f"https://{source}/{number}",
        source=source,
        title="",
        text="",
        published_at=at,
        fetched_at=at,
        revision_of=revision_of,
    )


def fact(slot: str, value: FactValue, at: int = 0, **kwargs):
    return Fact(
        topic="strikes",
        slot=slot,
        value=value,
        evidence=(at, at + 5),
        quote=f"{slot} {value}",
        **kwargs,
    )


LEAD = Lead(first=120, opening=250, end=500)


class Ledger:
    """A story's ledger that grows with each article it is shown."""

    def __init__(self):
        self.claims: list[Claim] = []
        self.articles = 0

    def hear(self, *facts: Fact, after: timedelta | None = None, **kwargs) -> Progress:
        self.articles += 1
        lead, voice = kwargs.pop("lead", None), kwargs.pop("voice", None)
        told = article(self.articles, after=after, **kwargs)
        progress = develop(
            STORY, self.claims, facts, article=told, lead=lead, voice=voice
        )
        self.claims.extend(progress.claims)
        return progress

    def changes(self, *facts: Fact, **kwargs):
        told = self.hear(*facts, **kwargs).developments
        return [(d.slot, d.old, d.new, d.kind.value) for d in told]


def test_every_fact_of_the_first_article_is_new():
    ledger = Ledger()
    assert ledger.changes(
        fact("killed", 3), fact("place", "Kyiv", 10), fact("weapon", "drone", 20)
    ) == [
        ("killed", None, 3, "new"),
        ("place", None, "Kyiv", "new"),
        ("weapon", None, "drone", "new"),
    ]


@pytest.mark.parametrize(
    ("known", "stated", "wanted"),
    [
        pytest.param(3, fact("killed", 4), [("killed", 3, 4, "change")], id="rise"),
        pytest.param(3, fact("killed", 3), [], id="repeated"),
        pytest.param(6, fact("killed", 4), [], id="lower-unmarked"),
        pytest.param(
            6, fact("killed", 6, bound=Bound.AT_LEAST), [], id="at-least-six-after-six"
        ),
        pytest.param(6, fact("killed", 9, bound=Bound.UP_TO), [], id="up-to-nine"),
        pytest.param(
            7,
            fact("killed", 6, corrects=7),
            [("killed", 7, 6, "correction")],
            id="six-not-seven",
        ),
        pytest.param(
            7,
            fact("killed", 6, corrects=True),
            [("killed", 7, 6, "correction")],
            id="corrected-without-naming-the-old",
        ),
        pytest.param(
            6, fact("killed", 6, corrects=7), [], id="corrected-before-we-were-told"
        ),
        pytest.param(
            5, fact("killed", 4, corrects=9), [], id="corrects-what-we-never-told"
        ),
        pytest.param(
            3, fact("killed", 9, certainty=Certainty.UNCONFIRMED), [], id="unconfirmed"
        ),
        pytest.param(3, fact("killed", 9, certainty=Certainty.DENIED), [], id="denied"),
        pytest.param(
            3, fact("killed", 9, certainty=Certainty.BACKGROUND), [], id="background"
        ),
        pytest.param(
            3,
            fact("killed", 9, certainty=Certainty.CLAIMED),
            [("killed", 3, 9, "change")],
            id="claimed-by-a-side",
        ),
    ],
)
def test_a_figure_moves_upwards_or_by_correction(known, stated, wanted):
    ledger = Ledger()
    ledger.hear(fact("killed", known))
    assert ledger.changes(stated, source="b.test") == wanted


def test_up_to_nine_is_no_news_after_six_but_up_to_twelve_is_after_up_to_nine():
    ledger = Ledger()
    ledger.hear(fact("killed", 9, bound=Bound.UP_TO))
    assert ledger.changes(fact("killed", 12, bound=Bound.UP_TO), source="b.test") == [
        ("killed", 9, 12, "change")
    ]
    ledger.hear(fact("killed", 13), source="b.test")
    assert not ledger.changes(fact("killed", 20, bound=Bound.UP_TO), source="c.test")


def test_an_overtaken_figure_is_late_for_hours_and_then_news_again():
    ledger = Ledger()
    ledger.hear(fact("killed", 7))
    ledger.hear(fact("killed", 6, corrects=7))
    again = ledger.hear(fact("killed", 7))
    assert (again.overtaken, again.developments) == (("killed 7",), ())
    assert ledger.changes(fact("killed", 7), after=timedelta(hours=16)) == [
        ("killed", 6, 7, "change")
    ]


def test_of_several_figures_the_highest_of_the_whole_speaks():
    ledger = Ledger()
    ledger.hear(fact("killed", 1))
    assert ledger.changes(
        fact("killed", 1), fact("killed", 3, 10), fact("killed", 9, 20, place="Brovary")
    ) == [("killed", 1, 3, "change")]


def test_nobody_missing_any_more_is_news_only_where_somebody_was():
    ledger = Ledger()
    assert not ledger.changes(fact("missing", 0))
    ledger.hear(fact("missing", 2))
    assert ledger.changes(fact("missing", 0)) == [("missing", 2, 0, "change")]


def test_true_after_a_number_is_nothing_and_a_number_after_true_is_a_change():
    ledger = Ledger()
    ledger.hear(fact("power_cut", True))  # noqa: FBT003 - the slot's value
    assert ledger.changes(fact("power_cut", 500)) == [
        ("power_cut", True, 500, "change")
    ]
    assert not ledger.changes(fact("power_cut", True))  # noqa: FBT003


def test_two_authorities_in_one_article_that_differ_are_a_conflict():
    ledger = Ledger()
    ledger.hear(fact("killed", 8, attribution="the mayor"))
    told = ledger.hear(
        fact("killed", 8, attribution="the mayor"),
        fact("killed", 5, 10, attribution="the army"),
    )
    assert [(d.kind, d.old, d.new) for d in told.developments] == [
        (DevelopmentKind.CONFLICT, 8, 5)
    ]
    assert fold(ledger.claims).current["killed"] == 8


def test_a_conflict_is_told_once():
    ledger = Ledger()
    rivals = (
        fact("killed", 8, attribution="the mayor"),
        fact("killed", 5, 10, attribution="the army"),
    )
    ledger.hear(rivals[0])
    assert len(ledger.changes(*rivals)) == 1
    assert not ledger.changes(*rivals)
    assert not ledger.changes(*rivals, source="b.test")
    assert spread(ledger.claims) == {"killed": (5, 8)}


def test_another_authority_with_a_lower_figure_of_its_own_is_a_conflict_once():
    ledger = Ledger()
    ledger.hear(fact("killed", 8, attribution="the mayor"))
    lower = fact("killed", 5, attribution="the army")
    assert ledger.changes(lower, source="b.test") == [("killed", 8, 5, "conflict")]
    assert fold(ledger.claims).current["killed"] == 8
    assert spread(ledger.claims) == {"killed": (5, 8)}
    assert not ledger.changes(lower, source="b.test")
    assert ledger.changes(fact("killed", 9), source="c.test")
    assert spread(ledger.claims) == {}


@pytest.mark.parametrize(
    "late",
    [
        pytest.param([fact("killed", 5)], id="names-nobody"),
        pytest.param([fact("killed", 5, attribution="the mayor")], id="same-authority"),
        pytest.param(
            [fact("killed", 5, attribution="the army", bound=Bound.AT_LEAST)],
            id="at-least",
        ),
        pytest.param(
            [fact("killed", 5, attribution="the army"), fact("injured", 3)],
            id="old-in-all",
        ),
        pytest.param(
            [fact("killed", 5, attribution="the army", place="Brovary")],
            id="of-a-part",
        ),
    ],
)
def test_a_lower_figure_is_late_where_nobody_stands_against_it(late):
    ledger = Ledger()
    ledger.hear(fact("injured", 3))
    ledger.hear(fact("killed", 8, attribution="the mayor"), fact("injured", 9))
    assert not ledger.changes(*late, source="b.test")


def test_a_source_takes_its_own_figure_back_without_a_word_about_it():
    ledger = Ledger()
    ledger.hear(fact("killed", 8))
    assert ledger.changes(fact("killed", 5, place="Brovary")) == []
    assert ledger.changes(fact("killed", 7)) == [("killed", 8, 7, "correction")]


def test_days_later_fewer_wounded_were_sent_home_and_nobody_is_taken_back():
    ledger = Ledger()
    ledger.hear(fact("injured", 34))
    late = timedelta(days=4)
    assert ledger.changes(fact("injured", 14), after=late) == []
    assert ledger.changes(fact("injured", 14), after=late, source="b.test") == []


def test_what_rises_in_a_correcting_article_is_a_change():
    ledger = Ledger()
    ledger.hear(fact("killed", 12), fact("injured", 41, 10))
    assert ledger.changes(
        fact("killed", 11, corrects=True), fact("injured", 43, 10, corrects=True)
    ) == [("killed", 12, 11, "correction"), ("injured", 41, 43, "change")]
    assert ledger.changes(fact("killed", 13, corrects=11)) == [
        ("killed", 11, 13, "correction")
    ]


def test_two_others_take_a_figure_back_together_but_not_one_and_its_echo():
    ledger = Ledger()
    ledger.hear(fact("killed", 8))
    assert not ledger.changes(fact("killed", 7), source="b.test", voice="quay")
    assert not ledger.changes(fact("killed", 7), source="sister.test", voice="quay")
    assert ledger.changes(fact("killed", 7), source="c.test") == [
        ("killed", 8, 7, "correction")
    ]


def test_a_sister_site_confirms_nothing():
    ledger = Ledger()
    ledger.hear(fact("killed", 6))
    leap = ledger.hear(fact("killed", 1000), source="hacked.test", voice="quay")
    assert leap.developments[0].certainty is Certainty.UNCONFIRMED
    thousand = fact("killed", 1000)
    assert not ledger.changes(thousand, source="sister.test", voice="quay")
    assert ledger.changes(thousand, source="c.test") == [
        ("killed", 1000, 1000, "confirmation")
    ]


def test_what_was_unconfirmed_is_confirmed_once_and_by_somebody_else():
    ledger = Ledger()
    rumour = fact("killed", 9, certainty=Certainty.UNCONFIRMED)
    assert ledger.changes(rumour) == [("killed", None, 9, "new")]
    assert not ledger.changes(rumour, source="b.test")
    assert not ledger.changes(fact("killed", 9))
    assert ledger.changes(fact("killed", 9), source="b.test") == [
        ("killed", 9, 9, "confirmation")
    ]
    assert not ledger.changes(fact("killed", 9), source="c.test")


def test_a_claim_struck_out_leaves_the_state_as_if_never_made():
    ledger = Ledger()
    for source, killed in (("a.test", 3), ("a.test", 5), ("a.test", 12), ("b.test", 6)):
        ledger.hear(fact("killed", killed), source=source)
    assert fold(ledger.claims).current["killed"] == 12
    kept = [replace(claim, stands=claim.value != 12) for claim in ledger.claims]
    assert fold(kept).current["killed"] == 6


@pytest.mark.parametrize("after_hours", [1, 9, 23])
def test_what_was_struck_out_is_not_told_again_by_its_echo(after_hours):
    ledger = Ledger()
    ledger.hear(fact("killed", 6), fact("target", "school"))
    ledger.hear(fact("killed", 600), fact("target", "hospital"), source="b.test")
    ledger.claims = [
        replace(claim, stands=claim.value not in {600, "hospital"})
        for claim in ledger.claims
    ]
    later = timedelta(hours=after_hours)
    echo = ledger.hear(
        fact("killed", 600), fact("target", "hospital"), source="c.test", after=later
    )
    assert not echo.developments
    assert echo.overtaken == ("killed 600", "target hospital")
    assert ledger.changes(fact("killed", 7), after=later) == [
        ("killed", 6, 7, "change")
    ]


def test_what_was_struck_out_is_heard_again_when_the_echo_has_died():
    ledger = Ledger()
    ledger.hear(fact("killed", 6))
    ledger.hear(fact("killed", 7))
    ledger.claims = [replace(c, stands=c.value != 7) for c in ledger.claims]
    assert ledger.changes(fact("killed", 7), after=timedelta(days=2)) == [
        ("killed", 6, 7, "change")
    ]


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("target", "industry"),
        ("agenda item", "territory"),
        ("participants", "Special Envoy of Norway"),
        ("mediator", "Oman"),
    ],
)
def test_a_lone_word_in_a_retelling_needs_the_lead_or_a_second_source(slot, value):
    ledger = Ledger()
    ledger.hear(fact("killed", 6), fact(slot, "other"))
    below = fact(slot, value, LEAD.opening + 100)
    assert not ledger.changes(fact("killed", 6), below, lead=LEAD, source="b.test")
    assert not ledger.changes(below, lead=LEAD, source="b.test")
    assert ledger.changes(below, lead=LEAD, source="c.test") == [
        (slot, None, value, "new")
    ]


def test_a_word_beside_a_new_figure_or_in_the_lead_is_told_at_once():
    ledger = Ledger()
    ledger.hear(fact("killed", 6))
    target = fact("target", "industry", LEAD.opening + 100)
    assert len(ledger.changes(fact("killed", 7), target, lead=LEAD)) == 2
    assert ledger.changes(fact("target", "school", 40), lead=LEAD)
    assert ledger.changes(fact("killed", 8, LEAD.end + 100), lead=LEAD)


def test_a_soft_fact_below_the_lead_moves_nothing():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("status", "announced"))
    assert not ledger.changes(
        fact("venue", "Doha", 900), fact("agenda item", "nuclear", 950), lead=LEAD
    )
    assert ledger.changes(
        fact("venue", "Doha", 40), fact("date", "2026-05-09", 60), lead=LEAD
    )


def test_a_rumour_of_another_city_waits_for_somebody_to_assert_it():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("status", "announced"))
    rumour = fact("venue", "Doha", certainty=Certainty.UNCONFIRMED)
    assert not ledger.changes(rumour)
    assert ledger.changes(fact("venue", "Doha"), source="b.test") == [
        ("venue", "Vienna", "Doha", "change")
    ]


def test_another_city_further_down_needs_a_second_source():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("status", "announced"))
    below = fact("venue", "Brussels", 300)
    assert not ledger.changes(below, lead=LEAD)
    assert not ledger.changes(below, lead=LEAD)
    assert ledger.changes(below, source="b.test", lead=LEAD)


def test_another_city_in_the_first_sentences_is_a_move():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("status", "announced"))
    assert ledger.changes(fact("venue", "Doha", 100), lead=LEAD) == [
        ("venue", "Vienna", "Doha", "change")
    ]


@pytest.mark.parametrize(
    ("current", "stated", "wanted"),
    [
        (None, "proposed", Step.MOVE),
        ("proposed", "announced", Step.MOVE),
        ("announced", "proposed", Step.BEHIND),
        ("announced", "preparing", Step.MOVE),
        ("preparing", "confirmed", Step.MOVE),
        ("confirmed", "preparing", Step.BEHIND),
        ("confirmed", "announced", Step.BEHIND),
        ("confirmed", "confirmed", Step.SAME),
        ("proposed", "postponed", Step.MOVE),
        ("confirmed", "cancelled", Step.MOVE),
        ("postponed", "cancelled", Step.MOVE),
        ("cancelled", "postponed", Step.BEHIND),
        ("postponed", "announced", Step.MOVE),
        ("cancelled", "confirmed", Step.MOVE),
        ("postponed", "preparing", Step.BEHIND),
        ("postponed", "under way", Step.MOVE),
        ("under way", "postponed", Step.BEHIND),
        ("under way", "confirmed", Step.BEHIND),
        ("under way", "ended with agreement", Step.MOVE),
        ("announced", "ended without agreement", Step.MOVE),
        ("ended with agreement", "under way", Step.BEHIND),
        ("ended with agreement", "ended without agreement", Step.BEHIND),
        ("ended without agreement", "ended with agreement", Step.MOVE),
    ],
)
def test_a_meeting_moves_forward_or_off_but_never_back(current, stated, wanted):
    assert step(current, stated) is wanted


def test_a_mended_misprint_takes_no_postponement_back():
    ledger = Ledger()
    ledger.hear(fact("status", "announced"))
    ledger.hear(fact("status", "confirmed"), source="b.test")
    ledger.hear(fact("status", "postponed"), source="c.test")

    told = fact("status", "confirmed")
    assert ledger.changes(told, source="b.test", revision_of="a2") == []
    assert ledger.changes(told, source="b.test") == [
        ("status", "postponed", "confirmed", "change")
    ]


def test_a_day_given_up_makes_a_status_late_wherever_it_stands():
    ledger = Ledger()
    ledger.hear(fact("status", "confirmed"), fact("date", "2026-05-10", 20))
    ledger.hear(fact("status", "postponed"), fact("date", "2026-05-17", 20))

    told = fact("status", "confirmed"), fact("date", "2026-05-10", 600)
    assert ledger.changes(*told, source="b.test", lead=LEAD) == []


def test_a_new_day_makes_an_offer_after_a_postponement_count():
    assert step("postponed", "proposed", set_anew=True) is Step.MOVE


slots = st.sampled_from(
    ["killed", "injured", "missing", "power_cut", "status", "venue", "date", "weapon"]
)
values = {
    "status": st.sampled_from(SLOT_VALUES["status"]),
    "venue": st.sampled_from(["Vienna", "Doha", "Geneva"]),
    "date": st.sampled_from(["2026-05-08", "2026-05-09", "2026-05-10"]),
    "weapon": st.sampled_from(["drone", "missile", "ballistic missile"]),
    "power_cut": st.sampled_from([0, 1, 2, 3, True]),
}


@st.composite
def facts(draw):
    slot = draw(slots)
    return fact(
        slot,
        draw(values.get(slot, st.integers(0, 5))),
        draw(st.integers(0, 900)),
        certainty=draw(st.sampled_from(list(Certainty))),
        bound=draw(st.sampled_from(list(Bound))),
        corrects=draw(st.sampled_from([None, None, None, True])),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(facts(), max_size=5), max_size=8))
def test_the_ledger_alone_gives_the_state_that_the_developments_told(stream):
    ledger = Ledger()
    for number, stated in enumerate(stream):
        before = fold(ledger.claims).current
        told = ledger.hear(*stated, source=f"s{number % 3}.test", lead=LEAD)
        after = fold(ledger.claims).current
        moved = {
            slot: value
            for slot, value in after.items()
            if slot not in before or not same(value, before[slot])
        }
        developments = [
            d
            for d in told.developments
            if d.kind not in (DevelopmentKind.CONFLICT, DevelopmentKind.CONFIRMATION)
        ]
        assert {d.slot for d in developments} == set(moved)
        for development in developments:
            if is_number(development.slot) or development.slot != "weapon":
                assert development.new is not None
                assert same(development.new, after[development.slot])
                assert development.old == before.get(development.slot)


def test_a_city_beside_a_postponement_is_told_again_without_news():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("venue", "Doha", 10))
    off = fact("status", "postponed"), fact("venue", "Doha", 20)
    assert ledger.changes(*off) == [("status", None, "postponed", "new")]
    assert ledger.changes(*off, after=timedelta(hours=1)) == []


def test_how_a_meeting_stood_is_told_again_beside_a_postponement_without_news():
    ledger = Ledger()
    ledger.hear(fact("status", "announced"))
    off = fact("status", "announced"), fact("status", "postponed", 10)
    assert ledger.changes(*off) == [("status", "announced", "postponed", "change")]
    assert ledger.changes(*off, after=timedelta(hours=1)) == []


def test_a_city_set_a_day_after_a_postponement_is_news():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("venue", "Doha", 10))
    ledger.hear(fact("status", "postponed"), fact("venue", "Doha", 20))
    anew = ledger.changes(fact("venue", "Doha"), after=timedelta(hours=30))
    assert anew == [("venue", "Vienna", "Doha", "change")]


def test_a_city_that_a_postponement_does_not_name_is_news_at_once():
    ledger = Ledger()
    ledger.hear(fact("venue", "Vienna"), fact("venue", "Doha", 10))
    ledger.hear(fact("status", "postponed"))
    anew = ledger.changes(fact("venue", "Doha"), after=timedelta(hours=1))
    assert anew == [("venue", "Vienna", "Doha", "change")]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(facts(), max_size=5), max_size=6))
def test_the_same_article_told_again_at_once_changes_nothing(stream):
    ledger = Ledger()
    for marked in stream:
        stated = [replace(one, corrects=None) for one in marked]
        ledger.hear(*stated)
        again = ledger.hear(*stated, after=timedelta(minutes=20 * ledger.articles))
        assert not [d for d in again.developments if d.kind.value != "conflict"]
