from dataclasses import replace
from datetime import UTC, datetime

import pytest

from detectors.alerting import decide, material_slots
from detectors.developments import Progress
from detectors.model import (
    AlertKind,
    AlertPolicy,
    AlertVerdict,
    Bound,
    Certainty,
    Claim,
    Development,
    DevelopmentKind,
    FactValue,
    Outcome,
    Severity,
    SeverityRule,
    Story,
    StoryProfile,
    Topic,
)
from detectors.novelty import RETOLD
from detectors.slots import MEETING_SLOTS, STRIKE_SLOTS

DAWN = datetime(2026, 5, 4, 4, tzinfo=UTC)
STORY = Story(
    id="s1",
    topic="strikes",
    headline="A strike",
    opened_at=DAWN,
    changed_at=DAWN,
    profile=StoryProfile(),
)


def strikes(**policy) -> Topic:
    return Topic(
        id="strikes", title="Strikes", slots=STRIKE_SLOTS, alert=AlertPolicy(**policy)
    )


def change(
    slot: str,
    new: FactValue,
    old: FactValue | None = None,
    kind: DevelopmentKind = DevelopmentKind.CHANGE,
) -> Development:
    return Development(
        topic="strikes", story="s1", slot=slot, old=old, new=new, kind=kind
    )


def verdict(
    *developments: Development, topic: Topic | None = None, **kwargs
) -> AlertVerdict:
    told = kwargs.pop("told", True)
    sources = kwargs.pop("sources", ("a.test",))
    untold = kwargs.pop("untold", ())
    claims = kwargs.pop("claims", ())
    return decide(
        topic or strikes(),
        STORY,
        Progress(developments=developments, before=claims, **kwargs),
        told=told,
        sources=sources,
        untold=untold,
    )


def test_the_first_article_is_new_even_if_nothing_in_it_is_material():
    alert = verdict(change("launched", 80), change("place", "Sumy"), told=False).alert
    assert alert is not None
    assert alert.kind is AlertKind.NEW


def test_a_weapon_or_who_is_blamed_shows_no_event_alone():
    silent = verdict(change("weapon", "missile"), told=False)
    assert silent.outcome is Outcome.IMMATERIAL
    placed = verdict(change("weapon", "missile"), change("place", "Oran"), told=False)
    assert placed.outcome is Outcome.ALERTED
    asked_for = strikes(material=("weapon",))
    loud = verdict(change("weapon", "missile"), told=False, topic=asked_for)
    assert loud.outcome is Outcome.ALERTED


@pytest.mark.parametrize(
    "slot", ["place", "weapon", "launched", "intercepted", "blamed_on"]
)
def test_some_slots_alone_wake_nobody(slot):
    assert verdict(change(slot, "x")).outcome is Outcome.IMMATERIAL


def test_one_material_development_tells_the_immaterial_ones_beside_it():
    alert = verdict(change("place", "Sumy"), change("injured", 9, 8)).alert
    assert alert is not None
    assert alert.kind is AlertKind.UPDATE
    assert [d.slot for d in alert.developments] == ["place", "injured"]


def test_a_topic_file_may_say_what_is_material():
    topic = strikes(material=("weapon",))
    assert verdict(change("weapon", "drone"), topic=topic).alert
    assert verdict(change("killed", 9, 8), topic=topic).outcome is Outcome.IMMATERIAL
    assert material_slots(topic) == {"weapon"}


def test_every_slot_of_a_meeting_is_material():
    topic = Topic(id="m", title="Meetings", slots=MEETING_SLOTS)
    assert material_slots(topic) == set(MEETING_SLOTS)


def test_a_correction_outranks_an_update():
    alert = verdict(
        change("injured", 9, 8),
        change("killed", 6, 7, DevelopmentKind.CORRECTION),
    ).alert
    assert alert is not None
    assert alert.kind is AlertKind.CORRECTION


@pytest.mark.parametrize(
    ("progress", "outcome"),
    [
        ({"known": 3}, Outcome.KNOWN),
        ({"known": 1, "overtaken": ("killed 4",)}, Outcome.STALE),
        ({"overtaken": ("killed 4",)}, Outcome.STALE),
        ({}, Outcome.KNOWN),
    ],
)
def test_silence_has_a_word_and_a_reason(progress, outcome):
    silent = verdict(**progress)
    assert silent.alert is None
    assert silent.outcome is outcome
    assert silent.reason


def test_two_sources_are_waited_for_and_then_all_that_waited_is_told():
    topic = strikes(independent_sources=2)
    first = change("killed", 2, kind=DevelopmentKind.NEW)
    waits = verdict(first, topic=topic, told=False)
    assert waits.outcome is Outcome.WAITING
    heard = verdict(
        topic=topic, told=False, sources=("a.test", "b.test"), untold=(first,)
    )
    assert heard.alert is not None
    assert heard.alert.kind is AlertKind.NEW
    assert heard.alert.developments == (first,)
    assert heard.alert.sources == ("a.test", "b.test")


def test_a_topic_without_slots_tells_of_new_stories_alone():
    topic = Topic(id="free", title="Anything")
    assert verdict(topic=topic, told=False).outcome is Outcome.ALERTED
    assert verdict(topic=topic, told=True).outcome is Outcome.KNOWN


def test_the_loudest_rule_that_applies_sets_the_severity():
    rules = (
        SeverityRule(severity=Severity.MAJOR, slot="killed", at_least=5),
        SeverityRule(severity=Severity.CRITICAL, slot="killed", at_least=20),
        SeverityRule(severity=Severity.MAJOR, slot="target", values=("hospital",)),
    )
    topic = strikes(severity=rules)

    def severity(*developments: Development) -> Severity:
        alert = verdict(*developments, topic=topic).alert
        assert alert is not None
        return alert.severity

    assert severity(change("killed", 4, 3)) is Severity.NOTICE
    assert severity(change("killed", 5, 4)) is Severity.MAJOR
    assert severity(change("killed", 20, 4)) is Severity.CRITICAL
    assert severity(change("target", "port")) is Severity.NOTICE
    assert severity(change("target", "hospital")) is Severity.MAJOR
    outage = change("power_cut", new=True)
    assert severity(change("killed", 4, 3), outage) is Severity.NOTICE


def claim(value: FactValue, source: str, slot: str = "killed", **more) -> Claim:
    return Claim(
        story="s1",
        slot=slot,
        value=value,
        bound=Bound.EXACT,
        certainty=Certainty.ASSERTED,
        source=source,
        attribution=None,
        article_id=f"{source}-{value}",
        claimed_at=DAWN,
        quote="",
        **more,
    )


def test_words_alone_make_an_update_where_a_topic_asks_for_it():
    topic = Topic(id="free", title="Anything", alert=AlertPolicy(updates=True))
    new = verdict(topic=topic, likeness=RETOLD - 0.01)
    assert new.alert is not None
    assert new.alert.kind is AlertKind.UPDATE
    assert new.alert.developments == ()
    assert "tells more" in new.alert.reason
    retold = verdict(topic=topic, likeness=RETOLD)
    assert retold.outcome is Outcome.KNOWN
    assert "retells" in retold.reason
    assert retold.tipping
    first = verdict(topic=topic, likeness=RETOLD, told=False).alert
    assert first is not None
    assert first.kind is AlertKind.NEW


TWO = strikes(independent_sources=2)


def test_a_development_of_one_source_waits_where_two_are_asked_for():
    rise = change("killed", 7, 6)
    silent = verdict(rise, topic=TWO, claims=(claim(7, "a.test"),))
    assert silent.outcome is Outcome.WAITING
    assert silent.waiting == (rise,)
    assert silent.tipping == "one more source, independent of a.test"
    heard = verdict(
        topic=TWO, untold=(rise,), claims=(claim(7, "a.test"), claim(7, "b.test"))
    )
    assert heard.alert is not None
    assert heard.settled == (rise,)
    assert [d.new for d in heard.alert.developments] == [7]


def test_two_sites_of_one_owner_do_not_bear_each_other_out():
    rise = change("killed", 7, 6)
    sisters = (claim(7, "a.test", voice="quay"), claim(7, "b.test", voice="quay"))
    assert verdict(rise, topic=TWO, claims=sisters).outcome is Outcome.WAITING


def test_what_was_struck_out_while_it_waited_is_not_told():
    rise, hit = change("killed", 600, 6), change("target", "port")
    ledger = (
        claim(600, "a.test", stands=False),
        claim("port", "a.test", "target"),
        claim("port", "b.test", "target"),
    )
    heard = verdict(hit, topic=TWO, untold=(rise,), claims=ledger)
    assert heard.alert is not None
    assert [d.slot for d in heard.alert.developments] == ["target"]
    assert heard.settled == (rise,)
    assert heard.waiting == ()


def test_steps_of_one_figure_are_told_as_one():
    ledger = (claim(7, "a.test"), claim(9, "b.test"), claim(9, "c.test"))
    heard = verdict(
        change("killed", 9, 7),
        topic=TWO,
        untold=(change("killed", 7, 6),),
        claims=ledger,
    )
    assert heard.alert is not None
    (step,) = heard.alert.developments
    assert (step.old, step.new, step.kind) == (6, 9, DevelopmentKind.CHANGE)


def test_an_unconfirmed_leap_is_quiet_and_its_confirmation_loud():
    loud = strikes(
        severity=(
            SeverityRule(severity=Severity.CRITICAL, slot="killed", at_least=100),
        )
    )
    leap = replace(change("killed", 900, 6), certainty=Certainty.UNCONFIRMED)
    told = verdict(leap, topic=loud).alert
    assert told is not None
    assert told.severity is Severity.NOTICE
    assert "single source, unconfirmed" in told.reason
    sure = change("killed", 900, 900, DevelopmentKind.CONFIRMATION)
    confirmed = verdict(sure, topic=loud).alert
    assert confirmed is not None
    assert confirmed.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("developments", "progress", "tip"),
    [
        ((change("place", "Sumy"),), {}, "a change of children_killed, claimed_by"),
        ((), {"known": 1, "repeated": ("killed 6",)}, "a value of children_killed"),
        ((), {"overtaken": ("killed 4",)}, "a word that it corrects"),
    ],
)
def test_silence_says_what_would_have_ended_it(developments, progress, tip):
    assert verdict(*developments, **progress).tipping.startswith(tip)
