"""Words and names in common, however few stories are near."""

import math
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from detectors.shared_words import NAME, compare

TERMS = st.dictionaries(
    st.sampled_from(
        ["crane", "quay", "ferry", "ballast", "@varna", "@izmail", "@burgas"]
    ),
    st.floats(0.01, 9.0),
)


def by_hand(part, stories):
    """The same, a term at a time."""
    found = Counter(term for story in stories for term in story)
    rarity = {term: math.log(1 + len(stories) / n) for term, n in found.items()}

    def size(terms, names):
        own = (
            (weight * rarity.get(term, 1.0)) ** 2
            for term, weight in terms.items()
            if term.startswith(NAME) is names
        )
        return math.sqrt(sum(own))

    def cosine(story, names):
        shared = (t for t in part.keys() & story if t.startswith(NAME) is names)
        product = sum(rarity[t] ** 2 * part[t] * story[t] for t in shared)
        sizes = size(part, names) * size(story, names)
        return product / sizes if sizes else 0.0

    return [
        (cosine(story, names=False), cosine(story, names=True)) for story in stories
    ]


@given(part=TERMS, stories=st.lists(TERMS, max_size=6))
def test_it_is_what_a_sum_over_the_terms_gives(part, stories):
    for found, expected in zip(
        compare(part, stories), by_hand(part, stories), strict=True
    ):
        assert math.isclose(found.words, expected[0], abs_tol=1e-9)
        assert math.isclose(found.names, expected[1], abs_tol=1e-9)


def test_a_word_that_one_story_alone_has_tells_more_than_one_of_all():
    crane, ferry = {"quay": 1.0, "crane": 1.0}, {"quay": 1.0, "ferry": 1.0}
    part = {"quay": 1.0, "crane": 1.0, "ballast": 1.0}
    of_crane, of_ferry = compare(part, [crane, ferry])
    assert of_crane.words > 2 * of_ferry.words > 0
