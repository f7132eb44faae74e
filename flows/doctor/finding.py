"""One thing that was looked at, and what to do about it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; ``cure`` is empty where nothing is wrong."""

    what: str
    says: str
    cure: str = ""

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
