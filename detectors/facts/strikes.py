"""What an article states of an attack and its consequences."""

from detectors.facts.context import Context
from detectors.model import Fact


def extract(context: Context) -> tuple[Fact, ...]:
    """Every fact on an attack that ``context`` states, in the order of the text."""
    del context
    return ()
