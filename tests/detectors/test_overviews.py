from dataclasses import replace
from datetime import UTC, datetime, timedelta

from detectors.model import (
    AlertPolicy,
    Bound,
    Certainty,
    Claim,
    Development,
    DevelopmentKind,
    Severity,
    SeverityRule,
    Story,
    StoryProfile,
    ToldDevelopment,
    Topic,
)
from detectors.overviews import MAX_VALUES, overview

DAWN = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
STORY = Story(
    id="s1",
    topic="strikes",
    headline="Depot hit in Varkiv",
    opened_at=DAWN,
    changed_at=DAWN,
    profile=StoryProfile(),
    articles=1,
)
TOPIC = Topic(
    id="strikes",
    title="Strikes",
    slots=("killed", "weapon"),
    alert=AlertPolicy(
        severity=(
            SeverityRule(slot="killed", severity=Severity.MAJOR, at_least=1),
            SeverityRule(slot="killed", severity=Severity.CRITICAL, at_least=10),
        )
    ),
)


def claim(slot, value, hour=0, source="Delta Wire", **more):
    given = {
        "bound": Bound.EXACT,
        "certainty": Certainty.ASSERTED,
        "attribution": None,
        "article_id": f"{source} {hour}",
        "claimed_at": DAWN + timedelta(hours=hour),
        "quote": f"{slot} is {value}.",
    }
    return Claim(story="s1", slot=slot, value=value, source=source, **(given | more))


def told(slot, old, new, kind, hour):
    change = Development(
        topic="strikes", story="s1", slot=slot, old=old, new=new, kind=kind
    )
    return ToldDevelopment(
        development=change,
        article_id="a1",
        developed_at=DAWN + timedelta(hours=hour),
    )


def summed_up(*claims, course=(), topic=TOPIC):
    return overview(
        STORY, claims, course, topic=topic, sources=("Delta Wire",), latest=None
    )


def known(found, slot):
    return next(each for each in found.known if each.slot == slot)


def test_a_figure_stands_with_its_hour_its_speaker_and_who_bears_it_out():
    found = summed_up(
        claim("killed", 4),
        claim("killed", 6, 3, "Harbour Post", attribution="the mayor"),
        claim("killed", 6, 4, "Delta Wire"),
    )
    killed = known(found, "killed")
    assert killed.values == (6,)
    assert killed.since == DAWN + timedelta(hours=3)
    assert killed.sources == ("Harbour Post", "Delta Wire")
    assert killed.attribution == "the mayor"
    assert killed.quote == "killed is 6."
    assert killed.is_sure


def test_who_gave_a_figure_first_leads_and_a_higher_one_is_no_voice_for_it():
    found = summed_up(
        claim("killed", 4),
        claim("killed", 9, 1, "Harbour Post", certainty=Certainty.UNCONFIRMED),
        claim("killed", 4, 2, "Canal News"),
    )
    assert known(found, "killed").sources == ("Delta Wire", "Canal News")


def test_what_others_say_beside_the_figure_is_kept_beside_it():
    found = summed_up(claim("injured", 20), claim("injured", 14, 1, "Harbour Post"))
    assert known(found, "injured").rivals == (14,)


def test_a_corrected_figure_is_shown_as_taken_back():
    corrected = claim("killed", 7, 2, corrects=600)
    found = summed_up(
        claim("killed", 600),
        corrected,
        course=(told("killed", 600, 7, DevelopmentKind.CORRECTION, 2),),
    )
    killed = known(found, "killed")
    assert (killed.values, killed.withdrawn) == ((7,), (600,))
    assert found.changed_at == DAWN + timedelta(hours=2)


def test_a_struck_out_value_leaves_and_what_stood_before_is_back():
    struck = claim("killed", 600, 1, "Harbour Post", stands=False)
    killed = known(summed_up(claim("killed", 6), struck), "killed")
    assert (killed.values, killed.withdrawn) == ((6,), (600,))


def test_a_slot_whose_only_value_was_struck_out_still_says_so():
    weapon = known(summed_up(claim("weapon", "drone", stands=False)), "weapon")
    assert (weapon.values, weapon.withdrawn) == ((), ("drone",))


def test_a_value_that_was_struck_out_of_one_article_stands_while_another_says_it():
    found = summed_up(
        claim("killed", 6, stands=False), claim("killed", 6, 30, "Harbour Post")
    )
    killed = known(found, "killed")
    assert (killed.values, killed.withdrawn) == ((6,), ())


def test_the_severity_is_that_of_what_is_known_now():
    wrong = claim("killed", 60, 1)
    loud = summed_up(claim("killed", 6), wrong)
    assert loud.severity is Severity.CRITICAL
    quieter = summed_up(claim("killed", 6), replace(wrong, stands=False))
    assert quieter.severity is Severity.MAJOR


def test_a_leap_of_one_source_is_unsure_and_makes_nothing_louder():
    found = summed_up(claim("killed", 1_000))
    assert not known(found, "killed").is_sure
    assert found.severity is Severity.NOTICE


def test_a_slot_of_many_values_names_some_and_counts_the_rest():
    places = [claim("place", f"Varkiv {n}") for n in range(MAX_VALUES + 3)]
    place = known(summed_up(*places), "place")
    assert len(place.values) == MAX_VALUES
    assert place.more == 3


def test_a_topic_that_is_gone_leaves_the_story_its_name():
    found = summed_up(claim("killed", 60), topic=None)
    assert (found.topic_title, found.severity) == ("strikes", Severity.NOTICE)
