"""A ledger that grows comes to what it would if it were folded from its beginning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from detectors.folding import state_of
from detectors.ledger import fold
from detectors.model import Bound, Certainty, Claim

DAWN = datetime(2026, 5, 4, 5, tzinfo=UTC)


@st.composite
def claims(draw):
    slot = draw(st.sampled_from(["killed", "injured", "status", "venue", "weapon"]))
    values = {
        "status": ["announced", "postponed", "under way"],
        "venue": ["Oslo", "Bern"],
    }
    numbers = st.integers(0, 9)
    words = st.sampled_from(values.get(slot, ["drone", "missile"]))
    return Claim(
        story="s1",
        slot=slot,
        value=draw(numbers if slot in {"killed", "injured"} else words),
        bound=draw(st.sampled_from(Bound)),
        certainty=draw(st.sampled_from(Certainty)),
        source=draw(st.sampled_from(["Meridian", "Tideline"])),
        attribution=None,
        article_id=draw(st.sampled_from(["a1", "a2"])),
        claimed_at=DAWN + timedelta(hours=draw(st.integers(0, 40))),
        quote="",
    )


@given(ledger=st.lists(claims(), max_size=12), steps=st.lists(st.integers(0, 12)))
def test_it_may_be_met_at_any_length_and_in_any_order(ledger, steps):
    for length in steps:
        assert state_of(ledger[:length]) == fold(ledger[:length])


@given(ledger=st.lists(claims(), min_size=1, max_size=6), struck=st.integers(0, 5))
def test_a_claim_that_is_struck_out_later_is_out(ledger, struck):
    state_of(ledger)
    place = min(struck, len(ledger) - 1)
    after = [*ledger]
    after[place] = replace(after[place], stands=False)
    assert state_of(after) == fold(after)


@given(ledger=st.lists(claims(), max_size=6), more=claims())
def test_what_is_built_upon_it_is_not_in_it_afterwards(ledger, more):
    state_of(ledger).take(more)
    assert state_of(ledger) == fold(ledger)
