"""One thing that was looked at, and what to do about it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Args:
        what: It was.
        says: How it is.
        cure: What to do; empty where nothing is wrong.
        channel: The channel that it is about, if it is about one.
    """

    what: str
    says: str
    cure: str = ""
    channel: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.cure

    def record(self) -> dict[str, Any]:
        """As ``tocsin doctor --json`` prints it."""
        return {
            "what": self.what,
            "sound": self.is_sound,
            "says": self.says,
            "cure": self.cure,
        }
