"""One tree of errors for every layer; each reads "what (detail): subject"."""


class MonitorError(Exception):
    """Something that a user can be told in one sentence.

    Args:
        subject: What it is about: a URL, a path, an id.
        detail: Why, in plain words.
    """

    what = "monitor error"

    def __init__(self, subject: str, detail: str = "") -> None:
        """Keep both, so that a caller may show them apart."""
        super().__init__(subject, detail)
        self.subject = subject
        self.detail = detail

    def __str__(self) -> str:
        """Say what failed, why, and on what."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.what}{detail}: {self.subject}"


class SeedError(MonitorError):
    """A topic, lexicon or list of places cannot be read as one.

    ``subject`` names file, line and key: ``topics/x.yaml:12: words.anny``.
    """

    what = "seed is wrong"


class NotAFeedError(MonitorError):
    """A document is neither RSS, Atom, RDF nor JSON Feed."""

    what = "not a feed"


class RecordError(MonitorError):
    """A line of a stream of articles is no article; names line and key."""

    what = "not an article"
