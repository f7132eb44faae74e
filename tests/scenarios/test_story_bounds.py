"""Where one story ends and another begins: joins need ground, round-ups are parted."""

from tests.scenarios.timeline import MEETINGS, STRIKES, Timeline

LUTSK = (
    "A [weapon=missile|missile] hit a [target=rail|rail depot] in "
    "[place=Lutsk|Lutsk] at dawn, [killed=3|killing three] and "
    "[injured=8|injuring eight], the governor said."
)
SUMY = (
    "[weapon=glide bomb|Glide bombs] fell on [target=residential|flats] in "
    "[place=Sumy|Sumy] on Monday, [killed=5|killing five], rescuers said."
)


def test_a_flood_that_takes_lives_elsewhere_joins_no_strike():
    day = Timeline(STRIKES)
    day.at("2026-05-04T05:00", LUTSK, want="new", title="Depot in Lutsk hit")
    flood = day.at(
        "2026-05-04T09:00",
        "Rescuers said that [killed=3|three people died] when the river rose over "
        "its banks at dawn; the governor said the depot stood under water.",
        want="none",
        title="Three die as river bursts banks",
    )
    assert "neither place, party nor figure" in flood.reasons[0]


def test_two_figures_of_the_toll_are_ground_without_a_place():
    day = Timeline(STRIKES)
    first = day.at("2026-05-04T05:00", LUTSK, want="new", title="Depot in Lutsk hit")
    later = day.at(
        "2026-05-04T09:00",
        "Un [weapon=missile|misil] dejó [killed=3|tres muertos] y [injured=8|ocho "
        "heridos] en un depósito ferroviario, dijo el gobernador.",
        want="known",
        language="es",
    )
    assert later.story == first.story


def test_a_place_and_one_soft_word_open_no_story():
    day = Timeline(STRIKES)
    day.at(
        "2026-05-04T05:00",
        "Doctors at a [target=hospital|hospital] in [place=Lutsk|Lutsk] spoke of a "
        "hard winter.",
        want="none",
    )
    day.at(
        "2026-05-04T06:00",
        "[power_cut=12000|Some 12,000 homes] lost power in [place=Lutsk|Lutsk] as "
        "[target=energy|a substation] burned after the raid.",
        want="new",
    )


def test_each_night_bulletin_without_a_place_opens_a_story_of_its_own():
    day = Timeline(STRIKES)
    bulletin = (
        "У ніч на {day} травня противник атакував [launched={launched}|{launched} "
        "ударними] [weapon=drone|безпілотниками]. [intercepted={shot}|Збито {shot}]."
    )
    title = "Повітряні сили: зведення на ранок {day} травня"
    told = [
        day.at(
            f"2026-05-0{number}T05:00",
            bulletin.format(day=number, launched=launched, shot=shot),
            want="new",
            title=title.format(day=number),
            language="uk",
        )
        for number, launched, shot in ((4, 74, 58), (5, 91, 80), (6, 74, 60))
    ]
    assert len({each.story for each in told}) == 3
    again = day.at(
        "2026-05-06T08:00",
        "Air defences [intercepted=60|shot down 60] of the [launched=74|74] "
        "[weapon=drone|drones] sent overnight, the air force said.",
        want="known",
        source="tideline.test",
    )
    assert again.story == told[-1].story


def test_a_drone_on_a_later_day_is_no_part_of_the_bombing_that_the_town_mourns():
    day = Timeline(STRIKES)
    first = day.at("2026-05-04T05:00", SUMY, want="new", title="Five die in Sumy")
    second = day.at(
        "2026-05-06T08:00",
        "This morning a [weapon=drone|drone] hit an ambulance on the road out of "
        "[place=Sumy|Sumy]. [killed=1|A paramedic was killed], the driver and two "
        "patients were [injured=3|wounded].\n\n"
        "The crew was on its way back from a call, and the vehicle bore its signs, "
        "said the head of the city's administration.\n\n"
        "It is a day of mourning in the city for those who did not survive the "
        "[weapon~=glide bomb|glide bombs] on Monday.",
        want="new",
        title="Drone catches ambulance in Sumy",
    )
    assert second.story != first.story


def test_two_meetings_that_share_only_their_host_are_two():
    day = Timeline(MEETINGS)
    first = day.at(
        "2026-05-04T09:00",
        "The [participants=Prime Minister of Armenia|prime minister of Armenia] and "
        "the [participants=President of Azerbaijan|president of Azerbaijan] ended "
        "talks in [venue=Tbilisi|Tbilisi] [status=ended without agreement|without a "
        "document], their host, the [mediator=Georgia|Georgian government], said.",
        want="new",
    )
    second = day.at(
        "2026-05-05T09:00",
        "Georgia has [status=proposed|offered] to hold another meeting in "
        "[venue=Tbilisi|Tbilisi]: of the [participants=President of Serbia|president "
        "of Serbia] and the [participants=Prime Minister of Kosovo|prime minister of "
        "Kosovo]. [mediator=Georgia|Tbilisi] would mediate.",
        want="new",
    )
    assert second.story != first.story
    assert any("other parties" in reason for reason in second.reasons)


def test_a_round_up_in_whole_sentences_is_parted_between_the_stories_that_run():
    day = Timeline(STRIKES)
    lutsk = day.at("2026-05-04T05:00", LUTSK, want="new", title="Depot in Lutsk hit")
    sumy = day.at("2026-05-04T06:00", SUMY, want="new", title="Five die in Sumy")
    evening = day.at(
        "2026-05-04T19:00",
        "The depot in [place=Lutsk|Lutsk] works again. [killed=3|The three "
        "dead] were all on the night shift.\n\n"
        "One more man died of his wounds in [place=Sumy|Sumy], so "
        "[killed=6|six are dead].",
        want="known update",
        title="The day in short",
    )
    assert evening.stories == [lutsk.story, sumy.story]
    assert evening.changes() == {("killed", 5, 6)}


def test_a_new_strike_that_recalls_another_changes_only_its_own_story():
    day = Timeline(STRIKES)
    lutsk = day.at("2026-05-04T05:00", LUTSK, want="new", title="Depot in Lutsk hit")
    later = day.at(
        "2026-05-05T05:00",
        SUMY.replace("Monday", "Tuesday")
        + "\n\nA day before, [killed=4|four people were killed] in "
        "[place=Lutsk|Lutsk], where a man died in hospital overnight.",
        want="new update",
        title="Five die in Sumy",
    )
    assert later.stories[1] == lutsk.story
    assert ("killed", 3, 4) in later.changes()


def test_one_raid_on_two_towns_stays_one_story_however_it_is_told():
    day = Timeline(STRIKES)
    first = day.at(
        "2026-05-04T05:00",
        "[weapon=drone|Drones] hit [place=Lutsk|Lutsk] and [place=Kovel|Kovel] "
        "overnight.\n\n"
        "In Lutsk [killed=2|two people died].\n\n"
        "In Kovel [injured=4|four were hurt].",
        want="new",
    )
    again = day.at(
        "2026-05-04T07:00",
        "In [place=Lutsk|Lutsk] [killed=2|two people were killed] by "
        "[weapon=drone|drones].\n\n"
        "[injured=5|Five were hurt] in [place=Kovel|Kovel].",
        want="update",
    )
    assert again.story == first.story


def test_pay_talks_in_the_host_city_neither_end_its_summit_nor_open_one():
    day = Timeline(MEETINGS)
    first = day.at(
        "2026-05-04T09:00",
        "Norway has [status=proposed|offered] to host the "
        "[participants=President of Ukraine|presidents of Ukraine] and "
        "[participants=President of Russia|Russia] in [venue=Oslo|Oslo].",
        want="new",
    )
    day.at(
        "2026-05-04T12:00",
        "Baggage handlers [status=ended without agreement|walked out] of pay talks "
        "in [venue=Oslo|Oslo] at noon, and flights were cancelled.",
        want="none",
    )
    day.at(
        "2026-05-04T13:00",
        "Millers [status=announced|will meet] in [venue=Varna|Varna] to talk of "
        "prices.",
        want="none",
    )
    later = day.at(
        "2026-05-04T15:00",
        "The summit in [venue=Oslo|Oslo] [status=announced|will take place], the "
        "[participants=President of Russia|Russian president]'s spokesman said.",
        want="update",
    )
    assert later.story == first.story
