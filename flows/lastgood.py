"""Keep the last good set of topics running while a file is broken, or a model is."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from detectors.errors import ModelError, SeedError, SeedErrors
from flows.damage import ENCODER, Damage, Damaged
from flows.errors import SettingsError
from flows.meaning import load_encoder
from flows.seeds import SHIPPED, Seeds, load_seeds

KEPT = "last-good-topics"


def load(
    topics: Path | None,
    *,
    home: Path,
    meaning: bool = False,
    warn: Callable[[str], None],
    damaged: Damaged = lambda _: None,
) -> Seeds:
    """Read the seeds; where a topic file is broken, those of the last good run.

    Args:
        topics: The folder of topics; the shipped one unless given.
        home: Where the last good set and fitted models are kept between runs.
        meaning: As `load_seeds` takes it.
        warn: Told each mistake when the last good set is used in its place.
        damaged: Told where a learned model could not be used: topics are known by
            their words alone then, which loses no alert that words can tell.

    Raises:
        SeedErrors: They are broken, and no good set was ever read.
    """
    kept = home / KEPT
    load = partial(
        load_seeds,
        home=home,
        meaning=meaning and _has_encoder(damaged),
        damaged=damaged,
    )
    try:
        seeds = load(topics)
    except (SeedError, SeedErrors) as error:
        if not kept.is_dir():
            raise
        warn(f"{error}; the last good topics stay in use")
        return load(kept)
    _keep(topics or SHIPPED / "topics", kept)
    return seeds


def _has_encoder(damaged: Damaged) -> bool:
    """Whether what is installed can read."""
    try:
        load_encoder()
    except (SettingsError, ModelError) as error:
        text = f"Topics are known by their words alone: {error}"
        damaged(Damage(subject=ENCODER, text=text, lasting=True))
        return False
    return True


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
