"""Topics, lexicons and places, read from files at each cycle."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from detectors.errors import SeedError
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Exemplar, Topic
from detectors.seeds import parse_lexicon, parse_topic
from detectors.topics import TopicModel

SHIPPED = Path(__file__).resolve().parent.parent / "seeds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """What to look for, frozen for a run."""

    topics: tuple[Topic, ...]
    model: TopicModel
    lexicons: Mapping[str, Lexicon]
    gazetteer: Gazetteer


def load_seeds(topics: Path | None = None) -> Seeds:
    """Read the topics of a folder (the shipped ones unless given) and the rest.

    Raises:
        SeedErrors: With every mistake in every file.
        SeedError: The folder holds no topic.
    """
    found = load_topics(topics or SHIPPED / "topics")
    return Seeds(
        topics=found,
        model=TopicModel.fit(found, load_background()),
        lexicons=load_lexicons(),
        gazetteer=load_places(),
    )
