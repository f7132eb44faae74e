"""Words and names in common, however few stories are near."""

import math
from collections import Counter
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Vocabulary
from detectors.shared_words import NAME, compare, products, sizes
from detectors.vocabulary import Rarities, counted, rarities_of

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


@given(
    part=TERMS, stories=st.lists(TERMS, max_size=6), told=st.lists(TERMS, max_size=9)
)
def test_products_and_sizes_are_by_the_rarities_of_the_topic(part, stories, told):
    vocabulary = Vocabulary(topic="ports")
    for words in told:
        vocabulary = counted(vocabulary, words)
    rarities, rare = Rarities(vocabulary), partial(rarities_of, vocabulary)

    def by_kind(values):
        sums = [0.0, 0.0]
        for term, value in values:
            sums[term.startswith(NAME)] += value
        return sums

    for found, story in zip(products(part, stories, rare), stories, strict=True):
        shared = part.keys() & story
        terms = ((t, part[t] * story[t] * rarities[t] ** 2) for t in shared)
        assert all(map(math.isclose, found, by_kind(terms)))
    squares = by_kind((term, (w * rarities[term]) ** 2) for term, w in part.items())
    assert all(map(math.isclose, sizes(part, rare), map(math.sqrt, squares)))
