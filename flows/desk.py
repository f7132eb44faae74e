"""What every decision of a run is taken under."""

from dataclasses import dataclass

from flows.seeds import Seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The seeds of a run, and how it speaks.

    Args:
        channel: Where a topic speaks that names no channel.
        notices: Where it is told what is wrong with sources; None: in ``channel``.
        dry: Decide, but put nothing in the outbox.
    """

    seeds: Seeds
    channel: str = "#tocsin"
    notices: str | None = None
    dry: bool = False
