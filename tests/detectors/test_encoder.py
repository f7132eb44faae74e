"""The forward pass on small random weights; on the real ones in test_meaning.py."""

import json
from functools import cache
from math import erf, exp, sqrt
from typing import Any

import numpy as np
import pytest

from detectors.encoder import HEAD, LONGEST, Encoder
from detectors.errors import ModelError

WIDTH, WIDE, LAYERS = 2 * HEAD, 96, 2
WORDS = ("[UNK]", "[CLS]", "[SEP]", "dock", "##ers", "walk", "out", "the", "port", "at")
TEXTS = ("the dock ##ers walk out", "at the port", "the port", "walk", "the " * 200, "")


def pieces() -> str:
    """A tokenizer of ten word pieces, as BERT's is written."""
    special = [
        {
            "id": WORDS.index(word),
            "content": word,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for word in ("[UNK]", "[CLS]", "[SEP]")
    ]
    return json.dumps(
        {
            "version": "1.0",
            "added_tokens": special,
            "normalizer": {"type": "BertNormalizer", "lowercase": True}
            | {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {
                "type": "BertProcessing",
                "sep": ["[SEP]", WORDS.index("[SEP]")],
                "cls": ["[CLS]", WORDS.index("[CLS]")],
            },
            "model": {
                "type": "WordPiece",
                "unk_token": "[UNK]",
                "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100,
                "vocab": {word: number for number, word in enumerate(WORDS)},
            },
        }
    )


@cache
def weights() -> dict[str, np.ndarray]:
    chance = np.random.default_rng(7)
    shapes = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST + 9, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        **norm("embeddings.LayerNorm"),
    }
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        for name in ("query", "key", "value"):
            shapes |= dense(f"{layer}.attention.self.{name}", WIDTH, WIDTH)
        shapes |= dense(f"{layer}.attention.output.dense", WIDTH, WIDTH)
        shapes |= norm(f"{layer}.attention.output.LayerNorm")
        shapes |= dense(f"{layer}.intermediate.dense", WIDTH, WIDE)
        shapes |= dense(f"{layer}.output.dense", WIDE, WIDTH)
        shapes |= norm(f"{layer}.output.LayerNorm")
    return {
        name: chance.normal(scale=0.3, size=shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def dense(name: str, read: int, written: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (written, read), f"{name}.bias": (written,)}


def norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}


def split(text: str) -> list[int]:
    """Whole words alone, as the tokenizer would number them."""
    inner = [WORDS.index(word) for word in text.split()]
    return [WORDS.index("[CLS]"), *inner[: LONGEST - 2], WORDS.index("[SEP]")]


def whole(known: dict[str, np.ndarray]) -> Encoder:
    pytest.importorskip("tokenizers", reason="the extra `meaning` is not installed")
    return Encoder.of(known, pieces())


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(weights(), split, digest="small")


def by_the_book(ids: list[int]) -> Any:
    """BERT's formulas one number at a time, in double precision."""
    known = {name: array.astype(float) for name, array in weights().items()}

    def normal(row, name):
        spread = sqrt(sum((x - row.mean()) ** 2 for x in row) / len(row) + 1e-12)
        return (row - row.mean()) / spread * known[f"{name}.weight"] + known[
            f"{name}.bias"
        ]

    def linear(row, name):
        return known[f"{name}.weight"] @ row + known[f"{name}.bias"]

    def attend(rows, name):
        asked, keys, values = (
            [linear(row, f"{name}.{part}") for row in rows]
            for part in ("query", "key", "value")
        )
        out = []
        for query in asked:
            joined = []
            for start in range(0, WIDTH, HEAD):
                head = slice(start, start + HEAD)
                fits = [exp(query[head] @ key[head] / sqrt(HEAD)) for key in keys]
                joined.append(
                    sum(f * v[head] for f, v in zip(fits, values, strict=True))
                    / sum(fits)
                )
            out.append(np.concatenate(joined))
        return out

    rows = [
        normal(
            known["embeddings.word_embeddings.weight"][piece]
            + known["embeddings.position_embeddings.weight"][place]
            + known["embeddings.token_type_embeddings.weight"][0],
            "embeddings.LayerNorm",
        )
        for place, piece in enumerate(ids)
    ]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        seen = attend(rows, f"{layer}.attention.self")
        rows = [
            normal(
                row + linear(found, f"{layer}.attention.output.dense"),
                f"{layer}.attention.output.LayerNorm",
            )
            for row, found in zip(rows, seen, strict=True)
        ]
        wide = [linear(row, f"{layer}.intermediate.dense") for row in rows]
        bent = [np.array([x * (1 + erf(x / sqrt(2))) / 2 for x in row]) for row in wide]
        rows = [
            normal(
                row + linear(found, f"{layer}.output.dense"),
                f"{layer}.output.LayerNorm",
            )
            for row, found in zip(rows, bent, strict=True)
        ]
    mean = sum(rows) / len(rows)
    return mean / np.linalg.norm(mean)


def test_it_computes_what_the_formulas_say(encoder):
    text = "dock ##ers walk out"
    assert encoder.embed(text) == pytest.approx(by_the_book(split(text)), abs=1e-5)


def test_words_are_cut_into_the_pieces_that_it_knows(encoder):
    found = whole(weights()).embed("The DOCKERS walk out")
    assert (found == encoder.embed("the dock ##ers walk out")).all()


@pytest.mark.parametrize("text", TEXTS)
def test_every_vector_has_length_one(encoder, text):
    vector = encoder.embed(text)
    assert vector.shape == (WIDTH,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_company_changes_no_bit(encoder):
    together = encoder.embed_all(TEXTS)
    assert together.shape == (len(TEXTS), WIDTH)
    backwards = encoder.embed_all(TEXTS[::-1])[::-1]
    alone = np.array([encoder.embed(text) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


def test_no_texts_have_no_vectors(encoder):
    assert encoder.embed_all([]).shape == (0, WIDTH)


def test_what_follows_the_last_piece_is_not_read():
    encoder = whole(weights())
    read = "the " * (LONGEST - 2)
    assert (encoder.embed(read) == encoder.embed(read + "port")).all()
    assert (encoder.embed(read[4:]) != encoder.embed(read[4:] + "port")).any()


def test_the_order_of_words_matters(encoder):
    assert (encoder.embed("port walk") != encoder.embed("walk port")).any()


def test_names_may_begin_with_that_of_the_whole(encoder):
    named = {f"bert.{name}": array for name, array in weights().items()}
    found = Encoder(named, split, digest="")
    assert (found.embed("port") == encoder.embed("port")).all()


def test_its_digest_names_weights_and_pieces():
    pytest.importorskip("tokenizers", reason="the extra `meaning` is not installed")
    name = "encoder.layer.1.output.dense.bias"
    changed = weights() | {name: weights()[name] + np.float32(1e-6)}
    other = pieces().replace('"lowercase": true', '"lowercase": false')
    made = [(weights(), pieces()), (changed, pieces()), (weights(), other)]
    digests = {Encoder.of(known, told).digest for known, told in made}
    assert len(digests) == 3
    assert whole(weights()).digest in digests


def test_a_missing_weight_is_named():
    lacking = {k: v for k, v in weights().items() if "layer.1.output.dense" not in k}
    with pytest.raises(ModelError, match=r"layer\.1\.output\.dense"):
        Encoder(lacking, split, digest="")


def test_pieces_that_are_none_are_refused():
    pytest.importorskip("tokenizers", reason="the extra `meaning` is not installed")
    with pytest.raises(ModelError, match="word pieces"):
        Encoder.of(weights(), "{}")
