"""One tree of errors for every layer; each reads "what (detail): subject"."""

import re

# A store's URL keeps its user, which is half of what goes wrong with it; its
# password is hidden where the URL is read.
_LOGIN = re.compile(r"\b((?!postgres)[a-z][a-z0-9+.-]*)://[^/\s?#]*@", re.IGNORECASE)
LETS_IN = (
    r"(?:[\w-]*[_-])?(?:token|secret|passw(?:or)?d|pass|pwd|auth|sig|signature|"
    r"api[_-]?key|session(?:[_-]?id)?|credentials?)"
)
"""What a parameter is called that lets its bearer in."""

_IN_QUERY = re.compile(
    rf"([?&;]{LETS_IN}=)[^&;\s#]+|([?&;]key=)[\w-]{{20,}}", re.IGNORECASE
)  # a short key may be a word to look for


def without_secrets(text: str) -> str:
    """``text`` with the secrets in its addresses masked.

    >>> without_secrets("no answer of https://wire.test/rss?n=1&api_key=1f2e3d")
    'no answer of https://wire.test/rss?n=1&api_key=***'
    """
    return _IN_QUERY.sub(r"\1\2***", _LOGIN.sub(r"\1://***@", text))


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
        """Say what failed, why, and on what; names and passwords in URLs are left out.

        >>> str(MonitorError("https://desk:key@wire.test/rss", "not watched"))
        'monitor error (not watched): https://***@wire.test/rss'
        """
        detail = f" ({self.detail})" if self.detail else ""
        return without_secrets(f"{self.what}{detail}: {self.subject}")


class SeedError(MonitorError):
    """A topic, lexicon or list of places cannot be read as one.

    ``subject`` names file, line and key: ``topics/x.yaml:12: words.anny``.
    """

    what = "seed is wrong"


class SeedErrors(MonitorError):  # noqa: N818 - several, each a SeedError
    """Every mistake of one or several seeds, in the order of their lines.

    Args:
        mistakes: One error a mistake; at least one.
    """

    what = "seeds are wrong"

    def __init__(self, subject: str, mistakes: tuple[SeedError, ...]) -> None:
        """Tell all mistakes in one sentence."""
        told = "; ".join(
            f"{error.subject} ({error.detail})" if error.detail else error.subject
            for error in mistakes
        )
        super().__init__(subject, told)
        self.mistakes = mistakes


class NotAFeedError(MonitorError):
    """A document is neither RSS, Atom, RDF nor JSON Feed."""

    what = "not a feed"


class RecordError(MonitorError):
    """A line of a stream of articles is no article; names line and key."""

    what = "not an article"


class ModelError(MonitorError):
    """A stored model is damaged, or was fitted to something else."""

    what = "model does not fit"
