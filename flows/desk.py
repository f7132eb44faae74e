"""What every decision of a run is taken under."""

from dataclasses import dataclass

from flows.seeds import Seeds
from flows.settings import MAX_QUOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The seeds of a run, and how it speaks.

    Args:
        channel: Where a topic speaks that names no channel.
        notices: Where it is told what is wrong with sources; None: in ``channel``.
        quote: How much of a sentence it quotes as proof, in characters.
        dry: Decide, but put nothing in the outbox.
    """

    seeds: Seeds
    channel: str = "#tocsin"
    notices: str | None = None
    quote: int = MAX_QUOTE
    dry: bool = False
