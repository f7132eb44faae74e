from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from detectors.affinity import MAX_CANDIDATES, weigh
from detectors.model import (
    Article,
    Certainty,
    Fact,
    Story,
    StoryProfile,
    Topic,
    TopicVerdict,
)
from detectors.names import headline_names, name_key
from detectors.partings import Paragraph, part_by_story
from detectors.recognition import (
    AFTERMATH,
    BULLETIN,
    MAX_FIGURES,
    MAX_MEMBERS,
    MAX_STORY_TERMS,
    NAMED,
    QUARTERS,
    Excerpt,
    Surroundings,
    compatible,
)
from detectors.recognition import profile as profile_of
from detectors.slots import STRIKE_SLOTS
from detectors.stories import assign, gather, join, open_story
from detectors.text import read
from detectors.units import Unit, units
from tests.scenarios.timeline import STRIKES, gazetteer, lexicon

DAWN = datetime(2026, 5, 4, 4, tzinfo=UTC)


def profile(**kwargs) -> StoryProfile:
    given = {"places": ("Sumy",), "kinds": ("weapon:drone",), **kwargs}
    given.setdefault("figures", {k: (v,) for k, v in given.get("numbers", {}).items()})
    return StoryProfile(**given)


def story(name: str, *, after: timedelta = timedelta(), **kwargs) -> Story:
    return Story(
        id=name,
        topic="strikes",
        headline=name,
        opened_at=DAWN + after,
        changed_at=DAWN + after,
        profile=profile(**kwargs),
        articles=1,
    )


def unit(*, shows_event: bool = True, **kwargs) -> Unit:
    return Unit(
        topic="strikes",
        spans=((0, 100),),
        facts=(),
        profile=profile(**kwargs),
        headline="A strike",
        shows_event=shows_event,
    )


def article(number: int = 1, *, at: datetime = DAWN) -> Article:
    return Article(
        id=f"a{number}",
        url=f"https://a.test/{number}",
        source="a.test",
        title="A strike",
        text="",
        published_at=at,
        fetched_at=at,
    )


def cut(
    text: str, facts: list[Fact] | None = None, topic: Topic = STRIKES
) -> tuple[Unit, ...]:
    reading = read(text, title="A strike", language="en")
    verdict = TopicVerdict(
        topic=topic.id,
        probability=1.0,
        threshold=0.5,
        matched=True,
        passages=reading.paragraphs,
        because=(),
    )
    return units(
        reading,
        verdict,
        facts or [],
        topic=topic,
        published_at=DAWN,
        surroundings=Surroundings(gazetteer=gazetteer(), lexicon=lexicon("en")),
    )


@pytest.mark.parametrize(
    ("part", "veto"),
    [
        pytest.param(
            {"days": ("2026-05-06",), "kinds": ("weapon:missile",)},
            "another day",
            id="day-and-weapon",
        ),
        pytest.param(
            {"days": ("2026-05-06",), "numbers": {"killed": 1}},
            "another day",
            id="day-and-fewer-dead",
        ),
        pytest.param(
            {"days": ("2026-05-06",), "kinds": (BULLETIN, "weapon:drone")},
            "another night's bulletin",
            id="bulletin",
        ),
        pytest.param(
            {"kinds": ("style:again", "weapon:missile")}, "another strike", id="again"
        ),
    ],
)
def test_a_contradiction_outweighs_any_likeness(part, veto):
    running = story("s1", days=("2026-05-04",), numbers={"killed": 5})
    verdict = assign(unit(**part), [running], now=DAWN + timedelta(days=2))
    assert verdict.story is None
    assert verdict.opens
    found = weigh(profile(**part), [running], now=DAWN, meeting=False)
    assert found[0].veto == veto


def test_a_story_elsewhere_is_not_even_weighed():
    running = story("s1", days=("2026-05-04",), numbers={"killed": 5})
    verdict = assign(unit(places=("Lutsk",)), [running], now=DAWN)
    assert verdict.story is None
    assert verdict.opens
    part = profile(places=("Lutsk",))
    assert weigh(part, [running], now=DAWN, meeting=False) == ()


@pytest.mark.parametrize(
    "part",
    [
        pytest.param({"numbers": {"killed": 6}}, id="rise"),
        pytest.param({"numbers": {"killed": 5}}, id="same"),
        pytest.param({"days": ("2026-05-04",), "numbers": {"killed": 4}}, id="late"),
        pytest.param({"kinds": ("weapon:drone", "target:energy")}, id="target-added"),
    ],
)
def test_what_can_be_one_event_joins(part):
    running = story("s1", days=("2026-05-04",), numbers={"killed": 5})
    verdict = assign(unit(**part), [running], now=DAWN + timedelta(hours=3))
    assert verdict.story == "s1"
    assert not verdict.opens


@pytest.mark.parametrize(
    ("part", "joins"),
    [
        pytest.param(
            {"kinds": ("style:evening", "weapon:missile")}, False, id="weapon"
        ),
        pytest.param(
            {"kinds": ("style:evening", "weapon:drone"), "numbers": {"killed": 1}},
            False,
            id="fewer dead",
        ),
        pytest.param(
            {"kinds": ("style:evening", "weapon:drone"), "numbers": {"killed": 6}},
            True,
            id="the toll by the evening",
        ),
        pytest.param(
            {"kinds": ("style:night", "weapon:missile"), "numbers": {"killed": 5}},
            True,
            id="the night before the morning",
        ),
        pytest.param({"kinds": ("weapon:missile",), "numbers": {"killed": 5}}, True),
    ],
)
def test_a_morning_and_an_evening_are_two_where_the_account_is_another(part, joins):
    morning = ("style:morning", "weapon:drone")
    running = story("s1", kinds=morning, numbers={"killed": 5})
    verdict = assign(unit(**part), [running], now=DAWN + timedelta(hours=12))
    assert (verdict.story == "s1") is joins
    if not joins:
        found = weigh(profile(**part), [running], now=DAWN, meeting=False)
        assert found[0].veto == "another hour"


def test_a_story_keeps_the_hour_that_it_began_with():
    running = story("s1", kinds=("style:morning", "weapon:drone"))
    part = unit(kinds=("style:evening", "weapon:drone"), numbers={"killed": 6})
    grown = join(running, part, article(2, at=DAWN + timedelta(hours=12)))
    assert "style:evening" not in grown.profile.kinds
    untimed = join(story("s2"), part, article(2, at=DAWN + timedelta(hours=12)))
    assert "style:evening" in untimed.profile.kinds


@pytest.mark.parametrize(
    ("language", "text", "quarter"),
    [
        ("en", "A drone hit a bus on Thursday evening.", "evening"),
        ("uk", "Увечері дрон ударив по автобусу.", "evening"),
        ("ru", "Утром беспилотник ударил по автобусу.", "morning"),
        ("es", "Un dron alcanzó un autobús de madrugada.", "night"),
        ("uk", "Удень дрон ударив по автобусу.", "afternoon"),
        ("en", "A drone hit a bus. It was the evening.", "evening"),
        ("es", "Un dron alcanzará mañana su objetivo.", None),
    ],
)
def test_the_first_line_that_tells_the_hour_dates_a_strike(language, text, quarter):
    reading = read(text, title="", language=language)
    found = profile_of(
        Excerpt(reading=reading, spans=reading.paragraphs, heading=""),
        (),
        topic=STRIKES,
        published_at=DAWN,
        surroundings=Surroundings(gazetteer=gazetteer(), lexicon=lexicon(language)),
    )
    told = set(found.kinds) & set(QUARTERS)
    assert told == ({f"style:{quarter}"} if quarter else set())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It was the second attack on the town in a day."),
        ("uk", "Це друга атака на місто за день."),
        ("ru", "Это второй удар за сутки."),
        ("es", "Es el segundo ataque del día."),
        ("en", "It was the second deadly attack on the city in two days."),
        ("es", "Es el segundo ataque mortal en la ciudad."),
        ("uk", "Місто під обстрілом третій день поспіль."),
        ("ru", "Город обстреливают третий день подряд."),
    ],
)
def test_the_second_attack_of_a_day_is_another(language, text):
    assert lexicon(language).has("stories.again", text)


def test_a_toll_that_is_the_storys_in_every_figure_outweighs_a_misread_place():
    running = story("s1", numbers={"killed": 6, "injured": 43})
    same = unit(places=("Lutsk",), numbers={"killed": 6, "injured": 43})
    assert assign(same, [running], now=DAWN + timedelta(hours=5)).story == "s1"
    near = unit(places=("Lutsk",), numbers={"killed": 6, "injured": 40})
    assert assign(near, [running], now=DAWN + timedelta(hours=5)).opens


def test_two_figures_without_a_place_need_a_name_where_the_target_is_another():
    running = story("s1", kinds=("target:rail",), numbers={"killed": 4, "injured": 12})
    figures = {"killed": 4, "injured": 12}
    later = DAWN + timedelta(hours=5)
    same = unit(places=(), numbers=figures)
    assert assign(same, [running], now=later).story == "s1"
    elsewhere = unit(places=(), kinds=("target:oil and gas",), numbers=figures)
    assert assign(elsewhere, [running], now=later).story is None


def test_two_small_figures_without_a_place_are_of_any_strike():
    running = story("s1", numbers={"killed": 2, "injured": 3})
    later = DAWN + timedelta(hours=5)
    fresh = unit(places=(), numbers={"killed": 2, "injured": 5})
    assert assign(fresh, [running], now=later).opens
    follows = unit(places=(), kinds=(AFTERMATH,), numbers={"killed": 3, "injured": 5})
    assert assign(follows, [running], now=later).story == "s1"


def test_an_accident_continues_no_strike_by_its_toll_alone():
    running = story("s1", numbers={"killed": 4, "injured": 12})
    later = DAWN + timedelta(hours=30)
    retold = unit(
        shows_event=False, places=(), kinds=(), numbers={"killed": 4, "injured": 12}
    )
    assert assign(retold, [running], now=later).story == "s1"
    accident = replace(retold, is_other=True)
    assert assign(accident, [running], now=later).story is None


def toll(text: str, *, weapon: str) -> Unit:
    """A text on three dead in Sumy; the weapon that it names was not used."""
    words = [
        Fact(topic="strikes", slot="place", value="Sumy", evidence=(0, 4), quote="")
    ]
    at = text.index("three")
    words.append(
        Fact(topic="strikes", slot="killed", value=3, evidence=(at, at + 5), quote="")
    )
    if weapon:
        at = text.index(weapon)
        words.append(
            Fact(
                topic="strikes",
                slot="weapon",
                value="drone",
                evidence=(at, at + len(weapon)),
                quote=weapon,
                certainty=Certainty.DENIED,
            )
        )
    (part,) = cut(text, words)
    return part


@pytest.mark.parametrize(
    ("text", "weapon", "attacked"),
    [
        ("Sumy: a kiln burst and three died.", "", False),
        ("Sumy: a night attack killed three.", "", True),
        ("Sumy: three died, and talk of a drone attack was denied.", "drone", False),
        ("Sumy: an attack killed three. No drone was seen.", "drone", True),
    ],
)
def test_victims_alone_open_no_story_unless_somebody_attacked(text, weapon, attacked):
    part = toll(text, weapon=weapon)
    assert part.shows_event is attacked
    assert part.is_other is not attacked


def test_a_district_is_near_its_town():
    near = weigh(
        profile(places=("Sumy region",)), [story("s1")], now=DAWN, meeting=False
    )
    assert not near[0].veto
    assert near[0].evidence["place"] > 0


def test_places_that_are_only_named_veto_nothing():
    part = profile(places=("Lutsk",), kinds=(NAMED,))
    assert not weigh(part, [story("s1")], now=DAWN, meeting=False)[0].veto


def paragraphs(*texts: str, venue: str) -> list[Paragraph]:
    """Paragraphs, of which the last states that the meeting is in ``venue``."""
    fact = Fact(topic="summits", slot="venue", value=venue, evidence=(0, 4), quote="")
    return [
        Paragraph(span=(n, n + 1), text=text, facts=(fact,) * (text == texts[-1]))
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("opening", "parts"),
    [
        ("Chad accepts the offer of Peru, an adviser said.", 1),
        ("Kenya and Oman have met at last, an adviser said.", 2),
    ],
)
def test_a_paragraph_that_says_not_where_goes_with_one_that_names_its_party(
    opening, parts
):
    runs = story("summit", places=("Kampala",), parties=("Chad", "Mali"), kinds=())
    told = paragraphs(
        opening, "In Kampala, Chad will ask for a truce.", venue="Kampala"
    )

    cut_ = part_by_story(told, [runs], gazetteer=gazetteer(), meeting=True)

    assert len(cut_) == parts


def test_the_best_rival_wins_whatever_the_order_they_come_in():
    rivals = [story(f"s{n}", numbers={"killed": n}) for n in range(3, 8)]
    part = unit(numbers={"killed": 5})
    answers = {assign(part, order, now=DAWN).story for order in permutations(rivals)}
    assert answers == {"s5"}


def test_equal_rivals_go_to_the_one_that_changed_last():
    rivals = [story("s1"), story("s2", after=timedelta(minutes=5)), story("s3")]
    now = DAWN + timedelta(minutes=5)
    assert assign(unit(), rivals, now=now).story == "s2"


def test_words_are_read_of_a_bounded_number_of_stories():
    many = [
        story(f"s{n:03}", terms={"@sumi": 1.0, f"word{n}": 1.0}) for n in range(100)
    ]
    found = weigh(profile(terms={"@sumi": 1.0}), many, now=DAWN, meeting=False)
    assert sum("words" in one.evidence for one in found) == MAX_CANDIDATES


def test_the_veto_of_a_likely_rival_is_named_in_the_verdict():
    running = story("s1", days=("2026-05-04",), numbers={"killed": 5, "injured": 30})
    part = unit(
        days=("2026-05-06",),
        kinds=("weapon:missile",),
        numbers={"killed": 5, "injured": 30},
    )
    assert assign(part, [running], now=DAWN).vetoes == ("s1: another day",)


def test_a_story_id_hangs_on_topic_article_and_place_alone():
    one = open_story(unit(), article())
    assert open_story(unit(places=("Lutsk",)), article()).id == one.id
    assert open_story(unit(), article(2)).id != one.id
    later = replace(unit(), spans=((400, 500),))
    assert open_story(later, article()).id != one.id


def test_a_story_stays_bounded_however_many_articles_join():
    grown = story("s1")
    for number in range(200):
        part = unit(
            places=(f"Place {number}",),
            terms={f"w{number}-{n}": 1.0 for n in range(60)},
            numbers={"killed": number},
        )
        grown = join(grown, part, article(number, at=DAWN + timedelta(hours=number)))
    assert len(grown.profile.terms) <= MAX_STORY_TERMS
    assert len(grown.profile.places) <= MAX_MEMBERS
    assert len(grown.profile.figures["killed"]) <= MAX_FIGURES
    assert grown.profile.numbers["killed"] == 199
    assert grown.articles == 201


def test_days_of_what_follows_are_not_the_events_days():
    running = story("s1", days=("2026-05-04",))
    funeral = unit(days=("2026-05-07",))
    after = join(running, funeral, article(at=DAWN + timedelta(days=3)))
    assert after.profile.days == ("2026-05-04",)
    soon = join(
        running, unit(days=("2026-05-03",)), article(at=DAWN + timedelta(hours=3))
    )
    assert soon.profile.days == ("2026-05-04", "2026-05-03")


def test_a_bulletin_lends_a_running_story_no_places():
    running = story("s1")
    night = unit(places=("Sumy", "Lutsk", "Rivne"), kinds=(BULLETIN, "weapon:drone"))
    after = join(running, night, article())
    assert after.profile.places == ("Sumy",)
    assert BULLETIN not in after.profile.kinds


def test_a_copy_opens_no_story():
    assert (
        gather([unit()], [], article=article(), now=DAWN, may_open=False)[0].story
        is None
    )
    assert gather([unit()], [], article=article(), now=DAWN)[0].opens


def test_two_parts_of_one_event_open_one_story_and_count_one_article():
    parts = [unit(), replace(unit(numbers={"killed": 2}), spans=((200, 300),))]
    strands = gather(parts, [], article=article(), now=DAWN)
    assert len(strands) == 1
    assert strands[0].story is not None
    assert strands[0].story.articles == 1
    assert strands[0].units == tuple(parts)


def test_a_wire_report_is_one_unit_with_its_title():
    (whole,) = cut(
        "SUMY, May 4 (Harbour Wire) - Drones hit a depot in Sumy.\n\n"
        "Two people were hurt, the mayor said.\n\nA third drone fell in a field."
    )
    assert len(whole.spans) == 3
    assert whole.headline == "A strike"


def test_a_live_blog_is_cut_at_its_hours():
    parts = cut(
        "11:40 - In Kherson eight were hurt.\n\n"
        "10:15 - The port of Izmail reopened.\n\n"
        "It had been shut since dawn.\n\n09:00 - Drones over Sumy."
    )
    assert [len(part.spans) for part in parts] == [1, 2, 1]
    assert parts[0].headline == "In Kherson eight were hurt."


def test_a_quote_with_a_colon_is_no_line_of_a_round_up():
    parts = cut(
        "Kyiv officials were calm.\n\nKyiv mayor's aide said: nobody was hurt.\n\n"
        "Kyiv police said: the road is open.\n\nKyiv doctors said: two came."
    )
    assert len(parts) == 1


def test_a_topic_without_slots_opens_a_story_for_anything():
    (part,) = cut("Dockers walked out at dawn.", topic=Topic(id="x", title="x"))
    assert part.shows_event
    (talk,) = cut("Dockers walked out at dawn.", topic=STRIKES)
    assert not talk.shows_event
    assert STRIKES.slots == STRIKE_SLOTS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Шебекино", "Shebekino"),
        ("Харкова", "Kharkova"),
        ("Запоріжжя", "Zaporizhzhia"),
        ("Одесі", "Odesi"),
        ("Járkov", "Jarkov"),
    ],
)
def test_a_name_has_one_key_in_every_script(one, other):
    assert name_key(one) == name_key(other)


def test_a_headline_in_capitals_names_nobody():
    assert not headline_names("Drones Hit Fuel Depot In Port")
    assert name_key("Izmail") in headline_names("Drones hit a depot near Izmail")


def test_weapons_fit_by_their_broader_word():
    assert compatible(["weapon:missile"], ["weapon:cruise missile"], "weapon")
    assert not compatible(["weapon:drone"], ["weapon:artillery"], "weapon")
    assert compatible([], ["weapon:artillery"], "weapon")


@pytest.mark.parametrize(
    ("language", "title", "corrects"),
    [
        ("en", "Doctors lower toll of the fire to four", True),
        ("en", "Toll revised down to four", True),
        ("uk", "У Сумах зменшили кількість загиблих до чотирьох", True),
        ("ru", "Снижено число погибших в Сумах", True),
        ("es", "Sumy rebaja a cuatro los muertos", True),
        ("en", "Two of the dead were counted twice", True),
        ("uk", "Число жертв у Сумах переглянули у бік зменшення", True),
        ("ru", "Раненого в Сумах ошибочно сочли погибшим", True),
        ("es", "Un vecino fue dado por muerto por error", True),
        ("en", "Toll of the fire rises to four", False),
        ("es", "Suben a cuatro los muertos en Sumy", False),
    ],
)
def test_a_headline_that_lowers_a_toll_marks_the_figures_as_corrected(
    language, title, corrects
):
    reading = read("4, says the mayor.", title=title, language=language)
    parts = units(
        reading,
        TopicVerdict(
            topic="strikes",
            probability=1.0,
            threshold=0.5,
            matched=True,
            passages=reading.paragraphs,
            because=(),
        ),
        [Fact(topic="strikes", slot="killed", value=4, evidence=(0, 1), quote="4")],
        topic=STRIKES,
        published_at=DAWN,
        surroundings=Surroundings(gazetteer=gazetteer(), lexicon=lexicon(language)),
    )
    assert [fact.corrects for fact in parts[0].facts] == [corrects or None]
