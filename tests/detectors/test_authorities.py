"""Who speaks, by role: one mayor in four languages, and who disagrees with whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from detectors.corroboration import spread
from detectors.developments import develop
from detectors.facts.attribution import authority
from detectors.model import Article, Claim, Fact, Story, StoryProfile

EIGHT = datetime(2026, 6, 2, 8, tzinfo=UTC)
STORY = Story(
    id="s1",
    topic="strikes",
    headline="A strike",
    opened_at=EIGHT,
    changed_at=EIGHT,
    profile=StoryProfile(),
)
ROLES = {
    "mayor": ("Mayor Ivan Hnatiuk", "міський голова", "мэр", "la alcaldesa"),
    "governor": (
        "head of the Odesa regional military administration",
        "начальник обласної військової адміністрації",
        "губернатор области",
        "el gobernador",
    ),
    "rescuers": ("the emergency service", "рятувальники", "МЧС", "los bomberos"),
    "police": ("the national police", "Нацполіція", "полиция", "la policía"),
    "prosecutors": (
        "the regional prosecutor's office",
        "обласна прокуратура",
        "прокурор",
        "la fiscalía",
    ),
    "health": (
        "the ministry of health",
        "МОЗ",
        "Минздрав",
        "el ministerio de sanidad",
    ),
    "military": ("the general staff", "Генштаб", "военные", "el ejército"),
    "railway": (
        "the state railway",
        "Укрзалізниця",
        "железная дорога",
        "el ferrocarril",
    ),
}


@pytest.mark.parametrize(
    ("language", "words", "role"),
    [
        (language, words, role)
        for role, named in ROLES.items()
        for language, words in zip(("en", "uk", "ru", "es"), named, strict=True)
    ],
)
def test_a_role_has_one_name_in_all_languages(language, words, role, lexicons):
    assert authority(lexicons[language], words) == role


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "the military administration"),
        ("uk", "військова адміністрація"),
        ("en", "Pavlo Hnatiuk"),
        ("es", "la administración"),
    ],
)
def test_whom_no_list_can_place_has_no_role(language, words, lexicons):
    assert authority(lexicons[language], words) is None


def test_the_lexicons_know_the_same_roles(lexicons):
    known = {
        frozenset(each.categories["stories.authorities"]) for each in lexicons.values()
    }
    assert len(known) == 1


class Ledger:
    def __init__(self, lexicons):
        self.lexicons, self.claims = lexicons, list[Claim]()

    def hear(self, value, says, language="en", *, at=EIGHT, slot="killed"):
        number = len(self.claims)
        article = Article(
            id=f"a{number}",
            url=f"https://{number}.test/",
            source=f"{number}.test",
            title="",
            text="",
            published_at=at,
            fetched_at=EIGHT + timedelta(minutes=number),
        )
        fact = Fact(
            topic="strikes",
            slot=slot,
            value=value,
            evidence=(0, 5),
            quote="",
            attribution=says,
            authority=authority(self.lexicons[language], says),
        )
        progress = develop(STORY, self.claims, (fact,), article=article)
        self.claims.extend(progress.claims)
        return [(d.old, d.new, d.kind.value) for d in progress.developments]


@pytest.fixture
def ledger(lexicons):
    return Ledger(lexicons)


LATER = EIGHT + timedelta(hours=1)
EARLIER = EIGHT - timedelta(minutes=40)


def test_one_authority_in_two_languages_does_not_contradict_itself(ledger):
    ledger.hear(6, "the railway")
    assert ledger.hear(4, "Укрзалізниця", "uk", at=LATER) == []


def test_two_authorities_disagree_in_any_two_languages(ledger):
    ledger.hear(6, "the mayor")
    assert ledger.hear(4, "поліція", "uk", at=LATER) == [(6, 4, "conflict")]


def test_names_in_two_scripts_may_be_one_person(ledger):
    ledger.hear(6, "Ivan Hnatiuk")
    assert ledger.hear(4, "Іван Гнатюк", "uk", at=LATER) == []
    assert ledger.hear(3, "Petro Koval", at=LATER) == [(6, 3, "conflict")]


def test_a_report_of_an_earlier_hour_is_stale_whoever_speaks(ledger):
    ledger.hear(6, "the railway")
    assert ledger.hear(2, "the emergency service", at=EARLIER) == []
    assert ledger.hear(7, "the emergency service", at=EARLIER) == [(6, 7, "change")]


def test_what_was_so_at_an_earlier_hour_is_no_spread_and_takes_nothing_back(ledger):
    ledger.hear(6, None)
    ledger.hear(2, None, at=EARLIER)
    ledger.hear(2, None, at=EARLIER)
    assert spread(ledger.claims) == {}
    ledger.hear(4, None, at=LATER)
    assert spread(ledger.claims) == {"killed": (4, 6)}


def test_how_many_were_missing_at_an_earlier_hour_is_no_news(ledger):
    ledger.hear(3, None, slot="missing")
    assert ledger.hear(7, None, at=EARLIER, slot="missing") == []
    assert ledger.hear(1, None, at=LATER, slot="missing") == [(3, 1, "change")]


def test_claims_of_before_there_were_roles_are_told_apart_by_their_words(ledger):
    ledger.hear(6, "the mayor")
    ledger.claims[:] = [replace(claim, authority=None) for claim in ledger.claims]
    assert ledger.hear(4, "the mayor", at=LATER) == []
    assert ledger.hear(3, "the police", at=LATER) == [(6, 3, "conflict")]
