"""Files that a person asked for by name."""

import os
from pathlib import Path

from detectors.errors import MonitorError

OURS_ALONE = 0o600


class FileError(MonitorError):
    """A file that was asked for cannot be written."""

    what = "file cannot be written"


def write_file(path: Path, content: bytes) -> None:
    """Write a file; a new one is for this user alone: it holds addresses of feeds.

    The name is the caller's own and never made of what a feed says. A file that is
    there keeps its mode.

    Raises:
        FileError: There is no such folder, no room, or it is no name of a file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        with os.fdopen(os.open(path, flags, OURS_ALONE), "wb") as file:
            file.write(content)
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        why = getattr(error, "strerror", None) or str(error)
        raise FileError(str(path), why) from error
