"""A passage as a vector of what it means, by a small sentence encoder; English.

The forward pass of MiniLM in NumPy: six layers of attention over word pieces, their
mean, of length 1. It agrees with PyTorch's to 2e-7 and needs a hundredth of its disk.

References:
    Devlin et al. 2019, "BERT: pre-training of deep bidirectional transformers".
    Wang et al. 2020, "MiniLM: deep self-attention distillation".
    Reimers, Gurevych 2019, "Sentence-BERT".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import xxhash
from numpy.typing import NDArray
from scipy.special import erf

from detectors.errors import ModelError

Singles: TypeAlias = NDArray[np.float32]
Split: TypeAlias = Callable[[str], Sequence[int]]

LONGEST = 128  # word pieces; three sentences of news have 84 in the mean
HEAD = 32  # numbers that one head of attention looks at
EPSILON = np.float32(1e-12)  # as it was trained
PREFIX = "bert."  # that some files write before each name
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class _Dense:
    """``x @ turned + bias``."""

    turned: Singles
    bias: Singles

    def __call__(self, rows: Singles) -> Singles:
        return np.asarray(rows @ self.turned + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Norm:
    """Each row to mean 0 and deviation 1, then stretched and moved as was learned."""

    weight: Singles
    bias: Singles

    def __call__(self, rows: Singles) -> Singles:
        rows = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(rows).mean(axis=-1, keepdims=True) + EPSILON)
        return np.asarray(rows / spread * self.weight + self.bias, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Attention, then a step of each word piece by itself.

    ``asked`` gives queries, keys and values in one product.
    """

    asked: _Dense
    gathered: _Dense
    attended: _Norm
    widened: _Dense
    narrowed: _Dense
    finished: _Norm

    def __call__(self, rows: Singles) -> Singles:
        rows = self.attended(rows + self.gathered(_attention(self.asked(rows))))
        return self.finished(rows + self.narrowed(_gelu(self.widened(rows))))


class Encoder:
    """Passages → vectors of length 1, near each other where they mean alike.

    A passage is embedded by itself, so the company it comes in changes no bit of it;
    one of 84 word pieces takes some 30 ms of one core.

    Attributes:
        digest: Names the weights and the word pieces, in sixteen hex digits.
        width: How long a vector is.
    """

    def __init__(
        self, weights: Mapping[str, Singles], split: Split, *, digest: str
    ) -> None:
        """Take trained weights.

        Args:
            weights: By the names that BERT's have in a safetensors file.
            split: A text as the numbers of its word pieces, `LONGEST` at most.
            digest: Names both.

        Raises:
            ModelError: They are not the weights of such an encoder.
        """
        self.digest = digest
        self._split = split
        try:
            self._take(_Named(weights))
        except KeyError as error:
            raise ModelError("sentence encoder", f"it has no {error}") from error
        except (ValueError, IndexError, TypeError) as error:
            raise ModelError("sentence encoder", str(error)) from error

    @classmethod
    def of(cls, weights: Mapping[str, Singles], pieces: str) -> "Encoder":
        """The encoder of a tokenizer's JSON, ``pieces``; see `__init__`.

        Raises:
            ModelError: One of them is not of such an encoder.
            ModuleNotFoundError: The extra ``meaning`` is not installed.
        """
        return cls(weights, _splitter(pieces), digest=_digest(weights, pieces))

    def _take(self, named: "_Named") -> None:
        self._words = named("embeddings.word_embeddings.weight")
        kinds = named("embeddings.token_type_embeddings.weight")
        places = named("embeddings.position_embeddings.weight")
        self._places = places[:LONGEST] + kinds[0]
        self._entered = named.norm("embeddings.LayerNorm")
        self._layers = named.layers()
        self.width = self._words.shape[1]

    def embed(self, text: str) -> Singles:
        """What a text means ``(width,)``; what follows `LONGEST` pieces is not read."""
        pieces = self._split(text)
        rows = self._entered(self._words[pieces] + self._places[: len(pieces)])
        for layer in self._layers:
            rows = layer(rows)
        mean = rows.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def embed_all(self, texts: Sequence[str]) -> Singles:
        """Each of some texts, exactly as `embed` has it ``(n_texts, width)``."""
        rows = [self.embed(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.width)


@dataclass(frozen=True, slots=True)
class _Named:
    """Weights by their names, with or without `PREFIX`."""

    weights: Mapping[str, Singles]

    def __call__(self, name: str) -> Singles:
        found = self.weights.get(name)
        if found is None:
            found = self.weights[PREFIX + name]
        if not np.isfinite(found).all():
            raise ModelError("sentence encoder", f"{name} holds what is no number")
        return np.ascontiguousarray(found, dtype=np.float32)

    def norm(self, name: str) -> _Norm:
        return _Norm(self(f"{name}.weight"), self(f"{name}.bias"))

    def dense(self, *names: str) -> _Dense:
        """One, or several that read the same rows, side by side."""
        weights = np.vstack([self(f"{name}.weight") for name in names])
        biases = np.concatenate([self(f"{name}.bias") for name in names])
        return _Dense(np.ascontiguousarray(weights.T), biases)

    def layers(self) -> tuple[_Layer, ...]:
        found = map(_LAYER.search, self.weights)
        numbers = sorted({int(match[1]) for match in found if match})
        return tuple(self._layer(f"encoder.layer.{number}") for number in numbers)

    def _layer(self, name: str) -> _Layer:
        own = f"{name}.attention.self"
        return _Layer(
            asked=self.dense(f"{own}.query", f"{own}.key", f"{own}.value"),
            gathered=self.dense(f"{name}.attention.output.dense"),
            attended=self.norm(f"{name}.attention.output.LayerNorm"),
            widened=self.dense(f"{name}.intermediate.dense"),
            narrowed=self.dense(f"{name}.output.dense"),
            finished=self.norm(f"{name}.output.LayerNorm"),
        )


def _attention(asked: Singles) -> Singles:
    """Each piece's mean of the others' values, weighed head by head."""
    size, width = asked.shape[0], asked.shape[1] // 3
    heads = asked.reshape(size, 3, width // HEAD, HEAD).transpose(1, 2, 0, 3)
    queries, keys, values = heads
    fit = queries @ keys.transpose(0, 2, 1) / np.float32(HEAD**0.5)
    fit = np.exp(fit - fit.max(axis=-1, keepdims=True))
    fit /= fit.sum(axis=-1, keepdims=True)
    return np.asarray((fit @ values).transpose(1, 0, 2).reshape(size, width))


def _gelu(rows: Singles) -> Singles:
    half = np.float32(0.5) * rows
    return np.asarray(half * (1 + erf(rows * np.float32(0.5**0.5))), dtype=np.float32)


def _splitter(pieces: str) -> Split:
    from tokenizers import Tokenizer  # an extra: only who embeds has it

    try:
        tokenizer = Tokenizer.from_str(pieces)
    except Exception as error:  # the class that it raises is Exception itself
        raise ModelError("word pieces", str(error)) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)

    def split(text: str) -> Sequence[int]:
        ids: Sequence[int] = tokenizer.encode(text).ids
        return ids

    return split


def _digest(weights: Mapping[str, Singles], pieces: str) -> str:
    read = xxhash.xxh3_64(pieces.encode())
    for name in sorted(weights):
        read.update(name.encode())
        read.update(np.ascontiguousarray(weights[name]).tobytes())
    return str(read.hexdigest())
