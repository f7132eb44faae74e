"""How Slack says no: a word, and what goes with it."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from math import ceil
from typing import Any, Self, TypeAlias

Json: TypeAlias = dict[str, Any]


class RefusedError(Exception):
    """A request that Slack refuses with ``word``; ``details`` stand beside it."""

    def __init__(self, word: str, **details: object) -> None:
        """Refuse with one of the error words that the method's page documents."""
        super().__init__(word)
        self.word = word
        self.details = details

    def answer(self) -> Json:
        """As the Web API answers it, with status 200."""
        return {"ok": False, "error": self.word, **self.details}


class ThrottledError(RefusedError):
    """A request that comes too soon; ``retry_after`` is what its header says."""

    def __init__(self, retry_after: str) -> None:
        """Refuse with the word of every method's page."""
        super().__init__("ratelimited")
        self.retry_after = retry_after

    @classmethod
    def of(cls, wait: timedelta, *, until: datetime | None = None) -> Self:
        """Ask to wait so long, in whole seconds; or ``until`` then, as a date."""
        if until is None:
            return cls(str(ceil(wait.total_seconds())))
        whole = until + timedelta(microseconds=-until.microsecond % 1_000_000)
        return cls(format_datetime(whole, usegmt=True))


def complained(word: str, complaints: tuple[str, ...]) -> RefusedError:
    """A refusal that lists what is wrong where, as those of blocks do."""
    messages = [f"[ERROR] {complaint}" for complaint in complaints]
    return RefusedError(
        word, errors=list(complaints), response_metadata={"messages": messages}
    )
