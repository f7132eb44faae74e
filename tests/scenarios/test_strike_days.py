"""Strikes as a desk lives through them: tolls, corrections, late and second reports."""

from dataclasses import replace

import pytest

from detectors.model import AlertPolicy, Severity, SeverityRule
from tests.scenarios.timeline import STRIKES, Timeline


def test_a_toll_rises_in_four_languages_and_is_corrected():
    day = Timeline(STRIKES)
    first = day.at(
        "2026-05-04T04:10",
        "A [weapon=missile|missile] hit [target=residential|a block of flats] in "
        "[place=Mykolaiv|Mykolaiv] early on Monday, [killed=2|killing two people] and "
        "[injured=9|wounding nine], the mayor said.",
        want="new",
        title="Missile hits flats in Mykolaiv",
    )
    second = day.at(
        "2026-05-04T05:00",
        "Кількість загиблих унаслідок удару по [place=Mykolaiv|Миколаєву] зросла: "
        "[killed=4|загинули четверо людей], [injured=15|поранено п'ятнадцятьох].",
        want="update",
        title="Миколаїв: уже четверо загиблих",
        language="uk",
        source="limanradio.test",
    )
    day.at(
        "2026-05-04T05:40",
        "В [place=Mykolaiv|Николаеве] при ударе по "
        "[target=residential|жилому дому] [killed=4|погибли четыре человека], "
        "сообщили спасатели.",
        want="known",
        language="ru",
        source="stepnoy.test",
    )
    day.at(
        "2026-05-04T06:30",
        "[killed=5|Cinco personas han muerto] y [injured=15|quince han resultado "
        "heridas] en [place=Mykolaiv|Mikoláiv] al caer un misil sobre un edificio.",
        want="update",
        language="es",
        source="lavela.test",
    )
    fixed = day.at(
        "2026-05-04T09:00",
        "Prosecutors in [place=Mykolaiv|Mykolaiv] said [killed!=4|four people, not "
        "five, had died]: one man had been counted twice.",
        want="correction",
        title="CORRECTED: Mykolaiv toll is four",
    )
    assert len(day.stories) == 1
    assert second.story == first.story
    assert second.changes() == {("killed", 2, 4), ("injured", 9, 15)}
    assert ("killed", 5, 4) in fixed.changes()
    day.at(
        "2026-05-04T09:30",
        "[killed=5|Five people died] in [place=Mykolaiv|Mykolaiv] this morning when a "
        "missile hit a house.",
        want="stale",
        source="tideline.test",
    )
    day.at(
        "2026-05-04T09:40",
        "[killed=4|At least four] were killed in [place=Mykolaiv|Mykolaiv], where a "
        "missile struck flats.",
        want="known",
        source="tideline.test",
    )


@pytest.mark.parametrize(
    ("known", "general"),
    [
        ("ballistic missile", "missile"),
        ("cruise missile", "missile"),
        ("glide bomb", "air strike"),
    ],
)
def test_a_general_word_for_a_known_weapon_is_no_development(known, general):
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T04:10",
        f"A [weapon={known}|weapon] fell on [place=Sumy|Sumy] at dawn, "
        "[killed=3|killing three].",
        want="new",
    )
    again = day.at(
        "2026-05-04T05:10",
        f"The [weapon={general}|attack] on [place=Sumy|Sumy] "
        "[killed=3|killed three people].",
        want="known",
    )
    assert not again.developments


def test_the_exact_weapon_after_the_general_word_is_a_development_of_no_alert():
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T04:10",
        "A [weapon=missile|missile] fell on [place=Sumy|Sumy], "
        "[killed=3|killing three].",
        want="new",
    )
    exact = day.at(
        "2026-05-04T05:10",
        "It was a [weapon=ballistic missile|ballistic missile] that hit "
        "[place=Sumy|Sumy], the army said.",
        want="immaterial",
    )
    assert exact.changes() == {("weapon", None, "ballistic missile")}


def test_a_stale_report_that_arrives_late_says_nothing():
    day = Timeline(STRIKES)
    for moment, killed, hurt, want in (
        ("2026-05-04T04:00", 3, 8, "new"),
        ("2026-05-04T06:00", 5, 11, "update"),
        ("2026-05-04T09:00", 6, 14, "update"),
        ("2026-05-04T11:00", 5, 11, "stale"),
        ("2026-05-04T11:30", 4, 11, "stale"),
    ):
        day.at(
            moment,
            f"[weapon=drone|Drones] hit [place=Izmail|Izmail]; [killed={killed}|some] "
            f"were killed and [injured={hurt}|others] hurt.",
            want=want,
            source=f"outlet{killed}{hurt}.test",
        )
    assert len(day.stories) == 1


def test_power_comes_back_in_steps_and_old_figures_do_not_undo_it():
    day = Timeline(STRIKES)
    steps = (
        ("2026-05-04T04:00", "true", "new", None),
        ("2026-05-04T05:00", "90000", "update", True),
        ("2026-05-04T08:00", "120000", "update", 90000),
        ("2026-05-04T09:00", "90000", "stale", None),
        ("2026-05-04T09:30", "true", "known", None),
        ("2026-05-04T18:00", "30000", "update", 120000),
        ("2026-05-04T19:00", "120000", "stale", None),
        ("2026-05-05T08:00", "0", "update", 30000),
    )
    for number, (moment, value, want, old) in enumerate(steps):
        told = day.at(
            moment,
            "After [weapon=drone|drones] hit [target=energy|a substation] in "
            f"[place=Odesa|Odesa], [power_cut={value}|the supply] was counted.",
            want=want,
            source=f"outlet{number}.test",
        )
        if want == "update":
            assert [d.old for d in told.developments] == [old]


def test_two_strikes_on_one_city_on_two_days_are_two_stories():
    days = Timeline(STRIKES)
    first = days.at(
        "2026-05-04T04:10",
        "A [weapon=ballistic missile|ballistic missile] hit [target=residential|flats] "
        "in [place=Poltava|Poltava] early on Monday, [killed=6|killing six people] and "
        "[injured=30|wounding 30].",
        want="new",
    )
    second = days.at(
        "2026-05-05T13:00",
        "[weapon=drone|Drones] struck [target=industry|a mill] in "
        "[place=Poltava|Poltava] on Tuesday afternoon, [killed=1|killing a guard] and "
        "[injured=4|wounding four workers].",
        want="new",
    )
    assert second.story != first.story
    later = days.at(
        "2026-05-05T15:00",
        "The toll at the mill in [place=Poltava|Poltava] rose to [killed=2|two] after "
        "Tuesday's [weapon=drone|drone] attack.",
        want="update",
    )
    assert later.story == second.story
    back = days.at(
        "2026-05-05T16:00",
        "The search under the flats in [place=Poltava|Poltava] is over: "
        "[killed=7|seven people] died in Monday's [weapon=missile|missile] strike, and "
        "[injured=31|31] were hurt.",
        want="update",
    )
    assert back.story == first.story


def test_a_second_night_with_a_higher_toll_is_another_story():
    nights = Timeline(STRIKES)
    first = nights.at(
        "2026-05-04T04:10",
        "[weapon=drone|Drones] hit [place=Odesa|Odesa] overnight, [killed=1|killing "
        "one person] and [injured=3|wounding three].",
        want="new",
    )
    second = nights.at(
        "2026-05-05T04:10",
        "[weapon=drone|Drones] attacked [place=Odesa|Odesa] for the second night "
        "running, [killed=4|killing four] and [injured=12|wounding twelve].",
        want="new",
    )
    assert second.story != first.story


def test_every_nights_bulletin_is_a_story_and_one_of_a_running_story_is_none():
    nights = Timeline(STRIKES)
    for day, launched, shot, town in (
        (4, 80, 71, "Cherkasy"),
        (5, 96, 84, "Cherkasy"),
        (6, 51, 50, "Cherkasy"),
    ):
        nights.at(
            f"2026-05-0{day}T06:00",
            f"In the night to {day} May the enemy attacked with "
            f"[launched={launched}|{launched}] [weapon=drone|strike drones]. Air "
            f"defence shot down [intercepted={shot}|{shot}]. Hits were recorded in "
            f"[place={town}|{town}].",
            want="new",
            title=f"Summary of the air situation, night to {day} May",
        )
    assert len(nights.stories) == 3
    strike = nights.at(
        "2026-05-07T03:00",
        "[weapon=drone|Drones] hit [target=residential|a house] in [place=Lutsk|Lutsk] "
        "in the night to Thursday, [injured=7|wounding seven].",
        want="new",
    )
    bulletin = nights.at(
        "2026-05-07T06:00",
        "In the night to 7 May the enemy attacked with [launched=64|64] "
        "[weapon=drone|strike drones], [intercepted=60|60] of them shot down. Hits "
        "were recorded in [place=Lutsk|Lutsk].",
        want="immaterial",
        title="Summary of the air situation, night to 7 May",
    )
    assert bulletin.story == strike.story


def test_a_funeral_continues_the_story_and_an_analysis_opens_none():
    day = Timeline(STRIKES)
    strike = day.at(
        "2026-05-04T04:10",
        "[weapon=glide bomb|Glide bombs] hit [target=hospital|a clinic] in "
        "[place=Nikopol|Nikopol] on Monday, [killed=3|killing three].",
        want="new",
    )
    funeral = day.at(
        "2026-05-07T10:00",
        "Hundreds came to the funeral of a nurse in [place=Nikopol|Nikopol]. "
        "[killed=3|Three people] died when bombs fell on the clinic.",
        want="known",
    )
    assert funeral.story == strike.story
    day.at(
        "2026-05-08T10:00",
        "Glide bombs are cheap, and that is the whole of their strategy. No single "
        "attack explains it.",
        want="none",
        title="Why wings were put on old bombs",
    )


def test_a_live_blog_and_a_round_up_speak_of_each_story_apart():
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T04:10",
        "A [weapon=missile|missile] hit [target=port|the port] of "
        "[place=Izmail|Izmail] on Monday, [killed=2|killing two].",
        want="new",
    )
    day.at(
        "2026-05-04T08:10",
        "[weapon=artillery|Shells] fell on [place=Kherson|Kherson] on Monday morning, "
        "[injured=5|wounding five].",
        want="new",
    )
    live = day.at(
        "2026-05-04T12:00",
        "11:40 - In [place=Kherson|Kherson] the number of wounded is now "
        "[injured=8|eight], doctors say.\n\n"
        "10:15 - The port of [place=Izmail|Izmail] has reopened. [killed=2|Two men] "
        "died there this morning.\n\n"
        "09:20 - The market of [place=Kherson|Kherson] will stay shut today.",
        want="update known",
        title="Monday live",
    )
    assert live.changes() == {("injured", 5, 8)}
    day.at(
        "2026-05-05T18:00",
        "A summary of the last days follows.\n\n"
        "[place=Izmail|Izmail], May 4: [weapon=missile|missile] on the port, "
        "[killed=3|three dead].\n\n"
        "[place=Kherson|Kherson], May 4: shelling, [injured=8|eight hurt].\n\n"
        "[place=Zhytomyr|Zhytomyr], May 5: [weapon=drone|drones] on a depot, "
        "[injured=1|one hurt].",
        want="update known new",
        title="A round-up of attacks",
    )
    assert len(day.stories) == 3


def test_a_report_that_needs_two_sources_waits_for_an_independent_one():
    day = Timeline.needing(STRIKES, 2)
    strike = (
        "[weapon=drone|Drones] hit [place=Sumy|Sumy] on Monday, "
        "[killed=2|killing two people]."
    )
    day.at("2026-05-04T04:10", strike, want="waiting", source="harbourwire.test")
    day.at("2026-05-04T04:30", strike, want="waiting", source="harbourwire.test")
    heard = day.at("2026-05-04T05:00", strike, want="new", source="tideline.test")
    assert not heard.developments, "what waited is told, not found again"


def test_background_denials_and_rumours_of_a_toll_change_nothing():
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T04:10",
        "[weapon=drone|Drones] hit [place=Sumy|Sumy] on Monday, "
        "[killed=2|killing two].",
        want="new",
    )
    day.at(
        "2026-05-04T06:10",
        "In January an attack on [place=Sumy|Sumy] [killed~=14|killed 14]. Channels "
        "speak of [killed?=9|nine dead] now; the mayor said it was not true that "
        "[injured-=40|40 were hurt]. [killed=2|Two] have died.",
        want="known",
    )


def test_rescuers_and_rubble_are_in_the_first_report_of_a_second_strike_too():
    days = Timeline(STRIKES)
    first = days.at(
        "2026-05-04T04:10",
        "[weapon=drone|Drones] hit [target=residential|a house] in "
        "[place=Kherson|Kherson] on Monday, [killed=4|killing four] and "
        "[injured=16|wounding 16]. Rescuers pulled a boy from the rubble.",
        want="new",
    )
    second = days.at(
        "2026-05-05T05:10",
        "[weapon=drone|Drones] hit [target=residential|flats] in "
        "[place=Kherson|Kherson] on Tuesday, [killed=1|killing a man] and "
        "[injured=3|wounding three]. Rescuers are searching under the rubble.",
        want="new",
    )
    assert second.story != first.story
    power = days.at(
        "2026-05-05T09:10",
        "Power is back in [place=Kherson|Kherson] a day after [weapon=drone|drones] "
        "[killed=4|killed four] there on Monday; [power_cut=300|300 homes] wait.",
        want="update",
    )
    assert power.story == first.story


def test_one_mass_attack_told_piece_by_piece_is_one_story():
    night = Timeline(STRIKES)
    first = night.at(
        "2026-05-04T01:10",
        "Explosions are heard in [place=Dnipro|Dnipro] as [weapon=drone|drones] fly "
        "in. [injured=2|Two people] are hurt.",
        want="new",
    )
    second = night.at(
        "2026-05-04T04:40",
        "[weapon=missile|Missiles] destroyed [target=industry|a plant] in "
        "[place=Dnipro|Dnipro] in the night, [killed=5|killing five] and "
        "[injured=31|wounding 31], the governor said.",
        want="update",
    )
    assert second.story == first.story


def test_a_hacked_feed_is_told_as_unconfirmed_until_a_second_source_says_the_same():
    day = Timeline(
        replace(
            STRIKES,
            alert=AlertPolicy(
                severity=(
                    SeverityRule(
                        severity=Severity.CRITICAL, slot="killed", at_least=100
                    ),
                )
            ),
        )
    )
    day.at(
        "2026-05-04T05:00",
        "[weapon=missile|A missile] hit [place=Sumy|Sumy], [killed=6|killing six].",
        want="new",
    )
    leap = "[killed=1000|A thousand people were killed] in [place=Sumy|Sumy] today."
    hacked = day.at("2026-05-04T06:00", leap, want="update", source="hacked.test")
    assert "killed 6 → 1000 (single source, unconfirmed)" in hacked.reasons[-1]
    assert [alert.severity for alert in hacked.alerts] == [Severity.NOTICE]
    day.at("2026-05-04T06:10", leap, want="known", source="hacked.test")
    second = day.at("2026-05-04T06:30", leap, want="update", source="tideline.test")
    assert [alert.severity for alert in second.alerts] == [Severity.CRITICAL]
    assert "unconfirmed" not in second.reasons[-1]
