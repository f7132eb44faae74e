"""Seeds that look for nothing: what is told was decided before."""

from detectors.facts.places import Gazetteer
from detectors.topics import TopicModel
from flows.seeds import Seeds

NO_SEEDS = Seeds(
    topics=(), model=TopicModel((), {}, ""), lexicons={}, gazetteer=Gazetteer(())
)
