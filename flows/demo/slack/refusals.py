"""How Slack says no: a word, and what goes with it."""

from typing import Any, TypeAlias

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


def complained(word: str, complaints: tuple[str, ...]) -> RefusedError:
    """A refusal that lists what is wrong where, as those of blocks do."""
    messages = [f"[ERROR] {complaint}" for complaint in complaints]
    return RefusedError(
        word, errors=list(complaints), response_metadata={"messages": messages}
    )
