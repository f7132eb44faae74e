"""Keep the last good set of topics running while a file is broken."""

import shutil
from collections.abc import Callable
from pathlib import Path

from detectors.errors import SeedError, SeedErrors
from flows.seeds import SHIPPED, Seeds, load_seeds

KEPT = "last-good-topics"


def load(
    topics: Path | None,
    *,
    home: Path,
    meaning: bool = False,
    warn: Callable[[str], None],
) -> Seeds:
    """Read the seeds; where a topic file is broken, those of the last good run.

    Args:
        topics: The folder of topics; the shipped one unless given.
        home: Where the last good set and fitted models are kept between runs.
        meaning: As `load_seeds` takes it.
        warn: Told each mistake when the last good set is used in its place.

    Raises:
        SeedErrors: They are broken, and no good set was ever read.
    """
    kept = home / KEPT
    try:
        seeds = load_seeds(topics, home=home, meaning=meaning)
    except (SeedError, SeedErrors) as error:
        if not kept.is_dir():
            raise
        warn(f"{error}; the last good topics stay in use")
        return load_seeds(kept, home=home, meaning=meaning)
    _keep(topics or SHIPPED / "topics", kept)
    return seeds


def _keep(topics: Path, kept: Path) -> None:
    """Copy a good set aside, files that exemplars name included."""
    fresh = kept.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    if topics.is_dir():
        shutil.copytree(topics, fresh)
    else:
        fresh.mkdir(parents=True)
        shutil.copy(topics, fresh)
    shutil.rmtree(kept, ignore_errors=True)
    fresh.rename(kept)
