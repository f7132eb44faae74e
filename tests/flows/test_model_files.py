"""D15, D16: what is learned is kept as plain arrays; what is damaged says nothing."""

import ast
import pickle
from pathlib import Path

import numpy as np
import pytest

from detectors.errors import MonitorError
from detectors.model import Topic, Words
from detectors.text import read
from flows import meaning
from flows.meaning import PIECES, WEIGHTS, load_encoder
from flows.models import KEPT, fitted

ROOT = Path(__file__).parent.parent.parent
TOPICS = (Topic(id="ferries", title="Ferries", words=Words(any=("ferry", "aground"))),)
READING = read("The ferry ran aground.", language="en")
RUNS_WHAT_IT_READS = {
    "pickle",
    "cPickle",
    "_pickle",
    "cloudpickle",
    "dill",
    "joblib",
    "jsonpickle",
    "marshal",
    "shelve",
    "skops",
}


class Canary:
    """Unpickled, it touches a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def kept(tmp_path):
    """The file of a model that an earlier run kept."""
    fitted(TOPICS, (), home=tmp_path)
    (file,) = (tmp_path / KEPT).glob("*.npz")
    return file


def arrays_of(file):
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def imported(tree):
    """Every top-level module that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("layer", ["detectors", "storage", "flows"])
def test_d15_nothing_imports_what_runs_the_files_it_reads(layer):
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not RUNS_WHAT_IT_READS & set(imported(tree)), file
        loads = [
            keyword.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for keyword in node.keywords
            if keyword.arg == "allow_pickle"
        ]
        assert not [each for each in loads if ast.unparse(each) != "False"], file


@pytest.mark.parametrize("form", ["pickle", "array-of-objects"])
def test_d15_a_model_file_with_a_pickle_in_it_runs_nothing(tmp_path, kept, form):
    model, canary = fitted(TOPICS, (), home=tmp_path), tmp_path / "canary"
    if form == "pickle":
        kept.write_bytes(pickle.dumps(Canary(canary)))
    else:
        evil = np.array([Canary(canary)], dtype=object)
        changed = arrays_of(kept) | {"slopes": evil}
        np.savez(kept, allow_pickle=True, **changed)
    again = fitted(TOPICS, (), home=tmp_path)
    assert again.match(READING) == model.match(READING)
    assert not canary.exists()
    assert arrays_of(kept).keys() == model.arrays().keys()


def test_d16_a_model_of_numbers_that_are_none_is_fitted_again(tmp_path, kept):
    model, arrays = fitted(TOPICS, (), home=tmp_path), arrays_of(kept)
    np.savez(kept, **arrays | {"slopes": np.full_like(arrays["slopes"], np.nan)})
    assert fitted(TOPICS, (), home=tmp_path).match(READING) == model.match(READING)
    assert np.isfinite(arrays_of(kept)["slopes"]).all()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The folder of an encoder whose files the test writes."""
    pytest.importorskip("safetensors", reason="the extra `meaning` is not installed")
    monkeypatch.setattr(meaning, "_file", lambda name: tmp_path / name)
    load_encoder.cache_clear()
    yield tmp_path
    load_encoder.cache_clear()


@pytest.mark.parametrize(
    "damage", ["cut", "pickle", "of-another-kind", "no-numbers", "misshapen"]
)
def test_d15_d16_a_damaged_encoder_is_a_sentence_and_runs_nothing(installed, damage):
    from safetensors.numpy import save

    name, canary = "embeddings.word_embeddings.weight", installed / "canary"
    names = [
        name,
        *(name.replace("word_", f"{k}_") for k in ("position", "token_type")),
    ]
    whole = {each: np.ones((4, 8), dtype=np.float32) for each in names}
    broken = {
        "cut": save(whole)[:-9],
        "pickle": pickle.dumps(Canary(canary)),
        "of-another-kind": save({"other": np.ones(3, dtype=np.float32)}),
        "no-numbers": save(whole | {name: np.full((4, 8), np.nan, dtype=np.float32)}),
        "misshapen": save(whole | {names[1]: np.ones((4, 3), dtype=np.float32)}),
    }
    (installed / WEIGHTS).write_bytes(broken[damage])
    (installed / PIECES).write_text(
        '{"version": "1.0", "added_tokens": [], "model": '
        '{"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}}'
    )
    with pytest.raises(MonitorError, match=r"TOCSIN_MEANING|sentence encoder"):
        load_encoder()
    assert not canary.exists()
