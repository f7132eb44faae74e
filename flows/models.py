"""Fitted topics, kept between runs beside the store."""

import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from detectors.encoder import Encoder
from detectors.errors import ModelError
from detectors.model import Exemplar, Topic
from detectors.topics import TopicModel, digest_of
from flows.damage import TOPICS, Damage, Damaged
from flows.version import detectors_version

KEPT = "models"
MOST = 8  # files; two checkouts and a few versions of the topics
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
# zipfile takes a changed byte for a password, or for another way of packing, and says
# so with a RuntimeError: 23 of 860 files that were damaged by chance.
_DAMAGE = (
    OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, ModelError
)  # fmt: skip


def fitted(
    topics: Sequence[Topic],
    background: Sequence[Exemplar],
    encoder: Encoder | None = None,
    *,
    home: Path | None,
    damaged: Damaged = lambda _: None,
) -> TopicModel:
    """The model of some topics: the one that an earlier run kept, or a fresh one.

    A kept one is of the same topics, background and detectors, and gives the same
    verdicts; a damaged one is fitted again. Loading takes 50 ms, fitting two topics
    0.3 s and two hundred 1.1 s.

    Args:
        topics: In the order in which the model answers.
        background: Passages on no topic.
        encoder: Reads passages for what they mean; learning so takes 5 s more.
        home: Where models are kept between runs; none are where it is not, or None.
        damaged: Told where a kept one could not be used.
    """
    if home is None:
        return TopicModel.fit(topics, background, encoder)
    digest = digest_of(topics, background, encoder)
    file = home / KEPT / f"{digest}-{_detectors()}.npz"
    problem = ""
    try:
        return _load(file, topics, background, encoder)
    except _NOT_THERE:
        pass
    except _DAMAGE as error:
        problem = str(error) or type(error).__name__
    model = TopicModel.fit(topics, background, encoder)
    kept = _keep(file, model)
    if problem:
        damaged(_told(problem, mended=kept))
    return model


def _told(problem: str, *, mended: bool) -> Damage:
    what = f"The model of the topics was damaged ({problem}) and was fitted anew"
    then = "" if mended else ", as at every run: it cannot be kept"
    return Damage(
        subject=TOPICS, text=f"{what}{then}; alerts go on", lasting=not mended
    )


def _detectors() -> str:
    """The detectors' digest alone: a file name is no place for a version."""
    return detectors_version().rpartition("+")[2]


def _load(
    file: Path,
    topics: Sequence[Topic],
    background: Sequence[Exemplar],
    encoder: Encoder | None,
) -> TopicModel:
    """The kept one; one of `_NOT_THERE` or `_DAMAGE` is raised where there is none."""
    # Opened here: of a damaged file numpy would leave it open.
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        model = TopicModel.from_arrays(arrays, topics, background, encoder)
    with suppress(OSError):  # it is no less good where its time cannot be written
        file.touch()
    return model


def _keep(file: Path, model: TopicModel) -> bool:
    """Write it whole or not at all; False for a run that cannot and does without."""
    fresh = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        try:
            with fresh.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **model.arrays())
            fresh.replace(file)
        finally:
            fresh.unlink(missing_ok=True)
        for old in sorted(file.parent.glob("*.npz"), key=_used_at)[:-MOST]:
            old.unlink(missing_ok=True)
        return True
    return False


def _used_at(file: Path) -> float:
    return file.stat().st_mtime
