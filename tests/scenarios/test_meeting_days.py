"""A meeting among rumours: offered, set, put off, moved, held; and its neighbours."""

from tests.scenarios.timeline import MEETINGS, Timeline


def test_a_summit_from_offer_to_signature_among_rumours_and_denials():
    weeks = Timeline(MEETINGS)
    offer = weeks.at(
        "2026-05-03T10:00",
        "[mediator=Austria|Austria's chancellor] [status=proposed|offered] to bring "
        "the presidents of Ukraine and Russia together in [venue=Vienna|Vienna].",
        want="new",
    )
    weeks.at(
        "2026-05-05T10:00",
        "The presidents of Ukraine and Russia will meet in [venue=Vienna|Vienna] on "
        "[date=2026-05-14|May 14], Austria [status=announced|announced].",
        want="update",
    )
    weeks.at(
        "2026-05-06T09:00",
        "Rumour has it that the summit of Ukraine and Russia in [venue=Vienna|Vienna] "
        "could be [status?=cancelled|called off]. Both sides denied that it was "
        "[status-=cancelled|cancelled].",
        want="known",
    )
    weeks.at(
        "2026-05-07T09:00",
        "Russia [status=confirmed|confirmed] that its president will come to "
        "[venue=Vienna|Vienna] on [date=2026-05-14|May 14] to meet Ukraine's.",
        want="update",
    )
    weeks.at(
        "2026-05-08T09:00",
        "Aides of Ukraine and Russia are [status=preparing|preparing] the papers for "
        "[venue=Vienna|Vienna]; that was [status=announced|announced] on Monday.",
        want="stale",
    )
    weeks.at(
        "2026-05-11T09:00",
        "The meeting of the presidents of Ukraine and Russia in [venue=Vienna|Vienna] "
        "has been [status=postponed|put off], Austria said. No new day was named.",
        want="update",
    )
    late = weeks.at(
        "2026-05-11T12:00",
        "[venue=Vienna|Vienna] awaits the presidents of Ukraine and Russia on "
        "[date=2026-05-14|May 14], as [status=confirmed|confirmed by both sides].",
        want="stale",
    )
    assert late.story == offer.story
    moved = weeks.at(
        "2026-05-13T09:00",
        "The presidents of Ukraine and Russia will meet in [venue=Doha|Doha] on "
        "[date=2026-05-20|May 20], [mediator=Qatar|Qatar] "
        "[status=announced|announced], after plans for Vienna were shelved.",
        want="update",
    )
    assert moved.story == offer.story
    assert moved.changes() == {
        ("venue", "Vienna", "Doha"),
        ("date", "2026-05-14", "2026-05-20"),
        ("mediator", None, "Qatar"),
        ("status", "postponed", "announced"),
    }
    weeks.at(
        "2026-05-13T15:00",
        "Vienna was never the right place, say those who remember "
        "[venue=Vienna|Vienna] in 2019. Now the presidents of Ukraine and Russia go to "
        "[venue=Doha|Doha].",
        want="stale",
    )
    weeks.at(
        "2026-05-20T09:00",
        "The presidents of Ukraine and Russia [status=under way|have sat down] in "
        "[venue=Doha|Doha].",
        want="update",
    )
    weeks.at(
        "2026-05-20T19:00",
        "Ukraine and Russia [status=ended with agreement|signed a truce] in "
        "[venue=Doha|Doha].",
        want="update",
    )
    weeks.at(
        "2026-05-20T20:00",
        "The talks of Ukraine and Russia in [venue=Doha|Doha] "
        "[status=under way|go on behind closed doors].",
        want="stale",
    )
    assert len(weeks.stories) == 1


def test_another_round_after_the_end_is_another_story():
    weeks = Timeline(MEETINGS)
    first = weeks.at(
        "2026-05-04T09:00",
        "Envoys of the United States and Iran [status=under way|opened talks] in "
        "[venue=Muscat|Muscat].",
        want="new",
    )
    weeks.at(
        "2026-05-05T09:00",
        "The United States and Iran [status=ended without agreement|parted without an "
        "accord] in [venue=Muscat|Muscat].",
        want="update",
    )
    second = weeks.at(
        "2026-05-09T09:00",
        "A second round between the United States and Iran will be held in "
        "[venue=Rome|Rome] on [date=2026-05-16|May 16], Italy "
        "[status=announced|announced].",
        want="new",
    )
    assert second.story != first.story


def test_two_meetings_that_share_a_party_stay_apart():
    week = Timeline(MEETINGS)
    one = week.at(
        "2026-05-04T09:00",
        "Envoys of the [participants=Special Envoy of the United States|United States] "
        "and Russia will meet in [venue=Riyadh|Riyadh] on [date=2026-05-08|Friday], "
        "the kingdom [status=announced|announced].",
        want="new",
    )
    other = week.at(
        "2026-05-05T09:00",
        "Envoys of the [participants=Special Envoy of the United States|United States] "
        "and Ukraine will meet in [venue=Jeddah|Jeddah] on [date=2026-05-10|Sunday], "
        "it was [status=announced|announced].",
        want="new",
    )
    assert one.story != other.story
    looms = week.at(
        "2026-05-06T09:00",
        "What the United States and Russia settle in [venue=Riyadh|Riyadh] looms over "
        "everything. In [venue=Jeddah|Jeddah] hotels are full for the talks with "
        "Ukraine on [date=2026-05-10|Sunday].",
        want="known known",
    )
    assert set(looms.stories) == {one.story, other.story}


def test_a_day_that_was_misprinted_is_corrected():
    week = Timeline(MEETINGS)
    week.at(
        "2026-05-04T09:00",
        "Armenia and Azerbaijan will meet in [venue=Tbilisi|Tbilisi] on "
        "[date=2026-05-13|May 13], Georgia [status=announced|announced].",
        want="new",
    )
    fixed = week.at(
        "2026-05-04T11:00",
        "Armenia and Azerbaijan meet in [venue=Tbilisi|Tbilisi] on "
        "[date!=2026-05-12|May 12], not May 13 as we wrote.",
        want="correction",
    )
    assert fixed.changes() == {("date", "2026-05-13", "2026-05-12")}


def test_a_meeting_called_off_and_set_again_for_the_same_city_is_one_story():
    weeks = Timeline(MEETINGS)
    for moment, want, text in (
        (
            "2026-05-04T09:00",
            "new",
            "meet on [date=2026-05-09|May 9], [status=announced|it was announced]",
        ),
        (
            "2026-05-06T09:00",
            "update",
            "do not meet: the talks are [status=cancelled|cancelled]",
        ),
        (
            "2026-05-07T09:00",
            "known",
            "regret that the talks were [status=cancelled|cancelled]",
        ),
        (
            "2026-05-12T09:00",
            "update",
            "meet on [date=2026-05-19|May 19], the host [status=confirmed|confirmed]",
        ),
    ):
        weeks.at(
            moment,
            f"Sudan's army and Chad in [venue=Doha|Doha]: the sides {text}.",
            want=want,
        )
    assert len(weeks.stories) == 1
