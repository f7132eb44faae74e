from detectors.model import Vocabulary
from tests.storage.records import AWKWARD


def test_a_topic_without_articles_has_an_empty_vocabulary(unit):
    assert unit.vocabularies.get("ferries") == Vocabulary(topic="ferries")


def test_a_vocabulary_comes_back_as_it_was_last_saved(unit):
    unit.vocabularies.save(Vocabulary(topic=AWKWARD, articles=1, counts=b"\x00\xff"))
    last = Vocabulary(topic=AWKWARD, articles=2, counts=b"\x01\x00\xff" * 999)
    unit.vocabularies.save(last)
    for _ in range(2):
        assert unit.vocabularies.get(AWKWARD) == last
        unit.commit()


def test_each_topic_has_its_own_vocabulary(unit):
    unit.vocabularies.save(Vocabulary(topic="ferries", articles=3, counts=b"f"))
    unit.vocabularies.save(Vocabulary(topic="mines", articles=5, counts=b"m"))
    assert unit.vocabularies.get("ferries").articles == 3
