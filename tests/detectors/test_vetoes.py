"""The first question rules out only what all the others would."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from detectors.affinity import JOIN
from detectors.evidence import of_meeting
from detectors.model import Story, StoryProfile
from detectors.vetoes import Company, Pair, find_veto

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CITIES = ("Varna", "Graz", "Turku")


def several(*values):
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


TALKS = st.builds(
    StoryProfile,
    places=several(*CITIES),
    parties=several("FI", "AT", "BG"),
    days=several("2026-03-02", "2026-03-05"),
    kinds=several(
        "status:proposed",
        "status:ended without agreement",
        "agenda item:ceasefire",
        "mediator:Envoy of Malta",
    ),
    terms=several(*(f"@{city}" for city in CITIES)).map(
        lambda names: dict.fromkeys(names, 1.0)
    ),
)


@given(part=TALKS, known=TALKS)
def test_talks_that_the_first_question_rules_out_are_vetoed_and_never_told_of(
    part, known
):
    at = NOW - timedelta(days=1)
    story = Story(
        id="s", topic="t", headline="", opened_at=at, changed_at=at, profile=known
    )
    evidence = of_meeting(part, known)
    pair = Pair(part=part, known=known, story=story, evidence=evidence, at=NOW)
    if Company(part).exclude(known):
        assert find_veto(pair, meeting=True)
        assert sum(evidence.values()) < JOIN
