"""Fitted topics as plain arrays, and back: what they learned, nothing that is given.

Texts, words and ids come from the topics again; so a model is loaded beside the topics
that it was fitted to, and refused beside any others.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detectors.calibration import Calibration
from detectors.keywords import Keywords
from detectors.languages import READABLE
from detectors.model import Topic
from detectors.profiles import Likeness, Profile, Tongue, word_lists
from detectors.vectors import WIDTH, Floats, Weights, columns

Arrays: TypeAlias = Mapping[str, NDArray[np.generic]]


def to_arrays(
    profiles: Sequence[Profile], tongues: Mapping[str, Tongue]
) -> dict[str, NDArray[np.generic]]:
    """Everything that was learned, each array under a name; no objects in any."""
    arrays: dict[str, NDArray[np.generic]] = {
        "topics": np.array([profile.topic.id for profile in profiles], dtype=np.str_),
        "slopes": np.array([profile.calibration.slope for profile in profiles]),
        "biases": np.array([profile.calibration.bias for profile in profiles]),
        "thresholds": np.array([profile.threshold for profile in profiles]),
    }
    for language, tongue in tongues.items():
        arrays |= {f"{language}.{name}": found for name, found in _of_tongue(tongue)}
    return arrays


def from_arrays(
    arrays: Arrays, topics: Sequence[Topic]
) -> tuple[tuple[Profile, ...], dict[str, Tongue]]:
    """What `to_arrays` was given.

    Args:
        arrays: As it made them, in memory or in an npz file.
        topics: Those that were fitted, in their order.

    Raises:
        ValueError: An array is not of the size that the topics ask for, or holds
            what is no finite number.
        KeyError: One is missing.
    """
    if arrays["topics"].tolist() != [topic.id for topic in topics]:
        raise ValueError("other topics")
    names = ("slopes", "biases", "thresholds")
    learned = (_floats(arrays, name, len(topics)).tolist() for name in names)
    profiles = tuple(
        Profile(topic, Calibration(slope, bias), threshold)
        for topic, slope, bias, threshold in zip(topics, *learned, strict=True)
    )
    return profiles, {name: _tongue(arrays, name, topics) for name in READABLE}


def _of_tongue(tongue: Tongue) -> Iterator[tuple[str, NDArray[np.generic]]]:
    rarest = tongue.terms.idf.max()
    seen = np.flatnonzero(tongue.terms.idf < rarest)
    yield "idf.seen", seen
    yield "idf.weights", tongue.terms.idf[seen]
    yield "idf.unseen", np.array(rarest)
    yield "weights", np.array([w for weights in tongue.weights for w in weights])
    for name, likeness in (("like", tongue.like), ("unlike", tongue.unlike)):
        yield f"{name}.means", likeness.means
        yield f"{name}.deviations", likeness.deviations
        yield from _of_matrix(f"{name}.centres", likeness.centres)
    yield from _of_matrix("exemplars", tongue.upright)


def _of_matrix(
    name: str, upright: csr_matrix
) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Row by row: upright, every bucket would have its place."""
    rows = columns(upright)
    yield f"{name}.data", rows.data
    yield f"{name}.indices", rows.indices
    yield f"{name}.indptr", rows.indptr


def _tongue(arrays: Arrays, language: str, topics: Sequence[Topic]) -> Tongue:
    idf = np.full(WIDTH, arrays[f"{language}.idf.unseen"], dtype=np.float64)
    idf[arrays[f"{language}.idf.seen"]] = arrays[f"{language}.idf.weights"]
    _refuse_unless_finite(idf, f"{language}.idf")
    stops = [*accumulate(len(topic.words.any) for topic in topics)]
    learned = _floats(arrays, f"{language}.weights", stops[-1]).tolist()
    weights = tuple(
        tuple(learned[start:stop])
        for start, stop in zip([0, *stops], stops, strict=False)
    )
    exemplars = tuple(
        tuple(e.text for e in topic.exemplars if e.language == language)
        for topic in topics
    )
    return Tongue(
        terms=Weights(idf),
        keywords=Keywords(word_lists(topics), language),
        weights=weights,
        like=_likeness(arrays, f"{language}.like", len(topics)),
        unlike=_likeness(arrays, f"{language}.unlike", len(topics)),
        exemplars=exemplars,
        upright=_matrix(arrays, f"{language}.exemplars", sum(map(len, exemplars))),
    )


def _likeness(arrays: Arrays, name: str, n_topics: int) -> Likeness:
    return Likeness(
        _matrix(arrays, f"{name}.centres", n_topics),
        _floats(arrays, f"{name}.means", n_topics),
        _floats(arrays, f"{name}.deviations", n_topics),
    )


def _matrix(arrays: Arrays, name: str, n_rows: int) -> csr_matrix:
    parts = (arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
    rows = csr_matrix(tuple(parts), shape=(n_rows, WIDTH))
    rows.check_format(full_check=True)
    _refuse_unless_finite(rows.data, name)
    return columns(rows)


def _floats(arrays: Arrays, name: str, size: int) -> Floats:
    found = np.asarray(arrays[name], dtype=np.float64)
    if found.shape != (size,):
        raise ValueError(f"{name} has the shape {found.shape}, not ({size},)")
    _refuse_unless_finite(found, name)
    return found


def _refuse_unless_finite(found: Floats, name: str) -> None:
    """A probability that is no number is above no threshold: all would be silent."""
    if not np.isfinite(found).all():
        raise ValueError(f"{name} holds what is no number")
