"""The shipped words and places, read once, and what is told of an attack by them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.facts import strikes
from detectors.facts.context import Context
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Fact
from detectors.seeds import parse_lexicon
from detectors.slots import STRIKE_SLOTS
from detectors.text import read

ROOT = Path(__file__).resolve().parents[2]
MARCH = datetime(2026, 3, 5, 12, tzinfo=UTC)

ContextOf = Callable[..., Context]
Told = Callable[..., Mapping[str, list[object]]]


@pytest.fixture(scope="session")
def lexicons() -> Mapping[str, Lexicon]:
    return {
        file.stem: parse_lexicon(file.read_text(encoding="utf-8"), file.name)
        for file in sorted((ROOT / "seeds" / "lexicons").glob("*.yaml"))
    }


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.parse(
        *(
            file.read_text(encoding="utf-8")
            for file in sorted((ROOT / "seeds" / "places").glob("*.tsv"))
        )
    )


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
