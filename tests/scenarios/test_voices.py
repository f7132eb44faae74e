"""Who says so: two officials, sister sites, relays, feeds that were broken into."""

from dataclasses import replace

from detectors.model import AlertPolicy, Severity, SeverityRule
from detectors.sources import Outlets
from tests.scenarios.timeline import STRIKES, Timeline

LOUD = AlertPolicy(
    severity=(SeverityRule(severity=Severity.CRITICAL, slot="killed", at_least=100),)
)
QUAY = Outlets(
    hosts={"morningquay.test": "Quay Media", "eveningquay.test": "Quay Media"},
    names={"quay media": "Quay Media", "morning quay": "Quay Media"},
)


def test_two_officials_who_disagree_are_a_conflict_told_once():
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T05:00",
        "[weapon=missile|A missile] hit [place=Sumy|Sumy] at dawn; [killed=9|nine "
        "people died|the mayor], the mayor said.",
        want="new",
    )
    army = (
        "[killed=6|Six people were killed|the army] in [place=Sumy|Sumy], the army "
        "said of the morning's [weapon=missile|missile]."
    )
    told = day.at("2026-05-04T06:00", army, want="update", source="tideline.test")
    assert [d.kind for d in told.developments] == ["conflict"]
    assert told.changes() == {("killed", 9, 6)}
    day.at("2026-05-04T06:30", army, want="stale", source="limanradio.test")
    both = (
        "In [place=Sumy|Sumy], [killed=9|nine died|the mayor] by the mayor's count and "
        "[killed=6|six|the army] by the army's."
    )
    day.at("2026-05-04T07:00", both, want="known", source="stepnoy.test")


def test_a_thousand_dead_in_the_first_report_of_one_feed_wakes_nobody():
    day = Timeline(replace(STRIKES, alert=LOUD))
    report = (
        "[weapon=missile|Missiles] hit [place=Izmail|Izmail]; [killed=1000|a thousand "
        "people were killed]."
    )
    first = day.at("2026-05-04T05:00", report, want="new", source="hacked.test")
    assert [alert.severity for alert in first.alerts] == [Severity.NOTICE]
    assert "single source, unconfirmed" in first.reasons[-1]
    day.at("2026-05-04T05:10", report, want="known", source="hacked.test")
    second = day.at("2026-05-04T05:30", report, want="update", source="tideline.test")
    assert [d.kind for d in second.developments] == ["confirmation"]
    assert [alert.severity for alert in second.alerts] == [Severity.CRITICAL]


def test_neither_a_sister_site_nor_a_relay_confirms_a_leap():
    day = Timeline(replace(STRIKES, alert=LOUD), outlets=QUAY)
    day.at(
        "2026-05-04T05:00",
        "[weapon=missile|A missile] hit [place=Sumy|Sumy], [killed=6|killing six].",
        want="new",
    )
    leap = "[killed=900|Nine hundred people were killed] in [place=Sumy|Sumy] today."
    day.at("2026-05-04T06:00", leap, want="update", source="morningquay.test")
    day.at("2026-05-04T06:20", leap, want="known", source="www.eveningquay.test")
    day.at(
        "2026-05-04T06:40",
        "[killed=900|Nine hundred people were killed|the Morning Quay newspaper] in "
        "[place=Sumy|Sumy], the Morning Quay newspaper reported.",
        want="known",
        source="tideline.test",
    )
    own = day.at("2026-05-04T07:00", leap, want="update", source="tideline.test")
    assert [alert.severity for alert in own.alerts] == [Severity.CRITICAL]


def test_a_topic_of_two_sources_waits_again_for_each_development():
    day = Timeline.needing(STRIKES, independent_sources=2)
    night = "[weapon=drone|Drones] hit [place=Odesa|Odesa], [killed=2|killing two]."
    day.at("2026-05-04T04:00", night, want="waiting")
    day.at("2026-05-04T04:10", night, want="new", source="tideline.test")
    rise = "[killed={0}|The toll] of the night's attack on [place=Odesa|Odesa] rose."
    day.at("2026-05-04T06:00", rise.format(3), want="waiting")
    day.at("2026-05-04T06:05", rise.format(3), want="waiting")
    higher = day.at(
        "2026-05-04T06:30", rise.format(5), want="update", source="tideline.test"
    )
    (alert,) = higher.alerts
    assert [(d.old, d.new) for d in alert.developments] == [(2, 3)]
    last = day.at(
        "2026-05-04T07:00", rise.format(5), want="update", source="stepnoy.test"
    )
    (alert,) = last.alerts
    assert [(d.old, d.new) for d in alert.developments] == [(3, 5)]


def test_a_topic_of_two_sources_takes_a_correction_from_the_source_itself():
    day = Timeline.needing(STRIKES, independent_sources=2)
    night = (
        "[weapon=drone|Drones] hit [place=Odesa|Odesa] overnight, [killed=7|killing "
        "seven]."
    )
    day.at("2026-05-04T04:00", night, want="waiting")
    day.at("2026-05-04T04:10", night, want="new", source="tideline.test")
    day.at(
        "2026-05-04T06:00",
        "[killed!=6|Six people, not seven,] were killed by [weapon=drone|drones] in "
        "[place=Odesa|Odesa].",
        want="correction",
    )


def test_a_lower_toll_is_a_correction_by_its_own_source_or_by_two():
    day = Timeline(STRIKES)
    toll = "[weapon=drone|Drones] hit [place=Odesa|Odesa], [killed={0}|and killed]."
    day.at("2026-05-04T04:00", toll.format(9), want="new")
    day.at("2026-05-04T05:00", toll.format(8), want="stale", source="tideline.test")
    day.at("2026-05-04T05:30", toll.format(8), want="correction", source="stepnoy.test")
    day.at("2026-05-04T06:00", toll.format(7), want="correction", source="stepnoy.test")
