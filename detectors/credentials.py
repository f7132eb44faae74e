"""Secrets where they do not belong: in addresses, and in settings that are kept.

The store, its backups, lists, logs and what commands print hold no secret. Where one is
needed, what is kept is a reference to it, ``env:NAME`` or ``file:/path``.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from detectors.errors import LETS_IN

REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")
_SECRET_NAME = re.compile(LETS_IN, re.IGNORECASE)
_LONG_KEY = re.compile(r"[\w-]{20,}")
_SECRET_HEADER = re.compile(
    rf"(?:proxy-)?authorization|cookie2?|.*key|{LETS_IN}", re.IGNORECASE
)


def is_reference(value: str) -> bool:
    """Whether ``value`` names where a secret is, and is none itself.

    >>> is_reference("env:WIRE_KEY"), is_reference("Basic ZGVzazprZXk=")
    (True, False)
    """
    return REFERENCE.fullmatch(value) is not None


def is_secret_header(name: str) -> bool:
    """Whether what a header of this name carries is likely a secret.

    >>> is_secret_header("X-Api-Key"), is_secret_header("Accept-Language")
    (True, False)
    """
    return _SECRET_HEADER.fullmatch(name) is not None


def secret_in(url: str) -> str:
    """What in an address is likely a secret, in words; "" if nothing is.

    >>> secret_in("https://desk:key@wire.test/rss")
    'a name or password before the host'
    >>> secret_in("https://wire.test/rss?page=2&api_key=1f2e3d")
    'its api_key='
    """
    try:
        parts = urlsplit(url)
        found = parts.username is not None or parts.password is not None
    except ValueError:
        return ""
    if found:
        return "a name or password before the host"
    told = (name for name, value in parse_qsl(parts.query) if _lets_in(name, value))
    return next((f"its {name}=" for name in told), "")


def _lets_in(name: str, value: str) -> bool:
    """Whether a parameter lets its bearer in; a short key may be a word to look for."""
    if name.lower() == "key":
        return _LONG_KEY.fullmatch(value) is not None
    return _SECRET_NAME.fullmatch(name) is not None
