"""The shipped words and places, read once, and what is told of an attack by them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from detectors.facts import strikes
from detectors.facts.context import Context
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Fact
from detectors.slots import STRIKE_SLOTS
from detectors.text import read
from flows.seeds import load_lexicons, load_places

MARCH = datetime(2026, 3, 5, 12, tzinfo=UTC)

ContextOf = Callable[..., Context]
Told = Callable[..., Mapping[str, list[object]]]


@pytest.fixture(scope="session")
def lexicons() -> Mapping[str, Lexicon]:
    return load_lexicons()


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return load_places()


@pytest.fixture(scope="session")
def context_of(lexicons: Mapping[str, Lexicon], gazetteer: Gazetteer) -> ContextOf:
    """A context in which all of a text is on the topic of attacks."""

    def build(text: str, language: str = "en", at: datetime = MARCH) -> Context:
        reading = read(text, language=language)
        return Context(
            reading=reading,
            topic="strike-reports",
            slots=STRIKE_SLOTS,
            spans=reading.paragraphs,
            lexicon=lexicons[language],
            gazetteer=gazetteer,
            published_at=at,
        )

    return build


@pytest.fixture(scope="session")
def facts_of(context_of: ContextOf) -> Callable[..., tuple[Fact, ...]]:
    return lambda *args, **options: strikes.extract(context_of(*args, **options))


@pytest.fixture(scope="session")
def told(facts_of: Callable[..., tuple[Fact, ...]]) -> Told:
    """The values by slot that count, sorted."""

    def tell(*args: object, **options: object) -> Mapping[str, list[object]]:
        values: dict[str, list[object]] = defaultdict(list)
        for fact in facts_of(*args, **options):
            if fact.certainty.counts:
                values[fact.slot].append(fact.value)
        return {slot: sorted(found, key=str) for slot, found in values.items()}

    return tell
