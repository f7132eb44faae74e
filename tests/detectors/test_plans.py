from dataclasses import replace

import pytest

from detectors.model import Bound, Certainty, Claim, Fact
from detectors.plans import as_firm_as_known, says_plan
from tests.storage.records import NOW

PLAN = Fact(
    topic="meetings",
    slot="status",
    value="announced",
    evidence=(0, 9),
    quote="will meet",
)


def told(side, value="announced", *, stands=True):
    return Claim(
        story="s1",
        slot="status",
        value=value,
        bound=Bound.EXACT,
        certainty=Certainty.ASSERTED,
        source="Harbour Wire",
        attribution=None,
        article_id="a1",
        claimed_at=NOW,
        quote="will meet",
        side=side,
        stands=stands,
    )


def firm(side, claims, status):
    (fact,) = as_firm_as_known([replace(PLAN, side=side)], claims, status)
    return fact.value


@pytest.mark.parametrize(
    ("side", "before", "status", "firmness"),
    [
        ("Mali", ["Chad"], "announced", "confirmed"),
        ("Mali", ["Chad"], "preparing", "confirmed"),
        ("Chad", ["Chad"], "announced", "announced"),
        ("Mali", ["Chad", "Mali"], "announced", "announced"),
        (None, ["Chad"], "announced", "announced"),
        ("Mali", [None], "announced", "announced"),
        ("Mali", [], "announced", "announced"),
        (None, [], "confirmed", "confirmed"),
        ("Mali", ["Chad"], "postponed", "announced"),
        ("Mali", ["Chad"], None, "announced"),
    ],
)
def test_a_plan_is_as_firm_as_those_who_speak_of_it(side, before, status, firmness):
    assert firm(side, [told(each) for each in before], status) == firmness


def test_what_was_struck_out_was_not_said():
    struck = told("Chad", stands=False)
    assert firm("Mali", [struck], "announced") == "announced"


def test_only_plans_that_are_meant_grow_firmer():
    denied = replace(PLAN, certainty=Certainty.DENIED)
    others = [denied, replace(PLAN, value="proposed"), replace(PLAN, slot="venue")]
    assert as_firm_as_known(others, (), "confirmed") == tuple(others)
    assert not says_plan(others)
    assert says_plan([*others, PLAN])
