"""How one document is asked for: its conditions, and what the desk wants besides.

References to secrets are looked up here, at the moment of asking, and kept nowhere.
"""

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detectors.credentials import is_reference
from detectors.model import FeedWishes, Validators
from flows.errors import FailureReason, FetchError

MAX_SECRET_BYTES = 16_384  # a header line; a reference to a device would never end
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")
# Ours, or such that the answer could not be read; the agent has a wish of its own.
OURS = frozenset(
    {"accept", "accept-encoding", "a-im", "connection", "content-length", "host",
     "if-modified-since", "if-none-match", "if-range", "range", "referer", "te",
     "transfer-encoding", "upgrade", "user-agent"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A feed's wishes with their references looked up.

    Args:
        headers: For the feed's own origin alone: they may hold secrets.
        agent: The User-Agent line; None: the usual one.
        proxy: Its address, with its name and password if it has them.
        trust: Certificates; None: the usual ones.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    agent: str | None = None
    proxy: str | None = None
    trust: ssl.SSLContext | None = None


PLAIN = Manner()


def manner(wishes: FeedWishes, url: str) -> Manner:
    """Look up what the desk wants for the feed at ``url``.

    Raises:
        FetchError: SETTING; a reference leads nowhere, or its value cannot be sent.
    """
    headers = {
        name: _looked_up(value, f"header {name}", url)
        for name, value in wishes.headers.items()
    }
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or name.lower() in OURS:
            raise FetchError(url, FailureReason.SETTING, f"header {name[:40]}")
        if not _VALUE.fullmatch(value):
            raise FetchError(url, FailureReason.SETTING, f"value of header {name}")
    if wishes.agent and not _VALUE.fullmatch(wishes.agent):
        raise FetchError(url, FailureReason.SETTING, "user agent")
    return Manner(
        headers=headers,
        agent=wishes.agent,
        proxy=_looked_up(wishes.proxy, "proxy", url) if wishes.proxy else None,
        trust=_trust(wishes.authority, url) if wishes.authority else None,
    )


def conditions(validators: Validators) -> Iterator[tuple[str, str]]:
    """Conditional headers; one that cannot be sent byte for byte is left out."""
    pairs = (
        ("If-None-Match", validators.etag),
        ("If-Modified-Since", validators.last_modified),
    )
    for name, value in pairs:
        if value is not None:
            try:
                yield name, value.decode("utf-8")  # as aiohttp writes it again
            except UnicodeDecodeError:
                continue


def _looked_up(value: str, what: str, url: str) -> str:
    """What a reference stands for; what is none stands for itself."""
    if not is_reference(value):
        return value
    kind, _, place = value.partition(":")
    if kind == "env":
        found = os.environ.get(place)
        if found is None:
            raise FetchError(url, FailureReason.SETTING, f"{what}: {place} is not set")
        return found.strip()
    try:
        with Path(place).open(encoding="utf-8") as file:
            return file.read(MAX_SECRET_BYTES).strip()
    except (OSError, ValueError) as error:
        problem = f"{what}: {place} cannot be read"
        raise FetchError(url, FailureReason.SETTING, problem) from error


def _trust(authority: str, url: str) -> ssl.SSLContext:
    """The usual certificates and those of a file; never none at all."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=authority.removeprefix("file:"))
    except (OSError, ssl.SSLError) as error:
        problem = f"authority: {authority} cannot be read"
        raise FetchError(url, FailureReason.SETTING, problem) from error
    return context
