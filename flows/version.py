"""Which Tocsin this is, and under which detectors and seeds it decides."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import xxhash

import detectors

_SHORT = 8  # hex digits


def tocsin_version() -> str:
    """The installed version; "dev" where it is not installed."""
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "dev"


@cache
def detectors_version() -> str:
    """The program's version and a digest of its detectors, as ``0.1.0+3f2a9c01``.

    Two checkouts of one version may think differently; their digests differ.
    """
    folder = Path(detectors.__file__).parent
    return f"{tocsin_version()}+{digest(sorted(folder.rglob('*.py')))}"


def digest(files: Iterable[Path]) -> str:
    """What some files hold, in eight hex digits."""
    read = xxhash.xxh3_64()
    for file in files:
        read.update(file.read_bytes())
    return read.hexdigest()[:_SHORT]
